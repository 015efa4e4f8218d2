"""What lives of ALUA: device groups, target groups, ports and their states."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Optional

from ...config import Config
from ...config.scst import DeviceGroup
from ...errors.names import unknown_name
from ...host import Host
from ...views import Item, Items, Tree, topic
from . import items
from .facts import Facts
from .facts import facts as read_facts
from .idle import running_part
from .labels import faults, is_lost, is_unavailable, marked, running, split_lost, tgrp_label
from .packing import packed_trees, ranged
from .visibility import Box


def status(host: Host, config: Config, name: Optional[str]) -> Items:
    """Device groups, each with its target groups, their ports, and its devices. Raises Refused."""
    return tree(config, read_facts(host), name)


def overview(host: Host, config: Config) -> Iterator[Item]:
    """The device groups, each with the states of its target groups."""
    box = Box(config, read_facts(host))
    if config.scst.groups and not box.facts.loaded:
        yield topic("alua", "off", "stopped")
        return
    for name, group in running_part(config.scst, box.idle).groups.items():
        yield topic("alua", "ok", f"{name}: {_states(group)}")


def _states(group: DeviceGroup) -> str:
    states = (tgrp_label(name, tgrp.group_id, tgrp.state, tgrp.preferred)
              for name, tgrp in group.target_groups.items())
    return ", ".join(states) or "no target groups"


def tree(config: Config, facts: Facts, name: Optional[str] = None) -> Items:
    """Device groups, each with its target groups, their ports, and its devices. Raises Refused."""
    box, groups = Box(config, facts), config.scst.groups
    if name and name not in groups:
        raise unknown_name("device group", name, groups)
    shown = [name] if name else sorted(groups)
    return Items(Item("alua", name or "", {
        "running": facts.loaded, "device_groups": lambda: [items.device_group(box, group) for group in shown],
    }), _drawn)


def _drawn(alua: Item) -> Tree:
    return Tree(f"device groups ({running(alua)})", tuple(map(_device_group, alua["device_groups"])))


def _device_group(group: Item) -> Tree:
    lost, members = is_lost(group), group["devices"]
    tgrps = (_target_group(tgrp, not lost) for tgrp in group["target_groups"])
    devices = Tree(f"devices ({len(members)})", _devices(members))
    return marked(group.name, lost, (*tgrps, devices))


def _devices(members: Iterable[Item]) -> tuple[Tree, ...]:
    """The devices, those last that do not run."""
    there, lost = split_lost(members)
    names = [member.name for member in there]
    return (*packed_trees(ranged(names)), *(marked(member.name, True) for member in lost))


def _target_group(tgrp: Item, there: bool) -> Tree:
    """A target group; `there`: its device group is, so that it is its own fault where it does not run."""
    label = tgrp_label(tgrp.name, tgrp["group_id"], tgrp["state"], tgrp["preferred"])
    ports = tuple(map(_port, tgrp["ports"]))
    return marked(label, there and is_lost(tgrp), ports, is_unavailable(tgrp["state"]))


def _port(port: Item) -> Tree:
    problems = [*faults(port)]
    place = ", ".join(("local" if port["local"] else "remote", *problems))
    return Tree(f"{port.name}  {port['rel_tgt_id'] or '-'}  {place}", style="warn" if problems else "")
