"""What differs between two lists of lines, in n log n steps however often a line stands in them.

Lines that stand once in both hold the lists together (patience diff, Bram Cohen); what lies between two of
them is short as a rule, and compared line by line. Where it is long, all of it is replaced.
"""

from __future__ import annotations

import bisect
from collections import Counter
from collections.abc import Iterator, Sequence

Block = tuple[Sequence[str], Sequence[str]]  # the lines that go, and the lines that come in their place
_SHORT = 64  # lines that are compared each with each


def blocks(old: Sequence[str], new: Sequence[str]) -> Iterator[Block]:
    """What goes and what comes, place by place."""
    before = after = 0
    for old_place, new_place in (*_anchors(old, new), (len(old), len(new))):
        yield from _between(old[before:old_place], new[after:new_place])
        before, after = old_place + 1, new_place + 1


def _anchors(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """The places of lines that stand once in both, as many of them as are in the same order in both."""
    places = {line: place for place, line in enumerate(new)}
    common = _once(old) & _once(new)
    return _rising([(place, places[line]) for place, line in enumerate(old) if line in common])


def _once(lines: Sequence[str]) -> set[str]:
    return {line for line, count in Counter(lines).items() if count == 1}


def _rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest part of the pairs whose second numbers rise."""
    lowest: list[int] = []  # by length: the lowest number that a rising row of that length ends in
    ends: list[int] = []  # by length: the pair that it belongs to
    befores: list[int] = []  # by pair: the pair before it in its row; -1 for none
    for number, (_, place) in enumerate(pairs):
        length = bisect.bisect_left(lowest, place)
        befores.append(ends[length - 1] if length else -1)
        lowest[length : length + 1] = [place]
        ends[length : length + 1] = [number]
    row, number = [], ends[-1] if ends else -1
    while number >= 0:
        row.append(pairs[number])
        number = befores[number]
    return row[::-1]


def _between(old: Sequence[str], new: Sequence[str]) -> Iterator[Block]:
    """What differs between two anchors."""
    start = _common(old, new)
    end = _common(old[start:][::-1], new[start:][::-1])
    old, new = old[start : len(old) - end], new[start : len(new) - end]
    if not old or not new or len(old) + len(new) > _SHORT:
        yield from [(old, new)] if old or new else []
        return
    import difflib  # only lines that changed in place need it

    for tag, *places in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            yield old[slice(*places[:2])], new[slice(*places[2:])]


def _common(old: Sequence[str], new: Sequence[str]) -> int:
    """How many lines at the beginning are the same."""
    differing = (place for place, (one, other) in enumerate(zip(old, new)) if one != other)
    return next(differing, min(len(old), len(new)))
