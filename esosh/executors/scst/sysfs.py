"""SCST as it runs: a reader of /sys/kernel/scst_tgt.

Names come from listings; an object is read when somebody asks for it. A "/" in a name is a "!" in the tree;
the name of a device has none.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Collection, Iterator, Mapping

from ...config.lazy import Lazy
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
from ...language.numbers import decimal, number_in
from . import attributes, queue
from .queue import ROOT
from .shown import Shown

DEVICES, HANDLERS, GROUPS = f"{ROOT}/devices", f"{ROOT}/handlers", f"{ROOT}/device_groups"
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
    for driver in host.list(f"{ROOT}/targets"):
        if driver == COPY_MANAGER:
            continue  # its target is SCST's own
        for target in host.list(f"{ROOT}/targets/{driver}"):
            folder = f"{ROOT}/targets/{driver}/{target}"
            if host.exists(f"{folder}/luns"):
                yield driver, name_of(target), folder


def handlers_by_device(host: Host) -> dict[str, str]:
    """The handler of each device; a SCSI device that no handler has is not among them."""
    devices = frozenset(host.list(DEVICES))
    handlers: dict[str, str] = {}
    for handler in host.list(HANDLERS):
        members = devices.intersection(host.list(f"{HANDLERS}/{handler}"))
        handlers.update(dict.fromkeys(sorted(members), handler))
    return handlers


def read(host: Host, saved: Scst) -> Scst:
    """All that SCST has; `saved` is what scst.conf has."""
    handlers = handlers_by_device(host)
    targets = {target: (driver, folder) for driver, target, folder in target_folders(host)}
    drivers = host.list(f"{ROOT}/targets")
    groups = {name_of(group): group for group in objects(host, GROUPS)}
    return Scst(
        Lazy(sorted(handlers), lambda name: _device(host, name, handlers[name], saved)),
        Lazy(targets, lambda name: _target(host, name, *targets[name], saved)),
        Lazy(groups, lambda name: _device_group(host, f"{GROUPS}/{groups[name]}")),
        Lazy(drivers, lambda name: _driver(host, name, saved.drivers.get(name, Driver()))),
        Shown(host, ROOT, "core", saved.attributes),
    )


def _device(host: Host, name: str, handler: str, saved: Scst) -> Device:
    in_file = saved.devices.get(name, Device(handler)).attributes
    is_own = functools.partial(_is_own, name, in_file)
    return Device(handler, Shown(host, f"{DEVICES}/{name}", handler, in_file, is_own))


def _is_own(name: str, saved: Collection[str], key: str, value: str) -> bool:
    """Whether an attribute is not what SCST itself made up for a device of that name."""
    return key in saved or not attributes.is_made_up(name, key, value)


def _driver(host: Host, name: str, saved: Driver) -> Driver:
    folder = f"{ROOT}/targets/{name}"
    files = host.list(folder)
    shown = Shown(host, folder, attributes.driver_kind(name), saved.attributes)
    users, outgoing = _users(host, folder, files), _outgoing(host, folder, files)
    return Driver(_enabled(host, folder, files), shown, users, outgoing)


def _target(host: Host, name: str, driver: str, folder: str, saved: Scst) -> Target:
    in_file, files = saved.targets.get(name, Target(driver)), host.list(folder)
    return Target(
        driver, _enabled(host, folder, files), _number(host, f"{folder}/rel_tgt_id"),
        Shown(host, folder, "target", in_file.attributes), _users(host, folder, files),
        _outgoing(host, folder, files), frozenset(_several(host, folder, "allowed_portal", files)),
        _luns(host, folder, in_file.luns), _initiator_groups(host, f"{folder}/ini_groups", in_file.groups),
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
                      ) -> Mapping[str, InitiatorGroup]:
    entries = {name_of(group): group for group in objects(host, folder)}
    return Lazy(entries, lambda name: _initiator_group(host, f"{folder}/{entries[name]}",
                                                       saved.get(name, InitiatorGroup())))


def _initiator_group(host: Host, folder: str, saved: InitiatorGroup) -> InitiatorGroup:
    entries = objects(host, f"{folder}/initiators")
    initiators = frozenset(_initiator(host, f"{folder}/initiators/{entry}") for entry in entries)
    shown = Shown(host, folder, "group", saved.attributes)
    return InitiatorGroup(_luns(host, folder, saved.luns), initiators, shown)


def _initiator(host: Host, path: str) -> str:
    # "!" in front of a name means all but it: only the file tells such a "!" from one that is a "/"
    entry = path.rpartition("/")[2]
    return first_line(host, path) if "!" in entry else entry


def _luns(host: Host, folder: str, saved: Mapping[str, Lun]) -> Mapping[str, Lun]:
    entries = (entry for entry in host.list(f"{folder}/luns") if decimal(entry) is not None)
    numbers = sorted(entries, key=lambda number: (len(number), number))
    return Lazy(numbers, lambda number: _lun(host, f"{folder}/luns/{number}", saved.get(number, Lun(""))))


def _lun(host: Host, folder: str, saved: Lun) -> Lun:
    def is_own(key: str, value: str) -> bool:
        if key != "read_only" or key in saved.attributes:
            return True
        return not _cannot_be_written(host, f"{folder}/device")  # else it is its device's

    return Lun(linked(host, f"{folder}/device"), Shown(host, folder, "lun", saved.attributes, is_own))


def _cannot_be_written(host: Host, device: str) -> bool:
    if linked(host, f"{device}/handler") == "vcdrom":
        return True
    return host.exists(f"{device}/read_only") and first_line(host, f"{device}/read_only") == "1"


def _device_group(host: Host, folder: str) -> DeviceGroup:
    tgrps_folder = f"{folder}/target_groups"
    tgrps = {name_of(tgrp): f"{tgrps_folder}/{tgrp}" for tgrp in objects(host, tgrps_folder)}
    return DeviceGroup(frozenset(objects(host, f"{folder}/devices")),
                       Lazy(tgrps, lambda name: _tgrp(host, tgrps[name])))


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


def linked(host: Host, path: str) -> str:
    """The last part of what a link leads to; "" where there is no link."""
    return (host.readlink(path) or "").rpartition("/")[2]


def first_line(host: Host, path: str) -> str:
    """The first line of an attribute: its value."""
    return queue.read(host, path).partition("\n")[0]


def _number(host: Host, path: str) -> int:
    return number_in(path, first_line(host, path) or "0")
