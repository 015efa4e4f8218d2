"""What esosh keeps on the box of a commit, below /var/lib (which ESOS saves): the journal, the lock, word of how it ended."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Optional

from .errors import Locked, Refused
from .host import Host
from .lock import Lock
from .step import Step, from_data, to_data
from .views import clean

ROOT = "/var/lib/esosh"
JOURNAL = f"{ROOT}/journal"
LOG = "/var/log/esosh.log"
WORD = f"{ROOT}/word"
OWED = f"{ROOT}/owed"
COMMIT_LOCK = "/var/lock/conf_sync"  # the lock of ESOS's own conf_sync.sh
VERSION = 1
VERDICTS = ("confirm", "revert")
BACK = "back"


@dataclass(frozen=True)
class Who:
    """Somebody at a terminal, at a time."""

    user: str
    terminal: str
    pid: int
    since: str

    def __str__(self) -> str:
        return f"{self.user} on {self.terminal} (pid {self.pid}) since {self.since}"


@dataclass(frozen=True)
class Journal:
    """A commit that has begun: its steps, who made it, how far it came (the last step begun, from 1).

    `seconds`: how long it waits for its confirm, 0 for one that does not; `until`: the end of that time on the
    machine's monotonic clock, None before it waits; `verdict`: "confirm" or "revert", where somebody said so.
    """

    id: int
    who: Who
    boot: str
    comment: str
    candidate: str
    steps: tuple[Step, ...]
    seconds: int = 0
    probe: str = ""
    begun: int = 0
    stands: bool = False
    until: Optional[float] = None
    verdict: str = ""


def open_journal(host: Host, journal: Journal) -> None:
    """Write the journal, whole and synced, before the first step."""
    head = {
        "version": VERSION, "id": journal.id, "who": vars(journal.who), "boot": journal.boot, "comment": journal.comment,
        "candidate": journal.candidate, "seconds": journal.seconds, "probe": journal.probe, "steps": to_data(journal.steps),
    }
    host.sweep(JOURNAL)
    host.replace(JOURNAL, json.dumps(head) + "\n", 0o600)


def mark(host: Host, text: str, sync: bool = False) -> None:
    """Note how far the commit is: "begun K", "stands", "until T", "confirm", "revert", or BACK: it is being undone.

    Raises FileNotFoundError where it has ended meanwhile.
    """
    host.append(JOURNAL, text, sync, make=False)


def journal(host: Host) -> Optional[Journal]:
    """The commit that has begun and did not end, if there is one. Raises Refused where its journal is damaged."""
    text = _text(host, JOURNAL)
    try:
        return _parsed(text) if text else None
    except (LookupError, TypeError, ValueError):
        raise Refused(
            f"the journal of a commit that did not end, {JOURNAL}, is damaged: what it did is not known, and nothing is undone",
            details=("look at what stands with diff and plan, mend it by hand, then take the journal away",), code="E226",
        ) from None


def _parsed(text: str) -> Journal:
    head, *marks = text.split("\n")
    data: dict[str, Any] = json.loads(head)
    if BACK in marks:  # a mark that failed may be there all the same
        marks = [mark for mark in marks if mark.startswith("begun ")]
    begun = [int(mark.split()[1]) for mark in marks if mark.startswith("begun ")]
    until = [float(mark.split()[1]) for mark in marks if mark.startswith("until ")]
    said = [mark for mark in marks if mark in VERDICTS]
    return Journal(
        data["id"], Who(**data["who"]), data["boot"], data["comment"], data["candidate"], from_data(data["steps"]),
        data["seconds"], data["probe"], max(begun, default=0), "stands" in marks, until[-1] if until else None, "".join(said[:1]),
    )


def _text(host: Host, path: str) -> str:
    """A file that somebody else may take away at any moment; "" when it is not there."""
    with contextlib.suppress(FileNotFoundError):
        return host.read(path)
    return ""


def close_journal(host: Host) -> None:
    """The commit has ended."""
    host.replace(JOURNAL, None)


@contextlib.contextmanager
def commit_lock(host: Host, wait: float, who: Optional[Who] = None) -> Iterator[Lock]:
    """Hold what conf_sync.sh holds, so that no sync saves half a commit. Raises Locked, naming the holder."""
    try:
        with host.lock(COMMIT_LOCK, wait, str(who or "")) as lock:
            yield lock
    except TimeoutError as error:
        waiting = awaiting(host)
        if waiting:
            raise Locked(f"commit {waiting.id} by {waiting.who} waits for: confirm; nothing was done", mend="confirm") from None
        running = journal(host)  # a sync that waits behind a commit has emptied the note
        holder = f"a commit by {str(error) or (running and running.who)}" if running or str(error) else "a sync (conf_sync.sh)"
        raise Locked(f"{holder} is running; nothing was done") from None


def awaiting(host: Host) -> Optional[Journal]:
    """The commit that waits for its confirm, if there is one."""
    found = journal(host)
    return found if found and found.until is not None and not found.stands else None


def cut_short(host: Host) -> Optional[Journal]:
    """The commit that was cut short, or whose time ran out: its journal is there and nobody holds the lock."""
    if not host.exists(JOURNAL):
        return None
    if host.exists(COMMIT_LOCK):
        try:
            with host.lock(COMMIT_LOCK, 0):
                return journal(host)
        except TimeoutError:
            return None
    return journal(host)


def owe(host: Host, number: int, user: str, comment: str) -> None:
    """Keep what is to be said of a commit that git did not take, for the next one to make up for."""
    with contextlib.suppress(OSError):
        host.replace(OWED, json.dumps([number, user, comment]), 0o600)


def owed(host: Host) -> Optional[tuple[int, str, str]]:
    """The number, the user and the comment of the commit that git did not take."""
    text = _text(host, OWED)
    if not text:
        return None
    number, user, comment = json.loads(text)
    return number, user, comment


def pay(host: Host) -> None:
    """Git has taken it."""
    host.remove(OWED)


def tell(host: Host, text: str) -> None:
    """Leave word of how a commit ended, for the next session."""
    log(host, text)
    with contextlib.suppress(OSError):
        host.replace(WORD, text + "\n", 0o600)


def word(host: Host) -> str:
    """The word that was left, "" for none."""
    return _text(host, WORD).strip()


def told(host: Host) -> str:
    """The word that was left; it is told once."""
    text = word(host)
    if text:
        host.remove(WORD)
    return text


def log(host: Host, text: str) -> None:
    """One line for the record; a log that cannot be written stops nothing."""
    with contextlib.suppress(OSError):
        host.append(LOG, clean(text.replace("\n", " ")))
