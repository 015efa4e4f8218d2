"""SCSI devices of the box itself: SCST knows all of them, and a pass-through handler exports one as it is.

Source: scst_sysfs.c and scst_disk.c; observed 2026-11.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable

from . import scst_groups, scst_luns
from .scst_attributes import make
from .scst_handlers import HANDLERS, SCSI
from .scst_names import ROOT, link
from .scst_words import refused, take
from .tree import Tree

_DEVICES = f"{ROOT}/devices"
_HOST = "/sys/devices/pci0000:00/0000:00:03.0/virtio0"


def find(tree: Tree, names: Iterable[str]) -> None:
    """Stage the devices that SCST finds when it is loaded."""
    for name in names:
        device = f"{_DEVICES}/{name}"
        host, channel, target, _ = name.split(":")
        way = f"{_HOST}/host{host}/target{host}:{channel}:{target}/{name}/scsi_device/{name}"
        make(tree, device, {key: value.named(name) for key, value in SCSI.items()})
        tree.mkdir(f"{device}/exported")
        link(tree, f"{device}/scsi_device", way)


def add(tree: Tree, folder: str, text: str) -> None:
    """Give a SCSI device this handler; once more does no harm."""
    device = _device(tree, text)
    if tree.readlink(f"{device}/handler") is None:
        make(tree, device, HANDLERS[os.path.basename(folder)].attributes)
        link(tree, f"{device}/handler", folder)
        link(tree, f"{folder}/{os.path.basename(device)}", device)


def delete(tree: Tree, folder: str, text: str) -> None:
    """Take the handler from a SCSI device; its LUNs and its membership in a device group go with it."""
    device = _device(tree, text)
    name = os.path.basename(device)
    if not tree.exists(f"{folder}/{name}"):
        raise refused(errno.EINVAL)
    scst_luns.forget_device(tree, device)
    scst_groups.forget_device(tree, name)
    for key in ("handler", *HANDLERS[os.path.basename(folder)].attributes.keys() - SCSI.keys()):
        tree.remove(f"{device}/{key}")
    make(tree, device, {key: value.named(name) for key, value in SCSI.items()})
    tree.remove(f"{folder}/{name}")


def _device(tree: Tree, text: str) -> str:
    (name,), _ = take(text, 1)
    device = f"{_DEVICES}/{name}"
    if "/" in name or tree.readlink(f"{device}/scsi_device") is None:
        raise refused(errno.EINVAL)
    return device
