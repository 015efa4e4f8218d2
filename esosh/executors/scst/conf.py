"""What /etc/scst.conf configures.

Of statements with the same name the last one counts. "# Non-key attributes" is a comment: scstadmin applies
what stands below it like anything else. So it is configuration, but for what an untouched SCST says of
itself.
Source: scstadmin 3.11 (readConfigFile, configToAttr) and the files that it wrote.
"""

from __future__ import annotations

import functools
from collections.abc import Container, Iterator, Mapping
from typing import Callable, Optional

from ...config.lazy import Lazy, without
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
from ...language.numbers import kernel_number
from .attributes import NAMES, canonical, driver_kind, made_up, split_user, worth_saving
from .conf_tree import OUTGOING, PORTAL, USER, Key, Node, parse, with_notes

_FIELDS = (USER, OUTGOING, PORTAL)
_NEVER_NOTED = (*_FIELDS, "enabled", "rel_tgt_id", "group_id", "state", "preferred")
_LARGEST_ID = 65535
_Nodes = Mapping[Key, list[Node]]
_Untouched = Callable[[], Mapping[str, str]]  # what SCST itself says of an object


class Contents:
    """What stands in a block, by its key; `noted`: the attributes that stand below scstadmin's remark."""

    def __init__(self) -> None:
        self.configured: dict[Key, list[Node]] = {}
        self.noted: dict[Key, list[Node]] = {}

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

    def attributes(self, kind: str, untouched: _Untouched = dict) -> dict[str, str]:
        """The attributes that are configuration, as the kernel shows them.

        Noted ones are among them if esosh knows them and their value is not that of an untouched object.
        """
        values = {**self._noted_values(kind, untouched), **_values(self.configured)}
        names = [key for key in values if key not in _FIELDS and worth_saving(kind, key, values[key])]
        return {key: canonical(key, values[key]) for key in names}

    def _noted_values(self, kind: str, untouched: _Untouched) -> dict[str, str]:
        noted = {key: value for key, value in _values(self.noted).items() if key in NAMES.get(kind, ())}
        own = untouched() if noted else {}
        return {key: value for key, value in noted.items() if own.get(key) != value}

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


class Attributes(Mapping[str, str]):
    """The attributes that a block configures, looked up when somebody asks for one."""

    def __init__(self, node: Node, kind: str, untouched: _Untouched = dict) -> None:
        self._node, self._kind, self._untouched = node, kind, untouched

    @functools.cached_property
    def _values(self) -> dict[str, str]:
        return contents(self._node).attributes(self._kind, self._untouched)

    def __getitem__(self, key: str) -> str:
        return self._values[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return repr(self._values)


@functools.lru_cache(maxsize=8)
def read(text: str) -> Scst:
    """What a file configures, but for the copy manager's target, which SCST looks after.

    What an object has is looked up in the text at its first use.
    """
    top = contents(parse(text))
    blocks = top.blocks("TARGET_DRIVER")
    with_targets = without(blocks, COPY_MANAGER)
    devices, targets = _members(top.blocks("HANDLER"), "DEVICE"), _members(with_targets, "TARGET")
    groups, core = _Groups(top.named("DEVICE_GROUP"), targets), top.attributes("core")
    setup_id = kernel_number(core.get("setup_id", "")) or 0
    return Scst(
        Lazy(devices, lambda name: _device(name, *devices[name], setup_id)),
        Lazy(targets, lambda name: _target(*targets[name], groups.own_ids.get(name))),
        Lazy(groups.nodes, groups.group), dict(_drivers(blocks)), core,
    )


def _members(blocks: Mapping[str, Contents], keyword: str) -> dict[str, tuple[str, Node]]:
    """The objects in these blocks by name, each with the name of its block."""
    nodes = {owner: block.named(keyword) for owner, block in blocks.items()}
    return {name: (owner, node) for owner in nodes for name, node in nodes[owner].items()}


def _device(name: str, handler: str, node: Node, setup_id: int) -> Device:
    return Device(handler, Attributes(node, handler, functools.partial(made_up, handler, name, setup_id)))


def _drivers(blocks: Mapping[str, Contents]) -> Iterator[tuple[str, Driver]]:
    """The target drivers; the copy manager, which every box has, only where something of it is set."""
    for name, block in blocks.items():
        attributes = block.attributes(driver_kind(name))
        driver = Driver(block.is_on("enabled"), attributes, block.users(), block.outgoing())
        if name != COPY_MANAGER or driver != Driver():
            yield name, driver


def _target(driver: str, node: Node, number_in_group: Optional[int]) -> Target:
    block = contents(node)
    number = _id(block.value("rel_tgt_id")) if number_in_group is None else number_in_group
    groups = block.named("GROUP")
    return Target(
        driver, block.is_on("enabled"), number, block.attributes("target"), block.users(), block.outgoing(),
        frozenset(block.named(PORTAL)), _luns(block),
        Lazy(groups, lambda name: _initiator_group(contents(groups[name]))),
    )


def _initiator_group(block: Contents) -> InitiatorGroup:
    return InitiatorGroup(_luns(block), frozenset(block.named("INITIATOR")), block.attributes("group"))


def _luns(block: Contents) -> Mapping[str, Lun]:
    luns = block.named("LUN")
    return Lazy(sorted(luns, key=lambda number: (len(number), number)), lambda number: _lun(luns[number]))


def _lun(node: Node) -> Lun:
    return Lun(node.words[2], Attributes(node, "lun") if node.is_block else {})


def _id(text: str) -> int:
    """An id as the kernel reads it, where 010 is octal; 0 for one that it does not accept."""
    number = kernel_number(text) or 0
    return number if 0 <= number <= _LARGEST_ID else 0


class _Groups:
    """The device groups of a file, beside the names of the targets of this host.

    The id of such a target belongs to the target, and to no target group.
    """

    def __init__(self, nodes: Mapping[str, Node], own: Container[str]) -> None:
        self.nodes = nodes
        self._own = own
        self._contents = functools.cache(lambda name: contents(nodes[name]))

    def group(self, name: str) -> DeviceGroup:
        """A device group."""
        block: Contents = self._contents(name)
        tgrps = {tgrp: self._target_group(inner) for tgrp, inner in block.blocks("TARGET_GROUP").items()}
        return DeviceGroup(frozenset(block.named("DEVICE")), tgrps)

    def _target_group(self, block: Contents) -> TargetGroup:
        ports = {name: Port(0 if name in self._own else number) for name, number in _port_ids(block).items()}
        state = block.value("state") or "active"
        return TargetGroup(_id(block.value("group_id")), state, block.is_on("preferred"), ports)

    @functools.cached_property
    def own_ids(self) -> dict[str, int]:
        """The ids of targets of this host in target groups; of several the one that scstadmin sets last.

        It counts more than the one in the target's own block.
        """
        ids: dict[str, int] = {}
        for name in sorted(self.nodes):
            for _, tgrp in sorted(self._contents(name).blocks("TARGET_GROUP").items()):
                ids.update((port, number) for port, number in _port_ids(tgrp).items() if number)
        return {port: number for port, number in ids.items() if port in self._own}


def _port_ids(tgrp: Contents) -> dict[str, int]:
    """The id of each port of a target group, 0 where none stands there."""
    return {name: _id(port.value("rel_tgt_id")) for name, port in tgrp.blocks("TARGET").items()}
