"""trace_level of SCST, its drivers and its handlers: what they write into the kernel's log.

Source: scst_debug.h and scst_sysfs.c; observed 2026-11.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Callable

from .scst_attributes import Attribute
from .scst_words import LARGEST, command, number, take, unread
from .tree import Tree

_BITS: Mapping[str, int] = {
    "out_of_mem": 0x100, "minor": 0x200, "sg": 0x80, "mem": 0x40, "buff": 0x20, "entryexit": 0x10, "pid": 0x8,
    "line": 0x4, "function": 0x2, "debug": 0x1, "special": 0x2000, "scsi": 0x1000, "mgmt": 0x400, "mgmt_dbg": 0x800,
    "flow_control": 0x4000, "pr": 0x8000, "retry": 0x10000, "scsi_serializing": 0x20000, "data_send": 0x40000,
    "data_received": 0x80000, "block": 0x100000,
}
_DEFAULT = ("out_of_mem", "pid", "special", "mgmt")
_NAMED = "function, line, pid, out_of_mem, special, scsi, mgmt, minor, scsi_serializing, retry, pr"
_USAGE = (
    '\n\n\nUsage:\n\techo "all|none|default" >trace_level\n\techo "value DEC|0xHEX|0OCT" >trace_level\n'
    '\techo "add|del TOKEN" >trace_level\n\nwhere TOKEN is one of [{}]\n'
)
ISCSI = ("d_write", "conn", "conn_dbg", "iov", "pdu", "net_page")
VDISK = ("order",)

_Levels = list[str]


def level(*own: str, tail: str = "") -> Attribute:
    """The attribute of an object which has these levels besides the common ones."""
    return Attribute(" | ".join(_DEFAULT) + _USAGE.format(", ".join((_NAMED, *own))) + tail)


def write(tree: Tree, path: str, text: str) -> None:
    """Answer a write to a trace_level."""
    now, usage = tree.read(path).split("\n", 1)
    own = usage.rpartition("[")[2].rpartition("]")[0].split(", ")
    known = (*_BITS, *(name for name in own if name not in _BITS))
    try:
        action, rest = command(text, _ACTIONS)
        chosen = action(rest, now.split(" | ") if now else [], known)
    except OSError:
        raise unread() from None
    tree.put(path, " | ".join(name for name in known if name in chosen) + "\n" + usage)


def _token(text: str, known: Iterable[str]) -> str:
    name = take(text, 1)[0][0]
    if name not in known:
        raise unread()
    return name


def _value(text: str, _now: _Levels, _known: Iterable[str]) -> _Levels:
    mask = number(take(text, 1)[0][0], 0, LARGEST)
    return [name for name, bit in _BITS.items() if mask & bit]


_ACTIONS: Mapping[str, Callable[[str, _Levels, Iterable[str]], _Levels]] = {
    "all": lambda _text, _now, known: [*known],
    "none": lambda _text, _now, _known: [],
    "default": lambda _text, _now, _known: [*_DEFAULT],
    "add": lambda text, now, known: [*now, _token(text, known)],
    "del": lambda text, now, known: [name for name in now if name != _token(text, known)],
    "value": _value,
}
