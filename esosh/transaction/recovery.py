"""Recovery: finish or undo a commit that was cut short, or that waits for its confirm.

The journal stays until nothing remains: what cannot be undone now is gone on with by whoever comes next.
"""

from __future__ import annotations

import contextlib
import signal
import time
from collections.abc import Sequence

from ..errors import Refused, UndoFailed
from ..executors.step import Replace, Step
from ..host import Host
from ..views import counted
from . import journal, notices, space, undo
from .apply import boot, finish
from .journal import Journal
from .undo import uninterrupted

PENDING = "its edits are pending again"


def recover(host: Host) -> bool:
    """Finish or undo the commit that was cut short, or that was to be confirmed; the lock must be held.

    Leaves notice of it; False when there was nothing, or when it still waits. Raises UndoFailed; the journal
    stays then.
    """
    commit = journal.journal(host)
    if commit is None:
        return False
    subject = f"commit {commit.id} by {commit.who.user}"
    if commit.stands:
        _finish_commit(host, commit, f"{subject} was cut short after its last step: it stands")
    elif commit.back:
        _undo_commit(host, commit, f"{subject} was not undone at once")
    elif commit.until is None:
        _undo_commit(host, commit, f"{subject} was cut short at step {commit.begun} of {len(commit.steps)}")
    else:
        return _end_waiting(host, commit, subject)
    return True


def _end_waiting(host: Host, commit: Journal, subject: str) -> bool:
    """End a commit that waits for its confirm; False where it still may. Raises UndoFailed."""
    if commit.verdict == journal.CONFIRM:
        journal.mark(host, journal.STANDS, sync=True)
        _finish_commit(host, commit, f"{subject} is confirmed")
    elif commit.verdict == journal.REVERT:
        _undo_commit(host, commit, f"{subject} was taken back")
    elif is_late(host, commit):
        _undo_commit(host, commit, f"{subject} was not confirmed within {commit.seconds} s")
    else:
        return False
    return True


def _finish_commit(host: Host, commit: Journal, event: str) -> None:
    """End a commit that stands. Raises Refused where its journal cannot be removed, to be tried again."""
    warning = finish(host, commit, event)
    if host.exists(journal.JOURNAL):
        raise Refused(f"{event}, and cannot be ended yet: {warning}", hint="recover", code="E254")


def is_late(host: Host, waiting: Journal) -> bool:
    """Whether the time for a commit's confirm is over; it is after another start of the machine."""
    return waiting.boot != boot(host) or (waiting.until is not None and time.monotonic() >= waiting.until)


def _undo_commit(host: Host, commit: Journal, event: str) -> None:
    """Undo what had begun, and leave notice. Raises UndoFailed, and keeps the journal."""
    with uninterrupted(signal.SIGHUP, signal.SIGTERM, signal.SIGINT):
        space.release(host)
        _mark_back(host)
        steps = _steps_to_undo(host, commit)
        remains, lasting = undo.undo(host, steps), undo.lasting(host, steps)
        if remains:
            details = ("what remains:", *remains, *lasting)
            raise UndoFailed(f"{event}, and is not undone yet", details=details)
        notices.leave_notice(host, _undone_notice(commit, event, lasting))
        journal.close_journal(host)


def _mark_back(host: Host) -> None:
    """Mark that the commit is being undone, for sure if the disk takes it, or else for who reads it now."""
    for sync in (True, False):
        with contextlib.suppress(OSError):  # what brought us here is in the journal already
            return journal.mark(host, journal.BACK, sync=sync)


def remaining(host: Host, commit: Journal) -> list[str]:
    """What is left to undo of a commit that is being undone, as the machine shows it now."""
    return undo.remaining(host, _steps_to_undo(host, commit))


def left(host: Host, commit: Journal) -> list[str]:
    """What keeps a commit from being undone: its steps, what the machine works on, or its journal."""
    steps = _steps_to_undo(host, commit)
    remaining, busy = undo.remaining(host, steps), undo.busy(host, steps)
    return [*remaining, *([busy] if busy else [])] or [f"no step; its journal, {journal.JOURNAL}, is there"]


def state(host: Host, commit: Journal) -> str:
    """How far a commit is that is being undone."""
    count = len(remaining(host, commit))
    return f"is not undone, {counted(count, 'step')} left" if count else "is not undone to its end"


def _steps_to_undo(host: Host, commit: Journal) -> tuple[Step, ...]:
    """The steps that had begun; after a reboot all those of files, for the kernel has started from them."""
    if commit.boot == boot(host):
        return commit.steps[: commit.begun]
    return tuple(step for step in commit.steps if isinstance(step.do, Replace))


def _undone_notice(commit: Journal, event: str, lasting: Sequence[str]) -> str:
    if lasting:
        return "; ".join((f"{event}: what has an inverse was undone; what remains:", *lasting))
    waited = commit.until is not None or (commit.back and commit.seconds)
    edits_pend = waited and commit.candidate
    return f"{event}: everything was undone and checked" + (f"; {PENDING}" if edits_pend else "")
