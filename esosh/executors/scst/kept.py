"""What of SCST stays in place while one configuration becomes another.

What cannot be written is removed and made anew: a device whose fixed or own attributes change, unless it
runs with the new ones already, a LUN that becomes writable, an id that goes to 0 where the kernel does not
accept 0 (scst_tg.c, and scst_sysfs.c for a target that is always enabled).
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import AbstractSet, Callable, Optional, TypeVar

from ...config.lazy import differing, having, without
from ...config.scst import (
    SWITCHLESS,
    Device,
    DeviceGroup,
    InitiatorGroup,
    Lun,
    Port,
    Scst,
    Target,
    TargetGroup,
)
from ...records import replace
from .attributes import IDENTITY, NAMED, canonical, default, is_fixed
from .queue import ROOT
from .sysfs import entry

_Object = TypeVar("_Object")
Value = Callable[[str], Optional[str]]  # what an attribute in sysfs is now
PortStays = Callable[[str, Port, Optional[Port]], bool]


def kept_in_place(old: Scst, new: Scst, value: Value) -> Scst:
    """`old` without what is removed before anything is made, whether for good or to be made anew.

    What stays is as in `old`.
    """
    devices = _staying(old.devices, new.devices, functools.partial(_device_stays, value))
    lost = old.devices.keys() - devices.keys()  # a device of SCST that nobody configures stays
    targets = _staying(old.targets, new.targets, _target_stays)
    names = targets if lost else _in_both(targets, new.targets)
    with_luns = {name: _target(targets[name], new.targets[name], lost) for name in names}
    kept = replace(old, devices=devices, targets=having(targets, with_luns))
    return replace(kept, groups=_groups(old, kept, new, lost))


def _staying(
    old: Mapping[str, _Object], new: Mapping[str, _Object],
    stays: Callable[[str, _Object, Optional[_Object]], bool],
) -> Mapping[str, _Object]:
    """The objects that stay; what is the same does."""
    differing_names = [name for name in differing(old, new) if name in old]
    return without(old, *(name for name in differing_names if not stays(name, old[name], new.get(name))))


def _in_both(old: Mapping[str, object], new: Mapping[str, object]) -> list[str]:
    """The names of objects that differ, and that both have."""
    return [name for name in differing(old, new) if name in old and name in new]


def _groups(old: Scst, kept: Scst, new: Scst, lost: AbstractSet[str]) -> Mapping[str, DeviceGroup]:
    groups = without(old.groups, *(name for name in old.groups if name not in new.groups))
    has_other_ports = old.targets.keys() - kept.targets.keys() or new.targets.keys() - old.targets.keys()
    names = groups if lost or has_other_ports else _in_both(groups, new.groups)
    port_stays = functools.partial(_port_stays, old, kept, new)
    return having(groups, {name: _device_group(groups[name], new.groups[name], lost, port_stays)
                           for name in names})


def _device_stays(value: Value, name: str, old: Device, new: Optional[Device]) -> bool:
    """Whether a device can become another as it runs."""
    if new is None or new.handler != old.handler:
        return False
    folder, differing = f"{ROOT}/devices/{entry(name)}", dict(old.attributes.items() ^ new.attributes.items())
    return all(_can_be_written(key, old, new) or _runs_so(key, value(f"{folder}/{key}"), new)
               for key in differing)


def _runs_so(key: str, running: Optional[str], new: Device) -> bool:
    """Whether a device has the new value of an attribute already: not all that it has is configured."""
    return running is not None and canonical(key, running) == new.attributes.get(key)


def _can_be_written(key: str, old: Device, new: Device) -> bool:
    """Whether an attribute can get its new value, or the default that it goes back to."""
    if is_fixed(new.handler, key):
        return False
    if key not in new.attributes:
        return default(old.handler, key) is not None
    return key not in IDENTITY - NAMED - old.attributes.keys()


def _target_stays(name: str, old: Target, new: Optional[Target]) -> bool:
    """Whether a target can become another: SCST does not accept 0 for the id of one of scst_local."""
    if new is None or new.driver != old.driver:
        return False
    return old.driver not in SWITCHLESS or bool(new.rel_tgt_id) or not old.rel_tgt_id


def _target(old: Target, new: Target, lost: AbstractSet[str]) -> Target:
    names = old.groups if lost else differing(old.groups, new.groups)
    groups = {name: _initiator_group(old.groups[name], new.groups.get(name, InitiatorGroup()), lost)
              for name in names if name in old.groups}
    return replace(old, luns=_luns(old.luns, new.luns, lost), groups=having(old.groups, groups))


def _initiator_group(
    old: InitiatorGroup, new: InitiatorGroup, lost: AbstractSet[str],
) -> InitiatorGroup:
    return replace(old, luns=_luns(old.luns, new.luns, lost))


def _luns(old: Mapping[str, Lun], new: Mapping[str, Lun], lost: AbstractSet[str]) -> Mapping[str, Lun]:
    """The LUNs that stay, or stay until what initiators see in their place is there."""
    of_lost = [number for number in old if old[number].device in lost] if lost else []
    rewritten = [number for number in _in_both(old, new) if old[number].attributes != new[number].attributes]
    return without(old, *{*of_lost, *rewritten})


def _device_group(
    old: DeviceGroup, new: DeviceGroup, lost: AbstractSet[str], port_stays: PortStays,
) -> DeviceGroup:
    tgrps = {name: _target_group(tgrp, new.target_groups[name], port_stays)
             for name, tgrp in old.target_groups.items()
             if _target_group_stays(tgrp, new.target_groups.get(name))}
    return DeviceGroup((old.devices & new.devices) - lost, tgrps)


def _target_group_stays(old: TargetGroup, new: Optional[TargetGroup]) -> bool:
    return new is not None and (bool(new.group_id) or not old.group_id)


def _target_group(old: TargetGroup, new: TargetGroup, port_stays: PortStays) -> TargetGroup:
    ports = {name: port for name, port in old.targets.items()
             if port_stays(name, port, new.targets.get(name))}
    return replace(old, targets=ports)


def _port_stays(before: Scst, kept: Scst, after: Scst, name: str, old: Port, new: Optional[Port]) -> bool:
    """Whether a port stays what it is: this host's, or the other's with an id that can be written."""
    if new is None:
        return False
    if name in before.targets or name in after.targets:
        return name in kept.targets
    return bool(new.rel_tgt_id) or not old.rel_tgt_id
