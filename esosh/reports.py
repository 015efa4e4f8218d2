"""What a session tells: plans, differences, findings and history as views."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Optional

from .checks import Finding
from .errors import Conflict
from .flat import Path
from .history import Commit
from .merge import Clash
from .plan import Plan
from .step import Replace, Step
from .views import Line, Lines, Table

_STYLES = {"none": "", "link": "warn"}


@dataclass(frozen=True)
class Own:
    """The interface that carries the person's own connection, and the steps that disturb it."""

    link: str
    steps: tuple[Step, ...]

    def line(self) -> Line:
        """It in words."""
        if not self.steps:
            return Line(f"Your connection is on {self.link} and is not touched.")
        return Line(f"Your connection is on {self.link} and is cut: {'; '.join(str(step.do) for step in self.steps)}", "error")


def plan(plan: Plan, edits: int, findings: Sequence[Finding], own: Optional[Own] = None) -> Lines:
    """The steps in order, each with its disruption and what else it means."""
    if not plan.steps:
        nothing = {"id": plan.id, "edits": edits, "disruption": plan.disruption, "steps": [], "findings": []}
        return Lines.of("nothing to do", data=nothing)
    undone = "All steps can be undone." if not plan.lasting else f"{len(plan.lasting)} cannot be undone."
    head = f"{_count(edits, 'edit')}, {_count(len(plan.steps), 'step')}, worst: {plan.disruption}. {undone}  plan {plan.id}"
    lines = [Line(head, "title"), *([own.line()] if own else []), *steps(plan.steps), *about(findings)]
    return Lines(tuple(lines), {"id": plan.id, "edits": edits, "disruption": plan.disruption,
                                "steps": [_data(step) for step in plan.steps],
                                "findings": [vars(finding) for finding in findings]})


def disruption(disrupting: Sequence[Step], own: Optional[Own]) -> Lines:
    """The steps that a commit needs leave for."""
    return Lines((*([own.line()] if own else []), *steps(disrupting)))


def _data(step: Step) -> dict[str, object]:
    """A step for programs; the texts of files stay out, for they hold secrets."""
    undo = None if step.undo is None else [str(action) for action in step.undo]
    return {"do": str(step.do), "undo": undo, "section": step.section, "disruption": step.disruption, "notes": list(step.notes)}


def steps(steps: Sequence[Step]) -> Iterator[Line]:
    """One line for each step, and its notes below."""
    for number, step in enumerate(steps, 1):
        lasting = "  CANNOT BE UNDONE" if step.undo is None else ""
        yield Line(f"{number:3} {step.disruption:8} {step.do}{_amended(step)}{lasting}", _STYLES.get(step.disruption, "error"))
        yield from (Line(f"{'':13}{note}", "dim") for note in step.notes)


def _amended(step: Step) -> str:
    """How many lines of a file change."""
    if not isinstance(step.do, Replace) or not step.undo or not isinstance(step.undo[0], Replace):
        return ""
    changed = list(changes((step.undo[0].text or "").splitlines(), (step.do.text or "").splitlines()))
    added = sum(line.style == "add" for line in changed)
    return f"  (+{added} -{len(changed) - added} lines)"


def changes(old: Sequence[str], new: Sequence[str]) -> Iterator[Line]:
    """The lines that go and the lines that come."""
    for tag, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            yield from (Line(f"- {line}", "del") for line in old[a:b])
            yield from (Line(f"+ {line}", "add") for line in new[c:d])


def about(findings: Iterable[Finding]) -> Iterator[Line]:
    """Findings, each with the line that would mend it."""
    for finding in findings:
        yield Line(f"{finding.code} {finding.subject}: {finding.text}", "error" if finding.error else "warn")
        if finding.mend:
            yield Line(f"     mend: {finding.mend}", "command")


def follow(lines: Sequence[tuple[str, str]]) -> Iterator[Line]:
    """What is left to do, in one block."""
    if lines:
        yield Line("to follow:", "title")
    width = max((len(line) for line, _ in lines), default=0)
    yield from (Line(f"  {line:{width}}  {why}", "command") for line, why in lines)


def history(commits: Sequence[Commit], unsaved: int) -> Table:
    """Past commits, the newest first; `saved` tells whether the boot medium has them."""
    rows = tuple((str(commit.number or ""), commit.hash, commit.when[:19].replace("T", " "), commit.who,
                  "no" if at < unsaved else "yes", commit.subject) for at, commit in enumerate(commits))
    return Table(("number", "hash", "when", "who", "saved", "what"), rows)


def undone(commits: Sequence[Commit]) -> Line:
    """What going back undoes, and whose."""
    people = [commit.who for commit in commits]
    whose = ", ".join(f"{people.count(name)} by {name}" for name in dict.fromkeys(people))
    return Line(f"would undo {_count(len(commits), 'commit')}" + (f": {whose}" if whose else ""), "title")


def conflict(clashes: dict[Path, Clash]) -> Conflict:
    """Paths that were changed here and on the machine."""
    details = [f"{' '.join(path)}: it was {_shown(base)}, is now {_shown(theirs)}, yours is {_shown(mine)}"
               for path, (base, theirs, mine) in clashes.items()]
    what = _count(len(clashes), "fact was", "facts were")
    return Conflict(f"{what} changed by you and by someone else; nothing was applied", details=tuple(details),
                    mend="abort")


def _shown(value: Any) -> str:
    return "not there" if value is None else " ".join(value) if isinstance(value, tuple) else str(value)


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one}" if number == 1 else f"{number} {many or one + 's'}"
