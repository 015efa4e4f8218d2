"""The kinds of SCST's plain attributes: what text is a value of theirs, and when it is worth saving.

Sources: scst_sysfs.c, dev_vdisk.c and iscsi-scst; observed 2026-11.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Callable

from .scst_words import LARGEST, number, unread


class Key(enum.Enum):
    """When a value is worth saving, which a [key] shows."""

    CHANGED = enum.auto()
    WRITTEN = enum.auto()
    NEVER = enum.auto()


@dataclass(frozen=True)
class Kind:
    """How a written text becomes a value."""

    read: Callable[[str], str]
    key: Key = Key.CHANGED


def _line(text: str) -> str:
    return text.partition("\n")[0]


TEXT = Kind(_line)


def limited(length: int, key: Key = Key.CHANGED) -> Kind:
    """A text of so many bytes at most."""

    def read(text: str) -> str:
        line = _line(text)
        if len(line.encode("utf-8", "surrogateescape")) > length:
            raise unread()
        return line

    return Kind(read, key)


def integer(low: int = 0, high: int = LARGEST, key: Key = Key.CHANGED) -> Kind:
    """A number within bounds."""
    return Kind(lambda text: str(_number(text, low, high)), key)


def switch(high: int = LARGEST, key: Key = Key.CHANGED) -> Kind:
    """0 or 1; any other number up to `high` is taken for 1."""
    return Kind(lambda text: str(int(_number(text, 0, high) > 0)), key)


def choice(*values: str) -> Kind:
    """One of some words, in any case."""
    known = {value.lower(): value for value in values}

    def read(text: str) -> str:
        value = known.get(_line(text).strip().lower())
        if value is None:
            raise unread()
        return value

    return Kind(read)


def _number(text: str, low: int, high: int) -> int:
    try:
        return number(text, low, high)
    except OSError:
        raise unread() from None


def _hexadecimal(text: str) -> str:
    return hex(_number(text, 0, LARGEST))


def _mask(text: str) -> str:
    """A set of CPUs, as bitmap_parse(9) reads it."""
    line = _line(text).strip()
    if not re.fullmatch(r"[0-9a-fA-F]+(,[0-9a-fA-F]+)*", line):
        raise unread()
    return f"{int(line.replace(',', ''), 16):x}"


def _grouping(text: str) -> str:
    """How initiators share threads: a word, or the number of a group."""
    line = _line(text).strip()
    return line if line in ("auto", "this_group_only", "never") else str(_number(line, 1, LARGEST))


def _digests(text: str) -> str:
    """A list of digests, always shown in one order."""
    given = _line(text).strip().split(",")
    if not set(given) <= {"None", "CRC32C"}:
        raise unread()
    return ",".join(value for value in ("None", "CRC32C") if value in given)


def identifier(*lengths: int) -> Kind:
    """A SCSI name in hexadecimal digits, of one of so many bytes; nothing takes it away."""

    def read(text: str) -> str:
        line = _line(text)
        digits = line[2:] if line.startswith("0x") else line
        if line and (not re.fullmatch("[0-9a-fA-F]+", digits) or len(digits) // 2 not in lengths or len(digits) % 2):
            raise unread()
        return line

    return Kind(read)


def _naa(text: str) -> str:
    """An NAA name, as long as its first digit says (SPC-4, 7.8.6.6)."""
    line = identifier(8, 16).read(text)
    digits = line[2:] if line.startswith("0x") else line
    if digits and len(digits) != {"2": 16, "3": 16, "5": 16, "6": 32}.get(digits[0]):
        raise unread()
    return line


def _checked_later(text: str) -> str:
    """0 or 1; what else there is the work queue refuses."""
    return str(number(text, 0, 1))


_YES = choice("Yes", "No")
_DIGEST = Kind(_digests)
_LENGTH = integer(512, 1048576)
_FLAG = switch(1)

KINDS: Mapping[str, Kind] = {
    "active": Kind(_checked_later), "addr_method": choice("PERIPHERAL", "FLAT", "LUN"), "aen_disabled": _FLAG,
    "allow_not_connected_copy": _FLAG, "async_lun_replace": switch(1, Key.NEVER), "bind_alua_state": switch(),
    "black_hole": integer(0, 4, Key.NEVER), "cluster_mode": Kind(_checked_later), "cluster_name": limited(64),
    "cpu_mask": Kind(_mask), "DataDigest": _DIGEST, "eui64_id": identifier(8, 12, 16), "expl_alua": switch(),
    "FirstBurstLength": _LENGTH, "force_global_sgv_pool": switch(), "forward_dst": _FLAG, "forward_src": _FLAG,
    "HeaderDigest": _DIGEST, "ImmediateData": _YES, "InitialR2T": _YES, "io_grouping_type": Kind(_grouping),
    "lb_per_pb_exp": switch(), "MaxBurstLength": _LENGTH, "MaxOutstandingR2T": integer(1, 65535),
    "MaxRecvDataSegmentLength": _LENGTH, "MaxSessions": integer(0, 65535), "max_tasklet_cmd": integer(),
    "max_tgt_dev_commands": integer(), "MaxXmitDataSegmentLength": _LENGTH, "measure_latency": switch(key=Key.NEVER),
    "naa_id": Kind(_naa), "NopInInterval": integer(0, 65535), "NopInTimeout": integer(2, 65535),
    "numa_node_id": integer(-LARGEST), "per_portal_acl": _FLAG, "per_sess_dedicated_tgt_threads": _FLAG,
    "poll_us": integer(), "prod_id": limited(16, Key.WRITTEN), "prod_rev_lvl": limited(4, Key.WRITTEN),
    "QueuedCommands": integer(1, 2048), "RDMAExtensions": _YES, "read_zero": switch(), "RspTimeout": integer(2, 65535),
    "scsi_device_name": limited(256), "setup_id": Kind(_hexadecimal), "t10_dev_id": limited(25, Key.WRITTEN),
    "t10_vend_id": limited(8, Key.WRITTEN), "threads": integer(1), "usn": limited(20, Key.WRITTEN),
}
