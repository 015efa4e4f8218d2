"""Recovery: finish or undo a commit that was cut short, or that waits for its confirm."""

from __future__ import annotations

import contextlib
import signal
import time
from collections.abc import Sequence

from ..errors import UndoFailed
from ..executors.step import Replace, Step
from ..host import Host
from . import journal
from .apply import boot, finish
from .journal import Journal
from .undo import undo, uninterrupted

PENDING = "its edits are pending again"


def recover(host: Host) -> bool:
    """Finish or undo the commit that was cut short, or that was to be confirmed; the lock must be held.

    Leaves notice of it; False when there was nothing, or when it still waits. Raises UndoFailed.
    """
    commit = journal.journal(host)
    if commit is None:
        return False
    subject = f"commit {commit.id} by {commit.who.user}"
    if commit.stands:
        finish(host, commit, f"{subject} was cut short after its last step: it stands")
    elif commit.until is None:
        _undo_commit(host, commit, f"{subject} was cut short at step {commit.begun} of {len(commit.steps)}")
    else:
        return _end_waiting(host, commit, subject)
    return True


def _end_waiting(host: Host, commit: Journal, subject: str) -> bool:
    """End a commit that waits for its confirm; False where it still may. Raises UndoFailed."""
    if commit.verdict == journal.CONFIRM:
        journal.mark(host, journal.STANDS, sync=True)
        finish(host, commit, f"{subject} is confirmed")
    elif commit.verdict == journal.REVERT:
        _undo_commit(host, commit, f"{subject} was taken back")
    elif is_late(host, commit):
        _undo_commit(host, commit, f"{subject} was not confirmed within {commit.seconds} s")
    else:
        return False
    return True


def is_late(host: Host, waiting: Journal) -> bool:
    """Whether the time for a commit's confirm is over; it is after another start of the machine."""
    return waiting.boot != boot(host) or (waiting.until is not None and time.monotonic() >= waiting.until)


def _undo_commit(host: Host, commit: Journal, event: str) -> None:
    """Undo what had begun, and leave notice. Raises UndoFailed."""
    with uninterrupted(signal.SIGHUP, signal.SIGTERM, signal.SIGINT):
        remains = undo(host, _steps_to_undo(host, commit))
        _sweep(host, commit.steps)
        message = f"{event} and not everything could be undone"
        failed = UndoFailed(message, details=("what remains:", *remains))
        failure_notice = "; ".join((str(failed), *failed.details))
        journal.leave_notice(host, failure_notice if remains else _undone_notice(commit, event))
        journal.close_journal(host)
    if remains:
        raise failed


def _steps_to_undo(host: Host, commit: Journal) -> tuple[Step, ...]:
    """The steps that had begun; after a reboot all those of files, for the kernel has started from them."""
    if commit.boot == boot(host):
        return commit.steps[: commit.begun]
    return tuple(step for step in commit.steps if isinstance(step.do, Replace))


def _undone_notice(commit: Journal, event: str) -> str:
    edits_pend = commit.until is not None and commit.candidate
    return f"{event}: everything was undone and checked" + (f"; {PENDING}" if edits_pend else "")


def _sweep(host: Host, steps: Sequence[Step]) -> None:
    """Leave nothing of a file that was not written to its end."""
    for step in steps:
        if isinstance(step.do, Replace):
            with contextlib.suppress(OSError):
                host.sweep(step.do.path)
