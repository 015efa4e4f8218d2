"""SCST's work queue: a kernel thread does most writes, and last_sysfs_mgmt_res keeps the result.

A write that takes too long is answered EAGAIN while the work goes on, and so is a read of the result until
the work is done. Here that file holds `pending N ATTRIBUTE TEXT` when N more reads answer EAGAIN before that.
It holds `stuck` when work never ends, as after a device got more threads than there can be processes.

Source: scst_sysfs_queue_wait_work() in scst_sysfs.c; observed 2026-11.
"""

from __future__ import annotations

from typing import NamedTuple, Optional

from ..tree import Tree
from .names import ROOT

LAST = f"{ROOT}/last_sysfs_mgmt_res"
_PENDING, _STUCK = "pending", "stuck"


class Stuck(Exception):
    """This work will never end."""


class Work(NamedTuple):
    """A write that is not done yet: how many reads of the result come before, the attribute, the text."""

    reads: int
    attribute: str
    text: str


def set_result(tree: Tree, result: int) -> None:
    """Stage the result of finished work."""
    if tree.read(LAST) != f"{result}\n":
        tree.put(LAST, f"{result}\n", 0o444)


def put_off(tree: Tree, work: Work) -> None:
    """Stage that a write will be done later."""
    tree.put(LAST, f"{_PENDING} {work.reads} {work.attribute} {work.text}", 0o444)


def pending(tree: Tree) -> Optional[Work]:
    """The write that is not done yet."""
    word, _, rest = tree.read(LAST).partition(" ")
    if word != _PENDING:
        return None
    reads, attribute, text = rest.split(" ", 2)
    return Work(int(reads), attribute, text)


def count_read(tree: Tree) -> bool:
    """Count a read of the result; whether the work goes on."""
    work = pending(tree)
    if work is None or work.reads == 0:
        return False
    put_off(tree, work._replace(reads=work.reads - 1))
    tree.land()
    return True


def mark_stuck(tree: Tree) -> None:
    """Stage that no work will be done any more."""
    tree.put(LAST, f"{_STUCK}\n", 0o444)


def is_stuck(tree: Tree) -> bool:
    """Whether work is waiting for ever."""
    return tree.read(LAST).startswith(_STUCK)
