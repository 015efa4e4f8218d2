"""Initiator groups and initiators of SCST's targets."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Mapping

from ..tree import Tree
from . import luns, mgmt, sessions
from .attributes import Attributes, put_attributes, store, writable
from .names import ROOT, claim, entries, path_of, remove, require
from .words import choose_action, first_word, refusal, require_end, two_words

GROUPS_MGMT = 'Usage: echo "create GROUP_NAME" >mgmt\n       echo "del GROUP_NAME" >mgmt\n'

_INITIATORS_MGMT = (
    'Usage: echo "add INITIATOR_NAME" >mgmt\n       echo "del INITIATOR_NAME" >mgmt\n'
    '       echo "move INITIATOR_NAME DEST_GROUP_NAME" >mgmt\n       echo "clear" >mgmt\n'
)
_GROUP = writable(addr_method="PERIPHERAL", black_hole="0", cpu_mask="3", io_grouping_type="auto")
_ISCSI_GROUP = {**_GROUP, **writable(per_sess_dedicated_tgt_threads="0")}

_Members = dict[str, list[str]]
"""The initiators in each group of a target, as they will be: commands change the lists as they stage."""


def manage_groups(tree: Tree, path: str, text: str) -> None:
    """Answer a write to ini_groups/mgmt of a target."""
    mgmt.run_with_name(tree, path, text, {"create": _create_group, "del": _delete_group})


def manage_initiators(tree: Tree, path: str, text: str) -> None:
    """Answer a write to initiators/mgmt of an initiator group."""
    command, rest = choose_action(text, _INITIATOR_COMMANDS)
    initiators = os.path.dirname(path)
    target = os.path.dirname(_groups_of(initiators))
    members = _members(tree, target)
    command(tree, initiators, rest, members)
    sessions.regroup(tree, target, members)


def write_to_group(tree: Tree, path: str, text: str) -> None:
    """Answer a write to an attribute of an initiator group."""
    store(tree, path, text, _attributes(os.path.dirname(os.path.dirname(path))))


def forget_target(tree: Tree, target: str) -> None:
    """Stage the removal of what leads to a target that is being deleted."""
    luns.clear(tree, f"{target}/luns")
    for group in entries(tree, f"{target}/ini_groups"):
        luns.clear(tree, f"{target}/ini_groups/{group}/luns")


def _create_group(tree: Tree, folder: str, name: str) -> None:
    group = claim(tree, folder, name)
    put_attributes(tree, group, _attributes(folder))
    tree.put(f"{group}/initiators/mgmt", _INITIATORS_MGMT)
    tree.put(f"{group}/luns/mgmt", luns.LUNS_MGMT)


def _attributes(groups: str) -> Attributes:
    """The attributes of the groups in a folder of a target."""
    return _ISCSI_GROUP if groups.startswith(f"{ROOT}/targets/iscsi/") else _GROUP


def _delete_group(tree: Tree, folder: str, name: str) -> None:
    group = require(tree, folder, name)
    if any(sessions.seeing(tree, f"{group}/luns")):
        raise refusal(errno.EBUSY)
    luns.clear(tree, f"{group}/luns")
    remove(tree, group)


def _members(tree: Tree, target: str) -> _Members:
    """The initiators in each group of a target, or nothing when it has no sessions, which alone need them."""
    if not tree.list(f"{target}/sessions"):
        return {}
    groups = f"{target}/ini_groups"
    return {group: entries(tree, f"{groups}/{group}/initiators") for group in entries(tree, groups)}


def _groups_of(initiators: str) -> str:
    """The folder of groups around the initiators of one group."""
    return os.path.dirname(os.path.dirname(initiators))


def _members_of_group(members: _Members, initiators: str) -> list[str]:
    """The members of the group that the folder of initiators belongs to."""
    return members.get(os.path.basename(os.path.dirname(initiators)), [])


def _add(tree: Tree, initiators: str, text: str, members: _Members) -> None:
    _put(tree, initiators, first_word(text), members)


def _put(tree: Tree, initiators: str, name: str, members: _Members) -> None:
    path = path_of(initiators, name)
    if tree.exists(path):
        raise refusal(errno.EEXIST)
    tree.put(path, f"{name}\n", 0o444)
    _members_of_group(members, initiators).append(name)


def _delete(tree: Tree, initiators: str, text: str, members: _Members) -> None:
    name = first_word(text)
    path = path_of(initiators, name)
    if not _is_initiator(tree, path, name):
        raise refusal(errno.EINVAL)
    tree.remove(path)
    group = _members_of_group(members, initiators)
    if name in group:
        group.remove(name)


def _is_initiator(tree: Tree, path: str, name: str) -> bool:
    """Whether the file is that of an initiator of that name, and not one that only shows alike, or mgmt."""
    return tree.exists(path) and tree.read(path) == f"{name}\n"


def _move(tree: Tree, initiators: str, text: str, members: _Members) -> None:
    name, group = two_words(text)
    _delete(tree, initiators, name, members)
    destination = require(tree, _groups_of(initiators), group)
    _put(tree, f"{destination}/initiators", name, members)


def _clear(tree: Tree, initiators: str, text: str, members: _Members) -> None:
    require_end(text)
    for name in entries(tree, initiators):
        tree.remove(f"{initiators}/{name}")
    _members_of_group(members, initiators).clear()


_INITIATOR_COMMANDS: Mapping[str, Callable[[Tree, str, str, _Members], None]] = {
    "add": _add, "del": _delete, "move": _move, "clear": _clear,
}
