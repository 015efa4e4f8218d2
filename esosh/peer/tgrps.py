"""The target groups of a device group on two hosts: the ports, the ids and the states that they have in common."""

from __future__ import annotations

from collections.abc import Iterator

from ..checks import Finding
from ..commands import Pair
from ..commands.alua import AluaTgrpSet
from .hosts import finding
from .sides import Both


def findings(group: Both) -> Iterator[Finding]:
    """Target groups by the ports that they have on both hosts: one to one, with one id and one state."""
    pairs = group.pairs()
    for tgrp, other in pairs:
        likes, sources = [there for here, there in pairs if here == tgrp], [here for here, there in pairs if there == other]
        if len(likes) > 1 and other == likes[0]:
            text = f"its ports stand in {' and '.join(likes)} of the other host"
            yield finding("E347", f"alua {group.name} {tgrp}", text)
        if len(sources) > 1 and tgrp == sources[0]:
            text = f"the ports of {other} of the other host stand in {' and '.join(sources)} here"
            yield finding("E347", f"alua {group.name}", text)
        if len(likes) == len(sources) == 1:
            yield from _ids(group, tgrp, other)
            yield from _states(group, tgrp, other)


def _ids(group: Both, tgrp: str, other: str) -> Iterator[Finding]:
    here, there = group.mine.group.target_groups[tgrp].group_id, group.theirs.group.target_groups[other].group_id
    if here != there:
        mend = AluaTgrpSet(group.name, tgrp, (Pair("group_id=", str(there)),)) if there else None
        text = f"group_id {here or 'none'} here, {there or 'none'} on the other host, for the same ports"
        yield finding("E346", f"alua {group.name} {tgrp}", text, mend)


def _states(group: Both, tgrp: str, other: str) -> Iterator[Finding]:
    """What initiators are told of the same paths; a cluster that drives the states may just be between two of them."""
    here, there = group.mine.group.target_groups[tgrp], group.theirs.group.target_groups[other]
    values = {"state": (here.state, there.state), "preferred": (str(int(here.preferred)), str(int(there.preferred)))}
    differ = {key: value for key, value in values.items() if value[0] != value[1]}
    if differ:
        text = "; ".join(f"{key} {mine} here, {theirs} on the other host" for key, (mine, theirs) in differ.items())
        mend = AluaTgrpSet(group.name, tgrp, tuple(Pair(f"{key}=", theirs) for key, (_, theirs) in differ.items()))
        yield finding("W379", f"alua {group.name} {tgrp}", f"{text}, for the same ports", mend)


def merged(group: Both) -> Iterator[Finding]:
    """Groups of different ports with one id; one that has its like on the other host is told of already."""
    here, there = {tgrp for tgrp, _ in group.pairs()}, {other for _, other in group.pairs()}
    for tgrp, about in sorted(group.mine.group.target_groups.items()):
        for other, like in sorted(group.theirs.group.target_groups.items()):
            ports, others = about.targets.keys() - group.told(), like.targets.keys() - group.told()
            alone = ports and others and tgrp not in here and other not in there
            if alone and about.group_id == like.group_id != 0:
                text = f"group_id {about.group_id} is that of {other} of the other host, which has other ports"
                yield finding("E348", f"alua {group.name} {tgrp}", text)
