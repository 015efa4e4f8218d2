"""What stands in scst.conf only and does not run: kept, shown, never written to the kernel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import AbstractSet

from ...config import VIRTUAL, DeviceGroup, InitiatorGroup, Lun, Scst, Target
from .facts import Facts
from .queue import ROOT
from .sysfs import GROUPS, entry


@dataclass(frozen=True)
class Absent:
    """What stands in scst.conf only: names; of target groups with their device group, of initiator groups with their target."""

    devices: AbstractSet[str] = frozenset()
    targets: AbstractSet[str] = frozenset()
    groups: AbstractSet[str] = frozenset()
    target_groups: AbstractSet[tuple[str, str]] = frozenset()
    initiators: AbstractSet[tuple[str, str]] = frozenset()


def absent(old: Scst, new: Scst, facts: Facts) -> Absent:
    """What `old` has and SCST has not, and ports of cards that `new` has."""
    ports = {name for name, target in new.targets.items() if target.driver not in VIRTUAL}
    targets = {*old.targets, *ports} - facts.targets.keys()
    groups = {name for name in old.groups if not facts.there(f"{GROUPS}/{entry(name)}")}
    tgrps = {(name, tgrp) for name, group in old.groups.items() if name not in groups for tgrp in group.target_groups
             if not facts.there(f"{GROUPS}/{entry(name)}/target_groups/{entry(tgrp)}")}
    initiators = {(name, group) for name, target in old.targets.items() if name not in targets for group in target.groups
                  if not facts.there(f"{ROOT}/targets/{target.driver}/{entry(name)}/ini_groups/{entry(group)}")}
    return Absent(old.devices.keys() - facts.devices, targets, groups, tgrps, initiators)


def completed(live: Scst, saved: Scst) -> Scst:
    """What runs, and what scst.conf says of devices, targets and groups that do not."""
    devices = saved.devices.keys() - live.devices.keys()
    targets = {name: _completed(target, saved.targets.get(name, Target(target.driver)), devices)
               for name, target in live.targets.items()}
    groups = {name: _group_completed(group, saved.groups.get(name, DeviceGroup()), devices)
              for name, group in live.groups.items()}
    return replace(live, devices={**saved.devices, **live.devices}, targets={**saved.targets, **targets},
                   groups={**saved.groups, **groups})


def _completed(live: Target, saved: Target, devices: AbstractSet[str]) -> Target:
    groups = {name: replace(group, luns=_with(group.luns, saved.groups.get(name, InitiatorGroup()).luns, devices))
              for name, group in live.groups.items()}
    return replace(live, luns=_with(live.luns, saved.luns, devices), groups={**saved.groups, **groups})


def _group_completed(live: DeviceGroup, saved: DeviceGroup, devices: AbstractSet[str]) -> DeviceGroup:
    return DeviceGroup(live.devices | (saved.devices & devices), {**saved.target_groups, **live.target_groups})


def _with(live: Mapping[str, Lun], saved: Mapping[str, Lun], devices: AbstractSet[str]) -> dict[str, Lun]:
    found = {**{number: lun for number, lun in saved.items() if lun.device in devices}, **live}
    return dict(sorted(found.items(), key=lambda item: int(item[0])))


def present(scst: Scst, absent: Absent) -> Scst:
    """SCST without what stands in scst.conf only, and without what refers to it."""
    if absent == Absent():
        return scst
    targets = {name: _without(name, target, absent) for name, target in scst.targets.items() if name not in absent.targets}
    groups = {name: _group_without(name, group, absent) for name, group in scst.groups.items() if name not in absent.groups}
    return replace(scst, devices={name: device for name, device in scst.devices.items() if name not in absent.devices},
                   targets=targets, groups=groups)


def _without(name: str, target: Target, absent: Absent) -> Target:
    groups = {key: replace(group, luns=_luns_without(group.luns, absent.devices)) for key, group in target.groups.items()
              if (name, key) not in absent.initiators}
    return replace(target, luns=_luns_without(target.luns, absent.devices), groups=groups)


def _group_without(name: str, group: DeviceGroup, absent: Absent) -> DeviceGroup:
    tgrps = {key: tgrp for key, tgrp in group.target_groups.items() if (name, key) not in absent.target_groups}
    return DeviceGroup(group.devices - absent.devices, tgrps)


def _luns_without(luns: Mapping[str, Lun], devices: AbstractSet[str]) -> dict[str, Lun]:
    return {number: lun for number, lun in luns.items() if lun.device not in devices}
