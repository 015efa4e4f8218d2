"""Targets of scst_local, which the box itself sees as disks of a SCSI host of its own.

Source: scst_local.c; observed 2026-11.
"""

from __future__ import annotations

import errno
import os
from typing import Callable

from . import scst_sessions
from .scst_attributes import Attributes, readable, silent
from .scst_names import claim, find, place
from .scst_targets import LOCAL, delete_target, make_target
from .scst_trace import level
from .scst_words import command, nothing_more, parameters, refused, take
from .tree import Tree

MGMT = (
    'Usage: echo "add_target target_name [parameters]" >mgmt\n'
    '       echo "del_target target_name" >mgmt\n'
    '       echo "add_session target_name session_name" >mgmt\n'
    '       echo "del_session target_name session_name" >mgmt\n\n'
    "where parameters are one or more param_name=value pairs separated by ';'\n\n\n"
    "The following parameters available: session_name\n\n"
)
DRIVER: Attributes = {
    "trace_level": level(), **readable(version="3.11.0-pre/20110901\nTRACING"), **silent("stats"),
}
FIRST, FIRST_SESSION = "scst_local_tgt", "scst_local_host"

_Command = Callable[[Tree, str, str], None]


def manage(tree: Tree, path: str, text: str) -> None:
    """Answer a write to targets/scst_local/mgmt."""
    actions: dict[str, _Command] = {
        "add_target": _add, "del_target": _delete, "add_session": _add_session, "del_session": _delete_session,
    }
    action, rest = command(text, actions)
    action(tree, os.path.dirname(path), rest)


def make_first(tree: Tree, driver: str) -> None:
    """Stage the target that is there when the driver is loaded."""
    make_target(tree, f"{driver}/{FIRST}", LOCAL)
    scst_sessions.open_local(tree, f"{driver}/{FIRST}", FIRST_SESSION)


def _add(tree: Tree, driver: str, text: str) -> None:
    (name,), rest = take(text, 1)
    given = parameters(rest, ("session_name",))
    if tree.exists(place(driver, name)):
        raise refused(errno.EFAULT)
    target = claim(tree, driver, name)
    make_target(tree, target, LOCAL)
    if "session_name" in given:
        scst_sessions.open_local(tree, target, given["session_name"])


def _delete(tree: Tree, driver: str, text: str) -> None:
    (name,), rest = take(text, 1)
    nothing_more(rest)
    delete_target(tree, _there(tree, driver, name))


def _add_session(tree: Tree, driver: str, text: str) -> None:
    (target, name), _ = take(text, 2)
    scst_sessions.open_local(tree, _there(tree, driver, target), name)


def _delete_session(tree: Tree, driver: str, text: str) -> None:
    (target, name), _ = take(text, 2)
    session = scst_sessions.of(tree, _there(tree, driver, target), name)
    if session is None:
        raise refused(errno.EINVAL)
    tree.remove(session)


def _there(tree: Tree, driver: str, name: str) -> str:
    target = find(tree, driver, name)
    if target is None:
        raise refused(errno.ENOENT)
    return target
