"""Labels of SCST's items in trees: what they are, and whether they run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Optional

from ...language.numbers import decimal
from ...views import Item, Tree

_UNITS = ("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)
_UNAVAILABLE = ("unavailable", "offline")  # ALUA states in which a port serves nothing but questions


def running(item: Item) -> str:
    """Whether SCST runs, in words."""
    return "running" if item["running"] else "SCST is stopped: as saved"


def is_lost(item: Item) -> bool:
    """Whether something is configured and does not run, though SCST does."""
    return item["running"] is False


def split_lost(items: Iterable[Item]) -> tuple[list[Item], list[Item]]:
    """Those that are not lost, and those that are."""
    kept: list[Item] = []
    lost: list[Item] = []
    for item in items:
        (lost if is_lost(item) else kept).append(item)
    return kept, lost


def marked(label: str, lost: bool, children: tuple[Tree, ...] = (), warn: bool = False) -> Tree:
    """A label and what hangs below it, which may not run."""
    return Tree(f"{label}  does not run" if lost else label, children, "warn" if lost or warn else "")


def source(item: Item) -> str:
    """The file, the disk or the size that a device is made of; "" where nothing says."""
    made_of = item["filename"] or item["size"]
    number = decimal(made_of) if isinstance(made_of, str) else made_of
    return made_of or "" if number is None else _size(number)


def _size(number: int) -> str:
    for unit, factor in _UNITS if number else ():
        if number % factor == 0:
            return f"{number // factor} {unit}"
    return f"{number} bytes"


def lun_label(lun: Item) -> str:
    """A LUN's number and device, and whether it is read-only."""
    return f"{lun.name} {lun['device']}{' read-only' if lun['read_only'] else ''}"


def tgrp_label(name: str, group_id: Optional[int], state: str, preferred: bool) -> str:
    """A target group with its id, its ALUA state, and whether its paths are the preferred ones."""
    return f"{name} ({group_id or '-'}) {state}{', preferred' if preferred else ''}"


def is_unavailable(state: str) -> bool:
    """Whether the ports of a target group in that state serve no I/O."""
    return state in _UNAVAILABLE


def faults(target: Item) -> Iterator[str]:
    """Why nobody reaches a target, in words."""
    yield from own_faults(target)
    if target["driver_enabled"] is False:
        yield f"its driver {target['driver']} is disabled"


def own_faults(target: Item) -> Iterator[str]:
    """Why nobody reaches a target, for reasons of its own."""
    if target["running"] is False:
        yield "not there"
    if target["enabled"] is False:
        yield "disabled"
