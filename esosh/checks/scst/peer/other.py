"""The other host's SCST, made of its lines or of its scst.conf."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

from ....commands.alua import AluaDeviceAdd, AluaPairAdd, AluaTargetAdd
from ....config import Config
from ....config.scst import Device, Driver, Scst, Target
from ....errors import Refused
from ....executors.scst import conf
from ....executors.scst.recognize import is_scst_conf
from ....records import replace
from .hosts import exports


def theirs(mine: Scst, text: str, entries: Sequence[Any], name: str) -> Scst:
    """SCST as the other host has it: what its lines make, or what its scst.conf says where there are none.

    Raises Refused, also for a text that is not a configuration of SCST, and for this host's own.
    """
    if not (entries or is_scst_conf(text)):
        raise Refused(f"{name} is not a configuration of SCST", word=name, code="E206")
    other = _made_by(entries, mine) if entries else conf.read(text)
    if _same_targets(mine, other):
        reason = "has exactly the targets of this host: it is the configuration of this host, or a copy"
        raise Refused(f"{name} {reason}", word=name, code="E206")
    return other


def _same_targets(mine: Scst, other: Scst) -> bool:
    """Whether a host has the targets of this one, and any at all."""
    targets = exports(other).targets.keys()
    return bool(targets) and targets == exports(mine).targets.keys()


def _made_by(entries: Sequence[Any], mine: Scst) -> Scst:
    """What the lines make, with the drivers that they name.

    Lines of alua alone are those of a host whose devices and ports exist already: the ports that are not this
    host's are its own, and its devices are not known.
    """
    commands = [entry.command for entry in entries]
    if any(map(_is_scst, commands)):
        return _edited(entries, Scst(drivers=_drivers(commands)))
    existing = replace(_named_by(commands, mine), drivers=_drivers(commands))
    return replace(_edited(entries, existing), devices={})


def _is_scst(command: object) -> bool:
    return type(command).__name__.startswith("Scst")


def _drivers(commands: Sequence[Any]) -> dict[str, Driver]:
    return {command.driver: Driver() for command in commands if hasattr(command, "driver")}


def _edited(entries: Sequence[Any], scst: Scst) -> Scst:
    config = Config(scst=scst)
    for entry in entries:
        config = entry.do(lambda: entry.command.edit(config))  # noqa: B023 - called at once
    return config.scst


def _named_by(commands: Sequence[Any], mine: Scst) -> Scst:
    """The devices and the other host's ports that lines of alua name."""
    devices = chain.from_iterable(map(_devices, commands))
    ports = {*chain.from_iterable(map(_ports, commands))} - mine.targets.keys()
    return Scst(dict.fromkeys(devices, Device("")), dict.fromkeys(ports, Target("")))


def _devices(command: object) -> Iterable[str]:
    """The devices that a line adds to a device group."""
    return command.devices if isinstance(command, AluaDeviceAdd) else ()


def _ports(command: object) -> Iterable[str]:
    """The ports that a line adds to a target group."""
    if isinstance(command, AluaTargetAdd):
        return command.targets
    if isinstance(command, AluaPairAdd):
        return [*(command.host1.value or ()), *(command.host2.value or ())]
    return ()
