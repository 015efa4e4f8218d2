"""What of SCST can stay while one configuration becomes another.

What cannot be written is taken away and made anew: a device whose fixed or own attributes change, a LUN that becomes
writable, an id that goes to 0 (scst_tg.c takes none), or from 0 where the target is always enabled.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import replace
from typing import AbstractSet, Callable

from ...config import SWITCHLESS, Device, DeviceGroup, InitiatorGroup, Lun, Port, Scst, Target, TargetGroup
from .attributes import FIXED, IDENTITY, NAMED, default


def cut(old: Scst, new: Scst) -> Scst:
    """`old` without what goes before anything comes, or goes and comes anew, with what it is made of as in `old`."""
    devices = {name: device for name, device in old.devices.items() if name in new.devices and _same(device, new.devices[name])}
    lost = {*old.devices, *new.devices} - devices.keys()  # what SCST has and nobody configures stays where it is
    targets = {name: _target(target, new.targets[name], lost) for name, target in old.targets.items()
               if name in new.targets and new.targets[name].driver == target.driver and _numbered(target, new.targets[name])}
    kept = replace(old, devices=devices, targets=targets)
    ports = functools.partial(_stays, old, kept, new)
    groups = {name: _group(group, new.groups[name], lost, ports) for name, group in old.groups.items() if name in new.groups}
    return replace(kept, groups=groups)


def _same(old: Device, new: Device) -> bool:
    """Whether a device can become another as it runs."""
    if old.handler != new.handler:
        return False
    differing = {key for key in {*old.attributes, *new.attributes} if old.attributes.get(key) != new.attributes.get(key)}
    fixed = FIXED - {"filename"} if new.handler == "vcdrom" else FIXED  # another disc
    told = new.attributes.keys() & (NAMED | old.attributes.keys())
    lasting = differing - fixed - (IDENTITY - told)
    return lasting == differing and all(key in new.attributes or default(old.handler, key) is not None for key in differing)


def _numbered(old: Target, new: Target) -> bool:
    """Whether the id of a target can become another: scst_local takes no 0."""
    return old.driver not in SWITCHLESS or (old.rel_tgt_id == 0) == (new.rel_tgt_id == 0)


def _target(old: Target, new: Target, lost: AbstractSet[str]) -> Target:
    groups = {name: replace(group, luns=_luns(group.luns, new.groups.get(name, InitiatorGroup()).luns, lost))
              for name, group in old.groups.items()}
    return replace(old, luns=_luns(old.luns, new.luns, lost), groups=groups)


def _luns(old: Mapping[str, Lun], new: Mapping[str, Lun], lost: AbstractSet[str]) -> dict[str, Lun]:
    """Those that stay, or stay until what initiators see in their place is there."""
    return {number: lun for number, lun in old.items()
            if lun.attributes == new.get(number, lun).attributes and lun.device not in lost}


def _group(old: DeviceGroup, new: DeviceGroup, lost: AbstractSet[str], ports: Callable[[str, Port, Port], bool]) -> DeviceGroup:
    tgrps = {name: _tgrp(tgrp, new.target_groups[name], ports) for name, tgrp in old.target_groups.items()
             if name in new.target_groups and (new.target_groups[name].group_id or not tgrp.group_id)}
    return DeviceGroup((old.devices & new.devices) - lost, tgrps)


def _tgrp(old: TargetGroup, new: TargetGroup, stays: Callable[[str, Port, Port], bool]) -> TargetGroup:
    ports = {name: port for name, port in old.targets.items() if name in new.targets and stays(name, port, new.targets[name])}
    return replace(old, targets=ports)


def _stays(before: Scst, kept: Scst, after: Scst, name: str, old: Port, new: Port) -> bool:
    """Whether a port stays what it is: this host's, or the other's with an id that can be written."""
    if name in before.targets or name in after.targets:
        return name in kept.targets
    return bool(new.rel_tgt_id) or not old.rel_tgt_id
