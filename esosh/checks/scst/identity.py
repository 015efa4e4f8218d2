"""What initiators know a disk by, and would find changed: its identity, its block size and its LUN number.

Only of what they see before and after the change: through targets that answer both times.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import AbstractSet

from ...config.lazy import differing
from ...config.scst import CORE, Device, Lun, Scst, Target
from ...executors.scst.attributes import IDENTITY, VENDORS, default, made_up
from ...language.numbers import kernel_number
from ...records import NOTHING
from ...views import few
from .. import Finding
from .luns import lun_tables
from .targets import answers

_KEYS = (*sorted(IDENTITY - {"prod_rev_lvl"}), "eui64_id", "naa_id", "scsi_device_name")
_MADE_UP = {"t10_dev_id", "usn", "vend_specific_id"}  # of setup_id, where they are not set
_SHAPE = "blocksize"
_Luns = Mapping[str, Lun]
_NONE = Target("")


def findings(old: Scst, new: Scst) -> Iterator[Finding]:
    """Disks that initiators would take for others, or would look for in vain where they were."""
    yield from _setup_id(old, new)
    names = old.devices.keys() & new.devices.keys() & {*differing(old.devices, new.devices)}
    changes = {name: _change(name, old.devices[name], name, new.devices[name], _number(old))
               for name in sorted(names)}
    seen = _seen(old) & _seen(new) if any(changes.values()) else frozenset()
    for name, text in changes.items():
        if text and name in seen:
            yield _finding(f"scst {name}", text)
    yield from _luns(old, new)


def _finding(subject: str, text: str) -> Finding:
    sentence = f"identity: initiators would see another disk: {text}"
    return Finding("E368", "scst", subject, sentence, overridable=True)


def _setup_id(old: Scst, new: Scst) -> Iterator[Finding]:
    """Devices that make up a part of what they call themselves from setup_id, when SCST starts again."""
    before, after = _number(old), _number(new)
    if before != after:
        seen = _seen(old) & _seen(new)
        names = sorted(name for name in seen if _makes_up(name, old) and _makes_up(name, new))
        if names:
            text = f"setup_id {before:#x}, then {after:#x}, of which SCST makes the identity of {few(names)}"
            yield _finding(f"scst {CORE}", f"{text} when it starts again")


def _number(scst: Scst) -> int:
    value = scst.attributes.get("setup_id", "0x0")
    return kernel_number(value) or 0 if value.startswith("0x") else 0


def _makes_up(name: str, scst: Scst) -> bool:
    device = scst.devices.get(name, Device(""))
    return device.handler in VENDORS and not device.attributes.keys() >= _MADE_UP


def _seen(scst: Scst) -> AbstractSet[str]:
    """The devices that initiators see."""
    targets = (target for target in scst.targets.values() if answers(target, scst))
    tables = (luns for target in targets for _, luns in lun_tables(target))
    return frozenset(lun.device for luns in tables for lun in luns.values())


def _change(old_name: str, old: Device, new_name: str, new: Device, setup_id: int) -> str:
    """What of a disk would not be the same, in words; "" for nothing."""
    before, after = _identity(old_name, old, setup_id), _identity(new_name, new, setup_id)
    keys = [key for key in (*_KEYS, _SHAPE) if before.get(key, "") != after.get(key, "")]
    return "; ".join(f"{key} {_shown(before, key)}, then {_shown(after, key)}" for key in keys)


def _shown(identity: Mapping[str, str], key: str) -> str:
    return identity.get(key) or "not set"


def _identity(name: str, device: Device, setup_id: int) -> Mapping[str, str]:
    """What initiators know a disk by: what is set, else what SCST makes up."""
    own = made_up(device.handler, name, setup_id)
    return {**own, _SHAPE: default(device.handler, _SHAPE) or "512", **device.attributes}


def _luns(old: Scst, new: Scst) -> Iterator[Finding]:
    """Disks that initiators would see as another LUN number, or under another name of SCST's."""
    for name in differing(old.targets, new.targets):
        before, after = old.targets.get(name, _NONE), new.targets.get(name, _NONE)
        if answers(before, old) and answers(after, new):
            for text in dict.fromkeys(_changed_luns(before, after, old, new)):
                yield _finding(f"scst {name}", text)


def _changed_luns(before: Target, after: Target, old: Scst, new: Scst) -> Iterator[str]:
    """What initiators would find changed, view by view."""
    old_views, new_views = dict(lun_tables(before)), dict(lun_tables(after))
    for old_group, new_group in _views(before, after):
        luns, new_luns = old_views[old_group], new_views.get(new_group, NOTHING)
        if luns is not new_luns:
            yield from _changed_names(luns, new_luns, old, new)
            yield from _changed_numbers(luns, new_luns, old, new)


def _views(before: Target, after: Target) -> Iterator[tuple[str, str]]:
    """The groups that initiators are in before and after; "" for those that are in none."""
    yield "", ""
    homes = {initiator: name for name, group in after.groups.items() for initiator in group.initiators}
    for name, group in before.groups.items():
        initiators = sorted(group.initiators & homes.keys())
        yield from dict.fromkeys((name, homes[initiator]) for initiator in initiators)


def _changed_names(luns: _Luns, new_luns: _Luns, old: Scst, new: Scst) -> Iterator[str]:
    """LUNs that show the same disk by another device."""
    for number in luns.keys() & new_luns.keys():
        name, new_name = luns[number].device, new_luns[number].device
        if name != new_name and _disk(name, old) == _disk(new_name, new):
            text = _change(name, old.devices[name], new_name, new.devices[new_name], _number(old))
            if text:
                yield f"LUN {number}: {new_name} is the disk of {name}, with {text}"


def _changed_numbers(luns: _Luns, new_luns: _Luns, old: Scst, new: Scst) -> Iterator[str]:
    """Disks that have other numbers, and none of those that they had."""
    before, after = _numbers(luns, old), _numbers(new_luns, new)
    for disk, numbers in before.items():
        new_numbers = after.get(disk, [])
        if new_numbers and not {*numbers} & {*new_numbers}:
            name = luns[numbers[0]].device
            yield f"{name} is LUN {' '.join(numbers)}, then LUN {' '.join(new_numbers)}"


def _numbers(luns: _Luns, scst: Scst) -> Mapping[str, list[str]]:
    """The numbers of each disk."""
    numbers: dict[str, list[str]] = {}
    for number, lun in luns.items():
        numbers.setdefault(_disk(lun.device, scst), []).append(number)
    return numbers


def _disk(name: str, scst: Scst) -> str:
    """What a device is on: its file or disk, or the device itself where it has none."""
    return scst.devices[name].attributes.get("filename", name) if name in scst.devices else name
