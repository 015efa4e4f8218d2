"""SCST as it runs: a reader of /sys/kernel/scst_tgt.

An attribute that is worth saving reads "VALUE\\n[key]\\n" (SCST's scst_sysfs.c); of the others those are read that
scst.conf says. A "/" in a name, which a device's cannot have, is a "!" in the tree.
"""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Collection, Iterator, Mapping
from typing import Optional

from ...config import COPY_MANAGER, Device, DeviceGroup, Driver, InitiatorGroup, Lun, Port, Scst, Target, TargetGroup
from ...host import Host
from . import attributes, queue
from .queue import ROOT

GROUPS = f"{ROOT}/device_groups"
_TRIES = 3
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


def target_folders(host: Host) -> Iterator[tuple[str, str, str]]:
    """Driver, name and folder of each target."""
    for driver in _drivers(host):
        for target in host.list(f"{ROOT}/targets/{driver}"):
            folder = f"{ROOT}/targets/{driver}/{target}"
            if host.exists(f"{folder}/luns"):
                yield driver, name(target), folder


def read(host: Host, said: Scst) -> Scst:
    """All that SCST has; `said` is what scst.conf says. Read again where something goes in the middle of it."""
    for _ in range(_TRIES):
        try:
            return _read(host, said)
        except OSError as error:
            if error.errno not in (errno.ENOENT, errno.ENODEV):
                raise
    return _read(host, said)


def _read(host: Host, said: Scst) -> Scst:
    targets = {target: _target(host, driver, folder, said.targets.get(target, Target(driver)))
               for driver, target, folder in target_folders(host)}
    groups = {name(group): _group(host, group) for group in folders(host, GROUPS)}
    drivers = {driver: _driver(host, driver, said.drivers.get(driver, Driver())) for driver in _drivers(host)}
    return Scst(dict(_devices(host, said)), targets, groups, drivers, _saved(host, ROOT, "core", said.attributes))


def _drivers(host: Host) -> list[str]:
    return [driver for driver in host.list(f"{ROOT}/targets") if driver != COPY_MANAGER]


def _devices(host: Host, said: Scst) -> Iterator[tuple[str, Device]]:
    for device in host.list(f"{ROOT}/devices"):
        folder = f"{ROOT}/devices/{device}"
        handler = (host.readlink(f"{folder}/handler") or "").rpartition("/")[2]
        if handler:
            known = said.devices.get(device, Device(handler)).attributes
            saved = _saved(host, folder, handler, known).items()
            own = {key: value for key, value in saved if key in known or not attributes.made_up(device, key, value)}
            yield device, Device(handler, own)


def _driver(host: Host, driver: str, said: Driver) -> Driver:
    folder = f"{ROOT}/targets/{driver}"
    files = host.list(folder)
    targets = [file for file in files if host.exists(f"{folder}/{file}/luns")]
    own = [file for file in files if file not in targets]
    enabled = "enabled" in files and first(host, f"{folder}/enabled") == "1"
    return Driver(enabled, _saved(host, folder, "driver", said.attributes, own), _users(host, folder, files),
                  _outgoing(host, folder, files))


def _target(host: Host, driver: str, folder: str, said: Target) -> Target:
    files = host.list(folder)
    groups = {name(group): _initiators(host, f"{folder}/ini_groups/{group}", said.groups.get(name(group), InitiatorGroup()))
              for group in folders(host, f"{folder}/ini_groups")}
    return Target(
        driver, "enabled" in files and first(host, f"{folder}/enabled") == "1", _number(host, f"{folder}/rel_tgt_id"),
        _saved(host, folder, "target", said.attributes, files), _users(host, folder, files), _outgoing(host, folder, files),
        frozenset(_several(host, folder, "allowed_portal", files)), _luns(host, folder, said.luns), groups,
    )


def _several(host: Host, folder: str, key: str, files: Collection[str]) -> Iterator[str]:
    """The values of an attribute of which there are several: KEY, KEY1, KEY2..."""
    for file in files:
        if file.rstrip("0123456789") == key:
            with contextlib.suppress(OSError):  # one that was refused leaves a file that cannot be read
                yield first(host, f"{folder}/{file}")


def _users(host: Host, folder: str, files: Collection[str]) -> dict[str, str]:
    return dict(sorted(map(attributes.user, _several(host, folder, "IncomingUser", files))))


def _outgoing(host: Host, folder: str, files: Collection[str]) -> str:
    return " ".join(attributes.user(next(_several(host, folder, "OutgoingUser", files), ""))).strip()


def _initiators(host: Host, folder: str, said: InitiatorGroup) -> InitiatorGroup:
    initiators = frozenset(_initiator(host, f"{folder}/initiators/{entry}") for entry in folders(host, f"{folder}/initiators"))
    return InitiatorGroup(_luns(host, folder, said.luns), initiators, _saved(host, folder, "group", said.attributes))


def _initiator(host: Host, path: str) -> str:
    # "!" in front of a name means all but it: what is no "/" is only told by the file
    entry = path.rpartition("/")[2]
    return first(host, path) if "!" in entry else entry


def _luns(host: Host, folder: str, said: Mapping[str, Lun]) -> dict[str, Lun]:
    numbers = sorted((number for number in host.list(f"{folder}/luns") if number.isdigit()), key=int)
    return {number: _lun(host, f"{folder}/luns/{number}", said.get(number, Lun(""))) for number in numbers}


def _lun(host: Host, folder: str, said: Lun) -> Lun:
    device = (host.readlink(f"{folder}/device") or "").rpartition("/")[2]
    found = _saved(host, folder, "lun", said.attributes)
    if "read_only" in found and "read_only" not in said.attributes and _cannot_be_written(host, f"{folder}/device"):
        del found["read_only"]  # it is its device's
    return Lun(device, found)


def _cannot_be_written(host: Host, device: str) -> bool:
    if (host.readlink(f"{device}/handler") or "").endswith("/vcdrom"):
        return True
    return host.exists(f"{device}/read_only") and first(host, f"{device}/read_only") == "1"


def _group(host: Host, group: str) -> DeviceGroup:
    folder = f"{GROUPS}/{group}"
    devices = frozenset(folders(host, f"{folder}/devices"))
    tgrps = folders(host, f"{folder}/target_groups")
    return DeviceGroup(devices, {name(tgrp): _tgrp(host, f"{folder}/target_groups/{tgrp}") for tgrp in tgrps})


def _tgrp(host: Host, folder: str) -> TargetGroup:
    ports = (port for port in host.list(folder) if port not in _TGRP_FILES)
    return TargetGroup(
        _number(host, f"{folder}/group_id"), first(host, f"{folder}/state"), _number(host, f"{folder}/preferred") == 1,
        {name(port): _port(host, f"{folder}/{port}") for port in ports},
    )


def _port(host: Host, folder: str) -> Port:
    # a local target is a link to itself: its id is its own
    return Port() if host.readlink(folder) is not None else Port(_number(host, f"{folder}/rel_tgt_id"))


def folders(host: Host, folder: str) -> list[str]:
    """The objects in a folder of the tree."""
    return [entry for entry in host.list(folder) if entry != "mgmt"]


def _saved(host: Host, folder: str, kind: str, said: Collection[str], files: Optional[Collection[str]] = None) -> dict[str, str]:
    """The attributes that are worth saving, and those that scst.conf says, where they are not as by default."""
    there = host.list(folder) if files is None else files
    known = (attribute for attribute in there if not attributes.is_state(kind, attribute))
    found = ((attribute, _value(host, f"{folder}/{attribute}", attribute in said)) for attribute in known)
    return {attribute: value for attribute, value in found if value is not None and attributes.saved(kind, attribute, value)}


def _value(host: Host, path: str, said: bool) -> Optional[str]:
    with contextlib.suppress(PermissionError, IsADirectoryError):  # write-only, or an object
        text = queue.read(host, path)
        if said or "\n[key]" in text:
            return text.partition("\n")[0]
    return None


def first(host: Host, path: str) -> str:
    """The first line of an attribute: its value."""
    return queue.read(host, path).partition("\n")[0]


def _number(host: Host, path: str) -> int:
    return int(first(host, path) or "0", 0)
