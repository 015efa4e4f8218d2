"""The writes that make target drivers and targets as they are configured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Optional, TypeVar, Union

from ...config import SWITCHLESS, Driver, Scst, Target
from ...step import See, Step, Write
from . import luns
from .facts import Facts
from .queue import ROOT
from .sysfs import entry
from .writes import added, assigned, changed, created, fresh, gone

_TARGETS = f"{ROOT}/targets"
_DISRUPTS = ("black_hole", "redirect")
_Owner = TypeVar("_Owner", Driver, Target)


def _folder(name: str, driver: str) -> str:
    return f"{_TARGETS}/{driver}/{entry(name)}"


def remove(old: Scst, kept: Scst, new: Scst) -> Iterator[Step]:
    """What goes: enabled first, LUNs before their target."""
    for name, target in old.targets.items():
        if target.enabled and not (name in kept.targets and new.targets[name].enabled):
            yield assigned(f"{_folder(name, target.driver)}/enabled", "0", "1", "io", "remove")
    for name, driver in old.drivers.items():
        if driver.enabled and not new.drivers.get(name, Driver()).enabled:
            yield assigned(f"{_TARGETS}/{name}/enabled", "0", "1", "io", "remove")
        going = _stale(driver, new.drivers.get(name, Driver()), False)
        yield from _drop(f"{_TARGETS}/{name}", "", going, "remove", driver.enabled)
    for name, target in old.targets.items():
        folder, stays = _folder(name, target.driver), kept.targets.get(name)
        yield from luns.remove(folder, target, stays or Target(target.driver))
        going = _stale(target, new.targets[name] if stays else Target(target.driver), stays is None)
        yield from _drop(f"{_TARGETS}/{target.driver}", name, going, "remove", target.enabled)
        if stays is None:
            number = [Write(f"{folder}/rel_tgt_id", str(target.rel_tgt_id))] if target.rel_tgt_id else []
            back = [Write(f"{_TARGETS}/{target.driver}/mgmt", f"add_target {name}"), *fresh(folder, target.attributes), *number]
            yield gone(f"{_TARGETS}/{target.driver}", "del_target", name, back, disruption="io" if target.enabled else "none")


def make(kept: Scst, new: Scst, facts: Facts) -> Iterator[Step]:
    """What comes, and what changes of what stays; an id that another one has until then comes by way of a free one."""
    yield from changed(ROOT, "core", kept.attributes, new.attributes, facts)
    for name, driver in new.drivers.items():
        before = kept.drivers.get(name, Driver())
        yield from changed(f"{_TARGETS}/{name}", "driver", before.attributes, driver.attributes, facts)
        yield from _give(f"{_TARGETS}/{name}", "", before, driver)
    for name, target in new.targets.items():
        yield from _make_target(name, kept.targets.get(name), target, facts)
    yield from _renumber(kept, new)
    yield from _enable(kept, new)


def _make_target(name: str, kept: Optional[Target], new: Target, facts: Facts) -> Iterator[Step]:
    folder = _folder(name, new.driver)
    if kept is None:
        yield added(f"{_TARGETS}/{new.driver}", "add_target", name)
        number = [Write(f"{folder}/rel_tgt_id", str(new.rel_tgt_id))] if new.rel_tgt_id and new.driver not in SWITCHLESS else []
        yield from created([*fresh(folder, new.attributes), *number])
    else:
        yield from changed(folder, "target", kept.attributes, new.attributes, facts, _DISRUPTS if kept.enabled else ())
    before = kept or Target(new.driver)
    yield from _give(f"{_TARGETS}/{new.driver}", name, before, new)
    yield from luns.make(folder, name, before, new, facts)


def _values(about: Union[Driver, Target]) -> dict[tuple[str, str], str]:
    """What attributes of which there are several say, by what it is taken away with."""
    users = {("IncomingUser", user): f"{user} {secret}" for user, secret in about.users.items()}
    outgoing = {("OutgoingUser", about.outgoing.partition(" ")[0]): about.outgoing} if about.outgoing else {}
    portals = sorted(about.portals) if isinstance(about, Target) else ()
    return {**users, **outgoing, **{("allowed_portal", portal): portal for portal in portals}}


def _stale(old: _Owner, new: _Owner, all_of_it: bool) -> dict[tuple[str, str], str]:
    """What must be taken away before what is new is given: all that goes of what goes, and what is there once only."""
    wanted = _values(new)
    return {key: text for key, text in _values(old).items() if wanted.get(key) != text
            and (all_of_it or key in wanted or (key[0] == "OutgoingUser" and new.outgoing))}


def _drop(driver: str, target: str, values: Mapping[tuple[str, str], str], stage: str, enabled: bool) -> Iterator[Step]:
    for (key, name), text in values.items():
        give, take = _writes(driver, target, key, name, text)
        none, some = _seen(driver, target, key, text)
        yield Step(take, (give,), (some,), none, stage, "scst", "io" if enabled else "none")


def _give(driver: str, target: str, kept: _Owner, new: _Owner) -> Iterator[Step]:
    """What comes, then what goes: at no time nobody, or everybody, may log in."""
    there, wanted = _values(kept), _values(new)
    for (key, name), text in wanted.items():
        if there.get((key, name)) != text:
            give, take = _writes(driver, target, key, name, text)
            none, some = _seen(driver, target, key, text)
            first = kept.enabled and key != "OutgoingUser" and key not in {each for each, _ in there}  # now not all may log in
            yield Step(give, (take,), (none,), some, "create", "scst", "io" if first else "none")
    yield from _drop(driver, target, {key: text for key, text in there.items() if key not in wanted}, "set", kept.enabled)


def _writes(driver: str, target: str, key: str, name: str, text: str) -> tuple[Write, Write]:
    what, whose = ("target_attribute", f"{target} ") if target else ("attribute", "")
    return (Write(f"{driver}/mgmt", f"add_{what} {whose}{key} {text}"),
            Write(f"{driver}/mgmt", f"del_{what} {whose}{key} {name}"))


def _seen(driver: str, target: str, key: str, text: str) -> tuple[See, See]:
    path = f"{driver}/{entry(target)}/{key}*" if target else f"{driver}/{key}*"
    return See(path, "none", text), See(path, "some", text)


def _renumber(kept: Scst, new: Scst) -> Iterator[Step]:
    moving = {name: (target.rel_tgt_id, new.targets[name].rel_tgt_id) for name, target in kept.targets.items()
              if target.rel_tgt_id != new.targets[name].rel_tgt_id}
    taken = {target.rel_tgt_id for scst in (kept, new) for target in scst.targets.values()}
    free = (number for number in range(65535, 0, -1) if number not in taken)
    held = {before for before, _ in moving.values()}
    detours = {name: next(free) for name, (_, after) in moving.items() if after and after in held}
    for name, number in detours.items():
        yield _numbered(name, kept.targets[name], moving[name][0], number)
    for name in sorted(moving, key=detours.__contains__):  # those that make room first
        before, after = moving[name]
        yield _numbered(name, kept.targets[name], detours.get(name, before), after)
    for name, target in new.targets.items():  # what is enabled from the start waits until its id is free
        if name not in kept.targets and target.driver in SWITCHLESS and target.rel_tgt_id:
            path = f"{_folder(name, target.driver)}/rel_tgt_id"
            aside = Write(path, str(next(free)))  # undoing gives its id back to the one that had it
            yield Step(Write(path, str(target.rel_tgt_id)), (aside,), (), See(path, "is", str(target.rel_tgt_id)), section="scst")


def _numbered(name: str, target: Target, before: int, after: int) -> Step:
    path = f"{_folder(name, target.driver)}/rel_tgt_id"
    return assigned(path, str(after), str(before), "io" if target.enabled else "none")


def _enable(kept: Scst, new: Scst) -> Iterator[Step]:
    for name, target in new.targets.items():
        if target.enabled and not (name in kept.targets and kept.targets[name].enabled):
            yield assigned(f"{_folder(name, target.driver)}/enabled", "1", "0", stage="enable")
    for name, driver in new.drivers.items():
        if driver.enabled and not kept.drivers.get(name, Driver()).enabled:
            yield assigned(f"{_TARGETS}/{name}/enabled", "1", "0", stage="enable")
