"""The cursor at the end of a text: the begun word and the words before it; the kinds of a line's words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Optional

from ..errors import LineError
from ..language.follow import follow, tokens
from ..language.grammar import Reading, interpretations
from ..language.words import Word, split

_VALUE = r"(?!\\\n)\S+"  # what stands right behind a key
_CLOSINGS = ("", '"', "'", "\\", '\\"')  # one of them closes any text; the last: a backslash in double quotes


class Cursor:
    """The end of a text: the text before the begun word, that word, its start, and the words before it.

    `words` has each word with its terminal in front.
    """

    def __init__(
        self, head: str, prefix: str, start: int, quoted: bool, words: tuple[tuple[str, str], ...]
    ) -> None:
        self.head = head
        self.prefix = prefix
        self.start = start
        self.quoted = quoted
        self.words = words

    @property
    def fresh(self) -> bool:
        """Whether a word may begin here."""
        return not self.prefix and not self.quoted

    @property
    def texts(self) -> list[str]:
        """The words before the begun one, without their terminals."""
        return [text for _, text in self.words]


def closed(text: str) -> str:
    """The text with the quotation mark that it lacks."""
    return next(text + closing for closing in _CLOSINGS if _is_closed(text + closing))


def _is_closed(text: str) -> bool:
    try:
        split(text)
    except LineError:
        return False
    return True


def cursor_after(text: str, level: str = "") -> Optional[Cursor]:
    """The cursor at the end of a text; None in a comment."""
    word = _begun_word(text)
    if word is None:
        return None
    head = text[: word.start]
    words = _words_with_terminals(head, level)
    if not word.key or word.key not in follow(head, level).keywords:
        return Cursor(head, word.text, word.start, word.quoted, words)
    start = word.start + len(word.key)
    return Cursor(text[:start], word.value(), start, word.quoted, (*words, ("", word.key)))


def _begun_word(text: str) -> Optional[Word]:
    """The word that a text ends in, an empty one behind a blank; None in a comment."""
    closed_text = closed(text)
    words = split(closed_text)
    end = words[-1].end if words else 0
    if words and end == len(closed_text):
        return words[-1]
    is_comment = "#" in text[end:].rpartition("\n")[2]
    return None if is_comment else Word("", len(text), len(text))


def _words_with_terminals(head: str, level: str) -> tuple[tuple[str, str], ...]:
    """The words of a text, each with its terminal in front; none where the text is not in the language."""
    for words in interpretations(split(head), level):
        reading = Reading(words)
        if reading.wrong is None:
            return tuple((terminal, word.text) for word, terminal in reading.read)
    return ()


def spans(line: str, level: str = "") -> Iterator[tuple[int, int, str]]:
    """The start and end of each word, and what it is.

    That is keyword, key, name or new, and wrong from the first word that does not fit.
    """
    end = 0
    for word, kind in tokens(closed(line), level):
        yield from _wrong_value(line, end, word.start)
        yield word.start, word.end, kind
        end = word.end
    yield from _wrong_value(line, end, len(line))


def _wrong_value(line: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    """The wrong value of the key that ends at `start`."""
    value = re.match(_VALUE, line[start:end])
    if value and start:
        yield start, start + value.end(), "wrong"
