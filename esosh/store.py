"""What esosh keeps on the box: candidates and the journal, through Host, below /var/lib (which ESOS saves)."""

from __future__ import annotations

import contextlib
import json
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Optional

from .config import Config
from .errors import Locked, Refused
from .flat import flatten, unflatten
from .host import Host
from .lock import Lock
from .step import Step, from_data, to_data

ROOT = "/var/lib/esosh"
JOURNAL = f"{ROOT}/journal"
LOG = "/var/log/esosh.log"
WORD = f"{ROOT}/word"
OWED = f"{ROOT}/owed"
COMMIT_LOCK = "/var/lock/conf_sync"  # the lock of ESOS's own conf_sync.sh
VERSION = 1
VERDICTS = ("confirm", "revert")
BACK = "back"
TIME = "%Y-%m-%d %H:%M:%S"
_EDITS, _BASE, _BURIED = "edits.esh", "base.json", ".deleted"


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


@dataclass(frozen=True)
class Typed:
    """Lines that are one move of a candidate, who typed them, where and when."""

    lines: tuple[str, ...]
    user: str = ""
    terminal: str = ""
    when: str = ""


@dataclass(frozen=True)
class Kept:
    """A candidate on disk: what it starts from, the number of the newest commit then, and its moves in order."""

    base: Optional[Config] = None
    commit: int = 0
    moves: tuple[Typed, ...] = ()


_TYPED = re.compile(r"(.*)  # (?:\+|(\S+) (\S+) (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d))")


def folder(name: str) -> str:
    """Where a candidate lies."""
    return f"{ROOT}/candidates/{name}"


def candidates(host: Host) -> tuple[str, ...]:
    """The candidates that there are."""
    return tuple(name for name in host.list(f"{ROOT}/candidates") if host.exists(f"{folder(name)}/{_BASE}"))


@contextlib.contextmanager
def hold(host: Host, name: str, who: Who, wait: float) -> Iterator[None]:
    """Hold a candidate. Raises Locked, naming its holder."""
    try:
        with host.lock(f"{folder(name)}/lock", wait, str(who)):
            yield
    except TimeoutError as error:
        raise Locked(f"candidate {name} is in use by {error}") from None


def load(host: Host, name: str) -> Kept:
    """A candidate; an empty one where there is none."""
    if not host.exists(f"{folder(name)}/{_BASE}"):
        return Kept()
    data = json.loads(host.read(f"{folder(name)}/{_BASE}"))
    facts = {tuple(path): tuple(value) if isinstance(value, list) else value for path, value in data["facts"]}
    edits = f"{folder(name)}/{_EDITS}"
    return Kept(unflatten(Config, facts), data["commit"], tuple(_moves(host.read(edits))) if host.exists(edits) else ())


def _moves(text: str) -> Iterator[Typed]:
    lines: list[str] = []
    about: tuple[str, ...] = ()
    for line in text.split("\n")[:-1]:
        found = _TYPED.fullmatch(line)
        if lines and not (found and found[2] is None):
            yield Typed(tuple(lines), *about)
            lines = []
        lines.append(found[1] if found else line)
        about = found.groups()[1:] if found and found[2] else about if found else ()
    if lines:
        yield Typed(tuple(lines), *about)


def begin(host: Host, name: str, base: Config, commit: int) -> None:
    """Keep what a candidate's edits start from."""
    data = {"version": VERSION, "commit": commit, "facts": list(flatten(base).items())}
    host.replace(f"{folder(name)}/{_BASE}", json.dumps(data), 0o600)


def append(host: Host, name: str, lines: Sequence[str], who: Who) -> Typed:
    """Keep one more move, on disk before it counts: its lines, the first with who typed it."""
    typed = Typed(tuple(line.replace("\n", " ") for line in lines), who.user, who.terminal.replace(" ", "-"), time.strftime(TIME))
    stamps = [f"{typed.user} {typed.terminal} {typed.when}", *["+"] * (len(lines) - 1)]
    text = "\n".join(f"{line}  # {stamp}" for line, stamp in zip(typed.lines, stamps))
    host.append(f"{folder(name)}/{_EDITS}", text, sync=True)
    return typed


def drop(host: Host, name: str) -> None:
    """Forget a candidate."""
    for file in (_EDITS, _BASE):
        if host.exists(f"{folder(name)}/{file}"):
            host.remove(f"{folder(name)}/{file}")


def bury(host: Host, name: str) -> None:
    """Put a candidate where it does not count, and `dig` finds it."""
    for file in (_EDITS, _BASE):
        if host.exists(f"{folder(name)}/{file}"):
            host.replace(f"{folder(name)}/{file}{_BURIED}", host.read(f"{folder(name)}/{file}"), 0o600)
    drop(host, name)


def dig(host: Host, name: str) -> None:
    """Bring a candidate back. Raises Refused where there is another one of its name by now."""
    if host.exists(f"{folder(name)}/{_BASE}"):
        raise Refused(f"there is another candidate {name} by now", word=name, code="E236")
    for file in (_EDITS, _BASE):
        if host.exists(f"{folder(name)}/{file}{_BURIED}"):
            host.replace(f"{folder(name)}/{file}", host.read(f"{folder(name)}/{file}{_BURIED}"), 0o600)
            host.remove(f"{folder(name)}/{file}{_BURIED}")


def open_journal(host: Host, journal: Journal) -> None:
    """Write the journal, whole and synced, before the first step."""
    head = {
        "version": VERSION, "id": journal.id, "who": vars(journal.who), "boot": journal.boot, "comment": journal.comment,
        "candidate": journal.candidate, "seconds": journal.seconds, "probe": journal.probe, "steps": to_data(journal.steps),
    }
    host.sweep(JOURNAL)
    host.replace(JOURNAL, json.dumps(head) + "\n", 0o600)


def mark(host: Host, text: str, sync: bool = False) -> None:
    """Note how far the commit is: "begun K", "stands", "until T", "confirm", "revert", or BACK: it is being undone."""
    host.append(JOURNAL, text, sync)


def journal(host: Host) -> Optional[Journal]:
    """The commit that has begun and did not end, if there is one."""
    if not host.exists(JOURNAL):
        return None
    head, *marks = host.read(JOURNAL).split("\n")
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


def owe(host: Host, number: int, message: tuple[str, ...]) -> None:
    """Keep the message of a commit that git did not take, for the next one to make up for."""
    with contextlib.suppress(OSError):
        host.replace(OWED, json.dumps([number, *message]), 0o600)


def owed(host: Host) -> Optional[tuple[int, tuple[str, ...]]]:
    """The number and the message of the commit that git did not take."""
    if not host.exists(OWED):
        return None
    number, *message = json.loads(host.read(OWED))
    return number, tuple(message)


def pay(host: Host) -> None:
    """Git has taken it."""
    host.remove(OWED)


def tell(host: Host, text: str) -> None:
    """Leave word of how a commit ended, for the next session."""
    log(host, text)
    with contextlib.suppress(OSError):
        host.replace(WORD, text + "\n", 0o600)


def told(host: Host) -> str:
    """The word that was left, "" for none; it is told once."""
    if not host.exists(WORD):
        return ""
    text = host.read(WORD).strip()
    host.remove(WORD)
    return text


def log(host: Host, text: str) -> None:
    """One line for the record; a log that cannot be written stops nothing."""
    with contextlib.suppress(OSError):
        host.append(LOG, text.replace("\n", " "))
