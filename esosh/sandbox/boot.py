"""The boot of a box: a directory becomes a sandbox, once, whoever comes first."""

from __future__ import annotations

import contextlib
import errno
import os

from ..errors import Refused
from .hardware import Hardware, read_hardware
from .tree import Tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Optional, Union

    Place = Union[str, os.PathLike[str]]

_DISKS = (("/dev/sdb", 10240), ("/dev/sdc", 10240))
_USB = "esos_conf"
_TAKEN = (errno.EEXIST, errno.ENOTEMPTY)


def _nics(number: int) -> tuple[tuple[str, str], ...]:
    return tuple((f"eth{port}", f"52:54:00:{number:02x}:00:{port:02x}") for port in range(6))


_PORTS_1 = ("21:00:00:e0:8b:9d:74:49", "21:01:00:e0:8b:bd:74:49")
_PORTS_2 = ("21:00:00:1b:32:01:6b:11", "21:01:00:1b:32:21:6b:11")
BOXES = {
    "esos1": Hardware("esos1", _nics(1), _PORTS_1, _DISKS, _USB),
    "esos2": Hardware("esos2", _nics(2), _PORTS_2, _DISKS, _USB),
}


def ensure(root: Place, name: Optional[str]) -> str:
    """See to it that a sandbox is at `root`, and give the name of its box.

    In an empty place the box of the name that is asked for boots, esos1 by default.

    Raises Refused when there is no such box, when another one is at `root`, or when `root` is something else.
    """
    if name not in (None, *BOXES):
        raise Refused(f"no such box: {name}", expected=tuple(BOXES), code="E201")
    if not _is_sandbox(root):
        _boot(root, BOXES[name or "esos1"])
    existing = read_hardware(Tree(root)).box
    if name not in (None, existing):
        raise Refused(f"{root} is box {existing}, not {name}", code="E201")
    return existing


def _is_sandbox(root: Place) -> bool:
    names = _names(root)
    if names and "hardware" not in names:
        hint = "name an empty or a new directory"
        raise Refused(f"{root} is not a sandbox: it has no file hardware", hint=hint, code="E201")
    return bool(names)


def _names(root: Place) -> list[str]:
    try:
        return os.listdir(root)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise _refusal(root, error) from error


def _boot(root: Place, box: Hardware) -> None:
    """Build the box beside its place, then move it there."""
    import shutil  # slow to import, as fresh, and needed once in a sandbox's life

    from . import fresh

    if shutil.which("git") is None:
        raise Refused("a sandbox needs git", hint="install git", code="E201")
    place = os.path.realpath(root)
    draft = _make_draft(place)
    try:
        fresh.build(draft, box)
        with contextlib.suppress(FileNotFoundError):
            shutil.copymode(place, draft)
        _move(draft, place)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _make_draft(root: str) -> str:
    folder, name = os.path.split(root)
    draft = f"{folder}/.{name}.booting-{os.getpid()}-{os.urandom(4).hex()}"
    try:
        os.makedirs(draft)
    except OSError as error:
        raise _refusal(root, error) from error
    return draft


def _move(draft: str, root: str) -> None:
    """Move the box to its place; whoever comes second in a race uses the winner's."""
    try:
        os.rename(draft, root)
    except OSError as error:
        if error.errno not in _TAKEN or not _is_sandbox(root):
            raise _refusal(root, error) from error


def _refusal(root: Place, error: OSError) -> Refused:
    return Refused(f"{root}: no sandbox here: {os.strerror(error.errno or 0).lower()}", code="E201")
