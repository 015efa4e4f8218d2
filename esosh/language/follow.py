"""What may follow a text, and what each word of a line is."""

from __future__ import annotations

import re

from ..errors import LineError
from ..records import Record
from .grammar import Reading, grammar, interpretations, loose_interpretations
from .source import key_terminals
from .words import Word, split


class Follow(Record):
    """What may follow a head: keywords, the terminals of the user's words, and whether the line may end."""

    keywords: frozenset[str]
    terminals: frozenset[str]
    complete: bool


def follow(head: str, level: str = "") -> Follow:
    """What may follow a text that ends behind a word; nothing when the text is not in the language."""
    try:
        words = split(head)
    except LineError:
        return Follow(frozenset(), frozenset(), False)
    read = _read_to_key if _ends_in_key(head, words) else Reading
    readings = [read(line) for line in interpretations(words, level)]
    accepted = {name for reading in readings if reading.wrong is None for name in reading.accepts()}
    texts, patterns = grammar().texts, grammar().patterns
    keywords = frozenset(texts[name] for name in accepted & texts.keys())
    return Follow(keywords, frozenset(accepted & patterns.keys()), "$END" in accepted)


def _ends_in_key(head: str, words: list[Word]) -> bool:
    return head.endswith("=") and bool(words) and words[-1].key == words[-1].text


def _read_to_key(words: list[Word]) -> Reading:
    """The reading of words whose last one is a key, its value still to come."""
    *before, last = words
    reading = Reading(before)
    if reading.wrong is None and not reading.take(Word(last.text, last.start, last.end)):
        reading.wrong = last
    return reading


def tokens(line: str, level: str = "") -> list[tuple[Word, str]]:
    """Each word and what it is: keyword, key, name, new, or wrong from the first word that does not fit."""
    words = _words(line)
    possible = [*interpretations(words, level), *(loose_interpretations(words) if words else ())]
    best = max(map(Reading, possible), key=lambda reading: len(reading.read))
    fitting = [(word, _kind(terminal)) for word, terminal in best.typed()]
    return [*fitting, *((word, "wrong") for word in _misfits(best, words))]


def _words(line: str) -> list[Word]:
    """The words of a line, cut at blanks alone when its quotes are not closed."""
    try:
        return split(line)
    except LineError:
        return [Word(match[0], match.start(), match.end()) for match in re.finditer(r"\S+", line)]


def _misfits(reading: Reading, words: list[Word]) -> list[Word]:
    """The first word that does not fit and those behind it; not a value that is missing."""
    wrong = reading.misfit()
    if wrong is None:
        return []
    misfits = [wrong, *(word for word in words if word.start > wrong.start)]
    return [word for word in misfits if word.end > word.start]


def _kind(terminal: str) -> str:
    keyword = grammar().texts.get(terminal, "")
    if keyword.endswith("=") or terminal in key_terminals():
        return "key"
    if keyword:
        return "keyword"
    return "new" if terminal.startswith("NEW_") else "name"
