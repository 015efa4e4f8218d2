"""SCST's devices: made and deleted through the mgmt of their handler."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Mapping

from ..tree import Tree
from . import groups, luns, mgmt, passthrough, queue
from .attributes import Attribute, Attributes, put_attributes, read_value, store, write_only
from .backing import SIZES, THIN, backing, claim_disk, medium, sized, thin_provisioning
from .handlers import HANDLERS, Handler, defaults, handler_name, virtual_handler
from .kinds import KINDS, TEXT, Key
from .names import ROOT, link, remove
from .words import (
    LARGEST,
    first_line,
    only_word,
    parse_number,
    parse_number_at_once,
    parse_parameters,
    refusal,
    take_word,
    unreadable,
)

_DEVICES = f"{ROOT}/devices"
_LONGEST_NAME = 64  # bytes
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
    put_attributes(tree, device, backing(tree, defaults(tree, device), filename))
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
    put_attributes(tree, device, sized(defaults(tree, device), name, text, block_size))


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
        return put_attributes(tree, device, backing(tree, standard, filename))
    put_attributes(tree, device, {name: standard[name] for name in ("filename", *SIZES)})


def _activate(tree: Tree, path: str, text: str) -> None:
    """Open the file or disk of a device, or close it."""
    device = os.path.dirname(path)
    was_active = _is_active(tree, device)
    _store(tree, path, text)
    if _is_active(tree, device) and not was_active:
        filename = read_value(tree, f"{device}/filename")
        put_attributes(tree, device, backing(tree, defaults(tree, device), filename))
        claim_disk(tree, device, handler_name(tree, device), filename)


def _is_active(tree: Tree, device: str) -> bool:
    return read_value(tree, f"{device}/active") == "1"


def _identify(tree: Tree, path: str, text: str) -> None:
    """Change the identity; the other hosts of a cluster know the device by it."""
    cluster_mode = f"{os.path.dirname(path)}/cluster_mode"
    if tree.exists(cluster_mode) and read_value(tree, cluster_mode) == "1":
        raise refusal(errno.EPERM)
    _store(tree, path, text)


def _set_transfer_length(tree: Tree, path: str, text: str) -> None:
    """Set the optimal length of a transfer, a number of blocks."""
    length = parse_number_at_once(text, 0, LARGEST)
    if length % int(read_value(tree, f"{os.path.dirname(path)}/blocksize")):
        raise unreadable()
    tree.put(path, Attribute("").text_for(str(length), Key.WRITTEN))


def _is_active_disk(tree: Tree, device: str, standard: Attributes) -> bool:
    return "active" in standard and tree.read(f"{device}/active").startswith("1")


def _move_reservations(tree: Tree, path: str, text: str) -> None:
    """Change the file that keeps the reservations; it cannot change while a session sees the device."""
    if tree.list(f"{os.path.dirname(path)}/exported"):
        raise refusal(errno.EBUSY)
    _store(tree, path, text)


_WRITES: Mapping[str, Callable[[Tree, str, str], None]] = {
    "active": _activate,
    "block": _block,
    "filename": _change_file,
    "opt_trans_len": _set_transfer_length,
    "pr_file_name": _move_reservations,
    "size": _resize,
    "size_mb": _resize,
    "t10_dev_id": _identify,
}


def _add(tree: Tree, folder: str, text: str) -> None:
    name, parameters = take_word(text)
    device = f"{_DEVICES}/{name}"
    if not _is_device_name(name):
        raise refusal(errno.EINVAL)
    if tree.exists(device) or tree.exists(f"{folder}/{name}"):
        raise refusal(errno.EEXIST)
    handler = os.path.basename(folder)
    attributes = _new_attributes(tree, HANDLERS[handler], name, parameters)
    if _is_on(attributes, "active"):
        claim_disk(tree, device, handler, attributes["filename"].default)
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
    _refuse_contradictions(values)
    standard = handler.defaults(name, int(read_value(tree, f"{ROOT}/setup_id"), 0))
    effective = {key: value for key, value in values.items() if key not in handler.ignored}
    attributes = {**standard, **_changed(standard, effective)}
    if "filename" in handler.parameters:
        attributes.update(medium(tree, standard, values.get("filename", ""), _is_on(attributes, "active")))
        attributes.update(thin_provisioning(attributes, values.get("thin_provisioned")))
    attributes.pop(THIN, None)
    if _is_on(attributes, "thin_provisioned"):
        attributes.update(write_only(THIN))
    return attributes


def _refuse_contradictions(values: Mapping[str, str]) -> None:
    caches = (values.get("nv_cache"), values.get("write_through"))
    if values.get("read_only") == "1" and "1" in caches:
        raise refusal(errno.EINVAL)
    if values.get("o_direct") == "1" and values.get("async") != "1":
        raise refusal(errno.EINVAL)


def _changed(standard: Attributes, values: Mapping[str, str]) -> dict[str, Attribute]:
    """The attributes that have these values in place of their defaults; of two sizes the last one counts."""
    block_size = int(values.get("blocksize", "512"))
    attributes: dict[str, Attribute] = {}
    for key, value in values.items():
        if key in SIZES:
            attributes.update(sized(standard, key, value, block_size))
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
    **dict.fromkeys(SIZES, str),  # read later, and only where they have an effect
}
