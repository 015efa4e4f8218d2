"""SCST as it runs: a reader of /sys/kernel/scst_tgt.

An attribute that is worth saving reads "VALUE\\n[key]\\n" (SCST's scst_sysfs.c); of the others those are read
that scst.conf has. A "/" in a name is a "!" in the tree; the name of a device has none.
"""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Collection, Iterator, Mapping

from ...config.scst import (
    COPY_MANAGER,
    Device,
    DeviceGroup,
    Driver,
    InitiatorGroup,
    Lun,
    Port,
    Scst,
    Target,
    TargetGroup,
)
from ...host import Host
from . import attributes, queue
from .queue import ROOT

GROUPS = f"{ROOT}/device_groups"
_TRIES = 3
_VANISHED = (errno.ENOENT, errno.ENODEV)
_TGRP_FILES = ("mgmt", "group_id", "state", "preferred")


def loaded(host: Host) -> bool:
    """Whether SCST is loaded."""
    return host.exists(ROOT)


def name_of(entry: str) -> str:
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
                yield driver, name_of(target), folder


def read(host: Host, saved: Scst) -> Scst:
    """All that SCST has; `saved` is what scst.conf has. Reads again where something vanishes meanwhile."""
    for _ in range(_TRIES):
        try:
            return _read(host, saved)
        except OSError as error:
            if error.errno not in _VANISHED:
                raise
    return _read(host, saved)


def _read(host: Host, saved: Scst) -> Scst:
    targets = {target: _target(host, folder, saved.targets.get(target, Target(driver)), driver)
               for driver, target, folder in target_folders(host)}
    groups = {name_of(group): _device_group(host, f"{GROUPS}/{group}") for group in objects(host, GROUPS)}
    drivers = {name: _driver(host, name, saved.drivers.get(name, Driver())) for name in _drivers(host)}
    core = _attributes(host, ROOT, "core", saved.attributes)
    return Scst(dict(_devices(host, saved)), targets, groups, drivers, core)


def _devices(host: Host, saved: Scst) -> Iterator[tuple[str, Device]]:
    for device in host.list(f"{ROOT}/devices"):
        handler = _linked(host, f"{ROOT}/devices/{device}/handler")
        if handler:
            yield device, _device(host, device, saved.devices.get(device, Device(handler)), handler)


def _device(host: Host, name: str, saved: Device, handler: str) -> Device:
    values = _attributes(host, f"{ROOT}/devices/{name}", handler, saved.attributes)
    made_up = {key for key, value in values.items() if attributes.is_made_up(name, key, value)}
    invented = made_up - saved.attributes.keys()
    return Device(handler, {key: value for key, value in values.items() if key not in invented})


def _drivers(host: Host) -> list[str]:
    return [driver for driver in host.list(f"{ROOT}/targets") if driver != COPY_MANAGER]


def _driver(host: Host, name: str, saved: Driver) -> Driver:
    folder = f"{ROOT}/targets/{name}"
    files = host.list(folder)
    own = [file for file in files if not host.exists(f"{folder}/{file}/luns")]  # the others are its targets
    values = _attributes_in(host, folder, "driver", saved.attributes, own)
    return Driver(_enabled(host, folder, files), values, _users(host, folder, files),
                  _outgoing(host, folder, files))


def _target(host: Host, folder: str, saved: Target, driver: str) -> Target:
    files = host.list(folder)
    return Target(
        driver, _enabled(host, folder, files), _number(host, f"{folder}/rel_tgt_id"),
        _attributes_in(host, folder, "target", saved.attributes, files), _users(host, folder, files),
        _outgoing(host, folder, files), frozenset(_several(host, folder, "allowed_portal", files)),
        _luns(host, folder, saved.luns), dict(_initiator_groups(host, f"{folder}/ini_groups", saved.groups)),
    )


def _enabled(host: Host, folder: str, files: Collection[str]) -> bool:
    return "enabled" in files and first_line(host, f"{folder}/enabled") == "1"


def _several(host: Host, folder: str, key: str, files: Collection[str]) -> Iterator[str]:
    """The values of an attribute of which there are several: KEY, KEY1, KEY2..."""
    for file in files:
        if file.rstrip("0123456789") == key:
            with contextlib.suppress(OSError):  # one that was refused leaves a file that cannot be read
                yield first_line(host, f"{folder}/{file}")


def _users(host: Host, folder: str, files: Collection[str]) -> dict[str, str]:
    return dict(sorted(map(attributes.split_user, _several(host, folder, "IncomingUser", files))))


def _outgoing(host: Host, folder: str, files: Collection[str]) -> str:
    user = next(_several(host, folder, "OutgoingUser", files), "")
    return " ".join(attributes.split_user(user)).strip()


def _initiator_groups(host: Host, folder: str, saved: Mapping[str, InitiatorGroup]
                      ) -> Iterator[tuple[str, InitiatorGroup]]:
    for group in objects(host, folder):
        name = name_of(group)
        yield name, _initiator_group(host, f"{folder}/{group}", saved.get(name, InitiatorGroup()))


def _initiator_group(host: Host, folder: str, saved: InitiatorGroup) -> InitiatorGroup:
    entries = objects(host, f"{folder}/initiators")
    initiators = frozenset(_initiator(host, f"{folder}/initiators/{entry}") for entry in entries)
    return InitiatorGroup(_luns(host, folder, saved.luns), initiators,
                          _attributes(host, folder, "group", saved.attributes))


def _initiator(host: Host, path: str) -> str:
    # "!" in front of a name means all but it: only the file tells such a "!" from one that is a "/"
    entry = path.rpartition("/")[2]
    return first_line(host, path) if "!" in entry else entry


def _luns(host: Host, folder: str, saved: Mapping[str, Lun]) -> dict[str, Lun]:
    numbers = sorted((number for number in host.list(f"{folder}/luns") if number.isdigit()), key=int)
    return {number: _lun(host, f"{folder}/luns/{number}", saved.get(number, Lun(""))) for number in numbers}


def _lun(host: Host, folder: str, saved: Lun) -> Lun:
    values = _attributes(host, folder, "lun", saved.attributes)
    is_unsaved = "read_only" in values and "read_only" not in saved.attributes
    if is_unsaved and _cannot_be_written(host, f"{folder}/device"):
        del values["read_only"]  # it is its device's
    return Lun(_linked(host, f"{folder}/device"), values)


def _cannot_be_written(host: Host, device: str) -> bool:
    if _linked(host, f"{device}/handler") == "vcdrom":
        return True
    return host.exists(f"{device}/read_only") and first_line(host, f"{device}/read_only") == "1"


def _device_group(host: Host, folder: str) -> DeviceGroup:
    devices, tgrps = f"{folder}/devices", f"{folder}/target_groups"
    return DeviceGroup(frozenset(objects(host, devices)),
                       {name_of(tgrp): _tgrp(host, f"{tgrps}/{tgrp}") for tgrp in objects(host, tgrps)})


def _tgrp(host: Host, folder: str) -> TargetGroup:
    ports = [port for port in host.list(folder) if port not in _TGRP_FILES]
    is_preferred = _number(host, f"{folder}/preferred") == 1
    return TargetGroup(_number(host, f"{folder}/group_id"), first_line(host, f"{folder}/state"), is_preferred,
                       {name_of(port): _port(host, f"{folder}/{port}") for port in ports})


def _port(host: Host, folder: str) -> Port:
    # a local target is a link to itself: its id is its own
    return Port() if host.readlink(folder) is not None else Port(_number(host, f"{folder}/rel_tgt_id"))


def objects(host: Host, folder: str) -> list[str]:
    """The entries of the objects in a folder of the tree."""
    return [entry for entry in host.list(folder) if entry != "mgmt"]


def _linked(host: Host, path: str) -> str:
    """The last part of what a link leads to; "" where there is no link."""
    return (host.readlink(path) or "").rpartition("/")[2]


def _attributes(host: Host, folder: str, kind: str, saved: Collection[str]) -> dict[str, str]:
    """The attributes in a folder that are worth saving, and those that scst.conf has."""
    return _attributes_in(host, folder, kind, saved, host.list(folder))


def _attributes_in(host: Host, folder: str, kind: str, saved: Collection[str],
                   files: Collection[str]) -> dict[str, str]:
    """Those of these files that are attributes worth saving, or that scst.conf has; none at its default."""
    names = [file for file in files if not attributes.is_state(kind, file)]
    values = _values(host, folder, names, saved)
    return {key: value for key, value in values if attributes.worth_saving(kind, key, value)}


def _values(host: Host, folder: str, names: Collection[str], saved: Collection[str]
            ) -> Iterator[tuple[str, str]]:
    for name in names:
        with contextlib.suppress(PermissionError, IsADirectoryError):  # write-only, or an object
            text = queue.read(host, f"{folder}/{name}")
            if name in saved or "\n[key]" in text:
                yield name, text.partition("\n")[0]


def first_line(host: Host, path: str) -> str:
    """The first line of an attribute: its value."""
    return queue.read(host, path).partition("\n")[0]


def _number(host: Host, path: str) -> int:
    return int(first_line(host, path) or "0", 0)
