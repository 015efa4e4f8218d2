"""The guard: a process of its own that undoes a commit whose committer died, or that nobody confirmed in time.

It holds the commit lock together with the committer, so nothing comes between a death and the undoing.
"""

from __future__ import annotations

import contextlib
import math
import shlex
import time
from typing import Optional

from . import store, transaction
from .errors import EsoshError
from .host import Host
from .lock import Companion, Lock
from .store import Journal

DONE = "done"
WAITS = "waits"
_POLL = 0.1  # seconds between two looks at the journal
_PROBED = 1.0  # seconds between two probes
_LONGEST = 10.0  # seconds that a probe may take, so that a confirm is not kept waiting
_WARNED = (60, 15, 5)  # seconds before the end at which every terminal is told
_PATIENCE = 60  # seconds that a machine which refuses is tried again
_NEVER = 1_000_000


def guard(host: Host, lock: Lock) -> Companion:
    """A guard for a commit under that lock: it acts unless it is told that the commit is DONE."""
    return host.companion(lambda word: _live(host, lock, word), lock)


def renew(host: Host, lock: Lock) -> None:
    """A new guard for a commit that waits for its confirm, in the place of one that died."""
    guard(host, lock).say(WAITS)
    lock.handed = True


def _live(host: Host, lock: Lock, word: str) -> None:
    if word == DONE:
        return None
    lock.take(_PATIENCE)
    tries = 0
    while tries < _PATIENCE:
        try:
            return _settle(host)
        except EsoshError:
            return None  # whoever comes next has word of it
        except OSError as error:
            store.log(host, f"guard: {transaction.reason_of(error)}")
            tries += 1
            time.sleep(1)


def _settle(host: Host) -> None:
    """Undo what was cut short; wait for the confirm that is due, and finish or undo then."""
    warned, probed = _NEVER, 0.0
    while True:
        ended, waiting = transaction.recover(host), store.awaiting(host)
        if ended or waiting is None:
            return
        left = _left(waiting)
        due = next((seconds for seconds in reversed(_WARNED) if left <= seconds < waiting.seconds), _NEVER)
        if due < warned:
            warned = due
            _announce(host, waiting, left)
        if waiting.probe and time.monotonic() - probed >= _PROBED:
            probed = time.monotonic()
            _probe(host, waiting, left)
        time.sleep(min(_POLL, max(left, 0)))


def _left(waiting: Journal) -> float:
    assert waiting.until is not None
    return waiting.until - time.monotonic()


def left(waiting: Optional[Journal]) -> str:
    """How much time a commit has left for its confirm, as "4:12"; "" for none."""
    if waiting is None:
        return ""
    seconds = max(0, math.ceil(_left(waiting)))
    return f"{seconds // 60}:{seconds % 60:02}"


def _announce(host: Host, waiting: Journal, left: float) -> None:
    text = f"esosh on {host.name}: commit {waiting.id} by {waiting.who.user} is undone in {left:.0f} s unless: confirm\n"
    with contextlib.suppress(OSError):
        host.run(("wall",), text, limit=1)


def _probe(host: Host, waiting: Journal, left: float) -> None:
    """Ask the command that may confirm the commit."""
    with contextlib.suppress(OSError):
        if not host.run(shlex.split(waiting.probe), limit=min(max(left, _POLL), _LONGEST)).status:
            store.mark(host, "confirm", sync=True)
