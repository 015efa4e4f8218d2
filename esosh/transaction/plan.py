"""Two configurations -> the ordered steps from one to the other."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Optional

from ..config import FIELDS, Config
from ..executors import executor
from ..executors.step import DISRUPTIONS, STAGES, Expect, Replace, Step
from ..host import Host
from ..views.secrets import has_plain_secret
from . import encoding

RECORD = "/etc/esosh/config.esh"


@dataclass(frozen=True)
class Machine:
    """What a plan must know of the machine: each section's facts, and the texts of the files to amend."""

    facts: Mapping[str, Any]
    texts: Mapping[str, Optional[str]]

    def carriers(self, address: str) -> tuple[str, ...]:
        """The interfaces that carry connections to an address of this host."""
        links: list[str] = []
        for section, facts in self.facts.items():
            finder = getattr(executor(section), "carriers", None)
            links += finder(facts, address) if finder else ()
        return tuple(links)


@dataclass(frozen=True)
class Plan:
    """Steps in the order in which they are taken."""

    steps: tuple[Step, ...] = ()

    @property
    def id(self) -> str:
        """A short name for exactly these steps."""
        return hashlib.sha256(json.dumps(encoding.encode(self.steps)).encode()).hexdigest()[:8]

    @property
    def disruption(self) -> str:
        """The worst disruption of its steps."""
        return DISRUPTIONS[max((step.worst for step in self.steps), default=0)]

    def exceeds(self, allowed: str) -> bool:
        """Whether it disrupts more than what is allowed: a link, where `allowed` is ""."""
        return DISRUPTIONS.index(self.disruption) > DISRUPTIONS.index(allowed or "link")

    def touching(self, links: Collection[str]) -> tuple[Step, ...]:
        """The steps that disturb one of these interfaces."""
        return tuple(step for step in self.steps if step.worst and _names_in(step) & set(links))

    @property
    def irreversible(self) -> tuple[Step, ...]:
        """The steps that cannot be undone."""
        return tuple(step for step in self.steps if step.undo is None)


def _names_in(step: Step) -> set[str]:
    """The words of a step's action that may name an interface."""
    return set(re.findall(r"[\w.]+", str(step.do)))


def look(host: Host) -> Machine:
    """Read what a plan must know."""
    paths = {RECORD}.union(*(executor(section).FILES for section in FIELDS))
    texts = {path: _text(host, path) for path in sorted(paths)}
    return Machine({section: executor(section).facts(host) for section in FIELDS}, texts)


def _text(host: Host, path: str) -> Optional[str]:
    return host.read(path) if host.exists(path) else None


def plan(
    old: Config, new: Config, machine: Machine, record: Optional[str] = None, saved: Optional[Config] = None
) -> Plan:
    """The steps from `old` to `new`; `record` is the text that config.esh is to have.

    `saved`: the configuration of the files, where that is not `old`. Pure. Where nothing differs there is no
    step, whatever `record` is.
    """
    steps: list[Step] = []
    for section in FIELDS:
        steps += executor(section).steps(old, new, machine.facts[section])
    steps += _file_steps(saved or old, new, machine)
    steps.sort(key=lambda step: (STAGES.index(step.stage), FIELDS.index(step.section)))
    if steps and record is not None and record != machine.texts[RECORD]:
        steps.append(_replace(RECORD, machine.texts[RECORD], record, ""))
    return Plan(tuple(steps))


def _file_steps(old: Config, new: Config, machine: Machine) -> Iterator[Step]:
    """One step for each file, with what all sections change in it."""
    for path, before in machine.texts.items():
        text = before or ""
        notes: list[str] = []
        changed_by = ""
        for section in _owners(path):
            amended = executor(section).amend(path, text, old, new)
            if amended != text:
                notes += executor(section).notes(path, text, old, new)
                text, changed_by = amended, section
        if changed_by:
            yield _replace(path, before, text, changed_by, tuple(notes))


def _owners(path: str) -> list[str]:
    """The sections that change a file."""
    return [section for section in FIELDS if path in executor(section).FILES]


def _replace(path: str, old: Optional[str], new: str, section: str, notes: tuple[str, ...] = ()) -> Step:
    before = Expect(path, "absent") if old is None else Expect(path, "is", old)
    after = Expect(path, "is", new)
    mode = 0o600 if has_plain_secret(new) else None
    do, undo = Replace(path, new, mode), (Replace(path, old),)
    return Step(do, undo, (before,), after, "save", section, notes=notes)
