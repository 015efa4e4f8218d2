"""SCST's devices: made and deleted through the mgmt of their handler."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Mapping
from typing import Callable

from . import scst_groups, scst_luns, scst_pass, scst_queue
from .scst_attributes import KEY, Attribute, Attributes, make, store, switches
from .scst_handlers import HANDLERS, Handler, defaults
from .scst_kinds import KINDS, Key
from .scst_names import ROOT, link, remove
from .scst_words import LARGEST, command, nothing_more, number, parameters, refused, take
from .tree import Tree

_DEVICES = f"{ROOT}/devices"
_LONGEST_NAME = 64
_TEXTS = frozenset(("filename", "t10_dev_id"))
_SWITCHES = frozenset((  # one bit each
    "active", "async", "bind_alua_state", "cluster_mode", "dummy", "nv_cache", "o_direct", "read_only", "removable",
    "rotational", "thin_provisioned", "write_through",
))
_THIN = "gen_tp_soft_threshold_reached_UA"


def manage(tree: Tree, path: str, text: str) -> None:
    """Answer a write to the mgmt of a handler."""
    folder = os.path.dirname(path)
    virtual = HANDLERS[os.path.basename(folder)].parameters
    actions: dict[str, Callable[[Tree, str, str], None]] = {
        "add_device": _add if virtual else scst_pass.add, "del_device": _delete if virtual else scst_pass.delete,
    }
    action, rest = command(text, actions)
    action(tree, folder, rest)


def write(tree: Tree, path: str, text: str) -> None:
    """Answer a write to an attribute of a device."""
    name = os.path.basename(path)
    _WRITES.get(name, _store)(tree, path, text)


def resync(tree: Tree, path: str, text: str) -> None:
    """Answer a write to resync_size: the backing file is looked at again."""
    device = os.path.dirname(path)
    filename = tree.read(f"{device}/filename").partition("\n")[0]
    make(tree, device, _backing(tree, defaults(tree, device), filename))
    if not scst_queue.is_stuck(tree):
        scst_queue.done(tree, 0)


def write_to_handler(tree: Tree, path: str, text: str) -> None:
    """Answer a write to an attribute of a handler."""
    store(tree, path, text, {})


def _store(tree: Tree, path: str, text: str) -> None:
    store(tree, path, text, defaults(tree, os.path.dirname(path)))


def _resize(tree: Tree, path: str, text: str) -> None:
    device, name = os.path.split(path)
    block = int(tree.read(f"{device}/blocksize").partition("\n")[0])
    make(tree, device, _sized(defaults(tree, device), name, text, block))


def _block(tree: Tree, path: str, text: str) -> None:
    """Stop the commands of a device, or let them go on."""
    tree.put(path, f"{int(number(text, 0, LARGEST) > 0)} 0\n")


def _refile(tree: Tree, path: str, text: str) -> None:
    """Put a medium into a drive or take it out; a disk keeps its file while it is active."""
    device, filename = os.path.dirname(path), text.partition("\n")[0]
    attributes = defaults(tree, device)
    if "active" in attributes and tree.read(f"{device}/active").startswith("1"):
        raise refused(errno.EINVAL)
    if filename:
        return make(tree, device, _backing(tree, attributes, filename))
    make(tree, device, {name: attributes[name] for name in ("filename", "size", "size_mb")})


def _keep_reservations(tree: Tree, path: str, text: str) -> None:
    """Where reservations are kept cannot change while anybody sees the device."""
    if tree.list(f"{os.path.dirname(path)}/exported"):
        raise refused(errno.EBUSY)
    _store(tree, path, text)


_WRITES = {
    "block": _block, "filename": _refile, "pr_file_name": _keep_reservations, "size": _resize, "size_mb": _resize,
}


def _add(tree: Tree, folder: str, text: str) -> None:
    (name,), rest = take(text, 1)
    device = f"{_DEVICES}/{name}"
    if len(os.fsencode(name)) > _LONGEST_NAME or "." in name or "/" in name:
        raise refused(errno.EINVAL)
    if tree.exists(device) or tree.exists(f"{folder}/{name}"):
        raise refused(errno.EEXIST)
    attributes = _configured(tree, HANDLERS[os.path.basename(folder)], name, rest)
    make(tree, device, attributes)
    link(tree, f"{device}/handler", folder)
    link(tree, f"{folder}/{name}", device)
    read_only = attributes.get("read_only", Attribute("1\n")).default == "1"
    scst_luns.copy(tree, device, read_only)


def _delete(tree: Tree, _folder: str, text: str) -> None:
    """Delete a device of any handler; its LUNs and its membership in a device group go with it."""
    (name,), rest = take(text, 1)
    nothing_more(rest)
    device = f"{_DEVICES}/{name}"
    handler = os.path.basename(tree.readlink(f"{device}/handler") or "")
    if "/" in name or "." in name or handler not in HANDLERS or not HANDLERS[handler].parameters:
        raise refused(errno.EINVAL)
    scst_luns.forget_device(tree, device)
    scst_groups.forget_device(tree, name)
    tree.remove(f"{ROOT}/handlers/{handler}/{name}")
    remove(tree, device)


def _configured(tree: Tree, handler: Handler, name: str, text: str) -> Attributes:
    given = parameters(text, {*handler.parameters, *handler.ignored})
    standard = handler.defaults(name)
    values = {key: _value(key, value) for key, value in given.items() if key not in ("size", "size_mb")}
    if values.get("read_only") == "1" and "1" in (values.get("nv_cache"), values.get("write_through")):
        raise refused(errno.EINVAL)
    attributes = {**standard, **{key: _with(standard[key], value, key) for key, value in values.items()
                                 if key not in handler.ignored}}
    for key in {"size", "size_mb"} & given.keys() - {*handler.ignored}:
        attributes.update(_sized(standard, key, given[key], int(values.get("blocksize", "512"))))
    if "filename" in handler.parameters:
        attributes.update(_opened(tree, standard, given.get("filename", ""), attributes["active"].default))
    attributes.pop(_THIN, None)
    if attributes.get("thin_provisioned", Attribute("0\n")).default == "1":
        attributes.update(switches(_THIN))
    return attributes


def _with(attribute: Attribute, value: str, key: str = "") -> Attribute:
    kind = KINDS.get(key)
    return Attribute(attribute.saying(value, kind.key if kind else Key.CHANGED), attribute.mode)


def _value(key: str, value: str) -> str:
    if key in _TEXTS:
        return value
    if key in _SWITCHES:
        return str(number(value, 0, LARGEST) & 1)
    if key == "blocksize":
        return str(1 << number(value, 512, LARGEST).bit_length() - 1)
    return str(number(value, -1, LARGEST))


def _sized(standard: Attributes, key: str, value: str, block: int) -> Attributes:
    size = number(value, 0, LARGEST) << (20 if key == "size_mb" else 0)
    if size % block:
        raise refused(errno.EINVAL)
    return {
        "size": _with(standard["size"], str(size)),
        "size_mb": Attribute(f"{size >> 20}\n", standard["size_mb"].mode),
    }


def _opened(tree: Tree, standard: Attributes, filename: str, active: str) -> Attributes:
    """What is known of the backing file; of an inactive device's, which nobody opens, the name alone."""
    if active == "1" or not filename.startswith("/"):
        return _backing(tree, standard, filename)
    closed = {key: Attribute(text, standard[key].mode) for key, text in (("size", f"0\n{KEY}"), ("size_mb", "0\n"))}
    return {**closed, "filename": _with(standard["filename"], filename), "thin_provisioned": Attribute("0\n", 0o444)}


def _backing(tree: Tree, standard: Attributes, filename: str) -> Mapping[str, Attribute]:
    """Size and file name of a device on a file or, here anything below /dev, a block device."""
    if not filename.startswith("/"):
        raise refused(errno.EINVAL)
    try:
        found = tree.path(filename).stat()
    except (FileNotFoundError, NotADirectoryError):
        raise refused(errno.ENOENT) from None
    if _THIN in standard:
        if stat.S_ISDIR(found.st_mode) or not filename.startswith("/dev/"):
            raise refused(errno.ENOTBLK)
    elif stat.S_ISDIR(found.st_mode):
        raise refused(errno.EINVAL)
    return {
        "size": Attribute(f"{found.st_size}\n{KEY}", standard["size"].mode),
        "size_mb": Attribute(f"{found.st_size >> 20}\n", standard["size_mb"].mode),
        "filename": _with(standard["filename"], filename),
    }
