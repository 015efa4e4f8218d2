"""Whether a commit may run: its options, what the checks find, and what its steps disrupt."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import Optional

from ..checks import Finding
from ..commands import QUESTION, YES
from ..commands.session.commit import SessionCommit
from ..errors import ChecksRefuse, Declined, Refused
from ..host import Host
from ..records import Record
from ..transaction.plan import Plan
from ..views import Lines, counted
from . import Session, reports

_CHOICE, _ENTER = "Enter, yes or no: ", ""


def require_options(host: Host, line: SessionCommit) -> None:
    """Raises Refused for options that contradict each other."""
    if line.seconds and line.sync:
        message = "what waits for its confirm is not saved before: sync follows confirm"
        raise Refused(message, word="sync", code="E237")
    if line.option("probe"):
        _require_probe(host, line.option("probe"), line.seconds)


def _require_probe(host: Host, text: str, seconds: int) -> None:
    """Raises Refused for a command that cannot be read or run, or whose commit does not wait."""
    if not seconds:
        raise Refused("a probe confirms a commit: commit confirmed 5 probe ...", word="probe", code="E237")
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise Refused(f"the probe is no command: {str(error).lower()}", word=text, code="E206") from None
    if not words:
        raise Refused("the probe is no command: there is no word in it", word=text, code="E206")
    if not host.finds(words[0]):
        message = f"the probe cannot be run: there is no program {words[0]} here"
        raise Refused(message, word=text, code="E206")


class Permission(Record):
    """The options that a commit goes on with, whether somebody was asked, and the warnings not shown then."""

    options: SessionCommit
    asked: bool = False
    warnings: Sequence[Finding] = ()


def require_permission(session: Session, steps: Plan, options: SessionCommit) -> Permission:
    """The permission to take the steps.

    Nobody is asked where nothing disrupts more than allowed. Raises ChecksRefuse for an error that the checks
    find, and for a disruption that is not allowed; Declined where the answer is no.
    """
    found = session.findings()
    _require_checks(session, found, steps, options)
    warnings = session.new_warnings(found)
    connection = _own_connection(session, steps, options)
    is_cut = connection is not None and connection.steps
    if not is_cut and not steps.exceeds(options.option("allow")):
        return Permission(options, warnings=warnings)
    return Permission(_agreed(session, steps, options, connection, warnings), asked=True)


def _require_checks(
    session: Session, found: Sequence[Finding], steps: Plan, options: SessionCommit
) -> None:
    errors = [finding for finding in found if finding.error]
    if options.option("force"):
        errors = [finding for finding in errors if not finding.overridable]
    if errors:
        lines = reports.finding_lines(errors, session.forced(steps, options))
        raise ChecksRefuse("the checks refuse the commit", details=reports.texts(lines))


def _own_connection(session: Session, steps: Plan, options: SessionCommit) -> Optional[reports.Connection]:
    """The user's connection; None where the options say what may happen to it."""
    if options.option("allow") or options.seconds:
        return None
    return session.connection(steps)


def _agreed(
    session: Session, steps: Plan, options: SessionCommit, connection: Optional[reports.Connection],
    warnings: Sequence[Finding],
) -> SessionCommit:
    """The options that the user agrees to: Enter takes `confirmed` where the own connection is cut.

    Raises ChecksRefuse where nobody can be asked, Declined for any other answer.
    """
    worst = [step for step in steps.steps if step.disruption == steps.disruption]
    report = reports.disruption_report(worst, connection, warnings, session.ask is not None)
    if not session.ask:
        raise _refusal(steps, options, connection, report)
    answers = {YES: options}
    is_cut = connection is not None and connection.steps
    if is_cut:
        answers.update({_ENTER: options.confirmed(reports.MINUTES), "y": options})
    answer = session.ask(report, _CHOICE if is_cut else QUESTION)
    if answer not in answers:
        kept = counted(session.candidate.count, "edit is", "edits are")
        raise Declined(f"not committed, {kept} kept")
    return answers[answer]


def _refusal(
    steps: Plan, options: SessionCommit, connection: Optional[reports.Connection], report: Lines
) -> ChecksRefuse:
    """The error where nobody can be asked: what is disrupted, and the commit that may do it."""
    if connection is not None and connection.steps:
        message = f"the commit cuts your connection, which is on {connection.link}"
        hint = str(options.confirmed(reports.MINUTES))
    else:
        message = f"the commit disrupts {steps.disruption}, which was not allowed"
        hint = str(options.allowing(steps.disruption))
    return ChecksRefuse(message, hint=hint, details=reports.texts(report.lines))
