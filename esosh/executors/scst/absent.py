"""What stands in scst.conf only, for its device or target does not run: kept, shown, never written to the kernel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import AbstractSet

from ...config import DeviceGroup, InitiatorGroup, Lun, Scst, Target


def completed(live: Scst, saved: Scst) -> Scst:
    """What runs, and what scst.conf says of devices and targets that do not."""
    devices = saved.devices.keys() - live.devices.keys()
    targets = {name: _completed(target, saved.targets.get(name, Target(target.driver)), devices)
               for name, target in live.targets.items()}
    groups = {name: replace(group, devices=group.devices | (saved.groups.get(name, DeviceGroup()).devices & devices))
              for name, group in live.groups.items()}
    return replace(live, devices={**saved.devices, **live.devices}, targets={**saved.targets, **targets}, groups=groups)


def _completed(live: Target, saved: Target, devices: AbstractSet[str]) -> Target:
    groups = {name: replace(group, luns=_with(group.luns, saved.groups.get(name, InitiatorGroup()).luns, devices))
              for name, group in live.groups.items()}
    return replace(live, luns=_with(live.luns, saved.luns, devices), groups=groups)


def _with(live: Mapping[str, Lun], saved: Mapping[str, Lun], devices: AbstractSet[str]) -> dict[str, Lun]:
    found = {**{number: lun for number, lun in saved.items() if lun.device in devices}, **live}
    return dict(sorted(found.items(), key=lambda item: int(item[0])))


def present(scst: Scst, devices: frozenset[str], targets: frozenset[str]) -> Scst:
    """SCST without devices and targets that stand in scst.conf only, and without what refers to them."""
    if not devices and not targets:
        return scst
    kept = {name: _without(target, devices) for name, target in scst.targets.items() if name not in targets}
    groups = {name: replace(group, devices=group.devices - devices) for name, group in scst.groups.items()}
    return replace(scst, devices={name: device for name, device in scst.devices.items() if name not in devices},
                   targets=kept, groups=groups)


def _without(target: Target, devices: frozenset[str]) -> Target:
    groups = {name: replace(group, luns=_luns_without(group.luns, devices)) for name, group in target.groups.items()}
    return replace(target, luns=_luns_without(target.luns, devices), groups=groups)


def _luns_without(luns: Mapping[str, Lun], devices: frozenset[str]) -> dict[str, Lun]:
    return {number: lun for number, lun in luns.items() if lun.device not in devices}
