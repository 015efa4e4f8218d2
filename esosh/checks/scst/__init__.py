"""SCST: what its kernel refuses, and what it does to initiators without a word.

`findings` and `changes` list what is checked, in the order in which the findings are shown.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...config import Config
from ...executors.scst import SCST_CONF
from ...executors.scst.facts import Facts
from ...transaction.plan import Machine
from .. import Finding
from . import attributes, devices, logins, peer, running, saved, stopped, targets

__all__ = ("changes", "findings", "peer")


def findings(config: Config, machine: Machine) -> Iterator[Finding]:
    """What SCST would refuse, who would lose what, and what no initiator would see."""
    scst, facts = config.scst, _facts(machine)
    yield from attributes.findings(scst, facts)
    yield from targets.equal_ids(scst)
    yield from saved.findings(scst, facts, machine.texts[SCST_CONF] or "")
    yield from devices.findings(scst)
    yield from targets.findings(scst)
    yield from running.findings(scst, facts) if facts.loaded else stopped.findings(scst, facts)


def changes(old: Config, new: Config, machine: Machine) -> Iterator[Finding]:
    """What is wrong with the change from one configuration to another."""
    facts = _facts(machine)
    if facts.loaded:
        yield from running.saved_only_devices(old.scst, new.scst, facts)
        yield from saved.saved_only_groups(old.scst, new.scst, facts)
        yield from attributes.without_default(old.scst, new.scst)
    if old.scst != new.scst:
        yield from targets.twins(facts)
        yield from devices.missing_files(old.scst, new.scst, facts)
        yield from logins.findings(old.scst, new.scst, facts)


def _facts(machine: Machine) -> Facts:
    facts: Facts = machine.facts["scst"]
    return facts
