"""alua: device groups, target groups and the states in which two hosts offer the same devices."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Optional

from ...config import Config, TargetGroup
from ...flat import Path
from .. import Command, Pair, Pairs
from .edits import local, rel_tgt_id
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
    "AluaDeviceAdd", "AluaDeviceDel", "AluaDgrpAdd", "AluaDgrpDel", "AluaPairAdd", "AluaTargetAdd", "AluaTargetDel",
    "AluaTargetSet", "AluaTargetUnset", "AluaTgrpAdd", "AluaTgrpDel", "AluaTgrpSet", "AluaTgrpUnset", "clear", "lines",
    "local", "names", "owns", "rel_tgt_id",
)


def lines(config: Config, name: Optional[str] = None) -> Iterator[Command]:
    """Each device group from the outside in, by name: target groups with their targets, then its devices."""
    for dgrp, group in sorted(config.scst.groups.items()):
        if name not in (None, dgrp):
            continue
        yield AluaDgrpAdd(dgrp)
        for tgrp, about in sorted(group.target_groups.items()):
            yield AluaTgrpAdd(dgrp, tgrp, _pairs(about))
            for target, port in sorted(about.targets.items()):
                number = rel_tgt_id(config, target, port)
                yield AluaTargetAdd(dgrp, tgrp, (target,), (Pair("rel_tgt_id=", str(number)),) if number else ())
        if group.devices:
            yield AluaDeviceAdd(dgrp, tuple(sorted(group.devices)))


def _pairs(group: TargetGroup) -> Pairs:
    default = TargetGroup()
    pairs = (("group_id=", str(group.group_id), group.group_id != default.group_id),
             ("state=", group.state, group.state != default.state), ("preferred=", "1", group.preferred))
    return tuple(Pair(key, value) for key, value, differs in pairs if differs)


def owns(path: Path, *configs: Config) -> Optional[str]:
    """A device group; the id of a target is the target's."""
    return path[2] if path[:2] == ("scst", "groups") else None


def names(config: Config) -> tuple[str, ...]:
    """The device groups."""
    return tuple(config.scst.groups)


def clear(config: Config, name: Optional[str] = None) -> Iterator[Command]:
    """Every device group goes."""
    return (AluaDgrpDel(dgrp) for dgrp in config.scst.groups if name in (None, dgrp))
