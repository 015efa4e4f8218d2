"""Per section: the names that exist now, for each word of the user's that the grammar has.

The function for a terminal is named as the terminal in lower case: `dgrp` in alua.py gives the names for DGRP.
A section's module may also have

    values(known)     the current values, by key, of the object that the line names
    keys(known)       the keys that this object has, and what each is by default; None where the line names none
    lacking(known)    the keys that the line must have and has not
"""

from __future__ import annotations

import functools
import importlib
import os
import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Callable, Optional, TypeVar

from ..config import Config
from ..host import Host

T = TypeVar("T")
_OTHERS = ("values", "keys", "lacking")


@dataclass(frozen=True)
class Name:
    """A name, where it is, and its current value in few words.

    `origin`: live, candidate (there alone), gone (live, and taken away in the candidate), or new (a proposal).
    """

    text: str
    origin: str = ""
    value: str = ""


@dataclass(frozen=True)
class Known:
    """What completion may look at: both configurations, the box and its interfaces, candidates, commits, the line so far.

    `commits` gives how far each of esosh's counts back, and what it was, when it is asked.
    `words` are the words before the cursor, each with its terminal; `prefix` is the begun word.
    """

    current: Config = field(default_factory=Config)
    candidate: Config = field(default_factory=Config)
    nics: tuple[str, ...] = ()
    words: tuple[tuple[str, str], ...] = ()
    prefix: str = ""
    candidates: tuple[str, ...] = ()
    commits: Callable[[], Iterable[tuple[str, str]]] = tuple
    host: Optional[Host] = None

    def word(self, *terminals: str) -> Optional[str]:
        """The last word of the line that is one of these terminals."""
        return next((text for terminal, text in reversed(self.words) if terminal in terminals), None)

    def said(self, *terminals: str) -> tuple[str, ...]:
        """Every word of the line that is one of these terminals."""
        return tuple(text for terminal, text in self.words if terminal in terminals)


def names(terminal: str, known: Known) -> list[Name]:
    """The names that a terminal may be now; none for a value that is free."""
    function = serving().get(terminal)
    return list(function(known)) if function else []


def value(key: str, known: Known) -> str:
    """The current value of a key ("miimon=", or "miimon") of the object that the line names; "" where it has none."""
    found = (module.values(known).get(key.rstrip("=")) for module in _modules() if hasattr(module, "values"))
    return next(filter(None, found), "")


def keys(known: Known) -> Optional[Mapping[str, str]]:
    """The keys, without "=", that the object of the line has, and what each means; None where all that fit may come."""
    found = (module.keys(known) for module in _modules() if hasattr(module, "keys"))
    return next((each for each in found if each is not None), None)


def lacking(known: Known) -> tuple[str, ...]:
    """The keys, without "=", that the line must have before it ends."""
    return tuple(key for module in _modules() if hasattr(module, "lacking") for key in module.lacking(known))


def files(host: Host, prefix: str) -> Iterator[Name]:
    """What is in the folder that the begun word names; a folder ends in "/"."""
    folder, hidden = os.path.dirname(prefix), os.path.basename(prefix).startswith(".")
    place = os.path.abspath(folder or ".")
    for name in host.list(place):
        if hidden or not name.startswith("."):
            yield Name(os.path.join(folder, name) + ("/" if host.exists(os.path.join(place, name, "..")) else ""))


@functools.cache
def serving() -> Mapping[str, Callable[[Known], Iterable[Name]]]:
    """The function that gives the names for each terminal."""
    return {
        name.upper(): function for module in _modules() for name, function in vars(module).items()
        if getattr(function, "__module__", "") == module.__name__ and not name.startswith("_") and name not in _OTHERS
    }


@functools.cache
def _modules() -> tuple[ModuleType, ...]:
    return tuple(importlib.import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__))


def merged(live: Mapping[str, T], candidate: Mapping[str, T], about: Callable[[str, T], str]) -> Iterator[Name]:
    """The names of both, those of the candidate first, each with what `about` says of it."""
    for name, thing in candidate.items():
        yield Name(name, "live" if name in live else "candidate", about(name, thing))
    for name, thing in live.items():
        if name not in candidate:
            yield Name(name, "gone", about(name, thing))
