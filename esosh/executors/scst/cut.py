"""What of SCST can stay while one configuration becomes another.

What cannot be written back is taken away and made anew: a device whose fixed or own attributes change, a LUN that
becomes writable, an id that goes from or to 0 (scst_tg.c takes none back).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ...config import SWITCHLESS, Device, DeviceGroup, Driver, Lun, Port, Scst, Target, TargetGroup
from .attributes import FIXED, IDENTITY, default


def cut(old: Scst, new: Scst) -> Scst:
    """`old` without all that goes, or that goes and comes anew, with what it is made of as in `old`."""
    devices = {name: device for name, device in old.devices.items() if name in new.devices and _same(device, new.devices[name])}
    targets = {name: _target(target, new.targets[name], devices) for name, target in old.targets.items()
               if name in new.targets and new.targets[name].driver == target.driver and _numbered(target, new.targets[name])}
    kept = replace(old, devices=devices, targets=targets)
    groups = {name: _group(group, new.groups[name], kept, new) for name, group in old.groups.items() if name in new.groups}
    drivers = {name: _driver(driver, new.drivers.get(name, Driver())) for name, driver in old.drivers.items()}
    return replace(kept, groups=groups, drivers=drivers)


def _same(old: Device, new: Device) -> bool:
    """Whether a device can become another as it runs."""
    if old.handler != new.handler:
        return False
    differing = {key for key in {*old.attributes, *new.attributes} if old.attributes.get(key) != new.attributes.get(key)}
    lasting = differing - FIXED - {key for key in IDENTITY if not (key in old.attributes and key in new.attributes)}
    return lasting == differing and all(key in new.attributes or default(old.handler, key) is not None for key in differing)


def _numbered(old: Target, new: Target) -> bool:
    """Whether the id of a target can become another: scst_local takes no 0."""
    return old.driver not in SWITCHLESS or (old.rel_tgt_id == 0) == (new.rel_tgt_id == 0)


def _target(old: Target, new: Target, devices: Mapping[str, Device]) -> Target:
    groups = {name: replace(group, luns=_luns(group.luns, new.groups[name].luns, devices),
                            initiators=group.initiators & new.groups[name].initiators)
              for name, group in old.groups.items() if name in new.groups}
    return replace(old, luns=_luns(old.luns, new.luns, devices), groups=groups, users=_users(old.users, new.users),
                   outgoing=old.outgoing if old.outgoing == new.outgoing else "", portals=old.portals & new.portals)


def _driver(old: Driver, new: Driver) -> Driver:
    return replace(old, users=_users(old.users, new.users), outgoing=old.outgoing if old.outgoing == new.outgoing else "")


def _users(old: Mapping[str, str], new: Mapping[str, str]) -> dict[str, str]:
    return {user: secret for user, secret in old.items() if new.get(user) == secret}


def _luns(old: Mapping[str, Lun], new: Mapping[str, Lun], devices: Mapping[str, Device]) -> dict[str, Lun]:
    return {number: lun for number, lun in old.items()
            if number in new and lun.attributes == new[number].attributes and lun.device in devices}


def _group(old: DeviceGroup, new: DeviceGroup, kept: Scst, scst: Scst) -> DeviceGroup:
    tgrps = {name: _tgrp(tgrp, new.target_groups[name], kept, scst) for name, tgrp in old.target_groups.items()
             if name in new.target_groups and (tgrp.group_id == 0) == (new.target_groups[name].group_id == 0)}
    return DeviceGroup(old.devices & new.devices & kept.devices.keys(), tgrps)


def _tgrp(old: TargetGroup, new: TargetGroup, kept: Scst, scst: Scst) -> TargetGroup:
    ports = {name: port for name, port in old.targets.items()
             if name in new.targets and _stays(name, port, new.targets[name], kept, scst)}
    return replace(old, targets=ports)


def _stays(name: str, old: Port, new: Port, kept: Scst, scst: Scst) -> bool:
    """Whether a port stays what it is: this host's, or the other's with an id or without."""
    here = name in kept.targets
    return here == (name in scst.targets) and (here or (old.rel_tgt_id == 0) == (new.rel_tgt_id == 0))


