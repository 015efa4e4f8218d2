"""The threads of SCST's devices, and its commands, which are suspended while something is changed.

Source: scst_sysfs.c; observed 2026-11.
"""

from __future__ import annotations

import os
import re

from ..tree import Tree
from . import queue, sessions
from .attributes import Attribute, read_value
from .handlers import defaults
from .kinds import choice, integer
from .names import ROOT
from .words import LARGEST, NothingToDo, parse_number

_SUSPEND = f"{ROOT}/suspend"
_POOL = Attribute("per_initiator\n")
_PROCESSES = 32768
_SUSPENDING = re.compile("devices/[^/]+/(threads_num|threads_pool_type|cluster_mode|active|size|size_mb)")


def write(tree: Tree, path: str, text: str) -> None:
    """Answer a write to threads_num or threads_pool_type of a device."""
    device, name = os.path.split(path)
    if name == "threads_num":
        _set_number(tree, device, integer().read(text))
    else:
        _set_pool(tree, device, choice("per_initiator", "shared").read(text))


def suspend(tree: Tree, path: str, text: str) -> None:
    """Answer a write to suspend: every number suspends once more, a negative one resumes."""
    _count_suspension(tree, -1 if parse_number(text, -LARGEST, LARGEST) < 0 else 1)


def leave_suspended(tree: Tree, attribute: str) -> None:
    """Stage that commands stay suspended when work on an attribute suspends them and never ends."""
    if _SUSPENDING.fullmatch(attribute) or _is_medium_of_drive(tree, attribute):
        _count_suspension(tree, 1)


def _set_pool(tree: Tree, device: str, pool: str) -> None:
    if pool == read_value(tree, f"{device}/threads_pool_type"):
        raise NothingToDo
    threads = read_value(tree, f"{device}/threads_num")
    tree.put(f"{device}/threads_pool_type", _POOL.text_for(pool))
    sessions.serve(tree, device, threads, pool)


def _set_number(tree: Tree, device: str, threads: str) -> None:
    pool = read_value(tree, f"{device}/threads_pool_type")
    pool = "per_initiator" if pool == "Async" else pool
    tree.put(f"{device}/threads_num", defaults(tree, device)["threads_num"].text_for(threads))
    if int(threads) > _PROCESSES:
        sessions.starve(tree, device)
        raise queue.Stuck
    tree.put(f"{device}/threads_pool_type", "Async\n" if threads == "0" else _POOL.text_for(pool))
    sessions.serve(tree, device, threads, pool)


def _is_medium_of_drive(tree: Tree, attribute: str) -> bool:
    """Whether it is the filename of a drive: a disk has `active` too."""
    device, name = os.path.split(attribute)
    return name == "filename" and not tree.exists(f"{ROOT}/{device}/active")


def _count_suspension(tree: Tree, change: int) -> None:
    tree.put(_SUSPEND, f"{max(0, int(tree.read(_SUSPEND)) + change)}\n")
