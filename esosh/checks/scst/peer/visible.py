"""What the initiators of one transport see of some devices, through each of two hosts."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import AbstractSet

from ....records import Record
from .access import OTHERS, Targets

_ALL = "*"
Seen = Mapping[str, Mapping[str, set[str]]]  # of each device the LUNs, each with its values of read_only


class Sight(Record):
    """What initiators that see the same see through this host and through the other one."""

    initiators: tuple[str, ...]
    mine: Seen
    theirs: Seen


def visible(mine: Targets, theirs: Targets, devices: AbstractSet[str]) -> Iterator[Sight]:
    """What each initiator sees of some devices; those that the same groups take see the same."""
    alike: dict[tuple[tuple[str, ...], ...], list[str]] = {}
    for initiator in _initiators(mine, theirs):
        groups = tuple(tuple(target.groups(initiator)) for target in (*mine.values(), *theirs.values()))
        alike.setdefault(groups, []).append(initiator)
    for initiators in alike.values():
        first = initiators[0]
        yield Sight(tuple(initiators), _seen(mine, first, devices), _seen(theirs, first, devices))


def _initiators(mine: Targets, theirs: Targets) -> list[str]:
    """All entries of groups, and OTHERS for all other initiators."""
    entries = _entries(mine, theirs)
    others = [] if _ALL in entries else [OTHERS]
    return sorted([*entries, *others])


def _entries(mine: Targets, theirs: Targets) -> Collection[str]:
    """The entries of all groups, spelt as here where both hosts have one."""
    spellings: dict[str, str] = {}
    for access in (*theirs.values(), *mine.values()):
        for group in access.target.groups.values():
            spellings.update((entry.lower(), entry) for entry in sorted(group.initiators))
    return spellings.values()


def _seen(targets: Targets, initiator: str, devices: AbstractSet[str]) -> Seen:
    seen: dict[str, dict[str, set[str]]] = {}
    for target in targets.values():
        for number, lun in target.luns(initiator):
            if lun.device in devices:
                numbers = seen.setdefault(lun.device, {})
                numbers.setdefault(number, set()).add(lun.attributes.get("read_only", "0"))
    return seen
