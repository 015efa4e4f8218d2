"""Toys: what a child could swallow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Optional

from ..config import Config
from ..transaction.plan import Machine
from . import Finding


def findings(config: Config, machine: Machine, since: Optional[Config]) -> Iterator[Finding]:
    """Balls that are too small."""
    for name, ball in config.toy.balls.items():
        if ball.size < 5:
            yield Finding("W999", "toy", f"toy {name}", "it is small enough to swallow", f"toy ball set {name} size=5")
