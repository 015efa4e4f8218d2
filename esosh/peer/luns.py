"""What initiators see of the devices of two hosts: through which of them, behind which LUN, and whether to write.

An initiator sees the LUNs of the groups that take it, and those of a target itself where none does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Optional

from ..checks import Finding
from ..commands import Pair
from ..commands.scst import ScstInitiatorAdd
from ..config import InitiatorGroup, Lun, Target
from ..executors.scst.initiators import taken
from ..views import few
from .hosts import Exports, Hosts, finding

_TRANSPORTS = {"iscsi": "iSCSI", "ib_srpt": "SRP"}  # an initiator has one; all other drivers have Fibre Channel's
_OTHERS = ""  # stands for the initiators that no group takes
_ALL = "*"
Seen = dict[str, set[tuple[str, str]]]  # of each device its numbers, each with read_only


@dataclass(frozen=True)
class _Door:
    """A target as an initiator meets it: the groups by their entries, and those with entries that are patterns."""

    target: Target
    named: Mapping[str, set[str]]
    patterns: Mapping[str, InitiatorGroup]

    def groups(self, initiator: str) -> list[str]:
        """The groups that take an initiator."""
        return sorted({*self.named.get(initiator.lower(), ()), *taken(initiator, self.patterns)}) if initiator else []

    def luns(self, initiator: str) -> Iterator[tuple[str, Lun]]:
        """The LUNs that it sees."""
        views = [self.target.groups[group] for group in self.groups(initiator)] or [InitiatorGroup(self.target.luns)]
        return (item for view in views for item in view.luns.items())


Doors = Mapping[str, _Door]


@dataclass(frozen=True)
class _Sight:
    """What initiators that see the same see on both hosts."""

    initiators: tuple[str, ...]
    here: Seen
    there: Seen


def findings(pair: Hosts) -> Iterator[Finding]:
    """Devices that one host alone exports, to all or to some, or that are not the same LUN on both."""
    here, there = pair.here.devices(), pair.there.devices()
    for where, alone in (("this", here - there), ("the other", there - here)):
        if alone & pair.grouped:
            yield finding("W351", "scst", f"exported by {where} host alone: {few(sorted(alone & pair.grouped))}")
    devices = pair.grouped & here & there
    told: dict[tuple[str, str, str], set[str]] = {}
    for doors, others in _transports(pair):
        sights = list(_sights(doors, others, devices))
        yield from _one_sided(sights, doors, others)
        for sight in sights:
            for item in _differences(sight, pair):
                told.setdefault(item, set()).update(sight.initiators)
    for (code, device, text), initiators in sorted(told.items()):
        yield finding(code, f"scst {device}", f"{text}, for {_whom(tuple(sorted(initiators)))}")


def _transports(pair: Hosts) -> Iterator[tuple[Doors, Doors]]:
    """The targets of this host and of the other one, for each transport."""
    here, there = _doors(pair.here), _doors(pair.there)
    for transport in sorted({*here, *there}):
        yield here.get(transport, {}), there.get(transport, {})


def _doors(exports: Exports) -> dict[str, dict[str, _Door]]:
    doors: dict[str, dict[str, _Door]] = {}
    for name, target in exports.targets.items():
        doors.setdefault(_TRANSPORTS.get(target.driver, ""), {})[name] = _door(target)
    return doors


def _door(target: Target) -> _Door:
    named: dict[str, set[str]] = {}
    patterns = {}
    for group, about in target.groups.items():
        wild = frozenset(entry for entry in about.initiators if set(entry) & set("*?!"))
        patterns[group] = InitiatorGroup(initiators=wild)
        for entry in about.initiators:
            named.setdefault(entry.lower(), set()).add(group)
    return _Door(target, named, patterns)


def _sights(here: Doors, there: Doors, devices: frozenset[str]) -> Iterator[_Sight]:
    """What each initiator sees of some devices; those of which the same groups take them see the same."""
    groups = [group for doors in (there, here) for door in doors.values() for group in door.target.groups.values()]
    entries = {entry.lower(): entry for group in groups for entry in sorted(group.initiators)}
    alike: dict[tuple[tuple[str, ...], ...], list[str]] = {}
    for initiator in sorted([*entries.values(), *([] if _ALL in entries else [_OTHERS])]):
        views = tuple(tuple(door.groups(initiator)) for doors in (here, there) for door in doors.values())
        alike.setdefault(views, []).append(initiator)
    for initiators in alike.values():
        yield _Sight(tuple(initiators), *(_seen(doors, initiators[0], devices) for doors in (here, there)))


def _seen(doors: Doors, initiator: str, devices: frozenset[str]) -> Seen:
    seen: Seen = {}
    for door in doors.values():
        for number, lun in door.luns(initiator):
            if lun.device in devices:
                seen.setdefault(lun.device, set()).add((number, lun.attributes.get("read_only", "0")))
    return seen


def _one_sided(sights: list[_Sight], here: Doors, there: Doors) -> Iterator[Finding]:
    """Devices that an initiator sees through one of the hosts only."""
    told: dict[tuple[str, tuple[str, ...]], set[str]] = {}
    for sight in sights:
        here_alone, there_alone = sight.here.keys() - sight.there.keys(), sight.there.keys() - sight.here.keys()
        for where, alone in (("this", here_alone), ("the other", there_alone)):
            if alone:
                told.setdefault((where, tuple(sorted(alone))), set()).update(sight.initiators)
    for (where, devices), initiators in sorted(told.items()):
        names = tuple(sorted(initiators))
        mend = _admission(here, there, names, devices) if where == "the other" else None
        yield finding("W351", "scst", f"seen through {where} host alone by {_whom(names)}: {few(devices)}", mend)


def _admission(here: Doors, there: Doors, initiators: tuple[str, ...], devices: tuple[str, ...]) -> Optional[ScstInitiatorAdd]:
    """The line that puts initiators into the group here that they are in on the other host, where it has the devices."""
    groups = {group for door in there.values() for initiator in initiators for group in door.groups(initiator)}
    homes = [(name, group) for name, door in here.items() for group in groups & door.target.groups.keys()
             if {lun.device for lun in door.target.groups[group].luns.values()} >= {*devices}
             and not any(door.groups(initiator) for initiator in initiators)]
    known = _OTHERS not in initiators and len(groups) == len(homes) == 1
    return ScstInitiatorAdd(homes[0][0], Pair("group", homes[0][1]), initiators) if known else None


def _differences(sight: _Sight, pair: Hosts) -> Iterator[tuple[str, str, str]]:
    """What is not alike of devices that are seen through both hosts: a code, the device, and the text."""
    for device in sight.here.keys() & sight.there.keys():
        here, there = sight.here[device], sight.there[device]
        numbers, others = ({number for number, _ in each} for each in (here, there))
        if numbers != others:
            yield "E354", device, f"LUN {_listed(numbers)} here, {_listed(others)} on the other host"
        for number in numbers & others if not _fixed(device, pair) else ():
            mine, theirs = ({value for inner, value in each if inner == number} for each in (here, there))
            if mine != theirs:
                text = f"LUN {number} with read_only {_listed(mine)} here, {_listed(theirs)} on the other host"
                yield "E358", device, text


def _fixed(device: str, pair: Hosts) -> bool:
    """Whether the device itself cannot be written on one of the hosts; that is told of the device."""
    there = [scst.devices[device] for scst in (pair.mine, pair.theirs) if device in scst.devices]
    return any(about.attributes.get("read_only") == "1" for about in there)


def _listed(numbers: set[str]) -> str:
    return " and ".join(sorted(numbers, key=int))


def _whom(initiators: tuple[str, ...]) -> str:
    named = [initiator for initiator in initiators if initiator != _OTHERS]
    others = ["those that no group takes"] if _OTHERS in initiators else []
    return " and ".join([few(named), *others] if named else others)
