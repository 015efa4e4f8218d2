"""SCST, the SCSI target subsystem of the kernel, as its tree below /sys/kernel/scst_tgt answers.

`write` answers one write(2), `read` a read of its result; `load` and `unload` are the modules.
"""

from __future__ import annotations

import contextlib
import errno
import os

from . import answers, queue, threads
from .boot import load, unload
from .names import ROOT
from .queue import LAST, Work
from .words import NothingToDo, RefusedAtOnce, first_page, refusal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..kernel import Answer
    from ..tree import Tree

__all__ = ["LAST", "load", "read", "unload", "write", "write_slowly"]


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
        if not page or answers.queued(attribute) is None:
            return write(tree, path, text)
        _drain(tree)
        queue.put_off(tree, Work(reads, attribute, page))
        tree.land()
        raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN), path)

    return answer


def read(tree: Tree, path: str) -> str:
    """Read last_sysfs_mgmt_res: EAGAIN as long as work is queued."""
    last = queue.last(tree)
    if queue.count_read(tree, last) or queue.is_stuck(last):
        raise refusal(errno.EAGAIN)
    _drain(tree)
    return tree.read(path)


def _attribute(tree: Tree, path: str) -> str:
    """The attribute that a path with links and ".." leads to, as a path below the root of SCST's tree."""
    try:
        real, is_folder = tree.resolve(path)
    except OSError:
        raise refusal(errno.ENOENT) from None
    if is_folder:
        raise refusal(errno.EISDIR)
    if not real.startswith(f"{ROOT}/"):
        raise refusal(errno.ENOENT)
    return real[len(ROOT) + 1 :]


def _answer(tree: Tree, attribute: str, text: str) -> None:
    queued = answers.queued(attribute)
    if queued is not None:
        return _perform(tree, queued, Work(0, attribute, text), _drain(tree))
    at_once = answers.at_once(attribute)
    if at_once is None:  # such as what a session shows
        raise refusal(errno.EINVAL)
    at_once(tree, f"{ROOT}/{attribute}", text)


def _drain(tree: Tree) -> str:
    """Do the pending work: nothing overtakes it. Give what the result file holds then."""
    last = queue.last(tree)
    work = queue.pending(last)
    if work is None:
        return last
    answer = answers.queued(work.attribute)
    assert answer is not None  # write_slowly puts off no other work
    with contextlib.suppress(OSError):  # the result file has the error
        _perform(tree, answer, work, last)
    tree.land()
    return queue.last(tree)


def _perform(tree: Tree, answer: Answer, work: Work, last: str) -> None:
    """Do queued work and keep its result, also when it is an error; `last` is what the result file holds."""
    try:
        result = _result(tree, answer, work)
    except RefusedAtOnce:
        _withdraw(tree, last)
        raise
    except NothingToDo:
        return _withdraw(tree, last)
    except queue.Stuck:
        queue.mark_stuck(tree)
        return _wait_for_ever(tree, work.attribute)
    if queue.is_stuck(last):
        tree.forget()
        return _wait_for_ever(tree, work.attribute)
    _finish(tree, result, last)


def _result(tree: Tree, answer: Answer, work: Work) -> int:
    """Run the answer; 0, or the errno of what the kernel refuses."""
    try:
        answer(tree, f"{ROOT}/{work.attribute}", work.text)
    except RefusedAtOnce:
        raise
    except OSError as error:
        return error.errno or errno.EIO
    return 0


def _withdraw(tree: Tree, last: str) -> None:
    """Clear pending work that the queue never gets."""
    if queue.pending(last):
        queue.set_result(tree, 0, last)
        tree.land()


def _wait_for_ever(tree: Tree, attribute: str) -> None:
    threads.leave_suspended(tree, attribute)
    tree.land()
    raise refusal(errno.EAGAIN)


def _finish(tree: Tree, error: int, last: str) -> None:
    if not error:
        return queue.set_result(tree, 0, last)
    tree.forget()
    queue.set_result(tree, -error, last)
    tree.land()
    raise refusal(error)
