"""The object that a line is about: its values, the keys that it may have, and those that it needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Callable, Optional, Union

from ...commands.scst.attributes import owner_pairs
from ...config import Config
from ...config.scst import COPY_MANAGER, Driver, InitiatorGroup, Lun, Target
from ...executors.scst.attributes import (
    DEFAULTS,
    IDENTITY,
    NAMES,
    ONLY_OF,
    PARAMETERS,
    is_fixed,
    is_secret,
)
from .. import Context

_WITH_FILE = ("vdisk_fileio", "vdisk_blockio")
_USERS = {"IncomingUser": "several times for several", "OutgoingUser": ""}
_NO_FIXED_DEFAULT = {
    "rel_tgt_id": "the first that is free, once it is enabled", "cpu_mask": "default all processors",
}
Keys = Mapping[str, str]  # keys, each with its default in words


def target_of(config: Config, context: Context) -> Target:
    """The line's target, an empty one where it names none."""
    return config.scst.targets.get(context.word("EXPORTER") or "", Target(""))


def group_of(config: Config, context: Context) -> InitiatorGroup:
    """The line's initiator group, an empty one where it names none."""
    return target_of(config, context).groups.get(context.word("GROUP") or "", InitiatorGroup())


def luns_of(config: Config, context: Context) -> Mapping[str, Lun]:
    """The LUNs of the line's group, or of its target."""
    return group_of(config, context).luns if context.word("GROUP") else target_of(config, context).luns


def owner_of(context: Context) -> Union[Target, Driver]:
    """The line's target or driver, an empty one where it names none."""
    if context.word("EXPORTER"):
        return target_of(context.candidate, context)
    return context.candidate.scst.drivers.get(context.word("DRIVER") or "", Driver())


def values(context: Context) -> Mapping[str, str]:
    """Of the device, the target, the group in it, the driver, or SCST itself, whichever the line names."""
    if context.word("DEVICE"):
        return _device_values(context)
    if context.word("GROUP"):
        return group_of(context.candidate, context).attributes
    if context.word("EXPORTER", "DRIVER"):
        return _owner_values(owner_of(context))
    return context.candidate.scst.attributes if context.terminals[:1] == ("SCST",) else {}


def _device_values(context: Context) -> Mapping[str, str]:
    device = context.candidate.scst.devices.get(context.word("DEVICE") or "")
    return device.attributes if device else {}


def _owner_values(owner: Union[Target, Driver]) -> dict[str, str]:
    """The settings of a target or a driver, several values of a key as one, without secrets."""
    joined: dict[str, str] = {}
    for pair in owner_pairs(owner):
        key = pair.key.rstrip("=")
        value = _without_secret(key, str(pair.value))
        joined[key] = f"{joined[key]} {value}" if key in joined else value
    return joined


def _without_secret(key: str, value: str) -> str:
    return value.partition(" ")[0] if is_secret(key) else value


def lacking(context: Context) -> Iterator[str]:
    """The file of a new device of a handler that has one."""
    if _new_handler(context) in _WITH_FILE and "filename=" not in context.texts:
        yield "filename"


def _new_handler(context: Context) -> str:
    """The handler of the device that the line makes; "" where it makes none."""
    texts = context.texts
    return texts[texts.index("add") + 1] if context.word("NEW_DEVICE") else ""


def keys(context: Context) -> Optional[Keys]:
    """Of the object that the line makes or changes."""
    words = context.texts[context.texts.index("scst") + 1 :]
    function = _KEYS.get(words[:2]) or _KEYS.get(words[:1])
    return function(context) if function else None


def _core_keys(context: Context) -> Keys:
    return {**_defaults("core"), "threads": "default one for each processor"}


def _driver_keys(context: Context) -> Keys:
    """Of the drivers that esosh knows iSCSI's and the copy manager have something to set."""
    name = context.word("DRIVER") or ""
    if name == "iscsi":
        return {**_defaults("driver"), **_USERS}
    return _defaults(name) if name == COPY_MANAGER else {}


def _unset_keys(context: Context) -> Keys:
    """The keys that have a value and can be unset."""
    return dict.fromkeys(values(context), "")


def _new_target_keys(context: Context) -> Keys:
    return _target_keys(context.word("DRIVER") or "")


def _existing_target_keys(context: Context) -> Keys:
    return _target_keys(target_of(context.candidate, context).driver)


def _target_keys(driver: str) -> Keys:
    common = {**_defaults("target"), **_NO_FIXED_DEFAULT}
    if driver == "iscsi":
        common |= {**_USERS, "allowed_portal": "default all; several times for several"}
    return {key: common[key] for key in common if ONLY_OF.get(key, driver) == driver}


def _new_device_keys(context: Context) -> Optional[Keys]:
    handler = _new_handler(context)
    return {key: _default(handler, key) for key in _names(handler)} if handler in PARAMETERS else None


def _existing_device_keys(context: Context) -> Optional[Keys]:
    device = context.candidate.scst.devices.get(context.word("DEVICE") or "")
    if device is None or device.handler not in PARAMETERS:
        return None
    defaults = {key: _default(device.handler, key) for key in _names(device.handler)}
    return {key: _with_consequence(device.handler, key, default) for key, default in defaults.items()}


def _with_consequence(handler: str, key: str, default: str) -> str:
    """The default of a key, and whether a change of it means a new device."""
    recreates = is_fixed(handler, key) or key in IDENTITY
    return "; ".join(filter(None, (default, "changing it recreates the device" if recreates else "")))


def _names(handler: str) -> frozenset[str]:
    return NAMES[handler] | ({"size_mb"} if handler == "vdisk_nullio" else set())


def _defaults(kind: str) -> dict[str, str]:
    return {key: _default(kind, key) for key in DEFAULTS[kind]}


def _default(kind: str, key: str) -> str:
    """The default of a key in words; "" where it depends on the box or the object."""
    default = DEFAULTS[kind].get(key)
    return "" if default is None else f"default {default or 'none'}"


_KEYS: Mapping[tuple[str, ...], Callable[[Context], Optional[Keys]]] = {  # by the first words of a line
    ("set",): _core_keys,
    ("driver", "set"): _driver_keys,
    ("driver", "unset"): _unset_keys,
    ("target", "add"): _new_target_keys,
    ("target", "set"): _existing_target_keys,
    ("target", "unset"): _unset_keys,
    ("device", "add"): _new_device_keys,
    ("device", "set"): _existing_device_keys,
}
