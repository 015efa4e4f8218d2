"""Two hosts side by side: who exports what, which devices both serve, and how a finding reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Optional

from ....config.scst import SWITCHLESS, DeviceGroup, Scst, Target
from ....records import Record
from ... import Finding
from ..luns import mapped


class Exports(Record):
    """The targets by which other machines see a host's devices; scst_local's are for the host itself."""

    targets: Mapping[str, Target]

    def devices(self) -> set[str]:
        """The devices behind any LUN."""
        return {device for _, _, _, device in mapped(self.targets)}

    def ports(self, devices: frozenset[str]) -> dict[str, list[str]]:
        """The targets that export some of these devices, each with those."""
        exported: dict[str, set[str]] = {}
        for target, _, _, device in mapped(self.targets):
            if device in devices:
                exported.setdefault(target, set()).add(device)
        return {target: sorted(exported[target]) for target in sorted(exported)}


class Hosts(Record):
    """Both hosts, and the device groups that both have.

    `shared_devices` are in one of these groups on both hosts; `grouped_devices` are in one on either, and
    there are none where the devices of a host are not known at all.
    """

    mine: Scst
    theirs: Scst
    my_exports: Exports
    their_exports: Exports
    common_groups: tuple[str, ...]
    shared_devices: frozenset[str]
    grouped_devices: frozenset[str]

    def grouped_ports(self, name: str) -> set[str]:
        """The ports that one of the hosts has in a target group of a common device group."""
        return _ports(self.mine.groups[name]) | _ports(self.theirs.groups[name])

    def shared_ports(self) -> set[str]:
        """The targets of both hosts that initiators take for one."""
        return self.my_exports.targets.keys() & self.their_exports.targets.keys()


def hosts(mine: Scst, theirs: Scst) -> Hosts:
    """Two configurations side by side."""
    common = tuple(sorted(mine.groups.keys() & theirs.groups.keys()))
    in_both: set[str] = set()
    in_one: set[str] = set()
    for name in common:
        my_devices, their_devices = mine.groups[name].devices, theirs.groups[name].devices
        in_both |= my_devices & their_devices
        in_one |= my_devices | their_devices
    shared = frozenset(in_both & mine.devices.keys() & theirs.devices.keys())
    grouped = frozenset(in_one if mine.devices and theirs.devices else ())
    return Hosts(mine, theirs, exports(mine), exports(theirs), common, shared, grouped)


def exports(scst: Scst) -> Exports:
    """The targets of a host that others see."""
    return Exports({name: target for name, target in scst.targets.items() if target.driver not in SWITCHLESS})


def _ports(group: DeviceGroup) -> set[str]:
    return {port for tgrp in group.target_groups.values() for port in tgrp.targets}


def finding(code: str, subject: str, text: str, hint: Optional[object] = None) -> Finding:
    """A finding of the topic peer."""
    return Finding(code, "peer", subject, text, str(hint) if hint else "")


def compared(name: str, mine: object, theirs: object, missing: str = "none") -> str:
    """The two values of one thing, in words."""
    return f"{name} {mine or missing} here, {theirs or missing} on the other host"
