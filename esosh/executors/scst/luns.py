"""The writes that make LUNs and initiator groups as they are configured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ...config import InitiatorGroup, Lun, Target
from ...step import See, Step, Write
from .facts import Facts
from .initiators import takes
from .sysfs import entry
from .writes import added, changed, created, fresh, gone


def remove(folder: str, old: Target, kept: Target) -> Iterator[Step]:
    """The LUNs, initiators and groups of a target that go before anything comes."""
    yield from _leave(folder, old, kept, "remove")


def make(folder: str, name: str, kept: Target, new: Target, facts: Facts) -> Iterator[Step]:
    """The LUNs, initiators and groups of a target that come, what changes of those that stay, and then what goes.

    An initiator may be in two groups for a while, and sees the LUNs of one of them; in none it would see the target's own.
    """
    yield from _map(f"{folder}/luns", kept.luns, new.luns)
    logged = [session.initiator for session in facts.sessions if session.target == name]
    for goal, group in new.groups.items():
        path, stays = f"{folder}/ini_groups/{entry(goal)}", kept.groups.get(goal)
        before = stays or InitiatorGroup()
        if stays is None:
            yield added(f"{folder}/ini_groups", "create", goal)
            yield from created(fresh(path, group.attributes))
        else:
            yield from changed(path, "group", before.attributes, group.attributes, facts, ("black_hole",) if kept.enabled else ())
        yield from _map(f"{path}/luns", before.luns, group.luns)
        for initiator in sorted(group.initiators - before.initiators):
            sees = any(takes(initiator, each) for each in logged)  # its session follows at once
            yield added(f"{path}/initiators", "add", initiator, disruption="io" if sees else "none")
    yield from _leave(folder, kept, new, "set")


def _leave(folder: str, old: Target, new: Target, stage: str) -> Iterator[Step]:
    yield from _unmap(f"{folder}/luns", old.luns, new.luns, stage)
    for name, group in old.groups.items():
        path, stays = f"{folder}/ini_groups/{entry(name)}", new.groups.get(name)
        after = stays or InitiatorGroup()
        for initiator in sorted(group.initiators - after.initiators):
            back = [Write(f"{path}/initiators/mgmt", f"add {initiator}")]
            yield gone(f"{path}/initiators", "del", initiator, back, disruption="io", stage=stage)
        yield from _unmap(f"{path}/luns", group.luns, after.luns, stage)
        if stays is None:
            back = [Write(f"{folder}/ini_groups/mgmt", f"create {name}"), *fresh(path, group.attributes)]
            yield gone(f"{folder}/ini_groups", "del", name, back, stage=stage)


def _said(number: str, lun: Lun) -> str:
    return " ".join((lun.device, number, *(f"{key}={value}" for key, value in lun.attributes.items())))


def _unmap(folder: str, old: Mapping[str, Lun], new: Mapping[str, Lun], stage: str) -> Iterator[Step]:
    for number, lun in old.items():
        if number not in new:
            behind = See(f"{folder}/{number}/device", "to", entry(lun.device))
            back = [Write(f"{folder}/mgmt", f"add {_said(number, lun)}")]
            yield gone(folder, "del", number, back, behind, disruption="io", stage=stage)


def _map(folder: str, kept: Mapping[str, Lun], new: Mapping[str, Lun]) -> Iterator[Step]:
    for number, lun in sorted(new.items(), key=lambda item: int(item[0])):
        mgmt, path = f"{folder}/mgmt", f"{folder}/{number}"
        if number not in kept:
            yield Step(Write(mgmt, f"add {_said(number, lun)}"), (Write(mgmt, f"del {number}"),), (See(path, "gone"),),
                       See(f"{path}/device", "to", entry(lun.device)), "create", "scst")
        elif kept[number].device != lun.device:
            yield Step(Write(mgmt, f"replace {_said(number, lun)}"), (Write(mgmt, f"replace {_said(number, kept[number])}"),),
                       (See(f"{path}/device", "to", entry(kept[number].device)),), See(f"{path}/device", "to", entry(lun.device)),
                       "set", "scst", "io")
