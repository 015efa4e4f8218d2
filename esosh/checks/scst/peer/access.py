"""Who sees what of a target: the LUNs of the groups that take an initiator, or else the target's own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ....config.scst import InitiatorGroup, Lun, Target
from ....executors.scst.initiators import taken
from ....records import Record
from .hosts import Exports, Hosts

OTHERS = ""  # stands for the initiators that no group takes
_TRANSPORTS = {"iscsi": "iSCSI", "ib_srpt": "SRP"}  # of all other drivers it is Fibre Channel
_WILD = frozenset("*?!")


class Access(Record):
    """A target as initiators see it: its groups by their entries in lower case, and each group's patterns."""

    target: Target
    named: Mapping[str, set[str]]
    patterns: Mapping[str, InitiatorGroup]

    def groups(self, initiator: str) -> list[str]:
        """The groups that take an initiator."""
        if initiator == OTHERS:
            return []
        return sorted({*self.named.get(initiator.lower(), ()), *taken(initiator, self.patterns)})

    def groups_of(self, initiators: Iterable[str]) -> set[str]:
        """The groups that take one of some initiators."""
        return {group for initiator in initiators for group in self.groups(initiator)}

    def luns(self, initiator: str) -> Iterator[tuple[str, Lun]]:
        """The LUNs that an initiator sees."""
        groups = [self.target.groups[name] for name in self.groups(initiator)]
        for view in groups or [InitiatorGroup(self.target.luns)]:
            yield from view.luns.items()


Targets = Mapping[str, Access]


def transports(pair: Hosts) -> Iterator[tuple[Targets, Targets]]:
    """The targets of this host and of the other one, for each transport."""
    mine, theirs = _by_transport(pair.my_exports), _by_transport(pair.their_exports)
    for transport in sorted({*mine, *theirs}):
        yield mine.get(transport, {}), theirs.get(transport, {})


def _by_transport(exports: Exports) -> dict[str, dict[str, Access]]:
    targets: dict[str, dict[str, Access]] = {}
    for name, target in exports.targets.items():
        transport = _TRANSPORTS.get(target.driver, "")
        targets.setdefault(transport, {})[name] = Access(target, _named(target), _patterns(target))
    return targets


def _named(target: Target) -> dict[str, set[str]]:
    groups: dict[str, set[str]] = {}
    for name, group in target.groups.items():
        for entry in group.initiators:
            groups.setdefault(entry.lower(), set()).add(name)
    return groups


def _patterns(target: Target) -> dict[str, InitiatorGroup]:
    return {name: InitiatorGroup(initiators=_wild_entries(group)) for name, group in target.groups.items()}


def _wild_entries(group: InitiatorGroup) -> frozenset[str]:
    return frozenset(entry for entry in group.initiators if _WILD.intersection(entry))
