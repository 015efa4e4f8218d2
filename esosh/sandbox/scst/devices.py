"""SCST's devices: made and deleted through the mgmt of their handler."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Mapping

from ..tree import Tree
from . import groups, luns, mgmt, passthrough, queue
from .attributes import Attribute, Attributes, put_attributes, read_only, read_value, store, write_only
from .handlers import HANDLERS, Handler, defaults, handler_name, virtual_handler
from .kinds import KINDS, TEXT
from .names import ROOT, link, remove
from .words import LARGEST, first_line, only_word, parse_number, parse_parameters, refusal, take_word

_DEVICES = f"{ROOT}/devices"
_LONGEST_NAME = 64  # bytes
_THIN = "gen_tp_soft_threshold_reached_UA"  # only block devices have it
_SIZES = ("size", "size_mb")
_SWITCHES = (
    "active", "async", "bind_alua_state", "cluster_mode", "dummy", "nv_cache", "o_direct", "read_only",
    "removable", "rotational", "thin_provisioned", "write_through",
)


def manage(tree: Tree, path: str, text: str) -> None:
    """Answer a write to the mgmt of a handler."""
    handler = os.path.basename(os.path.dirname(path))
    if virtual_handler(handler):
        mgmt.run(tree, path, text, {"add_device": _add, "del_device": _delete})
    else:
        mgmt.run(tree, path, text, {"add_device": passthrough.add, "del_device": passthrough.delete})


def write(tree: Tree, path: str, text: str) -> None:
    """Answer a write to an attribute of a device."""
    answer = _WRITES.get(os.path.basename(path), _store)
    answer(tree, path, text)


def resync(tree: Tree, path: str, text: str) -> None:
    """Answer a write to resync_size: the kernel looks at the backing file again."""
    device = os.path.dirname(path)
    filename = read_value(tree, f"{device}/filename")
    put_attributes(tree, device, _backing(tree, defaults(tree, device), filename))
    last = queue.last(tree)
    if not queue.is_stuck(last):
        queue.set_result(tree, 0, last)


def write_to_handler(tree: Tree, path: str, text: str) -> None:
    """Answer a write to an attribute of a handler."""
    store(tree, path, text, {})


def _store(tree: Tree, path: str, text: str) -> None:
    store(tree, path, text, defaults(tree, os.path.dirname(path)))


def _resize(tree: Tree, path: str, text: str) -> None:
    device, name = os.path.split(path)
    block_size = int(read_value(tree, f"{device}/blocksize"))
    put_attributes(tree, device, _sized(defaults(tree, device), name, text, block_size))


def _block(tree: Tree, path: str, text: str) -> None:
    """Stop the commands of a device, or let them go on."""
    tree.put(path, f"{int(parse_number(text, 0, LARGEST) > 0)} 0\n")


def _change_file(tree: Tree, path: str, text: str) -> None:
    """Put a medium into a drive or remove it; a disk keeps its file while it is active."""
    device, filename = os.path.dirname(path), first_line(text)
    standard = defaults(tree, device)
    if _is_active_disk(tree, device, standard):
        raise refusal(errno.EINVAL)
    if filename:
        return put_attributes(tree, device, _backing(tree, standard, filename))
    put_attributes(tree, device, {name: standard[name] for name in ("filename", *_SIZES)})


def _is_active_disk(tree: Tree, device: str, standard: Attributes) -> bool:
    return "active" in standard and tree.read(f"{device}/active").startswith("1")


def _move_reservations(tree: Tree, path: str, text: str) -> None:
    """Change the file that keeps the reservations; it cannot change while a session sees the device."""
    if tree.list(f"{os.path.dirname(path)}/exported"):
        raise refusal(errno.EBUSY)
    _store(tree, path, text)


_WRITES: Mapping[str, Callable[[Tree, str, str], None]] = {
    "block": _block,
    "filename": _change_file,
    "pr_file_name": _move_reservations,
    "size": _resize,
    "size_mb": _resize,
}


def _add(tree: Tree, folder: str, text: str) -> None:
    name, parameters = take_word(text)
    device = f"{_DEVICES}/{name}"
    if not _is_device_name(name):
        raise refusal(errno.EINVAL)
    if tree.exists(device) or tree.exists(f"{folder}/{name}"):
        raise refusal(errno.EEXIST)
    attributes = _new_attributes(tree, HANDLERS[os.path.basename(folder)], name, parameters)
    put_attributes(tree, device, attributes)
    link(tree, f"{device}/handler", folder)
    luns.copy(tree, device, read_only=_is_on(attributes, "read_only", default="1"))
    link(tree, f"{folder}/{name}", device)


def _delete(tree: Tree, _folder: str, text: str) -> None:
    """Delete a device of any handler; its LUNs and its membership in a device group go with it."""
    name = only_word(text)
    device = f"{_DEVICES}/{name}"
    handler = handler_name(tree, device)
    if not _is_device_name(name) or virtual_handler(handler) is None:
        raise refusal(errno.EINVAL)
    luns.forget_device(tree, device)
    groups.forget_device(tree, name)
    tree.remove(f"{ROOT}/handlers/{handler}/{name}")
    remove(tree, device)


def _is_device_name(name: str) -> bool:
    return len(os.fsencode(name)) <= _LONGEST_NAME and not {".", "/"} & {*name}


def _new_attributes(tree: Tree, handler: Handler, name: str, text: str) -> Attributes:
    """The attributes of a new device with these parameters."""
    given = parse_parameters(text, {*handler.parameters, *handler.ignored})
    values = {key: _PARSERS.get(key, _parse_integer)(value) for key, value in given.items()}
    _refuse_caches_of_read_only(values)
    standard = handler.defaults(name)
    effective = {key: value for key, value in values.items() if key not in handler.ignored}
    attributes = {**standard, **_changed(standard, effective)}
    if "filename" in handler.parameters:
        active = _is_on(attributes, "active")
        attributes.update(_medium(tree, standard, values.get("filename", ""), active))
    attributes.pop(_THIN, None)
    if _is_on(attributes, "thin_provisioned"):
        attributes.update(write_only(_THIN))
    return attributes


def _refuse_caches_of_read_only(values: Mapping[str, str]) -> None:
    caches = (values.get("nv_cache"), values.get("write_through"))
    if values.get("read_only") == "1" and "1" in caches:
        raise refusal(errno.EINVAL)


def _changed(standard: Attributes, values: Mapping[str, str]) -> dict[str, Attribute]:
    """The attributes that have these values in place of their defaults; of two sizes the last one counts."""
    block_size = int(values.get("blocksize", "512"))
    attributes: dict[str, Attribute] = {}
    for key, value in values.items():
        if key in _SIZES:
            attributes.update(_sized(standard, key, value, block_size))
        else:
            attributes[key] = standard[key].with_value(value, KINDS.get(key, TEXT).key)
    return attributes


def _is_on(attributes: Attributes, name: str, default: str = "0") -> bool:
    return attributes.get(name, Attribute(default)).default == "1"


def _parse_integer(text: str) -> str:
    return str(parse_number(text, -1, LARGEST))


def _parse_switch(text: str) -> str:
    """The lowest bit of a number."""
    return str(parse_number(text, 0, LARGEST) & 1)


def _parse_block_size(text: str) -> str:
    """The power of two that is not larger."""
    return str(1 << parse_number(text, 512, LARGEST).bit_length() - 1)


_PARSERS: Mapping[str, Callable[[str], str]] = {
    "blocksize": _parse_block_size,
    **dict.fromkeys(_SWITCHES, _parse_switch),
    **dict.fromkeys(("filename", "t10_dev_id"), str),
    **dict.fromkeys(_SIZES, str),  # read later, and only where they have an effect
}


def _sized(standard: Attributes, key: str, value: str, block_size: int) -> Attributes:
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


def _medium(tree: Tree, standard: Attributes, filename: str, active: bool) -> Attributes:
    """The attributes that come from the backing file; nobody opens that of an inactive device."""
    if active or not filename.startswith("/"):
        return _backing(tree, standard, filename)
    return {
        **_sizes(standard, 0),
        **read_only(thin_provisioned="0"),
        "filename": standard["filename"].with_value(filename),
    }


def _backing(tree: Tree, standard: Attributes, filename: str) -> Attributes:
    """Size and file name of a device on a file or, here anything below /dev, a block device."""
    if not filename.startswith("/"):
        raise refusal(errno.EINVAL)
    try:
        status = os.stat(tree.place(filename))
    except (FileNotFoundError, NotADirectoryError):
        raise refusal(errno.ENOENT) from None
    is_folder = stat.S_ISDIR(status.st_mode)
    if _THIN in standard:
        _require_block_device(filename, is_folder)
    if is_folder:
        raise refusal(errno.EINVAL)
    return {**_sizes(standard, status.st_size), "filename": standard["filename"].with_value(filename)}


def _require_block_device(filename: str, is_folder: bool) -> None:
    if is_folder or not filename.startswith("/dev/"):
        raise refusal(errno.ENOTBLK)
