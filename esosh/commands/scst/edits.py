"""SCST's objects of a candidate: found and replaced, and the rules for their names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Callable, Optional

from ...config import Config
from ...config.lazy import changed, having
from ...config.scst import ALWAYS_LOADED, Device, Driver, InitiatorGroup, Lun, Scst, Target
from ...errors import Refused
from ...records import replace
from .. import Command, Pair
from ..names import look_up

DEVICE_FILES = ("mgmt", "type")  # a device of this name replaces its handler's own file
Luns = Mapping[str, Lun]


def with_scst(config: Config, **parts: Any) -> Config:
    """The configuration with other parts of SCST."""
    return config.having(scst=replace(config.scst, **parts))


def device_of(config: Config, name: str, line: Command) -> Device:
    """A device by its name. Raises Refused."""
    return look_up("SCST device", name, config.scst.devices, line)


def driver_of(config: Config, name: str, line: Command) -> Driver:
    """A target driver by its name. Raises Refused."""
    return look_up("target driver", name, config.scst.drivers, line)


def coming_driver(config: Config, name: str, line: Command) -> Driver:
    """A target driver by its name, also one that comes when SCST starts. Raises Refused."""
    is_used = any(target.driver == name for target in config.scst.targets.values())
    if name not in config.scst.drivers and (name in ALWAYS_LOADED or is_used):
        return Driver()
    return driver_of(config, name, line)


def target_of(config: Config, name: str, line: Command) -> Target:
    """A target of this host by its name. Raises Refused."""
    return look_up("target on this host:", name, config.scst.targets, line)


def group_of(config: Config, target: str, name: str, line: Command) -> InitiatorGroup:
    """An initiator group of a target by its name. Raises Refused."""
    return look_up(f"initiator group of {target}:", name, target_of(config, target, line).groups, line)


def luns_of(config: Config, target: str, within: Optional[Pair], line: Command) -> Luns:
    """The LUNs of a target, or of one of its groups. Raises Refused."""
    if within:
        return group_of(config, target, str(within.value), line).luns
    return target_of(config, target, line).luns


def put_device(config: Config, name: str, device: Device) -> Config:
    """The configuration with that device."""
    return with_scst(config, devices=having(config.scst.devices, {name: device}))


def put_driver(config: Config, name: str, driver: Driver) -> Config:
    """The configuration with that target driver."""
    return with_scst(config, drivers=having(config.scst.drivers, {name: driver}))


def put_target(config: Config, name: str, target: Target) -> Config:
    """The configuration with that target."""
    return with_scst(config, targets=having(config.scst.targets, {name: target}))


def put_group(config: Config, target: str, name: str, group: InitiatorGroup) -> Config:
    """The configuration with that initiator group."""
    owner = config.scst.targets[target]
    return put_target(config, target, replace(owner, groups=having(owner.groups, {name: group})))


def put_luns(config: Config, target: str, within: Optional[Pair], luns: Luns) -> Config:
    """The configuration with those LUNs."""
    owner = config.scst.targets[target]
    if within is None:
        return put_target(config, target, replace(owner, luns=luns))
    group = str(within.value)
    return put_group(config, target, group, replace(owner.groups[group], luns=luns))


def places_of_luns(scst: Scst) -> Iterator[tuple[str, Luns]]:
    """The LUNs of each target and of each initiator group, with their place in words."""
    for name, target in scst.targets.items():
        yield name, target.luns
        for group_name, group in target.groups.items():
            yield f"{name} group {group_name}", group.luns


def with_luns(scst: Scst, change: Callable[[Luns], Luns]) -> Scst:
    """SCST with the same change of all LUNs of all targets and groups."""
    return replace(scst, targets=changed(scst.targets, lambda _, target: _with_luns(target, change)))


def _with_luns(target: Target, change: Callable[[Luns], Luns]) -> Target:
    luns = change(target.luns)
    groups = changed(target.groups, lambda _, group: _group_with_luns(group, change))
    is_same = luns is target.luns and groups is target.groups
    return target if is_same else replace(target, luns=luns, groups=groups)


def _group_with_luns(group: InitiatorGroup, change: Callable[[Luns], Luns]) -> InitiatorGroup:
    luns = change(group.luns)
    return group if luns is group.luns else replace(group, luns=luns)


def check_name(what: str, name: str, reserved: tuple[str, ...]) -> None:
    """Raises Refused for a name that one of SCST's own files has, or that is too long for its kernel tree."""
    if name in (*reserved, ".", ".."):
        message = f"{name} is the name of one of SCST's own files, and no {what} can have it"
        raise Refused(message, word=name, code="E205")
    largest = 64 if what == "device" else 255
    if len(name.encode("utf-8", "surrogateescape")) > largest:
        raise Refused(f"{name} is too long for the name of a {what}", word=name, code="E206")
