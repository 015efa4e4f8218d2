"""How the cost of a line grows from a box of 1,000 devices to one of 10,000."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Callable

from benchmarks.boxes import Box, device_names
from benchmarks.measure import Usage, growth, ratio

_FACTOR = 10
_ROUNDS = 3


def one_commit(large: Box, small: Box) -> None:
    """Show what one edit and its commit cost on the large box beside the small one."""
    ratio("one edit and its commit", _committing(large), _committing(small), 2, _ROUNDS)


def _committing(box: Box) -> Callable[[], float]:
    """The measure of one edit, each time another one, and its commit."""
    numbers = itertools.cycle((4, 5))
    return lambda: _set_attribute(box, next(numbers)).cpu + box.run("commit").cpu


def _set_attribute(box: Box, number: int) -> Usage:
    return box.run("scst", "device", "set", device_names(1)[0], f"threads_num={number}")


def grown(large: Box, small: Box) -> None:
    """Show what the heavy lines cost on the large box, and by which exponent they grew."""
    for what, use in _USES.items():
        growth(what, use(small), use(large), _FACTOR)


def _plan(box: Box) -> Usage:
    box.edit()
    return box.run("plan")


def _commit(box: Box) -> Usage:
    box.drop_edits()
    _set_attribute(box, 6)
    return box.run("commit")


def _replace(box: Box) -> Usage:
    file = Path(f"{box.folder}.saved")
    box.run("save", str(file))
    box.drop_edits()
    return box.run("load", "replace", str(file))


_USES: dict[str, Callable[[Box], Usage]] = {
    "show scst": lambda box: box.run("show", "scst"),
    "plan of one edit": _plan,
    "commit of one edit": _commit,
    "status drift": lambda box: box.run("status", "drift"),
    "load replace FILE, the whole": _replace,
}
