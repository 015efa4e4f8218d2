"""SCST's attributes by their names: their defaults, which are configuration, how the kernel shows a value.

An attribute at its default is not saved, neither by SCST ("[key]" in sysfs) nor by esosh. The kind of an
object is the handler of a device, or "core", "driver", "target", "group" or "lun".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Callable, Optional

from .attribute_table import TABLE, Attribute, Form, Value

_KINDS = tuple(dict.fromkeys(kind for row in TABLE for kind in row.defaults))
_HANDLERS = tuple(dict.fromkeys(handler for row in TABLE for handler in row.parameter_of))
_ROWS: Mapping[str, Attribute] = {row.name: row for row in TABLE}


def _defaults(kind: str) -> dict[str, str]:
    values = {row.name: row.defaults.get(kind) for row in TABLE}
    return {name: value for name, value in values.items() if value is not None}


def _names(matches: Callable[[Attribute], object]) -> frozenset[str]:
    return frozenset(row.name for row in filter(matches, TABLE))


def _parameters(handler: str) -> frozenset[str]:
    return _names(lambda row: handler in row.parameter_of)


def _all_names(kind: str) -> frozenset[str]:
    return _names(lambda row: kind in row.defaults)


DEFAULTS: Mapping[str, Mapping[str, str]] = {kind: _defaults(kind) for kind in _KINDS}
NAMES: Mapping[str, frozenset[str]] = {kind: _all_names(kind) for kind in _KINDS}
PARAMETERS: Mapping[str, frozenset[str]] = {handler: _parameters(handler) for handler in _HANDLERS}
FIXED = _names(lambda row: row.fixed)
IDENTITY = _names(lambda row: row.made_from)
NAMED = _names(lambda row: row.made_from == "name")
ISCSI_ONLY = _names(lambda row: row.driver == "iscsi" and "target" in row.defaults)
LARGEST: Mapping[str, int] = {row.name: row.largest for row in TABLE if row.largest is not None}
FORMS: Mapping[str, Form] = {row.name: row.form for row in TABLE if row.form is not None}

_COUNTERS = "(bidi|none|read|unknown|write)_(cmd_count|io_count_kb|unaligned_cmd_count)"
_DEVICE_STATE = (
    "block dump_prs exported gen_tp_soft_threshold_reached_UA handler pr_state resync_size scsi_device "
    "size_mb sync type"
)
_FIELDS = "IncomingUser[0-9]* OutgoingUser allowed_portal[0-9]* enabled rel_tgt_id"  # of the configuration
_STATE_NAMES = {  # regular expressions
    "vdisk_nullio": _DEVICE_STATE,
    "device": f"{_DEVICE_STATE} size",  # the size is that of the file or the disk
    "core": "device_groups devices handlers last_sysfs_mgmt_res sgv suspend targets trace_.* version",
    "driver": f"{_FIELDS} dif_.* mgmt open_state stats trace_level version",
    "target": f"{_FIELDS} {_COUNTERS} dif_.* forwarding ini_groups luns open_state session_name sessions "
              "sg_tablesize tid",
    "group": "initiators luns mgmt",
    "lun": "device",
}
_STATE: Mapping[str, re.Pattern[str]] = {
    kind: re.compile("|".join(names.split())) for kind, names in _STATE_NAMES.items()
}
_SECRETS = re.compile(r"(IncomingUser|OutgoingUser)[0-9]*")
USER = re.compile(
    r"[^\s=;\"'\\{}#@\x00-\x1f\x7f]{1,255} [^\s=;\"'\\{}#@\x00-\x1f\x7f][^\s=;\"'\\{}#\x00-\x1f\x7f]{11,254}"
)


def default(kind: str, key: str) -> Optional[str]:
    """The value of an untouched attribute; None where that depends on the box or on the object."""
    return DEFAULTS.get(kind, {}).get(key)


def is_fixed(handler: str, key: str) -> bool:
    """Whether a device keeps the value that it was made with; of a handler without a row, as of any other."""
    return key in FIXED and key in PARAMETERS.get(handler, FIXED)


def is_state(kind: str, key: str) -> bool:
    """Whether an attribute is not configuration: a counter, a trigger, or what another one shows too."""
    return bool(_STATE.get(kind, _STATE["device"]).fullmatch(key))


def worth_saving(kind: str, key: str, value: str) -> bool:
    """Whether an attribute is configuration and not at its default."""
    return not is_state(kind, key) and not _is_default(kind, key, canonical(key, value))


def _is_default(kind: str, key: str, value: str) -> bool:
    if key == "threads_pool_type" and value == "Async":
        return True  # SCST shows it where a device has no threads, and it cannot be set
    return value == default(kind, key)


def canonical(key: str, value: str) -> str:
    """A value as the kernel shows it."""
    return _SHOWN[_ROWS[key].value](value) if key in _ROWS else value


def _number(value: str) -> str:
    return str(int(value)) if re.fullmatch(r"-?[0-9]{1,20}", value) else value


def _hex(value: str) -> str:
    if re.fullmatch("0[xX][0-9a-fA-F]{1,16}", value):
        return hex(int(value, 16))
    return hex(int(value)) if re.fullmatch("[0-9]{1,20}", value) else value


_SHOWN: Mapping[Value, Callable[[str], str]] = {
    Value.NUMBER: _number,
    Value.SWITCH: _number,
    Value.WORDS: _number,
    Value.HEX: _hex,
    Value.DIGITS: lambda value: value[:2].lower() + value[2:],  # SCST does not accept 0X
    Value.MASK: lambda value: value.lower().lstrip("0") or "0",
    Value.TEXT: str,
}


def split_user(value: str) -> tuple[str, str]:
    """The name and the secret of an iSCSI user."""
    name, secret, *_ = [*value.split(None, 1), "", ""]
    return name, secret


def is_made_up(device: str, key: str, value: str) -> bool:
    """Whether an identity is the one that the kernel gives a device of that name.

    Source: SCST, dev_vdisk.c (vdev_gen_dev_id_num): the serial number is the name's CRC, behind setup_id.
    """
    if key not in NAMED:
        return False
    crc, name = _crc(device.encode("utf-8", "surrogateescape") + bytes(1)), re.escape(device[:16])
    number = f"({crc:x}|[0-9a-f]{{1,8}}{crc:08x})"
    form = {"usn": number, "prod_id": name}.get(key, f"{number}-{name}")
    return bool(re.fullmatch(form, value))


def _crc(data: bytes) -> int:
    """The CRC of lib/crc32.c, Castagnoli's, from 0."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc


def is_secret(key: str) -> bool:
    """Whether the second word of an attribute's value is a secret."""
    return bool(_SECRETS.fullmatch(key))
