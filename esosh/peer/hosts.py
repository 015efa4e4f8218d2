"""Two hosts side by side: who exports what, which devices both serve, and how a finding is told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Optional

from ..checks import Finding
from ..config import SWITCHLESS, InitiatorGroup, Lun, Scst, Target


@dataclass(frozen=True)
class Exports:
    """The targets by which other machines see the devices of a host; those of scst_local are seen by the host itself."""

    targets: Mapping[str, Target]

    def luns(self) -> Iterator[tuple[str, str, Lun]]:
        """Every LUN, with its target and its number."""
        for name, target in self.targets.items():
            for view in (InitiatorGroup(target.luns), *target.groups.values()):
                yield from ((name, number, lun) for number, lun in view.luns.items())

    def devices(self) -> set[str]:
        """The devices behind any LUN."""
        return {lun.device for _, _, lun in self.luns()}

    def ports(self, devices: frozenset[str]) -> dict[str, list[str]]:
        """The targets that export some of these devices, each with those."""
        found: dict[str, set[str]] = {}
        for target, _, lun in self.luns():
            if lun.device in devices:
                found.setdefault(target, set()).add(lun.device)
        return {target: sorted(inner) for target, inner in sorted(found.items())}


@dataclass(frozen=True)
class Hosts:
    """Both hosts: `common` are the device groups that both have, `shared` the devices that both have in one.

    `grouped` are the devices that one of them has in a common group; none where a host tells of no devices at all.
    """

    mine: Scst
    theirs: Scst
    here: Exports
    there: Exports
    common: tuple[str, ...]
    shared: frozenset[str]
    grouped: frozenset[str]

    def placed(self, name: str) -> set[str]:
        """The ports that one of the hosts has in a target group of a common device group."""
        groups = (scst.groups[name] for scst in (self.mine, self.theirs))
        return {port for group in groups for tgrp in group.target_groups.values() for port in tgrp.targets}

    def clones(self) -> list[str]:
        """The targets of both hosts that initiators take for one."""
        return sorted(self.here.targets.keys() & self.there.targets.keys())


def hosts(mine: Scst, theirs: Scst) -> Hosts:
    """Two configurations side by side."""
    common = tuple(sorted(mine.groups.keys() & theirs.groups.keys()))
    pairs = [(mine.groups[name].devices, theirs.groups[name].devices) for name in common]
    shared = frozenset[str]().union(*(here & there for here, there in pairs)) & mine.devices.keys() & theirs.devices.keys()
    grouped = frozenset[str]().union(*(here | there for here, there in pairs))
    return Hosts(mine, theirs, exports(mine), exports(theirs), common, shared,
                 grouped if mine.devices and theirs.devices else frozenset())


def exports(scst: Scst) -> Exports:
    """The targets of a host that others see."""
    return Exports({name: target for name, target in scst.targets.items() if target.driver not in SWITCHLESS})


def finding(code: str, subject: str, text: str, mend: Optional[object] = None) -> Finding:
    """A finding of the topic peer."""
    return Finding(code, "peer", subject, text, str(mend) if mend else "")
