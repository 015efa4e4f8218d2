"""ALUA: the ids by which initiators tell paths apart."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Optional

from ..config import Config
from ..config.scst import DeviceGroup, Scst, is_local, rel_tgt_id
from ..transaction.plan import Machine
from . import Finding


def findings(config: Config, machine: Machine, since: Optional[Config]) -> Iterator[Finding]:
    """Ids that are missing, or that two have."""
    if since is not None and _has_same_ports(config.scst, since.scst):
        return
    for name, group in config.scst.groups.items():
        yield from _group_ids(name, group)
        yield from _target_ids(name, group, config.scst)


def _has_same_ports(scst: Scst, other: Scst) -> bool:
    return scst.groups is other.groups and scst.targets is other.targets


def _group_ids(name: str, group: DeviceGroup) -> Iterator[Finding]:
    """Every target group has an id of its own."""
    owners: dict[int, str] = {}
    for tgrp, target_group in group.target_groups.items():
        group_id = target_group.group_id
        owner = owners.setdefault(group_id, tgrp)
        subject, hint = f"alua {name} {tgrp}", f"alua tgrp set {name} {tgrp} group_id="
        if not group_id:
            text = "no group_id: initiators cannot tell its paths apart"
            yield Finding("W310", "alua", subject, text, hint)
        elif owner != tgrp:
            yield Finding("E311", "alua", subject, f"group_id {group_id} is {owner}'s too", hint)


def _target_ids(name: str, group: DeviceGroup, scst: Scst) -> Iterator[Finding]:
    """Every port has a relative target id of its own; SCST gives this host's ports theirs."""
    owners: dict[int, str] = {}
    for tgrp, target, number in _ports(group, scst):
        subject, hint = f"alua {name} {tgrp} {target}", f"alua target set {name} {tgrp} {target} rel_tgt_id="
        if number in owners:
            text = f"rel_tgt_id {number} is {owners[number]}'s too"
            yield Finding("E312", "alua", subject, text, hint, overridable=True)
        elif number:
            owners[number] = target
        elif not is_local(scst, target):
            yield Finding("W314", "alua", subject, "no rel_tgt_id: the other host's port has one", hint)


def _ports(group: DeviceGroup, scst: Scst) -> Iterator[tuple[str, str, int]]:
    """The ports of a device group, each with its target group and its relative target id."""
    for tgrp, target_group in group.target_groups.items():
        for target, port in target_group.targets.items():
            yield tgrp, target, rel_tgt_id(scst, target, port)
