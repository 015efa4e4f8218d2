"""Comparing texts of scst.conf, and configurations of SCST."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from esosh.config.scst import DeviceGroup, Lun, Scst, Target
from esosh.executors.scst import conf_tree


def changed_lines(before: str, after: str) -> list[str]:
    """The lines that differ, as ndiff marks them."""
    return [line for line in difflib.ndiff(before.splitlines(), after.splitlines()) if line[0] in "+-"]


def assert_merged(merged: Scst, old: Scst, new: Scst) -> None:
    """All of `new` is in `merged`, nothing that only `old` has, and no device is in two groups."""
    for name, device in new.devices.items():
        assert merged.devices[name].handler == device.handler
        assert device.attributes.items() <= merged.devices[name].attributes.items()
    for name, target in new.targets.items():
        _assert_target_merged(merged.targets[name], target)
    for name, group in new.groups.items():
        _assert_group_merged(merged.groups[name], group)
    assert not (old.devices.keys() - new.devices.keys()) & used_devices(merged)
    assert not (old.targets.keys() - new.targets.keys()) & merged.targets.keys()
    members = [device for group in merged.groups.values() for device in group.devices]
    assert len(members) == len(set(members))


def _assert_target_merged(merged: Target, new: Target) -> None:
    assert (new.driver, new.enabled, new.rel_tgt_id) == (merged.driver, merged.enabled, merged.rel_tgt_id)
    assert new.outgoing == merged.outgoing
    assert new.users.items() <= merged.users.items()
    assert new.portals <= merged.portals
    assert new.attributes.items() <= merged.attributes.items()
    assert all(lun == merged.luns[number] for number, lun in new.luns.items())
    assert all(group.initiators <= merged.groups[name].initiators for name, group in new.groups.items())


def _assert_group_merged(merged: DeviceGroup, new: DeviceGroup) -> None:
    assert new.devices <= merged.devices
    for name, target_group in new.target_groups.items():
        assert target_group.targets.items() <= merged.target_groups[name].targets.items()


def used_devices(scst: Scst) -> set[str]:
    """The devices, and those that a LUN or a group refers to."""
    members = {device for group in scst.groups.values() for device in group.devices}
    mapped = {lun.device for target in scst.targets.values() for lun in _luns(target)}
    return {*scst.devices, *mapped, *members}


def _luns(target: Target) -> Iterator[Lun]:
    yield from target.luns.values()
    for group in target.groups.values():
        yield from group.luns.values()


Path = tuple[str, ...]


def blocks(node: conf_tree.Node, path: Path = ()) -> Iterator[Path]:
    """The path of each block."""
    for child in node.children or ():
        if len(child.words) > 1 and child.words[0].isupper():
            block = (*path, " ".join(child.words[:2]))
            yield block
            yield from blocks(child, block)


def unknown_lines(node: conf_tree.Node, amended: conf_tree.Node) -> set[tuple[Path, str]]:
    """The unknown lines in blocks that an amended file still has; a LUN that changes is recreated."""
    lines = {*_unknown_lines(node)}
    lasting = {path[:1] for path, _ in lines if path and path[0].startswith(("HANDLER", "TARGET_DRIVER"))}
    kept = {(), *blocks(amended), *lasting}
    return {(path, text) for path, text in lines if path in kept and not any(step.startswith("LUN") for step in path)}


def _unknown_lines(node: conf_tree.Node, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Each unknown line, with the path of its block."""
    for child in node.children or ():
        if child.words[:1] == ("ODD",) or child.raw.startswith("# mine"):
            yield path, child.text()
        elif len(child.words) > 1:
            yield from _unknown_lines(child, (*path, " ".join(child.words[:2])))
