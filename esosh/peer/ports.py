"""The ports by which two hosts offer the devices of a group: whose they are, where they stand, and their ids."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Optional

from ..checks import Finding
from ..commands import Pair
from ..commands.alua import AluaTargetAdd, AluaTargetDel, AluaTargetSet
from ..views import few
from . import tgrps
from .hosts import Hosts, finding
from .sides import Both, both


def findings(name: str, pair: Hosts) -> Iterator[Finding]:
    """What does not fit of the ports in a device group that both hosts have."""
    group = both(name, pair)
    for port in sorted(group.both):
        yield finding("E345", f"alua {name} {port}", "a port of both hosts: initiators take them for one")
    for port in sorted(group.neither):
        yield from _strange(group, port)
    for check in (_alone, tgrps.findings, tgrps.merged, _names, _ids, _clashes):
        yield from check(group)
    yield from _loose(group, pair)


def clones(pair: Hosts) -> Iterator[Finding]:
    """Targets of both hosts that are in no target group and export what both serve."""
    placed = {port for name in pair.common for port in pair.placed(name)}
    here, there = pair.here.ports(pair.shared), pair.there.ports(pair.shared)
    for port in pair.clones():
        devices = sorted({*here.get(port, ()), *there.get(port, ())})
        if devices and port not in placed:
            text = f"a port of both hosts that exports {few(devices)}: initiators take them for one"
            yield finding("E345", f"scst {port}", text)


def _strange(group: Both, port: str) -> Iterator[Finding]:
    """A port that neither host has: a name that is misspelt, or an HBA that was exchanged."""
    here, there = group.mine.ports.get(port), group.theirs.ports.get(port)
    places = ((here, "here"), (there, "of the other host"))
    where = " and ".join(f"in {place.tgrp} {whose}" for place, whose in places if place)
    mend = AluaTargetDel(group.name, here.tgrp, (port,)) if here else None
    yield finding("E344", f"alua {group.name} {port}", f"a port of neither host, {where}", mend)


def _alone(group: Both) -> Iterator[Finding]:
    """Ports that one host alone has in the group."""
    for port in sorted((group.mine.ports.keys() ^ group.theirs.ports.keys()) - group.told()):
        if port in group.mine.ports:
            text = f"in {group.mine.ports[port].tgrp} here, and in no target group of the other host"
            yield finding("E343", f"alua {group.name} {port}", text)
        else:
            text = f"in {group.theirs.ports[port].tgrp} of the other host, and in no target group here"
            yield finding("E343", f"alua {group.name} {port}", text, _beside(group, port))


def _beside(group: Both, port: str) -> Optional[AluaTargetAdd]:
    """The line that puts a port where its like stands here: with ports of its group, or else with its group's id."""
    mine, there = group.mine, group.theirs.ports[port]
    beside = {mine.ports[other].tgrp for other in group.alike() if group.theirs.ports[other].tgrp == there.tgrp}
    alike = {tgrp for tgrp, about in mine.group.target_groups.items() if about.group_id == there.group_id}
    return _addition(group, sorted(beside or alike), port, there.rel_tgt_id)


def _addition(group: Both, homes: list[str], port: str, number: int) -> Optional[AluaTargetAdd]:
    pairs = (Pair("rel_tgt_id=", str(number)),) if number else ()
    return AluaTargetAdd(group.name, homes[0], (port,), pairs) if len(homes) == 1 else None


def _names(group: Both) -> Iterator[Finding]:
    """The target group of a host's own ports has one name on both: the agents are told one local_tgt_grp."""
    here, there = (" and ".join(sorted({place.tgrp for port, place in side.ports.items() if port in side.own - group.told()}))
                   for side in (group.mine, group.theirs))
    if here and there and here != there:
        yield finding("W350", f"alua {group.name}", f"this host's own ports are in {here}, the other host's own in {there}")


def _ids(group: Both) -> Iterator[Finding]:
    """The relative target id of a port is the same on both hosts."""
    for port in group.alike():
        here, there = group.mine.ports[port].rel_tgt_id, group.theirs.ports[port].rel_tgt_id
        if here != there:
            place, pair = group.mine.ports[port].tgrp, Pair("rel_tgt_id=", str(there))
            mend = AluaTargetSet(group.name, place, port, pair) if there else None
            text = f"rel_tgt_id {here or 'none'} here, {there or 'none'} on the other host"
            yield finding("E349", f"alua {group.name} {place} {port}", text, mend)


def _clashes(group: Both) -> Iterator[Finding]:
    """The relative target ids of different ports differ; where both hosts know both ports, each host's own checks tell."""
    here, there = group.mine.numbers(), group.theirs.numbers()
    users: dict[int, list[str]] = {}
    for other in sorted(there.keys() - group.told()):
        users.setdefault(there[other], []).append(other)
    for port in sorted(here.keys() - group.told()):
        others = [other for other in users.get(here[port], ()) if here[port] and _apart(group, port, other)]
        if others:
            place = f"{group.mine.ports[port].tgrp} {port}" if port in group.mine.ports else port
            text = f"rel_tgt_id {here[port]} is that of {few(others)} on the other host"
            yield finding("E352", f"alua {group.name} {place}", text)


def _apart(group: Both, port: str, other: str) -> bool:
    """Whether a port here and one there are two that neither host sees beside each other."""
    here, there = group.mine, group.theirs
    unknown = port not in there.ports and other not in here.ports
    mixed = (port in here.own and other in there.loose) or (port in here.loose and other in there.own)
    return port != other and (unknown or mixed)


def _loose(group: Both, pair: Hosts) -> Iterator[Finding]:
    """Ports that export devices of the group, and of which initiators are told no state."""
    for side, exports, where in ((group.mine, pair.here, "here"), (group.theirs, pair.there, "on the other host")):
        homes = {place.tgrp for port, place in group.mine.ports.items() if port in side.own}
        devices = exports.ports(side.group.devices)
        for port, number in sorted(side.loose.items()):
            text = f"exports {few(devices[port])} {where}, and is in no target group"
            clash = number and number in [place.rel_tgt_id for place in group.mine.ports.values()]
            mend = None if clash else _addition(group, sorted(homes), port, number)
            yield finding("W359", f"alua {group.name} {port}", text, mend)
