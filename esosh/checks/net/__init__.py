"""The network: what the kernel and rc.network refuse, and what they accept to the user's harm."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Optional

from ...config import Config
from ...executors.net import NETWORK_CONF
from ...transaction.plan import Machine
from .. import Finding
from . import bonds, links, mtus, sections


def findings(config: Config, machine: Machine, since: Optional[Config]) -> Iterator[Finding]:
    """Links that the kernel would refuse, and sections that rc.network would not take."""
    facts = machine.facts["net"]
    shown = facts.links
    yield from bonds.findings(config.net, shown)
    yield from links.findings(config.net, shown)
    yield from mtus.findings(config.net, facts, since.net if since else None)
    yield from sections.findings(config.net, machine.texts[NETWORK_CONF] or "")


def changes(old: Config, new: Config, machine: Machine) -> Iterator[Finding]:
    """What of the running network a change of the files takes away at the next start."""
    return links.changes(old.net, new.net, machine.facts["net"].links)
