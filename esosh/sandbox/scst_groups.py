"""Device groups and target groups: the whole of SCST's implicit ALUA configuration."""

from __future__ import annotations

import errno
import os
from typing import Callable, Optional

from .scst_attributes import KEY
from .scst_names import ROOT, claim, find, known, link, name_of, objects, orphan, remove, target_of
from .scst_words import command, number, refused, take
from .tree import Tree

GROUPS = f"{ROOT}/device_groups"
GROUPS_MGMT = 'Usage: echo "create group_name" >mgmt\n       echo "del group_name" >mgmt\n'

_DEVICES_MGMT = 'Usage: echo "add device" >mgmt\n       echo "del device" >mgmt\n'
_TARGETS_MGMT = 'Usage: echo "add target" >mgmt\n       echo "del target" >mgmt\n'
_STATES = frozenset(("active", "nonoptimized", "standby", "unavailable", "offline", "transitioning"))
_DIGITS = 7  # so much of a group_id is looked at
_LARGEST = 65535

_Command = Callable[[Tree, str, str], None]


def manage_groups(tree: Tree, path: str, text: str) -> None:
    """Answer a write to device_groups/mgmt."""
    _one_line(tree, path, text, {"create": _create_group, "add": _create_group, "del": _delete})


def manage_devices(tree: Tree, path: str, text: str) -> None:
    """Answer a write to the devices/mgmt of a device group."""
    _one_line(tree, path, text, {"add": _add_device, "del": _delete})


def manage_target_groups(tree: Tree, path: str, text: str) -> None:
    """Answer a write to the target_groups/mgmt of a device group."""
    actions: dict[str, _Command] = {
        "create": _create_target_group, "add": _create_target_group, "del": _delete,
    }
    _one_line(tree, path, text, actions)


def manage_targets(tree: Tree, path: str, text: str) -> None:
    """Answer a write to the mgmt of a target group."""
    actions: dict[str, _Command] = {"add": _add_target, "del": _delete_target}
    action, rest = command(text, actions)
    action(tree, os.path.dirname(path), take(rest, 1)[0][0])


def set_number(tree: Tree, path: str, text: str) -> None:
    """Answer a write to a group_id, or to the rel_tgt_id of a remote target."""
    tree.put(path, f"{number(text[:_DIGITS], 1, _LARGEST)}\n{KEY}")


def set_state(tree: Tree, path: str, text: str) -> None:
    """Answer a write to the ALUA state of a target group; any state may follow any other."""
    state = text[:-1] if text.endswith("\n") else text
    if state not in _STATES:
        raise refused(errno.EINVAL)
    tree.put(path, f"{state}\n{KEY}")


def set_preferred(tree: Tree, path: str, text: str) -> None:
    """Answer a write to preferred."""
    tree.put(path, f"1\n{KEY}" if number(text, 0, 1) else "0\n")


def forget_device(tree: Tree, name: str) -> None:
    """Take a device that is being deleted out of its device group."""
    group = _group_with(tree, name)
    if group is not None:
        tree.remove(f"{group}/devices/{name}")


def forget_target(tree: Tree, target: str) -> None:
    """Take a local target that is being deleted out of all target groups; stale links stay, and dangle."""
    for group in objects(tree, GROUPS):
        place = _place_of(tree, group, name_of(tree, target))
        if place is not None and target_of(tree, place) == target:
            remove(tree, place)


def _one_line(tree: Tree, path: str, text: str, actions: dict[str, _Command]) -> None:
    action, rest = command(text.partition("\n")[0], actions)
    action(tree, os.path.dirname(path), take(rest, 1)[0][0])


def _delete(tree: Tree, folder: str, name: str) -> None:
    remove(tree, known(tree, folder, name))


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
    device = known(tree, f"{ROOT}/devices", name)
    if _group_with(tree, name) is not None:
        raise refused(errno.EEXIST)
    link(tree, claim(tree, folder, name), device)


def _group_with(tree: Tree, device: str) -> Optional[str]:
    return next((group for group in objects(tree, GROUPS) if find(tree, f"{group}/devices", device)), None)


def _add_target(tree: Tree, group: str, name: str) -> None:
    if _place_of(tree, _device_group(group), name) is not None:
        raise refused(errno.EEXIST)
    place, target = claim(tree, group, name), _local(tree, name)
    if target is None:
        tree.put(f"{place}/rel_tgt_id", f"0\n{KEY}")
    else:
        link(tree, place, target)


def _delete_target(tree: Tree, group: str, name: str) -> None:
    """Take out a target of any target group of the device group, as the kernel does.

    Of a local one it takes away the link of the target group that was asked: one that was asked wrongly leaves
    the right one's link behind, stale.
    """
    place = _place_of(tree, _device_group(group), name)
    if place is None:
        raise refused(errno.EINVAL)
    asked = os.path.join(group, os.path.basename(place))
    if place == asked or tree.readlink(place) is None:
        return remove(tree, place)
    orphan(tree, place)
    if tree.readlink(asked) is not None:
        remove(tree, asked)


def _device_group(target_group: str) -> str:
    return os.path.dirname(os.path.dirname(target_group))


def _place_of(tree: Tree, device_group: str, target: str) -> Optional[str]:
    """Where a target is a member of one of the device group's target groups."""
    places = (find(tree, group, target) for group in objects(tree, f"{device_group}/target_groups"))
    return next((place for place in places if place is not None), None)


def _local(tree: Tree, name: str) -> Optional[str]:
    targets = (find(tree, driver, name) for driver in objects(tree, f"{ROOT}/targets"))
    return next((target for target in targets if target is not None), None)
