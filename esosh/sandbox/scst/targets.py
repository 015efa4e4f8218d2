"""What all of SCST's targets have in common: their attributes, and the ids that tell them apart."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator

from ..tree import Tree
from . import groups, initiators, luns
from .attributes import (
    Attribute,
    Attributes,
    empty,
    number_text,
    put_attributes,
    read_only,
    read_value,
    store,
    writable,
)
from .names import ROOT, next_number, objects, remove
from .sessions import COUNTERS
from .words import parse_number_at_once, refusal, unreadable

COMMON: Attributes = {
    **writable(
        addr_method="PERIPHERAL", aen_disabled="0", black_hole="0", cpu_mask="3", forward_dst="0",
        forward_src="0", forwarding="0", io_grouping_type="auto", rel_tgt_id="0",
    ),
    **read_only(sg_tablesize="65535"),
    **empty(*COUNTERS),
    "comment": Attribute(""),
}
LOCAL: Attributes = {**COMMON, **writable(phys_transport_version="0x0", scsi_transport_version="0xbe0")}
COPY: Attributes = {
    **COMMON,
    **read_only(
        dif_capabilities="dif_supported, "
        "hw_dif_type1_supported, hw_dif_type2_supported, hw_dif_type3_supported",
    ),
    **empty("dif_checks_failed", mode=0o644),
}
PORT: Attributes = {**LOCAL, **writable(enabled="0")}
_KEPT_BY_THE_DAEMON = {
    "alias": "", "redirect": "", "DataDigest": "None", "FirstBurstLength": "65536", "HeaderDigest": "None",
    "ImmediateData": "Yes", "InitialR2T": "No", "MaxBurstLength": "1048576", "MaxOutstandingR2T": "32",
    "MaxRecvDataSegmentLength": "1048576", "MaxSessions": "0", "MaxXmitDataSegmentLength": "1048576",
    "NopInInterval": "30", "NopInTimeout": "30", "QueuedCommands": "32", "RDMAExtensions": "No",
    "RspTimeout": "90",
}
ISCSI: Attributes = {
    **COMMON,
    **{name: Attribute(f"{value}\n", tail="\n") for name, value in _KEPT_BY_THE_DAEMON.items()},
    **writable(enabled="0"),
    "per_portal_acl": Attribute("0\n\n"),
}
_BY_DRIVER = {"copy_manager": COMMON, "iscsi": ISCSI, "scst_local": LOCAL}
_LARGEST_ID = 65535


def put_target(tree: Tree, target: str, attributes: Attributes) -> None:
    """Stage a new target that exports nothing."""
    put_attributes(tree, target, attributes)
    tree.put(f"{target}/ini_groups/mgmt", initiators.GROUPS_MGMT)
    tree.put(f"{target}/luns/mgmt", luns.LUNS_MGMT)
    tree.mkdir(f"{target}/sessions")


def delete_target(tree: Tree, target: str) -> None:
    """Stage the removal of a target, and of all that leads to it."""
    initiators.forget_target(tree, target)
    groups.forget_target(tree, target)
    remove(tree, target)


def write(tree: Tree, path: str, text: str) -> None:
    """Answer a write to a plain attribute of a target."""
    driver = path.split("/")[-3]
    store(tree, path, text, _BY_DRIVER.get(driver, PORT))


def forward(tree: Tree, path: str, text: str) -> None:
    """Answer a write to forward_dst, or to forwarding, which is an older name of it."""
    for name in ("forward_dst", "forwarding"):
        write(tree, f"{os.path.dirname(path)}/{name}", text)


def write_to_driver(tree: Tree, path: str, text: str) -> None:
    """Answer a write to a plain attribute of a target driver."""
    name = os.path.basename(path)
    ending = "\n\n" if tree.read(path).endswith("\n\n") else "\n"
    store(tree, path, text, {name: Attribute(ending)})


def enable(tree: Tree, path: str, text: str) -> None:
    """Answer a write to enabled of a target: it needs an id that no other enabled target has, or gets one."""
    target, value = os.path.dirname(path), switch(text)
    if value == "1" and not _is_enabled(tree, target):
        _ensure_id(tree, target)
    tree.put(path, f"{value}\n")


def set_id(tree: Tree, path: str, text: str) -> None:
    """Answer a write to the rel_tgt_id of a target; that of a disabled target may clash, and be 0."""
    target = os.path.dirname(path)
    number = parse_number_at_once(text, 0, 2**64 - 1)
    enabled = _is_enabled(tree, target)
    if enabled and _clashes(tree, target, number):
        raise refusal(errno.EBADSLT)
    lowest = int(enabled)
    if not lowest <= number <= _LARGEST_ID:
        raise refusal(errno.EINVAL)
    tree.put(path, number_text(number))


def switch(text: str) -> str:
    """The first character, which has to be 0 or 1."""
    if text[0] not in "01":
        raise unreadable()
    return text[0]


def _ensure_id(tree: Tree, target: str) -> None:
    """Stage an id for a target that has none; EBADSLT when another enabled target has its id."""
    number = _id(tree, target)
    taken = _enabled_ids(tree, besides=target)
    if number == 0:
        tree.put(f"{target}/rel_tgt_id", number_text(_next_id(tree, taken)))
    elif number in taken:
        raise refusal(errno.EBADSLT)


def _next_id(tree: Tree, taken: set[int]) -> int:
    """The next id that is not taken, counted on from the one that was given last."""
    while True:
        number = next_number(tree, "/rel_tgt_id", first=1)
        if number not in taken:
            return number


def _clashes(tree: Tree, target: str, number: int) -> bool:
    """Whether another enabled target has this new id; the kernel looks at 16 bits only."""
    return number != _id(tree, target) and number & _LARGEST_ID in _enabled_ids(tree, besides=target)


def _id(tree: Tree, target: str) -> int:
    return int(read_value(tree, f"{target}/rel_tgt_id"))


def _is_enabled(tree: Tree, target: str) -> bool:
    """Whether a target is enabled: one without the attribute always is."""
    return not tree.exists(f"{target}/enabled") or tree.read(f"{target}/enabled").startswith("1")


def _enabled_ids(tree: Tree, besides: str) -> set[int]:
    """The ids of the enabled targets but for one target."""
    others = (target for target in _targets(tree) if target != besides)
    return {_id(tree, target) for target in others if _is_enabled(tree, target)}


def _targets(tree: Tree) -> Iterator[str]:
    for driver in objects(tree, f"{ROOT}/targets"):
        yield from objects(tree, driver)
