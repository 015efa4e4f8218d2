"""What a plan and the views must know of a running SCST besides its configuration."""

from __future__ import annotations

import contextlib
import functools
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Callable, Optional

from ...host import Host
from .queue import ROOT
from .sysfs import first_line, loaded, name_of, objects, target_folders

FC_HOSTS = "/sys/class/fc_host"
WWN = re.compile("[0-9a-f]{2}(:[0-9a-f]{2}){7}")  # of a Fibre Channel port
_PARAMETERS = re.compile(r"parameters available: (.*)")
_GROUP = re.compile(r"ini_groups/(.*)/luns$")
_WRITABLE = 0o200


@dataclass(frozen=True)
class Session:
    """An initiator that is logged in to a target.

    `group` is the initiator group that it sees, "" for the target's own LUNs; `luns` are numbers and devices.
    """

    initiator: str
    target: str
    group: str = ""
    luns: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Facts:
    """What the kernel has: devices that run, targets with their drivers, handlers with their parameters.

    `scsi` are the box's SCSI devices that no handler has, so they do not run. `ports` are the box's Fibre
    Channel ports, as SCST calls them. `twins` are names that targets of several drivers have: which of them
    is in `targets` is chance. `value` reads an attribute as it is now, `writable` tells whether it can be
    written, `exists` whether a file exists.
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
    exists: Callable[[str], bool] = field(default=lambda path: True, compare=False)

    def sessions_of(self, target: str) -> list[Session]:
        """The sessions with a target."""
        return [session for session in self.sessions if session.target == target]


def facts(host: Host) -> Facts:
    """What the kernel has now; little where SCST is not loaded."""
    if not loaded(host):
        return Facts(ports=_ports(host), exists=host.exists)
    targets = list(target_folders(host))
    handlers = {handler: _parameters(host, handler) for handler in host.list(f"{ROOT}/handlers")}
    running, idle = _devices(host)
    return Facts(
        loaded=True, devices=running, targets={target: driver for driver, target, _ in targets},
        handlers=handlers, sessions=tuple(_sessions(host, targets)), ports=_ports(host),
        twins=_twins(targets), scsi=idle, value=functools.partial(_value, host),
        writable=functools.partial(_writable, host), exists=host.exists,
    )


def _ports(host: Host) -> frozenset[str]:
    return frozenset(wwn(host.read(f"{FC_HOSTS}/{port}/port_name")) for port in host.list(FC_HOSTS))


def _devices(host: Host) -> tuple[frozenset[str], frozenset[str]]:
    """The devices that run, and the SCSI devices that no handler has."""
    devices = frozenset(host.list(f"{ROOT}/devices"))
    running = frozenset(device for device in devices if host.readlink(f"{ROOT}/devices/{device}/handler"))
    return running, devices - running


def _twins(targets: Iterable[tuple[str, str, str]]) -> frozenset[str]:
    counts = Counter(target for _, target, _ in targets)
    return frozenset(name for name, count in counts.items() if count > 1)


def wwn(port_name: str) -> str:
    """A port_name of fc_host (0x2100...) as SCST calls the target (21:00:...)."""
    return ":".join(re.findall("..", port_name.strip()[2:].lower()))


def _parameters(host: Host, handler: str) -> frozenset[str]:
    """What add_device of a handler accepts, as the usage text of its mgmt says."""
    usage = ""
    with contextlib.suppress(OSError):
        usage = host.read(f"{ROOT}/handlers/{handler}/mgmt")
    parameters = _PARAMETERS.search(usage)
    return frozenset(parameters[1].replace(",", " ").split()) if parameters else frozenset()


def _sessions(host: Host, targets: Iterable[tuple[str, str, str]]) -> Iterator[Session]:
    for _, target, folder in targets:
        yield from _sessions_of(host, target, folder)


def _sessions_of(host: Host, target: str, folder: str) -> Iterator[Session]:
    for session in objects(host, f"{folder}/sessions"):
        path = f"{folder}/sessions/{session}"
        group = _GROUP.search(host.readlink(f"{path}/luns") or "")
        luns = f"{folder}/ini_groups/{group[1]}/luns" if group else f"{folder}/luns"
        with contextlib.suppress(OSError):  # it ended meanwhile
            initiator = first_line(host, f"{path}/initiator_name")
            yield Session(initiator, target, name_of(group[1]) if group else "", tuple(_luns(host, luns)))


def _luns(host: Host, folder: str) -> Iterator[tuple[str, str]]:
    for number in host.list(folder):
        device = host.readlink(f"{folder}/{number}/device")
        if device:
            yield number, device.rpartition("/")[2]


def _value(host: Host, path: str) -> Optional[str]:
    with contextlib.suppress(OSError):
        return first_line(host, path)
    return None


def _writable(host: Host, path: str) -> bool:
    return host.exists(path) and bool(host.stat(path).mode & _WRITABLE)
