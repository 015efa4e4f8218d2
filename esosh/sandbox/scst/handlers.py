"""SCST's device handlers: the parameters that they accept, and the attributes of their devices."""

from __future__ import annotations

import os
from collections.abc import Mapping

from ..tree import Tree
from .attributes import Attribute, Attributes, read_only, writable, write_only
from .names import target_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Optional

DISK, CDROM = "0 - Direct-access device (e.g., magnetic disk)", "5 - CD-ROM device"

_COMMON = {
    **writable(
        block="0 0", eui64_id="", inq_vend_specific="", max_tgt_dev_commands="64", naa_id="",
        numa_node_id="-1", pr_file_name="/var/lib/scst/pr/{name}", pr_state="version 1\ngeneration 0",
        prod_id="{short}", prod_rev_lvl="3110", scsi_device_name="", t10_dev_id="{identity}",
        t10_vend_id="SCST_FIO", threads_num="8", threads_pool_type="per_initiator", usn="{serial}",
        vend_specific_id="{identity}",
    ),
    **read_only(tst="1", type=DISK),
    **write_only("dump_prs"),
}
_DISK = {
    **_COMMON,
    **writable(cluster_mode="0", opt_trans_len="524288"),
    **read_only(blocksize="512", read_only="0", removable="0", rotational="1"),
}
_ON_A_FILE = {
    **_DISK,
    **writable(active="1", bind_alua_state="0", expl_alua="0", lb_per_pb_exp="1"),
    **read_only(nv_cache="0", size="", size_mb="0", thin_provisioned="0", write_through="0"),
    **write_only("resync_size", "sync"),
    "filename": Attribute("\n\n"),
}
_FILEIO = {**_ON_A_FILE, **writable(**{"async": "0"}), **read_only(o_direct="0")}
_BLOCKIO = {
    **_ON_A_FILE,
    **writable(bind_alua_state="1", size="", size_mb="0", t10_vend_id="SCST_BIO", threads_num="1"),
    **read_only(thin_provisioned="1"),
    **write_only("gen_tp_soft_threshold_reached_UA"),
}
_NULLIO = {
    **_DISK,
    **writable(read_zero="0", size=str(2621440 << 20), size_mb="2621440", threads_num="1"),
    **read_only(dummy="0"),
}
_CDROM = {
    **_COMMON,
    **read_only(size="0\n[key]", size_mb="0", type=CDROM),
    "filename": Attribute("none\n\n"),
}

_DIF = ("dif_mode", "dif_static_app_tag", "dif_type")
_FILE_PARAMETERS = (
    "bind_alua_state", "blocksize", "cluster_mode", "dif_filename", *_DIF, "filename", "numa_node_id",
    "nv_cache",
)
_LAST_PARAMETERS = (
    "read_only", "removable", "rotational", "thin_provisioned", "tst", "t10_dev_id", "write_through",
)
_FILE_IGNORED = ("size", "size_mb", *_DIF, "dif_filename")
_NULLIO_PARAMETERS = (
    "blocksize", "cluster_mode", *_DIF, "dummy", "numa_node_id", "read_only", "removable", "rotational",
    "size", "size_mb", "tst", "t10_dev_id",
)
_MGMT = (
    'Usage: echo "add_device device_name [parameters]" >mgmt\n       echo "del_device device_name" >mgmt\n\n'
    "where parameters are one or more param_name=value pairs separated by ';'\n\n"
    "The following parameters available: {}\n\n"
)
_PASS_THROUGH = 'Usage: echo "add_device H:C:I:L" >mgmt\n       echo "del_device H:C:I:L" >mgmt\n'


def _crc32c(data: bytes) -> int:
    """The CRC of lib/crc32.c, Castagnoli's, from 0."""
    crc = 0
    for byte in data:
        crc ^= byte
        crc = crc >> 4 ^ _CRC32C[crc & 15]
        crc = crc >> 4 ^ _CRC32C[crc & 15]
    return crc


def _crc32c_of_bits(bits: int) -> int:
    """What four bits add to the CRC."""
    for _ in range(4):
        bits = bits >> 1 ^ (0x82F63B78 if bits & 1 else 0)
    return bits


_CRC32C = tuple(map(_crc32c_of_bits, range(16)))


class Handler:
    """The parameters that a handler accepts, and the attributes of its devices.

    A pass-through handler has no parameters. `ignored` parameters are accepted and have no effect.
    """

    def __init__(
        self, attributes: Attributes, parameters: tuple[str, ...] = (), ignored: tuple[str, ...] = ()
    ) -> None:
        self.attributes = attributes
        self.parameters = parameters
        self.ignored = ignored

    def mgmt(self) -> str:
        """The text of its mgmt."""
        return _MGMT.format(", ".join(self.parameters)) if self.parameters else _PASS_THROUGH

    def files(self) -> Attributes:
        """The handler's own attributes."""
        device_type = self.attributes.get("type", Attribute(DISK))
        return read_only(type=device_type.default)

    def defaults(self, name: str, setup_id: int = 0) -> Attributes:
        """The attributes of an untouched device of that name; its serial number has setup_id in front."""
        crc = _crc32c(name.encode("utf-8", "surrogateescape") + bytes(1))
        serial = f"{setup_id << 32 | crc:x}"
        return {key: attribute.for_object(name, serial) for key, attribute in self.attributes.items()}


SCSI: Attributes = {  # of a SCSI device of the box, with or without a handler
    **writable(
        block="0 0", max_tgt_dev_commands="0", numa_node_id="-1", pr_file_name="/var/lib/scst/pr/{name}",
        pr_state="version 1\ngeneration 0",
    ),
    **read_only(type=DISK),
    **write_only("dump_prs"),
}
_PASSED = writable(
    cluster_mode="0", max_tgt_dev_commands="64", threads_num="1", threads_pool_type="per_initiator",
)

HANDLERS: Mapping[str, Handler] = {
    "dev_disk": Handler(_PASSED),
    "dev_disk_perf": Handler(_PASSED),
    "vcdrom": Handler(_CDROM, ("tst",)),
    "vdisk_blockio": Handler(_BLOCKIO, ("active", *_FILE_PARAMETERS, *_LAST_PARAMETERS), _FILE_IGNORED),
    "vdisk_fileio": Handler(
        _FILEIO, ("active", "async", *_FILE_PARAMETERS, "o_direct", *_LAST_PARAMETERS), _FILE_IGNORED,
    ),
    "vdisk_nullio": Handler(_NULLIO, _NULLIO_PARAMETERS, _DIF),
}


def handler_name(tree: Tree, device: str) -> str:
    """The name of a device's handler; empty when it has none."""
    return os.path.basename(target_of(tree, f"{device}/handler"))


def virtual_handler(name: str) -> Optional[Handler]:
    """The handler of that name if it makes its devices; None for one that passes SCSI devices through."""
    handler = HANDLERS.get(name)
    return handler if handler and handler.parameters else None


def defaults(tree: Tree, device: str) -> Attributes:
    """What the attributes of a device read as long as nobody changes them."""
    handler = HANDLERS.get(handler_name(tree, device))
    if handler is None:
        return SCSI
    attributes = handler.defaults(os.path.basename(device))
    return attributes if handler.parameters else {**SCSI, **attributes}
