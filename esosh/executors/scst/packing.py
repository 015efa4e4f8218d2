"""Many names on few lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from ...views import Tree

ONE_PER_LINE = 50  # so many objects get a line each; of more, the names share lines
_WIDTH = 76
_SHORTEST_RANGE = 4
_NUMBER = re.compile(r"(?<![0-9])[0-9]{1,9}(?![^ ])")


def name_trees(label: str, names: Iterable[str]) -> tuple[Tree, ...]:
    """Many names below one label, several to a line; nothing for none."""
    lines = packed_trees(ranged(list(names)))
    return (Tree(label, lines),) if lines else ()


def packed_trees(texts: Iterable[str]) -> tuple[Tree, ...]:
    """Texts on lines that are as full as can be, a tree for each line."""
    return tuple(map(Tree, packed(texts)))


def ranged(names: Sequence[str]) -> Iterator[str]:
    """Names; of those with consecutive numbers only the first and the last.

    A LUN's number counts together with its device's.
    """
    for run in _runs(names):
        if len(run) < _SHORTEST_RANGE:
            yield from run
        else:
            yield f"{run[0]} ... {run[-1]}"


def _runs(names: Sequence[str]) -> Iterator[Sequence[str]]:
    """The names cut where the numbers are not consecutive."""
    start = 0
    for at in range(1, len(names) + 1):
        if at == len(names) or names[at] != _next(names[at - 1]):
            yield names[start:at]
            start = at


def _next(name: str) -> str:
    """The name with the next number behind each of its words that has one; "" for one without."""
    successor = _NUMBER.sub(lambda match: f"{int(match[0]) + 1:0{len(match[0])}}", name)
    return successor if successor != name else ""


def packed(texts: Iterable[str]) -> Iterator[str]:
    """Texts on lines that are as full as can be."""
    line = ""
    for text in texts:
        if line and len(line) + 2 + len(text) > _WIDTH:
            yield line
            line = ""
        line = f"{line}  {text}" if line else text
    if line:
        yield line
