"""Undo steps: in reverse, looking at the machine before and after each, and naming what remains.

Undoing may begin again at any point, and goes on where it was. Whatever is raised on the way, our own bugs
included, is the reason why a step remains, and the others are undone.
"""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator, Sequence

from .. import executors
from ..errors import EsoshError, position
from ..executors import Waiting
from ..executors.step import Action, Replace, Step
from ..host import Host


def undo(host: Host, steps: Sequence[Step], waiting: Waiting = lambda seconds: None) -> list[str]:
    """Undo steps in reverse, the last one included; give what remains of those that have an inverse."""
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
        except Exception as error:  # noqa: BLE001 - whatever it is, the steps before it are undone
            remains.append(f"{step.do}: {reason_of(error)}")
    return [*remains, *_sweep(host, steps)]


def _sweep(host: Host, steps: Sequence[Step]) -> list[str]:
    """Leave nothing of a file that was not written to its end; what of that cannot be removed."""
    remains = []
    for step in steps:
        if isinstance(step.do, Replace):
            try:
                host.sweep(step.do.path)
            except OSError as error:
                remains.append(f"what is left beside {step.do.path}: {reason_of(error)}")
    return remains


def remaining(host: Host, steps: Sequence[Step]) -> list[str]:
    """The steps that are not undone, the last one first, as the machine shows them now."""
    return [str(step.do) for step in reversed(steps) if step.undo and not _looks_undone(host, step)]


def busy(host: Host, steps: Sequence[Step]) -> str:
    """What the machine still works on of the steps, in words; "" for nothing. It is not waited for."""
    def leave(seconds: float) -> None:
        raise TimeoutError("the machine has not ended what it was told last")

    one_of_each = {step.section: step for step in steps if not isinstance(step.do, Replace)}
    stuck = _stuck_sections(host, tuple(one_of_each.values()), leave)
    return "; ".join(f"{section}: {reason}" for section, reason in stuck.items())


def lasting(host: Host, steps: Sequence[Step]) -> list[str]:
    """The steps that happened and have no inverse, the last one first."""
    happened = (step for step in reversed(steps) if step.undo is None and not _looks_undone(host, step))
    return [f"{step.do} (cannot be undone)" for step in happened]


def _looks_undone(host: Host, step: Step) -> bool:
    """Whether the machine shows that a step did not happen; False where it cannot be looked at."""
    try:
        return _did_not_happen(host, step)
    except Exception:  # noqa: BLE001 - nobody who looks at what remains is kept from the rest of it
        return False


def _stuck_sections(host: Host, last: Sequence[Step], waiting: Waiting) -> dict[str, str]:
    """Wait until what the last step began has ended; the reason why it cannot be waited for, by section."""
    stuck = {}
    for step in last:
        try:
            executors.settle(host, step.section, step.do, waiting)
        except Exception as error:  # noqa: BLE001 - files can be undone whatever it is
            stuck[step.section] = reason_of(error)
    return stuck


def _undo_step(host: Host, step: Step, waiting: Waiting) -> list[str]:
    """Undo one step, and give what could not be undone. Raises OSError where the machine cannot be read."""
    if not step.undo or _did_not_happen(host, step):
        return []
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
    except Exception as error:  # noqa: BLE001 - the other actions may still be taken
        return [f"{action}: {reason_of(error)}"]
    return []


def _did_not_happen(host: Host, step: Step) -> bool:
    if step.before:
        return step.failed_precondition(host) is None
    return step.after is not None and not step.after.holds(host)


def reason_of(error: BaseException) -> str:
    """An error in words; a bug of ours with its place."""
    if not isinstance(error, (OSError, EsoshError)):
        return f"bug: {type(error).__name__}: {error}{position(error)}"
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
