"""What /etc/scst.conf configures.

Of statements with the same name the last one counts. Source: scstadmin 3.11 (configToAttr) and the files that
it wrote.
"""

from __future__ import annotations

import contextlib
import functools
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Optional

from ...config.scst import (
    COPY_MANAGER,
    Device,
    DeviceGroup,
    Driver,
    InitiatorGroup,
    Lun,
    Port,
    Scst,
    Target,
    TargetGroup,
)
from .attributes import canonical, default, split_user, worth_saving
from .conf_tree import OUTGOING, PORTAL, USER, Key, Node, parse, with_notes

_FIELDS = (USER, OUTGOING, PORTAL)
_NEVER_NOTED = (*_FIELDS, "enabled", "rel_tgt_id", "group_id", "state", "preferred")
_LARGEST_ID = 65535
_Nodes = Mapping[Key, list[Node]]


@dataclass(frozen=True)
class Contents:
    """What stands in a block, by its key; `noted`: what scstadmin noted as the kernel's own state."""

    configured: dict[Key, list[Node]] = field(default_factory=dict)
    noted: dict[Key, list[Node]] = field(default_factory=dict)

    def named(self, keyword: str) -> dict[str, Node]:
        """What begins with a keyword, by its name."""
        return {name: nodes[-1] for (word, name), nodes in self.configured.items() if word == keyword}

    def blocks(self, keyword: str) -> dict[str, Contents]:
        """The contents of what begins with a keyword, by its name."""
        return {name: contents(node) for name, node in self.named(keyword).items()}

    def value(self, key: str) -> str:
        """The value of an attribute, "" where there is none."""
        nodes = self.configured.get((key, ""))
        return nodes[-1].value() if nodes else ""

    def is_on(self, key: str) -> bool:
        """Whether a switch is on."""
        return self.value(key) == "1"

    def attributes(self, kind: str) -> dict[str, str]:
        """The attributes that are configuration, as the kernel shows them.

        Noted ones are among them where the table has another default.
        """
        values = {**_with_default(kind, _values(self.noted)), **_values(self.configured)}
        names = [key for key in values if key not in _FIELDS and worth_saving(kind, key, values[key])]
        return {key: canonical(key, values[key]) for key in names}

    def users(self) -> dict[str, str]:
        """The secret of each user; a user without a secret is none."""
        pairs = (split_user(node.value()) for node in self.named(USER).values())
        return {name: secret for name, secret in pairs if secret}

    def outgoing(self) -> str:
        """The user as which a target logs in, and its secret."""
        name, secret = split_user(self.value(OUTGOING))
        return f"{name} {secret}" if secret else ""


def _values(nodes: _Nodes) -> dict[str, str]:
    return {name: lines[-1].value() for (name, _), lines in nodes.items() if not name.isupper()}


def _with_default(kind: str, values: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in values.items() if default(kind, key) is not None}


def contents(block: Node) -> Contents:
    """What stands in a block, by its key."""
    result = Contents()
    for node, noted in with_notes(block):
        key = node.key()
        if key is not None:
            part = result.noted if noted and _can_be_noted(key[0]) else result.configured
            part.setdefault(key, []).append(node)
    return result


def _can_be_noted(word: str) -> bool:
    return not word.isupper() and word not in _NEVER_NOTED


@functools.lru_cache(maxsize=8)
def read(text: str) -> Scst:
    """What a file configures, but for the copy manager, which looks after itself."""
    top = contents(parse(text))
    blocks = {name: block for name, block in top.blocks("TARGET_DRIVER").items() if name != COPY_MANAGER}
    targets = dict(_targets(blocks))
    drivers = {name: _driver(block) for name, block in blocks.items()}
    groups = {name: _device_group(block) for name, block in top.blocks("DEVICE_GROUP").items()}
    return _with_own_ids(Scst(dict(_devices(top)), targets, groups, drivers, top.attributes("core")))


def _devices(top: Contents) -> Iterator[tuple[str, Device]]:
    for handler, block in top.blocks("HANDLER").items():
        for name, device in block.blocks("DEVICE").items():
            yield name, Device(handler, device.attributes(handler))


def _driver(block: Contents) -> Driver:
    return Driver(block.is_on("enabled"), block.attributes("driver"), block.users(), block.outgoing())


def _targets(drivers: Mapping[str, Contents]) -> Iterator[tuple[str, Target]]:
    for driver, block in drivers.items():
        for name, target in block.blocks("TARGET").items():
            yield name, _target(driver, target)


def _target(driver: str, block: Contents) -> Target:
    return Target(
        driver, block.is_on("enabled"), _id(block.value("rel_tgt_id")), block.attributes("target"),
        block.users(), block.outgoing(), frozenset(block.named(PORTAL)), _luns(block),
        {name: _initiator_group(group) for name, group in block.blocks("GROUP").items()},
    )


def _initiator_group(block: Contents) -> InitiatorGroup:
    return InitiatorGroup(_luns(block), frozenset(block.named("INITIATOR")), block.attributes("group"))


def _luns(block: Contents) -> dict[str, Lun]:
    luns = sorted(block.named("LUN").items(), key=lambda item: (len(item[0]), item[0]))
    return {number: Lun(node.words[2], contents(node).attributes("lun")) for number, node in luns}


def _device_group(block: Contents) -> DeviceGroup:
    tgrps = {name: _target_group(tgrp) for name, tgrp in block.blocks("TARGET_GROUP").items()}
    return DeviceGroup(frozenset(block.named("DEVICE")), tgrps)


def _target_group(block: Contents) -> TargetGroup:
    ports = {name: Port(_id(port.value("rel_tgt_id"))) for name, port in block.blocks("TARGET").items()}
    state = block.value("state") or "active"
    return TargetGroup(_id(block.value("group_id")), state, block.is_on("preferred"), ports)


def _id(text: str) -> int:
    """An id as the kernel reads it, where 010 is octal; 0 for one that it does not accept."""
    number = 0
    with contextlib.suppress(ValueError):
        number = int(text, 8 if re.match("0[0-9]", text) else 0)
    return number if 0 <= number <= _LARGEST_ID else 0


def _with_own_ids(scst: Scst) -> Scst:
    """The configuration with the id of each target of this host in the target, and in no target group.

    That in a target group counts, because scstadmin sets it last.
    """
    ids = _ids_in_groups(scst)
    if not ids:
        return scst
    targets = {name: _with_id(target, ids.get(name)) for name, target in scst.targets.items()}
    groups = {name: _without_ids(group, ids) for name, group in scst.groups.items()}
    return replace(scst, targets=targets, groups=groups)


def _with_id(target: Target, number: Optional[int]) -> Target:
    return target if number is None else replace(target, rel_tgt_id=number)


def _ids_in_groups(scst: Scst) -> dict[str, int]:
    """The ids of targets of this host in target groups; of several the one that scstadmin sets last."""
    ids: dict[str, int] = {}
    for _, group in sorted(scst.groups.items()):
        for _, tgrp in sorted(group.target_groups.items()):
            ids.update(_ids(tgrp))
    return {name: ids[name] for name in ids if name in scst.targets}


def _ids(tgrp: TargetGroup) -> dict[str, int]:
    return {name: port.rel_tgt_id for name, port in tgrp.targets.items() if port.rel_tgt_id}


def _without_ids(group: DeviceGroup, own: Collection[str]) -> DeviceGroup:
    tgrps = {name: _ports_without_ids(tgrp, own) for name, tgrp in group.target_groups.items()}
    return replace(group, target_groups=tgrps)


def _ports_without_ids(tgrp: TargetGroup, own: Collection[str]) -> TargetGroup:
    ports = {name: Port() if name in own else port for name, port in tgrp.targets.items()}
    return replace(tgrp, targets=ports)
