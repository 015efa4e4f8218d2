"""The path of a LUN from its initiator to its disk, and the ALUA state on it, from whichever end.

    initiator > target > group > LUN > device > file or disk > device group > target group > state
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from ...config import Config
from ...config.scst import InitiatorGroup, Scst, TargetGroup, is_local, rel_tgt_id
from ...errors.names import unknown_name
from ...host import Host
from ...views import Tree, counted
from .facts import Facts
from .facts import facts as read_facts
from .labels import Luns, faults, idle, in_order, lun_label, marked, runs, source, tgrp_label
from .packing import ONE_PER_LINE, name_trees, packed_trees, ranged
from .visibility import Box, Sight, initiators, may_be_initiator, sights

_EVERYONE = "for those that no group takes"


def trace(host: Host, config: Config, name: str) -> Tree:
    """All paths from or to an initiator, a device or a target of a host. Raises Refused."""
    return paths(config, read_facts(host), name)


def paths(config: Config, facts: Facts, name: str) -> Tree:
    """All paths from or to an initiator, a device or a target.

    A pattern takes nearly any name, so what it takes counts only where nothing has that name. Of an initiator
    that nobody knows it shows what it would see. Raises Refused.
    """
    scst, box = config.scst, Box(config, facts, idle(config.scst, facts))
    kinds = ((scst.devices, _device), (scst.targets, _target), (_remote_ports(box), _remote_port),
             (initiators(scst, facts), _initiator))
    trees = [view(box, name) for names, view in kinds if name in names]
    if trees:
        return trees[0] if len(trees) == 1 else Tree(name, tuple(trees))
    if may_be_initiator(name, scst):
        return _initiator(box, name)
    names = set().union(*(names for names, _ in kinds))
    raise unknown_name("initiator, target or device", name, names)


def _remote_ports(box: Box) -> set[str]:
    """The other host's ports."""
    ports = {port for _, _, tgrp in box.target_groups() for port in tgrp.targets}
    return {port for port in ports if not is_local(box.config.scst, port)}


def _warnings(*texts: str) -> tuple[Tree, ...]:
    return tuple(Tree(text, style="warn") for text in texts)


def _initiator(box: Box, name: str) -> Tree:
    seen = sights(box, name)
    trees = (_sight(box, sight) for sight in seen)
    devices = set().union(*(_devices(box, sight) for sight in seen))
    return Tree(f"initiator {name}", (*_access(box, seen), *trees, *_remote_paths(box, devices)))


def _access(box: Box, seen: Sequence[Sight]) -> Iterator[Tree]:
    """Whether an initiator is not logged in, or is in no group."""
    if box.facts.loaded and not any(sight.logged_in for sight in seen):
        yield Tree("not logged in", style="dim")
    if not any(sight.is_known for sight in seen):
        yield from _warnings("no group takes it")


def _devices(box: Box, sight: Sight) -> set[str]:
    """The devices that an initiator sees of a target."""
    views = [view for group, view in box.views(sight.target).items() if group in sight.groups]
    return {lun.device for view in views for lun in view.luns.values()}


def _sight(box: Box, sight: Sight) -> Tree:
    """A target as an initiator sees it."""
    target, views = sight.target, box.views(sight.target)
    parts = (_view(box, target, group, entry) for group, entry in sight.groups.items() if group in views)
    warnings = _warnings(*_contradictions(sight, views))
    label = _joined(_target_label(box, target), "logged in" if sight.logged_in else "")
    return Tree(label, (*_reach(box, target), *warnings, *parts))


def _contradictions(sight: Sight, views: Collection[str]) -> Iterator[str]:
    """Where the groups of an initiator do not fit each other, or the configuration."""
    if len(sight.groups) > 1 and not sight.logged_in:
        yield f"groups {' and '.join(sight.groups)} take it: it sees the one that was made first"
    for group in sight.groups:
        if group and group not in views:
            yield f"group {group} of its session is not in this configuration"


def _view(box: Box, target: str, group: str, entry: str = "") -> Tree:
    view = box.views(target)[group]
    reason = f", taken by its entry {entry}" if entry else ""
    return Tree(f"{_view_label(group)}{reason}", (*_gaps(group, view), *_luns(box, target, view.luns)))


def _view_label(group: str) -> str:
    return f"group {group}" if group else _EVERYONE


def _gaps(group: str, view: InitiatorGroup) -> tuple[Tree, ...]:
    """What a group needs and does not have."""
    gaps = {
        "no LUNs: there is nothing to see": not view.luns,
        "no LUN 0: many initiators look no further": bool(view.luns) and "0" not in view.luns,
        "no initiators: nobody sees it": bool(group) and not view.initiators,
    }
    return _warnings(*(text for text, applies in gaps.items() if applies))


def _luns(box: Box, target: str, luns: Luns) -> Iterator[Tree]:
    """A line for each LUN; of very many, one for each state."""
    by_state: dict[str, list[str]] = {}
    for number, lun in in_order(luns):
        label, (state, style) = lun_label(number, lun), _state(box, target, lun.device)
        if not runs(lun.device, box.facts):
            yield marked(f"LUN {label}", True)
        elif len(luns) > ONE_PER_LINE:
            by_state.setdefault(state, []).append(label)
        else:
            yield Tree(_joined(f"LUN {label}", _source(box.config, lun.device), state), style=style)
    for state, labels in by_state.items():
        yield Tree(f"{counted(len(labels), 'LUN')}  {state}", packed_trees(ranged(labels)))


def _joined(*texts: str) -> str:
    return "  ".join(filter(None, texts))


def _source(config: Config, device: str) -> str:
    return source(config.scst.devices[device]) if device in config.scst.devices else ""


def _state(box: Box, target: str, device: str) -> tuple[str, str]:
    """The ALUA state that an initiator sees of a device through a target, and its style.

    Source: SCST, scst_tg.c: a port's states are those of its target group in the device's device group.
    """
    dgrp = _device_group(box.config.scst, device)
    if not dgrp:
        return "no device group: no ALUA state", ""
    if dgrp in box.idle.groups:
        return f"device group {dgrp} does not run: no ALUA state", "warn"
    for name, tgrp in box.config.scst.groups[dgrp].target_groups.items():
        if target in tgrp.targets and not box.is_idle(dgrp, name):
            return f"{dgrp} {tgrp_label(name, tgrp)}", ""
    return f"no target group of {dgrp}: no ALUA state", "warn"


def _device_group(scst: Scst, device: str) -> str:
    return next((name for name, group in scst.groups.items() if device in group.devices), "")


def _remote_paths(box: Box, devices: set[str]) -> tuple[Tree, ...]:
    """The other host's ports to devices, each with its state."""
    ports: list[Tree] = []
    for dgrp, name, tgrp in box.target_groups():
        if box.config.scst.groups[dgrp].devices & devices:
            ports += _remote_port_labels(box, dgrp, name, tgrp)
    return (Tree("the other host's paths", tuple(ports)),) if ports else ()


def _remote_port_labels(box: Box, dgrp: str, name: str, tgrp: TargetGroup) -> Iterator[Tree]:
    scst = box.config.scst
    for port, details in tgrp.targets.items():
        if not is_local(scst, port):
            number = rel_tgt_id(scst, port, details) or "-"
            yield marked(f"{port} ({number})  {dgrp} {tgrp_label(name, tgrp)}", box.is_idle(dgrp, name))


def _target_label(box: Box, name: str) -> str:
    target = box.config.scst.targets[name]
    number = f"  rel_tgt_id {target.rel_tgt_id}" if target.rel_tgt_id else ""
    return f"target {name}  {target.driver}{number}"


def _reach(box: Box, target: str) -> tuple[Tree, ...]:
    """Why nobody reaches a target, or only some do."""
    portals = sorted(box.config.scst.targets[target].portals)
    ways = (Tree(f"only through {' '.join(portals)}", style="dim"),) if portals else ()
    return (*_warnings(*faults(target, box.config.scst, box.facts)), *ways)


def _target(box: Box, name: str) -> Tree:
    parts = (_view_with_initiators(box, name, group) for group in box.views(name))
    return Tree(_target_label(box, name), (*_reach(box, name), *parts, *_target_groups(box, name)))


def _remote_port(box: Box, name: str) -> Tree:
    return Tree(f"target {name}  the other host's", _target_groups(box, name))


def _target_groups(box: Box, target: str) -> tuple[Tree, ...]:
    """The target groups that a target is in."""
    groups = tuple(marked(f"{dgrp} {tgrp_label(name, tgrp)}", box.is_idle(dgrp, name))
                   for dgrp, name, tgrp in box.target_groups() if target in tgrp.targets)
    return (Tree("target groups", groups) if groups else Tree("no target group: no ALUA state", style="dim"),)


def _view_with_initiators(box: Box, target: str, group: str) -> Tree:
    """What initiators see of a target, and who they are."""
    view = _view(box, target, group)
    return Tree(view.label, (*_initiators(box, target, group), *view.children))


def _initiators(box: Box, target: str, group: str) -> tuple[Tree, ...]:
    configured, logged_in = box.views(target)[group].initiators, box.logged_in(target, group)
    return (*name_trees("initiators", sorted(configured)), *name_trees("logged in", sorted(logged_in)))


def _device(box: Box, name: str) -> Tree:
    device = box.config.scst.devices[name]
    targets = sorted(box.config.scst.targets)
    exports = tuple(tree for target in targets for tree in _exports(box, target, name))
    fault = () if runs(name, box.facts) else _warnings("does not run")
    label = _joined(f"device {name}", device.handler, _source(box.config, name))
    return Tree(label, (*fault, *(exports or _warnings("exported nowhere")), *_device_groups(box, name)))


def _exports(box: Box, target: str, device: str) -> Iterator[Tree]:
    """How a target exports a device, if it does."""
    luns: list[Tree] = []
    for group, view in box.views(target).items():
        children = (*_initiators(box, target, group), *_gaps(group, view))
        numbers = [number for number, lun in in_order(view.luns) if lun.device == device]
        luns += (Tree(f"LUN {number}  {_view_label(group)}", children) for number in numbers)
    if luns:
        state, style = _state(box, target, device)
        yield Tree(_target_label(box, target), (*_reach(box, target), Tree(state, style=style), *luns))


def _device_groups(box: Box, device: str) -> Iterator[Tree]:
    """The device group of a device: its target groups with their ports."""
    for name, group in box.config.scst.groups.items():
        if device in group.devices:
            tgrps = sorted(group.target_groups.items())
            children = tuple(_target_group(box, name, tgrp_name, tgrp) for tgrp_name, tgrp in tgrps)
            yield marked(f"device group {name}", name in box.idle.groups, children)


def _target_group(box: Box, dgrp: str, name: str, tgrp: TargetGroup) -> Tree:
    is_lost = (dgrp, name) in box.idle.target_groups
    ports = tuple(_port(box.config, port) for port in sorted(tgrp.targets))
    return marked(tgrp_label(name, tgrp), is_lost, ports)


def _port(config: Config, name: str) -> Tree:
    return Tree(f"{name}  {'local' if is_local(config.scst, name) else 'remote'}")
