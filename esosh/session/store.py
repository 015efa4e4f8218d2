"""Candidates on disk, below /var/lib (which ESOS saves): the typed lines, and what they start from."""

from __future__ import annotations

import contextlib
import itertools
import json
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Optional

from ..config import Config
from ..config.paths import HERE, Changes, Facts, Path, Scalar, is_below, unflatten, value_at, with_facts
from ..errors import Locked, Refused
from ..host import Host
from ..records import NOTHING, Record
from ..transaction.journal import ROOT, Who

VERSION = 2  # of the files; of version 1, a base is a whole configuration
TIME = "%Y-%m-%d %H:%M:%S"
_EDITS, _TRASHED = "edits.esh", ".deleted"
_FILE = re.compile(r"edits\.esh|base-(\d+)\.json")
_STAMPED = re.compile(r"(.*)  # (?:\+|(\S+) (\S+) (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) base (\d+))")

Stamp = tuple[str, ...]  # user, terminal, time and base; () for none


class StoredMove(Record):
    """The lines of one move of a candidate: who typed them, where and when, and the number of their base."""

    lines: tuple[str, ...]
    user: str = ""
    terminal: str = ""
    when: str = ""
    base: int = 0

    @property
    def who(self) -> str:
        """Who typed them, and where; "" where that is unknown."""
        return f"{self.user} on {self.terminal}" if self.when else ""


class Base:
    """What edits start from: the number of the newest commit then, and what they change as it was then.

    It grows with the edits. None is the value of a path that did not exist; what the edits do not change is
    as the machine has it. The base of a candidate of version 1 is a whole configuration.
    """

    def __init__(self, commit: int, facts: Facts, whole: bool = False) -> None:
        self.commit = commit
        self.facts: dict[Path, Scalar] = {}
        self.whole = whole
        self._objects: set[Path] = set()  # all that is below them is known
        self._add(facts)

    def _add(self, facts: Facts) -> None:
        self.facts.update(facts)
        self._objects.update(path for path, value in facts.items() if value in (HERE, None))

    def note(self, changes: Changes) -> Facts:
        """Remember what more edits change, as it was before them; what is new of that."""
        new = {path: old for path, (old, _) in changes.items() if not self.knows(path)}
        self._add(new)
        return new

    def knows(self, path: Path) -> bool:
        """Whether it has what was at a path."""
        return self.whole or path in self.facts or is_below(path, self._objects)

    def on(self, current: Config) -> Config:
        """The configuration, beside what the machine has now."""
        if self.whole:
            config: Config = unflatten(Config, self.facts)
            return config
        gone = dict.fromkeys(self._objects)
        return with_facts(with_facts(current, gone), self.facts)

    def is_as_now(self, current: Config) -> bool:
        """Whether the machine has what the edits start from."""
        if self.whole:
            return self.on(current) == current
        return all(value_at(current, path) == value for path, value in self.facts.items())


def _scalar(value: Any) -> Scalar:
    """A value as a configuration has it: JSON knows no tuples."""
    scalar: Scalar = tuple(value) if isinstance(value, list) else value
    return scalar


class StoredCandidate(Record):
    """A candidate on disk: its moves in order, and by number the bases that they start from."""

    bases: Mapping[int, Base] = NOTHING
    moves: tuple[StoredMove, ...] = ()


def folder(name: str) -> str:
    """The folder of a candidate."""
    return f"{ROOT}/candidates/{name}"


def candidates(host: Host) -> tuple[str, ...]:
    """The names of the candidates on disk."""
    return tuple(name for name in host.list(f"{ROOT}/candidates") if _file_names(host, name))


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
    """Hold a candidate. Raises Locked, naming its holder."""
    try:
        with host.lock(f"{folder(name)}/lock", wait, str(who)):
            yield
    except TimeoutError as error:
        raise Locked(f"candidate {name} is in use by {error}") from None


def load(host: Host, name: str) -> StoredCandidate:
    """A candidate; an empty one where none exists.

    Raises Refused for files of a version that this esosh does not know.
    """
    texts = {file: host.read(f"{folder(name)}/{file}") for file in _file_names(host, name)}
    moves = tuple(_moves(texts.pop(_EDITS, "")))
    bases = {_number(file): _base(f"{folder(name)}/{file}", text) for file, text in texts.items()}
    return StoredCandidate(bases, moves)


def _number(file: str) -> int:
    """The number of a base, of its file's name."""
    return int(file[len("base-") : -len(".json")])


def _base(path: str, text: str) -> Base:
    """The base that a file holds: a line of JSON about it, then one for each time that it grew."""
    head, *more = map(json.loads, filter(None, text.split("\n")))
    if head["version"] not in (1, VERSION):
        message = f"{path} is of version {head['version']}, which this esosh does not know"
        raise Refused(message, details=("install the esosh that wrote it, or a later one",), code="E229")
    pairs = itertools.chain(head.get("facts", ()), *more)
    facts = {tuple(place): _scalar(value) for place, value in pairs}
    return Base(head["commit"], facts, whole=head["version"] == 1)


def _moves(text: str) -> Iterator[StoredMove]:
    """The moves of a file of edits: the first line of a move has a stamp, its other lines have "+"."""
    lines: list[str] = []
    stamp: Stamp = ()
    for stored_line in text.split("\n")[:-1]:
        line, new_stamp = _cut_stamp(stored_line)
        if lines and new_stamp is not None:
            yield _move(lines, stamp)
            lines = []
        lines.append(line)
        stamp = stamp if new_stamp is None else new_stamp
    if lines:
        yield _move(lines, stamp)


def _cut_stamp(line: str) -> tuple[str, Optional[Stamp]]:
    """A line and its stamp: () for a line without one, None for a line that goes on."""
    match = _STAMPED.fullmatch(line)
    if match is None:
        return line, ()
    return match[1], match.groups()[1:] if match[2] else None


def _move(lines: list[str], stamp: Stamp) -> StoredMove:
    if not stamp:
        return StoredMove(tuple(lines))
    user, terminal, when, base = stamp
    return StoredMove(tuple(lines), user, terminal, when, int(base))


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
    """Keep one more move, on disk before it counts: its lines, the first with who typed it."""
    plain = tuple(line.replace("\n", " ") for line in lines)
    move = StoredMove(plain, who.user, who.terminal.replace(" ", "-"), time.strftime(TIME), base)
    stamps = [f"{move.user} {move.terminal} {move.when} base {base}", *["+"] * (len(lines) - 1)]
    text = "\n".join(f"{line}  # {stamp}" for line, stamp in zip(plain, stamps))
    host.append(f"{folder(name)}/{_EDITS}", text, sync=True)
    return move


def drop(host: Host, name: str) -> None:
    """Forget a candidate."""
    for path in files(host, name):
        host.remove(path)


def trash(host: Host, name: str) -> None:
    """Put a candidate where it does not count, and where `restore` finds it."""
    for file in _file_names(host, name, _TRASHED):
        host.remove(f"{folder(name)}/{file}{_TRASHED}")
    for path in reversed(files(host, name)):
        host.replace(f"{path}{_TRASHED}", host.read(path), 0o600)
    drop(host, name)


def restore(host: Host, name: str) -> None:
    """Bring a candidate back. Raises Refused where another one has its name by now."""
    if _file_names(host, name):
        raise Refused(f"there is another candidate {name} by now", word=name, code="E236")
    for file in _file_names(host, name, _TRASHED):
        host.replace(f"{folder(name)}/{file}", host.read(f"{folder(name)}/{file}{_TRASHED}"), 0o600)
        host.remove(f"{folder(name)}/{file}{_TRASHED}")
