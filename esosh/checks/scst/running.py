"""A configuration beside an SCST that runs: handlers, drivers, ports and devices that it has, or has not.

Source: SCST 3.11, observed on a running kernel 2026-11.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from typing import AbstractSet

from ...config.scst import COPY_MANAGER, VIRTUAL, Scst, is_virtual_port
from ...executors.scst.facts import Facts
from ...executors.scst.names import spelled
from .. import Finding
from .devices import opened_files
from .luns import mapped
from .start import Start


def findings(scst: Scst, facts: Facts, start: Start) -> Iterator[Finding]:
    """Handlers, drivers and ports that this box lacks, and ports of it that would be removed."""
    yield from _handlers(scst, facts)
    yield from _drivers(scst, facts, start)
    yield from _removed_ports(scst, facts)


def saved_only_devices(old: Scst, new: Scst, facts: Facts) -> Iterator[Finding]:
    """Devices that are exported or in a device group, do not run, and stay so."""
    devices = old.devices.keys() - facts.devices
    if devices:
        yield from _saved_only_members(new, devices)
        yield from _saved_only_luns(new, devices)


def _saved_only_members(scst: Scst, devices: AbstractSet[str]) -> Iterator[Finding]:
    for name, group in scst.groups.items():
        for device in sorted(group.devices & devices):
            text = f"device {device} is in scst.conf but does not run"
            yield Finding("W313", "alua", f"alua {name}", text)


def _saved_only_luns(scst: Scst, devices: AbstractSet[str]) -> Iterator[Finding]:
    for target, _, number, device in mapped(scst.targets):
        if device in devices:
            text = f"LUN {number}: device {device} is in scst.conf but does not run"
            yield Finding("W313", "scst", f"scst {target}", text)


def _handlers(scst: Scst, facts: Facts) -> Iterator[Finding]:
    """The handler of a new device is loaded."""
    for name in _without(facts.devices, scst.devices):
        handler = scst.devices[name].handler
        if handler not in facts.handlers:
            text = f"no handler {handler} is loaded; there are: {' '.join(facts.handlers)}"
            yield Finding("E335", "scst", f"scst {name}", text, f"scst device del {name}")


def missing_files(saved: Scst, facts: Facts, start: Start) -> Iterator[Finding]:
    """Devices of scst.conf whose file or disk is gone: they may run on, but SCST does not start again."""
    for name, file in opened_files(saved).items():
        if not facts.exists(file):
            yield start.missing_file(name, file)


def _drivers(scst: Scst, facts: Facts, start: Start) -> Iterator[Finding]:
    """The driver of a new target is loaded, and makes targets, or has such a port."""
    drivers = [driver for driver in scst.drivers if driver != COPY_MANAGER]
    for name in _without(facts.targets, scst.targets):
        driver = scst.targets[name].driver
        if driver not in drivers:
            text = f"no target driver {driver} is loaded; there are: {' '.join(drivers)}"
            yield start.refusal("E336", ("TARGET", name), text)
        elif driver not in VIRTUAL and not is_virtual_port(scst.targets[name]):
            ports = [port for port in facts.targets if facts.targets[port] == driver]
            yield start.missing_port(name, driver, spelled(name), ports)


def _removed_ports(scst: Scst, facts: Facts) -> Iterator[Finding]:
    """A port is there as long as its card is."""
    for name in _without(scst.targets, facts.targets):
        driver = facts.targets[name]
        if driver not in VIRTUAL:
            text = f"it is a port of this box, of {driver}, and cannot be removed"
            yield Finding("E338", "scst", f"scst {name}", text, f"abort scst {name}")


def _without(others: Container[str], names: Iterable[str]) -> list[str]:
    """The names that are not among the others, in their order."""
    return [name for name in names if name not in others]
