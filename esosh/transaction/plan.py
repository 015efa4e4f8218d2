"""Two configurations -> the ordered steps from one to the other."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Callable, Optional

from ..config import FIELDS, Config
from ..config.lazy import Lazy
from ..executors import executor, optional
from ..executors.step import DISRUPTIONS, STAGES, Expect, Replace, Step
from ..host import Host
from ..records import Record
from ..views.secrets import has_plain_secret
from . import encoding

RECORD = "/etc/esosh/config.esh"


class Machine(Record):
    """What a plan must know of the machine: each section's facts, and the texts of the files to amend."""

    facts: Mapping[str, Any]
    texts: Mapping[str, Optional[str]]

    def carriers(self, address: str) -> tuple[str, ...]:
        """The interfaces that carry connections to an address of this host."""
        links: list[str] = []
        for section in self.facts:
            finder = optional(section, "carriers")
            links += finder(self.facts[section], address) if finder else ()
        return tuple(links)

    def addresses(self, config: Config) -> tuple[str, ...]:
        """The addresses that this host has, or gets with a configuration; none where nobody can look."""
        found: dict[str, None] = {}
        for section in self.facts:
            finder = optional(section, "addresses")
            found.update(dict.fromkeys(finder(self.facts[section], config) if finder else ()))
        return tuple(found)


class Plan(Record):
    """Steps in the order in which they are taken."""

    steps: tuple[Step, ...] = ()

    @property
    def id(self) -> str:
        """A short name for exactly these steps."""
        import hashlib  # only what is shown or committed needs its name
        import json

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


class _Texts(dict[str, Optional[str]]):
    """The texts of files; each is read when it is asked for."""

    def __init__(self, host: Host) -> None:
        super().__init__()
        self._host = host

    def __missing__(self, path: str) -> Optional[str]:
        self[path] = self._host.read(path) if self._host.exists(path) else None
        return self[path]


def look(host: Host) -> Machine:
    """What a plan must know, each part read when it is asked for."""
    return Machine(Lazy(FIELDS, lambda section: executor(section).facts(host)), _Texts(host))


def plan(
    old: Config, new: Config, machine: Machine, record: Optional[Callable[[], str]] = None,
    saved: Optional[Config] = None,
) -> Plan:
    """The steps from `old` to `new`; `record` gives the text that config.esh is to have.

    `saved`: the configuration of the files, where that is not `old`. Pure. Where nothing differs there is no
    step, whatever `record` is. A section that both share is not looked at.
    """
    steps: list[Step] = []
    for section in old.differing(new):
        steps += executor(section).steps(old, new, machine.facts[section])
    steps += _file_steps(saved or old, new, machine)
    steps.sort(key=lambda step: (STAGES.index(step.stage), FIELDS.index(step.section)))
    text = record() if steps and record is not None else machine.texts[RECORD]
    if text is not None and text != machine.texts[RECORD]:
        steps.insert(_end_of_files(steps), _replace(RECORD, machine.texts[RECORD], text, ""))
    return Plan(tuple(steps))


def _end_of_files(steps: Sequence[Step]) -> int:
    """The place behind the steps of this box: what a whole cluster does comes last."""
    return next((place for place, step in enumerate(steps) if step.stage == STAGES[-1]), len(steps))


def _file_steps(old: Config, new: Config, machine: Machine) -> Iterator[Step]:
    """One step for each file, with what all sections change in it."""
    owners: dict[str, list[str]] = {}
    for section in old.differing(new):
        for path in executor(section).FILES:
            owners.setdefault(path, []).append(section)
    for path in sorted(owners):
        yield from _file_step(path, owners[path], old, new, machine)


def _file_step(
    path: str, owners: Sequence[str], old: Config, new: Config, machine: Machine
) -> Iterator[Step]:
    """The step that changes a file, if anything in it changes."""
    before = machine.texts[path]
    text, changed_by = before or "", ""
    notes: list[str] = []
    for section in owners:
        amended = executor(section).amend(path, text, old, new)
        if amended != text:
            notes += executor(section).notes(path, text, old, new)
            text, changed_by = amended, section
    if changed_by:
        private = any(path in (optional(section, "PRIVATE") or ()) for section in owners)
        yield _replace(path, before, text, changed_by, tuple(notes), private)


def _replace(
    path: str, old: Optional[str], new: str, section: str, notes: tuple[str, ...] = (), private: bool = False
) -> Step:
    before = Expect(path, "absent") if old is None else Expect(path, "is", old)
    after = Expect(path, "is", new)
    mode = 0o600 if private or has_plain_secret(new) else None
    do, undo = Replace(path, new, mode), (Replace(path, old),)
    return Step(do, undo, (before,), after, "save", section, notes=notes)
