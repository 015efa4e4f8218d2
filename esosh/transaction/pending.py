"""Commits that git did not take, in their order, each with the files that it wrote; git gets them later.

The file has a line of JSON for each: number, user, comment, and the texts of the files by path.
"""

from __future__ import annotations

import contextlib
import json
from typing import Optional

from ..errors import Refused, system_reason
from ..executors.step import Replace
from ..host import Host
from ..records import NOTHING, Record
from . import aside, git, state
from .journal import ROOT, Journal

PENDING = f"{ROOT}/owed"
DAMAGED = f"{PENDING}.damaged"  # the file as it was, where a line of it could not be read


class PendingCommit(Record):
    """A commit that git did not take; `files` is None where only all of /etc together is known."""

    number: int
    user: str
    comment: str
    files: Optional[git.Texts] = NOTHING


def queue(host: Host, commit: Journal) -> None:
    """Keep a commit that git did not take. Raises OSError."""
    files = {step.do.path: step.do.text for step in commit.steps if isinstance(step.do, Replace)}
    line = json.dumps([commit.id, commit.who.user, commit.comment, files])

    def append() -> None:
        start = "\n" if host.exists(PENDING) else ""  # an older version ended no line
        host.append(PENDING, start + line, sync=True)

    aside.making_way(host, PENDING, append)


def commits(host: Host) -> list[PendingCommit]:
    """The commits that git did not take, the oldest first. Raises Refused for a line that is damaged."""
    found = []
    for number, line in _lines(host):
        commit = _parse(line)
        if commit is None:
            message = f"line {number} of {PENDING}, the commits that git did not take, is damaged"
            raise Refused(f"{message}: the next commit puts it aside", code="E253")
        found.append(commit)
    return found


def put_damage_aside(host: Host) -> str:
    """Take away the lines that cannot be read; what there is to tell of them, "" for nothing.

    The whole file is kept under another name; so is what is no file. Raises OSError.
    """
    kept = aside.make_way(host, PENDING) if host.exists(PENDING) else ""
    if kept:
        return f"{PENDING} was no file, and is kept as {kept}: the history may lack commits"
    damaged = [number for number, line in _lines(host) if _parse(line) is None]
    if not damaged:
        return ""
    whole = [f"{line}\n" for number, line in _lines(host) if number not in damaged]
    text = _text(host)
    aside.making_way(host, DAMAGED, lambda: host.replace(DAMAGED, text, 0o600))
    host.replace(PENDING, "".join(whole) or None)
    told = f"line {damaged[0]} of {PENDING} was damaged, and is kept in {DAMAGED}"
    return f"{told}: the history lacks its commit"


def _lines(host: Host) -> list[tuple[int, str]]:
    return [(number, line) for number, line in enumerate(_text(host).split("\n"), 1) if line]


def _text(host: Host) -> str:
    """The text of the file. Raises Refused where it cannot be read."""
    try:
        return state.read(host, PENDING) if host.exists(PENDING) else ""
    except OSError as error:
        advice = f"move it away, and the next commit goes on without it: mv {PENDING} {DAMAGED}"
        reason = f"{PENDING} cannot be read: {system_reason(error)}"
        raise Refused(reason, details=(advice,), code="E253") from None


def _parse(line: str) -> Optional[PendingCommit]:
    """The commit of a line, of which older versions kept no files; None for a line that is damaged."""
    with contextlib.suppress(TypeError, ValueError, ArithmeticError, RecursionError):
        number, user, comment, *rest = json.loads(line)
        texts = dict(rest[0]) if rest else None
        contents = [text for text in (texts or {}).values() if text is not None]
        if all(isinstance(text, str) for text in (user, comment, *(texts or ()), *contents)):
            return PendingCommit(int(number), user, comment, texts)
    return None


def save(host: Host) -> None:
    """Give git the commits that it did not take. Raises Refused where git fails again."""
    waiting = commits(host)
    for commit in waiting:
        git.save(host, commit.number, commit.user, commit.comment, commit.files)
    if waiting:
        host.remove(PENDING)
