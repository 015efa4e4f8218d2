"""Apply steps under a journal, undo them, and recover what was cut short.

Before the mark `stands` recovery goes back, after it forward. Whether a step happened is looked at, not assumed.
A commit that waits for its confirm is a journal that is left open; it has the mark `until`.
"""

from __future__ import annotations

import contextlib
import functools
import signal
import time
from collections.abc import Iterator, Sequence
from typing import Callable

from . import history, shelf, store
from .errors import Conflict, EsoshError, StepFailed, UndoFailed
from .executors.scst import queue
from .executors.scst.reasons import reason
from .host import Host
from .step import Replace, Step
from .store import Journal

PENDING = "its edits are pending again"
BOOT_ID = "/proc/sys/kernel/random/boot_id"
Verify = Callable[[], Sequence[str]]
Progress = Callable[..., None]  # the number of a step, how many there are, the step, and how long it is waited for


def boot(host: Host) -> str:
    """What tells one start of the machine from another."""
    return host.read(BOOT_ID).strip() if host.exists(BOOT_ID) else ""


def apply(host: Host, journal: Journal, verify: Verify, progress: Progress = lambda *about: None) -> str:
    """Take the steps; `verify` reads the machine back and gives what is not as it should be.

    Gives a warning where the commit stands but git failed, else ""; one that waits for its confirm stays open.
    Raises StepFailed or Conflict when all was undone, UndoFailed when something remains; OSError when the journal
    cannot be written: then nothing began.
    """
    _open(host, journal)
    with _uninterrupted(signal.SIGHUP, signal.SIGTERM):
        number = begun = 0
        try:
            for number, step in enumerate(journal.steps, 1):
                progress(number, len(journal.steps), step)
                _expected(host, step)
                store.mark(host, f"begun {number}")
                begun = number
                _take(host, step, functools.partial(progress, number, len(journal.steps), step))
            _verified(verify)
            until = time.monotonic() + journal.seconds
            store.mark(host, f"until {until}" if journal.seconds else "stands", sync=True)
        except (EsoshError, OSError, KeyboardInterrupt) as error:
            waited = functools.partial(progress, number, len(journal.steps), journal.steps[number - 1])
            raise _back(host, journal, begun, number, error, waited) from None
        return "" if journal.seconds else _forward(host, journal)


def _open(host: Host, journal: Journal) -> None:
    try:
        store.open_journal(host, journal)
    except OSError:
        with contextlib.suppress(OSError):
            store.close_journal(host)
        raise


def _expected(host: Host, step: Step) -> None:
    # before the step counts as begun: what somebody else did there is not ours to undo
    unmet = step.unmet(host)
    if unmet is not None:
        raise Conflict(f"{unmet.source} is not as it was when the commit was planned")


def _take(host: Host, step: Step, waited: queue.Waited) -> None:
    try:
        queued = queue.perform(host, step.do, waited)
    except OSError as error:
        said = reason(step.do, error)
        if said is None:
            raise
        raise OSError(f"{said} ({reason_of(error)})") from None
    if step.after is not None and not step.after.holds(host):
        raise OSError(queued or "it was done, and the machine does not show it")


def _verified(verify: Verify) -> None:
    wrong = verify()
    if wrong:
        raise OSError("read back, the machine differs: " + "; ".join(wrong))


def _back(host: Host, journal: Journal, begun: int, number: int, error: BaseException, waited: queue.Waited) -> EsoshError:
    """Undo the steps that have begun, and the error that tells of it and of the step that failed."""
    with _uninterrupted(signal.SIGINT):
        with contextlib.suppress(OSError):
            store.mark(host, store.BACK)
        remains = undo(host, journal.steps[:begun], waited)
        with contextlib.suppress(OSError):  # what is left of it is looked at again, and nothing is found to be done
            store.close_journal(host)
    reason = "interrupted" if isinstance(error, KeyboardInterrupt) else reason_of(error)
    failed = f"step {number} of {len(journal.steps)}"
    step = str(journal.steps[number - 1].do)
    store.log(host, f"commit {journal.id}: {failed} failed: {reason}; {len(remains)} remain")
    if remains:
        message = f"{failed} failed and not everything could be undone"
        return UndoFailed(message, details=(step, reason, "what remains:", *remains))
    if isinstance(error, Conflict):
        return Conflict(f"{error}; everything was undone and checked", details=(step,))
    undone = {0: "nothing was", 1: "step 1"}.get(begun, f"steps {begun} to 1")
    return StepFailed(f"{failed} failed; {undone} undone and checked: the box is as before", details=(step, reason))


def reason_of(error: BaseException) -> str:
    """An error of the machine in words."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror.lower()}" + (f": {error.filename}" if error.filename else "")
    return str(error)


def undo(host: Host, steps: Sequence[Step], waited: queue.Waited = lambda seconds: None) -> list[str]:
    """Undo steps in reverse, the last one included, and give what could not be undone."""
    remains: list[str] = []
    stuck = _unsettled(host, steps[-1:], waited)
    for step in reversed(steps):
        if stuck and queue.concerns(step.do):
            remains.append(f"{step.do}: {stuck}")
            continue
        try:
            remains += _undo(host, step, waited)
        except OSError as error:
            stuck = stuck or (str(error) if isinstance(error, TimeoutError) else "")
            remains.append(f"{step.do}: {reason_of(error)}")
    return remains


def _unsettled(host: Host, last: Sequence[Step], waited: queue.Waited) -> str:
    """Wait until SCST has nothing queued: only then it is seen what became of a write that was waited for no longer."""
    try:
        if any(queue.concerns(step.do) for step in last):
            queue.settle(host, waited)
    except OSError as error:
        return str(error)
    return ""


def _undo(host: Host, step: Step, waited: queue.Waited) -> list[str]:
    """Undo one step, and give what could not be undone. Raises OSError where it cannot be seen."""
    if step.undo == () or _not_done(host, step):
        return []
    if step.undo is None:
        return [f"{step.do} (cannot be undone)"]
    failed = []
    for action in step.undo:
        try:
            queue.perform(host, action, waited)
        except TimeoutError:
            raise
        except OSError as error:
            failed.append(f"{action}: {reason_of(error)}")
    if step.unmet(host) is not None:
        return failed or [f"{step.do}: undone, and the machine does not show it"]
    return [] if step.before else failed


def _not_done(host: Host, step: Step) -> bool:
    if step.before:
        return step.unmet(host) is None
    return step.after is not None and not step.after.holds(host)


def _forward(host: Host, journal: Journal, word: str = "") -> str:
    """The commit stands: history, candidate, word for the next session, journal. What of it fails is a warning."""
    warnings = []
    saved = (journal.id, journal.who.user, journal.comment)
    try:
        history.save(host, *saved)
    except (EsoshError, OSError) as error:
        store.owe(host, *saved)
        warnings.append(f"committed, and not yet in the history: {reason_of(error)}; the next commit makes up for it")
    try:
        if journal.candidate:
            shelf.drop(host, journal.candidate)
        if word:
            store.tell(host, "; ".join((word, *warnings)))
        store.close_journal(host)
    except OSError as error:
        warnings.append(f"committed, and its edits or its journal stay for now: {reason_of(error)}")
    store.log(host, f"commit {journal.id} by {journal.who}: {len(journal.steps)} steps, {journal.comment}")
    return "; ".join(warnings)


def recover(host: Host) -> bool:
    """Finish or undo the commit that was cut short, or that was to be confirmed; the lock must be held.

    Leaves word of it; False when there was nothing, or when it still waits. Raises UndoFailed.
    """
    cut = store.journal(host)
    if cut is None:
        return False
    told = f"commit {cut.id} by {cut.who.user}"
    if cut.stands:
        _forward(host, cut, f"{told} was cut short after its last step: it stands")
    elif cut.until is None:
        _undone(host, cut, f"{told} was cut short at step {cut.begun} of {len(cut.steps)}")
    elif cut.verdict == "confirm":
        store.mark(host, "stands", sync=True)
        _forward(host, cut, f"{told} is confirmed")
    elif cut.verdict == "revert":
        _undone(host, cut, f"{told} was taken back")
    elif late(host, cut):
        _undone(host, cut, f"{told} was not confirmed within {cut.seconds} s")
    else:
        return False
    return True


def late(host: Host, waiting: Journal) -> bool:
    """Whether the time for a commit's confirm is over; it is after another start of the machine."""
    return waiting.boot != boot(host) or (waiting.until is not None and time.monotonic() >= waiting.until)


def _undone(host: Host, cut: Journal, told: str) -> None:
    """Undo what had begun, and leave word. Raises UndoFailed."""
    # after a reboot the kernel has started from the files, so only they are looked at, all of them
    files = tuple(step for step in cut.steps if isinstance(step.do, Replace))
    steps = cut.steps[: cut.begun] if cut.boot == boot(host) else files
    with _uninterrupted(signal.SIGHUP, signal.SIGTERM, signal.SIGINT):
        remains = undo(host, steps)
        _sweep(host, cut.steps)
        pending = f"; {PENDING}" if cut.until is not None and cut.candidate else ""
        failed = UndoFailed(f"{told} and not everything could be undone", details=("what remains:", *remains))
        word = f"{told}: everything was undone and checked{pending}"
        store.tell(host, "; ".join((str(failed), *failed.details)) if remains else word)
        store.close_journal(host)
    if remains:
        raise failed


def _sweep(host: Host, steps: Sequence[Step]) -> None:
    """Leave nothing of a file that was not written to its end."""
    for step in steps:
        if isinstance(step.do, Replace):
            with contextlib.suppress(OSError):
                host.sweep(step.do.path)


@contextlib.contextmanager
def _uninterrupted(*signals: signal.Signals) -> Iterator[None]:
    """A commit goes on when its terminal goes; Ctrl-C undoes it, and undoing goes on to its end."""
    try:
        before = [signal.signal(number, signal.SIG_IGN) for number in signals]
    except ValueError:  # not the main thread: its signals are another's
        yield
        return
    try:
        yield
    finally:
        for number, handler in zip(signals, before):
            signal.signal(number, handler)
