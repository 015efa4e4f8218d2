"""Candidates on disk, below /var/lib (which ESOS saves): the typed lines, and what they start from."""

from __future__ import annotations

import contextlib
import functools
import json
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Optional

from ..config import Config
from ..config.paths import Scalar, flatten, unflatten
from ..errors import Locked, Refused
from ..host import Host
from ..transaction.journal import ROOT, Who

VERSION = 1  # of the files
TIME = "%Y-%m-%d %H:%M:%S"
_EDITS, _TRASHED = "edits.esh", ".deleted"
_FILE = re.compile(r"edits\.esh|base-(\d+)\.json")
_STAMPED = re.compile(r"(.*)  # (?:\+|(\S+) (\S+) (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) base (\d+))")

Stamp = tuple[str, ...]  # user, terminal, time and base; () for none


@dataclass(frozen=True)
class StoredMove:
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


@dataclass(frozen=True)
class Base:
    """What edits start from: the number of the newest commit then, and the facts of the configuration."""

    commit: int
    facts: list[Any]

    @classmethod
    def of(cls, config: Config, commit: int) -> Base:
        """A configuration to start from."""
        return cls(commit, list(flatten(config).items()))

    @functools.cached_property
    def config(self) -> Config:
        """The configuration, made of its facts when it is needed."""
        config: Config = unflatten(Config, {tuple(path): _scalar(value) for path, value in self.facts})
        return config


def _scalar(value: Any) -> Scalar:
    """A value as a configuration has it: JSON knows no tuples."""
    scalar: Scalar = tuple(value) if isinstance(value, list) else value
    return scalar


@dataclass(frozen=True)
class StoredCandidate:
    """A candidate on disk: its moves in order, and by number the bases that they start from."""

    bases: Mapping[int, Base] = field(default_factory=dict)
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
    data = json.loads(text)
    if data["version"] != VERSION:
        message = f"{path} is of version {data['version']}, which this esosh does not know"
        raise Refused(message, details=("install the esosh that wrote it, or a later one",), code="E229")
    return Base(data["commit"], data["facts"])


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


def begin(host: Host, name: str, number: int, base: Base) -> None:
    """Keep the base that a candidate's edits start from."""
    data = {"version": VERSION, "commit": base.commit, "facts": base.facts}
    host.replace(f"{folder(name)}/base-{number}.json", json.dumps(data), 0o600)


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
