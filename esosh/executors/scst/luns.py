"""The writes that make LUNs and initiator groups as they are configured."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Optional

from ...config.lazy import fresh
from ...config.scst import InitiatorGroup, Lun, Target
from ..step import Expect, Step, Write
from .facts import Facts
from .initiators import takes
from .sysfs import entry
from .writes import added, attribute_writes, changed, creation_steps, removed

_DISRUPTIVE = ("black_hole",)


def remove(folder: str, old: Target, kept: Target) -> Iterator[Step]:
    """The LUNs, initiators and groups of a target that go before anything comes."""
    yield from _removals(folder, old, kept, "remove")


def make(folder: str, name: str, kept: Target, new: Target, facts: Facts) -> Iterator[Step]:
    """The LUNs, initiators and groups of a target that come, changes of those that stay, then what goes.

    An initiator may be in two groups for a while, and sees the LUNs of one of them; in none it would see the
    target's own.
    """
    yield from _map(f"{folder}/luns", kept.luns, new.luns)
    logged_in = [session.initiator for session in facts.sessions_of(name)]
    disruptive = _DISRUPTIVE if kept.enabled else ()
    for group_name in fresh(kept.groups, new.groups):
        group, before = new.groups[group_name], kept.groups.get(group_name)
        path = f"{folder}/ini_groups/{entry(group_name)}"
        if before is None:
            yield from _create(f"{folder}/ini_groups", group_name, group)
        else:
            yield from changed(path, "group", before.attributes, group.attributes, facts, disruptive)
        yield from _fill(path, before or InitiatorGroup(), group, logged_in)
    yield from _removals(folder, kept, new, "set")


def _create(folder: str, name: str, group: InitiatorGroup) -> Iterator[Step]:
    yield added(folder, "create", name)
    yield from creation_steps(attribute_writes(f"{folder}/{entry(name)}", group.attributes))


def _fill(path: str, kept: InitiatorGroup, new: InitiatorGroup, logged_in: Collection[str]) -> Iterator[Step]:
    """The LUNs and initiators that come to a group; the session of an initiator follows it at once."""
    yield from _map(f"{path}/luns", kept.luns, new.luns)
    for initiator in sorted(new.initiators - kept.initiators):
        has_session = any(takes(initiator, name) for name in logged_in)
        yield added(f"{path}/initiators", "add", initiator, disruption="io" if has_session else "none")


def _removals(folder: str, old: Target, new: Target, stage: str) -> Iterator[Step]:
    """What of a target's LUNs, initiators and groups the new one has no more."""
    yield from _unmap(f"{folder}/luns", old.luns, new.luns, stage)
    for name in fresh(new.groups, old.groups):
        group, after = old.groups[name], new.groups.get(name)
        path = f"{folder}/ini_groups/{entry(name)}"
        yield from _empty(path, group, after or InitiatorGroup(), stage)
        if after is None:
            create = Write(f"{folder}/ini_groups/mgmt", f"create {name}")
            inverse = [create, *attribute_writes(path, group.attributes)]
            yield removed(f"{folder}/ini_groups", "del", name, inverse, stage=stage)


def _empty(path: str, old: InitiatorGroup, new: InitiatorGroup, stage: str) -> Iterator[Step]:
    """The initiators and LUNs that a group loses."""
    for initiator in sorted(old.initiators - new.initiators):
        inverse = [Write(f"{path}/initiators/mgmt", f"add {initiator}")]
        yield removed(f"{path}/initiators", "del", initiator, inverse, disruption="io", stage=stage)
    yield from _unmap(f"{path}/luns", old.luns, new.luns, stage)


def _unmap(folder: str, old: Mapping[str, Lun], new: Mapping[str, Lun], stage: str) -> Iterator[Step]:
    for number in old:
        if number not in new:
            lun = old[number]
            inverse = Write(f"{folder}/mgmt", f"add {_parameters(number, lun)}")
            before = _leads_to(folder, number, lun)
            yield removed(folder, "del", number, [inverse], before, disruption="io", stage=stage)


def _map(folder: str, kept: Mapping[str, Lun], new: Mapping[str, Lun]) -> Iterator[Step]:
    for number in sorted(fresh(kept, new), key=int):
        before = kept.get(number)
        if before is None or before.device != new[number].device:
            yield _mapped(folder, number, before, new[number])


def _mapped(folder: str, number: str, old: Optional[Lun], new: Lun) -> Step:
    """A LUN that comes, or another device behind it."""
    mgmt, after = f"{folder}/mgmt", _leads_to(folder, number, new)
    if old is None:
        return Step(Write(mgmt, f"add {_parameters(number, new)}"), (Write(mgmt, f"del {number}"),),
                    (Expect(f"{folder}/{number}", "absent"),), after, "create", "scst")
    do, undo = (Write(mgmt, f"replace {_parameters(number, lun)}") for lun in (new, old))
    return Step(do, (undo,), (_leads_to(folder, number, old),), after, "set", "scst", "io")


def _parameters(number: str, lun: Lun) -> str:
    """What the mgmt of LUNs is told: the device, the number, the attributes."""
    return " ".join((lun.device, number, *(f"{key}={value}" for key, value in lun.attributes.items())))


def _leads_to(folder: str, number: str, lun: Lun) -> Expect:
    return Expect(f"{folder}/{number}/device", "links_to", entry(lun.device))
