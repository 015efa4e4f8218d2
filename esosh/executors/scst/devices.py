"""The writes that make SCST's devices as they are configured.

The kernel deletes a device in use without a word, its LUNs and its place in a device group with it, so these are taken
away first, one by one.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...config import Device, Scst
from ...step import Step, Write
from .attributes import IDENTITY, PARAMETERS
from .facts import Facts
from .queue import ROOT
from .sysfs import entry
from .writes import added, changed, created, fresh, gone

_DISRUPTS = ("active", "cluster_mode", "size", "eui64_id", "naa_id", "scsi_device_name", "inq_vend_specific", *IDENTITY)


def remove(old: Scst, kept: Scst, facts: Facts) -> Iterator[Step]:
    """The devices that go."""
    for name, device in old.devices.items():
        if name not in kept.devices:
            folder = f"{ROOT}/handlers/{device.handler}"
            back = [Write(f"{folder}/mgmt", f"add_device {name} {_parameters(device)}".strip()), *_rest(name, device)]
            uses = tuple(_uses(name, old, facts))
            yield gone(folder, "del_device", name, back, disruption="io" if uses else "none", notes=uses)


def make(kept: Scst, new: Scst, facts: Facts) -> Iterator[Step]:
    """The devices that come, and what changes of those that stay."""
    for name, device in new.devices.items():
        if name in kept.devices:
            old, disrupts = kept.devices[name].attributes, _DISRUPTS if any(_uses(name, kept, facts)) else ()
            yield from changed(f"{ROOT}/devices/{entry(name)}", device.handler, old, device.attributes, facts, disrupts)
        else:
            yield added(f"{ROOT}/handlers/{device.handler}", "add_device", name, _parameters(device))
            yield from created(_rest(name, device))


def _parameters(device: Device) -> str:
    taken = PARAMETERS.get(device.handler, ())
    return "; ".join(f"{key}={value}" for key, value in device.attributes.items() if key in taken)


def _rest(name: str, device: Device) -> list[Write]:
    """What a device is told when it is there."""
    return fresh(f"{ROOT}/devices/{entry(name)}", device.attributes, PARAMETERS.get(device.handler, ()))


def _uses(name: str, scst: Scst, facts: Facts) -> Iterator[str]:
    """Who uses a device: LUNs, the sessions that see them, and device groups."""
    for target, about in scst.targets.items():
        for group, luns in (("", about.luns), *((group, inner.luns) for group, inner in about.groups.items())):
            numbers = [number for number, lun in luns.items() if lun.device == name]
            seen = [session.initiator for session in facts.sessions if (session.target, session.group) == (target, group)]
            if numbers:
                where = f"LUN {' '.join(numbers)} of {target}{f' group {group}' if group else ''}"
                yield f"{name} was {where}" + (f", open: {' '.join(seen)}" if seen else "")
    yield from (f"{name} was in device group {group}" for group, about in scst.groups.items() if name in about.devices)
