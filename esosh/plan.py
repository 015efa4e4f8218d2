"""Two configurations -> the ordered steps from one to the other."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Optional

from .config import Config
from .executors import SECTIONS, executor
from .host import Host
from .step import DISRUPTIONS, STAGES, Replace, See, Step, to_data
from .views import is_secretive

SAVED = "/etc/esosh/config.esh"


@dataclass(frozen=True)
class Machine:
    """What a plan must know of the machine: each section's facts, and the texts of the files it may amend."""

    facts: Mapping[str, Any]
    texts: Mapping[str, Optional[str]]


@dataclass(frozen=True)
class Plan:
    """Steps in the order in which they are taken."""

    steps: tuple[Step, ...] = ()

    @property
    def id(self) -> str:
        """A short name for exactly these steps."""
        return hashlib.sha256(json.dumps(to_data(self.steps)).encode()).hexdigest()[:8]

    @property
    def disruption(self) -> str:
        """The worst disruption of its steps."""
        return DISRUPTIONS[max((step.worst for step in self.steps), default=0)]

    def exceeds(self, allowed: str) -> bool:
        """Whether it disrupts more than what was allowed; where nothing was said, that is a link."""
        return DISRUPTIONS.index(self.disruption) > DISRUPTIONS.index(allowed or "link")

    def touching(self, links: Collection[str]) -> tuple[Step, ...]:
        """The steps that disturb one of these interfaces."""
        return tuple(step for step in self.steps if step.worst and set(re.findall(r"[\w.]+", str(step.do))) & set(links))

    @property
    def lasting(self) -> tuple[Step, ...]:
        """The steps that cannot be undone."""
        return tuple(step for step in self.steps if step.undo is None)


def look(host: Host) -> Machine:
    """Read what a plan must know."""
    paths = {path for section in SECTIONS for path in executor(section).FILES} | {SAVED}
    texts = {path: host.read(path) if host.exists(path) else None for path in sorted(paths)}
    return Machine({section: executor(section).facts(host) for section in SECTIONS}, texts)


def plan(old: Config, new: Config, machine: Machine, saved: Optional[str] = None, filed: Optional[Config] = None) -> Plan:
    """The steps from `old` to `new`; `saved` is the text that config.esh is to have.

    `filed`: what the files say, where that is not `old`. Pure. Nothing differs: no step, whatever `saved` says.
    """
    steps = [step for section in SECTIONS for step in executor(section).steps(old, new, machine.facts[section])]
    steps += _files(filed or old, new, machine)
    steps.sort(key=lambda step: (STAGES.index(step.stage), SECTIONS.index(step.section)))
    if steps and saved is not None and saved != machine.texts[SAVED]:
        steps.append(_replace(SAVED, machine.texts[SAVED], saved, ""))
    return Plan(tuple(steps))


def _files(old: Config, new: Config, machine: Machine) -> Iterator[Step]:
    """One step for each file, with what all sections change in it."""
    for path, before in machine.texts.items():
        text, notes, sections = before or "", [], []
        for section in SECTIONS:
            if path in executor(section).FILES:
                amended = executor(section).amend(path, text, old, new)
                if amended != text:
                    notes += executor(section).notes(path, text, old, new)
                    sections.append(section)
                text = amended
        if sections:
            yield _replace(path, before, text, sections[-1], tuple(notes))


def _replace(path: str, old: Optional[str], new: str, section: str, notes: tuple[str, ...] = ()) -> Step:
    before = See(path, "gone") if old is None else See(path, "is", old)
    mode = 0o600 if is_secretive(new) else None
    return Step(Replace(path, new, mode), (Replace(path, old),), (before,), See(path, "is", new), "save", section, notes=notes)
