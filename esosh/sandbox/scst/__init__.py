"""SCST, the SCSI target subsystem of the kernel, as its tree below /sys/kernel/scst_tgt answers.

`write` answers one write(2); `load` and `unload` are its modules, `apply` is `scstadmin -config`.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
from collections.abc import Sequence
from typing import Optional

from ..kernel import Answer
from ..tree import Tree
from . import boot, devices, groups, initiators, iscsi, local, luns, queue, targets, threads, trace
from .attributes import store
from .boot import load, unload
from .names import ROOT
from .queue import LAST, Work
from .scstadmin import apply
from .words import NothingToDo, RefusedAtOnce, first_page, refusal

__all__ = ["LAST", "apply", "load", "read", "unload", "write", "write_slowly"]

_TARGET_GROUP = "device_groups/[^/]+/target_groups/[^/]+"
_TARGET = "targets/[^/]+/[^/]+"
_GROUP = f"{_TARGET}/ini_groups/[^/]+"
_SHARING = "io_grouping_type|cpu_mask|per_sess_dedicated_tgt_threads"


def _write_to_scst(tree: Tree, path: str, text: str) -> None:
    store(tree, path, text, boot.ATTRIBUTES)


_QUEUED: Sequence[tuple[str, Answer]] = (
    ("device_groups/[^/]+/devices/mgmt", groups.manage_devices),
    ("device_groups/[^/]+/target_groups/mgmt", groups.manage_target_groups),
    (f"{_TARGET_GROUP}/mgmt", groups.manage_targets),
    (f"{_TARGET_GROUP}/state", groups.set_state),
    (f"{_TARGET_GROUP}/preferred", groups.set_preferred),
    ("handlers/[^/]+/mgmt", devices.manage),
    ("devices/[^/]+/(threads_num|threads_pool_type)", threads.write),
    ("devices/[^/]+/(active|cluster_mode|filename|pr_file_name|size|size_mb)", devices.write),
    ("targets/iscsi/mgmt", iscsi.manage),
    ("targets/scst_local/mgmt", local.manage),
    ("targets/iscsi/enabled", iscsi.enable_driver),
    ("targets/iscsi/[^/]+/enabled", targets.enable),
    (f"{_TARGET}/enabled", targets.enable),
    (f"{_TARGET}/rel_tgt_id", targets.set_id),
    (f"({_TARGET}|{_GROUP})/luns/mgmt", luns.manage),
    (f"{_TARGET}/ini_groups/mgmt", initiators.manage_groups),
    (f"{_GROUP}/initiators/mgmt", initiators.manage_initiators),
    (f"{_GROUP}/({_SHARING})", initiators.write_to_group),
    (f"{_TARGET}/({_SHARING})", targets.write),
    ("threads", _write_to_scst),
)
_AT_ONCE: Sequence[tuple[str, Answer]] = (
    ("device_groups/mgmt", groups.manage_groups),
    (f"{_TARGET_GROUP}/(group_id|[^/]+/rel_tgt_id)", groups.set_number),
    ("handlers/[^/]+/trace_level", trace.write),
    ("handlers/[^/]+/[^/]+", devices.write_to_handler),
    ("devices/[^/]+/resync_size", devices.resync),
    ("devices/[^/]+/[^/]+", devices.write),
    ("targets/[^/]+/trace_level", trace.write),
    ("targets/[^/]+/[^/]+", targets.write_to_driver),
    (f"{_GROUP}/[^/]+", initiators.write_to_group),
    (f"{_TARGET}/forwarding", targets.forward),
    (f"{_TARGET}/[^/]+", targets.write),
    ("trace_level", trace.write),
    ("suspend", threads.suspend),
    ("[^/]+", _write_to_scst),
)


def write(tree: Tree, path: str, text: str) -> None:
    """Answer one write below /sys/kernel/scst_tgt/: stage its changes, or raise the kernel's OSError."""
    try:
        attribute = _attribute(tree, path)
        page = first_page(text)
        if page:
            _answer(tree, attribute, page)
    except OSError as error:
        raise OSError(error.errno, error.strerror, path) from None


def write_slowly(reads: int) -> Answer:
    """An answer that does a queued write only after so many reads of its result, and any other at once."""
    def answer(tree: Tree, path: str, text: str) -> None:
        attribute = _attribute(tree, path)
        page = first_page(text)
        if not page or _find(_QUEUED, attribute) is None:
            return write(tree, path, text)
        _drain(tree)
        queue.put_off(tree, Work(reads, attribute, page))
        tree.land()
        raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN), path)

    return answer


def read(tree: Tree, path: str) -> str:
    """Read last_sysfs_mgmt_res: EAGAIN as long as work is queued."""
    if queue.count_read(tree) or queue.is_stuck(tree):
        raise refusal(errno.EAGAIN)
    _drain(tree)
    return tree.read(path)


def _attribute(tree: Tree, path: str) -> str:
    """The attribute that a path with links and ".." leads to, as a path below the root of SCST's tree."""
    root = os.path.realpath(tree.path(ROOT))
    place = os.path.realpath(tree.path(path))
    if os.path.isdir(place):
        raise refusal(errno.EISDIR)
    if not place.startswith(f"{root}/") or not os.path.exists(place):
        raise refusal(errno.ENOENT)
    return os.path.relpath(place, root)


def _answer(tree: Tree, attribute: str, text: str) -> None:
    queued = _find(_QUEUED, attribute)
    if queued is not None:
        _drain(tree)
        return _perform(tree, queued, attribute, text)
    at_once = _find(_AT_ONCE, attribute)
    if at_once is None:  # such as what a session shows
        raise refusal(errno.EINVAL)
    at_once(tree, f"{ROOT}/{attribute}", text)


def _find(answers: Sequence[tuple[str, Answer]], attribute: str) -> Optional[Answer]:
    return next((answer for pattern, answer in answers if re.fullmatch(pattern, attribute)), None)


def _drain(tree: Tree) -> None:
    """Do the pending work: nothing overtakes it."""
    work = queue.pending(tree)
    if work is None:
        return
    answer = _find(_QUEUED, work.attribute)
    assert answer is not None  # write_slowly puts off no other work
    with contextlib.suppress(OSError):  # the result file has the error
        _perform(tree, answer, work.attribute, work.text)
    tree.land()


def _perform(tree: Tree, answer: Answer, attribute: str, text: str) -> None:
    """Do queued work and keep its result, also when it is an error."""
    try:
        result = _result(tree, answer, attribute, text)
    except RefusedAtOnce:
        _withdraw(tree)
        raise
    except NothingToDo:
        return _withdraw(tree)
    except queue.Stuck:
        queue.mark_stuck(tree)
        return _wait_for_ever(tree, attribute)
    if queue.is_stuck(tree):
        tree.forget()
        return _wait_for_ever(tree, attribute)
    _finish(tree, result)


def _result(tree: Tree, answer: Answer, attribute: str, text: str) -> int:
    """Run the answer; 0, or the errno of what the kernel refuses."""
    try:
        answer(tree, f"{ROOT}/{attribute}", text)
    except RefusedAtOnce:
        raise
    except OSError as error:
        return error.errno or errno.EIO
    return 0


def _withdraw(tree: Tree) -> None:
    """Clear pending work that the queue never gets."""
    if queue.pending(tree):
        queue.set_result(tree, 0)
        tree.land()


def _wait_for_ever(tree: Tree, attribute: str) -> None:
    threads.leave_suspended(tree, attribute)
    tree.land()
    raise refusal(errno.EAGAIN)


def _finish(tree: Tree, error: int) -> None:
    if not error:
        return queue.set_result(tree, 0)
    tree.forget()
    queue.set_result(tree, -error)
    tree.land()
    raise refusal(error)
