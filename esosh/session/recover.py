"""Runs `recover`: ends what a crash or a fault left, or waits for whoever does, and tells how it ended."""

from __future__ import annotations

import contextlib

from ..commands.session.recover import SessionRecover
from ..errors import Damaged, Locked, Refused
from ..host import Host
from ..transaction import aside, journal, notices, recovery
from ..transaction.journal import Journal
from ..views import Line, Lines, View, counted
from . import Session


def session_recover(session: Session, line: SessionRecover) -> View:
    """Finish or undo what was cut short, and tell how it ended; with a reason, leave it as it is."""
    if line.reason:
        return _leave(session, line.reason)
    try:
        commit = journal.journal(session.host)
    except Damaged:
        return _put_aside(session)
    if commit and journal.awaiting(session.host) and not recovery.is_late(session.host, commit):
        session.renew_guard()
        return _told(session, f"nothing to recover: commit {commit.id} waits for: confirm")
    session.recover_if_needed()
    if not commit and aside.is_unusable(session.host, journal.LAST):
        _make_way_for_number(session)
    if commit and session.host.exists(journal.JOURNAL):
        _await_holder(session)
    return _told(session, f"commit {commit.id} has ended" if commit else "nothing to recover")


def _put_aside(session: Session) -> Lines:
    with journal.commit_lock(session.host, session.wait, session.who):
        name = journal.abandon(session.host)
    kept = f"is kept as {name}" if name else "is gone, for it could not be kept"
    text = f"the journal was damaged, and {kept}: look with diff and plan at what it left"
    return Lines.of(text, style="warn")


def _make_way_for_number(session: Session) -> None:
    """Put aside what is in the place of the newest commit's number and cannot be read."""
    with journal.commit_lock(session.host, session.wait, session.who):
        if aside.is_unusable(session.host, journal.LAST):
            aside.put_aside(session.host, journal.LAST, f"{journal.LAST}.damaged")
    session.notices.append(Line(f"{journal.LAST} could not be read, and is put aside", "warn"))


def _told(session: Session, otherwise: str) -> Lines:
    """The notices of what was recovered just now, or another line."""
    notices, session.notices = session.notices, []
    return Lines(tuple(notices)) if notices else Lines.of(otherwise, style="ok")


def _await_holder(session: Session) -> None:
    """Wait for whoever holds the lock, and do what is left then. Raises Locked where it takes too long."""
    try:
        session.recover()
    except Locked as error:
        commit = journal.journal(session.host)
        if commit and commit.back:
            error.details, error.hint = _what_to_do(session.host, commit), "status"
        raise
    session.take_notice()


def _what_to_do(host: Host, commit: Journal) -> tuple[str, ...]:
    """What remains of a commit that somebody else undoes now, and what there is to do about it."""
    advice = 'nothing needs to be done while it may end; what never can is left with: recover force "REASON"'
    return ("what remains, and is tried again and again:", *recovery.left(host, commit), advice)


def _leave(session: Session, reason: str) -> Lines:
    """Forget what remains of a commit. Raises Refused where there is nothing, or where it only waits."""
    host = session.host
    if not host.exists(journal.JOURNAL):
        raise Refused("nothing to recover", word="force", code="E235")
    commit = journal.readable(host)
    if commit and journal.awaiting(host):
        message = f"commit {commit.id} waits: confirm keeps it, revert takes it back"
        raise Refused(message, hint="revert", code="E234")
    is_tried = commit is not None and (commit.back or commit.stands)  # by a guard, which holds the lock
    with contextlib.nullcontext() if is_tried else journal.commit_lock(host, session.wait):
        remaining = recovery.remaining(host, commit) if commit and not commit.stands else []
        name = journal.abandon(host)
    subject = f"commit {commit.id}" if commit else "the commit"
    notices.log(host, f"{subject} is left as it is by {session.who.user}: {reason}; {len(remaining)} remain")
    steps_left = f"{counted(len(remaining), 'step')} not undone" if remaining else "no step is left to undo"
    title = Line(f"{subject} is left as it is: {steps_left}", "warn")
    steps = (Line(f"  {step}") for step in remaining)
    kept = f"is kept as {name}" if name else "could not be kept"
    return Lines((title, *steps, Line(f"its journal {kept}", "dim")))
