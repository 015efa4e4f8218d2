"""LUNs of SCST's targets and of their initiator groups."""

from __future__ import annotations

import errno
import os

from ..tree import Tree
from . import mgmt, sessions
from .attributes import number_text
from .handlers import handler_name
from .names import ROOT, coming_number, entries, link, require, target_of, use_number
from .words import LARGEST, only_word, parse_number, parse_parameters, refusal, require_end, take_word

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


def manage(tree: Tree, path: str, text: str) -> None:
    """Answer a write to luns/mgmt of a target or of an initiator group."""
    commands = {"add": _add, "replace": _replace, "replace_no_ua": _replace, "del": _delete, "clear": clear}
    mgmt.run(tree, path, text, commands)


def add(tree: Tree, luns: str, device: str, lun: int, read_only: bool = False) -> None:
    """Stage a new LUN."""
    _put(tree, f"{luns}/{lun}", device, read_only)
    _export(tree, f"{luns}/{lun}", device)
    sessions.show(tree, luns, str(lun), device)


def copy(tree: Tree, device: str, read_only: bool) -> None:
    """Stage the LUN by which the copy manager reaches a new device; its numbers only go up.

    The link to it comes first, so that the device appears with all that belongs to it.
    """
    luns = f"{sessions.COPY_MANAGER}/luns"
    lun = coming_number(tree, luns)
    _export(tree, f"{luns}/{lun}", device)
    _put(tree, f"{luns}/{lun}", device, read_only)
    use_number(tree, luns, lun)
    sessions.show(tree, luns, str(lun), device)


def forget_device(tree: Tree, device: str) -> None:
    """Stage the removal of every LUN of a device that is being deleted."""
    for name in tree.list(f"{device}/exported"):
        luns, lun = os.path.split(target_of(tree, f"{device}/exported/{name}"))
        sessions.hide(tree, luns, lun)
        tree.remove(f"{luns}/{lun}")


def clear(tree: Tree, luns: str, text: str = "") -> None:
    """Stage the removal of all LUNs."""
    require_end(text)
    for lun in entries(tree, luns):
        _remove(tree, luns, lun)


def _put(tree: Tree, path: str, device: str, read_only: bool) -> None:
    link(tree, f"{path}/device", device)
    tree.put(f"{path}/read_only", number_text(int(read_only)), 0o444)


def _export(tree: Tree, path: str, device: str) -> None:
    """Stage the link from a device to a LUN; the numbers of these links only go up."""
    exports = f"{device}/exported"
    number = coming_number(tree, exports)
    link(tree, f"{exports}/export{number}", path)
    use_number(tree, exports, number)


def _parse(tree: Tree, text: str) -> tuple[str, int, bool]:
    """The device, the LUN, and whether it is read-only."""
    name, rest = take_word(text)
    lun, rest = take_word(rest)
    given = parse_parameters(rest, ("read_only",))
    device = require(tree, f"{ROOT}/devices", name)
    read_only = parse_number(given.get("read_only", "0"), 0, LARGEST) > 0
    return device, parse_number(lun, 0, _LARGEST_LUN), read_only or _is_read_only(tree, device)


def _is_read_only(tree: Tree, device: str) -> bool:
    """Whether all LUNs of a device are read-only, whatever their parameter says.

    Source: dev_rd_only in scst_lun_rd_only_show().
    """
    if handler_name(tree, device) == "vcdrom":
        return True
    path = f"{device}/read_only"
    return tree.exists(path) and tree.read(path).startswith("1")


def _add(tree: Tree, luns: str, text: str) -> None:
    device, lun, read_only = _parse(tree, text)
    if tree.exists(f"{luns}/{lun}"):
        raise refusal(errno.EEXIST)
    add(tree, luns, device, lun, read_only)


def _replace(tree: Tree, luns: str, text: str) -> None:
    device, lun, read_only = _parse(tree, text)
    if tree.exists(f"{luns}/{lun}"):
        _remove(tree, luns, str(lun))
    add(tree, luns, device, lun, read_only)


def _delete(tree: Tree, luns: str, text: str) -> None:
    lun = str(parse_number(only_word(text), 0, _LARGEST_LUN))
    if not tree.exists(f"{luns}/{lun}"):
        raise refusal(errno.EINVAL)
    _remove(tree, luns, lun)


def _remove(tree: Tree, luns: str, lun: str) -> None:
    path = f"{luns}/{lun}"
    exports = f"{target_of(tree, f'{path}/device')}/exported"
    for name in tree.list(exports):
        if target_of(tree, f"{exports}/{name}") == path:
            tree.remove(f"{exports}/{name}")
    sessions.hide(tree, luns, lun)
    tree.remove(path)
