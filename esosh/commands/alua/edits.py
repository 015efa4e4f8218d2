"""Device groups of a candidate: found and replaced, and the rules for their names and ids."""

from __future__ import annotations

import re

from ...config import Config
from ...config.lazy import having
from ...config.scst import DeviceGroup, Port, TargetGroup
from ...errors import Refused
from ...language.numbers import decimal
from ...records import replace
from .. import Command, typed_name
from ..names import look_up

_NAME = re.compile("[A-Za-z0-9_][A-Za-z0-9_.-]*")  # a name that a new group may have
_RESERVED = ("mgmt", "devices", "target_groups", "group_id", "state", "preferred")  # SCST's own files
_LARGEST_ID = 65535


def dgrp_of(config: Config, name: str, line: Command) -> DeviceGroup:
    """A device group by its name. Raises Refused."""
    adds = type(line).__name__.endswith("Add")
    if adds and not config.scst.groups:
        hint = f"alua dgrp add {typed_name(name)}" if _NAME.fullmatch(name) else ""
        raise Refused(f"no device group {name}, nor any other", hint=hint, word=name, code="E202")
    return look_up("device group", name, config.scst.groups, line)


def tgrp_of(config: Config, dgrp: str, name: str, line: Command) -> TargetGroup:
    """A target group by its name. Raises Refused."""
    return look_up(f"target group in {dgrp}:", name, dgrp_of(config, dgrp, line).target_groups, line)


def port_of(config: Config, dgrp: str, tgrp: str, name: str, line: Command) -> Port:
    """A port of a target group by its name. Raises Refused."""
    return look_up(f"target in {dgrp} {tgrp}:", name, tgrp_of(config, dgrp, tgrp, line).targets, line)


def put_dgrp(config: Config, name: str, group: DeviceGroup) -> Config:
    """The configuration with that device group."""
    return config.having(scst=replace(config.scst, groups=having(config.scst.groups, {name: group})))


def put_tgrp(config: Config, dgrp: str, name: str, group: TargetGroup) -> Config:
    """The configuration with that target group."""
    owner = config.scst.groups[dgrp]
    return put_dgrp(config, dgrp, replace(owner, target_groups=having(owner.target_groups, {name: group})))


def check_name(name: str) -> None:
    """Raises Refused for a name that one of SCST's own files has."""
    if name in _RESERVED:
        raise Refused(f"{name} is the name of one of SCST's own files", word=name, code="E205")


def checked_id(value: object) -> int:
    """An id as a number. Raises Refused for one that SCST does not accept."""
    number = decimal(str(value), 1, _LARGEST_ID)
    if number is None:
        message = f"{value} is not a valid id: SCST accepts 1 to {_LARGEST_ID}"
        raise Refused(message, word=str(value), code="E206")
    return number
