"""SCST's objects of a candidate: found and replaced, and the rules of their names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Callable, Optional

from ...config import Config, Device, Driver, InitiatorGroup, Lun, Scst, Target
from ...errors import Refused
from .. import Command, Pair, found

DEVICE_FILES = ("mgmt", "type")  # a device of this name takes its handler's own file away


def with_scst(config: Config, **parts: Any) -> Config:
    """The configuration with other parts of SCST."""
    return replace(config, scst=replace(config.scst, **parts))


def device_of(config: Config, name: str, line: Command) -> Device:
    """A device by its name. Raises Refused."""
    return found("SCST device", name, config.scst.devices, line)


def driver_of(config: Config, name: str, line: Command) -> Driver:
    """A target driver by its name. Raises Refused."""
    return found("target driver", name, config.scst.drivers, line)


def target_of(config: Config, name: str, line: Command) -> Target:
    """A target of this host by its name. Raises Refused."""
    return found("target on this host:", name, config.scst.targets, line)


def group_of(config: Config, target: str, name: str, line: Command) -> InitiatorGroup:
    """An initiator group of a target by its name. Raises Refused."""
    return found(f"initiator group of {target}:", name, target_of(config, target, line).groups, line)


def put_device(config: Config, name: str, device: Device) -> Config:
    """The configuration with that device."""
    return with_scst(config, devices={**config.scst.devices, name: device})


def put_driver(config: Config, name: str, driver: Driver) -> Config:
    """The configuration with that target driver."""
    return with_scst(config, drivers={**config.scst.drivers, name: driver})


def put_target(config: Config, name: str, target: Target) -> Config:
    """The configuration with that target."""
    return with_scst(config, targets={**config.scst.targets, name: target})


def put_group(config: Config, target: str, name: str, group: InitiatorGroup) -> Config:
    """The configuration with that initiator group."""
    about = config.scst.targets[target]
    return put_target(config, target, replace(about, groups={**about.groups, name: group}))


Luns = Mapping[str, Lun]


def luns_of(config: Config, target: str, within: Optional[Pair], line: Command) -> Luns:
    """The LUNs of a target, or of one of its groups. Raises Refused."""
    return group_of(config, target, str(within.value), line).luns if within else target_of(config, target, line).luns


def put_luns(config: Config, target: str, within: Optional[Pair], luns: Luns) -> Config:
    """The configuration with those LUNs, in the order of their numbers."""
    ordered = dict(sorted(luns.items(), key=lambda item: int(item[0])))
    if within is None:
        return put_target(config, target, replace(config.scst.targets[target], luns=ordered))
    group = str(within.value)
    return put_group(config, target, group, replace(config.scst.targets[target].groups[group], luns=ordered))


def mapped(scst: Scst, change: Callable[[Luns], Luns]) -> Scst:
    """SCST with all LUNs of all targets and groups changed alike."""
    targets = {name: replace(target, luns=change(target.luns), groups={
        group: replace(about, luns=change(about.luns)) for group, about in target.groups.items()
    }) for name, target in scst.targets.items()}
    return replace(scst, targets=targets)


def free_name(what: str, name: str, reserved: tuple[str, ...]) -> None:
    """Raises Refused for a name that SCST's own files have, or that its kernel tree cannot hold."""
    if name in (*reserved, ".", ".."):
        raise Refused(f"{name} is the name of a file of SCST's own, no {what} can have it", word=name, code="E205")
    if len(name.encode("utf-8", "surrogateescape")) > (64 if what == "device" else 255):
        raise Refused(f"{name} is too long for the name of a {what}", word=name, code="E206")
