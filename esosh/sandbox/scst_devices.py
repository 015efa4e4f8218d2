"""SCST's devices: made and deleted through the mgmt of their handler."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Mapping
from typing import Callable

from . import scst_groups, scst_luns
from .scst_attributes import KEY, Attribute, Attributes, make, store
from .scst_handlers import HANDLERS, Handler
from .scst_names import ROOT, link
from .scst_words import command, nothing_more, number, parameters, refused, take
from .tree import Tree

COPY_MANAGER = f"{ROOT}/targets/copy_manager/copy_manager_tgt"

_DEVICES = f"{ROOT}/devices"
_LONGEST_NAME = 64
_LARGEST = 2**63 - 1
_TEXTS = frozenset(("filename", "t10_dev_id"))
_SWITCHES = frozenset((
    "active", "async", "bind_alua_state", "cluster_mode", "dummy", "nv_cache", "o_direct", "read_only", "removable",
    "rotational", "thin_provisioned", "write_through",
))


def manage(tree: Tree, path: str, text: str) -> None:
    """Answer a write to the mgmt of a handler."""
    folder = os.path.dirname(path)
    actions: dict[str, Callable[[Tree, str, str], None]] = {"add_device": _add, "del_device": _delete}
    action, rest = command(text, actions)
    if not HANDLERS[os.path.basename(folder)].parameters:  # pass-through, and this box has no SCSI device to pass
        raise refused(errno.EINVAL)
    action(tree, folder, rest)


def write(tree: Tree, path: str, text: str) -> None:
    """Answer a write to an attribute of a device."""
    device, name = os.path.split(path)
    defaults = _handler(tree, device).defaults(os.path.basename(device))
    if name not in ("size", "size_mb"):
        return store(tree, path, text, defaults)
    for key, attribute in _sized(defaults, name, text).items():
        tree.put(f"{device}/{key}", attribute.text, attribute.mode)


def write_to_handler(tree: Tree, path: str, text: str) -> None:
    """Answer a write to an attribute of a handler."""
    store(tree, path, text, {})


def _handler(tree: Tree, device: str) -> Handler:
    return HANDLERS[os.path.basename(tree.readlink(f"{device}/handler") or "")]


def _add(tree: Tree, folder: str, text: str) -> None:
    (name,), rest = take(text, 1)
    device = f"{_DEVICES}/{name}"
    if len(os.fsencode(name)) > _LONGEST_NAME or "." in name or "/" in name:
        raise refused(errno.EINVAL)
    if tree.exists(device) or tree.exists(f"{folder}/{name}"):
        raise refused(errno.EEXIST)
    handler = HANDLERS[os.path.basename(folder)]
    make(tree, device, _configured(tree, handler, name, rest))
    link(tree, f"{device}/handler", folder)
    link(tree, f"{folder}/{name}", device)
    scst_luns.add(tree, f"{COPY_MANAGER}/luns", device)


def _delete(tree: Tree, _folder: str, text: str) -> None:
    """Delete a device of any handler; its LUNs and its membership in a device group go with it."""
    (name,), rest = take(text, 1)
    nothing_more(rest)
    device = f"{_DEVICES}/{name}"
    handler = tree.readlink(f"{device}/handler")
    if "/" in name or handler is None:
        raise refused(errno.EINVAL)
    scst_luns.forget_device(tree, device)
    scst_groups.forget_device(tree, name)
    tree.remove(f"{ROOT}/handlers/{os.path.basename(handler)}/{name}")
    tree.remove(device)


def _configured(tree: Tree, handler: Handler, name: str, text: str) -> Attributes:
    given = parameters(text, {*handler.parameters, *handler.ignored})
    defaults = handler.defaults(name)
    attributes = dict(defaults)
    for key, value in given.items():
        if key in handler.ignored:
            continue
        if key in ("size", "size_mb"):
            attributes.update(_sized(defaults, key, value))
        else:
            attributes[key] = _with(defaults[key], _value(key, value))
    if "filename" in handler.parameters:
        attributes.update(_backed(tree, defaults, given))
    return attributes


def _with(attribute: Attribute, value: str) -> Attribute:
    return Attribute(attribute.saying(value), attribute.mode)


def _value(key: str, value: str) -> str:
    if key in _TEXTS:
        return value
    if key in _SWITCHES:
        return str(int(number(value, 0, _LARGEST) > 0))
    if key == "blocksize":
        size = number(value, 0, _LARGEST)
        return str(size if size >= 512 and size & (size - 1) == 0 else 512)
    return str(number(value, -1, _LARGEST))


def _sized(defaults: Attributes, key: str, value: str) -> Attributes:
    size = number(value, 1, _LARGEST) << (20 if key == "size_mb" else 0)
    return {
        "size": _with(defaults["size"], str(size)),
        "size_mb": Attribute(f"{size >> 20}\n", defaults["size_mb"].mode),
    }


def _backed(tree: Tree, defaults: Attributes, given: Mapping[str, str]) -> Attributes:
    """Size and file name of a device on a file or, here anything below /dev, a block device."""
    filename = given.get("filename", "")
    if not filename.startswith("/"):
        raise refused(errno.EINVAL)
    try:
        found = tree.path(filename).stat()
    except (FileNotFoundError, NotADirectoryError):
        raise refused(errno.ENOENT) from None
    if "async" in defaults:
        if stat.S_ISDIR(found.st_mode):
            raise refused(errno.EINVAL)
    elif stat.S_ISDIR(found.st_mode) or not filename.startswith("/dev/"):
        raise refused(errno.ENOTBLK)
    size = {
        "size": Attribute(f"{found.st_size}\n{KEY}", defaults["size"].mode),
        "size_mb": Attribute(f"{found.st_size >> 20}\n", defaults["size_mb"].mode),
    }
    return {**size, "filename": _with(defaults["filename"], filename)}
