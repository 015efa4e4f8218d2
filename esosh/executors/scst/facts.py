"""What a plan and the views must know of a running SCST besides its configuration."""

from __future__ import annotations

import contextlib
import functools
import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Callable, Optional

from ...config.lazy import Lazy, Parts
from ...host import Host
from ...language.numbers import decimal
from ...records import NOTHING, Record
from .sysfs import (
    DEVICES,
    HANDLERS,
    first_line,
    handlers_by_device,
    linked,
    loaded,
    name_of,
    objects,
    target_folders,
)

FC_HOSTS, INFINIBAND = "/sys/class/fc_host", "/sys/class/infiniband"
WWN = re.compile("[0-9a-f]{2}(:[0-9a-f]{2}){7}")  # of a Fibre Channel port
_PARAMETERS = re.compile(r"parameters available: (.*)")
_GROUP = re.compile(r"ini_groups/(.*)/luns$")
_WRITABLE = 0o200


class Session(Record):
    """An initiator that is logged in to a target.

    `group` is the initiator group that it sees, "" for the target's own LUNs; `luns` are devices by number.
    """

    initiator: str
    target: str
    group: str = ""
    luns: Mapping[str, str] = NOTHING


class Facts(Parts):
    """What the kernel has: devices that run, targets with their drivers, handlers with their parameters.

    `logins`: the sessions of each target. `scsi` are the
    box's SCSI devices that no handler has, so they do not run. `ports` are the box's ports of cards, as SCST
    calls them. `twins` are names that targets of several drivers have: which of them is in `targets` is
    chance. `value` reads an attribute as it is now, `writable` tells whether it can be written, `exists`
    whether a file exists. What nobody asks for is not read.
    """

    loaded: bool
    devices: frozenset[str]
    targets: Mapping[str, str]
    handlers: Mapping[str, frozenset[str]]
    logins: Mapping[str, tuple[Session, ...]]
    ports: frozenset[str]
    twins: frozenset[str]
    scsi: frozenset[str]
    value: Callable[[str], Optional[str]]
    writable: Callable[[str], bool]
    exists: Callable[[str], bool]

    @classmethod
    def absent(cls, name: str) -> Any:
        """What is known of a machine that nobody looks at."""
        return _ABSENT[name]

    @property
    def sessions(self) -> list[Session]:
        """All sessions."""
        return list(itertools.chain.from_iterable(self.logins.values()))

    def sessions_of(self, target: str) -> Sequence[Session]:
        """The sessions with a target."""
        return self.logins.get(target, ())


_ABSENT: Mapping[str, Any] = {
    "loaded": False, **dict.fromkeys(("devices", "ports", "twins", "scsi"), frozenset()),
    **dict.fromkeys(("targets", "handlers", "logins"), MappingProxyType({})),
    "value": lambda path: None, "writable": lambda path: False, "exists": lambda path: True,
}
Facts.PARTS = tuple(_ABSENT)


def facts(host: Host) -> Facts:
    """What the kernel has now; little where SCST is not loaded."""
    if not loaded(host):
        return Facts(ports=_ports(host), exists=host.exists)
    readers: Mapping[str, Callable[[Host], Any]] = {
        "devices": lambda host: frozenset(handlers_by_device(host)),
        "scsi": lambda host: frozenset(host.list(DEVICES)) - handlers_by_device(host).keys(),
        "targets": lambda host: {target: driver for driver, target, _ in target_folders(host)},
        "twins": lambda host: _twins(target_folders(host)),
        "handlers": lambda host: Lazy(host.list(HANDLERS), functools.partial(_parameters, host)),
        "logins": _logins, "ports": _ports,
        "value": lambda host: functools.partial(_value, host),
        "writable": lambda host: functools.partial(_writable, host), "exists": lambda host: host.exists,
    }
    return Facts(Lazy(readers, lambda part: readers[part](host)), loaded=True)


def _ports(host: Host) -> frozenset[str]:
    """The ports of cards: Fibre Channel ones, and those of InfiniBand by GID and by node GUID.

    Source: drivers/scsi/scsi_transport_fc.c; ib_srpt names a target after one of the two (ib_srpt.c).
    """
    names = {wwn(host.read(f"{FC_HOSTS}/{port}/port_name")) for port in host.list(FC_HOSTS)}
    for card in host.list(INFINIBAND):
        folder = f"{INFINIBAND}/{card}"
        gids = (f"{folder}/ports/{port}/gids/0" for port in host.list(f"{folder}/ports"))
        files = filter(host.exists, (f"{folder}/node_guid", *gids))
        names.update(host.read(file).strip() for file in files)
    return frozenset(names)


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
        usage = host.read(f"{HANDLERS}/{handler}/mgmt")
    parameters = _PARAMETERS.search(usage)
    return frozenset(parameters[1].replace(",", " ").split()) if parameters else frozenset()


def _logins(host: Host) -> Mapping[str, tuple[Session, ...]]:
    """The sessions of each target."""
    folders = {target: folder for _, target, folder in target_folders(host)}
    return Lazy(folders, lambda target: tuple(_sessions_of(host, target, folders[target])))


def _sessions_of(host: Host, target: str, folder: str) -> Iterator[Session]:
    for session in objects(host, f"{folder}/sessions"):
        path = f"{folder}/sessions/{session}"
        group = _GROUP.search(host.readlink(f"{path}/luns") or "")
        luns = f"{folder}/ini_groups/{group[1]}/luns" if group else f"{folder}/luns"
        with contextlib.suppress(OSError):  # it ended meanwhile
            initiator = first_line(host, f"{path}/initiator_name")
            yield Session(initiator, target, name_of(group[1]) if group else "", _luns(host, luns))


def _luns(host: Host, folder: str) -> Mapping[str, str]:
    """The device of each LUN."""
    numbers = (entry for entry in host.list(folder) if decimal(entry) is not None)
    return Lazy(numbers, lambda number: linked(host, f"{folder}/{number}/device"))


def _value(host: Host, path: str) -> Optional[str]:
    with contextlib.suppress(OSError):
        return first_line(host, path)
    return None


def _writable(host: Host, path: str) -> bool:
    return host.exists(path) and bool(host.stat(path).mode & _WRITABLE)
