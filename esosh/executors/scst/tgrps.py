"""The writes that make target groups and their ports as they are configured.

The kernel accepts no id 0, neither for a target group nor for a remote port.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Optional

from ...config.scst import DeviceGroup, Port, TargetGroup
from ..step import Expect, Step, Write
from .sysfs import GROUPS, entry
from .writes import added, assigned, creation_steps, expectations, removed

_DISRUPTIONS = {"group_id": "io", "state": "failover", "preferred": "failover"}


def is_secondary(tgrp: TargetGroup) -> bool:
    """Whether initiators are to use, or have to use, other paths than those of the target group."""
    return tgrp.state != TargetGroup().state


def remove(folder: str, name: str, old: TargetGroup, new: Optional[TargetGroup], local: Collection[str],
           disruption: str) -> Iterator[Step]:
    """A target group that goes, or the ports that it loses."""
    path, staying = f"{folder}/{entry(name)}", new.targets if new else {}
    for port in old.targets:
        if port not in staying:
            inverse = _port_writes(path, port, old.targets[port], port in local)
            yield removed(path, "del", port, inverse, disruption=disruption)
    if new is None:
        inverse = [Write(f"{folder}/mgmt", f"create {name}"), *_attribute_writes(path, old)]
        yield removed(folder, "del", name, inverse, disruption=disruption)


def make(folder: str, name: str, old: Optional[TargetGroup], new: TargetGroup, local: Collection[str],
         is_exported: bool) -> Iterator[Step]:
    """A target group that comes, or what changes of one that stays; then its ports."""
    path = f"{folder}/{entry(name)}"
    if old is None:
        yield added(folder, "create", name)
        yield from creation_steps(_attribute_writes(path, new))
    else:
        yield from _changes(folder, name, old, new, local)
    yield from _make_ports(path, old or TargetGroup(), new, local, is_exported and is_secondary(new))


def _changes(folder: str, name: str, old: TargetGroup, new: TargetGroup,
             local: Collection[str]) -> Iterator[Step]:
    path, values = f"{folder}/{entry(name)}", _attributes(old)
    for key, value in _differences(new, old).items():
        if key == "group_id" and not old.group_id:
            yield _first_id(folder, name, old, new.group_id, local)
        else:
            yield assigned(f"{path}/{key}", value, values[key], _DISRUPTIONS[key])


def _first_id(folder: str, name: str, old: TargetGroup, number: int, local: Collection[str]) -> Step:
    """Give a target group that has none an id; undoing makes the group anew."""
    path, text = f"{folder}/{entry(name)}", str(number)
    attributes = _attribute_writes(path, old)
    undo = [Write(f"{folder}/mgmt", f"del {name}"), Write(f"{folder}/mgmt", f"create {name}"), *attributes]
    before = [Expect(f"{path}/group_id", "is", "0"), *expectations(attributes)]
    for port_name, port in old.targets.items():
        undo += _port_writes(path, port_name, port, port_name in local)
        before.append(Expect(f"{path}/{entry(port_name)}", "exists"))
    after = Expect(f"{path}/group_id", "is", text)
    return Step(Write(f"{path}/group_id", text), tuple(undo), tuple(before), after, "set", "scst",
                _DISRUPTIONS["group_id"])


def _make_ports(folder: str, old: TargetGroup, new: TargetGroup, local: Collection[str],
                fails_over: bool) -> Iterator[Step]:
    for name, port in new.targets.items():
        is_local = name in local
        disruption = "failover" if fails_over and is_local else "none"
        yield from _make_port(folder, name, old.targets.get(name), port, is_local, disruption)


def _make_port(folder: str, name: str, old: Optional[Port], new: Port, is_local: bool,
               disruption: str) -> Iterator[Step]:
    if old is None:
        yield added(folder, "add", name, disruption=disruption)
    if new.rel_tgt_id and not is_local and new != old:
        yield _port_id(folder, name, old, new.rel_tgt_id)


def _port_id(folder: str, name: str, old: Optional[Port], number: int) -> Step:
    """Set the id of a remote port; where it has none, undoing makes the port anew."""
    path, text = f"{folder}/{entry(name)}/rel_tgt_id", str(number)
    if old is None:
        return assigned(path, text, None, stage="create")
    if old.rel_tgt_id:
        return assigned(path, text, str(old.rel_tgt_id))
    undo = (Write(f"{folder}/mgmt", f"del {name}"), Write(f"{folder}/mgmt", f"add {name}"))
    return Step(Write(path, text), undo, (Expect(path, "is", "0"),), Expect(path, "is", text), "set", "scst")


def memberships(name: str, groups: Mapping[str, DeviceGroup]) -> Iterator[Write]:
    """The writes that put a target of this host that was made anew back into its target groups."""
    for dgrp, group in groups.items():
        for tgrp, members in group.target_groups.items():
            if name in members.targets:
                yield Write(f"{GROUPS}/{entry(dgrp)}/target_groups/{entry(tgrp)}/mgmt", f"add {name}")


def _port_writes(folder: str, name: str, port: Port, is_local: bool) -> list[Write]:
    """The writes that put a port into a target group; a local one brings its id along."""
    add = Write(f"{folder}/mgmt", f"add {name}")
    if is_local or not port.rel_tgt_id:
        return [add]
    return [add, Write(f"{folder}/{entry(name)}/rel_tgt_id", str(port.rel_tgt_id))]


def _attribute_writes(path: str, tgrp: TargetGroup) -> list[Write]:
    """The writes that set the attributes of a target group that was just made."""
    return [Write(f"{path}/{key}", value) for key, value in _differences(tgrp, TargetGroup()).items()]


def _differences(tgrp: TargetGroup, other: TargetGroup) -> dict[str, str]:
    """The attributes of a target group that the other has otherwise."""
    others = _attributes(other)
    return {key: value for key, value in _attributes(tgrp).items() if value != others[key]}


def _attributes(tgrp: TargetGroup) -> dict[str, str]:
    return {"group_id": str(tgrp.group_id), "state": tgrp.state, "preferred": str(int(tgrp.preferred))}
