"""What all of SCST's targets have in common: their attributes, and the numbers that tell them apart."""

from __future__ import annotations

import errno
import os

from . import scst_groups, scst_initiators, scst_luns
from .scst_attributes import KEY, Attribute, Attributes, make, readable, silent, store, writable
from .scst_names import ROOT, count, objects, remove
from .scst_words import number, refused, unread
from .tree import Tree

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
LOCAL: Attributes = {**COMMON, **writable(phys_transport_version="0x0", scsi_transport_version="0xbe0")}
COPY: Attributes = {
    **COMMON,
    **readable(dif_capabilities=", ".join(("dif_supported", *(f"hw_dif_type{kind}_supported" for kind in (1, 2, 3))))),
    **silent("dif_checks_failed", mode=0o644),
}
PORT: Attributes = {**LOCAL, **writable(enabled="0")}
_KEPT_BY_THE_DAEMON = {
    "alias": "", "redirect": "", "DataDigest": "None", "FirstBurstLength": "65536", "HeaderDigest": "None",
    "ImmediateData": "Yes", "InitialR2T": "No", "MaxBurstLength": "1048576", "MaxOutstandingR2T": "32",
    "MaxRecvDataSegmentLength": "1048576",
    "MaxSessions": "0", "MaxXmitDataSegmentLength": "1048576", "NopInInterval": "30", "NopInTimeout": "30",
    "QueuedCommands": "32", "RDMAExtensions": "No", "RspTimeout": "90",
}
ISCSI: Attributes = {
    **COMMON,
    **{name: Attribute(f"{value}\n", tail="\n") for name, value in _KEPT_BY_THE_DAEMON.items()},
    **writable(enabled="0"),
    "per_portal_acl": Attribute("0\n\n"),
}
_PLAIN = {"copy_manager": COMMON, "iscsi": ISCSI, "scst_local": LOCAL}
_LARGEST_ID = 65535


def make_target(tree: Tree, target: str, attributes: Attributes) -> None:
    """Stage a new target that exports nothing."""
    make(tree, target, attributes)
    tree.put(f"{target}/ini_groups/mgmt", scst_initiators.GROUPS_MGMT)
    tree.put(f"{target}/luns/mgmt", scst_luns.LUNS_MGMT)
    tree.mkdir(f"{target}/sessions")


def delete_target(tree: Tree, target: str) -> None:
    """Stage the removal of a target, and of all that leads to it."""
    scst_initiators.forget_target(tree, target)
    scst_groups.forget_target(tree, target)
    remove(tree, target)


def write(tree: Tree, path: str, text: str) -> None:
    """Answer a write to a plain attribute of a target."""
    driver = path.split("/")[-3]
    store(tree, path, text, _PLAIN.get(driver, PORT))


def forward(tree: Tree, path: str, text: str) -> None:
    """Answer a write to forwarding, which is an older name of forward_dst too."""
    write(tree, path, text)
    write(tree, f"{os.path.dirname(path)}/forward_dst", text)


def write_to_driver(tree: Tree, path: str, text: str) -> None:
    """Answer a write to a plain attribute of a target driver."""
    name = os.path.basename(path)
    now = tree.read(path)
    store(tree, path, text, {name: Attribute(now[-2:] if now.endswith("\n\n") else "\n")})


def enable(tree: Tree, path: str, text: str) -> None:
    """Answer a write to enabled of a target: it needs a rel_tgt_id that no enabled target has, and gets one."""
    target, on = os.path.dirname(path), switch(text)
    if on == "0" or _is_enabled(tree, target):
        return tree.put(path, f"{on}\n")
    taken = _ids_of_enabled(tree, besides=target)
    own = _id(tree, target)
    if own and own in taken:
        raise refused(errno.EBADSLT)
    if own == 0:
        tree.put(f"{target}/rel_tgt_id", f"{_next_id(tree, taken)}\n{KEY}")
    tree.put(path, "1\n")


def set_id(tree: Tree, path: str, text: str) -> None:
    """Answer a write to the rel_tgt_id of a target; one that is disabled may clash, and be 0."""
    target, enabled = os.path.dirname(path), _is_enabled(tree, os.path.dirname(path))
    try:
        value = number(text, 0, 2**64 - 1)
    except OSError:
        raise unread() from None
    if enabled and value != _id(tree, target) and value & _LARGEST_ID in _ids_of_enabled(tree, besides=target):
        raise refused(errno.EBADSLT)
    if value > _LARGEST_ID or (enabled and value == 0):
        raise refused(errno.EINVAL)
    tree.put(path, f"{value}\n{KEY}" if value else "0\n")


def switch(text: str) -> str:
    """The first character, which has to be 0 or 1."""
    if text[0] not in "01":
        raise unread()
    return text[0]


def _next_id(tree: Tree, taken: set[int]) -> int:
    """Ids are tried in turn, from behind the one that was given last."""
    while True:
        own = count(tree, "/rel_tgt_id", first=1)
        if own not in taken:
            return own


def _id(tree: Tree, target: str) -> int:
    return int(tree.read(f"{target}/rel_tgt_id").partition("\n")[0])


def _is_enabled(tree: Tree, target: str) -> bool:
    """A target whose driver knows no enabling always is."""
    return not tree.exists(f"{target}/enabled") or tree.read(f"{target}/enabled").startswith("1")


def _ids_of_enabled(tree: Tree, besides: str) -> set[int]:
    targets = (target for driver in objects(tree, f"{ROOT}/targets") for target in objects(tree, driver))
    return {_id(tree, target) for target in targets if target != besides and _is_enabled(tree, target)}
