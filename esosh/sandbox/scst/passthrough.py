"""SCSI devices of the box itself: SCST knows all of them, and a pass-through handler exports one as it is.

Source: scst_sysfs.c and scst_disk.c; observed 2026-11.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable

from ..tree import Tree
from . import groups, luns
from .attributes import put_attributes
from .handlers import HANDLERS, SCSI
from .names import ROOT, link
from .words import first_word, refusal

_DEVICES = f"{ROOT}/devices"
_HOST = "/sys/devices/pci0000:00/0000:00:03.0/virtio0"


def put_disks(tree: Tree, names: Iterable[str]) -> None:
    """Stage the SCSI devices that SCST finds when it is loaded."""
    for name in names:
        device = f"{_DEVICES}/{name}"
        host, channel, target, _ = name.split(":")
        scsi_target = f"{_HOST}/host{host}/target{host}:{channel}:{target}"
        _put_device(tree, device)
        tree.mkdir(f"{device}/exported")
        link(tree, f"{device}/scsi_device", f"{scsi_target}/{name}/scsi_device/{name}")


def add(tree: Tree, folder: str, text: str) -> None:
    """Give a SCSI device this handler; once more does no harm."""
    device = _device(tree, text)
    if tree.readlink(f"{device}/handler") is None:
        put_attributes(tree, device, HANDLERS[os.path.basename(folder)].attributes)
        link(tree, f"{device}/handler", folder)
        link(tree, f"{folder}/{os.path.basename(device)}", device)


def delete(tree: Tree, folder: str, text: str) -> None:
    """Remove the handler from a SCSI device; its LUNs and its membership in a device group go with it."""
    device = _device(tree, text)
    name = os.path.basename(device)
    if not tree.exists(f"{folder}/{name}"):
        raise refusal(errno.EINVAL)
    luns.forget_device(tree, device)
    groups.forget_device(tree, name)
    handler = HANDLERS[os.path.basename(folder)]
    for key in ("handler", *handler.attributes.keys() - SCSI.keys()):
        tree.remove(f"{device}/{key}")
    _put_device(tree, device)
    tree.remove(f"{folder}/{name}")


def _put_device(tree: Tree, device: str) -> None:
    """Stage the attributes of a SCSI device without a handler."""
    name = os.path.basename(device)
    put_attributes(tree, device, {key: attribute.for_object(name) for key, attribute in SCSI.items()})


def _device(tree: Tree, text: str) -> str:
    name = first_word(text)
    device = f"{_DEVICES}/{name}"
    if "/" in name or tree.readlink(f"{device}/scsi_device") is None:
        raise refusal(errno.EINVAL)
    return device
