"""The boot of a box: a directory becomes a sandbox, once, whoever comes first."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from pathlib import Path
from typing import Optional

from ..errors import Refused
from .hardware import Hardware, hardware
from .tree import Tree

__all__ = ["BOXES", "Hardware", "ensure", "hardware"]

_DISKS = (("/dev/sdb", 10240), ("/dev/sdc", 10240))


def _nics(number: int) -> tuple[tuple[str, str], ...]:
    return tuple((f"eth{port}", f"52:54:00:{number:02x}:00:{port:02x}") for port in range(6))


BOXES = {
    box.box: box
    for box in (
        Hardware("esos1", _nics(1), ("21:00:00:e0:8b:9d:74:49", "21:01:00:e0:8b:bd:74:49"), _DISKS, "esos_conf"),
        Hardware("esos2", _nics(2), ("21:00:00:1b:32:01:6b:11", "21:01:00:1b:32:21:6b:11"), _DISKS, "esos_conf"),
    )
}


def ensure(root: Path, box: Optional[str]) -> None:
    """See to it that a sandbox is at `root`; when there is nothing, that `box` (esos1 by default) boots there."""
    if box is not None and box not in BOXES:
        raise Refused(f"no such box: {box}", expected=tuple(BOXES))
    if not _is_sandbox(root):
        _boot(root, BOXES[box or "esos1"])
    there = hardware(Tree(root)).box
    if box not in (None, there):
        raise Refused(f"{root} is box {there}, not {box}")


def _is_sandbox(root: Path) -> bool:
    try:
        names = os.listdir(root)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise _refusal(root, error) from error
    if names and "hardware" not in names:
        raise Refused(f"{root} is not a sandbox: it has no file hardware", mend="name an empty or a new directory")
    return bool(names)


def _boot(root: Path, box: Hardware) -> None:
    """Build it beside its place, then move it there."""
    from . import fresh  # dear to import, and needed once in a sandbox's life

    if shutil.which("git") is None:
        raise Refused("a sandbox needs git", mend="install git")
    root = Path(os.path.realpath(root))
    place = root.with_name(f".{root.name}.booting-{os.getpid()}-{os.urandom(4).hex()}")
    try:
        place.mkdir(parents=True)
    except OSError as error:
        raise _refusal(root, error) from error
    try:
        fresh.build(place, box)
        _move(place, root)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _move(place: Path, root: Path) -> None:
    """Whoever comes second in a race takes the winner's."""
    with contextlib.suppress(FileNotFoundError):
        shutil.copymode(root, place)
    try:
        place.rename(root)
    except OSError as error:
        if error.errno not in (errno.EEXIST, errno.ENOTEMPTY) or not _is_sandbox(root):
            raise _refusal(root, error) from error


def _refusal(root: Path, error: OSError) -> Refused:
    return Refused(f"{root}: no sandbox here: {os.strerror(error.errno or 0).lower()}")
