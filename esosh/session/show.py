"""Runs the read-only words: configuration, status, what a commit would do, syntax help."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Optional

from .. import checks, executors
from ..commands import Action, Pair, field, section_module
from ..commands.names import missing, with_hint
from ..commands.session.show import (
    SessionCheck,
    SessionCheckPeer,
    SessionDiff,
    SessionExplain,
    SessionHelp,
    SessionPlan,
    SessionShow,
    SessionStatus,
    SessionTrace,
)
from ..commands.session.topic import section_and_name
from ..config.paths import diff
from ..errors import ChecksRefuse, EsoshError, Refused
from ..executors.step import Replace, Step
from ..language import usage
from ..language.source import sections
from ..views import Items, Line, Lines, View
from ..views.secrets import MASK
from . import Session, listing, objects, overview, peer, reports
from .conflict import merged, with_warnings
from .edits import fold, section_of
from .secrets import filled, read_file

_REFUSED = "a commit is refused"


def session_show(session: Session, line: SessionShow) -> View:
    """Configuration as lines that can be typed."""
    section, name = section_and_name(line.topic)
    config = session.config
    names = section_module(section).names(config) if section else ()
    if section and name and name not in names:
        raise missing(section, name, names, SessionShow(Pair(section, name)))
    shown = [_section_lines(session, owner, name) for owner in ([section] if section else sections())]
    if section is None:
        shown = [_or_error(lines, owner) for lines, owner in zip(shown, sections())]
    rows = tuple(itertools.chain.from_iterable(shown))

    def data() -> dict[str, object]:
        return {"lines": [row.text for row in rows], "config": objects.objects(config, section, name)}

    return Lines(rows, data)


def _section_lines(session: Session, section: str, name: Optional[str]) -> Iterator[Line]:
    """The lines of a section; those of its files that cannot be read stand before them, as comments."""
    yield from (Line(f"# {problem}", "warn") for problem in _unread(session, section))
    yield from (Line(text, "command") for text in listing.loadable(session.config, section, name))


def _or_error(lines: Iterator[Line], section: str) -> Iterator[Line]:
    """The lines of one section of all; what is wrong with it stands in their place, as a comment."""
    try:
        yield from [*lines]
    except EsoshError as error:
        yield Line(f"# {section}: {error}", "error")


def _unread(session: Session, section: str) -> Iterator[str]:
    """What of the files of a section cannot be read; of a part of another one, nothing of its own."""
    return executors.unread(session.host, (section,) if field(section) == section else ())


def session_status(session: Session, line: SessionStatus) -> View:
    """The status of the machine: of one section, of an object of it, or all on one page."""
    section, name = section_and_name(line.topic)
    config = session.candidate.current
    if section is None:
        edits = 0 if session.waiting else session.candidate.count
        return overview.overview(session.host, config, edits, session.candidate.damage)
    session.notices += (Line(problem, "warn") for problem in _unread(session, section))
    names = section_module(section).names(config)
    try:
        view: Items = executors.viewer(field(section), section).status(session.host, config, name)
    except Refused as error:
        raise with_hint(error, names, line) from None
    if name and not view.data:
        raise missing(section, name, names, line)
    return view


def session_diff(session: Session, line: SessionDiff) -> View:
    """What a commit changes, as lines: of what runs, or of the files where only they differ."""
    (running, saved), new = session.candidate.running_and_saved(), session.config
    old = saved if not diff(running, new) else running
    return with_warnings(session.candidate, listing.changes(old, new, line.section))


def session_check(session: Session, line: SessionCheck) -> View:
    """The findings. Raises ChecksRefuse where one of them would refuse a commit."""
    merged(session, _REFUSED)
    findings = session.findings(line.section, all_of_it=True)
    overridable = reports.any_overridable(findings)
    forced = session.forced(session.commit_plan(session.config)) if overridable else ""
    return _findings_view(findings, "the checks would refuse a commit", forced)


def _findings_view(findings: Sequence[checks.Finding], refusal: str, forced: str = "") -> View:
    """The findings. Raises ChecksRefuse with the text of the refusal where one of them is an error."""
    if not findings:
        return Lines.of("nothing found", style="ok")
    lines = tuple(reports.finding_lines(findings, forced))
    if any(finding.error for finding in findings):
        raise ChecksRefuse(refusal, details=reports.texts(lines))
    return Lines(lines, [vars(finding) for finding in findings])


def session_check_peer(session: Session, line: SessionCheckPeer) -> View:
    """What does not fit together on the two hosts of a pair. Raises ChecksRefuse where something is wrong."""
    findings = list(peer.findings(session.host, session.config, line.peer))
    return _findings_view(findings, f"this host and {line.peer} do not fit together")


def session_trace(session: Session, line: SessionTrace) -> View:
    """The path of an initiator, a device or a target, from end to end."""
    try:
        view: View = executors.offered("trace")[0](session.host, session.candidate.current, line.name)
    except Refused as error:
        raise with_hint(error, error.expected, line) from None
    return view


def session_plan(session: Session, line: SessionPlan) -> View:
    """The steps that a commit would take; of one section, those of its edits alone."""
    candidate, new = session.candidate, merged(session, _REFUSED)
    if line.section is None:
        steps, count = session.commit_plan(new), candidate.count
    else:
        edits = [edit for edit in candidate.edits if section_of(edit) == line.section]
        steps, count = session.plan(candidate.current, fold(candidate.current, edits)), len(edits)
    findings = session.findings(line.section)
    return reports.plan_report(steps, count, findings, session.forced(steps), session.connection(steps))


def session_explain(session: Session, line: SessionExplain) -> View:
    """What a line would do, in the machine's own commands; nobody is asked for a secret."""
    if isinstance(line.line, Action):
        return Lines.of(*line.line.native(), style="command")
    edit = filled(line.line, _no_secret, read_file)
    pending, current = session.config, session.candidate.current
    before = session.plan(current, pending).steps
    after = session.plan(current, edit.edit(pending)).steps
    dropped = [step.do for step in _steps_only_in(before, after) if not isinstance(step.do, Replace)]
    dropped_lines = (Line(f"no more: {action}", "dim") for action in dropped)
    lines = (*reports.step_lines(_steps_only_in(after, before)), *dropped_lines)
    return Lines(lines) if lines else Lines.of("already so", style="dim")


def _steps_only_in(steps: Sequence[Step], others: Sequence[Step]) -> list[Step]:
    """The steps whose action the others have not."""
    actions = {step.do for step in others}
    return [step for step in steps if step.do not in actions]


def _no_secret(question: str) -> str:
    return MASK * 3


def session_help(session: Session, line: SessionHelp) -> View:
    """The syntax of lines, or what a code means."""
    return usage.help(line.words)
