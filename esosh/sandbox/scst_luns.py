"""LUNs, initiator groups and initiators of SCST's targets."""

from __future__ import annotations

import errno
import os
from typing import Callable, Optional

from .scst_attributes import KEY, make, store, writable
from .scst_names import ROOT, claim, free, known, link, remove, shown, target_of
from .scst_words import command, nothing_more, number, parameters, refused, take
from .tree import Tree

LUNS_MGMT = (
    'Usage: echo "add H:C:I:L lun [parameters]" >mgmt\n'
    '       echo "add VNAME lun [parameters]" >mgmt\n'
    '       echo "del lun" >mgmt\n'
    '       echo "replace H:C:I:L lun [parameters]" >mgmt\n'
    '       echo "replace VNAME lun [parameters]" >mgmt\n'
    '       echo "replace_no_ua H:C:I:L lun [parameters]" >mgmt\n'
    '       echo "replace_no_ua VNAME lun [parameters]" >mgmt\n'
    '       echo "clear" >mgmt\n\n'
    "where parameters are one or more param_name=value pairs separated by ';'\n\n"
    "The following parameters available: read_only\n"
)
GROUPS_MGMT = 'Usage: echo "create GROUP_NAME" >mgmt\n       echo "del GROUP_NAME" >mgmt\n'

_INITIATORS_MGMT = (
    'Usage: echo "add INITIATOR_NAME" >mgmt\n       echo "del INITIATOR_NAME" >mgmt\n'
    '       echo "move INITIATOR_NAME DEST_GROUP_NAME" >mgmt\n       echo "clear" >mgmt\n'
)
_GROUP = writable(
    addr_method="PERIPHERAL", black_hole="0", cpu_mask="3", io_grouping_type="auto", per_sess_dedicated_tgt_threads="0"
)
_LARGEST_LUN = 16383
_LARGEST = 2**63 - 1

_Command = Callable[[Tree, str, str], None]


def manage(tree: Tree, path: str, text: str) -> None:
    """Answer a write to luns/mgmt of a target or of an initiator group."""
    actions: dict[str, _Command] = {
        "add": _add, "replace": _replace, "replace_no_ua": _replace, "del": _delete, "clear": _clear,
    }
    action, rest = command(text, actions)
    action(tree, os.path.dirname(path), rest)


def manage_groups(tree: Tree, path: str, text: str) -> None:
    """Answer a write to ini_groups/mgmt of a target."""
    actions: dict[str, _Command] = {"create": _create_group, "del": _delete_group}
    action, rest = command(text, actions)
    action(tree, os.path.dirname(path), take(rest, 1)[0][0])


def manage_initiators(tree: Tree, path: str, text: str) -> None:
    """Answer a write to initiators/mgmt of an initiator group."""
    actions: dict[str, _Command] = {
        "add": _add_initiator, "del": _delete_initiator, "move": _move_initiator, "clear": _clear_initiators,
    }
    action, rest = command(text, actions)
    action(tree, os.path.dirname(path), rest)


def write_to_group(tree: Tree, path: str, text: str) -> None:
    """Answer a write to an attribute of an initiator group."""
    store(tree, path, text, _GROUP)


def add(tree: Tree, luns: str, device: str, lun: Optional[int] = None, read_only: bool = False) -> None:
    """Stage a new LUN, the lowest free one unless told; the device's export links count on likewise."""
    exports = f"{device}/exported"
    place = f"{luns}/{free(tree.list(luns)) if lun is None else lun}"
    link(tree, f"{place}/device", device)
    tree.put(f"{place}/read_only", _read_only(read_only), 0o444)
    link(tree, f"{exports}/export{free(tree.list(exports), prefix='export')}", place)


def forget_device(tree: Tree, device: str) -> None:
    """Stage the removal of every LUN of a device that is being deleted."""
    for name in tree.list(f"{device}/exported"):
        tree.remove(target_of(tree, f"{device}/exported/{name}"))


def forget_target(tree: Tree, target: str) -> None:
    """Stage the removal of the export links to a target, or to an initiator group, that is being deleted."""
    for luns in (f"{target}/luns", *(f"{target}/ini_groups/{name}/luns" for name in tree.list(f"{target}/ini_groups"))):
        _clear(tree, luns, "")


def _asked(tree: Tree, text: str) -> tuple[str, int, bool]:
    (name, lun), rest = take(text, 2)
    given = parameters(rest, ("read_only",))
    device = known(tree, f"{ROOT}/devices", name)
    return device, number(lun, 0, _LARGEST_LUN), number(given.get("read_only", "0"), 0, _LARGEST) > 0


def _add(tree: Tree, luns: str, text: str) -> None:
    device, lun, read_only = _asked(tree, text)
    if tree.exists(f"{luns}/{lun}"):
        raise refused(errno.EEXIST)
    add(tree, luns, device, lun, read_only)


def _replace(tree: Tree, luns: str, text: str) -> None:
    device, lun, read_only = _asked(tree, text)
    place = f"{luns}/{lun}"
    if target_of(tree, f"{place}/device") == device:
        return tree.put(f"{place}/read_only", _read_only(read_only), 0o444)
    if tree.exists(place):
        _remove(tree, place)
    add(tree, luns, device, lun, read_only)


def _read_only(yes: bool) -> str:
    return f"1\n{KEY}" if yes else "0\n"


def _delete(tree: Tree, luns: str, text: str) -> None:
    (lun,), rest = take(text, 1)
    nothing_more(rest)
    place = f"{luns}/{number(lun, 0, _LARGEST_LUN)}"
    if not tree.exists(place):
        raise refused(errno.EINVAL)
    _remove(tree, place)


def _clear(tree: Tree, luns: str, text: str) -> None:
    nothing_more(text)
    for lun in tree.list(luns):
        if lun != "mgmt":
            _remove(tree, f"{luns}/{lun}")


def _remove(tree: Tree, place: str) -> None:
    exports = f"{target_of(tree, f'{place}/device')}/exported"
    for name in tree.list(exports):
        if target_of(tree, f"{exports}/{name}") == place:
            tree.remove(f"{exports}/{name}")
    tree.remove(place)


def _create_group(tree: Tree, folder: str, name: str) -> None:
    group = claim(tree, folder, name)
    make(tree, group, _GROUP)
    tree.put(f"{group}/initiators/mgmt", _INITIATORS_MGMT)
    tree.put(f"{group}/luns/mgmt", LUNS_MGMT)


def _delete_group(tree: Tree, folder: str, name: str) -> None:
    group = known(tree, folder, name)
    sessions = f"{os.path.dirname(folder)}/sessions"
    if any(target_of(tree, f"{sessions}/{session}/luns") == f"{group}/luns" for session in tree.list(sessions)):
        raise refused(errno.EBUSY)
    _clear(tree, f"{group}/luns", "")
    remove(tree, group)


def _initiator(tree: Tree, folder: str, name: str) -> Optional[str]:
    path = f"{folder}/{shown(name)}"
    return path if name != "mgmt" and tree.exists(path) and tree.read(path) == name + "\n" else None


def _put_initiator(tree: Tree, folder: str, name: str) -> None:
    path = f"{folder}/{shown(name)}"
    if tree.exists(path):
        raise refused(errno.EEXIST)
    tree.put(path, name + "\n", 0o444)


def _add_initiator(tree: Tree, folder: str, text: str) -> None:
    _put_initiator(tree, folder, take(text, 1)[0][0])


def _delete_initiator(tree: Tree, folder: str, text: str) -> None:
    path = _initiator(tree, folder, take(text, 1)[0][0])
    if path is None:
        raise refused(errno.EINVAL)
    tree.remove(path)


def _move_initiator(tree: Tree, folder: str, text: str) -> None:
    (name, group), _ = take(text, 2)
    _delete_initiator(tree, folder, name)
    groups = os.path.dirname(os.path.dirname(folder))
    _put_initiator(tree, f"{known(tree, groups, group)}/initiators", name)


def _clear_initiators(tree: Tree, folder: str, text: str) -> None:
    nothing_more(text)
    for name in tree.list(folder):
        if name != "mgmt":
            tree.remove(f"{folder}/{name}")
