"""SCST targets: names and ids that are taken twice or refused, and targets that initiators cannot use.

Source: SCST 3.11, observed on a running kernel 2026-11.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator

from ...config.scst import SWITCHLESS, Driver, Scst, Target
from ...executors.scst.facts import Facts
from .. import Finding
from .luns import lun_tables

_ISCSI_NAME = re.compile(r"(iqn\.[0-9]{4}-[0-9]{2}\.|eui\.|naa\.)\S+")


def findings(changed: Scst, scst: Scst) -> Iterator[Finding]:
    """What initiators cannot reach of what changed, and what they would not see."""
    others = scst.targets.items() if changed.drivers else ()
    targets = {name: target for name, target in others if target.driver in changed.drivers}
    for name, target in {**targets, **changed.targets}.items():
        if target.driver == "iscsi":
            yield from _iscsi_name(name)
            yield from _iscsi_driver(name, target, scst)
        yield from _first_luns(name, target)
        yield from _initiators(name, target)


def equal_ids(changed: Scst, scst: Scst) -> Iterator[Finding]:
    """Ids that a target that changed and another one have, both enabled; SCST refuses them (EBADSLT)."""
    owners: dict[int, str] = {}
    for name, number in _enabled_ids(scst) if changed.targets else ():
        owner = owners.setdefault(number, name)
        if owner != name and not changed.targets.keys().isdisjoint((owner, name)):
            text = f"rel_tgt_id {number} is {owner}'s too, and both are enabled"
            hint = f"scst target set {name} rel_tgt_id={_free_id(scst)}"
            yield Finding("E315", "scst", f"scst {name}", text, hint)


def twins(facts: Facts) -> Iterator[Finding]:
    """Targets of several drivers that share a name: which one an edit would change is chance."""
    for name in sorted(facts.twins):
        text = "targets of two drivers have this name, and esosh tells targets apart only by their names"
        yield Finding("E319", "scst", f"scst {name}", text)


def is_enabled(target: Target) -> bool:
    """Whether a target is enabled, which those of some drivers always are."""
    return target.enabled or target.driver in SWITCHLESS


def _enabled_ids(scst: Scst) -> Iterator[tuple[str, int]]:
    """The enabled targets that have an id, each with its id."""
    for name, target in scst.targets.items():
        if is_enabled(target) and target.rel_tgt_id:
            yield name, target.rel_tgt_id


def _free_id(scst: Scst) -> int:
    """The lowest id that no target has."""
    taken = {target.rel_tgt_id for target in scst.targets.values()}
    return next(number for number in itertools.count(1) if number not in taken)


def _iscsi_name(name: str) -> Iterator[Finding]:
    """An iSCSI target has a name that initiators accept."""
    if not _ISCSI_NAME.match(name):
        text = "initiators do not accept this name of an iSCSI target; use iqn.YEAR-MONTH.DOMAIN:NAME"
        yield Finding("W331", "scst", f"scst {name}", text)


def _iscsi_driver(name: str, target: Target, scst: Scst) -> Iterator[Finding]:
    """An iSCSI target answers only while its driver is enabled."""
    driver = scst.drivers.get("iscsi", Driver())
    if target.enabled and not driver.enabled:
        text = "its driver iscsi is disabled, so it does not answer"
        yield Finding("W332", "scst", f"scst {name}", text, "scst driver enable iscsi")


def _first_luns(name: str, target: Target) -> Iterator[Finding]:
    """Where there are LUNs, one is LUN 0."""
    for group, luns in lun_tables(target):
        if luns and "0" not in luns:
            place = f"group {group}: " if group else ""
            yield Finding("W333", "scst", f"scst {name}", f"{place}no LUN 0: many initiators look no further")


def _initiators(name: str, target: Target) -> Iterator[Finding]:
    """An initiator is in one group of a target."""
    counts = Counter(itertools.chain.from_iterable(group.initiators for group in target.groups.values()))
    for initiator in sorted(counts):
        if counts[initiator] > 1:
            yield Finding("E334", "scst", f"scst {name}", f"initiator {initiator} is in two groups")
