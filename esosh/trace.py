"""The way of a LUN from its initiator to its disk, and the ALUA state on it, from whichever end.

    initiator > target > group > LUN > device > file or disk > device group > target group > state
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from .commands import missing
from .commands.alua import local, rel_tgt_id
from .config import Config, InitiatorGroup, Scst, TargetGroup
from .executors.scst.absent import Absent
from .executors.scst.facts import Facts
from .executors.scst.initiators import taken
from .exports import EACH, Luns, faults, idle, in_order, mapped, marked, named, packed, ranged, runs, source, state
from .views import Tree, counted

_ISCSI = ("iqn.", "eui.", "naa.")
_NAME = re.compile(rf"({'|'.join(map(re.escape, _ISCSI))})\S+|[0-9a-f]{{2}}(:[0-9a-f]{{2}}){{7}}", re.I)  # of an initiator
_ALIKE = 0.9
_EVERYONE = "for those that no group takes"


@dataclass(frozen=True)
class _Box:
    """A configuration, and what runs of it."""

    config: Config
    facts: Facts
    idle: Absent

    def lost(self, dgrp: str, tgrp: str) -> bool:
        """Whether a target group does not run, alone or with its device group."""
        return dgrp in self.idle.groups or (dgrp, tgrp) in self.idle.target_groups

    def views(self, target: str) -> dict[str, InitiatorGroup]:
        """What initiators see of a target: its groups, and its own LUNs, which have no name, where somebody may see them."""
        about = self.config.scst.targets[target]
        views = dict(sorted(about.groups.items()))
        if about.luns or not views or any((session.target, session.group) == (target, "") for session in self.facts.sessions):
            views[""] = InitiatorGroup(about.luns)
        return views


@dataclass(frozen=True)
class _Sight:
    """What an initiator sees of a target: groups, each with the entry that takes it, "" where none does."""

    target: str
    groups: Mapping[str, str]
    logged: bool


def trace(config: Config, facts: Facts, name: str) -> Tree:
    """All the ways that lead from or to an initiator, a device or a target.

    A pattern takes nearly any name, so what it takes counts only where nothing is named so; and of an initiator that nobody
    knows it is told what it would see. Raises Refused.
    """
    scst, box = config.scst, _Box(config, facts, idle(config.scst, facts))
    kinds = ((scst.devices, _device), (scst.targets, _target), (_remote(config), _port), (_initiators(scst, facts), _initiator))
    found = [view(box, name) for names, view in kinds if name in names]
    if not found and (_is_new(name, scst) or any(taken(name, target.groups) for target in scst.targets.values())):
        return _initiator(box, name)
    if not found:
        raise missing("initiator, target or device", name, {there for names, _ in kinds for there in names})
    return found[0] if len(found) == 1 else Tree(name, tuple(found))


def _is_new(name: str, scst: Scst) -> bool:
    """Whether a name is an initiator's, and not one of our targets' that is misspelt."""
    return bool(_NAME.fullmatch(name)) and not difflib.get_close_matches(name, scst.targets, 1, _ALIKE)


def _initiators(scst: Scst, facts: Facts) -> set[str]:
    """The initiators that are logged in or stand in a group."""
    groups = (group for target in scst.targets.values() for group in target.groups.values())
    return {session.initiator for session in facts.sessions}.union(*(group.initiators for group in groups))


def _remote(config: Config) -> set[str]:
    """The other host's ports."""
    tgrps = (tgrp for group in config.scst.groups.values() for tgrp in group.target_groups.values())
    return {port for tgrp in tgrps for port in tgrp.targets if not local(config, port)}


def _warn(*texts: str) -> tuple[Tree, ...]:
    return tuple(Tree(text, style="warn") for text in texts)


def _initiator(box: _Box, name: str) -> Tree:
    sights = _sights(box, name)
    logged = any(sight.logged for sight in sights)
    nowhere = (Tree("not logged in", style="dim"),) if box.facts.loaded and not logged else ()
    known = any(sight.logged or "" not in sight.groups for sight in sights)
    strange = () if known else _warn("no group takes it")
    devices = {lun.device for sight in sights for group, view in box.views(sight.target).items() if group in sight.groups
               for lun in view.luns.values()}
    seen = (_seen(box, sight) for sight in sights)
    return Tree(f"initiator {name}", (*nowhere, *strange, *seen, *_elsewhere(box, devices)))


def _sights(box: _Box, initiator: str) -> list[_Sight]:
    """The targets that an initiator is logged in to or in a group of, and those of their drivers that have own LUNs."""
    targets = box.config.scst.targets
    sights = [_sight(box, initiator, name) for name in sorted(targets)]
    near = [sight for sight in sights if sight.logged or "" not in sight.groups]
    iscsi = initiator.lower().startswith(_ISCSI)
    alike = {target.driver for target in targets.values() if (target.driver == "iscsi") == iscsi}
    drivers = {targets[sight.target].driver for sight in near} or alike
    return [sight for sight in sights
            if sight in near or (targets[sight.target].luns and targets[sight.target].driver in drivers)]


def _sight(box: _Box, initiator: str, target: str) -> _Sight:
    """What it sees: the group of its session, or else those that take it, or none."""
    entries = taken(initiator, box.config.scst.targets[target].groups)
    here = [session for session in box.facts.sessions if (session.initiator, session.target) == (initiator, target)]
    groups = sorted({session.group for session in here} or entries or {""})
    return _Sight(target, {group: entries.get(group, "") for group in groups}, bool(here))


def _seen(box: _Box, sight: _Sight) -> Tree:
    """A target as an initiator sees it."""
    views, groups = box.views(sight.target), list(sight.groups)
    clash = len(groups) > 1 and not sight.logged
    notes = [f"groups {' and '.join(groups)} take it: it sees the one that was made first"] if clash else []
    notes += [f"group {group} of its session is not in this configuration" for group in groups if group and group not in views]
    parts = (_view(box, sight.target, group, entry) for group, entry in sight.groups.items() if group in views)
    label = f"{_named(box, sight.target)}{'  logged in' if sight.logged else ''}"
    return Tree(label, (*_faults(box, sight.target), *_warn(*notes), *parts))


def _view(box: _Box, target: str, group: str, entry: str = "") -> Tree:
    view = box.views(target)[group]
    how = f", taken by its entry {entry}" if entry else ""
    return Tree(f"group {group}{how}" if group else _EVERYONE, (*_lacks(group, view), *_luns(box, target, view.luns)))


def _lacks(group: str, view: InitiatorGroup) -> tuple[Tree, ...]:
    found = {
        "no LUNs: there is nothing to see": not view.luns,
        "no LUN 0: many initiators look no further": bool(view.luns) and "0" not in view.luns,
        "no initiators: nobody sees it": bool(group) and not view.initiators,
    }
    return _warn(*(text for text, true in found.items() if true))


def _luns(box: _Box, target: str, luns: Luns) -> Iterator[Tree]:
    """A line for each LUN; of very many, one for each state."""
    alike: dict[str, list[str]] = {}
    for number, about in in_order(luns):
        sees, style = _state(box, target, about.device)
        if not runs(about.device, box.facts):
            yield marked(f"LUN {mapped(number, about)}", True)
        elif len(luns) > EACH:
            alike.setdefault(sees, []).append(mapped(number, about))
        else:
            yield Tree("  ".join((f"LUN {mapped(number, about)}", *_made_of(box.config, about.device), sees)), style=style)
    for sees, texts in alike.items():
        yield Tree(f"{counted(len(texts), 'LUN')}  {sees}", tuple(Tree(line) for line in packed(ranged(texts))))


def _made_of(config: Config, device: str) -> tuple[str, ...]:
    found = source(config.scst.devices[device]) if device in config.scst.devices else ""
    return (found,) if found else ()


def _state(box: _Box, target: str, device: str) -> tuple[str, str]:
    """The ALUA state that an initiator sees of a device through a target, and how it is meant.

    Source: SCST, scst_tg.c: a port's states are those of its target group in the device's device group.
    """
    group = next((group for group, about in box.config.scst.groups.items() if device in about.devices), "")
    if not group:
        return "no device group: no ALUA state", ""
    if group in box.idle.groups:
        return f"device group {group} does not run: no ALUA state", "warn"
    tgrps = box.config.scst.groups[group].target_groups.items()
    found = [f"{group} {state(tgrp, about)}" for tgrp, about in tgrps
             if target in about.targets and not box.lost(group, tgrp)]
    return (found[0], "") if found else (f"no target group of {group}: no ALUA state", "warn")


def _elsewhere(box: _Box, devices: Iterable[str]) -> tuple[Tree, ...]:
    """The other host's ports to devices, each with its state."""
    wanted, config = frozenset(devices), box.config
    ports = tuple(marked(f"{port} ({rel_tgt_id(config, port, about) or '-'})  {name} {state(tgrp, group)}", box.lost(name, tgrp))
                  for name, dgrp in config.scst.groups.items() if dgrp.devices & wanted
                  for tgrp, group in dgrp.target_groups.items()
                  for port, about in group.targets.items() if not local(config, port))
    return (Tree("the other host's paths", ports),) if ports else ()


def _named(box: _Box, name: str) -> str:
    target = box.config.scst.targets[name]
    number = f"  rel_tgt_id {target.rel_tgt_id}" if target.rel_tgt_id else ""
    return f"target {name}  {target.driver}{number}"


def _faults(box: _Box, target: str) -> tuple[Tree, ...]:
    return _warn(*faults(target, box.config.scst, box.facts))


def _target(box: _Box, name: str) -> Tree:
    parts = (_open(box, name, group) for group in box.views(name))
    return Tree(_named(box, name), (*_faults(box, name), *parts, *_states(box, name)))


def _port(box: _Box, name: str) -> Tree:
    return Tree(f"target {name}  the other host's", _states(box, name))


def _states(box: _Box, target: str) -> tuple[Tree, ...]:
    """The target groups that a target is in."""
    groups = tuple(marked(f"{dgrp} {state(tgrp, about)}", box.lost(dgrp, tgrp))
                   for dgrp, group in box.config.scst.groups.items()
                   for tgrp, about in group.target_groups.items() if target in about.targets)
    return (Tree("target groups", groups),) if groups else (Tree("no target group: no ALUA state", style="dim"),)


def _open(box: _Box, target: str, group: str) -> Tree:
    """What initiators see of a target, and who they are."""
    seen = _view(box, target, group)
    return Tree(seen.label, (*_people(box, target, group), *seen.children))


def _people(box: _Box, target: str, group: str) -> tuple[Tree, ...]:
    logged = {session.initiator for session in box.facts.sessions if (session.target, session.group) == (target, group)}
    return (*named("initiators", sorted(box.views(target)[group].initiators)), *named("logged in", sorted(logged)))


def _device(box: _Box, name: str) -> Tree:
    about = box.config.scst.devices[name]
    ways = tuple(way for target in sorted(box.config.scst.targets) for way in _way(box, target, name))
    lost = () if runs(name, box.facts) else _warn("does not run")
    label = "  ".join((f"device {name}", about.handler, *_made_of(box.config, name)))
    return Tree(label, (*lost, *(ways or _warn("exported nowhere")), *_groups(box, name)))


def _way(box: _Box, target: str, device: str) -> Iterator[Tree]:
    """How a target exports a device, if it does."""
    parts = []
    for group, view in box.views(target).items():
        where = f"group {group}" if group else _EVERYONE
        people = (*_people(box, target, group), *_lacks(group, view))
        parts += [Tree(f"LUN {number}  {where}", people) for number, about in in_order(view.luns) if about.device == device]
    if parts:
        sees, style = _state(box, target, device)
        yield Tree(_named(box, target), (*_faults(box, target), Tree(sees, style=style), *parts))


def _groups(box: _Box, device: str) -> Iterator[Tree]:
    """The device group of a device: its target groups with their ports."""
    for name, dgrp in box.config.scst.groups.items():
        if device in dgrp.devices:
            tgrps = (marked(state(tgrp, group), (name, tgrp) in box.idle.target_groups, _ports(box.config, group))
                     for tgrp, group in sorted(dgrp.target_groups.items()))
            yield marked(f"device group {name}", name in box.idle.groups, tuple(tgrps))


def _ports(config: Config, group: TargetGroup) -> tuple[Tree, ...]:
    return tuple(Tree(f"{port}  {'local' if local(config, port) else 'remote'}") for port in sorted(group.targets))
