"""The table of SCST's attributes: a row for each, with all that esosh must know of it.

Not in the table: what the configuration has a field for (enabled, rel_tgt_id, users and portals), and
`size_mb`, which is `size` in MiB. Source: SCST 3.11, observed on a running kernel 2026-11;
tests/executors/test_scst_attributes.py compares the table with the recordings.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping
from typing import Callable, NamedTuple, Optional

from ...config.scst import COPY_MANAGER
from ...records import Record
from . import values

FILES = ("vdisk_fileio", "vdisk_blockio")
DISKS = (*FILES, "vdisk_nullio")
VIRTUAL = (*DISKS, "vcdrom")
PASS_THROUGH = ("dev_disk", "dev_disk_perf")
DEVICES = (*VIRTUAL, *PASS_THROUGH)
Defaults = Mapping[str, Optional[str]]


class Value(enum.Enum):
    """The kinds of values."""

    NUMBER = "a decimal number"
    SWITCH = "0 or 1"
    HEX = "a hexadecimal number, which begins with 0x"
    DIGITS = "hexadecimal digits behind 0x"
    MASK = "hexadecimal digits, a bit for each processor"
    WORDS = "one of several words, or a number"
    REDIRECTION = "an address, and temp or perm"
    SERVER = "an iSNS server"
    TEXT = "any text"


class Form(NamedTuple):
    """Tells whether a value has the form that it must have, and the form in words."""

    accepts: Callable[[str], object]
    meaning: str


class Attribute(Record):
    """An attribute of SCST.

    `defaults`: the value that an untouched attribute has, by kind of object: a device's handler, core,
    driver, copy_manager, target, group or lun; None where it depends on the box or on the object. Objects of
    other kinds do not have the attribute.
    `parameter_of`: the handlers whose add_device is told it. `fixed`: their devices keep the value that they
    were made with.
    `made_from`: an identity that the kernel generates, from the "name" of the device or from the "kernel"
    alone. Once written it is saved, whatever its value.
    `driver`: the only target driver that has it.
    """

    name: str
    value: Value
    defaults: Defaults
    parameter_of: tuple[str, ...] = ()
    fixed: bool = False
    made_from: str = ""
    driver: str = ""
    largest: Optional[int] = None
    form: Optional[Form] = None


def _all(default: Optional[str], *kinds: str) -> dict[str, Optional[str]]:
    return dict.fromkeys(kinds, default)


def _matches(pattern: str, meaning: str) -> Form:
    return Form(re.compile(pattern, re.I).fullmatch, meaning)


def _from(low: int, high: int) -> Form:
    return Form(lambda value: values.is_between(value, low, high), f"a number from {low} to {high}")


def _up_to(length: int) -> Form:
    """A text that the kernel has room for."""
    return Form(lambda value: values.size(value) <= length, f"a text of {length} bytes at the most")


NUMBER, SWITCH, HEX, DIGITS, MASK, WORDS, REDIRECTION, SERVER, TEXT = Value
_LARGEST_POOL = 1000  # SCST starts all threads at once; 100000 of them wedged a machine
_POSITIVE = _matches("0*[1-9][0-9]*", "a number from 1 to 1000")
_NAA = _matches("(0x([235][0-9a-f]{15}|6[0-9a-f]{31}))?",
                "0x and 16 digits, the first 2, 3 or 5, or 32, the first 6")
_EUI = _matches("(0x([0-9a-f]{16}|[0-9a-f]{24}|[0-9a-f]{32}))?", "0x and 16, 24 or 32 digits")
_BLOCKS = Form(values.is_whole_blocks, "a multiple of the blocksize, which is 512 or more")
_GROUPING = _matches("auto|this_group_only|never|0*[1-9][0-9]*",
                     "auto, this_group_only, never, or a number from 1")
_PROCESSORS = Form(values.is_mask, "hexadecimal digits, with a comma behind each eighth from their end")
_ELSEWHERE = Form(values.is_redirection, "ADDRESS[:PORT] and temp or perm; an IPv6 address is in brackets")
_ISNS = Form(values.is_server, "the address of a server, and AccessControl if initiators need its leave")
_NODE = _matches("-1|[0-9]{1,4}", "the number of a NUMA node, or -1 for any")
_ONE_WORD = _matches(r"\S*", "one word")
_LENGTH = _from(512, 1048576)
_COUNT = _from(0, 2**31 - 1)
_SETUP = Form(values.is_setup_id, "a number of 32 bits")

_DEVICE_ROWS = (
    # add_device takes it, and it stays as it is
    Attribute("filename", TEXT, _all(None, *FILES, "vcdrom"), FILES, fixed=True),
    Attribute("blocksize", NUMBER, _all("512", *DISKS), DISKS, fixed=True),
    Attribute("read_only", SWITCH, _all("0", *DISKS, "lun"), DISKS, fixed=True),
    Attribute("removable", SWITCH, _all("0", *DISKS), DISKS, fixed=True),
    Attribute("rotational", SWITCH, _all("1", *DISKS), DISKS, fixed=True),
    Attribute("tst", SWITCH, _all("1", *VIRTUAL), VIRTUAL, fixed=True),
    Attribute("nv_cache", SWITCH, _all("0", *FILES), FILES, fixed=True),
    Attribute("write_through", SWITCH, _all("0", *FILES), FILES, fixed=True),
    Attribute("thin_provisioned", SWITCH, {"vdisk_fileio": "0", "vdisk_blockio": None}, FILES, fixed=True),
    Attribute("o_direct", SWITCH, _all("0", "vdisk_fileio"), ("vdisk_fileio",), fixed=True),
    Attribute("dif_mode", WORDS, _all(None, *DISKS), DISKS, fixed=True),
    Attribute("dif_type", NUMBER, _all(None, *DISKS), DISKS, fixed=True),
    Attribute("dif_static_app_tag", HEX, _all(None, *DISKS), DISKS, fixed=True),
    Attribute("dif_filename", TEXT, _all(None, *FILES), FILES, fixed=True),
    Attribute("dummy", SWITCH, _all("0", "vdisk_nullio"), ("vdisk_nullio",), fixed=True),
    # add_device takes it, and it can be written later
    Attribute("active", SWITCH, _all("1", *FILES), FILES),
    Attribute("async", SWITCH, _all("0", "vdisk_fileio"), ("vdisk_fileio",)),
    Attribute("bind_alua_state", SWITCH, {"vdisk_fileio": "0", "vdisk_blockio": "1"}, FILES),
    Attribute("cluster_mode", SWITCH, _all("0", *DISKS, *PASS_THROUGH), DISKS),
    Attribute("numa_node_id", NUMBER, _all("-1", *DEVICES), DISKS, form=_NODE),
    Attribute("size", NUMBER, {"vdisk_nullio": str(2621440 << 20)}, ("vdisk_nullio",)),
    # written once the device is made
    Attribute("expl_alua", SWITCH, _all("0", *FILES)),
    Attribute("lb_per_pb_exp", SWITCH, _all("1", *FILES)),
    Attribute("read_zero", SWITCH, _all("0", "vdisk_nullio")),
    Attribute("opt_trans_len", NUMBER, _all("524288", *DISKS), form=_BLOCKS),
    Attribute("max_tgt_dev_commands", NUMBER, _all("64", *DEVICES), form=_COUNT),
    Attribute(
        "threads_num", NUMBER,
        _all("8", "vdisk_fileio", "vcdrom") | _all("1", "vdisk_blockio", "vdisk_nullio", *PASS_THROUGH),
        largest=_LARGEST_POOL,
    ),
    Attribute("threads_pool_type", WORDS, _all("per_initiator", *DEVICES)),
    Attribute("pr_file_name", TEXT, _all(None, *DEVICES)),
    # identities
    Attribute("eui64_id", DIGITS, _all("", *VIRTUAL), form=_EUI),
    Attribute("inq_vend_specific", TEXT, _all("", *VIRTUAL), form=_up_to(160)),
    Attribute("naa_id", DIGITS, _all("", *VIRTUAL), form=_NAA),
    Attribute("scsi_device_name", TEXT, _all("", *VIRTUAL), form=_up_to(256)),
    Attribute("prod_id", TEXT, _all(None, *VIRTUAL), made_from="name"),
    Attribute("prod_rev_lvl", TEXT, _all(None, *VIRTUAL), made_from="kernel"),
    Attribute("t10_dev_id", TEXT, _all(None, *VIRTUAL), DISKS, made_from="name"),
    Attribute("t10_vend_id", TEXT, _all(None, *VIRTUAL), made_from="kernel"),
    Attribute("usn", TEXT, _all(None, *VIRTUAL), made_from="name"),
    Attribute("vend_specific_id", TEXT, _all(None, *VIRTUAL), made_from="name", form=_up_to(128)),
)

_CORE_ROWS = (
    Attribute("async_lun_replace", SWITCH, _all("0", "core")),
    Attribute("cluster_name", TEXT, _all("", "core"), form=_up_to(63)),
    Attribute("force_global_sgv_pool", SWITCH, _all("0", "core")),
    Attribute("max_tasklet_cmd", NUMBER, _all("10", "core"), form=_COUNT),
    Attribute("measure_latency", SWITCH, _all("0", "core")),
    Attribute("poll_us", NUMBER, _all("0", "core"), form=_COUNT),
    Attribute("setup_id", HEX, _all("0x0", "core"), form=_SETUP),
    Attribute("threads", NUMBER, _all(None, "core"), largest=_LARGEST_POOL, form=_POSITIVE),
)

_DRIVER_ROWS = (
    Attribute("iSNSServer", SERVER, _all("", "driver"), driver="iscsi", form=_ISNS),
    Attribute("internal_portal", TEXT, _all("", "driver"), driver="iscsi"),
    Attribute("isns_entity_name", TEXT, _all("", "driver"), driver="iscsi", form=_ONE_WORD),
    Attribute("link_local", SWITCH, _all("1", "driver"), driver="iscsi"),
    Attribute("allow_not_connected_copy", SWITCH, _all("0", COPY_MANAGER)),
)

_TARGET_ROWS = (
    Attribute("addr_method", WORDS, _all("PERIPHERAL", "target", "group")),
    Attribute("aen_disabled", SWITCH, _all("0", "target")),
    Attribute("black_hole", NUMBER, _all("0", "target", "group"), form=_from(0, 4)),
    Attribute("comment", TEXT, _all("", "target")),
    Attribute("cpu_mask", MASK, _all(None, "target", "group"), form=_PROCESSORS),
    Attribute("forward_dst", SWITCH, _all("0", "target")),
    Attribute("forward_src", SWITCH, _all("0", "target")),
    Attribute("io_grouping_type", WORDS, _all("auto", "target", "group"), form=_GROUPING),
    Attribute("per_sess_dedicated_tgt_threads", SWITCH, _all("0", "group"), driver="iscsi"),
    Attribute("phys_transport_version", HEX, _all("0x0", "target"), driver="scst_local"),
    Attribute("scsi_transport_version", HEX, _all("0xbe0", "target"), driver="scst_local"),
    Attribute("alias", TEXT, _all("", "target"), driver="iscsi"),
    Attribute("redirect", REDIRECTION, _all("", "target"), driver="iscsi", form=_ELSEWHERE),
    Attribute("per_portal_acl", SWITCH, _all("0", "target"), driver="iscsi"),
    Attribute("DataDigest", WORDS, _all("None", "target"), driver="iscsi"),
    Attribute("FirstBurstLength", NUMBER, _all("65536", "target"), driver="iscsi", form=_LENGTH),
    Attribute("HeaderDigest", WORDS, _all("None", "target"), driver="iscsi"),
    Attribute("ImmediateData", WORDS, _all("Yes", "target"), driver="iscsi"),
    Attribute("InitialR2T", WORDS, _all("No", "target"), driver="iscsi"),
    Attribute("MaxBurstLength", NUMBER, _all("1048576", "target"), driver="iscsi", form=_LENGTH),
    Attribute("MaxOutstandingR2T", NUMBER, _all("32", "target"), driver="iscsi", form=_from(1, 65535)),
    Attribute("MaxRecvDataSegmentLength", NUMBER, _all("1048576", "target"), driver="iscsi", form=_LENGTH),
    Attribute("MaxSessions", NUMBER, _all("0", "target"), driver="iscsi", form=_from(0, 65535)),
    Attribute("MaxXmitDataSegmentLength", NUMBER, _all("1048576", "target"), driver="iscsi", form=_LENGTH),
    Attribute("NopInInterval", NUMBER, _all("30", "target"), driver="iscsi", form=_from(0, 65535)),
    Attribute("NopInTimeout", NUMBER, _all("30", "target"), driver="iscsi", form=_from(2, 65535)),
    Attribute("QueuedCommands", NUMBER, _all("32", "target"), driver="iscsi", form=_from(1, 2048)),
    Attribute("RDMAExtensions", WORDS, _all("No", "target"), driver="iscsi"),
    Attribute("RspTimeout", NUMBER, _all("90", "target"), driver="iscsi", form=_from(2, 65535)),
)

TABLE = (*_DEVICE_ROWS, *_CORE_ROWS, *_DRIVER_ROWS, *_TARGET_ROWS)
