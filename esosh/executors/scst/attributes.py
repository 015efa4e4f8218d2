"""What SCST's attributes are: their defaults, what is only the kernel's own state, what a device is made with.

An attribute that is as its default is not saved, by SCST ("[key]" in sysfs) and by us. Source: SCST 3.11, observed on a
running kernel 2026-11; the kinds are the device handlers, and "core", "driver", "target", "group" and "lun".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Optional

# Fixed when the device is made: sysfs shows them 0444.
FIXED = frozenset((
    "blocksize", "dif_filename", "dif_mode", "dif_static_app_tag", "dif_type", "dummy", "filename", "nv_cache", "o_direct",
    "read_only", "removable", "rotational", "thin_provisioned", "tst", "write_through", "zero_copy",
))
# The kernel makes one up for each device; once written it is saved for good, whatever it says.
IDENTITY = frozenset(("prod_id", "prod_rev_lvl", "t10_dev_id", "t10_vend_id", "usn", "vend_specific_id"))
NAMED = frozenset(("prod_id", "t10_dev_id", "usn", "vend_specific_id"))  # made up of the name, so that we know it again
ISCSI = ("alias", "per_portal_acl", "redirect")  # besides those in capitals, which only iSCSI targets have
_FILE_PARAMETERS = (
    *sorted(FIXED - {"dummy", "o_direct", "zero_copy"}), "active", "bind_alua_state", "cluster_mode", "numa_node_id",
)
PARAMETERS: Mapping[str, tuple[str, ...]] = {  # what add_device takes; the usage text of each handler's mgmt
    "vdisk_blockio": _FILE_PARAMETERS,
    "vdisk_fileio": (*_FILE_PARAMETERS, "async", "o_direct", "zero_copy"),
    "vdisk_nullio": ("blocksize", "cluster_mode", "dif_mode", "dif_static_app_tag", "dif_type", "dummy", "numa_node_id",
                     "read_only", "removable", "rotational", "size", "tst"),
    "vcdrom": ("tst",),
}

_DEVICE = {
    "eui64_id": "", "inq_vend_specific": "", "max_tgt_dev_commands": "64", "naa_id": "", "numa_node_id": "-1",
    "scsi_device_name": "", "threads_num": "8", "threads_pool_type": "per_initiator", "tst": "1", "blocksize": "512",
    "cluster_mode": "0", "opt_trans_len": "524288", "read_only": "0", "removable": "0", "rotational": "1",
}
_FILE = {**_DEVICE, "active": "1", "expl_alua": "0", "lb_per_pb_exp": "1", "nv_cache": "0", "write_through": "0"}
_TARGET = {
    "addr_method": "PERIPHERAL", "aen_disabled": "0", "black_hole": "0", "comment": "", "forward_dst": "0", "forward_src": "0",
    "io_grouping_type": "auto", "per_sess_dedicated_tgt_threads": "0", "phys_transport_version": "0x0",
    "scsi_transport_version": "0xbe0", "alias": "", "redirect": "", "per_portal_acl": "0",
    "DataDigest": "None", "FirstBurstLength": "65536", "HeaderDigest": "None", "ImmediateData": "Yes", "InitialR2T": "No",
    "MaxBurstLength": "1048576", "MaxOutstandingR2T": "32", "MaxRecvDataSegmentLength": "1048576", "MaxSessions": "0",
    "MaxXmitDataSegmentLength": "1048576", "NopInInterval": "30", "NopInTimeout": "30", "QueuedCommands": "32",
    "RDMAExtensions": "No", "RspTimeout": "90",
}
DEFAULTS: Mapping[str, Mapping[str, str]] = {
    "vdisk_fileio": {**_FILE, "async": "0", "bind_alua_state": "0", "o_direct": "0", "thin_provisioned": "0"},
    "vdisk_blockio": {**_FILE, "bind_alua_state": "1", "threads_num": "1"},  # thin_provisioned is as the disk is
    "vdisk_nullio": {**_DEVICE, "dummy": "0", "read_zero": "0", "threads_num": "1", "size": str(2621440 << 20)},
    "vcdrom": _DEVICE,
    "dev_disk": {**_DEVICE, "threads_num": "1"},
    "dev_disk_perf": {**_DEVICE, "threads_num": "1"},
    "core": {
        "async_lun_replace": "0", "cluster_name": "", "force_global_sgv_pool": "0", "max_tasklet_cmd": "10",
        "measure_latency": "0", "poll_us": "0", "setup_id": "0x0",
    },
    "driver": {"iSNSServer": "", "internal_portal": "", "isns_entity_name": "", "link_local": "1"},
    "target": _TARGET,
    "group": {key: _TARGET[key] for key in ("addr_method", "black_hole", "io_grouping_type", "per_sess_dedicated_tgt_threads")},
    "lun": {"read_only": "0"},
}

_DEVICE_STATE = ("block dump_prs exported gen_tp_soft_threshold_reached_UA handler pr_state resync_size scsi_device size "
                 "size_mb sync type")
_COUNTERS = "(bidi|none|read|unknown|write)_(cmd_count|io_count_kb|unaligned_cmd_count)"
_STATE: Mapping[str, re.Pattern[str]] = {kind: re.compile("|".join(names.split())) for kind, names in {
    "device": _DEVICE_STATE,
    "vdisk_nullio": _DEVICE_STATE.replace(" size ", " "),  # of the others it is that of the file or the disk
    "core": "device_groups devices handlers last_sysfs_mgmt_res sgv suspend targets trace_.* version",
    "driver": "IncomingUser[0-9]* OutgoingUser allowed_portal[0-9]* rel_tgt_id dif_.* enabled mgmt open_state stats "
              "trace_level version",
    "target": f"{_COUNTERS} IncomingUser[0-9]* OutgoingUser allowed_portal[0-9]* dif_.* enabled forwarding ini_groups luns "
              "open_state rel_tgt_id session_name sessions sg_tablesize tid",
    "group": "initiators luns mgmt",
    "lun": "device",
}.items()}
_NUMBER = re.compile(r"-?[0-9]{1,20}")
_HEX = re.compile(r"0[xX][0-9a-fA-F]{1,16}|[0-9]{1,20}")
_SECRETS = re.compile(r"(IncomingUser|OutgoingUser)[0-9]*")


LARGEST = {"threads_num": 1000, "threads": 1000}  # SCST starts them all at once, and 100000 wedged a machine
USER = re.compile(r"[^\s=;\"'\\{}#@\x00-\x1f\x7f]{1,255} [^\s=;\"'\\{}#@\x00-\x1f\x7f][^\s=;\"'\\{}#\x00-\x1f\x7f]{11,254}")


def default(kind: str, key: str) -> Optional[str]:
    """What an attribute is when nobody set it; None where that is not the same for all."""
    return DEFAULTS.get(kind, {}).get(key)


def is_state(kind: str, key: str) -> bool:
    """Whether an attribute is not configuration: a counter, a switch, or what another one says too."""
    return bool(_STATE.get(kind, _STATE["device"]).fullmatch(key))


def saved(kind: str, key: str, value: str) -> bool:
    """Whether a value is worth saving; without threads SCST calls their pool Async, which nobody can set."""
    usual = ("Async", default(kind, key)) if key == "threads_pool_type" else (default(kind, key),)
    return not is_state(kind, key) and canonical(kind, key, value) not in usual


def canonical(kind: str, key: str, value: str) -> str:
    """A value as the kernel shows it."""
    if key == "cpu_mask":
        return value.lower().lstrip("0") or "0"
    if key in ("eui64_id", "naa_id"):
        return value[:2].lower() + value[2:]  # SCST knows the prefix 0x alone
    usual = "0" if key == "io_grouping_type" else default(kind, key) or ""
    if usual.startswith("0x") and _HEX.fullmatch(value):
        return hex(int(value, 16 if "x" in value.lower() else 10))
    return str(int(value)) if _NUMBER.fullmatch(usual) and _NUMBER.fullmatch(value) else value


def user(value: str) -> tuple[str, str]:
    """The name and the secret of an iSCSI user."""
    words = value.split(None, 1)
    return words[0] if words else "", "".join(words[1:])


def made_up(device: str, key: str, value: str) -> bool:
    """Whether an identity is the one that the kernel gives a device of that name.

    Source: SCST, dev_vdisk.c (vdev_gen_dev_id_num): the serial number is the name's CRC, behind setup_id.
    """
    if key not in NAMED:
        return False
    number, name = _crc(device.encode("utf-8", "surrogateescape") + bytes(1)), re.escape(device[:16])
    form = {"usn": "{}", "prod_id": name}.get(key, f"{{}}-{name}")
    return bool(re.fullmatch(form.replace("{}", f"({number:x}|[0-9a-f]{{1,8}}{number:08x})"), value))


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
