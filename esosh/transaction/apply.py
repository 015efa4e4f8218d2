"""Apply steps under a journal, undo them where one fails, and finish the commit.

Before the mark `stands` recovery goes back, after it forward. Undo looks whether a step happened; it does not
assume so. A commit that waits for its confirm is a journal that is left open; it has the mark `until`.
"""

from __future__ import annotations

import contextlib
import functools
import signal
import time
from collections.abc import Sequence
from typing import Callable

from .. import executors
from ..errors import Conflict, EsoshError, Refused, StepFailed, UndoFailed
from ..executors import Waiting
from ..executors.step import Step
from ..host import Host
from . import git, journal, notices, pending, repository, space
from .journal import Journal
from .undo import lasting, reason_of, undo, uninterrupted

BOOT_ID = "/proc/sys/kernel/random/boot_id"
Verify = Callable[[], Sequence[str]]
Progress = Callable[..., None]  # a step's number, the number of steps, the step, the seconds that it waited


def boot(host: Host) -> str:
    """What tells one start of the machine from another."""
    return host.read(BOOT_ID).strip() if host.exists(BOOT_ID) else ""


def apply(host: Host, commit: Journal, verify: Verify, progress: Progress = lambda *step: None) -> str:
    """Take the steps; `verify` reads the machine back and gives what is not as it should be.

    Gives a warning where the commit stands but git failed, else ""; a commit that waits for its confirm
    stays open. Raises StepFailed or Conflict when all was undone, UndoFailed when something remains (the
    journal stays where that has an inverse); OSError when the journal cannot be written, or there is no space
    for the undo: then nothing began.
    """
    _open_journal(host, commit)
    progress = _harmless(progress)
    with uninterrupted(signal.SIGHUP, signal.SIGTERM):
        number = begun = 0
        taken = False
        try:
            for number, step in enumerate(commit.steps, 1):
                progress(number, len(commit.steps), step)
                _require_precondition(host, step)
                journal.mark(host, journal.BEGUN, number)
                begun = number
                _take(host, step, functools.partial(progress, number, len(commit.steps), step))
            _require_verified(verify)
            taken = True
            _mark_applied(host, commit)
        except BaseException as error:  # whatever it is, nothing is left half done
            begun = min(begun, number - 1) if isinstance(error, Conflict) else begun  # nothing of it was done
            waiting = functools.partial(progress, number, len(commit.steps), commit.steps[number - 1])
            remains = _go_back(host, commit, begun, waiting, taken)
            failure = _failure(host, commit, begun, number, error, remains)
            if not isinstance(error, (Exception, KeyboardInterrupt)):
                raise
            raise failure from None
        return "" if commit.seconds else finish(host, commit)


def _open_journal(host: Host, commit: Journal) -> None:
    try:
        journal.open_journal(host, commit)
        space.hold(host, commit.steps)
    except BaseException:
        with contextlib.suppress(OSError):
            journal.close_journal(host)
        raise


def _harmless(progress: Progress) -> Progress:
    """The same, and a terminal that is gone stops nothing."""
    def show(*step: object) -> None:
        with contextlib.suppress(Exception):
            progress(*step)

    return show


def _require_precondition(host: Host, step: Step) -> None:
    # before the step counts as begun: what somebody else did there is not ours to undo
    failed = step.failed_precondition(host)
    if failed is not None:
        source = failed.source if isinstance(failed.source, str) else f"what {' '.join(failed.source)} says"
        raise Conflict(f"{source} is not as it was when the commit was planned")


def _take(host: Host, step: Step, waiting: Waiting) -> None:
    try:
        report = executors.perform(host, step.section, step.do, waiting)
    except OSError as error:
        explanation = executors.explain(step.section, step.do, error)
        if explanation is None:
            raise
        raise OSError(f"{explanation} ({reason_of(error)})") from None
    if step.after is not None and not step.after.holds(host):
        raise OSError(report or "it was done, and the machine does not show it")


def _require_verified(verify: Verify) -> None:
    wrong = verify()
    if wrong:
        raise OSError("read back, the machine differs: " + "; ".join(wrong))


def _mark_applied(host: Host, commit: Journal) -> None:
    """Mark that all steps were taken."""
    if commit.seconds:
        journal.mark(host, journal.UNTIL, time.monotonic() + commit.seconds, sync=True)
    else:
        journal.mark(host, journal.STANDS, sync=True)


def _go_back(host: Host, commit: Journal, begun: int, waiting: Waiting, taken: bool) -> list[str]:
    """Undo the steps that have begun, and give what could not be undone.

    `taken`: all steps were, and the journal may say that the commit stands; so it must say that it does not,
    before anything is undone.
    """
    with uninterrupted(signal.SIGINT):
        space.release(host)
        try:
            journal.mark(host, journal.BACK, sync=taken)
        except OSError as error:
            if taken:
                reason = f"the journal cannot be written ({reason_of(error)})"
                return [f"all of it: {reason}, and says whether the commit stands; recover ends it"]
        steps = commit.steps[:begun]
        remains = undo(host, steps, waiting)
        if not remains:
            with contextlib.suppress(OSError):  # one that stays is read again, and nothing is left to do
                journal.close_journal(host)
    return [*remains, *lasting(host, steps)]


def _failure(
    host: Host, commit: Journal, begun: int, number: int, error: BaseException, remains: Sequence[str]
) -> EsoshError:
    """The error that tells which step failed, why, and what became of the steps before it."""
    reason = "interrupted" if isinstance(error, KeyboardInterrupt) else reason_of(error)
    failed = f"step {number} of {len(commit.steps)}"
    action = str(commit.steps[number - 1].do)
    notices.log(host, f"commit {commit.id}: {failed} failed: {reason}; {len(remains)} remain")
    if remains:
        message = f"{failed} failed and not everything could be undone"
        return UndoFailed(message, details=(action, reason, "what remains:", *remains), hint="status")
    if isinstance(error, Conflict):
        return Conflict(f"{error}; everything was undone and checked", details=(action,))
    undone = {0: "nothing was", 1: "step 1"}.get(begun, f"steps {begun} to 1")
    message = f"{failed} failed; {undone} undone and checked: the box is as before"
    return StepFailed(message, details=(action, reason))


def finish(host: Host, commit: Journal, notice: str = "") -> str:
    """End a commit that stands: history, candidate, notice for the next session, journal.

    Gives a warning for what of it fails.
    """
    space.release(host)
    journal.keep_number(host, commit.id)
    warnings: list[str] = []
    try:
        warnings += _save_history(host, commit)
        for path in commit.drops:
            with contextlib.suppress(FileNotFoundError):  # it went before this was cut short
                host.remove(path)
        if notice:
            notices.leave_notice(host, "; ".join((notice, *warnings)))
        journal.close_journal(host)
    except OSError as error:
        warnings.append(f"committed, and its edits or its journal stay for now: {reason_of(error)}")
    notices.log(host, f"commit {commit.id} by {commit.who}: {len(commit.steps)} steps, {commit.comment}")
    return "; ".join(warnings)


def _save_history(host: Host, commit: Journal) -> list[str]:
    """Give the commit to git, behind those before it; where git fails, queue it, and give a warning.

    Raises OSError where it cannot be queued either.
    """
    if not repository.is_work_tree(host):
        return [f"committed, and in no history: {repository.problem(host)}; make one: history init"]
    try:
        pending.save(host)
        git.save(host, commit.id, commit.who.user, commit.comment)
    except Exception as error:  # noqa: BLE001 - whatever it is, the commit stands
        try:
            pending.queue(host, commit)
        except Refused as unreadable:
            return [f"committed, and not in the history: {unreadable}; {unreadable.details[0]}"]
        return [f"committed, and not yet in the history: {reason_of(error)}; the next commit makes up for it"]
    return []
