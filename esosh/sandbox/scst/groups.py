"""Device groups and target groups: the whole of SCST's implicit ALUA configuration."""

from __future__ import annotations

import errno
import os

from ..tree import Tree
from . import mgmt
from .attributes import KEY, number_text
from .names import ROOT, claim, find, link, make_stale, name_of, objects, remove, require, target_of
from .words import first_line, parse_number, refusal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Optional

GROUPS = f"{ROOT}/device_groups"
GROUPS_MGMT = 'Usage: echo "create group_name" >mgmt\n       echo "del group_name" >mgmt\n'

_DEVICES_MGMT = 'Usage: echo "add device" >mgmt\n       echo "del device" >mgmt\n'
_TARGETS_MGMT = 'Usage: echo "add target" >mgmt\n       echo "del target" >mgmt\n'
_STATES = frozenset(("active", "nonoptimized", "standby", "unavailable", "offline", "transitioning"))
_DIGITS = 7  # the kernel reads no more of a group_id
_LARGEST = 65535


def manage_groups(tree: Tree, path: str, text: str) -> None:
    """Answer a write to device_groups/mgmt."""
    commands = {"create": _create_group, "add": _create_group, "del": _delete}
    mgmt.run_with_name(tree, path, first_line(text), commands)


def manage_devices(tree: Tree, path: str, text: str) -> None:
    """Answer a write to the devices/mgmt of a device group."""
    commands = {"add": _add_device, "del": _delete}
    mgmt.run_with_name(tree, path, first_line(text), commands)


def manage_target_groups(tree: Tree, path: str, text: str) -> None:
    """Answer a write to the target_groups/mgmt of a device group."""
    commands = {"create": _create_target_group, "add": _create_target_group, "del": _delete}
    mgmt.run_with_name(tree, path, first_line(text), commands)


def manage_targets(tree: Tree, path: str, text: str) -> None:
    """Answer a write to the mgmt of a target group."""
    mgmt.run_with_name(tree, path, text, {"add": _add_target, "del": _delete_target})


def set_number(tree: Tree, path: str, text: str) -> None:
    """Answer a write to a group_id, or to the rel_tgt_id of a remote target."""
    tree.put(path, f"{parse_number(text[:_DIGITS], 1, _LARGEST)}\n{KEY}")


def set_state(tree: Tree, path: str, text: str) -> None:
    """Answer a write to the ALUA state of a target group; any state may follow any other."""
    state = text.removesuffix("\n")
    if state not in _STATES:
        raise refusal(errno.EINVAL)
    tree.put(path, f"{state}\n{KEY}")


def set_preferred(tree: Tree, path: str, text: str) -> None:
    """Answer a write to preferred."""
    tree.put(path, number_text(parse_number(text, 0, 1)))


def forget_device(tree: Tree, name: str) -> None:
    """Stage that a device which is being deleted leaves its device group."""
    group = _group_with(tree, name)
    if group is not None:
        tree.remove(f"{group}/devices/{name}")


def forget_target(tree: Tree, target: str) -> None:
    """Stage that a local target which is being deleted leaves all target groups.

    Stale links stay, and dangle.
    """
    for group in objects(tree, GROUPS):
        member = _find_member(tree, group, name_of(tree, target))
        if member is not None and target_of(tree, member) == target:
            remove(tree, member)


def _delete(tree: Tree, folder: str, name: str) -> None:
    remove(tree, require(tree, folder, name))


def _create_group(tree: Tree, folder: str, name: str) -> None:
    group = claim(tree, folder, name)
    tree.put(f"{group}/devices/mgmt", _DEVICES_MGMT)
    tree.put(f"{group}/target_groups/mgmt", GROUPS_MGMT)


def _create_target_group(tree: Tree, folder: str, name: str) -> None:
    group = claim(tree, folder, name)
    tree.put(f"{group}/group_id", f"0\n{KEY}")
    tree.put(f"{group}/mgmt", _TARGETS_MGMT)
    tree.put(f"{group}/preferred", "0\n")
    tree.put(f"{group}/state", f"active\n{KEY}")


def _add_device(tree: Tree, folder: str, name: str) -> None:
    device = require(tree, f"{ROOT}/devices", name)
    if _group_with(tree, name) is not None:
        raise refusal(errno.EEXIST)
    link(tree, claim(tree, folder, name), device)


def _group_with(tree: Tree, device: str) -> Optional[str]:
    """The device group that a device is in."""
    return next((group for group in objects(tree, GROUPS) if find(tree, f"{group}/devices", device)), None)


def _add_target(tree: Tree, group: str, name: str) -> None:
    if _find_member(tree, _device_group(group), name) is not None:
        raise refusal(errno.EEXIST)
    member = claim(tree, group, name)
    target = _find_in(tree, f"{ROOT}/targets", name)
    if target is None:
        tree.put(f"{member}/rel_tgt_id", f"0\n{KEY}")
    else:
        link(tree, member, target)


def _delete_target(tree: Tree, group: str, name: str) -> None:
    """Remove a target from whichever target group of the device group it is in, as the kernel does.

    The kernel removes a local target's link from the target group that gets the command. When the target is
    in another one, its link there stays behind, stale.
    """
    member = _find_member(tree, _device_group(group), name)
    if member is None:
        raise refusal(errno.EINVAL)
    addressed = os.path.join(group, os.path.basename(member))
    if member == addressed or tree.readlink(member) is None:
        return remove(tree, member)
    make_stale(tree, member)
    if tree.readlink(addressed) is not None:
        remove(tree, addressed)


def _device_group(target_group: str) -> str:
    return os.path.dirname(os.path.dirname(target_group))


def _find_member(tree: Tree, device_group: str, target: str) -> Optional[str]:
    """The path of a target in whichever target group of the device group it is in."""
    return _find_in(tree, f"{device_group}/target_groups", target)


def _find_in(tree: Tree, folder: str, name: str) -> Optional[str]:
    """The path of the object of that name in one of the folders of a folder."""
    for inner in objects(tree, folder):
        path = find(tree, inner, name)
        if path is not None:
            return path
    return None
