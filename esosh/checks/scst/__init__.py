"""SCST: what its kernel refuses, and what it does to initiators without a word.

`findings` and `changes` list what is checked, in the order in which the findings are shown.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Optional

from ...config import Config
from ...config.scst import Scst, beyond
from ...executors.scst import SCST_CONF, conf
from ...executors.scst.facts import Facts
from ...transaction.plan import Machine
from .. import Finding
from . import attributes, devices, identity, logins, peer, running, saved, stopped, syntax, targets
from .start import Start

__all__ = ("changes", "findings", "peer")


def findings(config: Config, machine: Machine, since: Optional[Config]) -> Iterator[Finding]:
    """What SCST would refuse, who would lose what, and what no initiator would see."""
    scst, facts, text = config.scst, _facts(machine), machine.texts[SCST_CONF] or ""
    known = Scst() if since is None else since.scst
    changed = scst if since is None else beyond(scst, known)
    start = Start(text)
    yield from attributes.findings(changed, scst, facts)
    yield from targets.equal_ids(changed, scst)
    if since is None:
        yield from syntax.findings(text)
    yield from saved.findings(changed, scst, known, facts)
    if since is None and facts.loaded:
        yield from saved.undefined_in_file(scst, facts, text)
    yield from devices.findings(changed, scst)
    yield from targets.findings(changed, scst)
    yield from targets.virtual_ports(changed, facts)
    yield from targets.portals(changed, functools.cache(lambda: machine.addresses(config)))
    yield from start.names(changed, facts.devices)
    if not facts.loaded:
        yield from stopped.findings(changed, scst, facts, start)
        return
    yield from running.findings(scst, facts, start)
    if since is None:
        yield from running.missing_files(conf.read(text), facts, start)


def changes(old: Config, new: Config, machine: Machine) -> Iterator[Finding]:
    """What is wrong with the change from one configuration to another."""
    facts = _facts(machine)
    if facts.loaded:
        yield from running.saved_only_devices(old.scst, new.scst, facts)
        yield from saved.saved_only_groups(old.scst, new.scst, facts)
        yield from attributes.without_default(old.scst, new.scst)
        yield from devices.kept_identities(old.scst, new.scst, facts)
    yield from targets.twins(facts)
    yield from devices.missing_files(old.scst, new.scst, facts)
    yield from identity.findings(old.scst, new.scst)
    yield from logins.findings(old.scst, new.scst, facts)


def _facts(machine: Machine) -> Facts:
    facts: Facts = machine.facts["scst"]
    return facts
