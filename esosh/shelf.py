"""Candidates on disk, below /var/lib (which ESOS saves): the lines as they were typed, and what they start from."""

from __future__ import annotations

import contextlib
import functools
import json
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .config import Config
from .errors import Locked, Refused
from .flat import flatten, unflatten
from .host import Host
from .store import ROOT, VERSION, Who

TIME = "%Y-%m-%d %H:%M:%S"
_EDITS, _BURIED = "edits.esh", ".deleted"
_BASE = re.compile(r"base-(\d+)\.json")
_TYPED = re.compile(r"(.*)  # (?:\+|(\S+) (\S+) (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) base (\d+))")


@dataclass(frozen=True)
class Typed:
    """Lines that are one move of a candidate, who typed them, where and when, and the number of the base that it starts from."""

    lines: tuple[str, ...]
    user: str = ""
    terminal: str = ""
    when: str = ""
    base: int = 0


@dataclass(frozen=True)
class Base:
    """What edits start from: the number of the newest commit then, and the configuration, made of its facts when it is asked."""

    commit: int
    facts: list[Any]

    @classmethod
    def of(cls, config: Config, commit: int) -> Base:
        """A configuration to start from."""
        return cls(commit, list(flatten(config).items()))

    @functools.cached_property
    def config(self) -> Config:
        """The configuration."""
        paths = {tuple(path): tuple(value) if isinstance(value, list) else value for path, value in self.facts}
        config: Config = unflatten(Config, paths)
        return config


@dataclass(frozen=True)
class Kept:
    """A candidate on disk: its moves in order, and by number what they start from."""

    bases: Mapping[int, Base] = field(default_factory=dict)
    moves: tuple[Typed, ...] = ()


def folder(name: str) -> str:
    """Where a candidate lies."""
    return f"{ROOT}/candidates/{name}"


def candidates(host: Host) -> tuple[str, ...]:
    """The candidates that there are."""
    return tuple(name for name in host.list(f"{ROOT}/candidates") if _files(host, name))


def _files(host: Host, name: str, buried: str = "") -> list[str]:
    """The files of a candidate: what it starts from, then its moves."""
    found = [file[: len(file) - len(buried)] for file in host.list(folder(name)) if file.endswith(buried)]
    return sorted(file for file in found if file == _EDITS or _BASE.fullmatch(file))


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
    texts = {file: host.read(f"{folder(name)}/{file}") for file in _files(host, name)}
    moves = tuple(_moves(texts.pop(_EDITS, "")))
    found = ((_BASE.fullmatch(file), json.loads(text)) for file, text in texts.items())
    return Kept({int(number[1]): Base(data["commit"], data["facts"]) for number, data in found if number}, moves)


def _moves(text: str) -> Iterator[Typed]:
    lines: list[str] = []
    about: tuple[str, ...] = ()
    for line in text.split("\n")[:-1]:
        found = _TYPED.fullmatch(line)
        if lines and not (found and found[2] is None):
            yield _typed(lines, about)
            lines = []
        lines.append(found[1] if found else line)
        about = found.groups()[1:] if found and found[2] else about if found else ()
    if lines:
        yield _typed(lines, about)


def _typed(lines: list[str], about: tuple[str, ...]) -> Typed:
    if not about:
        return Typed(tuple(lines))
    user, terminal, when, base = about
    return Typed(tuple(lines), user, terminal, when, int(base))


def begin(host: Host, name: str, number: int, base: Base) -> None:
    """Keep what a candidate's edits start from."""
    data = {"version": VERSION, "commit": base.commit, "facts": base.facts}
    host.replace(f"{folder(name)}/base-{number}.json", json.dumps(data), 0o600)


def append(host: Host, name: str, lines: Sequence[str], who: Who, base: int) -> Typed:
    """Keep one more move, on disk before it counts: its lines, the first with who typed it."""
    plain = tuple(line.replace("\n", " ") for line in lines)
    typed = Typed(plain, who.user, who.terminal.replace(" ", "-"), time.strftime(TIME), base)
    stamps = [f"{typed.user} {typed.terminal} {typed.when} base {base}", *["+"] * (len(lines) - 1)]
    text = "\n".join(f"{line}  # {stamp}" for line, stamp in zip(plain, stamps))
    host.append(f"{folder(name)}/{_EDITS}", text, sync=True)
    return typed


def drop(host: Host, name: str) -> None:
    """Forget a candidate."""
    for file in reversed(_files(host, name)):
        host.remove(f"{folder(name)}/{file}")


def bury(host: Host, name: str) -> None:
    """Put a candidate where it does not count, and `dig` finds it."""
    for file in _files(host, name, _BURIED):
        host.remove(f"{folder(name)}/{file}{_BURIED}")
    for file in _files(host, name):
        host.replace(f"{folder(name)}/{file}{_BURIED}", host.read(f"{folder(name)}/{file}"), 0o600)
    drop(host, name)


def dig(host: Host, name: str) -> None:
    """Bring a candidate back. Raises Refused where there is another one of its name by now."""
    if _files(host, name):
        raise Refused(f"there is another candidate {name} by now", word=name, code="E236")
    for file in _files(host, name, _BURIED):
        host.replace(f"{folder(name)}/{file}", host.read(f"{folder(name)}/{file}{_BURIED}"), 0o600)
        host.remove(f"{folder(name)}/{file}{_BURIED}")
