"""A device group on two hosts: where each port is, and with which ids."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import AbstractSet

from ....config.scst import DeviceGroup, Scst, rel_tgt_id
from ....records import Record
from .hosts import Exports, Hosts


class Place(Record):
    """Where a port is in a device group, and its ids."""

    tgrp: str
    group_id: int
    rel_tgt_id: int


class Side(Record):
    """A device group as one host has it; `own` are that host's ports.

    `ungrouped` are those that export a device of the group and are in no target group, each with its relative
    target id.
    """

    group: DeviceGroup
    ports: Mapping[str, Place]
    own: frozenset[str]
    ungrouped: Mapping[str, int]

    def tgrps(self, ports: AbstractSet[str]) -> set[str]:
        """The target groups that some of these ports are in."""
        return {self.ports[port].tgrp for port in self.ports.keys() & ports}


class GroupPair(Record):
    """A device group on both hosts; `shared` are ports of both of them, and `unknown` of neither."""

    name: str
    mine: Side
    theirs: Side
    shared: frozenset[str]
    unknown: frozenset[str]

    def reported(self) -> frozenset[str]:
        """The ports that have a finding of their own, so nothing more is said of them."""
        return self.shared | self.unknown

    def common_ports(self) -> list[str]:
        """The ports that both hosts have in the group."""
        return sorted(self.mine.ports.keys() & self.theirs.ports.keys() - self.reported())

    def matching_tgrps(self) -> list[tuple[str, str]]:
        """Target groups that have a port in common, this host's first."""
        mine, theirs = self.mine.ports, self.theirs.ports
        return sorted({(mine[port].tgrp, theirs[port].tgrp) for port in self.common_ports()})


def group_pair(name: str, pair: Hosts) -> GroupPair:
    """A device group that both hosts have."""
    devices = pair.mine.groups[name].devices & pair.theirs.groups[name].devices
    grouped = pair.grouped_ports(name)
    others = grouped | pair.shared_ports()
    mine = _side(pair.mine, name, _ungrouped(pair.my_exports, devices, others))
    theirs = _side(pair.theirs, name, _ungrouped(pair.their_exports, devices, others))
    shared, unknown = mine.own & theirs.own & grouped, grouped - mine.own - theirs.own
    return GroupPair(name, mine, theirs, frozenset(shared), frozenset(unknown))


def _side(scst: Scst, name: str, ungrouped: Mapping[str, int]) -> Side:
    group = scst.groups[name]
    return Side(group, dict(_places(scst, group)), frozenset(scst.targets), ungrouped)


def _places(scst: Scst, group: DeviceGroup) -> Iterator[tuple[str, Place]]:
    """The ports in the target groups of a device group, each with its place."""
    for tgrp, target_group in group.target_groups.items():
        for target, port in target_group.targets.items():
            yield target, Place(tgrp, target_group.group_id, rel_tgt_id(scst, target, port))


def _ungrouped(exports: Exports, devices: frozenset[str], others: set[str]) -> dict[str, int]:
    """The ports that export some of these devices, without some others, each with its relative target id."""
    ports = exports.ports(devices).keys() - others
    return {port: exports.targets[port].rel_tgt_id for port in sorted(ports)}
