"""What a plan and the views must know of a running SCST besides its configuration."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Callable, Optional

from ...host import Host
from .queue import ROOT
from .sysfs import first, folders, loaded, name, target_folders

FC_HOSTS = "/sys/class/fc_host"
WWN = re.compile("[0-9a-f]{2}(:[0-9a-f]{2}){7}")  # of a Fibre Channel port
_PARAMETERS = re.compile(r"parameters available: (.*)")


@dataclass(frozen=True)
class Session:
    """An initiator that is logged in to a target.

    `group` is the initiator group that it sees, "" for the target's own LUNs; `luns` their numbers and devices.
    """

    initiator: str
    target: str
    group: str = ""
    luns: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Facts:
    """What the kernel has: devices that run, targets with their drivers, handlers with what their add_device takes.

    `scsi` are the box's SCSI devices that no handler has, so they do not run. `ports` are the box's Fibre Channel ports, as
    SCST calls them; `twins` are names that targets of several drivers have, and which of them is in `targets` is chance.
    `value` reads an attribute as it is now, `writable` says whether it can be written, `there` whether a file exists.
    """

    loaded: bool = False
    devices: frozenset[str] = frozenset()
    targets: Mapping[str, str] = field(default_factory=dict)
    handlers: Mapping[str, frozenset[str]] = field(default_factory=dict)
    sessions: tuple[Session, ...] = ()
    ports: frozenset[str] = frozenset()
    twins: frozenset[str] = frozenset()
    scsi: frozenset[str] = frozenset()
    value: Callable[[str], Optional[str]] = field(default=lambda path: None, compare=False)
    writable: Callable[[str], bool] = field(default=lambda path: False, compare=False)
    there: Callable[[str], bool] = field(default=lambda path: True, compare=False)


def facts(host: Host) -> Facts:
    """What the kernel has now; little where SCST is not loaded."""
    ports = frozenset(wwn(host.read(f"{FC_HOSTS}/{port}/port_name")) for port in host.list(FC_HOSTS))
    if not loaded(host):
        return Facts(ports=ports, there=host.exists)
    targets = list(target_folders(host))
    handlers = {handler: _parameters(host, handler) for handler in host.list(f"{ROOT}/handlers")}
    sessions = tuple(session for _, target, folder in targets for session in _sessions(host, target, folder))
    there = frozenset(host.list(f"{ROOT}/devices"))
    devices = frozenset(device for device in there if host.readlink(f"{ROOT}/devices/{device}/handler"))
    names = [target for _, target, _ in targets]
    twins = frozenset(target for target in names if names.count(target) > 1)
    return Facts(True, devices, {target: driver for driver, target, _ in targets}, handlers, sessions, ports, twins,
                 there - devices, lambda path: _value(host, path), lambda path: _writable(host, path), host.exists)


def wwn(port_name: str) -> str:
    """A port_name of fc_host (0x2100...) as SCST calls the target (21:00:...)."""
    return ":".join(re.findall("..", port_name.strip()[2:].lower()))


def _parameters(host: Host, handler: str) -> frozenset[str]:
    """What add_device of a handler takes, as the usage text of its mgmt says."""
    with contextlib.suppress(OSError):
        found = _PARAMETERS.search(host.read(f"{ROOT}/handlers/{handler}/mgmt"))
        return frozenset(found[1].replace(",", " ").split()) if found else frozenset()
    return frozenset()


def _sessions(host: Host, target: str, folder: str) -> Iterator[Session]:
    for session in folders(host, f"{folder}/sessions"):
        path = f"{folder}/sessions/{session}"
        group = re.search(r"ini_groups/(.*)/luns$", host.readlink(f"{path}/luns") or "")
        with contextlib.suppress(OSError):
            luns = tuple(_luns(host, f"{folder}/ini_groups/{group[1]}/luns" if group else f"{folder}/luns"))
            yield Session(first(host, f"{path}/initiator_name"), target, name(group[1]) if group else "", luns)


def _luns(host: Host, folder: str) -> Iterator[tuple[str, str]]:
    for number in host.list(folder):
        device = host.readlink(f"{folder}/{number}/device")
        if device:
            yield number, device.rpartition("/")[2]


def _value(host: Host, path: str) -> Optional[str]:
    with contextlib.suppress(OSError):
        return first(host, path)
    return None


def _writable(host: Host, path: str) -> bool:
    return host.exists(path) and bool(host.stat(path).mode & 0o200)
