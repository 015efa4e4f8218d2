"""scst: what SCST exports."""

from __future__ import annotations

from collections.abc import Iterator

from . import Known, Name


def export(known: Known) -> Iterator[Name]:
    """Devices, targets and drivers."""
    scst = known.current.scst
    yield from (Name(name, "live", f"device, {about.handler}") for name, about in scst.devices.items())
    yield from (Name(name, "live", f"target, {about.driver}") for name, about in scst.targets.items())
    yield from (Name(name, "live", "driver") for name in scst.drivers)
