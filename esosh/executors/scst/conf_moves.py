"""Moves in scst.conf: renamed targets, objects that go to other blocks, ids of targets in target groups."""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterable, Mapping
from typing import AbstractSet, Callable

from ...config.lazy import Lazy
from ...config.scst import DeviceGroup, Scst, Target, TargetGroup
from ...records import Record, replace
from .conf import contents
from .conf_blocks import ID, Block
from .conf_edit import Versions, edit
from .conf_extent import Extent
from .conf_tree import Node
from .layout import holds, remove, rename

Homes = Mapping[str, AbstractSet[str]]  # of each object, the names of the blocks that it is in
_IsAt = Callable[[str, str, Scst], bool]  # whether the block of a name has the object of a name


def renames(part: Extent) -> dict[str, str]:
    """The targets that go on under another name."""
    old, new = part.old.targets, part.new.targets
    existing = old.keys() | part.saved.targets.keys()
    added = [name for name in new if name not in existing and holds(name)]
    names = {}
    for name in (name for name in old if name not in new):
        match = next((other for other in added if new[other] == old[name]), None)
        if match is not None:
            added.remove(match)
            names[name] = match
    return names


def rename_targets(root: Node, names: Mapping[str, str], part: Extent, new: Scst) -> None:
    """Put the new names of targets into their own blocks, and into target groups of which the edit is."""
    if not names:
        return
    for driver in root.named("TARGET_DRIVER"):
        own = {name: names[name] for name in names if part.old.targets[name].driver == driver.words[1]}
        _rename(driver.below("TARGET"), own)
    for group in root.named("DEVICE_GROUP"):
        if group.words[1] not in new.groups or group.words[1] in part.new.groups:
            _rename(group.below("TARGET_GROUP", "TARGET"), names)


def _rename(nodes: Iterable[Node], names: Mapping[str, str]) -> None:
    for node in nodes:
        if node.words[1] in names:
            rename(node, names[node.words[1]])


def with_names(scst: Scst, names: Mapping[str, str]) -> Scst:
    """The configuration with the new names of targets."""
    if not names:
        return scst
    before = {new: old for old, new in names.items()}
    targets = [names.get(name, name) for name in scst.targets]
    return replace(
        scst, targets=Lazy(targets, lambda name: scst.targets[before.get(name, name)]),
        groups=Lazy(scst.groups, lambda name: _with_names(scst.groups[name], names)),
    )


def _with_names(group: DeviceGroup, names: Mapping[str, str]) -> DeviceGroup:
    tgrps = {name: _with_port_names(tgrp, names) for name, tgrp in group.target_groups.items()}
    return replace(group, target_groups=tgrps)


def _with_port_names(tgrp: TargetGroup, names: Mapping[str, str]) -> TargetGroup:
    return replace(tgrp, targets={names.get(name, name): port for name, port in tgrp.targets.items()})


class _PortLine(Record):
    """A target in a target group of the file, and where that is."""

    group: str
    tgrp: str
    node: Node


def settle_ids(root: Node, part: Extent, new: Scst, saved: Scst) -> None:
    """Put the id of a target of this host into its own block, where that in a target group would not stay."""
    if not (part.old.targets or part.new.targets or part.old.groups or part.new.groups):
        return
    for name, ports in _ports_with_id(root).items():
        if name in saved.targets and not _stays(name, saved.targets, ports, part, new):
            for port in ports:
                remove(port.node, contents(port.node).configured[ID])
            _set_id(root, name, saved.targets[name])


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


def _stays(
    name: str, saved: Mapping[str, Target], ports: Iterable[_PortLine], part: Extent, new: Scst,
) -> bool:
    """Whether a target keeps its id, and its ports in target groups their places."""
    target = part.new.targets.get(name)
    if name not in new.targets or (target and target.rel_tgt_id != saved[name].rel_tgt_id):
        return False
    edited = part.old.groups.keys() | part.new.groups.keys()
    return all(_is_port(port.group, port.tgrp, name, new) for port in ports if port.group in edited)


def _set_id(root: Node, name: str, target: Target) -> None:
    own = contents(contents(root).named("TARGET_DRIVER")[target.driver]).named("TARGET")[name]
    now = Block(lines={ID: contents(own).value(ID[0])})
    edit(own, 2, Versions(now, Block(lines={ID: str(target.rel_tgt_id)}), now))


def evict(root: Node, part: Extent, new: Scst, saved: Scst) -> None:
    """Remove what is gone wherever it stands, and what moved where it stood before."""
    eviction = _Eviction(part, new, saved)
    devices, targets = part.old.devices.keys() - part.new.devices, part.old.targets.keys() - part.new.targets
    eviction.of(root.below("HANDLER"), "DEVICE", devices, _handlers, _has_handler)
    eviction.of(root.below("TARGET_DRIVER"), "TARGET", targets, _drivers, _has_driver)
    eviction.of(root.below("DEVICE_GROUP"), "DEVICE", devices, _device_groups, _is_member)
    edited = part.old.groups.keys() | part.new.groups.keys()
    for group in root.below("DEVICE_GROUP") if targets or edited else ():
        homes = functools.partial(_target_groups, group.words[1])
        is_port = functools.partial(_is_port, group.words[1])
        eviction.of(group.below("TARGET_GROUP"), "TARGET", targets, homes, is_port)


class _Eviction(Record):
    """Removes the lines of objects from blocks where they are not to be any more."""

    part: Extent
    new: Scst
    saved: Scst

    def of(
        self, blocks: Collection[Node], keyword: str, gone: AbstractSet[str],
        homes: Callable[[Scst], Homes], is_at: _IsAt,
    ) -> None:
        """Remove objects that are gone or moved from blocks."""
        moved = self._moved(blocks, keyword, homes)
        leaves = functools.partial(self._leaves, gone | moved, moved, is_at)
        for block in blocks if gone or moved else ():
            remove(block, [node for node in block.named(keyword) if leaves(block.words[1], node.words[1])])

    def _moved(self, blocks: Iterable[Node], keyword: str, homes: Callable[[Scst], Homes]) -> set[str]:
        """The objects that have other homes than before, or lack one in the file."""
        old, saved = homes(self.part.old), homes(self.part.saved)
        new = {name: there for name, there in homes(self.part.new).items()
               if old.get(name) != there or not there <= saved.get(name, set())}
        in_file = _homes((block.words[1], _names(block, keyword) & new.keys()) for block in blocks if new)
        return {name for name, there in new.items()
                if old.get(name) != there or not there <= in_file.get(name, set())}

    def _leaves(
        self, names: AbstractSet[str], moved: AbstractSet[str], is_at: _IsAt, home: str, name: str,
    ) -> bool:
        """Whether an object is not to be in a home, or is there in a line that does not count."""
        if name not in names:
            return False
        return not is_at(home, name, self.new) or (name in moved and not is_at(home, name, self.saved))


def _handlers(scst: Scst) -> Homes:
    return {name: {device.handler} for name, device in scst.devices.items()}


def _has_handler(handler: str, name: str, scst: Scst) -> bool:
    return name in scst.devices and scst.devices[name].handler == handler


def _drivers(scst: Scst) -> Homes:
    return {name: {target.driver} for name, target in scst.targets.items()}


def _has_driver(driver: str, name: str, scst: Scst) -> bool:
    return name in scst.targets and scst.targets[name].driver == driver


def _device_groups(scst: Scst) -> Homes:
    return _homes((name, group.devices) for name, group in scst.groups.items())


def _is_member(group: str, name: str, scst: Scst) -> bool:
    return group in scst.groups and name in scst.groups[group].devices


def _target_groups(group: str, scst: Scst) -> Homes:
    tgrps = scst.groups.get(group, DeviceGroup()).target_groups
    return _homes((name, tgrp.targets) for name, tgrp in tgrps.items())


def _is_port(group: str, tgrp: str, name: str, scst: Scst) -> bool:
    tgrps = scst.groups.get(group, DeviceGroup()).target_groups
    return tgrp in tgrps and name in tgrps[tgrp].targets


def _homes(members: Iterable[tuple[str, Iterable[str]]]) -> Homes:
    """The homes of each member, from the members of each home."""
    homes: dict[str, set[str]] = {}
    for home, names in members:
        for name in names:
            homes.setdefault(name, set()).add(home)
    return homes


def _names(block: Node, keyword: str) -> set[str]:
    return {node.words[1] for node in block.named(keyword)}


def remove_luns(root: Node, devices: AbstractSet[str]) -> None:
    """Remove the LUNs of devices that are gone."""
    if not devices:
        return
    for block in root.below("TARGET_DRIVER", "TARGET") + root.below("TARGET_DRIVER", "TARGET", "GROUP"):
        remove(block, [lun for lun in block.named("LUN") if devices & {*lun.words[2:3]}])
