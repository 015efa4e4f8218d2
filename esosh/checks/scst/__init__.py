"""SCST: what its kernel refuses, and what it does to initiators without a word.

`findings` and `changes` list what is checked, in the order in which the findings are shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Optional

from ...config import Config
from ...config.scst import Scst, beyond
from ...executors.scst import SCST_CONF
from ...executors.scst.facts import Facts
from ...transaction.plan import Machine
from .. import Finding
from . import attributes, devices, logins, peer, running, saved, stopped, syntax, targets

__all__ = ("changes", "findings", "peer")


def findings(config: Config, machine: Machine, since: Optional[Config]) -> Iterator[Finding]:
    """What SCST would refuse, who would lose what, and what no initiator would see."""
    scst, facts, text = config.scst, _facts(machine), machine.texts[SCST_CONF] or ""
    known = Scst() if since is None else since.scst
    changed = scst if since is None else beyond(scst, known)
    yield from attributes.findings(changed, scst, facts)
    yield from targets.equal_ids(changed, scst)
    if since is None:
        yield from syntax.findings(text)
    yield from saved.findings(changed, scst, known, facts)
    if since is None and facts.loaded:
        yield from saved.undefined_in_file(scst, facts, text)
    yield from devices.findings(changed, scst)
    yield from targets.findings(changed, scst)
    yield from running.findings(scst, facts) if facts.loaded else stopped.findings(changed, scst, facts)


def changes(old: Config, new: Config, machine: Machine) -> Iterator[Finding]:
    """What is wrong with the change from one configuration to another."""
    facts = _facts(machine)
    if facts.loaded:
        yield from running.saved_only_devices(old.scst, new.scst, facts)
        yield from saved.saved_only_groups(old.scst, new.scst, facts)
        yield from attributes.without_default(old.scst, new.scst)
    yield from targets.twins(facts)
    yield from devices.missing_files(old.scst, new.scst, facts)
    yield from logins.findings(old.scst, new.scst, facts)


def _facts(machine: Machine) -> Facts:
    facts: Facts = machine.facts["scst"]
    return facts
