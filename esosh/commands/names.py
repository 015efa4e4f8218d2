"""Names that do not exist, and the line with the nearest name that does."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Optional

from ..errors import Refused
from ..errors.names import unknown_name
from ..records import replace
from . import Command, Pair, T

_VERY_ALIKE = 0.85  # how alike two names must be for one to be a slip of the other
_SLIPS = 4  # letters in which the two may differ, counted in both


def missing(what: str, name: str, names: Iterable[str], line: Command) -> Refused:
    """The error for a name that does not exist: the names that do, and the line with the nearest of them."""
    existing = tuple(names)
    return with_hint(unknown_name(what, name, existing), existing, line)


def with_hint(error: Refused, existing: Iterable[str], line: Command) -> Refused:
    """The error about a name of a line; its hint is the line with the nearest name, where one is near enough.

    A name that the line has already is not suggested. A line that removes something gets only very near ones.
    """
    typed = str(line).split()
    nearest = next((name for name in _suggestions(error, existing, line) if name not in typed), "")
    error.hint = str(renamed(line, error.word, nearest)) if nearest else ""
    return error


def _suggestions(error: Refused, existing: Iterable[str], line: Command) -> Iterable[str]:
    """The names that the user may have meant, the likeliest first."""
    bare = _bare(error.word)
    spelled_otherwise = [name for name in sorted(existing) if _bare(name) == bare]
    if spelled_otherwise or not line.removes:
        return spelled_otherwise or error.expected
    return (name for name in error.expected if _is_slip(error.word, name))


def _bare(name: str) -> str:
    """A name without what is only its spelling: case, 0x, colons, dots, hyphens."""
    return re.sub("^0x|[:.-]", "", name.lower())


def _is_slip(name: str, other: str) -> bool:
    """Whether a name differs from another one by a few slips, however long both are."""
    import difflib  # only a misspelt name needs it

    ratio = difflib.SequenceMatcher(None, name, other).ratio()
    return ratio >= _VERY_ALIKE and round((1 - ratio) * len(name + other)) <= _SLIPS


def look_up(what: str, name: str, objects: Mapping[str, T], line: Command) -> T:
    """The object of that name. Raises Refused, with the names that exist."""
    require(what, name, objects, line)
    return objects[name]


def require(what: str, name: str, names: Collection[str], line: Command) -> None:
    """Raises Refused, with the names that exist, for one that does not."""
    if name not in names:
        raise missing(what, name, names, line)


def refuse_spelling(problem: Optional[tuple[str, str]], name: str, line: Command) -> None:
    """Raises Refused where there is a problem with the spelling of a name: in words, and the right name."""
    if problem:
        text, right_name = problem
        raise Refused(text, hint=str(renamed(line, name, right_name)), word=name, code="E205")


def renamed(value: Any, old: str, new: str) -> Any:
    """A command, or a part of one, with another name."""
    if isinstance(value, Command):
        names = [part for part in value.PARTS if not value.is_keyword(part)]
        return replace(value, **{name: renamed(getattr(value, name), old, new) for name in names})
    if isinstance(value, Pair):
        return Pair(value.key, renamed(value.value, old, new))
    if isinstance(value, tuple):
        return tuple(renamed(inner, old, new) for inner in value)
    words = {old: new, f"+{old}": f"+{new}", f"-{old}": f"-{new}"}
    return words.get(value, value)
