"""Per section: the names that exist now, for each terminal of the grammar that is a user's word.

The function for a terminal has the terminal's name in lower case: `dgrp` in alua.py gives the names for DGRP.
Names of which there may be thousands are `Names`, for which nothing is read but the names themselves.
The module of the line's section is searched first, then those of the session's words, then the others. A
section's module may also have

    values(context)     the current values, by key, of the object that the line names
    keys(context)       the keys that this object has, each with its default; None where it names none
    lacking(context)    the keys that the line still needs
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Callable, Optional, TypeVar

from ..config import Config
from ..host import Host
from ..language.sections import module
from ..language.source import sections
from ..records import Record, replace

T = TypeVar("T")
Words = tuple[tuple[str, str], ...]
_NO_KEYWORDS = ("", "TEXT")  # terminals of a key's value and of a free text
_WORDS = ("session", "cib")  # modules of words that belong to no section


class Name(Record):
    """A name, where it exists, and its current value in a few words.

    `origin`: live, candidate (only there), gone (live, and removed in the candidate), or new (a proposal).
    """

    text: str
    origin: str = ""
    value: str = ""


Describe = Callable[[str], Name]


class Names:
    """Names in their order. Each is described when somebody looks at it, for that may read the machine."""

    def __init__(self, described: Optional[Mapping[str, Describe]] = None) -> None:
        self._described = dict(described or {})
        self._beginning = {"": [*self._described]}  # the texts that begin with each prefix that was asked for

    @classmethod
    def of(cls, names: Iterable[Name]) -> Names:
        """Names that are described already."""
        return names if isinstance(names, Names) else cls({name.text: _always(name) for name in names})

    def __iter__(self) -> Iterator[Name]:
        return map(self.__getitem__, self._described)

    def __len__(self) -> int:
        return len(self._described)

    def __getitem__(self, text: str) -> Name:
        return self._described[text](text)

    def __add__(self, names: Iterable[Name]) -> Names:
        more = Names.of(names).without(self._described)
        return Names({**self._described, **more._described})

    def without(self, texts: Iterable[str]) -> Names:
        """These, without some."""
        left = dict(self._described)
        for text in texts:
            left.pop(text, None)
        return Names(left)

    def beginning_with(self, prefix: str) -> list[str]:
        """Their texts that begin so, found among those that begin with less of it."""
        if prefix not in self._beginning:
            shorter = (prefix[:end] for end in range(len(prefix), -1, -1))
            texts = self._beginning[next(begun for begun in shorter if begun in self._beginning)]
            self._beginning[prefix] = [text for text in texts if text.startswith(prefix)]
        return self._beginning[prefix]


def _always(name: Name) -> Describe:
    return lambda text: name


class Context(Record):
    """What completion may look at: both configurations, the box, candidates, commits, the line so far.

    `list_folder` gives the names in a folder of the box; `commits` gives esosh's commits, each with its
    number and its description. `words` are the words before the cursor, each with its terminal; `prefix` is
    the begun word right before the cursor.
    """

    current: Config = Config()
    candidate: Config = Config()
    list_folder: Callable[[str], Iterable[str]] = lambda folder: ()
    words: Words = ()
    prefix: str = ""
    candidates: tuple[str, ...] = ()
    commits: Callable[[], Iterable[tuple[str, str]]] = tuple
    host: Optional[Host] = None

    def at(self, words: Words, prefix: str) -> Context:
        """The same at another place of a line."""
        return replace(self, words=words, prefix=prefix)

    @property
    def section(self) -> str:
        """The section of the line, or the one that it names; "" for none."""
        keywords = (text for terminal, text in self.words[:3] if terminal not in _NO_KEYWORDS)
        return next((text for text in keywords if text in sections()), "")

    def live_and_candidate(self, part: Callable[[Config], T]) -> tuple[T, T]:
        """A part of both configurations."""
        return part(self.current), part(self.candidate)

    @property
    def texts(self) -> tuple[str, ...]:
        """The words of the line."""
        return tuple(text for _, text in self.words)

    @property
    def terminals(self) -> tuple[str, ...]:
        """The terminals of the line's words."""
        return tuple(terminal for terminal, _ in self.words)

    def word(self, *terminals: str) -> Optional[str]:
        """The last word of the line that is one of these terminals."""
        return next((text for terminal, text in reversed(self.words) if terminal in terminals), None)

    def words_of(self, *terminals: str) -> tuple[str, ...]:
        """Every word of the line that is one of these terminals."""
        return tuple(text for terminal, text in self.words if terminal in terminals)


def names(terminal: str, context: Context) -> Names:
    """The names that a terminal may be now; none for a free value."""
    function = server(terminal, context.section)
    found = function(context) if function else ()
    return Names.of(found)


def server(terminal: str, section: str = "") -> Optional[Callable[[Context], Iterable[Name]]]:
    """The function that gives the names for a terminal in a line of a section, or of none."""
    stems = dict.fromkeys((section, *_WORDS, *sections()) if section else (*_WORDS, *sections()))
    functions = (_own_function(module("completions", stem), terminal.lower()) for stem in stems)
    return next(filter(None, functions), None)


def _own_function(stem_module: Any, name: str) -> Optional[Callable[[Context], Iterable[Name]]]:
    """A module's function of that name, which the module itself defines."""
    function = getattr(stem_module, name, None)
    return function if getattr(function, "__module__", "") == stem_module.__name__ else None


def value(key: str, context: Context) -> str:
    """The current value of a key ("miimon=", or "miimon") of the line's object; "" where it has none."""
    values = _section_function("values", context)
    return values(context).get(key.rstrip("="), "") if values else ""


def keys(context: Context) -> Optional[Mapping[str, str]]:
    """The keys, without "=", that the line's object has, each with its default; None where any may come."""
    function = _section_function("keys", context)
    return function(context) if function else None


def lacking(context: Context) -> tuple[str, ...]:
    """The keys, without "=", that the line still needs."""
    function = _section_function("lacking", context)
    return tuple(function(context)) if function else ()


def repeatable(context: Context) -> Collection[str]:
    """The keys, without "=", that a line of the section may have more than once."""
    keys: Optional[Collection[str]] = _section_function("REPEATABLE", context)
    return keys or ()


def _section_function(name: str, context: Context) -> Any:
    """The function of that name in the module of the line's section; None where it has none."""
    return getattr(module("completions", context.section), name, None) if context.section else None


def files(host: Host, prefix: str) -> Iterator[Name]:
    """What is in the folder that the prefix names; the name of a folder ends in "/"."""
    folder, begun = os.path.split(prefix)
    path = os.path.abspath(folder or ".")
    for name in host.list(path):
        is_hidden = name.startswith(".")
        if not is_hidden or begun.startswith("."):
            is_folder = host.exists(os.path.join(path, name, ".."))
            yield Name(os.path.join(folder, name) + ("/" if is_folder else ""))


def merged(
    live: Mapping[str, T], candidate: Mapping[str, T], describe: Callable[[str, T], str],
) -> Names:
    """The names of both, those of the candidate first, each with the description that `describe` gives."""
    def name(text: str) -> Name:
        if text in candidate:
            origin = "live" if text in live else "candidate"
            return Name(text, origin, describe(text, candidate[text]))
        return Name(text, "gone", describe(text, live[text]))

    return Names(dict.fromkeys(candidate if live is candidate else (*candidate, *live), name))


def except_typed(typed: Iterable[str], names: Iterable[Name]) -> Names:
    """The names that the line does not have yet."""
    return Names.of(names).without(typed)
