"""What initiators see of the targets of a host, as it is configured and as it runs."""

from __future__ import annotations

import difflib
import functools
import re
from collections.abc import Iterator, Mapping
from typing import Optional

from ...config import Config
from ...config.scst import InitiatorGroup, Scst, TargetGroup
from ...records import Record
from .facts import Facts
from .idle import SavedOnly, saved_only
from .initiators import taken

_ISCSI = ("iqn.", "eui.", "naa.")
_WWN = "[0-9a-f]{2}(:[0-9a-f]{2}){7}"
_INITIATOR = re.compile(rf"({'|'.join(map(re.escape, _ISCSI))})\S+|{_WWN}", re.I)
_SIMILAR = 0.9  # a name that is so near to a target's is a target's, misspelt


class Box(Record):
    """A configuration, and what of it runs: None where SCST is stopped."""

    config: Config
    facts: Facts

    @property
    def scst(self) -> Scst:
        """SCST as it is configured."""
        return self.config.scst

    @functools.cached_property
    def idle(self) -> SavedOnly:
        """What is in scst.conf only; where SCST is stopped, all of it is, and nothing is named."""
        return saved_only(self.scst, self.scst, self.facts) if self.facts.loaded else SavedOnly()

    def runs(self, device: str) -> Optional[bool]:
        """Whether SCST has a device."""
        return device in self.facts.devices if self.facts.loaded else None

    def runs_group(self, target: str, group: str) -> Optional[bool]:
        """Whether SCST has a group of initiators."""
        has_group = target in self.facts.targets and (target, group) not in self.idle.initiator_groups
        return has_group if self.facts.loaded else None

    def runs_device_group(self, name: str) -> Optional[bool]:
        """Whether SCST has a device group."""
        return name not in self.idle.groups if self.facts.loaded else None

    def runs_target_group(self, dgrp: str, tgrp: str) -> Optional[bool]:
        """Whether SCST has a target group."""
        return not self.is_idle(dgrp, tgrp) if self.facts.loaded else None

    def is_idle(self, dgrp: str, tgrp: str) -> bool:
        """Whether a target group does not run, alone or with its device group."""
        return dgrp in self.idle.groups or (dgrp, tgrp) in self.idle.target_groups

    def target_groups(self) -> Iterator[tuple[str, str, TargetGroup]]:
        """All target groups, each with the name of its device group and its own."""
        for dgrp, group in self.config.scst.groups.items():
            for name, tgrp in group.target_groups.items():
                yield dgrp, name, tgrp

    def logged_in(self, target: str, group: str) -> set[str]:
        """The initiators that are logged in to a target and see a group of it, or, for "", its own LUNs."""
        return {session.initiator for session in self.facts.sessions_of(target) if session.group == group}

    def groups_of(self, initiator: str, target: str) -> set[str]:
        """The groups that the sessions of an initiator with a target see, "" for the target's own LUNs."""
        sessions = self.facts.sessions_of(target)
        return {session.group for session in sessions if session.initiator == initiator}

    def views(self, name: str) -> dict[str, InitiatorGroup]:
        """What initiators see of a target: its groups, and its own LUNs as "" where anybody may see them."""
        target = self.config.scst.targets[name]
        views = dict(sorted(target.groups.items()))
        if target.luns or not views or self.logged_in(name, ""):
            views[""] = InitiatorGroup(target.luns)
        return views


class Sight(Record):
    """What an initiator sees of a target: groups, each with the entry that takes it, "" where none does."""

    target: str
    groups: Mapping[str, str]
    logged_in: bool

    @property
    def is_known(self) -> bool:
        """Whether the target knows the initiator: it is logged in, or a group takes it."""
        return self.logged_in or "" not in self.groups


def sights(box: Box, initiator: str) -> list[Sight]:
    """What an initiator sees of each target.

    Of targets that do not know it those count that have LUNs of their own, of the drivers that it uses.
    """
    targets = box.config.scst.targets
    possible = [_sight(box, initiator, name) for name in sorted(targets)]
    known = {sight.target for sight in possible if sight.is_known}
    used = {targets[name].driver for name in known}
    seen = known | _open_targets(box.config.scst, used or _drivers(box.config.scst, initiator))
    return [sight for sight in possible if sight.target in seen]


def _open_targets(scst: Scst, drivers: set[str]) -> set[str]:
    """The targets of these drivers that show LUNs to initiators that no group takes."""
    return {name for name, target in scst.targets.items() if target.luns and target.driver in drivers}


def _drivers(scst: Scst, initiator: str) -> set[str]:
    """The drivers that an initiator of such a name may use."""
    is_iscsi = initiator.lower().startswith(_ISCSI)
    return {target.driver for target in scst.targets.values() if (target.driver == "iscsi") == is_iscsi}


def _sight(box: Box, initiator: str, target: str) -> Sight:
    """What it sees: the group of its session, or else those that take it, or none."""
    entries = taken(initiator, box.config.scst.targets[target].groups)
    sessions = box.groups_of(initiator, target)
    groups = sorted(sessions or entries or {""})
    return Sight(target, {group: entries.get(group, "") for group in groups}, bool(sessions))


def initiators(scst: Scst, facts: Facts) -> set[str]:
    """The initiators that are logged in or in a group."""
    groups = (group for target in scst.targets.values() for group in target.groups.values())
    return {session.initiator for session in facts.sessions}.union(*(group.initiators for group in groups))


def may_be_initiator(name: str, scst: Scst) -> bool:
    """Whether a name that nothing has is an initiator's: by its form, or because a group takes it."""
    is_target = difflib.get_close_matches(name, scst.targets, 1, _SIMILAR)
    if _INITIATOR.fullmatch(name) and not is_target:
        return True
    return any(taken(name, target.groups) for target in scst.targets.values())
