"""Moves in scst.conf: renamed targets, objects that go to other blocks, ids of targets in target groups."""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import AbstractSet, Callable, Optional

from ...config.scst import DeviceGroup, Scst, Target, TargetGroup
from .conf import contents
from .conf_blocks import ID, Block
from .conf_edit import Versions, edit
from .conf_tree import Node
from .layout import holds, remove, rename

Homes = Mapping[str, AbstractSet[str]]  # of each object, the names of the blocks that it is in


def renames(old: Scst, new: Scst, saved: Scst) -> dict[str, str]:
    """The targets that go on under another name."""
    existing = old.targets.keys() | saved.targets.keys()
    added = [name for name in filter(holds, new.targets) if name not in existing]
    gone = [name for name in old.targets if name not in new.targets]
    names = {}
    for name in gone:
        match = _equal(old.targets[name], added, new)
        if match is not None:
            added.remove(match)
            names[name] = match
    return names


def _equal(target: Target, names: Iterable[str], scst: Scst) -> Optional[str]:
    return next((name for name in names if scst.targets[name] == target), None)


def rename_targets(root: Node, names: Mapping[str, str], old: Scst) -> None:
    """Put the new names of targets into their own blocks and into target groups."""
    for driver in root.named("TARGET_DRIVER"):
        own = {name: names[name] for name in names if old.targets[name].driver == driver.words[1]}
        _rename(driver.below("TARGET"), own)
    _rename(root.below("DEVICE_GROUP", "TARGET_GROUP", "TARGET"), names)


def _rename(nodes: Iterable[Node], names: Mapping[str, str]) -> None:
    for node in nodes:
        if node.words[1] in names:
            rename(node, names[node.words[1]])


def with_names(scst: Scst, names: Mapping[str, str]) -> Scst:
    """The configuration with the new names of targets."""
    targets = {names.get(name, name): target for name, target in scst.targets.items()}
    groups = {name: _with_names(group, names) for name, group in scst.groups.items()}
    return replace(scst, targets=targets, groups=groups)


def _with_names(group: DeviceGroup, names: Mapping[str, str]) -> DeviceGroup:
    tgrps = {name: _with_port_names(tgrp, names) for name, tgrp in group.target_groups.items()}
    return replace(group, target_groups=tgrps)


def _with_port_names(tgrp: TargetGroup, names: Mapping[str, str]) -> TargetGroup:
    return replace(tgrp, targets={names.get(name, name): port for name, port in tgrp.targets.items()})


@dataclass(frozen=True)
class _PortLine:
    """A target in a target group of the file, and where that is."""

    group: str
    tgrp: str
    node: Node


def settle_ids(root: Node, saved: Scst, new: Scst) -> None:
    """Put the id of a target of this host into its own block, where that in a target group would not stay."""
    for name, ports in _ports_with_id(root).items():
        target = saved.targets.get(name)
        if target is not None and not _stays(name, target, ports, new):
            for port in ports:
                remove(port.node, contents(port.node).configured[ID])
            _set_id(root, name, target)


def _ports_with_id(root: Node) -> dict[str, list[_PortLine]]:
    """The targets that have an id in a target group, by name."""
    ports: dict[str, list[_PortLine]] = {}
    for group in root.named("DEVICE_GROUP"):
        for tgrp in group.named("TARGET_GROUP"):
            for node in filter(_has_id, tgrp.named("TARGET")):
                ports.setdefault(node.words[1], []).append(_PortLine(group.words[1], tgrp.words[1], node))
    return ports


def _has_id(port: Node) -> bool:
    return ID in contents(port).configured


def _stays(name: str, target: Target, ports: Collection[_PortLine], new: Scst) -> bool:
    """Whether a target has the same id, and its ports in target groups the same places."""
    if name not in new.targets or new.targets[name].rel_tgt_id != target.rel_tgt_id:
        return False
    return all(name in _target_group(new, port).targets for port in ports)


def _target_group(scst: Scst, port: _PortLine) -> TargetGroup:
    return scst.groups.get(port.group, DeviceGroup()).target_groups.get(port.tgrp, TargetGroup())


def _set_id(root: Node, name: str, target: Target) -> None:
    own = contents(contents(root).named("TARGET_DRIVER")[target.driver]).named("TARGET")[name]
    now = Block(lines={ID: contents(own).value(ID[0])})
    edit(own, 2, Versions(now, Block(lines={ID: str(target.rel_tgt_id)}), now))


def evict(root: Node, old: Scst, new: Scst, saved: Scst) -> None:
    """Remove what is gone wherever it stands, and what moved where it stood before."""
    versions = (old, new, saved)
    devices, targets = old.devices.keys() - new.devices.keys(), old.targets.keys() - new.targets.keys()
    _evict(root.below("HANDLER"), "DEVICE", devices, _Moves.of(_handlers, versions))
    _evict(root.below("TARGET_DRIVER"), "TARGET", targets, _Moves.of(_drivers, versions))
    _evict(root.below("DEVICE_GROUP"), "DEVICE", devices, _Moves.of(_device_groups, versions))
    for group in root.below("DEVICE_GROUP"):
        homes_in_group = functools.partial(_target_groups, group.words[1])
        _evict(group.below("TARGET_GROUP"), "TARGET", targets, _Moves.of(homes_in_group, versions))


def _handlers(scst: Scst) -> Homes:
    return {name: {device.handler} for name, device in scst.devices.items()}


def _drivers(scst: Scst) -> Homes:
    return {name: {target.driver} for name, target in scst.targets.items()}


def _device_groups(scst: Scst) -> Homes:
    return _homes((name, group.devices) for name, group in scst.groups.items())


def _target_groups(group: str, scst: Scst) -> Homes:
    tgrps = scst.groups.get(group, DeviceGroup()).target_groups
    return _homes((name, tgrp.targets) for name, tgrp in tgrps.items())


def _homes(members: Iterable[tuple[str, Iterable[str]]]) -> Homes:
    """The homes of each member, from the members of each home."""
    homes: dict[str, set[str]] = {}
    for home, names in members:
        for name in names:
            homes.setdefault(name, set()).add(home)
    return homes


@dataclass(frozen=True)
class _Moves:
    """The homes of objects as they were, as they are to be, and as the file has them."""

    old: Homes
    new: Homes
    saved: Homes

    @classmethod
    def of(cls, homes: Callable[[Scst], Homes], versions: Iterable[Scst]) -> _Moves:
        return cls(*map(homes, versions))

    def moved(self, in_file: Homes) -> set[str]:
        """The objects that have other homes than before, or lack one in the file."""
        return {name for name, homes in self.new.items()
                if self.old.get(name) != homes or not homes <= in_file.get(name, set())}

    def leaving(self, home: str, gone: AbstractSet[str], moved: AbstractSet[str]) -> set[str]:
        """The objects that are not to be in a home any more, or are there in a line that does not count."""
        uncounted = {name for name in moved if home not in self.saved.get(name, ())}
        return uncounted | {name for name in gone | moved if home not in self.new.get(name, ())}


def _evict(blocks: Collection[Node], keyword: str, gone: AbstractSet[str], moves: _Moves) -> None:
    members = ((block.words[1], _names(block, keyword)) for block in blocks)
    moved = moves.moved(_homes(members))
    for block in blocks:
        _remove(block, keyword, moves.leaving(block.words[1], gone, moved))


def _names(block: Node, keyword: str) -> list[str]:
    return [node.words[1] for node in block.named(keyword)]


def _remove(block: Node, keyword: str, names: AbstractSet[str]) -> None:
    remove(block, [node for node in block.named(keyword) if node.words[1] in names])


def remove_luns(root: Node, devices: AbstractSet[str]) -> None:
    """Remove the LUNs of devices that are gone."""
    for block in root.below("TARGET_DRIVER", "TARGET") + root.below("TARGET_DRIVER", "TARGET", "GROUP"):
        remove(block, [lun for lun in block.named("LUN") if devices & {*lun.words[2:3]}])
