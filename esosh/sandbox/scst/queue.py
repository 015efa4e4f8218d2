"""SCST's work queue: a kernel thread does most writes, and last_sysfs_mgmt_res keeps the result.

A write that takes too long is answered EAGAIN while the work goes on, and so is a read of the result until
the work is done. Here that file holds `pending N ATTRIBUTE TEXT` when N more reads answer EAGAIN before that.
It holds `stuck` when work never ends, as after a device got more threads than there can be processes.

Source: scst_sysfs_queue_wait_work() in scst_sysfs.c; observed 2026-11.
"""

from __future__ import annotations

from ..tree import Tree
from .names import ROOT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Optional

LAST = f"{ROOT}/last_sysfs_mgmt_res"
_PENDING, _STUCK = "pending", "stuck"


class Stuck(Exception):
    """This work will never end."""


class Work:
    """A write that is not done yet: how many reads of the result come before, the attribute, the text."""

    def __init__(self, reads: int, attribute: str, text: str) -> None:
        self.reads = reads
        self.attribute = attribute
        self.text = text


def last(tree: Tree) -> str:
    """What the file of the result holds; the functions here that look at it are given it."""
    return tree.read(LAST)


def set_result(tree: Tree, result: int, last: str) -> None:
    """Stage the result of finished work."""
    if last != f"{result}\n":
        tree.put(LAST, f"{result}\n", 0o444)


def put_off(tree: Tree, work: Work) -> None:
    """Stage that a write will be done later."""
    tree.put(LAST, f"{_PENDING} {work.reads} {work.attribute} {work.text}", 0o444)


def pending(last: str) -> Optional[Work]:
    """The write that is not done yet."""
    word, _, rest = last.partition(" ")
    if word != _PENDING:
        return None
    reads, attribute, text = rest.split(" ", 2)
    return Work(int(reads), attribute, text)


def count_read(tree: Tree, last: str) -> bool:
    """Count a read of the result; whether the work goes on."""
    work = pending(last)
    if work is None or work.reads == 0:
        return False
    put_off(tree, Work(work.reads - 1, work.attribute, work.text))
    tree.land()
    return True


def mark_stuck(tree: Tree) -> None:
    """Stage that no work will be done any more."""
    tree.put(LAST, f"{_STUCK}\n", 0o444)


def is_stuck(last: str) -> bool:
    """Whether work is waiting for ever."""
    return last.startswith(_STUCK)
