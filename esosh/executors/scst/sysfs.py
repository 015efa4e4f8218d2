"""SCST as it runs: a reader of /sys/kernel/scst_tgt.

An attribute that is worth saving reads "VALUE\\n[key]\\n" (SCST's scst_sysfs.c); the others are the kernel's own.
A "/" in a name is a "!" in the tree.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Optional

from ...config import Device, DeviceGroup, InitiatorGroup, Lun, Port, Scst, Target, TargetGroup
from ...host import Host

ROOT = "/sys/kernel/scst_tgt"
GROUPS = f"{ROOT}/device_groups"
_TGRP_FILES = ("mgmt", "group_id", "state", "preferred")


def loaded(host: Host) -> bool:
    """Whether SCST is loaded."""
    return host.exists(ROOT)


def name(entry: str) -> str:
    """The name of what has that entry in the tree."""
    return entry.replace("!", "/")


def entry(name: str) -> str:
    """The entry in the tree of what has that name."""
    return name.replace("/", "!")


def read(host: Host) -> Scst:
    """All that SCST has."""
    drivers = {driver: _keys(host, f"{ROOT}/targets/{driver}", always=("enabled",))
               for driver in host.list(f"{ROOT}/targets") if driver != "copy_manager"}  # it looks after itself
    targets = {name(target): _target(host, driver, target) for driver in drivers for target in _targets(host, driver)}
    groups = {name(group): _group(host, group) for group in _folders(host, GROUPS)}
    return Scst(dict(_devices(host)), targets, groups, drivers)


def _devices(host: Host) -> Iterator[tuple[str, Device]]:
    for device in host.list(f"{ROOT}/devices"):
        handler = host.readlink(f"{ROOT}/devices/{device}/handler")
        if handler:
            yield name(device), Device(handler.rpartition("/")[2], _keys(host, f"{ROOT}/devices/{device}"))


def _targets(host: Host, driver: str) -> Iterator[str]:
    folder = f"{ROOT}/targets/{driver}"
    return (target for target in host.list(folder) if host.exists(f"{folder}/{target}/luns"))


def _target(host: Host, driver: str, target: str) -> Target:
    folder = f"{ROOT}/targets/{driver}/{target}"
    attributes = _keys(host, folder, always=("enabled",))
    attributes.pop("rel_tgt_id", None)
    groups = {name(group): _initiators(host, f"{folder}/ini_groups/{group}") for group in _folders(host, f"{folder}/ini_groups")}
    return Target(driver, _number(host, f"{folder}/rel_tgt_id"), attributes, _luns(host, folder), groups)


def _initiators(host: Host, folder: str) -> InitiatorGroup:
    initiators = frozenset(name(entry) for entry in host.list(f"{folder}/initiators") if entry != "mgmt")
    return InitiatorGroup(_luns(host, folder), initiators, _keys(host, folder))


def _luns(host: Host, folder: str) -> dict[str, Lun]:
    numbers = sorted((number for number in host.list(f"{folder}/luns") if number.isdigit()), key=int)
    return {number: _lun(host, f"{folder}/luns/{number}") for number in numbers}


def _lun(host: Host, folder: str) -> Lun:
    return Lun(name((host.readlink(f"{folder}/device") or "").rpartition("/")[2]), _keys(host, folder))


def _group(host: Host, group: str) -> DeviceGroup:
    folder = f"{GROUPS}/{group}"
    devices = frozenset(name(device) for device in host.list(f"{folder}/devices") if device != "mgmt")
    tgrps = _folders(host, f"{folder}/target_groups")
    return DeviceGroup(devices, {name(tgrp): _tgrp(host, f"{folder}/target_groups/{tgrp}") for tgrp in tgrps})


def _tgrp(host: Host, folder: str) -> TargetGroup:
    ports = (port for port in host.list(folder) if port not in _TGRP_FILES)
    return TargetGroup(
        _number(host, f"{folder}/group_id"), _first(host, f"{folder}/state"), _number(host, f"{folder}/preferred") == 1,
        {name(port): _port(host, f"{folder}/{port}") for port in ports},
    )


def _port(host: Host, folder: str) -> Port:
    # a local target is a link to itself: its id is its own
    return Port() if host.readlink(folder) is not None else Port(_number(host, f"{folder}/rel_tgt_id"))


def _folders(host: Host, folder: str) -> list[str]:
    return [entry for entry in host.list(folder) if entry != "mgmt"]


def _keys(host: Host, folder: str, always: tuple[str, ...] = ()) -> dict[str, str]:
    """The attributes that are worth saving."""
    found = ((attribute, _saved(host, f"{folder}/{attribute}", attribute in always)) for attribute in host.list(folder))
    return {attribute: value for attribute, value in found if value is not None}


def _saved(host: Host, path: str, always: bool) -> Optional[str]:
    with contextlib.suppress(OSError):  # a folder, or write-only
        text = host.read(path)
        if always or "\n[key]" in text:
            return text.partition("\n")[0]
    return None


def _first(host: Host, path: str) -> str:
    return host.read(path).partition("\n")[0]


def _number(host: Host, path: str) -> int:
    return int(_first(host, path) or "0", 0)
