"""The cluster: what Pacemaker refuses to start, and what the agents of ESOS do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Optional

from ...config import Config
from ...config.ha import Ha
from ...executors.ha.changing import Facts
from ...transaction.plan import Machine
from .. import Finding
from . import agents

_FENCING = "ha property stonith-enabled=false"


def findings(config: Config, machine: Machine, since: Optional[Config]) -> Iterator[Finding]:
    """What would not start, and what would not stop in time."""
    known = Ha() if since is None else since.ha
    if not config.ha.resources or config.ha == known:
        return
    facts: Facts = machine.facts["ha"]
    yield from agents.findings(config.ha, known, facts)
    for text in facts.verify(facts.text_with(config.ha)):
        yield Finding("E410", "ha", "ha", text, _FENCING if "STONITH resources have" in text else "")
