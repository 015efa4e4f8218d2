"""The writes that make target drivers and targets as they are configured."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Optional

from ...config.lazy import fresh
from ...config.scst import SWITCHLESS, Driver, Scst, Target
from ...records import replace
from ..step import Action, Expect, Step, Write
from . import access, luns, tgrps
from .access import Owner
from .attributes import driver_kind
from .facts import Facts
from .queue import ROOT
from .sysfs import entry
from .writes import added, assigned, attribute_writes, changed, creation_steps, removed

_TARGETS = f"{ROOT}/targets"
_DISRUPTIVE = ("black_hole", "redirect")
_LARGEST_ID = 65535


def _folder(name: str, driver: str) -> str:
    return f"{_TARGETS}/{driver}/{entry(name)}"


def remove(old: Scst, kept: Scst, new: Scst) -> Iterator[Step]:
    """What goes: enabled first, LUNs before their target."""
    yield from _disable(old, kept, new)
    for name in fresh(kept.targets, old.targets):
        target, after = old.targets[name], kept.targets.get(name)
        yield from luns.remove(_folder(name, target.driver), target, after or Target(target.driver))
        if after is None:
            yield from _removal(name, target)


def _disable(old: Scst, kept: Scst, new: Scst) -> Iterator[Step]:
    """Targets and drivers that are to be off, and targets that go."""
    changing = _changing(old, kept, new)
    staying = {name: new.targets[name] for name in changing if name in kept.targets}
    still_enabled = {*_enabled(replace(new, targets=staying))}
    for path in _enabled(replace(old, targets=changing)):
        if path not in still_enabled:
            yield assigned(path, "0", "1", "io", "remove")


def _changing(old: Scst, kept: Scst, new: Scst) -> dict[str, Target]:
    """The targets that are not to be the same, or are made anew."""
    names = dict.fromkeys((*fresh(new.targets, old.targets), *fresh(kept.targets, old.targets)))
    return {name: old.targets[name] for name in names}


def _enabled(scst: Scst) -> list[str]:
    """The switches of the targets and drivers that are enabled."""
    targets = [_folder(name, target.driver) for name, target in scst.targets.items() if target.enabled]
    drivers = [f"{_TARGETS}/{name}" for name, driver in scst.drivers.items() if driver.enabled]
    return [f"{folder}/enabled" for folder in (*targets, *drivers)]


def _removal(name: str, target: Target) -> Iterator[Step]:
    driver, folder = f"{_TARGETS}/{target.driver}", _folder(name, target.driver)
    yield from access.removals(Owner(driver, name, target.enabled), target)
    add = Write(f"{driver}/mgmt", f"add_target {name}")
    inverse = [add, *attribute_writes(folder, target.attributes), *_id_writes(folder, target)]
    yield removed(driver, "del_target", name, inverse, disruption="io" if target.enabled else "none")


def _id_writes(folder: str, target: Target) -> list[Write]:
    return [Write(f"{folder}/rel_tgt_id", str(target.rel_tgt_id))] if target.rel_tgt_id else []


def make(kept: Scst, new: Scst, facts: Facts) -> Iterator[Step]:
    """What comes, and what changes of what stays."""
    for name in fresh(kept.drivers, new.drivers):
        driver = new.drivers[name]
        folder, before = f"{_TARGETS}/{name}", kept.drivers.get(name, Driver())
        yield from changed(folder, driver_kind(name), before.attributes, driver.attributes, facts)
        yield from access.changes(Owner(folder, "", before.enabled), before, driver)
    for name in fresh(kept.targets, new.targets):
        yield from _make_target(name, kept.targets.get(name), new.targets[name], facts)
    yield from _renumber(kept, new, facts)
    yield from _enable(kept, new)


def _make_target(name: str, kept: Optional[Target], new: Target, facts: Facts) -> Iterator[Step]:
    folder, before = _folder(name, new.driver), kept or Target(new.driver)
    if kept is None:
        yield from _creation(name, new)
    else:
        disruptive = _DISRUPTIVE if kept.enabled else ()
        yield from changed(folder, "target", kept.attributes, new.attributes, facts, disruptive)
    yield from access.changes(Owner(f"{_TARGETS}/{new.driver}", name, before.enabled), before, new)
    yield from luns.make(folder, name, before, new, facts)


def _creation(name: str, target: Target) -> Iterator[Step]:
    folder = _folder(name, target.driver)
    yield added(f"{_TARGETS}/{target.driver}", "add_target", name)
    waits = target.driver in SWITCHLESS  # it is enabled from the start, and its id may not be free yet
    ids = [] if waits else _id_writes(folder, target)
    yield from creation_steps([*attribute_writes(folder, target.attributes), *ids])


def _renumber(kept: Scst, new: Scst, facts: Facts) -> Iterator[Step]:
    """Ids that change; an id that another target has until then comes by way of a free one."""
    moves, free = _moves(kept, new), _free_ids(kept, new)
    held = {before for before, _ in moves.values()} - {0}
    detours = {name: next(free) for name, (_, after) in moves.items() if after in held}
    for name, number in detours.items():
        yield _numbered(name, kept, moves[name][0], number, facts)
    for name in sorted(moves, key=detours.__contains__):  # those that make room first
        before, after = moves[name]
        yield _numbered(name, kept, detours.get(name, before), after, facts)
    yield from _number_switchless(kept, new, free)


def _moves(kept: Scst, new: Scst) -> dict[str, tuple[int, int]]:
    """The targets whose id changes, each with its id before and after."""
    names = [name for name in fresh(new.targets, kept.targets) if name in new.targets]
    ids = {name: (kept.targets[name].rel_tgt_id, new.targets[name].rel_tgt_id) for name in names}
    return {name: (before, after) for name, (before, after) in ids.items() if before != after}


def _free_ids(kept: Scst, new: Scst) -> Iterator[int]:
    """The ids that no target has before or after, from the largest down."""
    taken = {target.rel_tgt_id for scst in (kept, new) for target in scst.targets.values()}
    yield from (number for number in range(_LARGEST_ID, 0, -1) if number not in taken)


def _number_switchless(kept: Scst, new: Scst, free: Iterator[int]) -> Iterator[Step]:
    """New targets that are enabled from the start: they wait until their id is free."""
    for name in [name for name in new.targets if name not in kept.targets]:
        target = new.targets[name]
        if target.driver in SWITCHLESS and target.rel_tgt_id:
            path, number = f"{_folder(name, target.driver)}/rel_tgt_id", str(target.rel_tgt_id)
            undo = Write(path, str(next(free)))  # so that the target that had the id can have it again
            yield Step(Write(path, number), (undo,), (), Expect(path, "is", number), section="scst")


def _numbered(name: str, kept: Scst, before: int, after: int, facts: Facts) -> Step:
    """Change an id; SCST takes no 0 back from a target that is always enabled, so undoing makes it anew."""
    target = kept.targets[name]
    step = assigned(f"{_folder(name, target.driver)}/rel_tgt_id", str(after), str(before),
                    "io" if target.enabled else "none")
    if before or target.driver not in SWITCHLESS:
        return step
    return replace(step, undo=(*_anew(name, target, facts), *tgrps.memberships(name, kept.groups)))


def _anew(name: str, target: Target, facts: Facts) -> Iterator[Action]:
    """The writes that delete a target and make it again as it is."""
    yield from (step.do for step in luns.remove(_folder(name, target.driver), target, Target(target.driver)))
    yield from (step.do for step in _removal(name, target))
    yield from (step.do for step in _make_target(name, None, target, facts))


def _enable(kept: Scst, new: Scst) -> Iterator[Step]:
    coming = {name: new.targets[name] for name in fresh(kept.targets, new.targets)}
    staying = {name: kept.targets[name] for name in coming if name in kept.targets}
    already_enabled = {*_enabled(replace(kept, targets=staying))}
    for path in _enabled(replace(new, targets=coming)):
        if path not in already_enabled:
            yield assigned(path, "1", "0", stage="enable")
