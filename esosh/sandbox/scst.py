"""SCST, the SCSI target subsystem of the kernel, as its tree below /sys/kernel/scst_tgt answers.

`write` answers one write(2); `load` and `unload` are its modules, `apply` is `scstadmin -config`.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Sequence
from typing import Callable

from . import scst_boot, scst_devices, scst_groups, scst_luns, scst_targets
from .scst_attributes import store
from .scst_boot import load, unload
from .scst_conf import apply
from .scst_names import ROOT
from .scst_words import heard, refused
from .tree import Tree

__all__ = ["apply", "load", "unload", "write"]

_Answer = Callable[[Tree, str, str], None]

_TARGET_GROUP = "device_groups/[^/]+/target_groups/[^/]+"
_TARGET = "targets/[^/]+/[^/]+"
_GROUP = f"{_TARGET}/ini_groups/[^/]+"


def _write_to_scst(tree: Tree, path: str, text: str) -> None:
    store(tree, path, text, scst_boot.ATTRIBUTES)


_ANSWERS: Sequence[tuple[str, _Answer]] = (
    ("device_groups/mgmt", scst_groups.manage_groups),
    ("device_groups/[^/]+/devices/mgmt", scst_groups.manage_devices),
    ("device_groups/[^/]+/target_groups/mgmt", scst_groups.manage_target_groups),
    (f"{_TARGET_GROUP}/mgmt", scst_groups.manage_targets),
    (f"{_TARGET_GROUP}/state", scst_groups.set_state),
    (f"{_TARGET_GROUP}/preferred", scst_groups.set_preferred),
    (f"{_TARGET_GROUP}/(group_id|[^/]+/rel_tgt_id)", scst_groups.set_number),
    ("handlers/[^/]+/mgmt", scst_devices.manage),
    ("handlers/[^/]+/[^/]+", scst_devices.write_to_handler),
    ("devices/[^/]+/[^/]+", scst_devices.write),
    ("targets/iscsi/mgmt", scst_targets.manage_iscsi),
    ("targets/[^/]+/enabled", scst_targets.enable_driver),
    ("targets/[^/]+/[^/]+", scst_targets.write_to_driver),
    (f"{_TARGET}/enabled", scst_targets.enable),
    (f"{_TARGET}/rel_tgt_id", scst_targets.set_id),
    (f"({_TARGET}|{_GROUP})/luns/mgmt", scst_luns.manage),
    (f"{_TARGET}/ini_groups/mgmt", scst_luns.manage_groups),
    (f"{_GROUP}/initiators/mgmt", scst_luns.manage_initiators),
    (f"{_GROUP}/[^/]+", scst_luns.write_to_group),
    (f"{_TARGET}/[^/]+", scst_targets.write),
    ("[^/]+", _write_to_scst),
)


def write(tree: Tree, path: str, text: str) -> None:
    """Answer one write below /sys/kernel/scst_tgt/: stage what it changes, or raise OSError with the kernel's errno."""
    try:
        attribute = _attribute(tree, path)
        if heard(text):
            _answer(attribute)(tree, f"{ROOT}/{attribute}", heard(text))
    except OSError as error:
        raise OSError(error.errno, error.strerror, path) from None


def _attribute(tree: Tree, path: str) -> str:
    """The path, below the root of SCST's tree, of the attribute that a path with links and ".." leads to."""
    base = os.path.realpath(tree.path(ROOT))
    place = os.path.realpath(tree.path(path))
    if os.path.isdir(place):
        raise refused(errno.EISDIR)
    if not place.startswith(f"{base}/") or not os.path.exists(place):
        raise refused(errno.ENOENT)
    return os.path.relpath(place, base)


def _answer(attribute: str) -> _Answer:
    found = (answer for pattern, answer in _ANSWERS if re.fullmatch(pattern, attribute))
    answer = next(found, None)
    if answer is None:  # such as what a session shows
        raise refused(errno.EINVAL)
    return answer
