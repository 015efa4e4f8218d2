"""Undo steps: in reverse, looking at the machine before and after each, and naming what remains."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator, Sequence

from .. import executors
from ..executors import Waiting
from ..executors.step import Action, Replace, Step
from ..host import Host


def undo(host: Host, steps: Sequence[Step], waiting: Waiting = lambda seconds: None) -> list[str]:
    """Undo steps in reverse, the last one included, and give what could not be undone."""
    remains: list[str] = []
    stuck = _stuck_sections(host, steps[-1:], waiting)
    for step in reversed(steps):
        if step.section in stuck and not isinstance(step.do, Replace):
            remains.append(f"{step.do}: {stuck[step.section]}")
            continue
        try:
            remains += _undo_step(host, step, waiting)
        except TimeoutError as error:
            stuck.setdefault(step.section, str(error))
            remains.append(f"{step.do}: {reason_of(error)}")
        except OSError as error:
            remains.append(f"{step.do}: {reason_of(error)}")
    return remains


def _stuck_sections(host: Host, last: Sequence[Step], waiting: Waiting) -> dict[str, str]:
    """Wait until what the last step began has ended; the reason why it cannot be waited for, by section."""
    stuck = {}
    for step in last:
        try:
            executors.settle(host, step.section, step.do, waiting)
        except OSError as error:
            stuck[step.section] = str(error)
    return stuck


def _undo_step(host: Host, step: Step, waiting: Waiting) -> list[str]:
    """Undo one step, and give what could not be undone. Raises OSError where the machine cannot be read."""
    if step.undo == () or _did_not_happen(host, step):
        return []
    if step.undo is None:
        return [f"{step.do} (cannot be undone)"]
    failures: list[str] = []
    for action in step.undo:
        failures += _undo_action(host, step.section, action, waiting)
    if step.failed_precondition(host) is not None:
        return failures or [f"{step.do}: undone, and the machine does not show it"]
    return [] if step.before else failures


def _undo_action(host: Host, section: str, action: Action, waiting: Waiting) -> list[str]:
    """Take one action that undoes a step; a failure is given in words. Raises TimeoutError."""
    try:
        executors.perform(host, section, action, waiting)
    except TimeoutError:
        raise
    except OSError as error:
        return [f"{action}: {reason_of(error)}"]
    return []


def _did_not_happen(host: Host, step: Step) -> bool:
    if step.before:
        return step.failed_precondition(host) is None
    return step.after is not None and not step.after.holds(host)


def reason_of(error: BaseException) -> str:
    """An error of the machine in words."""
    if not isinstance(error, OSError) or not error.strerror:
        return str(error)
    reason = error.strerror.lower()
    return f"{reason}: {error.filename}" if error.filename else reason


@contextlib.contextmanager
def uninterrupted(*signals: signal.Signals) -> Iterator[None]:
    """A commit goes on when its terminal goes; Ctrl-C undoes it, and undoing goes on to its end."""
    try:
        handlers = [signal.signal(number, signal.SIG_IGN) for number in signals]
    except ValueError:  # not the main thread: its signals are another's
        yield
        return
    try:
        yield
    finally:
        for number, handler in zip(signals, handlers):
            signal.signal(number, handler)
