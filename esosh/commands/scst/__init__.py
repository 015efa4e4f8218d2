"""scst: devices, target drivers, targets, initiator groups and LUNs: all that SCST exports, and to whom."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Optional

from ...config import Config
from ...config.paths import Path
from ...config.scst import CORE, Scst, blank
from ...language.sections import members
from .. import Command, Edit

__getattr__ = members(__name__, {
    "devices": "ScstDeviceAdd ScstDeviceDel ScstDeviceResync ScstDeviceSet ScstDeviceUnset ScstSet ScstUnset",
    "drivers": "ScstDriverDisable ScstDriverEnable ScstDriverSet ScstDriverUnset",
    "groups": "ScstGroupAdd ScstGroupDel ScstGroupSet ScstGroupUnset ScstInitiatorAdd ScstInitiatorDel",
    "luns": "ScstLunAdd ScstLunDel ScstLunSet",
    "targets": "ScstTargetAdd ScstTargetDel ScstTargetDisable ScstTargetEnable ScstTargetLip "
               "ScstTargetRename ScstTargetSet ScstTargetUnset",
})


def lines(config: Config, name: Optional[str] = None) -> Iterator[Command]:
    """SCST itself, then devices, drivers and targets, each by name; values at their defaults are left out."""
    return additions(Config(scst=Scst()), config, name)


def owns(path: Path, *configs: Config) -> Optional[str]:
    """A device, a driver, a target, or SCST itself."""
    if path[0] != "scst" or path[1] == "groups":
        return None
    return CORE if path[1] == "attributes" else path[2]


def names(config: Config) -> tuple[str, ...]:
    """SCST itself, its devices, drivers and targets."""
    scst = config.scst
    return (CORE, *sorted(scst.devices), *sorted(scst.drivers), *sorted(scst.targets))


def clear(config: Config, name: Optional[str] = None) -> Iterator[Command]:
    """All that commands can make is removed; the ports of the box's cards stay, with their defaults."""
    return removals(config, Config(scst=blank(config.scst)), name)


def removals(old: Config, new: Config, name: Optional[str] = None) -> Iterator[Edit]:
    """The lines that remove what `new` does not have."""
    from . import difference  # it knows all classes

    return difference.removals(old.scst, new.scst, name)


def additions(old: Config, new: Config, name: Optional[str] = None) -> Iterator[Edit]:
    """The lines that turn `old`, which has nothing to remove, into `new`."""
    from . import difference  # it knows all classes

    return difference.additions(old.scst, new.scst, name)
