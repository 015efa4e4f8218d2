"""SCST's work queue: most writes are work of a kernel thread, whose result last_sysfs_mgmt_res keeps.

A write that takes too long is answered EAGAIN while the work goes on, and reading the result answers EAGAIN until it
is done. Here the file says `pending N RESULT` as long as N more reads will, and `stuck` when work never ends: so it
was after a device was given more threads than there can be processes.

Source: scst_sysfs_queue_wait_work() in scst_sysfs.c; observed 2026-11.
"""

from __future__ import annotations

import errno

from .scst_names import ROOT
from .scst_words import refused
from .tree import Tree

LAST = f"{ROOT}/last_sysfs_mgmt_res"

class Stuck(Exception):
    """This work will never end."""


_PENDING, _STUCK = "pending", "stuck"


def done(tree: Tree, result: int) -> None:
    """Stage the result of finished work."""
    if tree.read(LAST) != f"{result}\n":
        tree.put(LAST, f"{result}\n", 0o444)


def delay(tree: Tree, reads: int) -> None:
    """Stage that the result of the last work will be read after so many EAGAIN only."""
    tree.put(LAST, f"{_PENDING} {reads} {tree.read(LAST)}", 0o444)


def read(tree: Tree, path: str) -> str:
    """Read last_sysfs_mgmt_res."""
    word, *rest = tree.read(path).split()
    if word == _PENDING:
        left, result = rest
        tree.put(LAST, f"{_PENDING} {int(left) - 1} {result}\n" if int(left) > 1 else f"{result}\n", 0o444)
        tree.land()
    if word in (_PENDING, _STUCK):
        raise refused(errno.EAGAIN)
    return tree.read(path)


def get_stuck(tree: Tree) -> None:
    """Stage that nothing will be done any more."""
    tree.put(LAST, f"{_STUCK}\n", 0o444)


def is_stuck(tree: Tree) -> bool:
    """Whether work is waiting for ever."""
    return tree.read(LAST).startswith(_STUCK)
