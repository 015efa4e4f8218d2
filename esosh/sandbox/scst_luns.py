"""LUNs of SCST's targets and of their initiator groups."""

from __future__ import annotations

import errno
import os
from typing import Callable

from . import scst_sessions
from .scst_attributes import KEY
from .scst_names import ROOT, count, known, link, target_of
from .scst_words import LARGEST, command, nothing_more, number, parameters, refused, take
from .tree import Tree

LUNS_MGMT = (
    'Usage: echo "add H:C:I:L lun [parameters]" >mgmt\n'
    '       echo "add VNAME lun [parameters]" >mgmt\n'
    '       echo "del lun" >mgmt\n'
    '       echo "replace H:C:I:L lun [parameters]" >mgmt\n'
    '       echo "replace VNAME lun [parameters]" >mgmt\n'
    '       echo "replace_no_ua H:C:I:L lun [parameters]" >mgmt\n'
    '       echo "replace_no_ua VNAME lun [parameters]" >mgmt\n'
    '       echo "clear" >mgmt\n\n'
    "where parameters are one or more param_name=value pairs separated by ';'\n\n"
    "The following parameters available: read_only\n"
)
_LARGEST_LUN = 16383

_Command = Callable[[Tree, str, str], None]


def manage(tree: Tree, path: str, text: str) -> None:
    """Answer a write to luns/mgmt of a target or of an initiator group."""
    actions: dict[str, _Command] = {
        "add": _add, "replace": _replace, "replace_no_ua": _replace, "del": _delete, "clear": clear,
    }
    action, rest = command(text, actions)
    action(tree, os.path.dirname(path), rest)


def add(tree: Tree, luns: str, device: str, lun: int, read_only: bool = False) -> None:
    """Stage a new LUN; a device's export links count on and on."""
    place = f"{luns}/{lun}"
    link(tree, f"{place}/device", device)
    tree.put(f"{place}/read_only", _read_only(read_only), 0o444)
    _export(tree, device, place)
    scst_sessions.show(tree, luns, str(lun), device)


def copy(tree: Tree, device: str, read_only: bool) -> None:
    """Stage the LUN by which the copy manager gets at a new device; its numbers only go up."""
    luns = f"{scst_sessions.COPY_MANAGER}/luns"
    add(tree, luns, device, count(tree, luns), read_only)


def forget_device(tree: Tree, device: str) -> None:
    """Stage the removal of every LUN of a device that is being deleted."""
    for name in tree.list(f"{device}/exported"):
        luns, lun = os.path.split(target_of(tree, f"{device}/exported/{name}"))
        scst_sessions.hide(tree, luns, lun)
        tree.remove(f"{luns}/{lun}")


def clear(tree: Tree, luns: str, text: str = "") -> None:
    """Stage the removal of all LUNs."""
    nothing_more(text)
    for lun in tree.list(luns):
        if lun != "mgmt":
            _remove(tree, luns, lun)


def _asked(tree: Tree, text: str) -> tuple[str, int, bool]:
    (name, lun), rest = take(text, 2)
    given = parameters(rest, ("read_only",))
    device = known(tree, f"{ROOT}/devices", name)
    asked = number(given.get("read_only", "0"), 0, LARGEST) > 0
    return device, number(lun, 0, _LARGEST_LUN), asked or _cannot_be_written(tree, device)


def _cannot_be_written(tree: Tree, device: str) -> bool:
    """A LUN of a read-only device is read-only, whatever was asked (dev_rd_only in scst_lun_rd_only_show)."""
    if (tree.readlink(f"{device}/handler") or "").endswith("/vcdrom"):
        return True
    return tree.exists(f"{device}/read_only") and tree.read(f"{device}/read_only").startswith("1")


def _add(tree: Tree, luns: str, text: str) -> None:
    device, lun, read_only = _asked(tree, text)
    if tree.exists(f"{luns}/{lun}"):
        raise refused(errno.EEXIST)
    add(tree, luns, device, lun, read_only)


def _replace(tree: Tree, luns: str, text: str) -> None:
    device, lun, read_only = _asked(tree, text)
    if tree.exists(f"{luns}/{lun}"):
        _remove(tree, luns, str(lun))
    add(tree, luns, device, lun, read_only)


def _read_only(yes: bool) -> str:
    return f"1\n{KEY}" if yes else "0\n"


def _delete(tree: Tree, luns: str, text: str) -> None:
    (lun,), rest = take(text, 1)
    nothing_more(rest)
    name = str(number(lun, 0, _LARGEST_LUN))
    if not tree.exists(f"{luns}/{name}"):
        raise refused(errno.EINVAL)
    _remove(tree, luns, name)


def _export(tree: Tree, device: str, place: str) -> None:
    link(tree, f"{device}/exported/export{count(tree, f'{device}/exported')}", place)


def _remove(tree: Tree, luns: str, lun: str) -> None:
    place = f"{luns}/{lun}"
    exports = f"{target_of(tree, f'{place}/device')}/exported"
    for name in tree.list(exports):
        if target_of(tree, f"{exports}/{name}") == place:
            tree.remove(f"{exports}/{name}")
    scst_sessions.hide(tree, luns, lun)
    tree.remove(place)
