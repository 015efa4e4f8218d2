"""Initiator groups and initiators of SCST's targets."""

from __future__ import annotations

import errno
import os
from typing import Callable, Optional

from . import scst_luns, scst_sessions
from .scst_attributes import make, store, writable
from .scst_names import claim, known, place, remove
from .scst_words import command, nothing_more, refused, take
from .tree import Tree

GROUPS_MGMT = 'Usage: echo "create GROUP_NAME" >mgmt\n       echo "del GROUP_NAME" >mgmt\n'

_INITIATORS_MGMT = (
    'Usage: echo "add INITIATOR_NAME" >mgmt\n       echo "del INITIATOR_NAME" >mgmt\n'
    '       echo "move INITIATOR_NAME DEST_GROUP_NAME" >mgmt\n       echo "clear" >mgmt\n'
)
_GROUP = writable(
    addr_method="PERIPHERAL", black_hole="0", cpu_mask="3", io_grouping_type="auto", per_sess_dedicated_tgt_threads="0"
)

_Command = Callable[[Tree, str, str], None]
_Groups = dict[str, list[str]]


def manage_groups(tree: Tree, path: str, text: str) -> None:
    """Answer a write to ini_groups/mgmt of a target."""
    actions: dict[str, _Command] = {"create": _create_group, "del": _delete_group}
    action, rest = command(text, actions)
    action(tree, os.path.dirname(path), take(rest, 1)[0][0])


def manage_initiators(tree: Tree, path: str, text: str) -> None:
    """Answer a write to initiators/mgmt of an initiator group."""
    actions: dict[str, Callable[[Tree, str, str, _Groups], None]] = {
        "add": _add, "del": _delete, "move": _move, "clear": _clear,
    }
    action, rest = command(text, actions)
    folder = os.path.dirname(path)
    groups = os.path.dirname(os.path.dirname(folder))
    action(tree, folder, rest, (members := _members(tree, groups)))
    scst_sessions.regroup(tree, os.path.dirname(groups), members)


def write_to_group(tree: Tree, path: str, text: str) -> None:
    """Answer a write to an attribute of an initiator group."""
    store(tree, path, text, _GROUP)


def forget_target(tree: Tree, target: str) -> None:
    """Stage the removal of what leads to a target that is being deleted."""
    scst_luns.clear(tree, f"{target}/luns")
    for name in tree.list(f"{target}/ini_groups"):
        scst_luns.clear(tree, f"{target}/ini_groups/{name}/luns")


def _create_group(tree: Tree, folder: str, name: str) -> None:
    group = claim(tree, folder, name)
    make(tree, group, _GROUP)
    tree.put(f"{group}/initiators/mgmt", _INITIATORS_MGMT)
    tree.put(f"{group}/luns/mgmt", scst_luns.LUNS_MGMT)


def _delete_group(tree: Tree, folder: str, name: str) -> None:
    group = known(tree, folder, name)
    if any(scst_sessions.seeing(tree, f"{group}/luns")):
        raise refused(errno.EBUSY)
    scst_luns.clear(tree, f"{group}/luns")
    remove(tree, group)


def _members(tree: Tree, groups: str) -> _Groups:
    """The initiators of all groups of a target that has sessions, by group."""
    if not tree.list(f"{os.path.dirname(groups)}/sessions"):
        return {}
    return {
        group: [name for name in tree.list(f"{groups}/{group}/initiators") if name != "mgmt"]
        for group in tree.list(groups) if group != "mgmt"
    }


def _group(folder: str) -> str:
    return os.path.basename(os.path.dirname(folder))


def _found(tree: Tree, folder: str, name: str) -> Optional[str]:
    path = place(folder, name)
    return path if name != "mgmt" and tree.exists(path) and tree.read(path) == name + "\n" else None


def _put(tree: Tree, folder: str, name: str, members: _Groups) -> None:
    path = place(folder, name)
    if tree.exists(path):
        raise refused(errno.EEXIST)
    tree.put(path, name + "\n", 0o444)
    members.get(_group(folder), []).append(name)


def _add(tree: Tree, folder: str, text: str, members: _Groups) -> None:
    _put(tree, folder, take(text, 1)[0][0], members)


def _delete(tree: Tree, folder: str, text: str, members: _Groups) -> None:
    name = take(text, 1)[0][0]
    path = _found(tree, folder, name)
    if path is None:
        raise refused(errno.EINVAL)
    tree.remove(path)
    if name in (there := members.get(_group(folder), [])):
        there.remove(name)


def _move(tree: Tree, folder: str, text: str, members: _Groups) -> None:
    (name, group), _ = take(text, 2)
    _delete(tree, folder, name, members)
    groups = os.path.dirname(os.path.dirname(folder))
    _put(tree, f"{known(tree, groups, group)}/initiators", name, members)


def _clear(tree: Tree, folder: str, text: str, members: _Groups) -> None:
    nothing_more(text)
    for name in tree.list(folder):
        if name != "mgmt":
            tree.remove(f"{folder}/{name}")
    members.get(_group(folder), []).clear()
