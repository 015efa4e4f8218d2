"""The ports by which two hosts offer the devices of a group: whose they are, and where they are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Optional

from ....commands import Pair
from ....commands.alua import AluaTargetAdd, AluaTargetDel
from ....views import few
from ... import Finding
from . import port_ids, tgrps
from .hosts import Exports, Hosts, finding
from .sides import GroupPair, Place, Side, group_pair


def findings(name: str, pair: Hosts) -> Iterator[Finding]:
    """What does not fit of the ports in a device group that both hosts have."""
    group = group_pair(name, pair)
    yield from _shared(group)
    yield from _unknown(group)
    yield from _missing(group)
    yield from tgrps.findings(group)
    yield from tgrps.merged(group)
    yield from tgrps.names(group)
    yield from port_ids.same(group)
    yield from port_ids.clashes(group)
    yield from _ungrouped(group, group.mine, pair.my_exports, "here")
    yield from _ungrouped(group, group.theirs, pair.their_exports, "on the other host")


def clones(pair: Hosts) -> Iterator[Finding]:
    """Targets of both hosts that are in no target group and export what both serve."""
    grouped = set[str]().union(*map(pair.grouped_ports, pair.common_groups))
    mine, theirs = (exports.ports(pair.shared_devices) for exports in (pair.my_exports, pair.their_exports))
    for port in sorted(pair.shared_ports() - grouped):
        devices = sorted({*mine.get(port, ()), *theirs.get(port, ())})
        if devices:
            text = f"a port of both hosts that exports {few(devices)}: initiators take them for one"
            yield finding("E345", f"scst {port}", text)


def _shared(group: GroupPair) -> Iterator[Finding]:
    for port in sorted(group.shared):
        text = "a port of both hosts: initiators take them for one"
        yield finding("E345", f"alua {group.name} {port}", text)


def _unknown(group: GroupPair) -> Iterator[Finding]:
    """Ports that neither host has: a name that is misspelt, or an HBA that was exchanged."""
    for port in sorted(group.unknown):
        mine, theirs = group.mine.tgrps({port}), group.theirs.tgrps({port})
        places = [f"in {tgrp} here" for tgrp in mine] + [f"in {tgrp} of the other host" for tgrp in theirs]
        hint = AluaTargetDel(group.name, min(mine), (port,)) if mine else None
        text = f"a port of neither host, {' and '.join(places)}"
        yield finding("E344", f"alua {group.name} {port}", text, hint)


def _missing(group: GroupPair) -> Iterator[Finding]:
    """Ports that only one host has in the group."""
    one_sided = group.mine.ports.keys() ^ group.theirs.ports.keys()
    for port in sorted(one_sided - group.reported()):
        mine, theirs = group.mine.ports.get(port), group.theirs.ports.get(port)
        subject = f"alua {group.name} {port}"
        if mine:
            yield finding("E343", subject, f"in {mine.tgrp} here, and in no target group of the other host")
        if theirs:
            text = f"in {theirs.tgrp} of the other host, and in no target group here"
            tgrps_here = _tgrps_with_ports(group, theirs) or _tgrps_with_id(group, theirs)
            yield finding("E343", subject, text, _addition(group, tgrps_here, port, theirs.rel_tgt_id))


def _tgrps_with_ports(group: GroupPair, place: Place) -> set[str]:
    """The target groups here that share ports with the one of a port on the other host."""
    return {mine for mine, theirs in group.matching_tgrps() if theirs == place.tgrp}


def _tgrps_with_id(group: GroupPair, place: Place) -> set[str]:
    """The target groups here that have the id of the one of a port on the other host."""
    tgrps = group.mine.group.target_groups
    return {name for name, tgrp in tgrps.items() if tgrp.group_id == place.group_id}


def _addition(group: GroupPair, homes: set[str], port: str, number: int) -> Optional[AluaTargetAdd]:
    """The line that adds a port to a target group, where there is one only."""
    if len(homes) != 1:
        return None
    pairs = (Pair("rel_tgt_id=", str(number)),) if number else ()
    return AluaTargetAdd(group.name, min(homes), (port,), pairs)


def _ungrouped(group: GroupPair, side: Side, exports: Exports, where: str) -> Iterator[Finding]:
    """Ports that export devices of the group, and of which initiators are told no state."""
    homes = group.mine.tgrps(side.own)
    taken = {place.rel_tgt_id for place in group.mine.ports.values()} - {0}
    devices = exports.ports(side.group.devices)
    for port, number in sorted(side.ungrouped.items()):
        hint = None if number in taken else _addition(group, homes, port, number)
        text = f"exports {few(devices[port])} {where}, and is in no target group"
        yield finding("W359", f"alua {group.name} {port}", text, hint)
