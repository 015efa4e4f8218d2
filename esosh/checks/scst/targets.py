"""SCST targets: names and ids that are taken twice or refused, and targets that initiators cannot use.

Source: SCST 3.11, observed on a running kernel 2026-11.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Callable

from ...config.scst import PARENT, SWITCHLESS, Driver, Scst, Target, all_ports
from ...executors.scst.facts import Facts
from ...executors.scst.initiators import takes
from ...views import few
from .. import Finding
from .luns import lun_tables

_ISCSI_NAME = re.compile(r"(iqn\.[0-9]{4}-[0-9]{2}\.|eui\.|naa\.)\S+")
_LOOPBACK = "127."


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


def portals(changed: Scst, addresses: Callable[[], Sequence[str]]) -> Iterator[Finding]:
    """Targets that nobody reaches: SCST compares allowed_portal with the local address of a connection.

    Source: iscsi-scst/usr/target.c (target_portal_allowed); of IPv6 addresses nothing is known here.
    """
    for name, target in changed.targets.items():
        entries = sorted(target.portals)
        if not entries or any(":" in entry for entry in entries) or not addresses():
            continue
        if not any(takes(entry, address) for entry in entries for address in addresses()):
            others = [address for address in addresses() if not address.startswith(_LOOPBACK)]
            text = f"no interface has an address that fits allowed_portal {few(entries)}"
            text += f" (there are: {few(others)})" if others else " (there is none but the loopback's)"
            yield Finding("W380", "scst", f"scst {name}", text)


def virtual_ports(changed: Scst, facts: Facts) -> Iterator[Finding]:
    """Virtual Fibre Channel ports that do not run: whether SCST can make them is its driver's matter.

    Source: SCST, qla2x00t-32gbit (scst_qla2xxx) has add_target; the README of qla2x00t: no NPIV.
    """
    for name, target in changed.targets.items():
        parent = target.attributes.get(PARENT, "")
        if not parent or name in facts.targets:
            continue
        text = "SCST makes this virtual port when it starts, if its driver is scst_qla2xxx; qla2x00tgt cannot"
        yield Finding("W381", "scst", f"scst {name}", text)
        if facts.ports and parent not in facts.ports:
            text = f"its parent_host {parent} is no port of this box; there are: {few(sorted(facts.ports))}"
            yield Finding("W381", "scst", f"scst {name}", text)


def equal_ids(changed: Scst, scst: Scst) -> Iterator[Finding]:
    """Ids that a target that changed and another one have, both enabled; SCST refuses them (EBADSLT)."""
    owners: dict[int, str] = {}
    free = _free_ids(scst)
    for name, number in _enabled_ids(scst) if changed.targets else ():
        owner = owners.setdefault(number, name)
        if owner != name and not changed.targets.keys().isdisjoint((owner, name)):
            text = f"rel_tgt_id {number} is {owner}'s too, and both are enabled"
            hint = f"scst target set {_less_known(owner, name, scst)} rel_tgt_id={next(free)}"
            yield Finding("E315", "scst", f"scst {name}", text, hint)


def twins(facts: Facts) -> Iterator[Finding]:
    """Targets of several drivers that share a name: which one an edit would change is chance."""
    for name in sorted(facts.twins):
        text = "targets of two drivers have this name, and esosh tells targets apart only by their names"
        yield Finding("E319", "scst", f"scst {name}", text)


def answers(target: Target, scst: Scst) -> bool:
    """Whether initiators stay logged in to a target; of the drivers only iscsi has a switch of its own."""
    driver = scst.drivers.get(target.driver, Driver(enabled=True))
    return _is_enabled(target) and (driver.enabled or target.driver != "iscsi")


def _is_enabled(target: Target) -> bool:
    """Whether a target is enabled, which those of some drivers always are."""
    return target.enabled or target.driver in SWITCHLESS


def _enabled_ids(scst: Scst) -> Iterator[tuple[str, int]]:
    """The enabled targets that have an id, each with its id."""
    for name, target in scst.targets.items():
        if _is_enabled(target) and target.rel_tgt_id:
            yield name, target.rel_tgt_id


def _less_known(first: str, second: str, scst: Scst) -> str:
    """Which of two targets is to get another id: not one in a target group, which the other host knows."""
    known = {name for ports in all_ports(scst) for name in ports}
    return next((name for name in (second, first) if name not in known), second)


def _free_ids(scst: Scst) -> Iterator[int]:
    """The ids that no target has, nor a port of the other host, the lowest first."""
    taken = {port.rel_tgt_id for ports in all_ports(scst) for port in ports.values()}
    taken.update(target.rel_tgt_id for target in scst.targets.values())
    return (number for number in itertools.count(1) if number not in taken)


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
            text = f"SCST will not start: initiator {initiator} is in two groups"
            yield Finding("E334", "scst", f"scst {name}", text)
