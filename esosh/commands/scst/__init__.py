"""scst: devices, target drivers, targets, initiator groups and LUNs: all that SCST exports, and to whom."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Optional

from ...config import Config, Scst, blank
from ...flat import Path
from .. import Change, Command
from . import leading
from .devices import ScstDeviceAdd, ScstDeviceDel, ScstDeviceResync, ScstDeviceSet, ScstDeviceUnset, ScstSet, ScstUnset
from .groups import (
    ScstGroupAdd,
    ScstGroupDel,
    ScstGroupSet,
    ScstGroupUnset,
    ScstInitiatorAdd,
    ScstInitiatorDel,
    ScstLunAdd,
    ScstLunDel,
    ScstLunSet,
)
from .targets import (
    ScstDriverDisable,
    ScstDriverEnable,
    ScstDriverSet,
    ScstDriverUnset,
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
    "ScstDeviceAdd", "ScstDeviceDel", "ScstDeviceResync", "ScstDeviceSet", "ScstDeviceUnset", "ScstDriverDisable",
    "ScstDriverEnable", "ScstDriverSet", "ScstDriverUnset", "ScstGroupAdd", "ScstGroupDel", "ScstGroupSet", "ScstGroupUnset",
    "ScstInitiatorAdd", "ScstInitiatorDel", "ScstLunAdd", "ScstLunDel", "ScstLunSet", "ScstSet", "ScstTargetAdd",
    "ScstTargetDel", "ScstTargetDisable", "ScstTargetEnable", "ScstTargetLip", "ScstTargetRename", "ScstTargetSet",
    "ScstTargetUnset", "ScstUnset", "clear", "gives", "lines", "names", "owns", "takes",
)


def lines(config: Config, name: Optional[str] = None) -> Iterator[Command]:
    """SCST itself, then devices, drivers and targets, each by name; what is as by default is left out."""
    return leading.gives(Scst(), config.scst, name)


def owns(path: Path, *configs: Config) -> Optional[str]:
    """A device, a driver, a target, or SCST itself."""
    if path[0] != "scst" or path[1] == "groups":
        return None
    return leading.CORE if path[1] == "attributes" else path[2]


def names(config: Config) -> tuple[str, ...]:
    """SCST itself, its devices, drivers and targets."""
    return (leading.CORE, *config.scst.devices, *config.scst.drivers, *config.scst.targets)


def clear(config: Config, name: Optional[str] = None) -> Iterator[Command]:
    """All that can be made goes; the ports of the box's cards stay, with nothing said of them."""
    return leading.takes(config.scst, blank(config).scst, name)


def takes(old: Config, new: Config) -> Iterator[Change]:
    """The lines that take away what `new` does not have."""
    return leading.takes(old.scst, new.scst)


def gives(old: Config, new: Config) -> Iterator[Change]:
    """The lines that make of `old`, which has nothing that goes, what `new` has."""
    return leading.gives(old.scst, new.scst)
