"""trace_level of SCST, its drivers and its handlers: what they write into the kernel's log.

Source: scst_debug.h and scst_sysfs.c; observed 2026-11.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ..tree import Tree
from .attributes import Attribute
from .words import LARGEST, choose_action, first_word, parse_number, unreadable

_BITS: Mapping[str, int] = {
    "out_of_mem": 0x100, "minor": 0x200, "sg": 0x80, "mem": 0x40, "buff": 0x20, "entryexit": 0x10, "pid": 0x8,
    "line": 0x4, "function": 0x2, "debug": 0x1, "special": 0x2000, "scsi": 0x1000, "mgmt": 0x400,
    "mgmt_dbg": 0x800, "flow_control": 0x4000, "pr": 0x8000, "retry": 0x10000, "scsi_serializing": 0x20000,
    "data_send": 0x40000, "data_received": 0x80000, "block": 0x100000,
}
_DEFAULT = ("out_of_mem", "pid", "special", "mgmt")
_COMMON = "function, line, pid, out_of_mem, special, scsi, mgmt, minor, scsi_serializing, retry, pr"
_USAGE = (
    '\n\n\nUsage:\n\techo "all|none|default" >trace_level\n\techo "value DEC|0xHEX|0OCT" >trace_level\n'
    '\techo "add|del TOKEN" >trace_level\n\nwhere TOKEN is one of [{}]\n'
)
ISCSI = ("d_write", "conn", "conn_dbg", "iov", "pdu", "net_page")
VDISK = ("order",)

_Levels = Sequence[str]


def level(*own: str, tail: str = "") -> Attribute:
    """The attribute of an object that has these levels besides the common ones."""
    return Attribute(" | ".join(_DEFAULT) + _USAGE.format(", ".join((_COMMON, *own))) + tail)


def write(tree: Tree, path: str, text: str) -> None:
    """Answer a write to a trace_level."""
    line, usage = tree.read(path).split("\n", 1)
    supported = _supported(usage)
    try:
        action, rest = choose_action(text, _ACTIONS)
        levels = action(rest, line.split(" | "), supported)
    except OSError:
        raise unreadable() from None
    ordered = [name for name in supported if name in levels]
    tree.put(path, f"{' | '.join(ordered)}\n{usage}")


def _supported(usage: str) -> _Levels:
    """The levels that an object supports: all common ones, and its own, which the usage text names."""
    tokens = usage.rpartition("[")[2].rpartition("]")[0]
    return list(dict.fromkeys((*_BITS, *tokens.split(", "))))


def _token(text: str, supported: _Levels) -> str:
    name = first_word(text)
    if name not in supported:
        raise unreadable()
    return name


def _all(_text: str, _levels: _Levels, supported: _Levels) -> _Levels:
    return supported


def _none(_text: str, _levels: _Levels, _supported: _Levels) -> _Levels:
    return ()


def _default(_text: str, _levels: _Levels, _supported: _Levels) -> _Levels:
    return _DEFAULT


def _add(text: str, levels: _Levels, supported: _Levels) -> _Levels:
    return [*levels, _token(text, supported)]


def _delete(text: str, levels: _Levels, supported: _Levels) -> _Levels:
    token = _token(text, supported)
    return [name for name in levels if name != token]


def _value(text: str, _levels: _Levels, _supported: _Levels) -> _Levels:
    mask = parse_number(first_word(text), 0, LARGEST)
    return [name for name, bit in _BITS.items() if mask & bit]


_ACTIONS: Mapping[str, Callable[[str, _Levels, _Levels], _Levels]] = {
    "all": _all, "none": _none, "default": _default, "add": _add, "del": _delete, "value": _value,
}
