"""The path of a LUN as a tree, drawn of its items."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...views import Item, Tree, counted
from .labels import faults, is_lost, lun_label, marked, source, tgrp_label
from .packing import ONE_PER_LINE, name_trees, packed_trees, ranged

_EVERYONE = "for those that no group takes"


def drawn(trace: Item) -> Tree:
    """All paths from or to what is asked for; what has the same name stands below it."""
    trees = tuple(_DRAWN[item.kind](item) for item in trace["found"])
    return trees[0] if len(trees) == 1 else Tree(trace.name, trees)


def _warnings(*texts: str) -> tuple[Tree, ...]:
    return tuple(Tree(text, style="warn") for text in texts)


def _joined(*texts: str) -> str:
    return "  ".join(filter(None, texts))


def _initiator(initiator: Item) -> Tree:
    parts = (*_access(initiator), *map(_sight, initiator["targets"]), *_remote_paths(initiator))
    return Tree(f"initiator {initiator.name}", parts)


def _access(initiator: Item) -> Iterator[Tree]:
    """Whether an initiator is not logged in, or is in no group."""
    if initiator["logged_in"] is False:
        yield Tree("not logged in", style="dim")
    if not initiator["known"]:
        yield from _warnings("no group takes it")


def _remote_paths(initiator: Item) -> Iterator[Tree]:
    """The other host's ports to the same devices, each with its state."""
    ports = tuple(map(_remote_path, initiator["remote_paths"]))
    if ports:
        yield Tree("the other host's paths", ports)


def _remote_path(path: Item) -> Tree:
    state = _state_label(path, path["target_group"])
    return marked(f"{path.name} ({path['rel_tgt_id'] or '-'})  {state}", is_lost(path))


def _state_label(item: Item, target_group: str) -> str:
    """The state of a path or a target group, with its device group."""
    label = tgrp_label(target_group, item["group_id"], item["state"], item["preferred"])
    return f"{item['device_group']} {label}"


def _sight(target: Item) -> Tree:
    """A target as an initiator sees it."""
    label = _joined(_target_label(target), "logged in" if target["logged_in"] else "")
    groups = (_group(group) for group in target["groups"] if group["configured"])
    return Tree(label, (*_reach(target), *_warnings(*_contradictions(target)), *groups))


def _contradictions(target: Item) -> Iterator[str]:
    """Where the groups of an initiator do not fit each other, or the configuration."""
    groups = target["groups"]
    if len(groups) > 1 and not target["logged_in"]:
        names = " and ".join(group.name for group in groups)
        yield f"groups {names} take it: it sees the one that was made first"
    for group in groups:
        if not group["configured"]:
            yield f"group {group.name} of its session is not in this configuration"


def _group(group: Item) -> Tree:
    reason = f", taken by its entry {group['entry']}" if group["entry"] else ""
    return Tree(f"{_group_label(group)}{reason}", (*_gaps(group), *_luns(group["luns"])))


def _group_label(group: Item) -> str:
    return f"group {group.name}" if group.name else _EVERYONE


def _gaps(group: Item) -> tuple[Tree, ...]:
    """What a group needs and does not have."""
    luns = group["luns"]
    gaps = {
        "no LUNs: there is nothing to see": not luns,
        "no LUN 0: many initiators look no further": bool(luns) and all(lun.name != "0" for lun in luns),
        "no initiators: nobody sees it": bool(group.name) and not group["initiators"],
    }
    return _warnings(*(text for text, applies in gaps.items() if applies))


def _luns(luns: Sequence[Item]) -> Iterator[Tree]:
    """A line for each LUN; of very many, one for each state."""
    by_state: dict[str, list[str]] = {}
    for lun in luns:
        label, (state, style) = lun_label(lun), _state(lun)
        if is_lost(lun):
            yield marked(f"LUN {label}", True)
        elif len(luns) > ONE_PER_LINE:
            by_state.setdefault(state, []).append(label)
        else:
            yield Tree(_joined(f"LUN {label}", source(lun), state), style=style)
    for state, labels in by_state.items():
        yield Tree(f"{counted(len(labels), 'LUN')}  {state}", packed_trees(ranged(labels)))


def _state(lun: Item) -> tuple[str, str]:
    """The ALUA state that an initiator sees of a LUN, and its style."""
    path = lun["path"]
    if path is None:
        return "no device group: no ALUA state", ""
    if is_lost(path):
        return f"device group {path['device_group']} does not run: no ALUA state", "warn"
    if path["target_group"] is None:
        return f"no target group of {path['device_group']}: no ALUA state", "warn"
    return _state_label(path, path["target_group"]), ""


def _target_label(target: Item) -> str:
    number = f"  rel_tgt_id {target['rel_tgt_id']}" if target["rel_tgt_id"] else ""
    return f"target {target.name}  {target['driver']}{number}"


def _reach(target: Item) -> tuple[Tree, ...]:
    """Why nobody reaches a target, or only some do."""
    portals = target["portals"]
    ways = (Tree(f"only through {' '.join(portals)}", style="dim"),) if portals else ()
    return (*_warnings(*faults(target)), *ways)


def _target(target: Item) -> Tree:
    groups = (Tree(_group_label(group), (*_initiators(group), *_group(group).children))
              for group in target["groups"])
    return Tree(_target_label(target), (*_reach(target), *groups, _target_groups(target)))


def _remote_port(port: Item) -> Tree:
    return Tree(f"target {port.name}  the other host's", (_target_groups(port),))


def _target_groups(target: Item) -> Tree:
    """The target groups that a target is in."""
    groups = tuple(marked(_state_label(tgrp, tgrp.name), is_lost(tgrp)) for tgrp in target["target_groups"])
    return Tree("target groups", groups) if groups else Tree("no target group: no ALUA state", style="dim")


def _initiators(group: Item) -> tuple[Tree, ...]:
    """Who sees a group."""
    configured, logged_in = group["initiators"], group["logged_in"]
    return (*name_trees("initiators", configured), *name_trees("logged in", logged_in))


def _device(device: Item) -> Tree:
    exports = tuple(_export(target, device.name) for target in device["targets"])
    fault = _warnings("does not run") if is_lost(device) else ()
    label = _joined(f"device {device.name}", device["handler"], source(device))
    groups = map(_device_group, device["device_groups"])
    return Tree(label, (*fault, *(exports or _warnings("exported nowhere")), *groups))


def _export(target: Item, device: str) -> Tree:
    """How a target exports a device."""
    exports = [(group, lun) for group in target["groups"] for lun in group["luns"] if lun["device"] == device]
    state, style = _state(exports[0][1])
    luns = (_exported(group, lun) for group, lun in exports)
    return Tree(_target_label(target), (*_reach(target), Tree(state, style=style), *luns))


def _exported(group: Item, lun: Item) -> Tree:
    return Tree(f"LUN {lun.name}  {_group_label(group)}", (*_initiators(group), *_gaps(group)))


def _device_group(group: Item) -> Tree:
    """The device group of a device: its target groups with their ports."""
    lost = is_lost(group)
    tgrps = tuple(_target_group(tgrp, not lost) for tgrp in group["target_groups"])
    return marked(f"device group {group.name}", lost, tgrps)


def _target_group(tgrp: Item, there: bool) -> Tree:
    """A target group; `there`: its device group is, so that it is its own fault where it does not run."""
    label = tgrp_label(tgrp.name, tgrp["group_id"], tgrp["state"], tgrp["preferred"])
    ports = (Tree(f"{port.name}  {'local' if port['local'] else 'remote'}") for port in tgrp["ports"])
    return marked(label, there and is_lost(tgrp), tuple(ports))


_DRAWN = {"device": _device, "target": _target, "remote_port": _remote_port, "initiator": _initiator}
