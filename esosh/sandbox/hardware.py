"""What a sandbox is made of: the plain text file `hardware` in its directory.

    box esos1
    nic eth0 52:54:00:01:00:00
    fc 21:00:00:e0:8b:9d:74:49
    disk /dev/sdb 10240 MiB
    usb esos_conf
    scsi 2:0:0:0
    module scst_local

One part a line; `#` starts a comment. When SCST starts, the box has the Fibre Channel ports listed there,
and SCST finds these SCSI devices and loads these modules. `usb` is the label of the boot medium, `usb none`
removes it.
"""

from __future__ import annotations

from itertools import starmap

from ..errors import Refused
from ..records import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Callable, Optional

    from .tree import Tree

    _Parts = dict[str, list[dict[str, str]]]

_FIELDS: Mapping[str, Sequence[str]] = {
    "box": ("box",), "nic": ("nic", "mac"), "fc": ("fc",), "disk": ("disk", "mib", "unit"), "usb": ("usb",),
    "scsi": ("scsi",), "module": ("module",),
}


def _is_address(word: str) -> bool:
    """Whether it is H:C:I:L."""
    numbers = word.split(":")
    return len(numbers) == 4 and all(map(str.isdecimal, numbers))


_CHECKS: Mapping[str, Callable[[str], bool]] = {
    "disk": lambda word: word.startswith("/") and word != "/",
    "mib": str.isdecimal,
    "unit": lambda word: word == "MiB",
    "scsi": _is_address,
    "module": lambda word: word == "scst_local",
}


class Hardware(Record):
    """The parts of a box.

    They are its name, the Ethernet ports with their MAC, Fibre Channel ports, disks with their size in MiB,
    the label of its boot medium, SCSI devices, and the modules loaded with SCST besides SCST's own.
    """

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
        yield from starmap("nic {} {}".format, self.nics)
        yield from map("fc {}".format, self.fc_ports)
        yield from starmap("disk {} {} MiB".format, self.disks)
        yield f"usb {self.usb or 'none'}"
        yield from map("scsi {}".format, self.scsi)
        yield from map("module {}".format, self.modules)


def read_hardware(tree: Tree) -> Hardware:
    """Read the hardware of the sandbox in this tree."""
    parts = _parts(tree.read("/hardware"))
    names = _column(parts, "box")
    if len(names) != 1:
        raise Refused("hardware: one line with the name of the box is needed", hint="box esos1", code="E201")
    sizes = map(int, _column(parts, "disk", "mib"))
    return Hardware(
        box=names[0],
        nics=tuple(zip(_column(parts, "nic"), _column(parts, "nic", "mac"))),
        fc_ports=_column(parts, "fc"),
        disks=tuple(zip(_column(parts, "disk"), sizes)),
        usb=_label(_column(parts, "usb")),
        scsi=_column(parts, "scsi"),
        modules=_column(parts, "module"),
    )


def _label(labels: Sequence[str]) -> Optional[str]:
    """The last label in the file; None without a medium."""
    label = labels[-1] if labels else "none"
    return None if label == "none" else label


def _parts(text: str) -> _Parts:
    """The fields of every line, by the kind of part that its first word names."""
    parts: _Parts = {kind: [] for kind in _FIELDS}
    for line in text.splitlines():
        words = line.partition("#")[0].split()
        if words:
            fields = _fields(words)
            parts[words[0]].append(fields)
    return parts


def _fields(words: Sequence[str]) -> dict[str, str]:
    kind, *values = words
    names = _FIELDS.get(kind, ())
    fields = dict(zip(names, values))
    fit = all(_CHECKS[name](value) for name, value in fields.items() if name in _CHECKS)
    if kind not in _FIELDS or len(values) != len(names) or not fit:
        line = " ".join(words)
        raise Refused(f"hardware: not a part of a box: {line}", expected=tuple(_FIELDS), code="E201")
    return fields


def _column(parts: _Parts, kind: str, field: Optional[str] = None) -> tuple[str, ...]:
    """One field of all parts of a kind, by default the one with the name of the kind."""
    return tuple(part[field or kind] for part in parts[kind])
