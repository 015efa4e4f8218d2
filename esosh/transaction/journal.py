"""What esosh keeps of a commit: the journal, the lock, notice of how it ended.

All of it but the lock is below /var/lib, which ESOS saves. The journal is one line of JSON, written and
synced whole before the first step, then a line for each mark.
"""

from __future__ import annotations

import contextlib
import json
import math
from collections.abc import Iterator
from typing import Any, Optional

from ..errors import Damaged, Locked, Refused, system_reason
from ..executors.step import Step
from ..host import Host
from ..host.lock import Lock
from ..language.numbers import decimal
from ..records import Record
from . import aside, encoding, notices, space, state

ROOT = "/var/lib/esosh"
JOURNAL = f"{ROOT}/journal"
ABANDONED = f"{JOURNAL}.left"
LAST = f"{ROOT}/number"  # of the newest commit
COMMIT_LOCK = "/var/lock/conf_sync"  # the lock of ESOS's own conf_sync.sh

BEGUN = "begun"  # with the number of a step, from 1
UNTIL = "until"  # with the end of the time for confirm, on the machine's monotonic clock
STANDS = "stands"
CONFIRM, REVERT = "confirm", "revert"
BACK = "back"  # it is being undone
_DAMAGES = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError, OSError)
_LARGEST_NUMBER = 999_999_999  # of a commit
_LONGEST_NUMBER = 64  # bytes
_OTHERS_WRITE = 0o022  # the mode bits with which a group, or anybody, may write


def require_private(host: Host) -> None:
    """Raises Refused where others could write what esosh keeps, and so have it do what they like."""
    if not host.exists(ROOT):
        return
    folder = host.stat(ROOT)
    if folder.uid not in (0, host.stat("/").uid):
        _refuse_folder(f"belongs to the user with the id {folder.uid}", f"chown -R root: {ROOT}")
    if folder.mode & _OTHERS_WRITE:
        _refuse_folder(f"is writable by others (mode {folder.mode:o})", f"chmod 700 {ROOT}")


def _refuse_folder(reason: str, command: str) -> None:
    message = f"{ROOT}, in which esosh keeps edits and journals, {reason}: what it holds is not trusted"
    advice = f"look for what others left there, with: ls -lAR {ROOT}; remove it; then: {command}"
    raise Refused(message, details=(advice,), code="E251")


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
    "confirm" or "revert", "" before somebody decides. `back`: it is being undone.
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
    back: bool = False


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
    for path in (JOURNAL, notices.NOTICE):
        host.sweep(path)
    aside.making_way(host, JOURNAL, lambda: host.replace(JOURNAL, json.dumps(head) + "\n", 0o600))


def mark(host: Host, kind: str, value: object = None, sync: bool = False) -> None:
    """Note how far the commit is, behind whatever a mark that failed has left of its line.

    Raises FileNotFoundError where the commit has ended meanwhile.
    """
    host.append(JOURNAL, f"\n{kind}" if value is None else f"\n{kind} {value}", sync, make=False)


def journal(host: Host) -> Optional[Journal]:
    """The commit that has begun and did not end, if there is one.

    Raises Damaged where its journal is; Refused where it is of a version that this esosh does not know.
    """
    try:
        text = state.read(host, JOURNAL)
        return _parse(host, text) if text else None
    except FileNotFoundError:  # somebody else may take it away at any moment
        return None
    except _DAMAGES as error:
        if isinstance(error, OSError) and not aside.is_unusable(host, JOURNAL):
            raise
        raise Damaged(
            f"the journal of a commit that did not end, {JOURNAL}, is damaged: "
            "what it did is not known, and nothing is undone",
            details=("look at the state with diff and plan; recover puts the journal aside",),
            hint="recover", code="E226",
        ) from None


def readable(host: Host) -> Optional[Journal]:
    """The same; None where the journal is damaged, or of a version that is not known."""
    with contextlib.suppress(Refused):
        return journal(host)
    return None


def _parse(host: Host, text: str) -> Journal:
    head, *marks = text.split("\n")[:-1]  # a line that was not written to its end does not count
    data: dict[str, Any] = json.loads(head)
    _require_version(data["version"])
    back = BACK in marks
    if back:  # a mark that failed may be there all the same
        marks = [mark for mark in marks if mark.startswith(f"{BEGUN} ")]
    who = Who(**data["who"])
    texts = [data[name] for name in ("boot", "comment", "candidate", "probe")]
    boot, comment, candidate, probe, *_ = encoding.texts((*texts, who.user, who.terminal, who.since))
    begun, until = _values(marks, BEGUN), _values(marks, UNTIL)
    return Journal(
        id=int(data["id"]),
        who=who,
        boot=boot,
        comment=comment,
        candidate=candidate,
        steps=encoding.decode(data["steps"], data["version"]),
        drops=encoding.paths(data["drops"] if "drops" in data else _candidate_files(host, candidate)),
        seconds=int(data["seconds"]),
        probe=probe,
        begun=int(max(begun, default=0)),
        stands=STANDS in marks,
        until=until[-1] if until else None,
        verdict=next((mark for mark in marks if mark in (CONFIRM, REVERT)), ""),
        back=back,
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
    values = [float(words[1]) for words in map(str.split, marks) if words[:1] == [kind] and words[1:]]
    if not all(map(math.isfinite, values)):
        raise ValueError
    return values


def _candidate_files(host: Host, candidate: str) -> list[str]:
    """The files of a candidate as version 1 knew them: its lines, then what they start from."""
    folder = f"{ROOT}/candidates/{candidate}"
    files = host.list(folder) if candidate else ()
    return [f"{folder}/{file}" for file in sorted(files, reverse=True) if file.endswith((".esh", ".json"))]


def close_journal(host: Host) -> None:
    """The commit has ended, and nothing of it is left."""
    with contextlib.suppress(FileNotFoundError):
        aside.remove(host, space.HELD)
    with contextlib.suppress(FileNotFoundError):
        host.replace(JOURNAL, None)


def abandon(host: Host) -> str:
    """The commit has ended as far as esosh is concerned; the name under which its journal is kept, or ""."""
    space.release(host)
    with contextlib.suppress(FileNotFoundError):
        return aside.put_aside(host, JOURNAL, ABANDONED)
    return ABANDONED


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
    running = readable(host)
    if running and _waits(running):
        message = f"commit {running.id} by {running.who} waits for: confirm; nothing was done"
        return Locked(message, hint="confirm")
    if running and running.back:
        message = f"commit {running.id} by {running.who.user} is being undone; nothing was done"
        return Locked(message, hint="recover")
    if running and not holder:  # a sync that waits behind a commit has emptied the note
        holder = str(running.who)
    process = f"a commit by {holder}" if holder else "a sync (conf_sync.sh)"
    return Locked(f"{process} is running; nothing was done")


def awaiting(host: Host) -> Optional[Journal]:
    """The commit that waits for its confirm, if there is one."""
    commit = journal(host)
    return commit if commit and _waits(commit) else None


def _waits(commit: Journal) -> bool:
    return commit.until is not None and not commit.stands


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
    except OSError:  # nobody can hold what cannot be opened
        return journal(host)


def unguarded(host: Host) -> Optional[Journal]:
    """The commit that waits for its confirm, where its guard has died: nobody holds the lock."""
    commit = cut_short(host)
    return commit if commit and _waits(commit) else None


def unfinished(host: Host) -> Optional[Journal]:
    """The commit that is half done or half undone, and that nobody but a guard which tries again works on."""
    commit = journal(host)
    if commit is None or commit.back:
        return commit
    return None if awaiting(host) else cut_short(host)


def last_number(host: Host) -> int:
    """The number of the newest commit, whether it is in git or not; 0 for none. Raises Damaged."""
    try:
        return decimal(state.read(host, LAST, _LONGEST_NUMBER).strip(), most=_LARGEST_NUMBER) or 0
    except FileNotFoundError:
        return 0
    except OSError as error:
        message = f"{LAST}, the number of the newest commit, is damaged: {system_reason(error)}"
        advice = f"remove it with recover, or: rm {LAST}; the next commit counts on from the newest in git"
        raise Damaged(message, details=(advice,), hint="recover") from None


def keep_number(host: Host, number: int) -> None:
    """Keep the number of a commit that stands, so that none has it again, whatever becomes of git."""
    with contextlib.suppress(OSError):
        aside.making_way(host, LAST, lambda: host.replace(LAST, f"{number}\n", 0o600))
