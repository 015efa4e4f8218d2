"""The writes that make SCST's device groups as they are configured.

Removed leaf by leaf, made from the outside in. The kernel takes no 0 back for a group_id or a remote rel_tgt_id
(scst_tg.c), so what goes to or from 0 is taken away and made anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Optional

from ...config import DeviceGroup, Port, Scst, Target, TargetGroup
from ...step import See, Step, Write, write
from .sysfs import GROUPS, ROOT, entry


def steps(old: Scst, new: Scst) -> Iterator[Step]:
    """From the device groups of one configuration to those of another."""
    for name, group in old.groups.items():
        yield from _remove(name, group, new.groups.get(name), old)
    for name, group in new.groups.items():
        yield from _make(name, old.groups.get(name), group, new)
    for name, target in new.targets.items():
        yield from _renumber(name, old.targets.get(name), target)


def _local(scst: Scst, name: str) -> bool:
    return name in scst.targets and not scst.targets[name].absent


def _remade(old: TargetGroup, new: Optional[TargetGroup]) -> bool:
    return new is None or (old.group_id == 0) != (new.group_id == 0)


def _port_remade(old: Port, new: Optional[Port]) -> bool:
    return new is None or (old.rel_tgt_id == 0) != (new.rel_tgt_id == 0)


def _remove(name: str, old: DeviceGroup, new: Optional[DeviceGroup], scst: Scst) -> Iterator[Step]:
    about: dict[str, Any] = {"stage": "remove", "disruption": "io" if old.devices else "none"}
    path = f"{GROUPS}/{entry(name)}"
    for tgrp, group in old.target_groups.items():
        after = new.target_groups.get(tgrp) if new else None
        yield from _remove_tgrp(f"{path}/target_groups", tgrp, group, after, scst, about)
    for device in sorted(old.devices - (new.devices if new else frozenset())):
        yield _del(f"{path}/devices", device, f"add {device}", **about)
    if new is None:
        yield _del(GROUPS, name, f"create {name}", **about)


def _remove_tgrp(folder: str, name: str, old: TargetGroup, new: Optional[TargetGroup], scst: Scst,
                 about: dict[str, Any]) -> Iterator[Step]:
    path = f"{folder}/{entry(name)}"
    for port, number in old.targets.items():
        if new is None or _remade(old, new) or _port_remade(number, new.targets.get(port)):
            back = [Write(f"{path}/{entry(port)}/rel_tgt_id", str(number.rel_tgt_id))] if number.rel_tgt_id else []
            yield _del(path, port, f"add {port}", back if not _local(scst, port) else [], **about)
    if _remade(old, new):
        attributes = [Write(f"{path}/{key}", value) for key, value in _differing(old, TargetGroup())]
        yield _del(folder, name, f"create {name}", attributes, **about)


def _differing(group: TargetGroup, other: TargetGroup) -> list[tuple[str, str]]:
    """The attributes of a target group that are not the other's."""
    pairs = zip(_attributes(group), _attributes(other))
    return [mine for mine, theirs in pairs if mine != theirs]


def _attributes(group: TargetGroup) -> tuple[tuple[str, str], ...]:
    return ("group_id", str(group.group_id)), ("state", group.state), ("preferred", str(int(group.preferred)))


def _make(name: str, old: Optional[DeviceGroup], new: DeviceGroup, scst: Scst) -> Iterator[Step]:
    path = f"{GROUPS}/{entry(name)}"
    if old is None:
        yield _add(GROUPS, "create", name)
    for device in sorted(new.devices - (old.devices if old else frozenset())):
        yield _add(f"{path}/devices", "add", device)
    for tgrp, group in new.target_groups.items():
        there = old.target_groups.get(tgrp) if old else None
        fresh = there is None or _remade(there, group)
        yield from _make_tgrp(f"{path}/target_groups", tgrp, None if fresh else there, group, scst)


_DISRUPTS = {"group_id": "io", "state": "failover", "preferred": "none"}


def _make_tgrp(folder: str, name: str, old: Optional[TargetGroup], new: TargetGroup, scst: Scst) -> Iterator[Step]:
    path = f"{folder}/{entry(name)}"
    if old is None:
        yield _add(folder, "create", name)
    values = dict(_attributes(old)) if old else {}
    for key, value in _differing(new, old or TargetGroup()):
        disruption = _DISRUPTS[key] if old else "none"
        yield _set(f"{path}/{key}", value, values.get(key), disruption, "set" if old else "create")
    for port, number in new.targets.items():
        yield from _make_port(path, port, old.targets.get(port) if old else None, number, _local(scst, port))


def _make_port(folder: str, name: str, old: Optional[Port], new: Port, local: bool) -> Iterator[Step]:
    fresh = old is None or _port_remade(old, new)
    if fresh:
        yield _add(folder, "add", name)
    if local or old == new or not new.rel_tgt_id:
        return
    number = None if fresh or old is None else str(old.rel_tgt_id)
    yield _set(f"{folder}/{entry(name)}/rel_tgt_id", str(new.rel_tgt_id), number, "none", "create" if fresh else "set")


def _renumber(name: str, old: Optional[Target], new: Target) -> Iterator[Step]:
    """A local target's own relative target id."""
    if old and not new.absent and old.rel_tgt_id != new.rel_tgt_id:
        path = f"{ROOT}/targets/{new.driver}/{entry(name)}/rel_tgt_id"
        disruption = "io" if new.attributes.get("enabled") == "1" else "none"
        yield _set(path, str(new.rel_tgt_id), str(old.rel_tgt_id), disruption, "set")


def _set(path: str, value: str, old: Optional[str], disruption: str, stage: str) -> Step:
    return write(path, value, old, section="scst", disruption=disruption, stage=stage)


def _add(folder: str, verb: str, name: str) -> Step:
    path = f"{folder}/{entry(name)}"
    return Step(Write(f"{folder}/mgmt", f"{verb} {name}"), (Write(f"{folder}/mgmt", f"del {name}"),), See(path, "gone"),
                See(path, "there"), "create", "scst")


def _del(folder: str, name: str, back: str, attributes: Sequence[Write] = (), **about: Any) -> Step:
    path = f"{folder}/{entry(name)}"
    undo = (Write(f"{folder}/mgmt", back), *attributes)
    return Step(Write(f"{folder}/mgmt", f"del {name}"), undo, See(path, "there"), See(path, "gone"), section="scst", **about)
