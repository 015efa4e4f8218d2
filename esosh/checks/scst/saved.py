"""scst.conf beside a configuration: what the file cannot hold, what is only in it, and undefined devices.

Source: scstadmin 3.11 (checkConfiguration, applyLunAssignments).
"""

from __future__ import annotations

from collections.abc import Iterator
from operator import attrgetter
from typing import AbstractSet

from ...config.scst import Scst
from ...executors.scst import conf, save
from ...executors.scst.conf_extent import extent
from ...executors.scst.facts import Facts
from ...executors.scst.idle import saved_only
from ...records import replace
from .. import Finding
from . import syntax
from .luns import mapped

_NOT_RUNNING = "is in scst.conf but does not run; it will when SCST starts"


def findings(changed: Scst, scst: Scst, since: Scst, facts: Facts) -> Iterator[Finding]:
    """What the file cannot hold of what changed, and devices in use that do not exist."""
    yield from _unrepresentable(extent(since, scst, scst).new)
    yield from _undefined_devices(changed, since, _existing(scst, facts))


def undefined_in_file(scst: Scst, facts: Facts, text: str) -> Iterator[Finding]:
    """Devices that do not exist, and are in use in scst.conf only."""
    saved, devices = conf.read(text), _existing(scst, facts)
    in_file = {*_undefined_devices(saved, Scst(), devices | saved.devices.keys())}
    others = in_file.difference(_undefined_devices(scst, Scst(), devices))
    for finding in sorted(others, key=attrgetter("topic", "subject", "text")):
        yield replace(finding, text=f"only in scst.conf: {finding.text}", hint="")


def saved_only_groups(old: Scst, new: Scst, facts: Facts) -> Iterator[Finding]:
    """Groups that are in the file only, and stay so."""
    saved = saved_only(old, old, facts)
    for name in sorted(saved.groups & new.groups.keys()):
        yield Finding("W377", "alua", f"alua {name}", f"it {_NOT_RUNNING}", f"alua dgrp del {name}")
    for name, tgrp in sorted(saved.target_groups & _target_groups(new)):
        hint = f"alua tgrp del {name} {tgrp}"
        yield Finding("W377", "alua", f"alua {name} {tgrp}", f"it {_NOT_RUNNING}", hint)
    for name, group in sorted(saved.initiator_groups & _initiator_groups(new)):
        hint = f"scst group del {name} {group}"
        yield Finding("W377", "scst", f"scst {name}", f"group {group} {_NOT_RUNNING}", hint)


def _target_groups(scst: Scst) -> set[tuple[str, str]]:
    return {(name, tgrp) for name, group in scst.groups.items() for tgrp in group.target_groups}


def _initiator_groups(scst: Scst) -> set[tuple[str, str]]:
    return {(name, group) for name, target in scst.targets.items() for group in target.groups}


def _unrepresentable(scst: Scst) -> Iterator[Finding]:
    """Names and values that the file cannot hold."""
    for blocks in save.unrepresentable(scst):
        words = " ".join(filter(None, blocks[-1]))
        text = "it accepts no quotation marks, braces or line ends, and no backslash at the end"
        yield syntax.finding("E372", blocks, f"scst.conf cannot hold {words}: {text}")


def _existing(scst: Scst, facts: Facts) -> set[str]:
    """The devices that are configured, that run, and that the box has."""
    return {*scst.devices, *facts.devices, *facts.scsi}


def _undefined_devices(scst: Scst, since: Scst, devices: AbstractSet[str]) -> Iterator[Finding]:
    """LUNs that are not the same in `since`, and members of device groups, that are none of these devices."""
    yield from _undefined_luns(scst, since, devices)
    yield from _undefined_members(scst, devices)


def _undefined_luns(scst: Scst, since: Scst, devices: AbstractSet[str]) -> Iterator[Finding]:
    for target, group, number, device in mapped(scst.targets, since.targets):
        if device not in devices:
            place = f"group {group} " if group else ""
            text = f"{place}LUN {number}: there is no device {device}"
            yield Finding("E376", "scst", f"scst {target}", text, f"scst lun del {target} {place}{number}")


def _undefined_members(scst: Scst, devices: AbstractSet[str]) -> Iterator[Finding]:
    for name, dgrp in scst.groups.items():
        for device in sorted(dgrp.devices - devices):
            text, hint = f"there is no device {device}", f"alua device del {name} {device}"
            yield Finding("E376", "alua", f"alua {name}", text, hint)
