"""What esosh keeps on the box: candidates and the journal, through Host, below /var/lib (which ESOS saves)."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Optional

from .config import Config
from .errors import Locked
from .flat import flatten, unflatten
from .host import Host
from .step import Step, from_data, to_data

ROOT = "/var/lib/esosh"
JOURNAL = f"{ROOT}/journal"
LOG = "/var/log/esosh.log"
COMMIT_LOCK = "/var/lock/conf_sync"  # the lock of ESOS's own conf_sync.sh
VERSION = 1


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
    """A commit that has begun: its steps, who made it, how far it came (the last step begun, from 1)."""

    id: int
    who: Who
    boot: str
    comment: str
    candidate: str
    steps: tuple[Step, ...]
    begun: int = 0
    stands: bool = False


def folder(name: str) -> str:
    """Where a candidate lies."""
    return f"{ROOT}/candidates/{name}"


@contextlib.contextmanager
def hold(host: Host, name: str, who: Who, wait: float) -> Iterator[None]:
    """Hold a candidate. Raises Locked, naming its holder."""
    try:
        with host.lock(f"{folder(name)}/lock", wait, str(who)):
            yield
    except TimeoutError as error:
        raise Locked(f"candidate {name} is in use by {error}") from None


def load(host: Host, name: str) -> tuple[Optional[Config], list[str]]:
    """A candidate's base and its lines, in the order in which they were typed."""
    path = f"{folder(name)}/edits.esh"
    if not host.exists(path):
        return None, []
    facts = json.loads(host.read(f"{folder(name)}/base.json"))
    base = unflatten(Config, {tuple(path): tuple(value) if isinstance(value, list) else value for path, value in facts})
    return base, host.read(path).split("\n")[:-1]


def begin(host: Host, name: str, base: Config) -> None:
    """Keep what a candidate's edits start from."""
    host.replace(f"{folder(name)}/base.json", json.dumps(list(flatten(base).items())), 0o600)


def append(host: Host, name: str, line: str) -> None:
    """Keep one more line, on disk before it counts."""
    host.append(f"{folder(name)}/edits.esh", line.replace("\n", " "), sync=True)


def drop(host: Host, name: str) -> None:
    """Forget a candidate's lines."""
    for file in ("edits.esh", "base.json"):
        if host.exists(f"{folder(name)}/{file}"):
            host.remove(f"{folder(name)}/{file}")


def open_journal(host: Host, journal: Journal) -> None:
    """Write the journal, whole and synced, before the first step."""
    head = {
        "version": VERSION, "id": journal.id, "who": vars(journal.who), "boot": journal.boot, "comment": journal.comment,
        "candidate": journal.candidate, "steps": to_data(journal.steps),
    }
    host.replace(JOURNAL, json.dumps(head) + "\n", 0o600)


def mark(host: Host, text: str, sync: bool = False) -> None:
    """Note how far the commit is: "begun K", or "stands"."""
    host.append(JOURNAL, text, sync)


def journal(host: Host) -> Optional[Journal]:
    """The commit that has begun and did not end, if there is one."""
    if not host.exists(JOURNAL):
        return None
    head, *marks = host.read(JOURNAL).split("\n")
    data: dict[str, Any] = json.loads(head)
    begun = [int(mark.split()[1]) for mark in marks if mark.startswith("begun ")]
    return Journal(
        data["id"], Who(**data["who"]), data["boot"], data["comment"], data["candidate"], from_data(data["steps"]),
        max(begun, default=0), "stands" in marks,
    )


def close_journal(host: Host) -> None:
    """The commit has ended."""
    host.replace(JOURNAL, None)


@contextlib.contextmanager
def commit_lock(host: Host, wait: float) -> Iterator[None]:
    """Hold what conf_sync.sh holds, so that no sync saves half a commit. Raises Locked, naming the holder."""
    try:
        with host.lock(COMMIT_LOCK, wait):
            yield
    except TimeoutError:
        running = journal(host)
        holder = f"a commit by {running.who}" if running else "a sync (conf_sync.sh)"
        raise Locked(f"{holder} is running; nothing was done") from None


def cut_short(host: Host) -> Optional[Journal]:
    """The commit that was cut short: its journal is there and nobody holds the lock."""
    if not host.exists(JOURNAL):
        return None
    if host.exists(COMMIT_LOCK):
        try:
            with host.lock(COMMIT_LOCK, 0):
                return journal(host)
        except TimeoutError:
            return None
    return journal(host)


def log(host: Host, text: str) -> None:
    """One line for the record; a log that cannot be written stops nothing."""
    with contextlib.suppress(OSError):
        host.append(LOG, text.replace("\n", " "))
