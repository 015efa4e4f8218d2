"""The lines that lead from one SCST to another: removals, leaf by leaf, then additions and changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Optional, Union

from ...config.scst import CORE, VIRTUAL, Device, Driver, InitiatorGroup, Lun, Scst, Target
from .. import Edit, Pair, Pairs, T, selected
from .attributes import attribute_pairs, owner_pairs
from .devices import ScstDeviceAdd, ScstDeviceDel, ScstDeviceSet, ScstDeviceUnset, ScstSet, ScstUnset
from .drivers import ScstDriverDisable, ScstDriverEnable, ScstDriverSet, ScstDriverUnset
from .edits import Luns
from .groups import (
    ScstGroupAdd,
    ScstGroupDel,
    ScstGroupSet,
    ScstGroupUnset,
    ScstInitiatorAdd,
    ScstInitiatorDel,
)
from .luns import ScstLunAdd, ScstLunDel, ScstLunSet
from .targets import (
    ScstTargetAdd,
    ScstTargetDel,
    ScstTargetDisable,
    ScstTargetEnable,
    ScstTargetSet,
    ScstTargetUnset,
)

_Within = Optional[Pair]
_Owner = Union[Driver, Target]


def removals(old: Scst, new: Scst, name: Optional[str] = None) -> Iterator[Edit]:
    """The lines that remove what `new` does not have, of one object or of all."""
    for target, settings in _selected(old.targets, name):
        yield from _remove_target(target, settings, new.targets.get(target))
    for driver, own in _selected(old.drivers, name):
        yield from _remove_driver(driver, own, new.drivers.get(driver, Driver()))
    for device, attributes in _selected(old.devices, name):
        yield from _remove_device(device, attributes, new.devices.get(device))
    keys = _removed(old.attributes, new.attributes)
    if keys and name in (None, CORE):
        yield ScstUnset(keys)


def additions(old: Scst, new: Scst, name: Optional[str] = None) -> Iterator[Edit]:
    """The lines that turn what is left into `new`, of one object or of all."""
    pairs = _changed(old.attributes, new.attributes)
    if pairs and name in (None, CORE):
        yield ScstSet(pairs)
    for device, attributes in _selected(new.devices, name):
        yield from _add_device(device, old.devices.get(device), attributes)
    for driver, own in _selected(new.drivers, name):
        yield from _add_driver(driver, old.drivers.get(driver, Driver()), own)
    for target, settings in _selected(new.targets, name):
        yield from _add_target(target, old.targets.get(target), settings)


def _selected(objects: Mapping[str, T], name: Optional[str]) -> list[tuple[str, T]]:
    """All objects by name, or the one of that name."""
    return sorted(selected(objects, name).items(), key=lambda item: item[0])


def _removed(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[str, ...]:
    """The attributes that only the old object has."""
    return tuple(key for key in sorted(old) if key not in new)


def _changed(old: Mapping[str, str], new: Mapping[str, str]) -> Pairs:
    """The attributes that the old object has not, or not with this value."""
    return attribute_pairs({key: value for key, value in new.items() if old.get(key) != value})


def _remove_target(name: str, old: Target, new: Optional[Target]) -> Iterator[Edit]:
    if new is None and old.driver not in VIRTUAL:
        new = Target(old.driver)  # the port of a card stays
    if new is None or new.driver != old.driver:
        yield ScstTargetDel((name,))
        return
    if old.enabled and not new.enabled:
        yield ScstTargetDisable((name,))
    yield from _remove_luns(name, None, old.luns, new.luns)
    for group, settings in sorted(old.groups.items()):
        yield from _remove_group(name, group, settings, new.groups.get(group))
    keys = (*_removed_id(old, new), *_removed_keys(old, new))
    if keys:
        yield ScstTargetUnset(name, keys)


def _removed_id(old: Target, new: Target) -> tuple[str, ...]:
    """The key of the relative target id, where only the old target has one; an enabled one always has it."""
    needs_none = not new.rel_tgt_id and not new.enabled
    return ("rel_tgt_id",) if old.rel_tgt_id and needs_none else ()


def _removed_keys(old: _Owner, new: _Owner) -> tuple[Union[str, Pair], ...]:
    """The attributes, users and portals that only the old driver or target has."""
    users = [Pair("IncomingUser=", user) for user in sorted(old.users) if user not in new.users]
    outgoing = ["OutgoingUser"] if old.outgoing and not new.outgoing else []
    portals = [Pair("allowed_portal=", portal) for portal in sorted(_portals(old) - _portals(new))]
    return (*_removed(old.attributes, new.attributes), *users, *outgoing, *portals)


def _portals(owner: _Owner) -> frozenset[str]:
    return owner.portals if isinstance(owner, Target) else frozenset()


def _remove_driver(name: str, old: Driver, new: Driver) -> Iterator[Edit]:
    if old.enabled and not new.enabled:
        yield ScstDriverDisable(name)
    keys = _removed_keys(old, new)
    if keys:
        yield ScstDriverUnset(name, keys)


def _remove_device(name: str, old: Device, new: Optional[Device]) -> Iterator[Edit]:
    if new is None or new.handler != old.handler:
        yield ScstDeviceDel((name,))
        return
    keys = _removed(old.attributes, new.attributes)
    if keys:
        yield ScstDeviceUnset(name, keys)


def _remove_group(
    target: str, name: str, old: InitiatorGroup, new: Optional[InitiatorGroup],
) -> Iterator[Edit]:
    if new is None:
        yield ScstGroupDel(target, name)
        return
    within = Pair("group", name)
    yield from _remove_luns(target, within, old.luns, new.luns)
    initiators = tuple(sorted(old.initiators - new.initiators))
    if initiators:
        yield ScstInitiatorDel(target, within, initiators)
    keys = _removed(old.attributes, new.attributes)
    if keys:
        yield ScstGroupUnset(target, name, keys)


def _remove_luns(target: str, within: _Within, old: Luns, new: Luns) -> Iterator[Edit]:
    numbers = tuple(number for number, lun in old.items() if not _can_stay(lun, new.get(number)))
    if numbers:
        yield ScstLunDel(target, within, numbers)


def _can_stay(lun: Lun, new: Optional[Lun]) -> bool:
    """Whether a LUN can turn into the new one in place; only its device can change."""
    return new is not None and new.attributes == lun.attributes


def _add_device(name: str, old: Optional[Device], new: Device) -> Iterator[Edit]:
    if old is None or old.handler != new.handler:
        yield ScstDeviceAdd(new.handler, name, attribute_pairs(new.attributes))
        return
    pairs = _changed(old.attributes, new.attributes)
    if pairs:
        yield ScstDeviceSet(name, pairs)


def _add_driver(name: str, old: Driver, new: Driver) -> Iterator[Edit]:
    pairs = _changed_pairs(old, new)
    if pairs:
        yield ScstDriverSet(name, pairs)
    if new.enabled and not old.enabled:
        yield ScstDriverEnable(name)


def _changed_pairs(old: _Owner, new: _Owner) -> Pairs:
    """The settings of a driver or a target that the old one has not."""
    old_pairs = owner_pairs(old)
    return tuple(pair for pair in owner_pairs(new) if pair not in old_pairs)


def _add_target(name: str, old: Optional[Target], new: Target) -> Iterator[Edit]:
    exists = old is not None and old.driver == new.driver
    before = old if old and exists else Target(new.driver)
    yield from _add_or_set_target(name, exists, new.driver, _changed_pairs(before, new))
    yield from _add_luns(name, None, before.luns, new.luns)
    for group, settings in sorted(new.groups.items()):
        yield from _add_group(name, group, before.groups.get(group), settings)
    if new.enabled and not before.enabled:
        yield ScstTargetEnable((name,))


def _add_or_set_target(name: str, exists: bool, driver: str, pairs: Pairs) -> Iterator[Edit]:
    """The lines that make a target and set its attributes; the port of a card may exist already."""
    if not exists and driver in VIRTUAL:
        yield ScstTargetAdd(driver, name, pairs)
        return
    if not exists:
        yield ScstTargetAdd(driver, name)
    if pairs:
        yield ScstTargetSet(name, pairs)


def _add_group(target: str, name: str, old: Optional[InitiatorGroup], new: InitiatorGroup) -> Iterator[Edit]:
    within, before = Pair("group", name), old or InitiatorGroup()
    pairs = _changed(before.attributes, new.attributes)
    if old is None:
        yield ScstGroupAdd(target, name, pairs)
    elif pairs:
        yield ScstGroupSet(target, name, pairs)
    yield from _add_luns(target, within, before.luns, new.luns)
    initiators = tuple(sorted(new.initiators - before.initiators))
    if initiators:
        yield ScstInitiatorAdd(target, within, initiators)


def _add_luns(target: str, within: _Within, old: Luns, new: Luns) -> Iterator[Edit]:
    for number, lun in sorted(new.items(), key=lambda item: (len(item[0]), item[0])):
        existing = old.get(number)
        if existing is None or not _can_stay(existing, lun):
            yield ScstLunAdd(target, within, number, lun.device, attribute_pairs(lun.attributes))
        elif existing.device != lun.device:
            yield ScstLunSet(target, within, number, Pair("device=", lun.device))
