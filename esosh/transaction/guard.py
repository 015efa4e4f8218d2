"""The guard: a separate process that undoes a commit whose committer died, or that nobody confirmed in time.

It holds the commit lock together with the committer, so nothing comes between a death and the undoing.
"""

from __future__ import annotations

import contextlib
import math
import shlex
import time
from typing import Optional

from ..errors import EsoshError
from ..host import Host
from ..host.lock import Companion, Lock
from . import journal, recovery
from .journal import Journal
from .undo import reason_of

DONE = "done"
WAITS = "waits"
_POLL = 0.1  # seconds between two looks at the journal
_PROBE_INTERVAL = 1.0  # seconds between two probes
_PROBE_LIMIT = 10.0  # seconds that a probe may take, so that a confirm is not kept waiting
_WARNINGS = (60, 15, 5)  # seconds before the end at which every terminal is warned
_PATIENCE = 60  # seconds for which a machine that refuses is tried again
_NEVER = 1_000_000


def guard(host: Host, lock: Lock) -> Companion:
    """A guard for a commit under that lock: it acts unless the word that it gets is DONE."""
    return host.companion(lambda word: _stand_in(host, lock, word), lock)


def renew(host: Host, lock: Lock) -> None:
    """A new guard for a commit that waits for its confirm, in the place of one that died."""
    guard(host, lock).send(WAITS)
    lock.handed_over = True


def _stand_in(host: Host, lock: Lock, word: str) -> None:
    """Take the committer's place, unless its commit is DONE."""
    if word == DONE:
        return
    lock.take(_PATIENCE)
    with contextlib.suppress(EsoshError):  # whoever comes next finds the notice
        for _ in range(_PATIENCE):
            if _is_settled(host):
                return
            time.sleep(1)


def _is_settled(host: Host) -> bool:
    """Bring the commit to its end; False where the machine refuses."""
    try:
        _settle(host)
    except OSError as error:
        journal.log(host, f"guard: {reason_of(error)}")
        return False
    return True


def _settle(host: Host) -> None:
    """Undo what was cut short; wait for the confirm that is due, and finish or undo then."""
    warned, probed = _NEVER, 0.0
    while True:
        ended, waiting = recovery.recover(host), journal.awaiting(host)
        if ended or waiting is None:
            return
        seconds = _seconds_left(waiting)
        warning = _due_warning(waiting, seconds)
        if warning < warned:
            warned = warning
            _warn(host, waiting, seconds)
        if waiting.probe and time.monotonic() - probed >= _PROBE_INTERVAL:
            probed = time.monotonic()
            _probe(host, waiting, seconds)
        time.sleep(min(_POLL, max(seconds, 0)))


def _seconds_left(waiting: Journal) -> float:
    assert waiting.until is not None
    return waiting.until - time.monotonic()


def _due_warning(waiting: Journal, seconds: float) -> int:
    """The last warning that is due, by its seconds before the end; _NEVER for none."""
    due = (warning for warning in reversed(_WARNINGS) if seconds <= warning < waiting.seconds)
    return next(due, _NEVER)


def time_left(waiting: Optional[Journal]) -> str:
    """How much time a commit has left for its confirm, as "4:12"; "" for none."""
    if waiting is None:
        return ""
    minutes, seconds = divmod(max(0, math.ceil(_seconds_left(waiting))), 60)
    return f"{minutes}:{seconds:02}"


def _warn(host: Host, waiting: Journal, seconds: float) -> None:
    commit = f"commit {waiting.id} by {waiting.who.user}"
    text = f"esosh on {host.name}: {commit} is undone in {seconds:.0f} s unless: confirm\n"
    with contextlib.suppress(OSError):
        host.run(("wall",), text, limit=1)


def _probe(host: Host, waiting: Journal, seconds: float) -> None:
    """Run the command that may confirm the commit."""
    with contextlib.suppress(OSError):
        output = host.run(shlex.split(waiting.probe), limit=min(max(seconds, _POLL), _PROBE_LIMIT))
        if not output.status:
            journal.mark(host, journal.CONFIRM, sync=True)
