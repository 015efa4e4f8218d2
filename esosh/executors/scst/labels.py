"""Labels of SCST's objects in trees: what they are, and whether they run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ...config.scst import SWITCHLESS, Device, Lun, Scst, TargetGroup
from ...language.numbers import decimal
from ...views import Tree
from .facts import Facts
from .idle import SavedOnly, saved_only

_UNITS = ("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)
_UNAVAILABLE = ("unavailable", "offline")  # ALUA states in which a port serves nothing but questions
Luns = Mapping[str, Lun]


def running(facts: Facts) -> str:
    """Whether SCST runs, in words."""
    return "running" if facts.loaded else "SCST is stopped: as saved"


def idle(scst: Scst, facts: Facts) -> SavedOnly:
    """What is in scst.conf only; where SCST is stopped, all of it is, and nothing is marked."""
    return saved_only(scst, scst, facts) if facts.loaded else SavedOnly()


def runs(device: str, facts: Facts) -> bool:
    """Whether SCST has the device, or is stopped and has none."""
    return device in facts.devices or not facts.loaded


def split_running(devices: Iterable[str], facts: Facts) -> tuple[list[str], list[str]]:
    """Devices that run, and those that do not."""
    names = [*devices]
    running = {name for name in names if runs(name, facts)}
    return [name for name in names if name in running], [name for name in names if name not in running]


def marked(label: str, lost: bool, children: tuple[Tree, ...] = (), warn: bool = False) -> Tree:
    """A label and what hangs below it, which may not run."""
    return Tree(f"{label}  does not run" if lost else label, children, "warn" if lost or warn else "")


def source(device: Device) -> str:
    """The file, the disk or the size that a device is made of; "" where nothing says."""
    text = device.attributes.get("filename") or device.attributes.get("size", "")
    number = decimal(text)
    return text if number is None else _size(number)


def _size(number: int) -> str:
    for unit, factor in _UNITS if number else ():
        if number % factor == 0:
            return f"{number // factor} {unit}"
    return f"{number} bytes"


def lun_label(number: str, lun: Lun) -> str:
    """A LUN's number and device, and whether it is read-only."""
    is_read_only = lun.attributes.get("read_only") == "1"
    return f"{number} {lun.device}{' read-only' if is_read_only else ''}"


def in_order(luns: Luns) -> list[tuple[str, Lun]]:
    """LUNs by number."""
    return sorted(luns.items(), key=lambda item: (len(item[0]), item[0]))


def tgrp_label(name: str, tgrp: TargetGroup) -> str:
    """A target group with its id, its ALUA state, and whether its paths are the preferred ones."""
    return f"{name} ({tgrp.group_id or '-'}) {tgrp.state}{', preferred' if tgrp.preferred else ''}"


def is_unavailable(tgrp: TargetGroup) -> bool:
    """Whether the ports of a target group serve no I/O."""
    return tgrp.state in _UNAVAILABLE


def faults(name: str, scst: Scst, facts: Facts) -> tuple[str, ...]:
    """Why nobody reaches a target, in words. Source: SCST 3.11's sysfs."""
    driver = scst.targets[name].driver
    own = target_faults(name, scst, facts)
    return (*own, f"its driver {driver} is disabled") if is_disabled(driver, scst) else (*own,)


def is_disabled(driver: str, scst: Scst) -> bool:
    """Whether a target driver as a whole is disabled; only iscsi can be. Source: SCST 3.11's sysfs."""
    return driver == "iscsi" and driver in scst.drivers and not scst.drivers[driver].enabled


def target_faults(name: str, scst: Scst, facts: Facts) -> Iterator[str]:
    """Why nobody reaches a target, for reasons of its own."""
    target = scst.targets[name]
    if facts.loaded and name not in facts.targets:
        yield "not there"
    if not target.enabled and target.driver not in SWITCHLESS:
        yield "disabled"
