"""SCST, the SCSI target subsystem of the kernel, as its tree below /sys/kernel/scst_tgt answers.

`write` answers one write(2); `load` and `unload` are its modules, `apply` is `scstadmin -config`.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
from collections.abc import Sequence
from typing import Callable, Optional

from . import (
    scst_boot,
    scst_devices,
    scst_groups,
    scst_initiators,
    scst_iscsi,
    scst_local,
    scst_luns,
    scst_queue,
    scst_targets,
    scst_threads,
    scst_trace,
)
from .scst_attributes import store
from .scst_boot import load, unload
from .scst_conf import apply
from .scst_names import ROOT
from .scst_queue import LAST, Work
from .scst_words import Early, Idle, heard, refused
from .tree import Tree

__all__ = ["LAST", "apply", "load", "read", "unload", "write", "write_slowly"]

_Answer = Callable[[Tree, str, str], None]

_TARGET_GROUP = "device_groups/[^/]+/target_groups/[^/]+"
_TARGET = "targets/[^/]+/[^/]+"
_GROUP = f"{_TARGET}/ini_groups/[^/]+"
_SHARING = "io_grouping_type|cpu_mask|per_sess_dedicated_tgt_threads"


def _write_to_scst(tree: Tree, path: str, text: str) -> None:
    store(tree, path, text, scst_boot.ATTRIBUTES)


_QUEUED: Sequence[tuple[str, _Answer]] = (
    ("device_groups/[^/]+/devices/mgmt", scst_groups.manage_devices),
    ("device_groups/[^/]+/target_groups/mgmt", scst_groups.manage_target_groups),
    (f"{_TARGET_GROUP}/mgmt", scst_groups.manage_targets),
    (f"{_TARGET_GROUP}/state", scst_groups.set_state),
    (f"{_TARGET_GROUP}/preferred", scst_groups.set_preferred),
    ("handlers/[^/]+/mgmt", scst_devices.manage),
    ("devices/[^/]+/(threads_num|threads_pool_type)", scst_threads.write),
    ("devices/[^/]+/(active|cluster_mode|filename|pr_file_name|size|size_mb)", scst_devices.write),
    ("targets/iscsi/mgmt", scst_iscsi.manage),
    ("targets/scst_local/mgmt", scst_local.manage),
    ("targets/iscsi/enabled", scst_iscsi.enable_driver),
    ("targets/iscsi/[^/]+/enabled", scst_targets.enable),
    (f"{_TARGET}/enabled", scst_targets.enable),
    (f"{_TARGET}/rel_tgt_id", scst_targets.set_id),
    (f"({_TARGET}|{_GROUP})/luns/mgmt", scst_luns.manage),
    (f"{_TARGET}/ini_groups/mgmt", scst_initiators.manage_groups),
    (f"{_GROUP}/initiators/mgmt", scst_initiators.manage_initiators),
    (f"{_GROUP}/({_SHARING})", scst_initiators.write_to_group),
    (f"{_TARGET}/({_SHARING})", scst_targets.write),
    ("threads", _write_to_scst),
)
_AT_ONCE: Sequence[tuple[str, _Answer]] = (
    ("device_groups/mgmt", scst_groups.manage_groups),
    (f"{_TARGET_GROUP}/(group_id|[^/]+/rel_tgt_id)", scst_groups.set_number),
    ("handlers/[^/]+/trace_level", scst_trace.write),
    ("handlers/[^/]+/[^/]+", scst_devices.write_to_handler),
    ("devices/[^/]+/resync_size", scst_devices.resync),
    ("devices/[^/]+/[^/]+", scst_devices.write),
    ("targets/[^/]+/trace_level", scst_trace.write),
    ("targets/[^/]+/[^/]+", scst_targets.write_to_driver),
    (f"{_GROUP}/[^/]+", scst_initiators.write_to_group),
    (f"{_TARGET}/forwarding", scst_targets.forward),
    (f"{_TARGET}/[^/]+", scst_targets.write),
    ("trace_level", scst_trace.write),
    ("suspend", scst_threads.suspend),
    ("[^/]+", _write_to_scst),
)


def write(tree: Tree, path: str, text: str) -> None:
    """Answer one write below /sys/kernel/scst_tgt/: stage what it changes, or raise OSError with the kernel's errno."""
    try:
        attribute = _attribute(tree, path)
        if heard(text):
            _answer(tree, attribute, heard(text))
    except OSError as error:
        raise OSError(error.errno, error.strerror, path) from None


def write_slowly(reads: int) -> _Answer:
    """An answer to a write of which the result is only there after so many reads; what needs no queue is done at once."""
    def answer(tree: Tree, path: str, text: str) -> None:
        attribute = _attribute(tree, path)
        if not heard(text) or _found(_QUEUED, attribute) is None:
            return write(tree, path, text)
        _drain(tree)
        scst_queue.put_off(tree, Work(reads, attribute, heard(text)))
        tree.land()
        raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN), path)

    return answer


def read(tree: Tree, path: str) -> str:
    """Read last_sysfs_mgmt_res: EAGAIN as long as work is queued."""
    work = scst_queue.pending(tree)
    if work and work.reads:
        scst_queue.put_off(tree, work._replace(reads=work.reads - 1))
        tree.land()
    if (work and work.reads) or scst_queue.is_stuck(tree):
        raise refused(errno.EAGAIN)
    _drain(tree)
    return tree.read(path)


def _drain(tree: Tree) -> None:
    """Do what is queued: one work comes after the other."""
    work = scst_queue.pending(tree)
    answer = work and _found(_QUEUED, work.attribute)
    if work and answer:
        with contextlib.suppress(OSError):  # its result says so
            _perform(tree, answer, work.attribute, work.text)
        tree.land()


def _attribute(tree: Tree, path: str) -> str:
    """The path, below the root of SCST's tree, of the attribute that a path with links and ".." leads to."""
    base = os.path.realpath(tree.path(ROOT))
    place = os.path.realpath(tree.path(path))
    if os.path.isdir(place):
        raise refused(errno.EISDIR)
    if not place.startswith(f"{base}/") or not os.path.exists(place):
        raise refused(errno.ENOENT)
    return os.path.relpath(place, base)


def _answer(tree: Tree, attribute: str, text: str) -> None:
    queued = _found(_QUEUED, attribute)
    if queued is not None:
        return _work(tree, queued, attribute, text)
    at_once = _found(_AT_ONCE, attribute)
    if at_once is None:  # such as what a session shows
        raise refused(errno.EINVAL)
    at_once(tree, f"{ROOT}/{attribute}", text)


def _found(answers: Sequence[tuple[str, _Answer]], attribute: str) -> Optional[_Answer]:
    return next((answer for pattern, answer in answers if re.fullmatch(pattern, attribute)), None)


def _work(tree: Tree, answer: _Answer, attribute: str, text: str) -> None:
    """Have the work queue do it, behind what is queued."""
    _drain(tree)
    _perform(tree, answer, attribute, text)


def _perform(tree: Tree, answer: _Answer, attribute: str, text: str) -> None:
    """Do it: its result is kept, also when it is an error."""
    result = 0
    try:
        answer(tree, f"{ROOT}/{attribute}", text)
    except (Early, Idle) as error:
        return _unqueued(tree, error)
    except scst_queue.Stuck:
        scst_queue.get_stuck(tree)
        return _wait(tree, attribute)
    except OSError as error:
        result = error.errno or errno.EIO
    if result or scst_queue.is_stuck(tree):
        tree.forget()
    if scst_queue.is_stuck(tree):
        return _wait(tree, attribute)
    scst_queue.done(tree, -result)
    if result:
        tree.land()
        raise refused(result)


def _unqueued(tree: Tree, error: Exception) -> None:
    """What the queue never gets: as little is it queued where it was put off."""
    if scst_queue.pending(tree):
        scst_queue.done(tree, 0)
        tree.land()
    if isinstance(error, Early):
        raise error


def _wait(tree: Tree, attribute: str) -> None:
    scst_threads.wait_for_ever(tree, attribute)
    tree.land()
    raise refused(errno.EAGAIN)
