"""The files and disks behind SCST's devices: their sizes, and who has them open."""

from __future__ import annotations

import contextlib
import errno
import os
import stat

from ..hardware import read_hardware
from ..tree import Tree
from .attributes import Attribute, Attributes, read_only, read_value
from .handlers import handler_name
from .kinds import Key
from .names import NOTES
from .words import LARGEST, parse_number, refusal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Optional

SIZES = ("size", "size_mb")
THIN = "gen_tp_soft_threshold_reached_UA"  # only block devices have it

_EXCLUSIVE = "vdisk_blockio"  # no two devices of this handler have one disk open
_CLAIMS = f"{NOTES}/disks"  # by the path of a disk, a note of the device that opened it last


def sized(standard: Attributes, key: str, value: str, block_size: int) -> Attributes:
    """The attributes of a device whose size or size_mb gets a value."""
    size = parse_number(value, 0, LARGEST) << (20 if key == "size_mb" else 0)
    if size % block_size:
        raise refusal(errno.EINVAL)
    return _sizes(standard, size)


def _sizes(standard: Attributes, size: int) -> dict[str, Attribute]:
    return {
        "size": standard["size"].with_value(str(size)),
        "size_mb": Attribute(f"{size >> 20}\n", standard["size_mb"].mode),
    }


def medium(tree: Tree, standard: Attributes, filename: str, active: bool) -> Attributes:
    """The attributes that come from the backing file; nobody opens that of an inactive device."""
    if active or not filename.startswith("/"):
        return backing(tree, standard, filename)
    return {**_sizes(standard, 0), "filename": standard["filename"].with_value(filename)}


def backing(tree: Tree, standard: Attributes, filename: str) -> Attributes:
    """Size and file name of a device on a file or, here anything below /dev, a block device."""
    if not filename.startswith("/"):
        raise refusal(errno.EINVAL)
    try:
        status = os.stat(tree.place(filename))
    except (FileNotFoundError, NotADirectoryError):
        raise refusal(errno.ENOENT) from None
    is_folder = stat.S_ISDIR(status.st_mode)
    if THIN in standard:
        _require_block_device(filename, is_folder)
    if is_folder:
        raise refusal(errno.EINVAL)
    size = _disk_size(tree, filename) or status.st_size
    return {**_sizes(standard, size), "filename": standard["filename"].with_value(filename)}


def _disk_size(tree: Tree, filename: str) -> int:
    """The size of a disk of the hardware in bytes; 0 for another file."""
    if not (filename.startswith("/dev/") and tree.exists("/hardware")):
        return 0
    return dict(read_hardware(tree).disks).get(filename, 0) << 20


def _require_block_device(filename: str, is_folder: bool) -> None:
    if is_folder or not filename.startswith("/dev/"):
        raise refusal(errno.ENOTBLK)


def thin_provisioning(attributes: Attributes, given: Optional[str]) -> Attributes:
    """Whether blocks may be unmapped: not in what is never written, nor before the file or disk is open."""
    is_open = attributes["active"].default == "1"
    is_never_written = attributes["read_only"].default == "1"
    if given is None:
        return {} if is_open and not is_never_written else read_only(thin_provisioned="0")
    value = "0" if is_open and is_never_written else given
    return {"thin_provisioned": attributes["thin_provisioned"].with_value(value, Key.WRITTEN)}


def claim_disk(tree: Tree, device: str, handler: str, filename: str) -> None:
    """Stage that a device has its disk open; EBUSY where another one that shares no disk has."""
    if handler != _EXCLUSIVE:
        return
    note = f"{_CLAIMS}{_disk(tree, filename)}"
    other = tree.read(note) if tree.exists(note) else device
    if other != device and _is_open(tree, other, note):
        raise refusal(errno.EBUSY)
    tree.put(note, device)


def _is_open(tree: Tree, device: str, note: str) -> bool:
    """Whether a device still has the disk of a note open."""
    if handler_name(tree, device) != _EXCLUSIVE or read_value(tree, f"{device}/active") != "1":
        return False
    return f"{_CLAIMS}{_disk(tree, read_value(tree, f'{device}/filename'))}" == note


def _disk(tree: Tree, filename: str) -> str:
    """The path of a disk, without links."""
    with contextlib.suppress(OSError):  # the disk of a running device may have been pulled
        return tree.resolve(filename)[0] or filename
    return filename
