"""Device groups of a candidate: found, replaced, and the rules of their names and ids."""

from __future__ import annotations

import re
from dataclasses import replace

from ...config import Config, DeviceGroup, Port, TargetGroup
from ...errors import Refused
from .. import Command, found
from .. import name as typed

_NAME = re.compile("[A-Za-z0-9_][A-Za-z0-9_.-]*")  # one that a group may be given
_RESERVED = ("mgmt", "devices", "target_groups", "group_id", "state", "preferred")  # files of the kernel's tree


def dgrp_of(config: Config, name: str, line: Command) -> DeviceGroup:
    """A device group by its name. Raises Refused."""
    if not config.scst.groups and type(line).__name__.endswith("Add"):
        mend = f"alua dgrp add {typed(name)}" if _NAME.fullmatch(name) else ""
        raise Refused(f"no device group {name}, and no other one", mend=mend, word=name, code="E202")
    return found("device group", name, config.scst.groups, line)


def tgrp_of(config: Config, dgrp: str, name: str, line: Command) -> TargetGroup:
    """A target group by its name. Raises Refused."""
    return found(f"target group in {dgrp}:", name, dgrp_of(config, dgrp, line).target_groups, line)


def port_of(config: Config, dgrp: str, tgrp: str, name: str, line: Command) -> Port:
    """A port of a target group by its name. Raises Refused."""
    return found(f"target in {dgrp} {tgrp}:", name, tgrp_of(config, dgrp, tgrp, line).targets, line)


def put_dgrp(config: Config, name: str, group: DeviceGroup) -> Config:
    """The configuration with that device group."""
    return replace(config, scst=replace(config.scst, groups={**config.scst.groups, name: group}))


def put_tgrp(config: Config, dgrp: str, name: str, group: TargetGroup) -> Config:
    """The configuration with that target group."""
    about = config.scst.groups[dgrp]
    return put_dgrp(config, dgrp, replace(about, target_groups={**about.target_groups, name: group}))


def new_name(name: str) -> None:
    """Raises Refused for a name that SCST's own files have."""
    if name in _RESERVED:
        raise Refused(f"{name} is the name of a file of SCST's own", word=name, code="E205")


def checked_id(value: object) -> int:
    """An id as a number. Raises Refused for one that SCST does not take."""
    number = int(str(value))
    if not 1 <= number <= 65535:
        raise Refused(f"{number} is no id: SCST takes 1 to 65535", word=str(value), code="E206")
    return number


def local(config: Config, target: str) -> bool:
    """Whether a target is a port of this host; any other name is the other host's."""
    return target in config.scst.targets


def rel_tgt_id(config: Config, target: str, port: Port) -> int:
    """A port's relative target id: a local one's is its target's own."""
    return port.rel_tgt_id or (config.scst.targets[target].rel_tgt_id if local(config, target) else 0)
