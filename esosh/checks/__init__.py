"""Per topic: what is wrong, or looks wrong, with a configuration on this machine.

An error refuses the commit, a warning never asks. `force "REASON"` passes an error that is `overridable`.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from .. import commands
from ..config import Config
from ..plan import Machine

TOPICS = ("scst", "alua", "net", "svc")


@dataclass(frozen=True)
class Finding:
    """One finding: E... is an error, W... a warning; `topic` is its section, `mend` a line that would help."""

    code: str
    topic: str
    subject: str
    text: str
    mend: str = ""
    overridable: bool = False
    standing: bool = False  # the machine has it already

    @property
    def error(self) -> bool:
        """Whether it refuses a commit; what the machine has already refuses none."""
        return self.code.startswith("E") and not self.standing


def findings(config: Config, machine: Machine) -> Iterator[Finding]:
    """All findings on a configuration."""
    for topic in TOPICS:
        yield from _of(topic).findings(config, machine)


def since(old: Config, new: Config, machine: Machine) -> Iterator[Finding]:
    """All findings on a configuration that is to come, and on the way to it, each with whether the old one has it too."""
    found = list(findings(new, machine))
    known = {*findings(old, machine)} if any(finding.error for finding in found) else set()
    yield from (replace(finding, standing=finding in known) for finding in found)
    yield from changes(old, new, machine)


def changes(old: Config, new: Config, machine: Machine) -> Iterator[Finding]:
    """What is wrong with the way from one configuration to the other."""
    facts = machine.facts["scst"]
    if facts.loaded:
        yield from _of("scst").idle(old.scst, new.scst, facts)
        yield from _of("saved").idle(old.scst, new.scst, facts)
        yield from _of("scst").undefaulted(old.scst, new.scst)
    if old.scst != new.scst:
        yield from _of("scst").twins(facts)
        yield from _of("scst").made(old.scst, new.scst, facts)
        yield from _of("sessions").findings(old.scst, new.scst, facts)
    yield from _emptied(old, new)


def _of(topic: str) -> Any:
    """The module of a topic."""
    return importlib.import_module(f"{__name__}.{topic}")


def _emptied(old: Config, new: Config) -> Iterator[Finding]:
    """Sections of which the commit would leave nothing, though there are several objects."""
    for name in commands.SECTIONS:
        section = commands.section(name)
        before = [each for each in section.names(old) if list(section.clear(old, each))]
        if len(before) > 1 and not any(list(section.clear(new, each)) for each in section.names(new)):
            yield Finding("E303", name, name, f"everything of {name} would go: {len(before)} objects", overridable=True)
