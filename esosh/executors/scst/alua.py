"""What lives of ALUA: device groups, target groups, ports and their states."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Optional

from ...config import Config
from ...config.scst import DeviceGroup, Port, TargetGroup, is_local, rel_tgt_id
from ...errors.names import unknown_name
from ...host import Host
from ...views import Line, Tree
from .facts import Facts
from .facts import facts as read_facts
from .idle import running_part
from .labels import faults, idle, is_unavailable, marked, running, split_running, tgrp_label
from .packing import packed_trees, ranged


def status(host: Host, config: Config, name: Optional[str]) -> Tree:
    """Device groups, each with its target groups, their ports, and its devices. Raises Refused."""
    return tree(config, read_facts(host), name)


def overview(host: Host, config: Config) -> Iterator[Line]:
    """The device groups, each with the states of its target groups."""
    facts = read_facts(host)
    if config.scst.groups and not facts.loaded:
        yield Line("--  alua     stopped", "dim")
        return
    for name, group in running_part(config.scst, idle(config.scst, facts)).groups.items():
        yield Line(f"ok  alua     {name}: {_states(group)}", "ok")


def _states(group: DeviceGroup) -> str:
    states = (tgrp_label(name, tgrp) for name, tgrp in group.target_groups.items())
    return ", ".join(states) or "no target groups"


def tree(config: Config, facts: Facts, name: Optional[str] = None) -> Tree:
    """Device groups, each with its target groups, their ports, and its devices. Raises Refused."""
    groups = config.scst.groups
    if name and name not in groups:
        raise unknown_name("device group", name, groups)
    shown = [name] if name else sorted(groups)
    trees = tuple(_device_group(group, groups[group], config, facts) for group in shown)
    return Tree(f"device groups ({running(facts)})", trees)


def _device_group(name: str, group: DeviceGroup, config: Config, facts: Facts) -> Tree:
    lost = idle(config.scst, facts)
    tgrps = (_target_group(tgrp, inner, config, facts, (name, tgrp) in lost.target_groups)
             for tgrp, inner in sorted(group.target_groups.items()))
    devices = Tree(f"devices ({len(group.devices)})", _devices(group, facts))
    return marked(name, name in lost.groups, (*tgrps, devices))


def _devices(group: DeviceGroup, facts: Facts) -> tuple[Tree, ...]:
    """The devices, those last that do not run."""
    names, lost = split_running(sorted(group.devices), facts)
    return (*packed_trees(ranged(names)), *(marked(device, True) for device in lost))


def _target_group(name: str, tgrp: TargetGroup, config: Config, facts: Facts, lost: bool) -> Tree:
    ports = tuple(_port(target, port, config, facts) for target, port in sorted(tgrp.targets.items()))
    return marked(tgrp_label(name, tgrp), lost, ports, is_unavailable(tgrp))


def _port(target: str, port: Port, config: Config, facts: Facts) -> Tree:
    if is_local(config.scst, target):
        place, problems = "local", faults(target, config.scst, facts)
    else:
        place, problems = "remote", ()
    number = rel_tgt_id(config.scst, target, port) or "-"
    return Tree(f"{target}  {number}  {', '.join((place, *problems))}", style="warn" if problems else "")
