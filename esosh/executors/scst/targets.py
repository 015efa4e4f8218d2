"""The writes that make target drivers and targets as they are configured."""

from __future__ import annotations

from collections.abc import Iterator
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
_Place = tuple[str, str]  # a key and, where there may be several, a name
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
    for name, target in old.targets.items():
        folder, stays = _folder(name, target.driver), kept.targets.get(name)
        yield from luns.remove(folder, target, stays or Target(target.driver))
        if stays is None:
            yield from (_dropped(f"{_TARGETS}/{target.driver}", name, key, text, "remove", target.enabled)
                        for (key, _), text in _values(target).items())
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


def _values(about: Union[Driver, Target]) -> dict[_Place, str]:
    """What attributes of which there are several say; of the user as which a target logs in there is one."""
    users = {("IncomingUser", user): f"{user} {secret}" for user, secret in about.users.items()}
    outgoing = {("OutgoingUser", ""): about.outgoing} if about.outgoing else {}
    portals = sorted(about.portals) if isinstance(about, Target) else ()
    return {**users, **outgoing, **{("allowed_portal", portal): portal for portal in portals}}


def _give(driver: str, target: str, kept: _Owner, new: _Owner) -> Iterator[Step]:
    """What comes, what is exchanged, then what goes: at no time nobody, or everybody, may log in."""
    there, wanted = _values(kept), _values(new)
    for (key, name), text in wanted.items():
        if (key, name) not in there:
            first = kept.enabled and key != "OutgoingUser" and key not in {each for each, _ in there}  # now not all may log in
            yield _added(driver, target, key, text, "io" if first else "none")
    for (key, name), text in wanted.items():
        if there.get((key, name), text) != text:
            alone = key == "IncomingUser" and kept.enabled and {*kept.users, *new.users} == {name}
            yield from _exchanged(driver, target, key, there[key, name], text, kept.enabled, alone)
    for (key, name), text in there.items():
        if (key, name) not in wanted:
            yield _dropped(driver, target, key, text, "set", kept.enabled)


def _exchanged(driver: str, target: str, key: str, old: str, new: str, enabled: bool, alone: bool) -> Iterator[Step]:
    """Another secret; where nobody else has one, the old one keeps the door under another name meanwhile."""
    aside = old.replace(" ", ".old ", 1)
    if alone:
        yield _added(driver, target, key, aside)
    yield _dropped(driver, target, key, old, "create", enabled)
    yield _added(driver, target, key, new)
    if alone:
        yield _dropped(driver, target, key, aside, "create", enabled)


def _added(driver: str, target: str, key: str, text: str, disruption: str = "none") -> Step:
    give, take = _writes(driver, target, key, text)
    none, some = _seen(driver, target, key, text)
    return Step(give, (take,), (none,), some, "create", "scst", disruption)


def _dropped(driver: str, target: str, key: str, text: str, stage: str, enabled: bool) -> Step:
    give, take = _writes(driver, target, key, text)
    none, some = _seen(driver, target, key, text)
    return Step(take, (give,), (some,), none, stage, "scst", "io" if enabled else "none")


def _writes(driver: str, target: str, key: str, text: str) -> tuple[Write, Write]:
    what, whose = ("target_attribute", f"{target} ") if target else ("attribute", "")
    return (Write(f"{driver}/mgmt", f"add_{what} {whose}{key} {text}"),
            Write(f"{driver}/mgmt", f"del_{what} {whose}{key} {text.partition(' ')[0]}"))


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
