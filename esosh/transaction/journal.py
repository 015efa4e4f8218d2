"""What esosh keeps of a commit: the journal, the lock, notice of how it ended.

All of it but the lock is below /var/lib, which ESOS saves. The journal is one line of JSON, written and
synced whole before the first step, then a line for each mark.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from typing import Any, Optional

from ..errors import Locked, Refused
from ..executors.step import Step
from ..host import Host
from ..host.lock import Lock
from ..records import Record
from ..views import clean
from . import encoding

ROOT = "/var/lib/esosh"
JOURNAL = f"{ROOT}/journal"
LOG = "/var/log/esosh.log"
NOTICE = f"{ROOT}/word"
PENDING = f"{ROOT}/owed"  # the commit that git did not take yet
COMMIT_LOCK = "/var/lock/conf_sync"  # the lock of ESOS's own conf_sync.sh

BEGUN = "begun"  # with the number of a step, from 1
UNTIL = "until"  # with the end of the time for confirm, on the machine's monotonic clock
STANDS = "stands"
CONFIRM, REVERT = "confirm", "revert"
BACK = "back"  # it is being undone


class Who(Record):
    """Somebody at a terminal, at a time."""

    user: str
    terminal: str
    pid: int
    since: str

    def __str__(self) -> str:
        return f"{self.user} on {self.terminal} (pid {self.pid}) since {self.since}"


class Journal(Record):
    """A commit that has begun: its steps, who made it, how far it came (the last step begun, from 1).

    `drops`: the files of the candidate that go when the commit stands. `seconds`: how long it waits for its
    confirm, 0 for one that does not. `until`: the end of that time, None before it waits. `verdict`:
    "confirm" or "revert", "" before somebody decides.
    """

    id: int
    who: Who
    boot: str
    comment: str
    candidate: str
    steps: tuple[Step, ...]
    drops: tuple[str, ...] = ()
    seconds: int = 0
    probe: str = ""
    begun: int = 0
    stands: bool = False
    until: Optional[float] = None
    verdict: str = ""


def open_journal(host: Host, journal: Journal) -> None:
    """Write the journal, whole and synced, before the first step."""
    who = journal.who
    head = {
        "version": encoding.VERSION,
        "id": journal.id,
        "boot": journal.boot,
        "comment": journal.comment,
        "who": {"user": who.user, "terminal": who.terminal, "pid": who.pid, "since": who.since},
        "candidate": journal.candidate,
        "drops": journal.drops,
        "seconds": journal.seconds,
        "probe": journal.probe,
        "steps": encoding.encode(journal.steps),
    }
    host.sweep(JOURNAL)
    host.replace(JOURNAL, json.dumps(head) + "\n", 0o600)


def mark(host: Host, kind: str, value: object = None, sync: bool = False) -> None:
    """Note how far the commit is. Raises FileNotFoundError where it has ended meanwhile."""
    host.append(JOURNAL, kind if value is None else f"{kind} {value}", sync, make=False)


def journal(host: Host) -> Optional[Journal]:
    """The commit that has begun and did not end, if there is one.

    Raises Refused where its journal is damaged, or of a version that this esosh does not know.
    """
    text = _read(host, JOURNAL)
    try:
        return _parse(host, text) if text else None
    except (LookupError, TypeError, ValueError, AttributeError):
        raise Refused(
            f"the journal of a commit that did not end, {JOURNAL}, is damaged: "
            "what it did is not known, and nothing is undone",
            details=("look at the state with diff and plan, fix it by hand, then remove the journal",),
            code="E226",
        ) from None


def _parse(host: Host, text: str) -> Journal:
    head, *marks = text.split("\n")
    data: dict[str, Any] = json.loads(head)
    _require_version(data["version"])
    if BACK in marks:  # a mark that failed may be there all the same
        marks = [mark for mark in marks if mark.startswith(f"{BEGUN} ")]
    begun, until = _values(marks, BEGUN), _values(marks, UNTIL)
    verdicts = [mark for mark in marks if mark in (CONFIRM, REVERT)]
    who = data["who"]
    return Journal(
        id=int(data["id"]),
        who=Who(who["user"], who["terminal"], who["pid"], who["since"]),
        boot=data["boot"],
        comment=data["comment"],
        candidate=data["candidate"],
        steps=encoding.decode(data["steps"], data["version"]),
        drops=tuple(data["drops"] if "drops" in data else _candidate_files(host, data["candidate"])),
        seconds=int(data["seconds"]),
        probe=data["probe"],
        begun=int(max(begun, default=0)),
        stands=STANDS in marks,
        until=until[-1] if until else None,
        verdict="".join(verdicts[:1]),
    )


def _require_version(version: object) -> None:
    if not encoding.supported(version):
        raise Refused(
            f"a commit did not end, and its journal, {JOURNAL}, is of version {version}, "
            "which this esosh does not know",
            details=(
                "nothing is done about it: "
                "install the esosh that wrote it, or a later one, and run: esosh recover",
            ),
            code="E228",
        )


def _values(marks: list[str], kind: str) -> list[float]:
    return [float(mark.split()[1]) for mark in marks if mark.startswith(f"{kind} ")]


def _candidate_files(host: Host, candidate: str) -> list[str]:
    """The files of a candidate as version 1 knew them: its lines, then what they start from."""
    folder = f"{ROOT}/candidates/{candidate}"
    files = host.list(folder) if candidate else ()
    return [f"{folder}/{file}" for file in sorted(files, reverse=True) if file.endswith((".esh", ".json"))]


def _read(host: Host, path: str) -> str:
    """A file that somebody else may take away at any moment; "" when it does not exist."""
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
        raise _locked(host, str(error)) from None


def _locked(host: Host, holder: str) -> Locked:
    """The error that names who holds the lock; `holder` is the lock's note."""
    waiting = awaiting(host)
    if waiting:
        message = f"commit {waiting.id} by {waiting.who} waits for: confirm; nothing was done"
        return Locked(message, hint="confirm")
    running = journal(host)
    if running and not holder:  # a sync that waits behind a commit has emptied the note
        holder = str(running.who)
    process = f"a commit by {holder}" if holder else "a sync (conf_sync.sh)"
    return Locked(f"{process} is running; nothing was done")


def awaiting(host: Host) -> Optional[Journal]:
    """The commit that waits for its confirm, if there is one."""
    commit = journal(host)
    if commit is None or commit.until is None or commit.stands:
        return None
    return commit


def cut_short(host: Host) -> Optional[Journal]:
    """The commit that was cut short, or whose time ran out: its journal exists and nobody holds the lock."""
    if not host.exists(JOURNAL):
        return None
    if not host.exists(COMMIT_LOCK):
        return journal(host)
    try:
        with host.lock(COMMIT_LOCK, 0):
            return journal(host)
    except TimeoutError:
        return None


def queue_git_commit(host: Host, number: int, user: str, comment: str) -> None:
    """Keep the message of a commit that git did not take, for the next commit to make up for it."""
    with contextlib.suppress(OSError):
        host.replace(PENDING, json.dumps([number, user, comment]), 0o600)


def pending_git_commit(host: Host) -> Optional[tuple[int, str, str]]:
    """The number, the user and the comment of the commit that git did not take."""
    text = _read(host, PENDING)
    if not text:
        return None
    number, user, comment = json.loads(text)
    return number, user, comment


def clear_pending(host: Host) -> None:
    """Git has taken it."""
    host.remove(PENDING)


def leave_notice(host: Host, text: str) -> None:
    """Leave notice of how a commit ended, for the next session."""
    log(host, text)
    with contextlib.suppress(OSError):
        host.replace(NOTICE, text + "\n", 0o600)


def notice(host: Host) -> str:
    """The notice that was left, "" for none."""
    return _read(host, NOTICE).strip()


def take_notice(host: Host) -> str:
    """The notice that was left; it is given once."""
    text = notice(host)
    if text:
        host.remove(NOTICE)
    return text


def log(host: Host, text: str) -> None:
    """Write a line into the log; a log that cannot be written stops nothing."""
    with contextlib.suppress(OSError):
        host.append(LOG, clean(text.replace("\n", " ")))
