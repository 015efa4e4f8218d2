"""Changes to /etc/scst.conf: what differs, and nothing else.

Old, new and what the file says are brought to one shape, that of the file, and compared block by block. What runs and was
never saved is added; what neither old nor new has is kept, for it may only be absent now. What the file cannot hold is left
out, and what it says in that place stays.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import AbstractSet, Optional, Union

from ...config import SWITCHLESS, DeviceGroup, Driver, InitiatorGroup, Lun, Scst, Target, TargetGroup
from .conf import Contents, Key, Node, attribute_key, contents, parse, read
from .layout import complete, holds, insert, line, open_block, remove, rename, rewrite

_HEAD = "# SCST configuration, in the layout of scstadmin; written by esosh\n\n"
_CONTAINERS = ("HANDLER", "TARGET_DRIVER")  # they stand there for what is in them
_ID = ("rel_tgt_id", "")
Homes = Mapping[str, AbstractSet[str]]  # the blocks in which something of a name stands


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
    _settle(root, said, new)
    _evict(root, old, new, said)
    known = replace(said, drivers={**dict.fromkeys(_drivers(new), Driver()), **said.drivers})
    _amend(root, 0, _held(_scst(old)), _held(_scst(new)), _scst(known))
    _unmap(root, old.devices.keys() - new.devices.keys())
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
            rewrite(node, *key, *want.rest)
        if not depth:
            open_block(node, 0)
        # a LUN is as it runs, or it would come back as another one
        _amend(node, depth + 1, _held(was) if key[0] == "LUN" else old.parts.get(key, _NOTHING), want, was)
        doomed += [node] if nodes and _emptied(node) else []
    for key in [key for key in old.parts if key not in new.parts]:
        for node in there.said.get(key, []):
            if key[0] in _CONTAINERS:
                _amend(node, depth + 1, old.parts[key], _NOTHING, said.parts.get(key, _NOTHING))
            doomed += [node] if key[0] not in _CONTAINERS or _emptied(node) else []
    return fresh, doomed


def _held(section: Section) -> Section:
    """Without what the file cannot hold."""
    lines = {key: value for key, value in section.lines.items() if holds(key[0], value or "")}
    parts = {key: _held(part) for key, part in section.parts.items() if holds(*key, *part.rest)}
    return Section(section.rest, lines, {key: part for key, part in parts.items() if key[0] != "HANDLER" or part.parts})


def unwritable(scst: Scst) -> Iterator[tuple[Key, ...]]:
    """What the file cannot hold: keyword and name of each block from the outermost one on; an attribute has no name."""
    yield from _unwritable(_scst(scst), ())


def _unwritable(section: Section, path: tuple[Key, ...]) -> Iterator[tuple[Key, ...]]:
    yield from ((*path, (key, "")) for (key, _), value in section.lines.items() if not holds(key, value or ""))
    for key, part in section.parts.items():
        if holds(*key, *part.rest):
            yield from _unwritable(part, (*path, key))
        else:
            yield (*path, key)


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
    fresh = [name for name in new.targets if name not in old.targets and name not in said.targets and holds(name)]
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


def _settle(root: Node, said: Scst, new: Scst) -> None:
    """Put the id of a target of this host into its own block, where the one in a target group would not stay, or not be right."""
    tgrps = [(group.words[1], tgrp) for group in root.named("DEVICE_GROUP") for tgrp in group.named("TARGET_GROUP")]
    for name, target in said.targets.items() if tgrps else ():
        ports = [(group, tgrp.words[1], port) for group, tgrp in tgrps for port in tgrp.named("TARGET")
                 if port.words[1] == name and _ID in contents(port).said]
        if not ports or _stays(name, target, [(group, tgrp) for group, tgrp, _ in ports], new):
            continue
        for _, _, port in ports:
            remove(port, contents(port).said[_ID])
        own = contents(contents(root).named("TARGET_DRIVER")[target.driver]).named("TARGET")[name]
        there = Section(lines={_ID: contents(own).value(_ID[0])})
        _amend(own, 2, there, Section(lines={_ID: str(target.rel_tgt_id)}), there)


def _stays(name: str, target: Target, places: Collection[tuple[str, str]], new: Scst) -> bool:
    """Whether a target has the same id, and its ports in target groups the same places."""
    if name not in new.targets or new.targets[name].rel_tgt_id != target.rel_tgt_id:
        return False
    tgrps = [new.groups.get(group, DeviceGroup()).target_groups.get(tgrp, TargetGroup()) for group, tgrp in places]
    return all(name in tgrp.targets for tgrp in tgrps)


def _evict(root: Node, old: Scst, new: Scst, said: Scst) -> None:
    """Without what is gone wherever it stands, and without what moved where it stood before."""
    devices, ports = old.devices.keys() - new.devices.keys(), old.targets.keys() - new.targets.keys()
    handlers: list[Homes] = [{name: {device.handler} for name, device in scst.devices.items()} for scst in (old, new, said)]
    _keep([*root.named("HANDLER")], "DEVICE", devices, *handlers)
    drivers: list[Homes] = [{name: {target.driver} for name, target in scst.targets.items()} for scst in (old, new, said)]
    _keep([*root.named("TARGET_DRIVER")], "TARGET", ports, *drivers)
    groups = [_homes({name: group.devices for name, group in scst.groups.items()}) for scst in (old, new, said)]
    _keep([*root.named("DEVICE_GROUP")], "DEVICE", devices, *groups)
    for group in root.named("DEVICE_GROUP"):
        tgrps = [scst.groups.get(group.words[1], DeviceGroup()).target_groups for scst in (old, new, said)]
        places = [_homes({name: tgrp.targets.keys() for name, tgrp in each.items()}) for each in tgrps]
        _keep([*group.named("TARGET_GROUP")], "TARGET", ports, *places)


def _homes(members: Homes) -> Homes:
    """The homes of each member, from the members of each home."""
    found: dict[str, set[str]] = {}
    for home, names in members.items():
        for name in names:
            found.setdefault(name, set()).add(home)
    return found


def _keep(blocks: Collection[Node], keyword: str, gone: AbstractSet[str], old: Homes, new: Homes, said: Homes) -> None:
    """Without what has no home any more, and what moved, but where the file says it as it is now."""
    there: dict[str, set[str]] = {}
    for block in blocks:
        for node in block.named(keyword):
            there.setdefault(node.words[1], set()).add(block.words[1])
    moved = {name for name, homes in new.items() if old.get(name) != homes or not homes <= there.get(name, set())}
    for block in blocks:
        home = block.words[1]
        doomed = {name for name in moved if home not in said.get(name, ())}
        names = doomed | {name for name in gone | moved if home not in new.get(name, ())}
        remove(block, [node for node in block.named(keyword) if node.words[1] in names])


def _unmap(root: Node, devices: AbstractSet[str]) -> None:
    """Without the LUNs of devices that are gone."""
    for driver in root.named("TARGET_DRIVER"):
        for target in driver.named("TARGET"):
            for block in (target, *target.named("GROUP")):
                remove(block, [lun for lun in block.named("LUN") if lun.words[2:3] and lun.words[2] in devices])
