"""What a session tells: plans, differences, findings and history as views."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Optional

from .checks import Finding
from .commands import Object, owner
from .errors import Conflict
from .flat import HERE, Path, Scalar
from .history import Commit
from .merge import Clash, Merge
from .plan import Plan
from .step import Replace, Step
from .views import MASK, Line, Lines, Table, counted, masked

_DIFFERS = "   (the secret differs)"
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


def plan(plan: Plan, edits: int, findings: Sequence[Finding], forced: str, own: Optional[Own] = None) -> Lines:
    """The steps in order, each with its disruption and what else it means; `forced`: the commit that passes findings."""
    if not plan.steps:
        nothing = {"id": plan.id, "edits": edits, "disruption": plan.disruption, "steps": [], "findings": []}
        return Lines.of("nothing to do", data=nothing)
    undone = "All steps can be undone." if not plan.lasting else f"{len(plan.lasting)} cannot be undone."
    head = f"{counted(edits, 'edit')}, {counted(len(plan.steps), 'step')}, worst: {plan.disruption}. {undone}  plan {plan.id}"
    lines = [Line(head, "title"), *([own.line()] if own else []), *steps(plan.steps), *about(findings, forced)]
    return Lines(tuple(lines), {"id": plan.id, "edits": edits, "disruption": plan.disruption,
                                "steps": [_data(step) for step in plan.steps],
                                "findings": [vars(finding) for finding in findings]})


def disruption(disrupting: Sequence[Step], own: Optional[Own]) -> Lines:
    """The steps that a commit needs leave for."""
    safer = [Line("safer: commit confirmed 5, which undoes itself unless you confirm", "command")] if own and own.steps else []
    return Lines((*([own.line()] if own else []), *steps(disrupting), *safer))


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
    """The lines that go and the lines that come; those that are shown alike, for what differs is a secret, say so."""
    for tag, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            yield from (Line(f"- {line}", "del") for line in old[a:b])
            alike = {masked(line) for line in old[a:b]}
            yield from (Line(f"+ {line}{_DIFFERS if masked(line) in alike else ''}", "add") for line in new[c:d])


def about(findings: Iterable[Finding], forced: str = "") -> Iterator[Line]:
    """Findings, each with the line that would mend it, or the commit that passes it."""
    for finding in findings:
        already = " (the box has it already)" if finding.standing else ""
        yield Line(f"{finding.code} {finding.subject}: {finding.text}{already}", "error" if finding.error else "warn")
        if finding.mend:
            yield Line(f"     mend: {finding.mend}", "command")
        if finding.error and finding.overridable:
            yield Line(f"     or all the same: {forced}", "command")


def follow(lines: Sequence[tuple[str, str]]) -> Iterator[Line]:
    """What is left to do, in one block."""
    if lines:
        yield Line("to follow:", "title")
    width = max((len(line) for line, _ in lines), default=0)
    yield from (Line(f"  {line:{width}}  {why}", "command") for line, why in lines)


def history(commits: Sequence[Commit], unsaved: Collection[str]) -> Table:
    """Past commits, the newest first: how far back those of esosh's count, and whether the boot medium has them."""
    back = iter(range(len(commits)))
    rows = tuple((str(next(back)) if commit.number else "", str(commit.number or ""), commit.hash, commit.when, commit.who,
                  "no" if commit.hash in unsaved else "yes", commit.subject) for commit in commits)
    return Table(("back", "number", "hash", "when", "who", "saved", "what"), rows)


def commit(commit: Commit, changed: Sequence[Line]) -> Lines:
    """One commit and what it changed."""
    head = f"{f'commit {commit.number}' if commit.number else commit.hash} by {commit.who}, {commit.when}: {commit.subject}"
    return Lines((Line(head, "title"), *changed))


def blame(lines: Sequence[tuple[Commit, str]]) -> Table:
    """Each line with the commit that it is from."""
    rows = tuple((str(commit.number or commit.hash), commit.when, commit.who if commit.number else "", line)
                 for commit, line in lines)
    return Table(("commit", "when", "who", "line"), rows)


def undone(commits: Sequence[Commit]) -> Line:
    """What going back undoes, and whose."""
    people = [commit.who for commit in commits]
    whose = ", ".join(f"{people.count(name)} by {name}" for name in dict.fromkeys(people))
    return Line(f"would undo {counted(len(commits), 'commit')}" + (f": {whose}" if whose else ""), "title")


def objects(merge: Merge) -> dict[Object, dict[Path, Clash]]:
    """What clashes, by object."""
    found: dict[Object, dict[Path, Clash]] = {}
    for path, clash in merge.clashes.items():
        found.setdefault(owner(path, merge.mine), {})[path] = clash
    return found


def conflict(merge: Merge, whose: Mapping[Object, str]) -> Conflict:
    """Objects that were changed here and on the machine, and who changed them there."""
    clashing = objects(merge)
    details = [merge.refused] if merge.refused else []
    for (section, name), clashes in clashing.items():
        details += [f"{section} {name}: {fact(path, name)}: {_sides(path, clash)}" for path, clash in clashes.items()]
        about = whose.get((section, name))
        details += [f"theirs: {about}"] if about else []
        details.append(f"take one: resolve mine {section} {name}, or: resolve theirs {section} {name}")
    what = counted(len(clashing), "object was", "objects were")
    return Conflict(f"{what} changed by you and by someone else; nothing was applied", details=tuple(details))


def _sides(path: Path, clash: Clash) -> str:
    base, theirs, mine = (shown(value, path) for value in (clash.base, clash.theirs, clash.mine))
    return f"it was {base}, is now {theirs}, yours is {mine}"


def fact(path: Path, name: str) -> str:
    """A path within an object, in words."""
    inner = path[path.index(name) + 1 :] if name in path else path[1:]
    return " ".join(inner) or "itself"


def shown(value: Scalar, path: Path) -> str:
    """A scalar as it is told; a secret is not."""
    if value is None:
        return "not there"
    if value and ("users" in path[-2:-1] or "outgoing" in path[-1:]):
        return MASK
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "there" if value == HERE else (" ".join(value) or "none") if isinstance(value, tuple) else str(value) or '""'
