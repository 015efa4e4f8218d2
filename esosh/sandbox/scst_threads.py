"""The threads of SCST's devices, and its commands being suspended while something is changed.

Source: scst_sysfs.c; observed 2026-11.
"""

from __future__ import annotations

import os
import re

from . import scst_queue, scst_sessions
from .scst_attributes import Attribute
from .scst_handlers import defaults
from .scst_kinds import choice, integer
from .scst_names import ROOT
from .scst_words import LARGEST, Idle, number
from .tree import Tree

_SUSPEND = f"{ROOT}/suspend"
_POOL = Attribute("per_initiator\n")
_PROCESSES = 32768
_SUSPENDING = re.compile("devices/[^/]+/(threads_num|threads_pool_type|cluster_mode|active|size|size_mb)")


def write(tree: Tree, path: str, text: str) -> None:
    """Answer a write to threads_num or threads_pool_type of a device."""
    device, name = os.path.split(path)
    if name == "threads_num":
        return _set_number(tree, device, integer().read(text))
    pool, number_of_them = choice("per_initiator", "shared").read(text), _now(tree, device, "threads_num")
    if pool == _now(tree, device, name):
        raise Idle
    tree.put(path, _POOL.saying(pool))
    scst_sessions.serve(tree, device, number_of_them, pool)


def _set_number(tree: Tree, device: str, threads: str) -> None:
    pool = _now(tree, device, "threads_pool_type")
    pool = "per_initiator" if pool == "Async" else pool
    tree.put(f"{device}/threads_num", defaults(tree, device)["threads_num"].saying(threads))
    if int(threads) > _PROCESSES:
        scst_sessions.starve(tree, device)
        raise scst_queue.Stuck
    tree.put(f"{device}/threads_pool_type", "Async\n" if threads == "0" else _POOL.saying(pool))
    scst_sessions.serve(tree, device, threads, pool)


def _now(tree: Tree, device: str, name: str) -> str:
    return tree.read(f"{device}/{name}").partition("\n")[0]


def suspend(tree: Tree, path: str, text: str) -> None:
    """Answer a write to suspend: every number suspends once more, a negative one resumes."""
    _suspended(tree, 1 if number(text, -LARGEST, LARGEST) >= 0 else -1)


def wait_for_ever(tree: Tree, attribute: str) -> None:
    """Stage what work does that never comes to its turn, or to its end."""
    device, name = os.path.split(attribute)
    drive = name == "filename" and not tree.exists(f"{ROOT}/{device}/active")
    if drive or _SUSPENDING.fullmatch(attribute):
        _suspended(tree, 1)


def _suspended(tree: Tree, more: int) -> None:
    tree.put(_SUSPEND, f"{max(0, int(tree.read(_SUSPEND)) + more)}\n")
