"""ALUA: ids that initiators tell paths by."""

from __future__ import annotations

from collections.abc import Iterator

from ..commands.alua import local, rel_tgt_id
from ..config import Config, DeviceGroup
from ..plan import Machine
from . import Finding


def findings(config: Config, machine: Machine) -> Iterator[Finding]:
    """Ids that are missing or given twice."""
    for name, group in config.scst.groups.items():
        yield from _group_ids(name, group)
        yield from _target_ids(name, group, config)


def _group_ids(name: str, group: DeviceGroup) -> Iterator[Finding]:
    seen: dict[int, str] = {}
    for tgrp, about in group.target_groups.items():
        if not about.group_id:
            yield Finding("W310", "alua", f"alua {name} {tgrp}", "no group_id: initiators cannot tell its paths apart",
                          f"alua tgrp set {name} {tgrp} group_id=")
        elif about.group_id in seen:
            yield Finding("E311", "alua", f"alua {name} {tgrp}", f"group_id {about.group_id} is {seen[about.group_id]}'s too",
                          f"alua tgrp set {name} {tgrp} group_id=")
        seen.setdefault(about.group_id, tgrp)


def _target_ids(name: str, group: DeviceGroup, config: Config) -> Iterator[Finding]:
    seen: dict[int, str] = {}
    ports = [(tgrp, target, rel_tgt_id(config, target, port))
             for tgrp, about in group.target_groups.items() for target, port in about.targets.items()]
    for tgrp, target, number in ports:
        subject, mend = f"alua {name} {tgrp} {target}", f"alua target set {name} {tgrp} {target} rel_tgt_id="
        if number and number in seen:
            yield Finding("E312", "alua", subject, f"rel_tgt_id {number} is {seen[number]}'s too", mend, overridable=True)
        elif not number and not local(config, target):
            yield Finding("W314", "alua", subject, "no rel_tgt_id: the other host's port has one", mend)
        seen.setdefault(number, target)
