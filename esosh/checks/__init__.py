"""Per section: what is wrong, or looks wrong, with a configuration on this machine.

An error refuses the commit, a warning does not. `force "REASON"` passes an error that is `overridable`.
The module of each section has

    findings(config, machine)       what is wrong with a configuration

and, where it needs them,

    changes(old, new, machine)      what is wrong with the change from one configuration to another
    peer                            a module that compares this host with the other one of a pair: it has
                                    SECTIONS, whose lines it reads; FILE of the other host that says the same;
                                    theirs(mine, text, entries, name); and findings(mine, theirs)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from ..commands import section_module
from ..config import Config
from ..language.sections import module
from ..language.source import sections
from ..transaction.plan import Machine


@dataclass(frozen=True)
class Finding:
    """One finding: E... is an error, W... a warning. `topic` is its section, `hint` a line that may help."""

    code: str
    topic: str
    subject: str
    text: str
    hint: str = ""
    overridable: bool = False
    standing: bool = False  # the machine has it already

    @property
    def error(self) -> bool:
        """Whether it refuses a commit; what the machine has already refuses none."""
        return self.code.startswith("E") and not self.standing


def findings(config: Config, machine: Machine) -> Iterator[Finding]:
    """All findings on a configuration."""
    for section in sections():
        yield from module("checks", section).findings(config, machine)


def commit_findings(old: Config, new: Config, machine: Machine) -> Iterator[Finding]:
    """All findings on the new configuration, marked where the old one has them too, and all on the change."""
    current = list(findings(new, machine))
    has_errors = any(finding.error for finding in current)
    earlier = {*findings(old, machine)} if has_errors else set()
    for finding in current:
        yield replace(finding, standing=finding in earlier)
    yield from changes(old, new, machine)


def changes(old: Config, new: Config, machine: Machine) -> Iterator[Finding]:
    """What is wrong with the change from one configuration to another."""
    for _, check in _parts("changes"):
        yield from check(old, new, machine)
    yield from _emptied(old, new)


def peers() -> Iterator[tuple[str, Any]]:
    """The sections that compare two hosts, each with the module that does it."""
    return _parts("peer")


def _parts(name: str) -> Iterator[tuple[str, Any]]:
    """A part that only some sections' modules have, with the section."""
    for section in sections():
        part = getattr(module("checks", section), name, None)
        if part:
            yield section, part


def _emptied(old: Config, new: Config) -> Iterator[Finding]:
    """Sections with several objects, of which the commit would leave nothing."""
    for section in sections():
        objects = _objects(section, old)
        if len(objects) > 1 and not _objects(section, new):
            text = f"the commit would remove all {len(objects)} objects of {section}"
            yield Finding("E303", section, section, text, overridable=True)


def _objects(section: str, config: Config) -> list[str]:
    """The objects of a section that can be removed."""
    commands = section_module(section)
    return [name for name in commands.names(config) if list(commands.clear(config, name))]
