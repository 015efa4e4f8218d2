"""The kinds of SCST's plain attributes: which texts are values of a kind, and which values are worth saving.

Sources: scst_sysfs.c, dev_vdisk.c and iscsi-scst; observed 2026-11.
"""

from __future__ import annotations

import enum
import errno
import re
from collections.abc import Callable, Mapping

from .words import LARGEST, first_line, parse_number, parse_number_at_once, unreadable


class Key(enum.Enum):
    """Which values of an attribute are worth saving; a [key] marks them."""

    CHANGED = enum.auto()
    WRITTEN = enum.auto()
    NEVER = enum.auto()


class Kind:
    """How a written text becomes a value."""

    def __init__(self, read: Callable[[str], str], key: Key = Key.CHANGED) -> None:
        self.read = read
        self.key = key


TEXT = Kind(first_line)


def limited(length: int, key: Key = Key.CHANGED) -> Kind:
    """A text of at most so many bytes."""

    def read(text: str) -> str:
        line = first_line(text)
        if len(line.encode("utf-8", "surrogateescape")) > length:
            raise unreadable()
        return line

    return Kind(read, key)


def integer(low: int = 0, high: int = LARGEST, key: Key = Key.CHANGED) -> Kind:
    """A number within bounds."""
    return Kind(lambda text: str(parse_number_at_once(text, low, high)), key)


def switch(high: int = LARGEST, key: Key = Key.CHANGED) -> Kind:
    """0 or 1; any other number up to `high` counts as 1."""
    return Kind(lambda text: str(int(parse_number_at_once(text, 0, high) > 0)), key)


def choice(*values: str) -> Kind:
    """One of some words, in any case."""
    by_lower_case = {value.lower(): value for value in values}

    def read(text: str) -> str:
        value = by_lower_case.get(_word(text).lower())
        if value is None:
            raise unreadable()
        return value

    return Kind(read)


def identifier(*lengths: int) -> Kind:
    """A SCSI name in hexadecimal digits, of one of so many bytes; an empty text clears it."""

    def read(text: str) -> str:
        digits = _digits(_word(text))
        if digits and not _is_hexadecimal(digits, lengths):
            raise unreadable()
        return digits and f"0x{digits.lower()}"

    return Kind(read)


def _word(text: str) -> str:
    return first_line(text).strip()


def _digits(line: str) -> str:
    """The digits of a hexadecimal number, with or without 0x."""
    return line[2:] if line.startswith("0x") else line


def _is_hexadecimal(digits: str, lengths: tuple[int, ...]) -> bool:
    """Whether these are the hexadecimal digits of so many bytes."""
    return re.fullmatch("(?:[0-9a-fA-F]{2})+", digits) is not None and len(digits) // 2 in lengths


def _naa(text: str) -> str:
    """An NAA name, as long as its first digit says (SPC-4, 7.8.6.6)."""
    line = identifier(8, 16).read(text)
    digits = _digits(line)
    if digits and len(digits) != _NAA_LENGTHS.get(digits[0]):
        raise unreadable()
    return line


def _hexadecimal(text: str) -> str:
    return hex(parse_number_at_once(text, 0, LARGEST) & _WORD)


def _mask(text: str) -> str:
    """A set of CPUs, as bitmap_parse(9) reads it: eight digits at the most between two commas."""
    parts = _word(text).split(",")
    if not all(re.fullmatch("[0-9a-fA-F]+", part) for part in parts):
        raise unreadable()
    mask = int("".join(part.zfill(_CHUNK) for part in parts), 16)
    if mask > _PROCESSORS or max(map(len, parts)) > _CHUNK:
        raise unreadable(errno.EOVERFLOW)
    return f"{mask:x}"


def _grouping(text: str) -> str:
    """How initiators share threads: a word, or the number of a group."""
    word = _word(text)
    return word if word in _GROUPINGS else str(parse_number_at_once(word, 1, LARGEST))


def _digests(text: str) -> str:
    """A list of digests, always shown in one order."""
    digests = _word(text).split(",")
    if not set(digests) <= {*_DIGEST_ORDER}:
        raise unreadable()
    return ",".join(digest for digest in _DIGEST_ORDER if digest in digests)


def _redirection(text: str) -> str:
    """An address, its port unless it is iSCSI's, and temp or perm (iscsi-scstd, event.c)."""
    words = _word(text).lower().split()
    if not words:
        return ""
    match = _PLACE.fullmatch(words[0])
    if match is None or words[1:] not in (["temp"], ["perm"]) or not _is_address(match[1]):
        raise unreadable()
    port = int(match[2] or _LISTEN_PORT)
    if port <= 0:
        raise unreadable()
    return f"{match[1]}{'' if port == _LISTEN_PORT else f':{port}'} {words[1]}"


def _is_address(text: str) -> bool:
    import socket  # slow to import, and little needs it

    family = socket.AF_INET6 if text.startswith("[") else socket.AF_INET
    try:
        socket.inet_pton(family, text.strip("[]"))
    except OSError:
        return False
    return True


def _isns_server(text: str) -> str:
    """The address of an iSNS server; in a sandbox no server answers."""
    words = _word(text).lower().split()
    if words[1:2] not in ([], ["accesscontrol"]):
        raise unreadable()
    if words:
        raise unreadable(errno.ECONNREFUSED)
    return ""


def _first_word(text: str) -> str:
    return next(iter(text.split()), "")


def _checked_later(text: str) -> str:
    """0 or 1; the work queue refuses any other text."""
    return str(parse_number(text, 0, 1))


_NAA_LENGTHS = {"2": 16, "3": 16, "5": 16, "6": 32}  # digits, by the first one
_GROUPINGS = ("auto", "this_group_only", "never")
_DIGEST_ORDER = ("None", "CRC32C")
_PLACE = re.compile(r"(\[[^\]]*\]|[^:]*)(?::([0-9]+))?")
_LISTEN_PORT = 3260  # of iSCSI: not shown
_PROCESSORS = 0b11  # a bit for each that the recorded box has
_CHUNK = 8  # digits
_WORD = 2**32 - 1  # an unsigned int

_FLAG = switch(1)
_LATER_FLAG = Kind(_checked_later)
_YES_OR_NO = choice("Yes", "No")
_DIGESTS = Kind(_digests)
_LENGTH = integer(512, 1048576)

KINDS: Mapping[str, Kind] = {
    "active": _LATER_FLAG,
    "addr_method": choice("PERIPHERAL", "FLAT", "LUN"),
    "aen_disabled": _FLAG,
    "allow_not_connected_copy": _FLAG,
    "async": _FLAG,
    "async_lun_replace": switch(1, Key.NEVER),
    "bind_alua_state": switch(),
    "black_hole": integer(0, 4, Key.NEVER),
    "cluster_mode": _LATER_FLAG,
    "cluster_name": limited(63),
    "cpu_mask": Kind(_mask),
    "DataDigest": _DIGESTS,
    "eui64_id": identifier(8, 12, 16),
    "expl_alua": switch(),
    "FirstBurstLength": _LENGTH,
    "force_global_sgv_pool": switch(),
    "forward_dst": _FLAG,
    "forward_src": _FLAG,
    "forwarding": _FLAG,
    "HeaderDigest": _DIGESTS,
    "ImmediateData": _YES_OR_NO,
    "InitialR2T": _YES_OR_NO,
    "inq_vend_specific": limited(160),
    "io_grouping_type": Kind(_grouping),
    "iSNSServer": Kind(_isns_server),
    "isns_entity_name": Kind(_first_word),
    "lb_per_pb_exp": switch(),
    "link_local": _FLAG,
    "MaxBurstLength": _LENGTH,
    "MaxOutstandingR2T": integer(1, 65535),
    "MaxRecvDataSegmentLength": _LENGTH,
    "MaxSessions": integer(0, 65535),
    "max_tasklet_cmd": integer(),
    "max_tgt_dev_commands": integer(),
    "MaxXmitDataSegmentLength": _LENGTH,
    "measure_latency": switch(key=Key.NEVER),
    "naa_id": Kind(_naa),
    "NopInInterval": integer(0, 65535),
    "NopInTimeout": integer(2, 65535),
    "numa_node_id": integer(-LARGEST),
    "per_portal_acl": _FLAG,
    "per_sess_dedicated_tgt_threads": _FLAG,
    "poll_us": integer(),
    "prod_id": limited(16, Key.WRITTEN),
    "prod_rev_lvl": limited(4, Key.WRITTEN),
    "QueuedCommands": integer(1, 2048),
    "RDMAExtensions": _YES_OR_NO,
    "read_zero": switch(),
    "redirect": Kind(_redirection),
    "RspTimeout": integer(2, 65535),
    "scsi_device_name": limited(256),
    "setup_id": Kind(_hexadecimal),
    "t10_dev_id": limited(25, Key.WRITTEN),
    "t10_vend_id": limited(8, Key.WRITTEN),
    "threads": integer(1),
    "usn": limited(20, Key.WRITTEN),
    "vend_specific_id": limited(128, Key.WRITTEN),
}
