"""Per topic: what is wrong, or looks wrong, with a configuration on this machine.

An error refuses the commit, a warning never asks. `force "REASON"` passes an error that is `overridable`.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import dataclass

from ..config import Config
from ..plan import Machine

TOPICS = ("alua", "net", "svc")


@dataclass(frozen=True)
class Finding:
    """One finding: E... is an error, W... a warning; `topic` is its section, `mend` a line that would help."""

    code: str
    topic: str
    subject: str
    text: str
    mend: str = ""
    overridable: bool = False

    @property
    def error(self) -> bool:
        """Whether it refuses a commit."""
        return self.code.startswith("E")


def findings(config: Config, machine: Machine) -> Iterator[Finding]:
    """All findings on a configuration."""
    for topic in TOPICS:
        yield from importlib.import_module(f"{__name__}.{topic}").findings(config, machine)
