"""The writes that make SCST's device groups as they are configured: removed leaf by leaf, made from the outside in."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Optional

from ...config import STATES, DeviceGroup, Port, Scst, TargetGroup
from ...step import See, Step, Write
from .sysfs import GROUPS, entry
from .writes import added, assigned, gone

_RANKS = {state: rank for rank, state in enumerate(STATES)}  # the best paths first
_DISRUPTS = {"group_id": "io", "state": "failover", "preferred": "failover"}


def remove(old: Scst, kept: Scst) -> Iterator[Step]:
    """The device groups, target groups, ports and devices that go."""
    for name, group in old.groups.items():
        path, stays = f"{GROUPS}/{entry(name)}", kept.groups.get(name)
        after, disruption = stays or DeviceGroup(), "io" if group.devices else "none"
        for tgrp, about in group.target_groups.items():
            yield from _remove_tgrp(f"{path}/target_groups", tgrp, about, after.target_groups.get(tgrp), old, disruption)
        for device in sorted(group.devices - after.devices):
            yield gone(f"{path}/devices", "del", device, [Write(f"{path}/devices/mgmt", f"add {device}")], disruption=disruption)
        if stays is None:
            yield gone(GROUPS, "del", name, [Write(f"{GROUPS}/mgmt", f"create {name}")], disruption=disruption)


def _remove_tgrp(folder: str, name: str, old: TargetGroup, stays: Optional[TargetGroup], scst: Scst,
                 disruption: str) -> Iterator[Step]:
    path = f"{folder}/{entry(name)}"
    for port, about in old.targets.items():
        if stays is None or port not in stays.targets:
            yield gone(path, "del", port, _added(path, port, about, port in scst.targets), disruption=disruption)
    if stays is None:
        attributes = [Write(f"{path}/{key}", value) for key, value in _differing(old, TargetGroup())]
        yield gone(folder, "del", name, [Write(f"{folder}/mgmt", f"create {name}"), *attributes], disruption=disruption)


def _differing(group: TargetGroup, other: TargetGroup) -> list[tuple[str, str]]:
    """The attributes of a target group that are not the other's."""
    pairs = zip(_attributes(group), _attributes(other))
    return [mine for mine, theirs in pairs if mine != theirs]


def _attributes(group: TargetGroup) -> tuple[tuple[str, str], ...]:
    return ("group_id", str(group.group_id)), ("state", group.state), ("preferred", str(int(group.preferred)))


def make(kept: Scst, new: Scst) -> Iterator[Step]:
    """The device groups, devices, target groups and ports that come, and what changes of those that stay."""
    exported = [lun for target in kept.targets.values()
                for luns in (target.luns, *(group.luns for group in target.groups.values())) for lun in luns.values()]
    for name, group in new.groups.items():
        path, stays = f"{GROUPS}/{entry(name)}", kept.groups.get(name)
        before = stays or DeviceGroup()
        shared = any(lun.device in group.devices for lun in exported)
        if stays is None:
            yield added(GROUPS, "create", name)
        for device in sorted(group.devices - before.devices):
            seen = any(lun.device == device for lun in exported) and any(
                _turned(about) and about.targets.keys() & kept.targets.keys() for about in before.target_groups.values())
            yield added(f"{path}/devices", "add", device, disruption="failover" if seen else "none")
        for tgrp, about in sorted(group.target_groups.items(), key=functools.partial(_worsens, before)):
            yield from _make_tgrp(f"{path}/target_groups", tgrp, before.target_groups.get(tgrp), about, new, shared)


def _worsens(before: DeviceGroup, named: tuple[str, TargetGroup]) -> bool:
    """Whether the paths of a target group become worse: that comes after those that become better, so that some are good."""
    name, about = named
    was = before.target_groups.get(name, about)
    return _RANKS.get(about.state, len(STATES)) > _RANKS.get(was.state, len(STATES))


def _turned(group: TargetGroup) -> bool:
    """Whether initiators are to take, or have to take, other paths than those of the group."""
    return group.state != TargetGroup().state


def _make_tgrp(folder: str, name: str, stays: Optional[TargetGroup], new: TargetGroup, scst: Scst,
               shared: bool) -> Iterator[Step]:
    path, before = f"{folder}/{entry(name)}", stays or TargetGroup()
    if stays is None:
        yield added(folder, "create", name)
    values = dict(_attributes(before)) if stays else {}
    for key, value in _differing(new, before):
        if stays and key == "group_id" and not stays.group_id:
            yield _first_id(folder, name, stays, new.group_id, scst)
        else:
            disruption, stage = (_DISRUPTS[key], "set") if stays else ("none", "create")
            yield assigned(f"{path}/{key}", value, values.get(key), disruption, stage)
    for port, about in new.targets.items():
        local = port in scst.targets
        turned = "failover" if shared and local and _turned(new) else "none"
        yield from _make_port(path, port, before.targets.get(port), about, local, turned)


def _first_id(folder: str, name: str, stays: TargetGroup, number: int, scst: Scst) -> Step:
    """Give a target group that has none an id; as it takes no 0 back, undoing makes it anew."""
    path = f"{folder}/{entry(name)}"
    attributes = [Write(f"{path}/{key}", value) for key, value in _differing(stays, TargetGroup())]
    ports = [write for port, about in stays.targets.items() for write in _added(path, port, about, port in scst.targets)]
    undo = (Write(f"{folder}/mgmt", f"del {name}"), Write(f"{folder}/mgmt", f"create {name}"), *attributes, *ports)
    seen = (See(f"{path}/group_id", "is", "0"), *(See(each.path, "is", each.text) for each in attributes),
            *(See(f"{path}/{entry(port)}", "there") for port in stays.targets))
    return Step(Write(f"{path}/group_id", str(number)), undo, seen, See(f"{path}/group_id", "is", str(number)), "set", "scst",
                _DISRUPTS["group_id"])


def _added(folder: str, name: str, port: Port, local: bool) -> list[Write]:
    """What puts a port into a target group; a local one brings its id along."""
    number = [Write(f"{folder}/{entry(name)}/rel_tgt_id", str(port.rel_tgt_id))] if port.rel_tgt_id and not local else []
    return [Write(f"{folder}/mgmt", f"add {name}"), *number]


def _make_port(folder: str, name: str, stays: Optional[Port], new: Port, local: bool, disruption: str) -> Iterator[Step]:
    if stays is None:
        yield added(folder, "add", name, disruption=disruption)
    if local or not new.rel_tgt_id or stays == new:
        return
    path, number = f"{folder}/{entry(name)}/rel_tgt_id", str(new.rel_tgt_id)
    if stays is None or stays.rel_tgt_id:
        yield assigned(path, number, str(stays.rel_tgt_id) if stays else None, stage="set" if stays else "create")
    else:  # it takes no 0 back
        undo = (Write(f"{folder}/mgmt", f"del {name}"), Write(f"{folder}/mgmt", f"add {name}"))
        yield Step(Write(path, number), undo, (See(path, "is", "0"),), See(path, "is", number), "set", "scst")
