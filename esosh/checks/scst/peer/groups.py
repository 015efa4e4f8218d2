"""The device groups of two hosts, and the devices in them."""

from __future__ import annotations

from collections.abc import Iterator

from ....commands.alua import AluaDeviceAdd, AluaDgrpAdd
from ....views import few
from ... import Finding
from . import ports
from .hosts import Hosts, finding


def findings(pair: Hosts) -> Iterator[Finding]:
    """Device groups of only one host; of each that both have, the ports and the devices."""
    for name in sorted({*pair.mine.groups, *pair.theirs.groups}):
        if name in pair.common_groups:
            yield from ports.findings(name, pair)
            yield from _devices(name, pair)
        elif name in pair.mine.groups:
            yield finding("E342", f"alua {name}", "the other host has no such device group")
        else:
            text = "only the other host has this device group"
            yield finding("E342", f"alua {name}", text, AluaDgrpAdd(name))


def ungrouped_devices(pair: Hosts) -> Iterator[Finding]:
    """Devices of both hosts that initiators see, and that are in no device group of either."""
    groups = pair.common_groups
    exported = pair.my_exports.devices() | pair.their_exports.devices()
    shared = pair.mine.devices.keys() & pair.theirs.devices.keys()
    devices = tuple(sorted((shared & exported) - _grouped(pair)))
    if devices and groups:
        hint = AluaDeviceAdd(groups[0], devices) if len(groups) == 1 else None
        text = f"devices of both hosts, exported, and in no device group: {few(devices)}"
        yield finding("W378", "alua", text, hint)


def _grouped(pair: Hosts) -> set[str]:
    """The devices that are in a device group of either host."""
    groups = (*pair.mine.groups.values(), *pair.theirs.groups.values())
    return {device for group in groups for device in group.devices}


def _devices(name: str, pair: Hosts) -> Iterator[Finding]:
    """Devices that only one host has in the device group."""
    mine, theirs = pair.mine.groups[name].devices, pair.theirs.groups[name].devices
    alone, missing = sorted(mine - theirs), theirs - mine
    addable = tuple(sorted(missing & pair.mine.devices.keys()))
    undefined = sorted(missing - pair.mine.devices.keys())
    if alone:
        yield finding("E353", f"alua {name}", f"only this host has {few(alone)} in it")
    if addable:
        text = f"only the other host has {few(addable)} in it"
        yield finding("E353", f"alua {name}", text, AluaDeviceAdd(name, addable))
    if undefined:
        text = f"the other host has {few(undefined)} in it, which this host does not have"
        yield finding("E353", f"alua {name}", text)
