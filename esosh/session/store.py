"""Candidates on disk, below /var/lib (which ESOS saves): the typed lines, and what they start from."""

from __future__ import annotations

import contextlib
import json
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Optional

from ..commands.parse import parse
from ..config.paths import Facts
from ..errors import Damaged, LineError, Locked, Refused, system_reason
from ..host import Host
from ..host.lock import Lock
from ..records import NOTHING, Record
from ..transaction import aside, state
from ..transaction.journal import ROOT, Who, commit_lock
from .base import VERSION, Base, damaged
from .base import parse as parse_base

TIME = "%Y-%m-%d %H:%M:%S"
_EDITS, _TRASHED = "edits.esh", ".deleted"
_FILE = re.compile(r"edits\.esh|base-([0-9]{1,9})\.json")
_STAMPED = re.compile(
    r"(.*)  # (?:\+|(\S+) (\S+) (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) base ([0-9]{1,9}))"
)

Stamp = tuple[str, ...]  # user, terminal, time and base; () for none


class StoredMove(Record):
    """The lines of one move of a candidate: who typed them, where and when, and the number of their base.

    `number` is that of its first line in the file.
    """

    lines: tuple[str, ...]
    user: str = ""
    terminal: str = ""
    when: str = ""
    base: int = 0
    number: int = 0

    @property
    def who(self) -> str:
        """Who typed them, and where; "" where that is unknown."""
        return f"{self.user} on {self.terminal}" if self.when else ""


class StoredCandidate(Record):
    """A candidate on disk: its moves in order, and by number the bases that they start from.

    `torn`: the files whose last line a crash cut short, each with the text before it.
    """

    bases: Mapping[int, Base] = NOTHING
    moves: tuple[StoredMove, ...] = ()
    torn: Mapping[str, str] = NOTHING


def folder(name: str) -> str:
    """The folder of a candidate."""
    return f"{ROOT}/candidates/{name}"


def candidates(host: Host) -> tuple[str, ...]:
    """The names of the candidates on disk."""
    names = host.list(f"{ROOT}/candidates")
    return tuple(name for name in names if _file_names(host, name) or is_link(host, name))


def files(host: Host, name: str) -> tuple[str, ...]:
    """The files of a candidate, in the order in which they are removed: its moves, then their bases."""
    return tuple(f"{folder(name)}/{file}" for file in reversed(_file_names(host, name)))


def _file_names(host: Host, name: str, suffix: str = "") -> list[str]:
    """The names of a candidate's files: its bases, then its moves."""
    names = (_without_suffix(file, suffix) for file in host.list(folder(name)))
    return sorted(filter(_FILE.fullmatch, names))


def _without_suffix(file: str, suffix: str) -> str:
    """The name of a file without the suffix; "" for a file that does not have it."""
    return file[: len(file) - len(suffix)] if file.endswith(suffix) else ""


@contextlib.contextmanager
def hold(host: Host, name: str, who: Who, wait: float) -> Iterator[None]:
    """Hold a candidate. Raises Locked, naming its holder.

    One whose folder is a symbolic link is not held: nothing is written there.
    """
    if is_link(host, name):
        yield
        return
    with contextlib.ExitStack() as held:
        try:
            held.enter_context(_lock(host, name, who, wait))
        except TimeoutError as error:
            raise Locked(f"candidate {name} is in use by {error}") from None
        except OSError:
            if not _make_way_for_lock(host, name, who, wait):
                raise
            held.enter_context(_lock(host, name, who, wait))
        yield


def _lock(host: Host, name: str, who: Who, wait: float) -> contextlib.AbstractContextManager[Lock]:
    return host.lock(f"{folder(name)}/lock", wait, str(who))


def _make_way_for_lock(host: Host, name: str, who: Who, wait: float) -> str:
    """Put aside what is in the place of a candidate's lock and is no file. Raises Locked."""
    with commit_lock(host, wait, who):  # or two who come together put aside each other's new lock
        return aside.make_way(host, f"{folder(name)}/lock")


def load(host: Host, name: str) -> StoredCandidate:
    """A candidate; an empty one where none exists.

    Raises Damaged, also for files of a version that this esosh does not know.
    """
    if is_link(host, name):
        advice = "abort and cib delete remove the link, and nothing of what it leads to"
        raise damaged(folder(name), "it is a symbolic link, which is not followed", advice)
    texts = {file: _read(host, f"{folder(name)}/{file}") for file in _file_names(host, name)}
    whole = {file: _without_torn_line(file, text) for file, text in texts.items()}
    torn = {f"{folder(name)}/{file}": text for file, text in whole.items() if text != texts[file]}
    lines = {file: text.rstrip("\n").split("\n") if text else [] for file, text in whole.items()}
    moves = tuple(_moves(lines.pop(_EDITS, [])))
    bases = {_number(file): parse_base(f"{folder(name)}/{file}", more) for file, more in lines.items()}
    for move in moves:
        if move.base and move.base not in bases:
            place, reason = f"{edits_file(name)}:{move.number}", f"it starts from base {move.base}"
            raise damaged(place, f"{reason}, whose file is missing")
    return StoredCandidate(bases, moves, torn)


def _without_torn_line(file: str, text: str) -> str:
    """A file without a last line that has no end; the first line of a base was written whole."""
    end = text.rfind("\n") + 1
    return text[:end] if end or file == _EDITS else text


def _read(host: Host, path: str) -> str:
    """A file of a candidate. Raises Damaged where it is none that can be read."""
    try:
        return state.read(host, path)
    except OSError as error:
        raise damaged(path, system_reason(error)) from None


def is_link(host: Host, name: str) -> bool:
    """Whether a candidate's folder is a symbolic link: what that leads to is not esosh's own."""
    return host.readlink(folder(name)) is not None


def _number(file: str) -> int:
    """The number of a base, of its file's name."""
    return int(file[len("base-") : -len(".json")])


def _moves(stored_lines: Sequence[str]) -> Iterator[StoredMove]:
    """The moves of a file of edits: the first line of a move has a stamp, its other lines have "+"."""
    lines: list[str] = []
    stamp: Stamp = ()
    for number, stored_line in enumerate(stored_lines, 1):
        line, new_stamp = _cut_stamp(stored_line)
        if lines and new_stamp is not None:
            yield _move(lines, stamp, number - len(lines))
            lines = []
        lines.append(line)
        stamp = stamp if new_stamp is None else new_stamp
    if lines:
        yield _move(lines, stamp, len(stored_lines) - len(lines) + 1)


def _cut_stamp(line: str) -> tuple[str, Optional[Stamp]]:
    """A line and its stamp: () for a line without one, None for a line that goes on."""
    match = _STAMPED.fullmatch(line)
    if match is None:
        return line, ()
    return match[1], match.groups()[1:] if match[2] else None


def _move(lines: list[str], stamp: Stamp, number: int) -> StoredMove:
    user, terminal, when, base = stamp or ("", "", "", "0")
    return StoredMove(tuple(lines), user, terminal, when, int(base), number)


def edits_file(name: str) -> str:
    """The file of a candidate's moves."""
    return f"{folder(name)}/{_EDITS}"


def begin(host: Host, name: str, number: int, commit: int) -> None:
    """Make a base for a candidate's edits to start from."""
    head = json.dumps({"version": VERSION, "commit": commit})
    host.replace(_base_file(name, number), f"{head}\n", 0o600)


def note(host: Host, name: str, number: int, facts: Facts) -> None:
    """Keep what is new in a base."""
    if facts:
        host.append(_base_file(name, number), json.dumps(list(facts.items())), sync=True)


def _base_file(name: str, number: int) -> str:
    return f"{folder(name)}/base-{number}.json"


def append(host: Host, name: str, lines: Sequence[str], who: Who, base: int) -> StoredMove:
    """Keep one more move, on disk before it counts: its lines, the first with who typed it.

    Raises OSError; Refused where a line could not be read again.
    """
    for line in lines:
        _require_readable(line)
    plain = tuple(line.replace("\n", " ") for line in lines)
    move = StoredMove(plain, who.user, who.terminal.replace(" ", "-"), time.strftime(TIME), base)
    stamps = [f"{move.user} {move.terminal} {move.when} base {base}", *["+"] * (len(lines) - 1)]
    text = "\n".join(f"{line}  # {stamp}" for line, stamp in zip(plain, stamps))
    host.append(edits_file(name), text, sync=True)
    return move


def _require_readable(line: str) -> None:
    """Raises Refused for a text from the machine that is not in the language: it could not be read again."""
    try:
        parse(line)
    except LineError as error:
        message = f"no line can say this, so it stays as it is: {line}"
        raise Refused(message, details=(str(error),), code="E240") from None


def drop(host: Host, name: str) -> None:
    """Forget a candidate."""
    for path in files(host, name):
        aside.remove(host, path)


def trash(host: Host, name: str) -> None:
    """Put a candidate where it does not count, and where `restore` finds it; a link is removed."""
    if is_link(host, name):
        return host.remove(folder(name))
    for file in _file_names(host, name, _TRASHED):
        aside.remove(host, f"{folder(name)}/{file}{_TRASHED}")
    for path in reversed(files(host, name)):
        try:
            host.replace(f"{path}{_TRASHED}", _read(host, path), 0o600)
        except Damaged:
            aside.put_aside(host, path, f"{path}{_TRASHED}")
    drop(host, name)


def trashed_text(host: Host, name: str) -> Iterator[str]:
    """Where the files of a candidate are that were put aside."""
    for file in _file_names(host, name, _TRASHED):
        yield f"kept: {folder(name)}/{file}{_TRASHED}"


def restore(host: Host, name: str) -> None:
    """Bring a candidate back. Raises Refused where another one has its name by now."""
    if _file_names(host, name):
        raise Refused(f"there is another candidate {name} by now", word=name, code="E236")
    for file in _file_names(host, name, _TRASHED):
        host.rename(f"{folder(name)}/{file}{_TRASHED}", f"{folder(name)}/{file}")
