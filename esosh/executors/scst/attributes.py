"""SCST's attributes by their names: their defaults, which are configuration, how the kernel shows a value.

An attribute at its default is not saved, neither by SCST ("[key]" in sysfs) nor by esosh. The kind of an
object is the handler of a device, or "core", "driver", "copy_manager", "target", "group" or "lun".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Callable, Optional

from ...config.scst import COPY_MANAGER
from . import values
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
ONLY_OF: Mapping[str, str] = {  # by attribute of a target or its groups: the only driver that has it
    row.name: row.driver for row in TABLE if row.driver and "driver" not in row.defaults
}
LARGEST: Mapping[str, int] = {row.name: row.largest for row in TABLE if row.largest is not None}
_FORM_OF = {  # the least that a value of its kind is; a key that is typed as any other is held to it
    Value.NUMBER: Form(re.compile("-?[0-9]{1,20}").fullmatch, "a number"),
    Value.SWITCH: Form(re.compile("[01]").fullmatch, "0 or 1"),
    Value.HEX: Form(
        re.compile("(0[xX][0-9a-fA-F]{1,32}|[0-9]{1,19})?").fullmatch, "a number that begins with 0x"
    ),
}
FORMS: Mapping[str, Form] = {
    row.name: row.form or _FORM_OF[row.value] for row in TABLE if row.form or row.value in _FORM_OF
}

VENDORS: Mapping[str, str] = {  # the t10_vend_id of an untouched device
    "vdisk_fileio": "SCST_FIO", "vdisk_nullio": "SCST_FIO", "vcdrom": "SCST_FIO", "vdisk_blockio": "SCST_BIO",
}
_RESERVATIONS = "/var/lib/scst/pr"

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
    COPY_MANAGER: f"{_FIELDS} copy_manager_tgt dif_.* trace_level",
    "target": f"{_FIELDS} {_COUNTERS} dif_.* forwarding ini_groups luns open_state session_name sessions "
              "sg_tablesize tid",
    "group": "initiators luns mgmt",
    "lun": "device",
}
_STATE: Mapping[str, re.Pattern[str]] = {
    kind: re.compile("|".join(names.split())) for kind, names in _STATE_NAMES.items()
}
_PRODUCT, _IDENTIFIER = 16, 25  # bytes that SCST has for them
_SECRETS = re.compile(r"(IncomingUser|OutgoingUser)[0-9]*")
# iscsi-scstd cuts a user at blanks and "=" (usr/config.c, config_sep_string); what scst.conf cannot hold of
# a secret is the matter of a check
USER = re.compile(r"[^\s=;\"'\\{}#@\x00-\x1f\x7f]{1,255} [^\s=@\x00-\x1f\x7f][^\s=\x00-\x1f\x7f]{11,254}")


def driver_kind(name: str) -> str:
    """The kind that a target driver is: the copy manager is one of its own."""
    return COPY_MANAGER if name == COPY_MANAGER else "driver"


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


def comparison(key: str) -> str:
    """How a value that SCST shows is compared with one that was written: see Expect."""
    return "mask" if key in _ROWS and _ROWS[key].value is Value.MASK else "is"


_SHOWN: Mapping[Value, Callable[[str], str]] = {
    Value.NUMBER: values.number, Value.SWITCH: values.number, Value.WORDS: values.words,
    Value.HEX: values.hexadecimal, Value.DIGITS: values.digits, Value.MASK: values.mask,
    Value.REDIRECTION: values.redirection, Value.SERVER: values.server, Value.TEXT: str,
}


def split_user(value: str) -> tuple[str, str]:
    """The name and the secret of an iSCSI user."""
    name, secret, *_ = [*value.split(None, 1), "", ""]
    return name, secret


def made_up(handler: str, device: str, setup_id: int) -> dict[str, str]:
    """What SCST says of an untouched device of that name, made under this setup_id.

    Source: SCST, dev_vdisk.c (vdev_gen_dev_id_num): the serial number is the name's CRC, behind setup_id.
    """
    number = f"{setup_id << 32 | _crc(device):x}"
    identity = dict.fromkeys(("t10_dev_id", "vend_specific_id"), _cut(f"{number}-{device}", _IDENTIFIER))
    own = {"usn": number, "prod_id": _cut(device, _PRODUCT), "pr_file_name": f"{_RESERVATIONS}/{device}"}
    own.update(identity)
    vendor = VENDORS.get(handler)
    return own if vendor is None else {**own, "t10_vend_id": vendor}


def is_made_up(device: str, key: str, value: str) -> bool:
    """Whether an identity is one that the kernel gives a device of that name, under whatever setup_id."""
    if key not in NAMED:
        return False
    if key == "prod_id":
        return value == _cut(device, _PRODUCT)
    number, crc = value.partition("-")[0], _crc(device)
    if not re.fullmatch(f"{crc:x}|[0-9a-f]{{1,8}}{crc:08x}", number):
        return False
    return value == (number if key == "usn" else _cut(f"{number}-{device}", _IDENTIFIER))


def _cut(text: str, length: int) -> str:
    """The text that is left in so many bytes."""
    return text.encode("utf-8", "surrogateescape")[:length].decode("utf-8", "surrogateescape")


def _crc(device: str) -> int:
    """The CRC of a name and the zero behind it, that of lib/crc32.c, Castagnoli's, from 0."""
    crc = 0
    for byte in device.encode("utf-8", "surrogateescape") + bytes(1):
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc


def is_secret(key: str) -> bool:
    """Whether the second word of an attribute's value is a secret."""
    return bool(_SECRETS.fullmatch(key))
