"""Runs the words that change the machine: commit, the confirm that it may wait for, sync, recovery."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Sequence

from .. import executors
from ..checks import Finding
from ..commands.session.commit import (
    SessionCommit,
    SessionConfirm,
    SessionRevert,
    SessionSync,
)
from ..config import Config
from ..config.paths import diff, value_at
from ..errors import ChecksRefuse, EsoshError, Locked, Refused, UndoFailed
from ..executors.step import DISRUPTIONS
from ..host import Host
from ..host.lock import Lock
from ..transaction import apply, git, guard, journal, notices, pending, recovery, repository
from ..transaction.journal import Journal
from ..transaction.plan import Plan
from ..views import Line, Lines, View, counted
from . import Session, record, reports, sync
from .conflict import merged
from .permission import require_options, require_permission

FollowUps = list[tuple[str, str]]  # lines, each with the reason for it
_PATIENCE = 30  # seconds that a guard may take to end a commit
_MOMENT = 1.0  # seconds from its notice to the end of the journal


def session_commit(session: Session, line: SessionCommit) -> View:
    """Apply all edits, or none of them."""
    require_options(session.host, line)
    session.require_unlocked()
    with journal.commit_lock(session.host, session.wait, session.who) as lock:
        view = _commit(session, line, lock)
    if not session.waiting:
        _use_own(session)
    return _with_sync(session, view) if line.sync and not session.waiting else view


def _with_sync(session: Session, view: Lines) -> View:
    """Save what was committed; where that fails, the error has the lines of the commit too."""
    try:
        return Lines((*view.lines, *_sync(session).lines), view.data)
    except EsoshError as error:
        error.details = (*reports.texts(view.lines), *error.details)
        raise


def _commit(session: Session, options: SessionCommit, lock: Lock) -> Lines:
    require_no_journal(session.host)
    candidate = session.candidate
    old, new, steps = planned(session)
    require_plan(steps, options.option("plan") or steps.id)
    if not steps.steps:
        candidate.end()
        return Lines.of("nothing to do", style="ok")
    permission = require_permission(session, steps, options)
    options = permission.options
    if permission.asked:
        answered, (old, new, steps) = steps, planned(session)
        require_plan(steps, answered.id)
    git_warning = _save_foreign_changes(session, old, new)
    commit = _new_journal(session, options, steps)
    with _guarded(session, commit, steps, lock):
        warning = apply.apply(session.host, commit, lambda: _differences(session, old, new), session.progress)
    if not (commit.seconds and candidate.name):
        candidate.end()
    failures = "; ".join(filter(None, (git_warning, warning)))
    follow_ups = _follow_ups(session, commit, old, new, options.sync)
    return _report(commit, failures, permission.warnings, follow_ups)


def require_no_journal(host: Host) -> None:
    """Raises Locked where a commit was cut short while this one waited for the lock."""
    other = journal.journal(host)
    if other:
        raise Locked(f"commit {other.id} by {other.who} has not ended; nothing was done", hint="recover")


def planned(session: Session) -> tuple[Config, Config, Plan]:
    """The machine's configuration as it is now and with the edits, and the steps to that. Raises Conflict."""
    session.candidate.refresh()
    new = merged(session, "nothing was applied")
    return session.candidate.current, new, session.commit_plan(new)


def require_plan(steps: Plan, expected: str) -> None:
    """Raises ChecksRefuse for steps that are not those that somebody agreed to."""
    if expected != steps.id:
        raise ChecksRefuse(f"the plan is {steps.id} now, not {expected}", hint="plan", code="E302")


def _save_foreign_changes(session: Session, old: Config, new: Config) -> str:
    """Give git the pending commits of ours, then what others changed; a warning where git fails."""
    host, damage = session.host, ""
    try:
        if repository.is_work_tree(host):
            damage = pending.put_damage_aside(host)
            pending.save(host)
            git.save_foreign(host, record.before(host, old, new))
    except (EsoshError, OSError) as error:
        return f"what others changed is not in the history: {error}"
    return damage


def _new_journal(session: Session, options: SessionCommit, steps: Plan) -> Journal:
    """The commit as its journal has it."""
    comment, force = options.option("comment"), options.option("force")
    return Journal(
        id=max(git.last(session.host), journal.last_number(session.host)) + 1,
        who=session.who,
        boot=apply.boot(session.host),
        comment=comment + (f" (forced: {force})" if force else ""),
        candidate=session.candidate.name,
        steps=steps.steps,
        drops=session.candidate.files,
        seconds=options.seconds,
        probe=options.option("probe"),
    )


@contextlib.contextmanager
def _guarded(session: Session, commit: Journal, steps: Plan, lock: Lock) -> Iterator[None]:
    """Run with a guard where the commit may cut off our own terminal, or waits for its confirm.

    A commit that has not ended then has one in any case.
    """
    needed = commit.seconds or steps.disruption != DISRUPTIONS[0]
    companion = guard.guard(session.host, lock) if needed else None
    try:
        yield
    finally:
        if session.host.exists(journal.JOURNAL):
            companion = companion or guard.guard(session.host, lock)
            companion.send(guard.WAITS)
            lock.handed_over = True
        elif companion:
            companion.send(guard.DONE)


def _differences(session: Session, old: Config, new: Config) -> list[str]:
    """What the machine does not have as it should, of what the commit changes."""
    now = executors.read(session.host)
    changes = diff(old, new).items()
    return [" ".join(path) for path, (_, wanted) in changes if value_at(now, path) != wanted]


def _report(commit: Journal, failures: str, warnings: Sequence[Finding], follow_ups: FollowUps) -> Lines:
    """How the commit ended, what looks wrong with it, and what is left to do."""
    result, style = ("applied, not confirmed", "warn") if commit.seconds else ("committed", "ok")
    title = Line(f"{result}: number {commit.id}, {counted(len(commit.steps), 'step')}", style)
    failed = [Line(failures, "warn")] if failures else []
    warning = "; ".join((*reports.texts(failed), *map(str, warnings)))
    return Lines(
        (title, *failed, *reports.finding_lines(warnings), *reports.follow_up_lines(follow_ups)),
        {"number": commit.id, "steps": len(commit.steps), "warning": warning, "follow": follow_ups},
    )


def _follow_ups(session: Session, commit: Journal, old: Config, new: Config, saved: bool) -> FollowUps:
    """What is left to do: of the sections, then confirm or sync."""
    follow_ups: FollowUps = []
    unsaved = 0
    with contextlib.suppress(OSError, EsoshError):  # it is committed, even where the machine cannot be read
        follow_ups = _section_follow_ups(session.host, old, new)
        unsaved = git.count_unsaved(session.host)
    if commit.seconds:
        end = time.strftime("%H:%M:%S", time.localtime(time.time() + commit.seconds))
        reason = f"or everything is undone at {end}, with or without this session"
        return [("confirm", reason), *follow_ups]
    if unsaved and not saved:
        follow_ups.append(("sync", f"{counted(unsaved, 'commit')} not on the boot medium"))
    return follow_ups


def _section_follow_ups(host: Host, old: Config, new: Config) -> FollowUps:
    follow_ups: FollowUps = []
    for field in old.differing(new):
        follow_ups += executors.executor(field).follow_ups(old, new, host)
    return follow_ups


def session_confirm(session: Session, line: SessionConfirm) -> View:
    """Keep the commit that waits for it. Raises Refused where it was too late."""
    return _decide(session, journal.CONFIRM)


def session_revert(session: Session, line: SessionRevert) -> View:
    """Undo the commit that waits for confirm, now."""
    return _decide(session, journal.REVERT)


def _decide(session: Session, verdict: str) -> View:
    """Give the waiting commit its verdict, and wait for its end. Raises Refused where it was too late."""
    waiting = journal.awaiting(session.host)
    if waiting is None:
        raise Refused(session.take_notice() or nothing_waits(session.host, verdict), code="E235")
    if not recovery.is_late(session.host, waiting):
        with contextlib.suppress(FileNotFoundError):  # it has just ended, and left a notice
            journal.mark(session.host, verdict, sync=True)
    notice = _wait_for_end(session)
    session.candidate.reload()
    if not session.candidate.count:
        _use_own(session)
    if verdict == journal.CONFIRM and "is confirmed" not in notice:
        raise Refused(notice or f"commit {waiting.id} has ended, not by this confirm", code="E235")
    return Lines.of(notice, style="ok")


def nothing_waits(host: Host, verdict: str) -> str:
    """Why there is no commit to confirm, or to revert."""
    commit = journal.journal(host)
    if commit and commit.back:
        return f"commit {commit.id} is being undone: too late to {verdict}; see status"
    return f"no commit waits: nothing to {verdict}"


def _use_own(session: Session) -> None:
    """Go on with the user's own candidate."""
    if session.candidate.name != session.own:
        session.use(session.own)


def _wait_for_end(session: Session) -> str:
    """The notice of how the guard ended the commit, or how we did where no guard is left.

    Raises UndoFailed where it cannot be ended now.
    """
    host, deadline = session.host, time.monotonic() + _PATIENCE
    while True:
        commit = journal.journal(host)
        if commit is None:
            return notices.take_notice(host)
        if commit.back and notices.notice(host) and not _ends_now(host):
            raise UndoFailed(notices.take_notice(host), hint="status")
        if time.monotonic() > deadline:
            raise Locked("the guard of the commit does not answer; it holds the commit lock")
        _end_unguarded(session)
        time.sleep(0.05)


def _ends_now(host: Host) -> bool:
    """Whether a guard that left its notice closes the journal in this moment."""
    until = time.monotonic() + _MOMENT
    while host.exists(journal.JOURNAL) and time.monotonic() < until:
        time.sleep(0.05)
    return not host.exists(journal.JOURNAL)


def _end_unguarded(session: Session) -> None:
    """End the commit where no guard is left. Raises EsoshError."""
    if journal.cut_short(session.host):
        with contextlib.suppress(Locked):
            session.recover()


def session_sync(session: Session, line: SessionSync) -> View:
    """Save /etc to the boot medium. Raises Refused with the step that failed."""
    return _sync(session)


def _sync(session: Session) -> Lines:
    require_savable(session.host)
    _save_pending(session)
    with journal.commit_lock(session.host, session.wait, session.who):
        pass  # conf_sync.sh takes it, too, and would wait in silence
    status, failed = sync.sync(session.host)
    if status:
        raise Refused(f"conf_sync.sh ended with status {status}: {failed}", code="E222")
    return Lines.of("saved to the boot medium", style="ok")


def require_savable(host: Host) -> None:
    """Raises Refused where a commit is not one to be saved."""
    if journal.awaiting(host):
        raise Refused("a commit waits for its confirm, and is not saved before", hint="confirm", code="E237")
    left = journal.unfinished(host)
    if left:
        raise Refused(f"commit {left.id} has not ended, and is not saved before", hint="recover", code="E237")
    if host.exists(pending.PENDING):
        repository.require_history(host)


def _save_pending(session: Session) -> None:
    """Give git the commits that it did not take, before a sync puts all of them into one of its own."""
    if session.host.exists(pending.PENDING):
        with journal.commit_lock(session.host, session.wait, session.who):
            damage = pending.put_damage_aside(session.host)
            pending.save(session.host)
        session.notices.extend(Lines.of(damage, style="warn").lines if damage else ())
