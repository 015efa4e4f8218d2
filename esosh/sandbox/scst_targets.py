"""SCST's targets: iSCSI targets are made and deleted, Fibre Channel ones are the ports of the box."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator, Mapping
from typing import Callable, Optional

from . import scst_groups, scst_luns
from .scst_attributes import KEY, Attribute, Attributes, make, readable, silent, store, writable
from .scst_names import ROOT, claim, free, name_of, objects, remove, shown
from .scst_words import command, nothing_more, number, parameters, refused, take
from .tree import Tree

ISCSI_MGMT = (
    'Usage: echo "add_target target_name [parameters]" >mgmt\n'
    '       echo "del_target target_name" >mgmt\n'
    '       echo "add_attribute <attribute> <value>" >mgmt\n'
    '       echo "del_attribute <attribute> <value>" >mgmt\n'
    '       echo "add_target_attribute target_name <attribute> <value>" >mgmt\n'
    '       echo "del_target_attribute target_name <attribute> <value>" >mgmt\n\n'
    "where parameters are one or more param_name=value pairs separated by ';'\n\n"
    "The following target driver attributes available: IncomingUser, OutgoingUser\n"
    "The following target attributes available: IncomingUser, OutgoingUser, allowed_portal\n"
)
DRIVER_VALUES = ("IncomingUser", "OutgoingUser")  # attributes of which there are none, one or several
TARGET_VALUES = (*DRIVER_VALUES, "allowed_portal")

_COUNTERS = tuple(
    f"{way}_{what}" for way in ("bidi", "read", "write") for what in ("cmd_count", "io_count_kb", "unaligned_cmd_count")
)
COMMON: Attributes = {
    **writable(
        addr_method="PERIPHERAL", aen_disabled="0", black_hole="0", cpu_mask="3", forward_dst="0", forward_src="0",
        forwarding="0", io_grouping_type="auto", rel_tgt_id="0",
    ),
    **readable(sg_tablesize="65535"),
    **silent(*_COUNTERS, "none_cmd_count", "unknown_cmd_count"),
    "comment": Attribute(""),
}
PORT: Attributes = {
    **COMMON, **writable(enabled="0", phys_transport_version="0x0", scsi_transport_version="0xbe0"),
}
_NEGOTIATED = {
    "DataDigest": "None", "FirstBurstLength": "65536", "HeaderDigest": "None", "ImmediateData": "Yes",
    "InitialR2T": "No", "MaxBurstLength": "1048576", "MaxOutstandingR2T": "32", "MaxRecvDataSegmentLength": "1048576",
    "MaxSessions": "0", "MaxXmitDataSegmentLength": "1048576", "NopInInterval": "30", "NopInTimeout": "30",
    "QueuedCommands": "32", "RDMAExtensions": "No", "RspTimeout": "90",
}
_ISCSI: Attributes = {
    **COMMON,
    **{name: Attribute(f"{value}\n", tail="\n") for name, value in _NEGOTIATED.items()},
    **writable(alias="", enabled="0", redirect=""),
    "per_portal_acl": Attribute("0\n\n"),
}
ISCSI_DRIVER: Attributes = {
    **writable(isns_entity_name="", trace_level="out_of_mem | pid | special | mgmt"),
    **readable(version="3.11.0-pre\nTRACING"),
    **silent("open_state"),
    "enabled": Attribute("0\n\n"),
    "iSNSServer": Attribute("\n\n"),
    "internal_portal": Attribute("\n\n"),
    "link_local": Attribute("1\n\n"),
}
_PLAIN: Mapping[str, Attributes] = {"copy_manager": COMMON, "iscsi": _ISCSI}
_LARGEST_ID = 65535

_Command = Callable[[Tree, str, str], None]


def make_target(tree: Tree, target: str, attributes: Attributes) -> None:
    """Stage a new target that exports nothing."""
    make(tree, target, attributes)
    tree.put(f"{target}/ini_groups/mgmt", scst_luns.GROUPS_MGMT)
    tree.put(f"{target}/luns/mgmt", scst_luns.LUNS_MGMT)
    tree.mkdir(f"{target}/sessions")


def manage_iscsi(tree: Tree, path: str, text: str) -> None:
    """Answer a write to targets/iscsi/mgmt."""
    actions: dict[str, _Command] = {
        "add_target": _add, "del_target": _delete,
        "add_attribute": _add_to_driver, "del_attribute": _delete_from_driver,
        "add_target_attribute": _add_to_target, "del_target_attribute": _delete_from_target,
    }
    action, rest = command(text, actions)
    action(tree, os.path.dirname(path), rest)


def write(tree: Tree, path: str, text: str) -> None:
    """Answer a write to a plain attribute of a target."""
    driver = path.split("/")[-3]
    store(tree, path, text, _PLAIN.get(driver, PORT))


def write_to_driver(tree: Tree, path: str, text: str) -> None:
    """Answer a write to a plain attribute of a target driver."""
    store(tree, path, text, ISCSI_DRIVER)


def enable_driver(tree: Tree, path: str, text: str) -> None:
    """Answer a write to enabled of a target driver."""
    tree.put(path, f"{_switch(text)}\n\n")


def enable(tree: Tree, path: str, text: str) -> None:
    """Answer a write to enabled of a target: it needs a rel_tgt_id that no enabled target has, and gets one."""
    target, on = os.path.dirname(path), _switch(text)
    tree.put(path, f"{on}\n")
    if on == "0":
        return
    taken = _ids_of_enabled(tree, besides=target)
    own = _id(tree, target)
    if own in taken:
        raise refused(errno.EBADSLT)
    if own == 0:
        tree.put(f"{target}/rel_tgt_id", f"{free({str(other) for other in taken}, first=1)}\n{KEY}")


def set_id(tree: Tree, path: str, text: str) -> None:
    """Answer a write to the rel_tgt_id of a target; one that is disabled may clash, and be 0."""
    target, value = os.path.dirname(path), number(text, 0, 2**64 - 1)
    if value == _id(tree, target):
        return
    enabled = _is_enabled(tree, target)
    if enabled and value & _LARGEST_ID in {0, *_ids_of_enabled(tree, besides=target)}:
        raise refused(errno.EBADSLT)
    if value > _LARGEST_ID:
        raise refused(errno.EINVAL)
    tree.put(path, f"{value}\n{KEY}" if value else "0\n")


def _switch(text: str) -> str:
    if text[0] not in "01":
        raise refused(errno.EINVAL)
    return text[0]


def _id(tree: Tree, target: str) -> int:
    return int(tree.read(f"{target}/rel_tgt_id").partition("\n")[0])


def _is_enabled(tree: Tree, target: str) -> bool:
    return tree.exists(f"{target}/enabled") and tree.read(f"{target}/enabled").startswith("1")


def _ids_of_enabled(tree: Tree, besides: str) -> set[int]:
    targets = (target for driver in objects(tree, f"{ROOT}/targets") for target in objects(tree, driver))
    return {_id(tree, target) for target in targets if target != besides and _is_enabled(tree, target)} - {0}


def _add(tree: Tree, driver: str, text: str) -> None:
    (name,), rest = take(text, 1)
    given = parameters(rest, TARGET_VALUES)
    if ";" in name:
        raise refused(errno.EINVAL)
    if _find(tree, driver, name) is not None:
        raise refused(errno.EEXIST)
    if tree.exists(f"{driver}/{shown(name)}"):
        raise refused(errno.EBUSY)
    target = claim(tree, driver, name)
    tids = {tree.read(f"{other}/tid").strip() for other in objects(tree, driver)}
    make_target(tree, target, {**_ISCSI, **readable(tid=str(free(tids, first=1)))})
    for key, value in given.items():
        tree.put(f"{target}/{key}", f"{value}\n{KEY}")


def _delete(tree: Tree, driver: str, text: str) -> None:
    (name,), rest = take(text, 1)
    nothing_more(rest)
    target = _there(tree, driver, name)
    if tree.list(f"{target}/sessions"):
        raise refused(errno.EBUSY)
    scst_luns.forget_target(tree, target)
    scst_groups.forget_target(tree, target)
    remove(tree, target)


def _find(tree: Tree, driver: str, name: str) -> Optional[str]:
    """The iSCSI target of that name, upper and lower case being the same."""
    found = (target for target in objects(tree, driver) if name_of(tree, target).lower() == name.lower())
    return next(found, None)


def _there(tree: Tree, driver: str, name: str) -> str:
    target = _find(tree, driver, name)
    if target is None:
        raise refused(errno.ENOENT)
    return target


def _add_to_driver(tree: Tree, driver: str, text: str) -> None:
    _add_value(tree, driver, text, DRIVER_VALUES)


def _delete_from_driver(tree: Tree, driver: str, text: str) -> None:
    _delete_value(tree, driver, text, DRIVER_VALUES)


def _add_to_target(tree: Tree, driver: str, text: str) -> None:
    (name,), rest = take(text, 1)
    _add_value(tree, _there(tree, driver, name), rest, TARGET_VALUES)


def _delete_from_target(tree: Tree, driver: str, text: str) -> None:
    (name,), rest = take(text, 1)
    _delete_value(tree, _there(tree, driver, name), rest, TARGET_VALUES)


def _add_value(tree: Tree, folder: str, text: str, allowed: tuple[str, ...]) -> None:
    name, words = _named_value(text, allowed)
    there = list(_values(tree, folder, name))
    if any(other[0] == words[0] for _, other in there) or (there and name == "OutgoingUser"):
        raise refused(errno.EEXIST)
    taken = {path[len(f"{folder}/{name}") :] or "0" for path, _ in there}
    index = free(taken)
    tree.put(f"{folder}/{name}{index or ''}", f"{' '.join(words)}\n{KEY}")


def _delete_value(tree: Tree, folder: str, text: str, allowed: tuple[str, ...]) -> None:
    (name, first), _ = take(text, 2)
    found = next((path for path, words in _values(tree, folder, name) if words[0] == first), None)
    if name not in allowed or found is None:
        raise refused(errno.EINVAL)
    tree.remove(found)


def _named_value(text: str, allowed: tuple[str, ...]) -> tuple[str, list[str]]:
    (name,), rest = take(text, 1)
    if name not in allowed:
        raise refused(errno.EINVAL)
    words, rest = take(rest, 2 if name in DRIVER_VALUES else 1)
    return name, words


def _values(tree: Tree, folder: str, name: str) -> Iterator[tuple[str, list[str]]]:
    """The paths NAME, NAME1, NAME2, … and the words that each has."""
    for entry in tree.list(folder):
        if re.fullmatch(rf"{re.escape(name)}\d*", entry):
            yield f"{folder}/{entry}", tree.read(f"{folder}/{entry}").partition("\n")[0].split()
