"""Changes to /etc/scst.conf: what differs, and nothing else.

Old, new and what the file says are brought to one shape, that of the file, and compared block by block. What runs and was
never saved is added; what neither old nor new has is kept, for it may only be absent now.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Optional, Union

from ...config import SWITCHLESS, DeviceGroup, Driver, InitiatorGroup, Lun, Scst, Target, TargetGroup
from .conf import Contents, Key, Node, attribute_key, contents, parse, read
from .layout import complete, insert, line, open_block, remove, rename, rewrite

_HEAD = "# SCST configuration, in the layout of scstadmin; written by esosh\n\n"
_CONTAINERS = ("HANDLER", "TARGET_DRIVER")  # they stand there for what is in them


@dataclass(frozen=True)
class Section:
    """What a block is to say: its words behind the name, the values of its attributes (None: no line), the blocks in it."""

    rest: tuple[str, ...] = ()
    lines: Mapping[Key, Optional[str]] = field(default_factory=dict)
    parts: Mapping[Key, Section] = field(default_factory=dict)


_NOTHING = Section()


def amend(text: str, old: Scst, new: Scst) -> str:
    """The text made to say what `new` says; what neither has stays."""
    said = read(text)
    if old == new == said:
        return text
    root = parse(text or _HEAD)
    complete(root)
    before = root.text()
    names = _renames(old, new, said)
    _rename(root, names, old)
    old, said = _renamed(old, names), _renamed(said, names)
    known = replace(said, drivers={**dict.fromkeys(_drivers(new), Driver()), **said.drivers})
    _amend(root, 0, _scst(old), _scst(new), _scst(known))
    _evict(root, old, new)
    after = root.text()
    return text if after == before else after


def _amend(block: Node, depth: int, old: Section, new: Section, said: Section) -> None:
    there = contents(block)
    fresh, doomed = _amend_lines(there, depth, old, new, said)
    more_fresh, more_doomed = _amend_parts(there, depth, old, new, said)
    if fresh or more_fresh:
        insert(block, depth - 1, fresh + more_fresh)
    remove(block, doomed + more_doomed)


def _amend_lines(there: Contents, depth: int, old: Section, new: Section, said: Section) -> tuple[list[Node], list[Node]]:
    """The lines that come, and those that go."""
    fresh, doomed = [], []
    changed = {key: value for key, value in new.lines.items() if said.lines.get(key) != value}
    for key, value in {**dict.fromkeys(key for key in old.lines if key not in new.lines), **changed}.items():
        nodes = there.said.get(key, [])
        kept = nodes[:1] if value is not None else []
        doomed += nodes[len(kept) :] + there.noted.get(key, [])
        if value is not None:
            for node in kept:
                rewrite(node, key[0], value)
            fresh += [] if kept else [line(depth, key[0], value)]
    return fresh, doomed


def _amend_parts(there: Contents, depth: int, old: Section, new: Section, said: Section) -> tuple[list[Node], list[Node]]:
    """The blocks that come, and those that go; those that stay are amended."""
    fresh, doomed = [], []
    for key, want in new.parts.items():
        if said.parts.get(key) == want:
            continue
        was, nodes = said.parts.get(key, _NOTHING), there.said.get(key, [])
        node = nodes[-1] if nodes else line(depth, *key, *want.rest)
        if not nodes:
            fresh.append(node)
        elif want.rest != was.rest:
            doomed += nodes[:-1]
            was, made = _NOTHING, line(depth, *key, *want.rest)
            node.raw, node.words, node.children, node.tail = made.raw, made.words, None, ""
        if not depth:
            open_block(node, 0)
        # a LUN is as it runs, or it would come back as another one
        _amend(node, depth + 1, was if key[0] == "LUN" else old.parts.get(key, _NOTHING), want, was)
        doomed += [node] if nodes and _emptied(node) else []
    for key in [key for key in old.parts if key not in new.parts]:
        for node in there.said.get(key, []):
            if key[0] in _CONTAINERS:
                _amend(node, depth + 1, old.parts[key], _NOTHING, said.parts.get(key, _NOTHING))
            doomed += [node] if key[0] not in _CONTAINERS or _emptied(node) else []
    return fresh, doomed


def _emptied(node: Node) -> bool:
    return node.words[0] in _CONTAINERS and not "".join(child.raw for child in node.children or ()).strip()


def _scst(scst: Scst) -> Section:
    handlers: dict[str, dict[Key, Section]] = {}
    for name, device in scst.devices.items():
        handlers.setdefault(device.handler, {})["DEVICE", name] = Section(lines=_plain(device.attributes))
    targets: dict[str, dict[Key, Section]] = {}
    for name, target in scst.targets.items():
        targets.setdefault(target.driver, {})["TARGET", name] = _target(target)
    return Section(lines=_plain(scst.attributes), parts={
        **{("HANDLER", name): Section(parts=devices) for name, devices in handlers.items()},
        **{("TARGET_DRIVER", name): _driver(driver, targets.get(name, {})) for name, driver in _drivers(scst).items()},
        **{("DEVICE_GROUP", name): _device_group(group, scst) for name, group in scst.groups.items()},
    })


def _drivers(scst: Scst) -> dict[str, Driver]:
    return {**{target.driver: Driver() for target in scst.targets.values()}, **scst.drivers}


def _plain(attributes: Mapping[str, str]) -> dict[Key, Optional[str]]:
    return {(key, ""): value for key, value in attributes.items()}


def _accounts(about: Union[Driver, Target]) -> dict[Key, Optional[str]]:
    users = {attribute_key("IncomingUser", user): f"{user} {secret}" for user, secret in about.users.items()}
    return {**users, ("OutgoingUser", ""): about.outgoing or None}


def _driver(driver: Driver, targets: Mapping[Key, Section]) -> Section:
    switch: dict[Key, Optional[str]] = {("enabled", ""): str(int(driver.enabled))}
    return Section(lines={**_plain(driver.attributes), **_accounts(driver), **switch}, parts=targets)


def _target(target: Target) -> Section:
    lines = {**_plain(target.attributes), **_accounts(target), ("rel_tgt_id", ""): str(target.rel_tgt_id or "") or None}
    lines.update((attribute_key("allowed_portal", portal), portal) for portal in target.portals)
    if target.driver not in SWITCHLESS:
        lines["enabled", ""] = str(int(target.enabled))
    groups = {("GROUP", name): _initiators(group) for name, group in target.groups.items()}
    return Section(lines=lines, parts={**_luns(target.luns), **groups})


def _initiators(group: InitiatorGroup) -> Section:
    initiators = {("INITIATOR", name): _NOTHING for name in group.initiators}
    return Section(lines=_plain(group.attributes), parts={**_luns(group.luns), **initiators})


def _luns(luns: Mapping[str, Lun]) -> dict[Key, Section]:
    return {("LUN", number): Section((lun.device,), _plain(lun.attributes)) for number, lun in luns.items()}


def _device_group(group: DeviceGroup, scst: Scst) -> Section:
    devices = {("DEVICE", name): _NOTHING for name in group.devices}
    tgrps = {("TARGET_GROUP", name): _target_group(tgrp, scst) for name, tgrp in group.target_groups.items()}
    return Section(parts={**devices, **tgrps})


def _target_group(tgrp: TargetGroup, scst: Scst) -> Section:
    lines = {("group_id", ""): str(tgrp.group_id or "") or None, ("preferred", ""): "1" if tgrp.preferred else None,
             ("state", ""): tgrp.state}
    numbers = {name: 0 if name in scst.targets else port.rel_tgt_id for name, port in tgrp.targets.items()}
    ports = {("TARGET", name): Section(lines={("rel_tgt_id", ""): str(number or "") or None}) for name, number in numbers.items()}
    return Section(lines=lines, parts=ports)


def _renames(old: Scst, new: Scst, said: Scst) -> dict[str, str]:
    """The targets that go on under another name."""
    fresh = [name for name in new.targets if name not in old.targets and name not in said.targets]
    names = {}
    for name in (name for name in old.targets if name not in new.targets):
        match = next((other for other in fresh if new.targets[other] == old.targets[name]), None)
        if match is not None:
            fresh.remove(match)
            names[name] = match
    return names


def _rename(root: Node, names: Mapping[str, str], old: Scst) -> None:
    own = [node for driver in root.named("TARGET_DRIVER") for node in driver.named("TARGET")
           if node.words[1] in names and old.targets[node.words[1]].driver == driver.words[1]]
    tgrps = (tgrp for group in root.named("DEVICE_GROUP") for tgrp in group.named("TARGET_GROUP"))
    ports = [node for tgrp in tgrps for node in tgrp.named("TARGET") if node.words[1] in names]
    for node in own + ports:
        rename(node, names[node.words[1]])


def _renamed(scst: Scst, names: Mapping[str, str]) -> Scst:
    targets = {names.get(name, name): target for name, target in scst.targets.items()}
    return replace(scst, targets=targets, groups={name: _group_renamed(group, names) for name, group in scst.groups.items()})


def _group_renamed(group: DeviceGroup, names: Mapping[str, str]) -> DeviceGroup:
    tgrps = {key: replace(tgrp, targets={names.get(name, name): port for name, port in tgrp.targets.items()})
             for key, tgrp in group.target_groups.items()}
    return replace(group, target_groups=tgrps)


def _evict(root: Node, old: Scst, new: Scst) -> None:
    """Without what is gone wherever it stands, and without what has its place elsewhere now."""
    devices = frozenset(old.devices) - frozenset(new.devices)
    ports = dict.fromkeys((name for name in old.targets if name not in new.targets), "")
    handlers = {**dict.fromkeys(devices, ""), **{name: device.handler for name, device in new.devices.items()}}
    drivers = {**ports, **{name: target.driver for name, target in new.targets.items()}}
    groups = {**dict.fromkeys(devices, ""), **{device: name for name, group in new.groups.items() for device in group.devices}}
    for handler in root.named("HANDLER"):
        _keep(handler, "DEVICE", handlers)
    for driver in root.named("TARGET_DRIVER"):
        _keep(driver, "TARGET", drivers)
        for block in _mapped(driver):
            remove(block, [lun for lun in block.named("LUN") if lun.words[2:3] and lun.words[2] in devices])
    for group in root.named("DEVICE_GROUP"):
        _keep(group, "DEVICE", groups)
        tgrps = new.groups.get(group.words[1], DeviceGroup()).target_groups
        places = {**ports, **{port: name for name, tgrp in tgrps.items() for port in tgrp.targets}}
        for tgrp in group.named("TARGET_GROUP"):
            _keep(tgrp, "TARGET", places)


def _mapped(driver: Node) -> Iterator[Node]:
    """The blocks that have LUNs."""
    for target in driver.named("TARGET"):
        yield target
        yield from target.named("GROUP")


def _keep(block: Node, keyword: str, places: Mapping[str, str]) -> None:
    """Without what has its place in another block, or nowhere ("")."""
    remove(block, [node for node in block.named(keyword) if places.get(node.words[1], block.words[1]) != block.words[1]])
