"""The relative target ids of ports on two hosts: one for a port, and another one for each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ....commands import Pair
from ....commands.alua import AluaTargetSet
from ....views import few
from ... import Finding
from .hosts import compared, finding
from .sides import GroupPair, Side


def same(group: GroupPair) -> Iterator[Finding]:
    """The relative target id of a port is the same on both hosts."""
    for port in group.common_ports():
        tgrp = group.mine.ports[port].tgrp
        mine, theirs = (side.ports[port].rel_tgt_id for side in (group.mine, group.theirs))
        if mine != theirs:
            text = compared("rel_tgt_id", mine, theirs)
            hint = AluaTargetSet(group.name, tgrp, port, Pair("rel_tgt_id=", str(theirs))) if theirs else None
            yield finding("E349", f"alua {group.name} {tgrp} {port}", text, hint)


def clashes(group: GroupPair) -> Iterator[Finding]:
    """The ids of different ports differ; if both hosts know both ports, each host's own checks report it."""
    owners = _owners(_ids(group.theirs, group))
    for port, number in _ids(group.mine, group).items():
        others = [other for other in owners.get(number, ()) if _apart(group, port, other)]
        if others:
            words = " ".join((group.name, *group.mine.tgrps({port}), port))
            text = f"rel_tgt_id {number} is that of {few(others)} on the other host"
            yield finding("E352", f"alua {words}", text)


def _owners(ids: Mapping[str, int]) -> dict[int, list[str]]:
    """The ports of each id."""
    owners: dict[int, list[str]] = {}
    for port, number in ids.items():
        owners.setdefault(number, []).append(port)
    return owners


def _ids(side: Side, group: GroupPair) -> dict[str, int]:
    """The ports that initiators meet and that have an id, each with its id."""
    ids = {port: place.rel_tgt_id for port, place in side.ports.items()}
    ids.update(side.ungrouped)
    return {port: ids[port] for port in sorted(ids.keys() - group.reported()) if ids[port]}


def _apart(group: GroupPair, port: str, other: str) -> bool:
    """Whether a port here and one there are different, and neither host's own checks see both."""
    return port != other and (_unknown(group, port, other) or _half_grouped(group, port, other))


def _unknown(group: GroupPair, port: str, other: str) -> bool:
    """Whether each of the hosts has only one of them in a target group."""
    return port not in group.theirs.ports and other not in group.mine.ports


def _half_grouped(group: GroupPair, port: str, other: str) -> bool:
    """Whether each is its own host's, and one of them is in no target group."""
    mine, theirs = group.mine, group.theirs
    mine_grouped = port in mine.own and other in theirs.ungrouped
    return mine_grouped or (port in mine.ungrouped and other in theirs.own)
