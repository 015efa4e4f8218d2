"""SCST's work queue: most writes are work of a kernel thread, whose result last_sysfs_mgmt_res keeps.

A write that takes too long is answered EAGAIN while the work goes on, and reading the result answers EAGAIN until it
is done. Here the file says `pending N ATTRIBUTE TEXT` as long as N more reads will, and only then is it done; and `stuck`
when work never ends: so it was after a device was given more threads than there can be processes.

Source: scst_sysfs_queue_wait_work() in scst_sysfs.c; observed 2026-11.
"""

from __future__ import annotations

from typing import NamedTuple, Optional

from .scst_names import ROOT
from .tree import Tree

LAST = f"{ROOT}/last_sysfs_mgmt_res"
_PENDING, _STUCK = "pending", "stuck"


class Stuck(Exception):
    """This work will never end."""


class Work(NamedTuple):
    """A write that is not done yet: how many reads of the result come before, the attribute, the text."""

    reads: int
    attribute: str
    text: str


def done(tree: Tree, result: int) -> None:
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


def get_stuck(tree: Tree) -> None:
    """Stage that nothing will be done any more."""
    tree.put(LAST, f"{_STUCK}\n", 0o444)


def is_stuck(tree: Tree) -> bool:
    """Whether work is waiting for ever."""
    return tree.read(LAST).startswith(_STUCK)
