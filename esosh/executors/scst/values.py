"""Values as SCST and its daemon iscsi-scstd show them, and those that they accept.

Sources: SCST, scst_vdisk.c, scst_sysfs.c; iscsi-scst/usr/event.c; lib/bitmap.c; observed 2026-11.
"""

from __future__ import annotations

import re
from typing import Optional

from ...language.numbers import decimal, kernel_number

LISTEN_PORT = 3260  # of iSCSI: not shown
_LARGEST_PORT = 65535
_REDIRECTION = re.compile(r"(\[[0-9a-f:.]+\]|[0-9.]+)(?::([0-9]{1,5}))? (temp|perm)", re.I)
_SERVER = re.compile(r"(\S+)( AccessControl(?: (Yes|No))?)?", re.I)
_SETUP_ID = re.compile("0x[0-9a-f]{1,16}|0|[1-9][0-9]{0,18}", re.I)
_SMALLEST_BLOCK, _LARGEST_LENGTH = 512, 2**31 - 1  # bytes
_CHUNK = 8  # digits between the commas of a mask
_DIGESTS = ("None", "CRC32C")  # in the order in which they are shown
_WORDS = {word.lower(): word for word in ("PERIPHERAL", "FLAT", "LUN", "Yes", "No")}


def number(value: str) -> str:
    """A number without leading zeros."""
    sign = value[:1] if value.startswith("-") else ""
    read = decimal(value[len(sign) :])
    return value if read is None else str(int(f"{sign}{read}"))


def hexadecimal(value: str) -> str:
    """A number with 0x in front."""
    read = kernel_number(value) if value[:2] in ("0x", "0X") else decimal(value)
    return value if read is None else hex(read)


def digits(value: str) -> str:
    """Digits of a SCSI name behind 0x, which SCST does not accept in upper case."""
    return value.lower()


def words(value: str) -> str:
    """One of several words, digests in their order, or a number."""
    parts = value.split(",")
    if {*parts} <= {*_DIGESTS}:
        return ",".join(digest for digest in _DIGESTS if digest in parts)
    return _WORDS.get(value.lower()) or number(value)


def mask(value: str) -> str:
    """A mask of processors, without leading zeros and with a comma behind every eighth digit from its end.

    SCST shows as many digits as the box has processors, but compares no text.
    """
    processors = bits(value)
    if processors is None:
        return value
    text = f"{processors:x}"
    first = len(text) % _CHUNK or _CHUNK
    return ",".join((text[:first], *re.findall(f".{{{_CHUNK}}}", text[first:])))


def bits(value: str) -> Optional[int]:
    """The number that a mask of processors is; None for what is no mask."""
    parts = value.strip().split(",")
    if not all(re.fullmatch(f"[0-9a-fA-F]{{1,{_CHUNK}}}", part) for part in parts):
        return None
    return int("".join(part.zfill(_CHUNK) for part in parts), 16)


def is_mask(value: str) -> bool:
    """Whether it is a mask of processors."""
    return bits(value) is not None


def redirection(value: str) -> str:
    """Where initiators are sent to, without the port of iSCSI."""
    match = _REDIRECTION.fullmatch(value.strip())
    if match is None:
        return value
    address, port, kind = match.groups()
    suffix = "" if int(port or LISTEN_PORT) == LISTEN_PORT else f":{int(port)}"
    return f"{address}{suffix} {kind}".lower()


def is_redirection(value: str) -> bool:
    """Whether initiators can be sent there; the empty text sends them nowhere."""
    match = _REDIRECTION.fullmatch(value)
    if match is None:
        return not value
    address, port, _ = match.groups()
    return _is_address(address) and 1 <= int(port or LISTEN_PORT) <= _LARGEST_PORT


def _is_address(text: str) -> bool:
    import socket  # only who redirects initiators needs it

    family = socket.AF_INET6 if text.startswith("[") else socket.AF_INET
    try:
        socket.inet_pton(family, text.strip("[]"))
    except OSError:
        return False
    return True


def server(value: str) -> str:
    """An iSNS server, and AccessControl where initiators need its leave; else the daemon shows a blank."""
    match = _SERVER.fullmatch(value.strip())
    if match is None:
        return value
    name, option, choice = match.groups()
    return f"{name} AccessControl" if option and (choice or "").lower() != "no" else name


def is_server(value: str) -> bool:
    """Whether the daemon can read an iSNS server; the empty text is none."""
    return not value or _SERVER.fullmatch(value) is not None


def is_between(value: str, low: int, high: int) -> bool:
    """Whether it is a number within bounds."""
    return re.fullmatch("[0-9]{1,10}", value) is not None and low <= int(value) <= high


def is_setup_id(value: str) -> bool:
    """Whether SCST keeps all of a setup_id: it has 32 bits for it."""
    return _SETUP_ID.fullmatch(value) is not None and int(value, 0) < 1 << 32


def is_whole_blocks(value: str) -> bool:
    """Whether a length may be a number of blocks: the smallest block has 512 bytes."""
    return is_between(value, 0, _LARGEST_LENGTH) and int(value) % _SMALLEST_BLOCK == 0


def size(text: str) -> int:
    """The bytes of a text."""
    return len(text.encode("utf-8", "surrogateescape"))
