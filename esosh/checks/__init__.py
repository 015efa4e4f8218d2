"""Per section: what is wrong, or looks wrong, with a configuration on this machine.

An error refuses the commit, a warning does not. `force "REASON"` passes an error that is `overridable`.
The module of each section has

    findings(config, machine, since)    what is wrong with a configuration; of what is the same in `since`,
                                        where that is given, nothing need be found

and, where it needs them,

    changes(old, new, machine)          what is wrong with the change from one configuration to another
    peer                                a module that compares this host with the other one of a pair: it has
                                        SECTIONS, whose lines it reads; FILE of the other host that says the
                                        same; theirs(mine, text, entries, name); and findings(mine, theirs)

Findings depend on the field of Config that holds the section, and on the machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Optional

from ..commands import differing_sections, section_module
from ..commands.sayable import unsayable
from ..config import Config
from ..language.sections import module, optional
from ..language.source import sections
from ..records import Record, replace
from ..transaction.plan import Machine


class Finding(Record):
    """One finding: E... is an error, W... a warning. `topic` is its section, `hint` a line that may help."""

    code: str
    topic: str
    subject: str
    text: str
    hint: str = ""
    overridable: bool = False
    standing: bool = False  # the machine has it already

    def __str__(self) -> str:
        return f"{self.code} {self.subject}: {self.text}"

    @property
    def error(self) -> bool:
        """Whether it refuses a commit; what the machine has already refuses none."""
        return self.code.startswith("E") and not self.standing


def findings(config: Config, machine: Machine, since: Optional[Config] = None) -> Iterator[Finding]:
    """The findings on a configuration, on all of it or on what is not the same in `since`."""
    for section in sections() if since is None else differing_sections(since, config):
        yield from module("checks", section).findings(config, machine, since)


def _kept_raw(config: Config) -> Iterator[Finding]:
    """What was made by hand, and no line can say."""
    for section in sections():
        for item in unsayable(config, section):
            text = f"no line can say this, so it stays as it is: {item.line} ({item.reason})"
            yield Finding("W382", section, f"{section} {item.name}".rstrip(), text)


def commit_findings(
    old: Config, new: Config, machine: Machine, since: Optional[Config] = None
) -> Iterator[Finding]:
    """The findings on the new configuration, marked where the old one has them too, and all on the change."""
    current = list(findings(new, machine, since))
    has_errors = any(finding.error for finding in current)
    earlier = {*findings(old, machine, since and new)} if has_errors else set()
    for finding in current:
        yield replace(finding, standing=finding in earlier)
    yield from _kept_raw(new) if since is None else ()
    concerned = sections() if since is None else differing_sections(old, new)
    yield from _changes(concerned, old, new, machine)


def warnings(
    found: Iterable[Finding], old: Config, new: Config, machine: Machine
) -> Iterator[Finding]:
    """The warnings among findings on the new configuration that the old one does not bring, too."""
    possible = [finding for finding in found if finding.code.startswith("W")]
    if possible:
        concerned = differing_sections(old, new)
        known = {*findings(old, machine, new), *_changes(concerned, old, old, machine)}
        yield from (finding for finding in possible if replace(finding, standing=False) not in known)


def changes(old: Config, new: Config, machine: Machine) -> Iterator[Finding]:
    """What is wrong with the change from one configuration to another."""
    return _changes(differing_sections(old, new), old, new, machine)


def _changes(concerned: Iterable[str], old: Config, new: Config, machine: Machine) -> Iterator[Finding]:
    for section in concerned:
        check = optional("checks", section, "changes")
        yield from check(old, new, machine) if check else ()
        yield from _emptied(section, old, new)


def peers() -> Iterator[tuple[str, Any]]:
    """The sections that compare two hosts, each with the module that does it."""
    for section in sections():
        peer = optional("checks", section, "peer")
        if peer:
            yield section, peer


def _emptied(section: str, old: Config, new: Config) -> Iterator[Finding]:
    """A section with several objects, of which the commit would leave nothing."""
    if next(_objects(section, new), None) is None:
        count = len(list(_objects(section, old)))
        if count > 1:
            text = f"the commit would remove all {count} objects of {section}"
            yield Finding("E303", section, section, text, overridable=True)


def _objects(section: str, config: Config) -> Iterator[str]:
    """The objects of a section that can be removed."""
    commands = section_module(section)
    for name in commands.names(config):
        if next(iter(commands.clear(config, name)), None) is not None:
            yield name
