"""SCST as the blocks and lines of scst.conf."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from typing import Optional, Union

from ...config.scst import SWITCHLESS, DeviceGroup, Driver, InitiatorGroup, Lun, Scst, Target, TargetGroup
from ...records import NOTHING, Record
from .conf_tree import OUTGOING, PORTAL, USER, Key, attribute_key
from .layout import holds

ID = ("rel_tgt_id", "")
_ENABLED = ("enabled", "")
Lines = Mapping[Key, Optional[str]]


class Block(Record):
    """What a block is to have: words behind its name, attributes with their values, and inner blocks.

    An attribute whose value is None has no line.
    """

    words: tuple[str, ...] = ()
    lines: Lines = NOTHING
    blocks: Mapping[Key, Block] = NOTHING


EMPTY = Block()


def block_of(scst: Scst, own: Container[str] = ()) -> Block:
    """The whole file; `own` are the targets of this host, which have their ids in their own blocks alone."""
    blocks = {
        **{("HANDLER", name): Block(blocks=devices) for name, devices in _devices(scst).items()},
        **dict(_drivers(scst)),
        **{("DEVICE_GROUP", name): _device_group(group, own) for name, group in scst.groups.items()},
    }
    return Block(lines=_plain(scst.attributes), blocks=blocks)


def _devices(scst: Scst) -> dict[str, dict[Key, Block]]:
    """The devices of each handler."""
    handlers: dict[str, dict[Key, Block]] = {}
    for name, device in scst.devices.items():
        handlers.setdefault(device.handler, {})["DEVICE", name] = Block(lines=_plain(device.attributes))
    return handlers


def _drivers(scst: Scst) -> Iterator[tuple[Key, Block]]:
    targets: dict[str, dict[Key, Block]] = {}
    for name, target in scst.targets.items():
        targets.setdefault(target.driver, {})["TARGET", name] = _target(target)
    for name, driver in all_drivers(scst).items():
        yield ("TARGET_DRIVER", name), _driver(driver, targets.get(name, {}))


def all_drivers(scst: Scst) -> dict[str, Driver]:
    """The target drivers, those among them that are configured by a target alone."""
    return {**{target.driver: Driver() for target in scst.targets.values()}, **scst.drivers}


def _plain(attributes: Mapping[str, str]) -> dict[Key, Optional[str]]:
    return {(key, ""): value for key, value in attributes.items()}


def _switch(is_on: bool) -> Lines:
    return {_ENABLED: str(int(is_on))}


def _number(number: int) -> Optional[str]:
    return str(number) if number else None


def _driver(driver: Driver, targets: Mapping[Key, Block]) -> Block:
    lines = {**_plain(driver.attributes), **_accounts(driver), **_switch(driver.enabled)}
    return Block(lines=lines, blocks=targets)


def _accounts(owner: Union[Driver, Target]) -> Lines:
    users = {attribute_key(USER, user): f"{user} {secret}" for user, secret in owner.users.items()}
    return {**users, (OUTGOING, ""): owner.outgoing or None}


def _target(target: Target) -> Block:
    switch = {} if target.driver in SWITCHLESS else _switch(target.enabled)
    portals = {attribute_key(PORTAL, portal): portal for portal in target.portals}
    own_id = {ID: _number(target.rel_tgt_id)}
    lines = {**_plain(target.attributes), **_accounts(target), **own_id, **portals, **switch}
    groups = {("GROUP", name): _initiator_group(group) for name, group in target.groups.items()}
    return Block(lines=lines, blocks={**_luns(target.luns), **groups})


def _initiator_group(group: InitiatorGroup) -> Block:
    initiators = {("INITIATOR", name): EMPTY for name in group.initiators}
    return Block(lines=_plain(group.attributes), blocks={**_luns(group.luns), **initiators})


def _luns(luns: Mapping[str, Lun]) -> dict[Key, Block]:
    return {("LUN", number): Block((lun.device,), _plain(lun.attributes)) for number, lun in luns.items()}


def _device_group(group: DeviceGroup, own: Container[str]) -> Block:
    devices = {("DEVICE", name): EMPTY for name in group.devices}
    tgrps = {("TARGET_GROUP", name): _target_group(tgrp, own) for name, tgrp in group.target_groups.items()}
    return Block(blocks={**devices, **tgrps})


def _target_group(tgrp: TargetGroup, own: Container[str]) -> Block:
    lines = {
        ("group_id", ""): _number(tgrp.group_id),
        ("preferred", ""): _number(int(tgrp.preferred)),
        ("state", ""): tgrp.state,
    }
    ids = {name: port.rel_tgt_id for name, port in tgrp.targets.items() if name not in own}
    ports = {("TARGET", name): Block(lines={ID: _number(ids.get(name, 0))}) for name in tgrp.targets}
    return Block(lines=lines, blocks=ports)


def representable(block: Block) -> Block:
    """The block without what the file cannot hold."""
    lines = {key: value for key, value in block.lines.items() if _holds_line(key, value)}
    return Block(block.words, lines, dict(_representable_blocks(block)))


def _representable_blocks(block: Block) -> Iterator[tuple[Key, Block]]:
    for key, inner in block.blocks.items():
        held = representable(inner)
        if _holds_block(key, inner) and _is_needed(key, held):
            yield key, held


def _is_needed(key: Key, block: Block) -> bool:
    return key[0] != "HANDLER" or bool(block.blocks)


def unrepresentable(block: Block, path: tuple[Key, ...] = ()) -> Iterator[tuple[Key, ...]]:
    """What the file cannot hold: the keys of the blocks from the outermost one on.

    An attribute has no name.
    """
    for key, value in block.lines.items():
        if not _holds_line(key, value):
            yield (*path, (key[0], ""))
    for key, inner in block.blocks.items():
        if _holds_block(key, inner):
            yield from unrepresentable(inner, (*path, key))
        else:
            yield (*path, key)


def _holds_line(key: Key, value: Optional[str]) -> bool:
    return holds(key[0], value or "")


def _holds_block(key: Key, block: Block) -> bool:
    return holds(*key, *block.words)
