"""The lines that lead from one SCST to another: what goes, leaf by leaf, then what comes and what changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Optional, TypeVar, Union

from ...config import VIRTUAL, Device, Driver, InitiatorGroup, Lun, Scst, Target
from .. import Change, Pair
from .attributes import owner_pairs, pairs
from .devices import ScstDeviceAdd, ScstDeviceDel, ScstDeviceSet, ScstDeviceUnset, ScstSet, ScstUnset
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
    ScstTargetSet,
    ScstTargetUnset,
)

CORE = "scst_tgt"  # the name of what is SCST's own, as its folder in sysfs has it
_T = TypeVar("_T")
Within = Optional[Pair]


def takes(old: Scst, new: Scst, name: Optional[str] = None) -> Iterator[Change]:
    """The lines that take away what `new` does not have, of one object or of all."""
    for target, about in _of(old.targets, name):
        after = new.targets.get(target, Target(about.driver) if about.driver not in VIRTUAL else None)  # a card's port stays
        if after is None or after.driver != about.driver:
            yield ScstTargetDel((target,))
        else:
            yield from _take_target(target, about, after)
    for driver, settings in _of(old.drivers, name):
        yield from _take_driver(driver, settings, new.drivers.get(driver, Driver()))
    for device, known in _of(old.devices, name):
        if device not in new.devices or new.devices[device].handler != known.handler:
            yield ScstDeviceDel((device,))
        else:
            keys = _lacking(known.attributes, new.devices[device].attributes)
            yield from [ScstDeviceUnset(device, keys)] if keys else []
    keys = _lacking(old.attributes, new.attributes)
    if keys and name in (None, CORE):
        yield ScstUnset(keys)


def _of(objects: Mapping[str, _T], name: Optional[str]) -> list[tuple[str, _T]]:
    """All objects by name, or the one of that name."""
    if name is not None:
        return [(name, objects[name])] if name in objects else []
    return sorted(objects.items(), key=lambda item: item[0])


def _lacking(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(key for key in sorted(old) if key not in new)


def _take_target(name: str, old: Target, new: Target) -> Iterator[Change]:
    if old.enabled and not new.enabled:
        yield ScstTargetDisable((name,))
    yield from _take_luns(name, None, old.luns, new.luns)
    for group, about in sorted(old.groups.items()):
        if group not in new.groups:
            yield ScstGroupDel(name, group)
        else:
            yield from _take_group(name, group, about, new.groups[group])
    keys = (*_lacking(old.attributes, new.attributes), *_owner_keys(old, new))
    if old.rel_tgt_id and not new.rel_tgt_id and not new.enabled:  # SCST gives an enabled one an id
        keys = ("rel_tgt_id", *keys)
    if keys:
        yield ScstTargetUnset(name, keys)


def _owner_keys(old: Union[Driver, Target], new: Union[Driver, Target]) -> tuple[Union[str, Pair], ...]:
    users = [Pair("IncomingUser=", user) for user in sorted(old.users) if user not in new.users]
    outgoing = ["OutgoingUser"] if old.outgoing and not new.outgoing else []
    portals = sorted(old.portals - new.portals) if isinstance(old, Target) and isinstance(new, Target) else []
    return (*users, *outgoing, *(Pair("allowed_portal=", portal) for portal in portals))


def _take_driver(name: str, old: Driver, new: Driver) -> Iterator[Change]:
    if old.enabled and not new.enabled:
        yield ScstDriverDisable(name)
    keys = (*_lacking(old.attributes, new.attributes), *_owner_keys(old, new))
    if keys:
        yield ScstDriverUnset(name, keys)


def _take_group(target: str, name: str, old: InitiatorGroup, new: InitiatorGroup) -> Iterator[Change]:
    within = Pair("group", name)
    yield from _take_luns(target, within, old.luns, new.luns)
    if old.initiators - new.initiators:
        yield ScstInitiatorDel(target, within, tuple(sorted(old.initiators - new.initiators)))
    keys = _lacking(old.attributes, new.attributes)
    if keys:
        yield ScstGroupUnset(target, name, keys)


def _take_luns(target: str, within: Within, old: Mapping[str, Lun], new: Mapping[str, Lun]) -> Iterator[Change]:
    gone = tuple(number for number, lun in old.items() if number not in new or new[number].attributes != lun.attributes)
    if gone:
        yield ScstLunDel(target, within, gone)


def gives(old: Scst, new: Scst, name: Optional[str] = None) -> Iterator[Change]:
    """The lines that make of what is left what `new` has, of one object or of all."""
    differing = _differing(old.attributes, new.attributes)
    if differing and name in (None, CORE):
        yield ScstSet(pairs(differing))
    for device, known in _of(new.devices, name):
        yield from _give_device(device, old.devices.get(device), known)
    for driver, settings in _of(new.drivers, name):
        yield from _give_driver(driver, old.drivers.get(driver, Driver()), settings)
    for target, about in _of(new.targets, name):
        yield from _give_target(target, old.targets.get(target), about)


def _differing(old: Mapping[str, str], new: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in new.items() if old.get(key) != value}


def _give_device(name: str, old: Optional[Device], new: Device) -> Iterator[Change]:
    if old is None or old.handler != new.handler:
        yield ScstDeviceAdd(new.handler, name, pairs(new.attributes))
        return
    differing = _differing(old.attributes, new.attributes)
    if differing:
        yield ScstDeviceSet(name, pairs(differing))


def _give_driver(name: str, old: Driver, new: Driver) -> Iterator[Change]:
    differing = tuple(pair for pair in owner_pairs(new) if pair not in owner_pairs(old))
    if differing:
        yield ScstDriverSet(name, differing)
    if new.enabled and not old.enabled:
        yield ScstDriverEnable(name)


def _give_target(name: str, old: Optional[Target], new: Target) -> Iterator[Change]:
    before = old if old and old.driver == new.driver else Target(new.driver)
    differing = tuple(pair for pair in owner_pairs(new) if pair not in owner_pairs(before))
    if before is old:
        yield from [ScstTargetSet(name, differing)] if differing else []
    elif new.driver in VIRTUAL:
        yield ScstTargetAdd(new.driver, name, differing)
    else:
        yield ScstTargetAdd(new.driver, name)
        yield from [ScstTargetSet(name, differing)] if differing else []
    yield from _give_luns(name, None, before.luns, new.luns)
    for group, about in sorted(new.groups.items()):
        yield from _give_group(name, group, before.groups.get(group), about)
    if new.enabled and not before.enabled:
        yield ScstTargetEnable((name,))


def _give_group(target: str, name: str, old: Optional[InitiatorGroup], new: InitiatorGroup) -> Iterator[Change]:
    within, before = Pair("group", name), old or InitiatorGroup()
    differing = pairs(_differing(before.attributes, new.attributes))
    if old is None:
        yield ScstGroupAdd(target, name, differing)
    elif differing:
        yield ScstGroupSet(target, name, differing)
    yield from _give_luns(target, within, before.luns, new.luns)
    if new.initiators - before.initiators:
        yield ScstInitiatorAdd(target, within, tuple(sorted(new.initiators - before.initiators)))


def _give_luns(target: str, within: Within, old: Mapping[str, Lun], new: Mapping[str, Lun]) -> Iterator[Change]:
    for number, lun in sorted(new.items(), key=lambda item: int(item[0])):
        there = old.get(number)
        if there is None or there.attributes != lun.attributes:
            yield ScstLunAdd(target, within, number, lun.device, pairs(lun.attributes))
        elif there.device != lun.device:
            yield ScstLunSet(target, within, number, Pair("device=", lun.device))
