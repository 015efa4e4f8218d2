"""The cluster: what crm_verify refuses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Optional

from ..config import Config
from ..executors.ha.changing import Facts
from ..transaction.plan import Machine
from . import Finding


def findings(config: Config, machine: Machine, since: Optional[Config]) -> Iterator[Finding]:
    """What Pacemaker would not start anything with."""
    if not config.ha.resources:
        return
    facts: Facts = machine.facts["ha"]
    for text in facts.verify(facts.text_with(config.ha)):
        yield Finding("E390", "ha", "ha", text)
