"""Targets of scst_local, which the box itself sees as disks of a SCSI host of its own.

Source: scst_local.c; observed 2026-11.
"""

from __future__ import annotations

import errno

from ..tree import Tree
from . import mgmt, sessions
from .attributes import Attributes, empty, read_only
from .names import claim, path_of, require
from .targets import LOCAL, delete_target, put_target
from .trace import level
from .words import only_word, parse_parameters, refusal, take_word, two_words

MGMT = (
    'Usage: echo "add_target target_name [parameters]" >mgmt\n'
    '       echo "del_target target_name" >mgmt\n'
    '       echo "add_session target_name session_name" >mgmt\n'
    '       echo "del_session target_name session_name" >mgmt\n\n'
    "where parameters are one or more param_name=value pairs separated by ';'\n\n\n"
    "The following parameters available: session_name\n\n"
)
DRIVER: Attributes = {
    "trace_level": level(), **read_only(version="3.11.0-pre/20110901\nTRACING"), **empty("stats"),
}
FIRST, FIRST_SESSION = "scst_local_tgt", "scst_local_host"


def manage(tree: Tree, path: str, text: str) -> None:
    """Answer a write to targets/scst_local/mgmt."""
    commands = {
        "add_target": _add, "del_target": _delete,
        "add_session": _add_session, "del_session": _delete_session,
    }
    mgmt.run(tree, path, text, commands)


def put_first(tree: Tree, driver: str) -> None:
    """Stage the target that the driver has when it is loaded."""
    target = f"{driver}/{FIRST}"
    put_target(tree, target, LOCAL)
    sessions.open_local(tree, target, FIRST_SESSION)


def _add(tree: Tree, driver: str, text: str) -> None:
    name, rest = take_word(text)
    parameters = parse_parameters(rest, ("session_name",))
    if tree.exists(path_of(driver, name)):
        raise refusal(errno.EFAULT)
    target = claim(tree, driver, name)
    put_target(tree, target, LOCAL)
    if "session_name" in parameters:
        sessions.open_local(tree, target, parameters["session_name"])


def _delete(tree: Tree, driver: str, text: str) -> None:
    delete_target(tree, _existing(tree, driver, only_word(text)))


def _add_session(tree: Tree, driver: str, text: str) -> None:
    target, initiator = two_words(text)
    sessions.open_local(tree, _existing(tree, driver, target), initiator)


def _delete_session(tree: Tree, driver: str, text: str) -> None:
    target, initiator = two_words(text)
    session = sessions.find_session(tree, _existing(tree, driver, target), initiator)
    if session is None:
        raise refusal(errno.EINVAL)
    tree.remove(session)


def _existing(tree: Tree, driver: str, name: str) -> str:
    return require(tree, driver, name, errno.ENOENT)
