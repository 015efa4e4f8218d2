"""The writes that make SCST's device groups as they are configured: removed leaf by leaf, made from the outside in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Optional

from ...config import DeviceGroup, Port, Scst, TargetGroup
from ...step import Step, Write
from .sysfs import GROUPS, entry
from .writes import added, assigned, gone

_DISRUPTS = {"group_id": "io", "state": "failover", "preferred": "none"}


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
            number = about.rel_tgt_id if port not in scst.targets else 0
            back = [Write(f"{path}/{entry(port)}/rel_tgt_id", str(number))] if number else []
            yield gone(path, "del", port, [Write(f"{path}/mgmt", f"add {port}"), *back], disruption=disruption)
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
    for name, group in new.groups.items():
        path, stays = f"{GROUPS}/{entry(name)}", kept.groups.get(name)
        before = stays or DeviceGroup()
        if stays is None:
            yield added(GROUPS, "create", name)
        for device in sorted(group.devices - before.devices):
            yield added(f"{path}/devices", "add", device)
        for tgrp, about in group.target_groups.items():
            yield from _make_tgrp(f"{path}/target_groups", tgrp, before.target_groups.get(tgrp), about, new)


def _make_tgrp(folder: str, name: str, stays: Optional[TargetGroup], new: TargetGroup, scst: Scst) -> Iterator[Step]:
    path, before = f"{folder}/{entry(name)}", stays or TargetGroup()
    if stays is None:
        yield added(folder, "create", name)
    values = dict(_attributes(before)) if stays else {}
    for key, value in _differing(new, before):
        yield assigned(f"{path}/{key}", value, values.get(key), _DISRUPTS[key] if stays else "none", "set" if stays else "create")
    for port, about in new.targets.items():
        yield from _make_port(path, port, before.targets.get(port), about, port in scst.targets)


def _make_port(folder: str, name: str, stays: Optional[Port], new: Port, local: bool) -> Iterator[Step]:
    if stays is None:
        yield added(folder, "add", name)
    if not local and new.rel_tgt_id and stays != new:
        number = str(stays.rel_tgt_id) if stays else None
        yield assigned(f"{folder}/{entry(name)}/rel_tgt_id", str(new.rel_tgt_id), number, stage="set" if stays else "create")
