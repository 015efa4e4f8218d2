"""What is in scst.conf only and does not run: kept, shown, never written to the kernel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import AbstractSet, TypeVar

from ...config.scst import VIRTUAL, DeviceGroup, InitiatorGroup, Lun, Scst, Target
from .facts import Facts
from .queue import ROOT
from .sysfs import GROUPS, entry

_Object = TypeVar("_Object")


@dataclass(frozen=True)
class SavedOnly:
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
    ports = {name for name, target in new.targets.items() if target.driver not in VIRTUAL}
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
    targets = {name: _target_with_saved(target, saved.targets.get(name, Target(target.driver)), idle)
               for name, target in live.targets.items()}
    groups = {name: _group_with_saved(group, saved.groups.get(name, DeviceGroup()), idle)
              for name, group in live.groups.items()}
    return replace(
        live, devices={**saved.devices, **live.devices}, targets={**saved.targets, **targets},
        groups={**saved.groups, **groups},
    )


def _target_with_saved(live: Target, saved: Target, idle: AbstractSet[str]) -> Target:
    groups = {name: _initiators_with_saved(group, saved.groups.get(name, InitiatorGroup()), idle)
              for name, group in live.groups.items()}
    luns = _luns_with_saved(live.luns, saved.luns, idle)
    return replace(live, luns=luns, groups={**saved.groups, **groups})


def _initiators_with_saved(
    live: InitiatorGroup, saved: InitiatorGroup, idle: AbstractSet[str],
) -> InitiatorGroup:
    return replace(live, luns=_luns_with_saved(live.luns, saved.luns, idle))


def _luns_with_saved(
    live: Mapping[str, Lun], saved: Mapping[str, Lun], idle: AbstractSet[str],
) -> dict[str, Lun]:
    """The LUNs, with those of scst.conf whose device does not run."""
    waiting = {number: lun for number, lun in saved.items() if lun.device in idle}
    return dict(sorted({**waiting, **live}.items(), key=lambda item: int(item[0])))


def _group_with_saved(live: DeviceGroup, saved: DeviceGroup, idle: AbstractSet[str]) -> DeviceGroup:
    return DeviceGroup(live.devices | (saved.devices & idle), {**saved.target_groups, **live.target_groups})


def running_part(scst: Scst, idle: SavedOnly) -> Scst:
    """SCST without what is in scst.conf only, and without what refers to it."""
    if idle == SavedOnly():
        return scst
    targets = _without(scst.targets, idle.targets)
    groups = _without(scst.groups, idle.groups)
    return replace(
        scst, devices=_without(scst.devices, idle.devices),
        targets={name: _running_target(name, target, idle) for name, target in targets.items()},
        groups={name: _running_group(name, group, idle) for name, group in groups.items()},
    )


def _without(objects: Mapping[str, _Object], names: AbstractSet[str]) -> dict[str, _Object]:
    return {name: objects[name] for name in objects if name not in names}


def _running_target(name: str, target: Target, idle: SavedOnly) -> Target:
    groups = {group: _running_initiators(inner, idle) for group, inner in target.groups.items()
              if (name, group) not in idle.initiator_groups}
    return replace(target, luns=_running_luns(target.luns, idle), groups=groups)


def _running_initiators(group: InitiatorGroup, idle: SavedOnly) -> InitiatorGroup:
    return replace(group, luns=_running_luns(group.luns, idle))


def _running_luns(luns: Mapping[str, Lun], idle: SavedOnly) -> dict[str, Lun]:
    return {number: lun for number, lun in luns.items() if lun.device not in idle.devices}


def _running_group(name: str, group: DeviceGroup, idle: SavedOnly) -> DeviceGroup:
    tgrps = {tgrp: inner for tgrp, inner in group.target_groups.items()
             if (name, tgrp) not in idle.target_groups}
    return DeviceGroup(group.devices - idle.devices, tgrps)
