"""What is in scst.conf only and does not run: kept, shown, never written to the kernel."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from typing import AbstractSet, Callable, TypeVar

from ...config.lazy import Lazy, changed, without
from ...config.scst import VIRTUAL, DeviceGroup, InitiatorGroup, Lun, Scst, Target
from ...records import Record, replace
from .facts import Facts
from .queue import ROOT
from .sysfs import GROUPS, entry

_Object = TypeVar("_Object")


class SavedOnly(Record):
    """Names of what is in scst.conf only.

    Of target groups with their device group, of initiator groups with their target.
    """

    devices: AbstractSet[str] = frozenset()
    targets: AbstractSet[str] = frozenset()
    groups: AbstractSet[str] = frozenset()
    target_groups: AbstractSet[tuple[str, str]] = frozenset()
    initiator_groups: AbstractSet[tuple[str, str]] = frozenset()


def saved_only(old: Scst, new: Scst, facts: Facts) -> SavedOnly:
    """What `old` has and SCST has not, and ports of cards that `new` has."""
    missing = new.targets.keys() - facts.targets.keys()
    ports = {name for name in missing if new.targets[name].driver not in VIRTUAL}
    targets = {*old.targets, *ports} - facts.targets.keys()
    groups = {name for name in old.groups if not facts.exists(f"{GROUPS}/{entry(name)}")}
    return SavedOnly(
        old.devices.keys() - facts.devices, targets, groups, {*_target_groups(old, groups, facts)},
        {*_initiator_groups(old, targets, facts)},
    )


def _target_groups(scst: Scst, lost: AbstractSet[str], facts: Facts) -> Iterator[tuple[str, str]]:
    """The target groups that SCST does not have, in device groups that it has."""
    for name in scst.groups.keys() - lost:
        folder = f"{GROUPS}/{entry(name)}/target_groups"
        yield from ((name, tgrp) for tgrp in _missing(folder, scst.groups[name].target_groups, facts))


def _initiator_groups(scst: Scst, lost: AbstractSet[str], facts: Facts) -> Iterator[tuple[str, str]]:
    """The initiator groups that SCST does not have, of targets that it has."""
    for name in scst.targets.keys() - lost:
        target = scst.targets[name]
        folder = f"{ROOT}/targets/{target.driver}/{entry(name)}/ini_groups"
        yield from ((name, group) for group in _missing(folder, target.groups, facts))


def _missing(folder: str, names: Mapping[str, object], facts: Facts) -> Iterator[str]:
    return (name for name in names if not facts.exists(f"{folder}/{entry(name)}"))


def with_saved(live: Scst, saved: Scst) -> Scst:
    """What runs, with the devices, targets and groups of scst.conf that do not run."""
    idle = saved.devices.keys() - live.devices.keys()
    return replace(
        live,
        devices=_merged(live.devices, saved.devices, lambda live, saved: live),
        targets=_merged(live.targets, saved.targets, functools.partial(_target_with_saved, idle)),
        groups=_merged(live.groups, saved.groups, functools.partial(_group_with_saved, idle)),
    )


def _merged(
    live: Mapping[str, _Object], saved: Mapping[str, _Object], merge: Callable[[_Object, _Object], _Object]
) -> Mapping[str, _Object]:
    """The objects of both; what both have is merged."""

    def read(name: str) -> _Object:
        if name not in live or name not in saved:
            return live[name] if name in live else saved[name]
        return merge(live[name], saved[name])

    return Lazy(dict.fromkeys((*saved, *live)), read)


def _target_with_saved(idle: AbstractSet[str], live: Target, saved: Target) -> Target:
    groups = _merged(live.groups, saved.groups, functools.partial(_initiators_with_saved, idle))
    return replace(live, luns=_luns_with_saved(live.luns, saved.luns, idle), groups=groups)


def _initiators_with_saved(
    idle: AbstractSet[str], live: InitiatorGroup, saved: InitiatorGroup
) -> InitiatorGroup:
    return replace(live, luns=_luns_with_saved(live.luns, saved.luns, idle))


def _luns_with_saved(
    live: Mapping[str, Lun], saved: Mapping[str, Lun], idle: AbstractSet[str],
) -> Mapping[str, Lun]:
    """The LUNs, with those of scst.conf whose device does not run."""
    others = [number for number in saved if number not in live] if idle else []
    waiting = {number: saved[number] for number in others if saved[number].device in idle}
    if not waiting:
        return live
    numbers = sorted((*live, *waiting), key=int)
    return Lazy(numbers, lambda number: live[number] if number in live else waiting[number])


def _group_with_saved(idle: AbstractSet[str], live: DeviceGroup, saved: DeviceGroup) -> DeviceGroup:
    tgrps = _merged(live.target_groups, saved.target_groups, lambda live, saved: live)
    return DeviceGroup(live.devices | (saved.devices & idle), tgrps)


def running_part(scst: Scst, idle: SavedOnly) -> Scst:
    """SCST without what is in scst.conf only, and without what refers to it."""
    if idle == SavedOnly():
        return scst
    targets, groups = without(scst.targets, *idle.targets), without(scst.groups, *idle.groups)
    return replace(
        scst, devices=without(scst.devices, *idle.devices),
        targets=changed(targets, functools.partial(_running_target, idle)),
        groups=changed(groups, functools.partial(_running_group, idle)),
    )


def _running_target(idle: SavedOnly, name: str, target: Target) -> Target:
    gone = [group for owner, group in idle.initiator_groups if owner == name]
    groups = changed(without(target.groups, *gone), functools.partial(_running_initiators, idle))
    luns = _running_luns(target.luns, idle)
    is_same = luns is target.luns and groups is target.groups
    return target if is_same else replace(target, luns=luns, groups=groups)


def _running_initiators(idle: SavedOnly, name: str, group: InitiatorGroup) -> InitiatorGroup:
    luns = _running_luns(group.luns, idle)
    return group if luns is group.luns else replace(group, luns=luns)


def _running_luns(luns: Mapping[str, Lun], idle: SavedOnly) -> Mapping[str, Lun]:
    if not idle.devices:
        return luns
    return without(luns, *(number for number, lun in luns.items() if lun.device in idle.devices))


def _running_group(idle: SavedOnly, name: str, group: DeviceGroup) -> DeviceGroup:
    gone = [tgrp for owner, tgrp in idle.target_groups if owner == name]
    devices, tgrps = group.devices - idle.devices, without(group.target_groups, *gone)
    is_same = devices == group.devices and tgrps is group.target_groups
    return group if is_same else DeviceGroup(devices, tgrps)
