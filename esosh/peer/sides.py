"""A device group on two hosts: where each port stands, and with which ids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..commands.alua import rel_tgt_id
from ..config import Config, DeviceGroup, Scst
from .hosts import Exports, Hosts


@dataclass(frozen=True)
class Place:
    """Where a port stands in a device group, and its ids."""

    tgrp: str
    group_id: int
    rel_tgt_id: int


@dataclass(frozen=True)
class Side:
    """A device group as one host has it; `own` are that host's ports.

    `loose` are those that export a device of the group and are in no target group, each with its relative target id.
    """

    group: DeviceGroup
    ports: Mapping[str, Place]
    own: frozenset[str]
    loose: Mapping[str, int]

    def numbers(self) -> dict[str, int]:
        """The relative target id of each port that initiators meet, 0 where there is none."""
        return {**{port: place.rel_tgt_id for port, place in self.ports.items()}, **self.loose}


@dataclass(frozen=True)
class Both:
    """A device group on both hosts; `both` and `neither` are the hosts whose ports they are, and nothing more is told of them."""

    name: str
    mine: Side
    theirs: Side
    both: frozenset[str]
    neither: frozenset[str]

    def alike(self) -> list[str]:
        """The ports that both hosts have in the group."""
        return sorted(self.mine.ports.keys() & self.theirs.ports.keys() - self.told())

    def told(self) -> frozenset[str]:
        """The ports of which nothing more is to be said."""
        return self.both | self.neither

    def pairs(self) -> list[tuple[str, str]]:
        """Target groups that have a port in common, this host's first."""
        return sorted({(self.mine.ports[port].tgrp, self.theirs.ports[port].tgrp) for port in self.alike()})


def both(name: str, pair: Hosts) -> Both:
    """A device group that both hosts have."""
    devices = pair.mine.groups[name].devices & pair.theirs.groups[name].devices
    placed = pair.placed(name)
    here, there = (_side(scst, name, _loose(exports, devices, placed | {*pair.clones()}))
                   for scst, exports in ((pair.mine, pair.here), (pair.theirs, pair.there)))
    return Both(name, here, there, frozenset(here.own & there.own & placed), frozenset(placed - here.own - there.own))


def _side(scst: Scst, name: str, loose: Mapping[str, int]) -> Side:
    group = scst.groups[name]
    ports = {target: Place(tgrp, about.group_id, rel_tgt_id(Config(scst), target, port))
             for tgrp, about in group.target_groups.items() for target, port in about.targets.items()}
    return Side(group, ports, frozenset(scst.targets), loose)


def _loose(exports: Exports, devices: frozenset[str], told: set[str]) -> dict[str, int]:
    return {port: exports.targets[port].rel_tgt_id for port in exports.ports(devices) if port not in told}
