"""The target groups of a device group on two hosts: the ports, ids, states and names that they share."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import AbstractSet

from ....commands import Pair
from ....commands.alua import AluaTgrpSet
from ....config.scst import TargetGroup
from ... import Finding
from .hosts import compared, finding
from .sides import GroupPair, Side

_Match = tuple[str, str]  # a target group here, and one of the other host with the same ports


def findings(group: GroupPair) -> Iterator[Finding]:
    """Target groups with the same ports match one to one, with one id and one state."""
    matches = group.matching_tgrps()
    for match in matches:
        my_tgrps, their_tgrps = _partners(match, matches)
        if len(my_tgrps) == len(their_tgrps) == 1:
            yield from _ids(group, match)
            yield from _states(group, match)
        else:
            yield from _split(group, match, my_tgrps, their_tgrps)


def merged(group: GroupPair) -> Iterator[Finding]:
    """Groups of different ports with one id; one that has a match on the other host is reported already."""
    matches = group.matching_tgrps()
    mine = _unmatched(group.mine, {my_tgrp for my_tgrp, _ in matches}, group)
    theirs = _unmatched(group.theirs, {their_tgrp for _, their_tgrp in matches}, group)
    for tgrp, other in product(mine, theirs):
        if mine[tgrp] == theirs[other]:
            text = f"group_id {mine[tgrp]} is that of {other} of the other host, which has other ports"
            yield finding("E348", f"alua {group.name} {tgrp}", text)


def names(group: GroupPair) -> Iterator[Finding]:
    """The target group of a host's own ports has one name on both: the agents are told one local_tgt_grp."""
    mine, theirs = _own(group.mine, group), _own(group.theirs, group)
    if mine and theirs and mine != theirs:
        text = f"this host's own ports are in {mine}, the other host's own in {theirs}"
        yield finding("W350", f"alua {group.name}", text)


def _partners(match: _Match, matches: list[_Match]) -> tuple[list[str], list[str]]:
    """The target groups here and there that share ports with one of this match."""
    my_tgrps = [mine for mine, theirs in matches if theirs == match[1]]
    their_tgrps = [theirs for mine, theirs in matches if mine == match[0]]
    return my_tgrps, their_tgrps


def _split(
    group: GroupPair, match: _Match, my_tgrps: list[str], their_tgrps: list[str]
) -> Iterator[Finding]:
    """Ports of one target group that are in several on the other host; told at the first of these."""
    mine, theirs = match
    if len(their_tgrps) > 1 and theirs == their_tgrps[0]:
        text = f"its ports are in {' and '.join(their_tgrps)} of the other host"
        yield finding("E347", f"alua {group.name} {mine}", text)
    if len(my_tgrps) > 1 and mine == my_tgrps[0]:
        text = f"the ports of {theirs} of the other host are in {' and '.join(my_tgrps)} here"
        yield finding("E347", f"alua {group.name}", text)


def _matched(group: GroupPair, match: _Match) -> tuple[TargetGroup, TargetGroup]:
    mine, theirs = match
    return group.mine.group.target_groups[mine], group.theirs.group.target_groups[theirs]


def _ids(group: GroupPair, match: _Match) -> Iterator[Finding]:
    mine, theirs = (tgrp.group_id for tgrp in _matched(group, match))
    if mine != theirs:
        hint = AluaTgrpSet(group.name, match[0], (Pair("group_id=", str(theirs)),)) if theirs else None
        text = f"{compared('group_id', mine, theirs)}, for the same ports"
        yield finding("E346", f"alua {group.name} {match[0]}", text, hint)


def _states(group: GroupPair, match: _Match) -> Iterator[Finding]:
    """What initiators are told of the same paths; a cluster that drives the states may be changing them."""
    differences = _state_differences(*_matched(group, match))
    if differences:
        text = "; ".join(compared(*difference) for difference in differences)
        pairs = tuple(Pair(f"{key}=", theirs) for key, _, theirs in differences)
        hint = AluaTgrpSet(group.name, match[0], pairs)
        yield finding("W379", f"alua {group.name} {match[0]}", f"{text}, for the same ports", hint)


def _state_differences(mine: TargetGroup, theirs: TargetGroup) -> list[tuple[str, str, str]]:
    """The keys whose values differ, each with both values."""
    states = ("state", mine.state, theirs.state)
    preferences = ("preferred", str(int(mine.preferred)), str(int(theirs.preferred)))
    return [values for values in (states, preferences) if values[1] != values[2]]


def _unmatched(side: Side, matched: AbstractSet[str], group: GroupPair) -> dict[str, int]:
    """The target groups with ports and an id, and without a match on the other host, each with its id."""
    tgrps = side.group.target_groups
    names = [name for name in sorted(tgrps.keys() - matched) if tgrps[name].targets.keys() - group.reported()]
    return {name: tgrps[name].group_id for name in names if tgrps[name].group_id}


def _own(side: Side, group: GroupPair) -> str:
    """The target groups of a host's own ports, in words."""
    return " and ".join(sorted(side.tgrps(side.own - group.reported())))
