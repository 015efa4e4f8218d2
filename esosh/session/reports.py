"""What a session shows: plans, steps, changed lines, findings and facts, as lines and texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Optional

from ..checks import Finding
from ..config.paths import HERE, Path, Scalar
from ..executors.step import Replace, Step
from ..language.words import is_quoted_curly
from ..records import Record
from ..transaction.plan import Plan
from ..views import Line, Lines, counted
from ..views.secrets import MASK, is_secret_key, masked

_SECRET_DIFFERS = "   (the secret differs)"
_STYLES = {"none": "", "link": "warn"}
MINUTES = 5  # that a commit which cuts the user's own connection is to wait for its confirm
_SAFER = (
    f"Enter  commit confirmed {MINUTES}: it undoes itself in {MINUTES} minutes unless you confirm",
    "yes    commit, with nobody to undo it where the connection does not come back",
    "no     leave; the edits are kept",
)


class Connection(Record):
    """The interface that carries the user's own connection, and the steps that disturb it."""

    link: str
    steps: tuple[Step, ...]

    def line(self) -> Line:
        """It in words."""
        if not self.steps:
            return Line(f"Your connection is on {self.link} and is not touched.")
        more = f", and {len(self.steps) - 1} more" if self.steps[1:] else ""
        return Line(f"Your connection is on {self.link} and is cut: {self.steps[0].do}{more}", "error")


def plan_report(
    plan: Plan, edits: int, findings: Sequence[Finding], forced: str, connection: Optional[Connection]
) -> Lines:
    """The steps in order, each with its disruption and notes; `forced` is the commit that passes findings."""
    data: dict[str, object] = {"id": plan.id, "edits": edits, "disruption": plan.disruption}
    if not plan.steps:
        return Lines.of("nothing to do", data={**data, "steps": [], "findings": []})
    steps = [_step_data(step) for step in plan.steps]
    lines = (_plan_title(plan, edits), *_connection_lines(connection), *step_lines(plan.steps))
    return Lines(
        (*lines, *finding_lines(findings, forced)),
        {**data, "steps": steps, "findings": [vars(finding) for finding in findings]},
    )


def _plan_title(plan: Plan, edits: int) -> Line:
    size = f"{counted(edits, 'edit')}, {counted(len(plan.steps), 'step')}, worst: {plan.disruption}."
    lasting = len(plan.irreversible)
    undo = f"{lasting} cannot be undone." if lasting else "All steps can be undone."
    return Line(f"{size} {undo}  plan {plan.id}", "title")


def _connection_lines(connection: Optional[Connection]) -> list[Line]:
    return [connection.line()] if connection else []


def disruption_report(
    steps: Sequence[Step], connection: Optional[Connection], warnings: Iterable[Finding], is_asked: bool
) -> Lines:
    """The steps that a commit needs permission for, what else speaks against it, and what may be answered."""
    is_cut = connection is not None and connection.steps
    choices = Lines.of(*(_SAFER if is_cut and is_asked else ()), style="command").lines
    return Lines((*_connection_lines(connection), *step_lines(steps), *finding_lines(warnings), *choices))


def _step_data(step: Step) -> dict[str, object]:
    """A step for programs; the texts of files stay out, for they hold secrets."""
    undo = None if step.undo is None else [str(action) for action in step.undo]
    return {
        "do": str(step.do), "undo": undo, "section": step.section, "disruption": step.disruption,
        "notes": list(step.notes),
    }


def step_lines(steps: Sequence[Step]) -> Iterator[Line]:
    """One line for each step, and its notes below."""
    for number, step in enumerate(steps, 1):
        irreversible = "  CANNOT BE UNDONE" if step.undo is None else ""
        text = f"{number:3} {step.disruption:8} {step.do}{_changed_count(step)}{irreversible}"
        yield Line(text, _STYLES.get(step.disruption, "error"))
        yield from (Line(f"{'':13}{note}", "dim") for note in step.notes)


def _changed_count(step: Step) -> str:
    """How many lines of a file change; "" for a step that changes none."""
    if not isinstance(step.do, Replace) or not step.undo or not isinstance(step.undo[0], Replace):
        return ""
    old, new = _line_counts(step.undo[0]), _line_counts(step.do)
    return f"  (+{sum((new - old).values())} -{sum((old - new).values())} lines)"


def _line_counts(action: Replace) -> Counter[str]:
    """How often a file has each line."""
    return Counter((action.text or "").split("\n"))


def block_lines(block: Mapping[str, Sequence[str]]) -> Iterator[Line]:
    """The lines that go and those that come in their place; one of which only a secret differs is marked."""
    yield from removed_lines(block["removed"])
    without_secrets = set(map(masked, block["removed"]))
    for line in block["added"]:
        mark = _SECRET_DIFFERS if masked(line) in without_secrets else ""
        yield Line(f"+ {line}{mark}", "add")


def removed_lines(objects: Iterable[object]) -> Iterator[Line]:
    """A line for each thing that goes."""
    return (Line(f"- {removed}", "del") for removed in objects)


def added_lines(objects: Iterable[object]) -> Iterator[Line]:
    """A line for each thing that comes."""
    return (Line(f"+ {added}", "add") for added in objects)


def texts(lines: Iterable[Line]) -> tuple[str, ...]:
    """The texts of lines, as the details of an error."""
    return tuple(line.text for line in lines)


def any_overridable(findings: Iterable[Finding]) -> bool:
    """Whether force passes one of these errors."""
    return any(finding.error and finding.overridable for finding in findings)


def reading_lines(line: str) -> Iterator[Line]:
    """What is to be told of how a typed line was read."""
    if is_quoted_curly(line):
        yield Line("typographic quotes are read as plain ones", "dim")


def finding_lines(findings: Iterable[Finding], forced: str = "") -> Iterator[Line]:
    """Findings, each with its hint, or the commit that passes it."""
    for finding in findings:
        standing = " (the box has it already)" if finding.standing else ""
        yield Line(f"{finding}{standing}", "error" if finding.error else "warn")
        if finding.hint:
            yield Line(f"     hint: {finding.hint}", "command")
        if finding.error and finding.overridable:
            yield Line(f"     or all the same: {forced}", "command")


def follow_up_lines(follow_ups: Sequence[tuple[str, str]]) -> Iterator[Line]:
    """What is left to do, in one block."""
    if not follow_ups:
        return
    yield Line("to follow:", "title")
    width = max(len(line) for line, _ in follow_ups)
    for line, reason in follow_ups:
        yield Line(f"  {line:{width}}  {reason}", "command")


def fact_text(path: Path, name: str) -> str:
    """A path within an object, in words."""
    inner = path[path.index(name) + 1 :] if name in path else path[1:]
    return " ".join(inner) or "itself"


def value_text(value: Scalar, path: Path) -> str:
    """A value in words; a secret is hidden."""
    return MASK if value and is_secret(path) else _plain_text(value)


def _plain_text(value: Scalar) -> str:
    if value is None:
        return "not there"
    if value == HERE:
        return "there"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return " ".join(value) or "none"
    return str(value) or '""'


def is_secret(path: Path) -> bool:
    """Whether the value of a path is a secret."""
    return "users" in path[-2:-1] or "outgoing" in path[-1:] or is_secret_key(path[-1], has_value=True)
