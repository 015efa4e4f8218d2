"""scst: devices, target drivers, targets, initiator groups and LUNs: all that SCST exports, and to whom."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Optional

from ...config import Config
from ...config.paths import Path
from ...config.scst import CORE, Scst, blank
from .. import Command, Edit
from . import difference
from .devices import (
    ScstDeviceAdd,
    ScstDeviceDel,
    ScstDeviceResync,
    ScstDeviceSet,
    ScstDeviceUnset,
    ScstSet,
    ScstUnset,
)
from .drivers import ScstDriverDisable, ScstDriverEnable, ScstDriverSet, ScstDriverUnset
from .groups import (
    ScstGroupAdd,
    ScstGroupDel,
    ScstGroupSet,
    ScstGroupUnset,
    ScstInitiatorAdd,
    ScstInitiatorDel,
)
from .luns import ScstLunAdd, ScstLunDel, ScstLunSet
from .targets import (
    ScstTargetAdd,
    ScstTargetDel,
    ScstTargetDisable,
    ScstTargetEnable,
    ScstTargetLip,
    ScstTargetRename,
    ScstTargetSet,
    ScstTargetUnset,
)

__all__ = (
    "ScstDeviceAdd", "ScstDeviceDel", "ScstDeviceResync", "ScstDeviceSet", "ScstDeviceUnset",
    "ScstDriverDisable", "ScstDriverEnable", "ScstDriverSet", "ScstDriverUnset", "ScstGroupAdd",
    "ScstGroupDel", "ScstGroupSet", "ScstGroupUnset", "ScstInitiatorAdd", "ScstInitiatorDel", "ScstLunAdd",
    "ScstLunDel", "ScstLunSet", "ScstSet", "ScstTargetAdd", "ScstTargetDel", "ScstTargetDisable",
    "ScstTargetEnable", "ScstTargetLip", "ScstTargetRename", "ScstTargetSet", "ScstTargetUnset", "ScstUnset",
    "additions", "clear", "lines", "names", "owns", "removals",
)


def lines(config: Config, name: Optional[str] = None) -> Iterator[Command]:
    """SCST itself, then devices, drivers and targets, each by name; values at their defaults are left out."""
    return difference.additions(Scst(), config.scst, name)


def owns(path: Path, *configs: Config) -> Optional[str]:
    """A device, a driver, a target, or SCST itself."""
    if path[0] != "scst" or path[1] == "groups":
        return None
    return CORE if path[1] == "attributes" else path[2]


def names(config: Config) -> tuple[str, ...]:
    """SCST itself, its devices, drivers and targets."""
    return (CORE, *config.scst.devices, *config.scst.drivers, *config.scst.targets)


def clear(config: Config, name: Optional[str] = None) -> Iterator[Command]:
    """All that commands can make is removed; the ports of the box's cards stay, with their defaults."""
    return difference.removals(config.scst, blank(config.scst), name)


def removals(old: Config, new: Config) -> Iterator[Edit]:
    """The lines that remove what `new` does not have."""
    return difference.removals(old.scst, new.scst)


def additions(old: Config, new: Config) -> Iterator[Edit]:
    """The lines that turn `old`, which has nothing to remove, into `new`."""
    return difference.additions(old.scst, new.scst)
