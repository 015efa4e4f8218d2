"""What a sandbox is made of: the plain text file `hardware` in its directory.

    box esos1
    nic eth0 52:54:00:01:00:00
    fc 21:00:00:e0:8b:9d:74:49
    disk /dev/sdb 10240 MiB
    usb esos_conf
    scsi 2:0:0:0
    module scst_local

One part a line; `#` starts a comment. When SCST starts, the box has the Fibre Channel ports that stand there, and SCST finds
SCSI devices and loads modules. `usb` is the label of the boot medium, `usb none` takes it out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Optional

from ..errors import Refused
from .tree import Tree

_LINE = re.compile(
    r"box (?P<box>\S+)|nic (?P<nic>\S+) (?P<mac>\S+)|fc (?P<fc>\S+)"
    r"|disk (?P<disk>/\S+) (?P<mib>\d+) MiB|usb (?P<usb>\S+)"
    r"|scsi (?P<scsi>\d+:\d+:\d+:\d+)|module (?P<module>scst_local)"
)


@dataclass(frozen=True)
class Hardware:
    """A box: its name, the Ethernet ports with their MAC, Fibre Channel ports, disks with their size in MiB, the label of
    its boot medium, SCSI devices, and the modules that are loaded with SCST besides its own."""

    box: str
    nics: tuple[tuple[str, str], ...] = ()
    fc_ports: tuple[str, ...] = ()
    disks: tuple[tuple[str, int], ...] = ()
    usb: Optional[str] = None
    scsi: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "".join(f"{line}\n" for line in self._lines())

    def _lines(self) -> Iterator[str]:
        yield f"box {self.box}"
        yield from (f"nic {name} {mac}" for name, mac in self.nics)
        yield from (f"fc {port}" for port in self.fc_ports)
        yield from (f"disk {path} {mib} MiB" for path, mib in self.disks)
        yield f"usb {self.usb or 'none'}"
        yield from (f"scsi {device}" for device in self.scsi)
        yield from (f"module {module}" for module in self.modules)


def hardware(tree: Tree) -> Hardware:
    """The hardware of the sandbox in this tree."""
    lines = [line.partition("#")[0].split() for line in tree.read("/hardware").splitlines()]
    parts = [_part(" ".join(words)) for words in lines if words]
    names = [part["box"] for part in parts if "box" in part]
    if len(names) != 1:
        raise Refused("hardware: one line with the name of the box is needed", mend="box esos1")
    media = [part["usb"] for part in parts if "usb" in part]
    return Hardware(
        box=names[0],
        nics=tuple((part["nic"], part["mac"]) for part in parts if "nic" in part),
        fc_ports=tuple(part["fc"] for part in parts if "fc" in part),
        disks=tuple((part["disk"], int(part["mib"])) for part in parts if "disk" in part),
        usb=media[-1] if media and media[-1] != "none" else None,
        scsi=tuple(part["scsi"] for part in parts if "scsi" in part),
        modules=tuple(part["module"] for part in parts if "module" in part),
    )


def _part(line: str) -> dict[str, str]:
    found = _LINE.fullmatch(line)
    if found is None:
        raise Refused(f"hardware: not a part of a box: {line}", expected=("box", "nic", "fc", "disk", "usb", "scsi", "module"))
    return {key: value for key, value in found.groupdict().items() if value is not None}
