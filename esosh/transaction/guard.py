"""The guard: a separate process that undoes a commit whose committer died, or that nobody confirmed in time.

It holds the commit lock together with the committer, so nothing comes between a death and the undoing.
Whatever is raised, it goes on: what cannot be done now is tried again and again, and told on every terminal.
Only where the journal cannot be understood it lets go of the lock, for then somebody must look.
"""

from __future__ import annotations

import contextlib
import math
import shlex
import time
from typing import Optional

from ..host import Host
from ..host.lock import Companion, Lock
from ..views import clean
from . import journal, notices, recovery
from .journal import Journal
from .undo import reason_of

DONE = "done"
WAITS = "waits"
_POLL = 0.1  # seconds between two looks at the journal
_PROBE_INTERVAL = 1.0  # seconds between two probes
_PROBE_LIMIT = 10.0  # seconds that a probe may take, so that a confirm is not kept waiting
_WARNINGS = (60, 15, 5)  # seconds before the end at which every terminal is warned
_PATIENCE = 60  # seconds that it waits for the lock, before it tries that again
_SHORT_PAUSE, _LONG_PAUSE = 1.0, 5.0  # seconds between two tries: in the first minute, and then
_SOON = 60  # tries
_REMINDER = 600.0  # seconds between two times that every terminal is told of the same trouble
_NEVER = 1_000_000


def guard(host: Host, lock: Lock) -> Companion:
    """A guard for a commit under that lock: it acts unless the word that it gets is DONE."""
    return host.companion(lambda word: _stand_in(host, lock, word), lock)


def renew(host: Host, lock: Lock) -> None:
    """A new guard for a commit that waits for its confirm, or that cannot be ended yet, and has none."""
    guard(host, lock).send(WAITS)
    lock.handed_over = True


def _stand_in(host: Host, lock: Lock, word: str) -> None:
    """Take the committer's place, unless its commit is DONE; stay until the commit has ended."""
    if word == DONE:
        return
    trouble = _Trouble(host)
    while True:
        try:
            lock.take(_PATIENCE)
            _settle(host)
            trouble.end()
            return
        except Exception as error:  # noqa: BLE001 - whatever it is, nobody else sees to the commit
            if _is_unknown(host):
                trouble.give_up(error)
                return
            trouble.tell(error)
            time.sleep(_SHORT_PAUSE if trouble.tries < _SOON else _LONG_PAUSE)


def _is_unknown(host: Host) -> bool:
    """Whether nobody can know what the commit did, so that a person must end it, and needs the lock."""
    with contextlib.suppress(OSError):
        return journal.readable(host) is None and host.exists(journal.JOURNAL)
    return False


class _Trouble:
    """Why a commit cannot be ended, and when that was told."""

    def __init__(self, host: Host) -> None:
        self.tries = 0
        self._host = host
        self._told = ""
        self._when = 0.0

    def tell(self, error: Exception) -> None:
        """Tell why, on every terminal, in the log and to the next session; the same not too often."""
        self.tries += 1
        text, now = _text(error), time.monotonic()
        if text != self._told or now - self._when >= _REMINDER:
            self._told, self._when = text, now
            self._say(f"{text}; it is tried again and again")

    def give_up(self, error: Exception) -> None:
        """Tell why nothing is tried any more."""
        self._say(f"{_text(error)}; nothing is tried any more")

    def _say(self, text: str) -> None:
        notices.leave_notice(self._host, text)
        _announce(self._host, f"{text}, see: esosh status")

    def end(self) -> None:
        """Tell that it is over, if there was any."""
        if self._told:
            _announce(self._host, notices.notice(self._host) or "the commit has ended")


def _text(error: Exception) -> str:
    """An error on one line, with what remains."""
    title, *remains = getattr(error, "details", ()) or ("",)
    return "; ".join(filter(None, (reason_of(error), f"{title} {'; '.join(remains)}".strip())))


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
    _announce(host, f"{commit} is undone in {seconds:.0f} s unless: confirm")


def _announce(host: Host, text: str) -> None:
    """Tell every terminal; where that cannot be done, there is the notice."""
    with contextlib.suppress(Exception):
        host.run(("wall",), f"esosh on {host.name}: {clean(text)}\n", limit=1)


def _probe(host: Host, waiting: Journal, seconds: float) -> None:
    """Run the command that may confirm the commit; one that cannot be run does not."""
    with contextlib.suppress(Exception):
        if host.ends_well(shlex.split(waiting.probe), min(max(seconds, _POLL), _PROBE_LIMIT)):
            journal.mark(host, journal.CONFIRM, sync=True)
