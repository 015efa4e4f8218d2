"""Two hosts that offer the same devices: what of their configurations an initiator would stumble over.

Each host calls its own ports' target group by one name (the cluster's agents want it so) and the other host's by another;
a port has the same group_id and the same rel_tgt_id on both, and a device is the same disk on both. Source: the manual of
ESOS, ocf:esos:scst, and SCST (scst_vdisk.c) for what a device calls itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Optional

from .checks import Finding
from .commands import Pair
from .commands.alua import AluaDeviceAdd, AluaDgrpAdd, AluaTargetAdd, AluaTargetDel, AluaTargetSet, AluaTgrpSet, rel_tgt_id
from .commands.scst import ScstDeviceSet, ScstSet
from .config import Config, Device, DeviceGroup, Scst
from .executors.scst.attributes import IDENTITY, default

_MADE_UP = ("t10_dev_id", "usn")  # of the device's name and setup_id, where they are not set
_VENDORS = {"vdisk_fileio": "SCST_FIO", "vdisk_nullio": "SCST_FIO", "vcdrom": "SCST_FIO", "vdisk_blockio": "SCST_BIO"}
_KEYS = {
    "E355": (*sorted(IDENTITY), "eui64_id", "naa_id", "scsi_device_name"),  # by these an initiator knows a disk
    "E357": ("blocksize", "size"),
    "E358": ("read_only",),
}
_FEW = 8  # names that a finding lists


@dataclass(frozen=True)
class _Place:
    """Where a port stands in a device group, and its ids."""

    tgrp: str
    group_id: int
    rel_tgt_id: int


@dataclass(frozen=True)
class _Side:
    """A device group as one host has it; `own` are that host's ports."""

    group: DeviceGroup
    ports: Mapping[str, _Place]
    own: frozenset[str]


@dataclass(frozen=True)
class _Both:
    """A device group on both hosts; `told` are ports of which nothing more is to be said."""

    name: str
    mine: _Side
    theirs: _Side
    told: frozenset[str]

    def alike(self) -> list[str]:
        """The ports that both hosts have in the group."""
        return sorted(self.mine.ports.keys() & self.theirs.ports.keys() - self.told)


def findings(mine: Scst, theirs: Scst) -> Iterator[Finding]:
    """What does not fit, or looks as if it did not, on this host beside the other; each with the line for this host."""
    shared: set[str] = set()
    for name in sorted({*mine.groups, *theirs.groups}):
        if name in mine.groups and name in theirs.groups:
            yield from _group(name, mine, theirs)
            shared |= mine.groups[name].devices & theirs.groups[name].devices & mine.devices.keys() & theirs.devices.keys()
        elif name in mine.groups:
            yield _finding("E342", f"alua {name}", "the other host has no such device group")
        else:
            yield _finding("E342", f"alua {name}", "a device group of the other host alone", AluaDgrpAdd(name))
    yield from _setup(mine, theirs, shared)
    yield from _exported(mine, theirs, shared)
    for device in sorted(shared):
        yield from _device(device, mine.devices[device], theirs.devices[device])


def _finding(code: str, subject: str, text: str, mend: Optional[object] = None) -> Finding:
    return Finding(code, "peer", subject, text, str(mend) if mend else "")


def _side(scst: Scst, name: str) -> _Side:
    group = scst.groups[name]
    ports = {target: _Place(tgrp, about.group_id, rel_tgt_id(Config(scst), target, port))
             for tgrp, about in group.target_groups.items() for target, port in about.targets.items()}
    return _Side(group, ports, frozenset(scst.targets))


def _group(name: str, mine: Scst, theirs: Scst) -> Iterator[Finding]:
    here, there = _side(mine, name), _side(theirs, name)
    ports = {*here.ports, *there.ports}
    both, neither = here.own & there.own & ports, ports - here.own - there.own
    group = _Both(name, here, there, both | neither)
    for port in sorted(both):
        yield _finding("E345", f"alua {name} {port}", "a port of both hosts: initiators take them for one")
    for port in sorted(neither):
        yield from _strange(group, port)
    for check in (_alone, _tgrps, _merged, _names, _ids):
        yield from check(group)
    yield from _members(name, here.group.devices, there.group.devices, mine)


def _strange(group: _Both, port: str) -> Iterator[Finding]:
    """A port that neither host has: a name that is misspelt, or an HBA that was exchanged."""
    here, there = group.mine.ports.get(port), group.theirs.ports.get(port)
    places = ((here, "here"), (there, "of the other host"))
    where = " and ".join(f"in {place.tgrp} {whose}" for place, whose in places if place)
    mend = AluaTargetDel(group.name, here.tgrp, (port,)) if here else None
    yield _finding("E344", f"alua {group.name} {port}", f"a port of neither host, {where}", mend)


def _alone(group: _Both) -> Iterator[Finding]:
    """Ports that one host alone has in the group."""
    for port in sorted((group.mine.ports.keys() ^ group.theirs.ports.keys()) - group.told):
        if port in group.mine.ports:
            text = f"in {group.mine.ports[port].tgrp} here, and in no target group of the other host"
            yield _finding("E343", f"alua {group.name} {port}", text)
        else:
            text = f"in {group.theirs.ports[port].tgrp} of the other host, and in no target group here"
            yield _finding("E343", f"alua {group.name} {port}", text, _addition(group, port))


def _addition(group: _Both, port: str) -> Optional[AluaTargetAdd]:
    """The line that puts a port where its like stands here: with ports of its group, or else with its group's id."""
    mine, there = group.mine, group.theirs.ports[port]
    beside = {mine.ports[other].tgrp for other in group.alike() if group.theirs.ports[other].tgrp == there.tgrp}
    alike = {tgrp for tgrp, about in mine.group.target_groups.items() if about.group_id == there.group_id}
    homes = sorted(beside or alike)
    pairs = (Pair("rel_tgt_id=", str(there.rel_tgt_id)),) if there.rel_tgt_id else ()
    return AluaTargetAdd(group.name, homes[0], (port,), pairs) if len(homes) == 1 else None


def _pairs(group: _Both) -> list[tuple[str, str]]:
    """Target groups that have a port in common, this host's first."""
    return sorted({(group.mine.ports[port].tgrp, group.theirs.ports[port].tgrp) for port in group.alike()})


def _tgrps(group: _Both) -> Iterator[Finding]:
    """Target groups by the ports that they have on both hosts: one to one, and with one id."""
    pairs = _pairs(group)
    for tgrp, other in pairs:
        likes, sources = [there for here, there in pairs if here == tgrp], [here for here, there in pairs if there == other]
        if len(likes) > 1 and other == likes[0]:
            text = f"its ports stand in {' and '.join(likes)} of the other host"
            yield _finding("E347", f"alua {group.name} {tgrp}", text)
        if len(sources) > 1 and tgrp == sources[0]:
            text = f"the ports of {other} of the other host stand in {' and '.join(sources)} here"
            yield _finding("E347", f"alua {group.name}", text)
        if len(likes) == len(sources) == 1:
            yield from _group_ids(group, tgrp, other)


def _group_ids(group: _Both, tgrp: str, other: str) -> Iterator[Finding]:
    here, there = group.mine.group.target_groups[tgrp].group_id, group.theirs.group.target_groups[other].group_id
    if here != there:
        mend = AluaTgrpSet(group.name, tgrp, (Pair("group_id=", str(there)),)) if there else None
        text = f"group_id {here or 'none'} here, {there or 'none'} on the other host, for the same ports"
        yield _finding("E346", f"alua {group.name} {tgrp}", text, mend)


def _merged(group: _Both) -> Iterator[Finding]:
    """Groups of different ports with one id; one that has its like on the other host is told of already."""
    here, there = {tgrp for tgrp, _ in _pairs(group)}, {other for _, other in _pairs(group)}
    for tgrp, about in sorted(group.mine.group.target_groups.items()):
        for other, like in sorted(group.theirs.group.target_groups.items()):
            ports, others = about.targets.keys() - group.told, like.targets.keys() - group.told
            alone = ports and others and tgrp not in here and other not in there
            if alone and about.group_id == like.group_id != 0:
                text = f"group_id {about.group_id} is that of {other} of the other host, which has other ports"
                yield _finding("E348", f"alua {group.name} {tgrp}", text)


def _names(group: _Both) -> Iterator[Finding]:
    """The target group of a host's own ports has one name on both: the agents are told one local_tgt_grp."""
    here, there = (" and ".join(sorted({place.tgrp for port, place in side.ports.items() if port in side.own - group.told}))
                   for side in (group.mine, group.theirs))
    if here and there and here != there:
        yield _finding("W350", f"alua {group.name}", f"this host's own ports are in {here}, the other host's own in {there}")


def _ids(group: _Both) -> Iterator[Finding]:
    """Relative target ids: the same for the same port, another for another."""
    mine, theirs = group.mine.ports, group.theirs.ports
    for port in group.alike():
        here, there = mine[port].rel_tgt_id, theirs[port].rel_tgt_id
        if here != there:
            pair = Pair("rel_tgt_id=", str(there))
            mend = AluaTargetSet(group.name, mine[port].tgrp, port, pair) if there else None
            text = f"rel_tgt_id {here or 'none'} here, {there or 'none'} on the other host"
            yield _finding("E349", f"alua {group.name} {mine[port].tgrp} {port}", text, mend)
    others = {theirs[port].rel_tgt_id: port for port in theirs.keys() - mine.keys() - group.told}
    for port in sorted(mine.keys() - theirs.keys() - group.told):
        number = mine[port].rel_tgt_id
        if number and number in others:
            text = f"rel_tgt_id {number} is that of {others[number]} on the other host"
            yield _finding("E352", f"alua {group.name} {mine[port].tgrp} {port}", text)


def _members(name: str, mine: frozenset[str], theirs: frozenset[str], scst: Scst) -> Iterator[Finding]:
    here, there = sorted(mine - theirs), sorted(theirs - mine)
    known = tuple(device for device in there if device in scst.devices)
    unknown = [device for device in there if device not in scst.devices]
    if here:
        yield _finding("E353", f"alua {name}", f"on this host alone it has {_few(here)}")
    if known:
        yield _finding("E353", f"alua {name}", f"on the other host alone it has {_few(known)}", AluaDeviceAdd(name, known))
    if unknown:
        yield _finding("E353", f"alua {name}", f"on the other host it has {_few(unknown)}, not a device of this one")


def _setup(mine: Scst, theirs: Scst, shared: Iterable[str]) -> Iterator[Finding]:
    """setup_id, of which devices make up what they call themselves."""
    here, there = (scst.attributes.get("setup_id") or str(default("core", "setup_id")) for scst in (mine, theirs))
    made_up = [name for name in sorted(shared) if mine.devices[name].handler in _VENDORS
               and not mine.devices[name].attributes.keys() >= {*_MADE_UP}]
    if here != there and made_up:
        text = f"setup_id {here} here, {there} on the other host: {_few(made_up)} would seem to be other disks there"
        yield _finding("E356", "scst", text, ScstSet((Pair("setup_id=", there),)))


def _exported(mine: Scst, theirs: Scst, shared: set[str]) -> Iterator[Finding]:
    """Devices that one host alone exports, or that have another number on each."""
    here, there = _numbers(mine), _numbers(theirs)
    for where, alone in (("this", here.keys() - there.keys()), ("the other", there.keys() - here.keys())):
        if alone & shared:
            yield _finding("W351", "scst", f"exported by {where} host alone: {_few(sorted(alone & shared))}")
    for device in sorted(shared & here.keys() & there.keys()):
        for group in sorted(here[device].keys() & there[device].keys()):
            numbers, others = (" and ".join(sorted(side[device][group], key=int)) for side in (here, there))
            if numbers != others:
                whom = f"in group {group}" if group else "for those that no group takes"
                yield _finding("E354", f"scst {device}", f"LUN {numbers} here, {others} on the other host, {whom}")


def _numbers(scst: Scst) -> dict[str, dict[str, set[str]]]:
    """The LUNs of each device on any target, by the name of their group, "" for the targets' own."""
    found: dict[str, dict[str, set[str]]] = {}
    for target in scst.targets.values():
        for group, luns in (("", target.luns), *((group, about.luns) for group, about in target.groups.items())):
            for number, lun in luns.items():
                found.setdefault(lun.device, {}).setdefault(group, set()).add(number)
    return found


def _device(name: str, mine: Device, theirs: Device) -> Iterator[Finding]:
    """Attributes that make of one disk two, or two shapes of one."""
    for code, keys in _KEYS.items():
        values = {key: (_value(mine, key), _value(theirs, key)) for key in keys}
        differ = {key: pair for key, pair in values.items() if pair[0] != pair[1]}
        if differ:
            text = "; ".join(f"{key} {here or 'not set'} here, {there or 'not set'} on the other host"
                             for key, (here, there) in differ.items())
            whole = all(there for _, there in differ.values())
            mend = ScstDeviceSet(name, tuple(Pair(f"{key}=", there) for key, (_, there) in differ.items())) if whole else None
            yield _finding(code, f"scst {name}", text, mend)


def _value(device: Device, key: str) -> str:
    usual = _VENDORS.get(device.handler) if key == "t10_vend_id" else default(device.handler, key)
    return device.attributes.get(key) or usual or ""


def _few(names: Sequence[str]) -> str:
    """Names, of very many the first ones."""
    more = len(names) - _FEW
    return " ".join(names[:_FEW]) + (f" and {more} more" if more > 0 else "")
