"""alua: device groups, target groups and the states in which two hosts offer the same devices."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Optional

from ...config import Config
from ...config.lazy import differing
from ...config.paths import Path
from ...config.scst import DeviceGroup, Port, Scst, TargetGroup, rel_tgt_id
from .. import Command, Pair, Pairs, selected
from .groups import (
    AluaDeviceAdd,
    AluaDeviceDel,
    AluaDgrpAdd,
    AluaDgrpDel,
    AluaTgrpAdd,
    AluaTgrpDel,
    AluaTgrpSet,
    AluaTgrpUnset,
)
from .pair import AluaPairAdd
from .targets import AluaTargetAdd, AluaTargetDel, AluaTargetSet, AluaTargetUnset

__all__ = (
    "AluaDeviceAdd", "AluaDeviceDel", "AluaDgrpAdd", "AluaDgrpDel", "AluaPairAdd", "AluaTargetAdd",
    "AluaTargetDel", "AluaTargetSet", "AluaTargetUnset", "AluaTgrpAdd", "AluaTgrpDel", "AluaTgrpSet",
    "AluaTgrpUnset", "affected", "clear", "lines", "names", "owns",
)


def lines(config: Config, name: Optional[str] = None) -> Iterator[Command]:
    """Each device group from the outside in, by name: target groups with their targets, then its devices."""
    for dgrp, group in sorted(selected(config.scst.groups, name).items()):
        yield from _lines_of(config.scst, dgrp, group)


def _lines_of(scst: Scst, dgrp: str, group: DeviceGroup) -> Iterator[Command]:
    yield AluaDgrpAdd(dgrp)
    for tgrp, settings in sorted(group.target_groups.items()):
        yield AluaTgrpAdd(dgrp, tgrp, _pairs(settings))
        for target, port in sorted(settings.targets.items()):
            yield AluaTargetAdd(dgrp, tgrp, (target,), _id_pairs(scst, target, port))
    if group.devices:
        yield AluaDeviceAdd(dgrp, tuple(sorted(group.devices)))


def _id_pairs(scst: Scst, target: str, port: Port) -> Pairs:
    number = rel_tgt_id(scst, target, port)
    return (Pair("rel_tgt_id=", str(number)),) if number else ()


def _pairs(group: TargetGroup) -> Pairs:
    """The keys that are not at their defaults."""
    default = _values(TargetGroup())
    return tuple(Pair(f"{key}=", value) for key, value in _values(group).items() if value != default[key])


def _values(group: TargetGroup) -> dict[str, str]:
    return {"group_id": str(group.group_id), "state": group.state, "preferred": str(int(group.preferred))}


def clear(config: Config, name: Optional[str] = None) -> Iterator[Command]:
    """The lines that delete every device group."""
    return map(AluaDgrpDel, selected(config.scst.groups, name))


def owns(path: Path, *configs: Config) -> Optional[str]:
    """A device group; the id of a target belongs to the target."""
    return path[2] if path[:2] == ("scst", "groups") else None


def affected(old: Config, new: Config) -> Iterator[str]:
    """The device groups that have a target of this host whose id differs: its line tells the id."""
    before, after = old.scst, new.scst
    targets = {name for name in differing(before.targets, after.targets)
               if rel_tgt_id(before, name, Port()) != rel_tgt_id(after, name, Port())}
    for group, members in {**before.groups, **after.groups}.items() if targets else ():
        if any(targets & tgrp.targets.keys() for tgrp in members.target_groups.values()):
            yield group


def names(config: Config) -> tuple[str, ...]:
    """The device groups."""
    return tuple(sorted(config.scst.groups))
