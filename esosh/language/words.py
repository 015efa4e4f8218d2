"""The words of a line: POSIX quoting, `\\` continues, `#` at the start of a word comments."""

from __future__ import annotations

import functools
import re

from ..errors import LineError, Place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Optional

_CURLY = "\u201c\u201d\u201e\u201f"  # quotation marks of printed texts
_PIECE = (
    r"""'(?P<single>[^']*)'|"(?P<double>(?:[^"\\]|\\[\s\S])*)"|\\(?P<escaped>[^\n])"""
    rf"""|[{_CURLY}](?P<curly>[^{_CURLY}]*)[{_CURLY}]|(?P<plain>[^\s'"\\{_CURLY}]+)"""
)
_BLANK = r"(?:\s|\\\n|#[^\n]*)*"
_WORD_END = r"\s|\\\n|\Z"
_UNQUOTED = rf"[^\s\"'\\#{_CURLY}]+"


class Word:
    """A word of a line: its text without quotes, where it stands, and whether a part of it was quoted.

    `key`: the text up to and with its first "=", when no part of that is quoted. A word never changes.
    """

    __slots__ = ("end", "key", "quoted", "start", "text")

    def __init__(
        self, text: str, start: int, end: int, quoted: bool = False, key: Optional[str] = None
    ) -> None:
        self.text = text
        self.start = start
        self.end = end
        self.quoted = quoted
        self.key = key

    def _values(self) -> tuple[object, ...]:
        return self.text, self.start, self.end, self.quoted, self.key

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Word) and self._values() == other._values()

    def __hash__(self) -> int:
        return hash(self._values())

    def __repr__(self) -> str:
        return f"Word{self._values()}"

    def split_key(self) -> tuple[Word, Word]:
        """The key and its value, each as a word."""
        assert self.key is not None
        middle = self.start + len(self.key)
        return Word(self.key, self.start, middle), Word(self.value(), middle, self.end, self.quoted)

    def value(self) -> str:
        """The text after the key; the whole text of a word without a key."""
        return self.text[len(self.key or "") :]

    def is_missing(self) -> bool:
        """Whether it is the value of a key that has none."""
        return not (self.text or self.quoted)


@functools.cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """A pattern, compiled where it is used first: most lines are plain."""
    return re.compile(pattern)


def split(line: str) -> list[Word]:
    """The words of a line.

    Raises LineError when a quotation mark is not closed or nothing follows a backslash.
    """
    if "'" in line or '"' in line or "\\" in line or "#" in line or has_curly(line):
        return list(_quoted_words(line))
    words, end = [], 0
    for text in line.split():
        start = line.index(text, end)
        end = start + len(text)
        words.append(Word(text, start, end, False, text[: text.index("=") + 1] if "=" in text else None))
    return words


def has_curly(line: str) -> bool:
    """Whether a line has quotation marks of printed texts."""
    return not line.isascii() and any(mark in line for mark in _CURLY)


def is_quoted_curly(line: str) -> bool:
    """Whether such marks stand for plain ones in a line."""
    return has_curly(line) and any(
        piece["curly"] is not None for word in split(line) for piece in _pieces(line, word.start))


def _quoted_words(line: str) -> Iterator[Word]:
    offset = _skip_blank(line, 0)
    while offset < len(line):
        word = _word(line, offset)
        yield word
        offset = _skip_blank(line, word.end)


def _skip_blank(line: str, offset: int) -> int:
    """The offset of the next word, behind blanks and comments."""
    blank = _compiled(_BLANK).match(line, offset)
    return blank.end() if blank else offset


def _word(line: str, start: int) -> Word:
    pieces = list(_pieces(line, start))
    key, equal, _ = (pieces[0]["plain"] or "").partition("=")
    return Word(
        text="".join(map(_text, pieces)), start=start, end=pieces[-1].end(),
        quoted=any(piece["plain"] is None for piece in pieces), key=key + equal if equal else None,
    )


def _pieces(line: str, offset: int) -> Iterator[re.Match[str]]:
    """The quoted and unquoted pieces of a word."""
    while not _compiled(_WORD_END).match(line, offset):
        piece = _compiled(_PIECE).match(line, offset)
        if piece is None:
            raise _unfinished(line, offset)
        yield piece
        offset = piece.end()


def _unfinished(line: str, offset: int) -> LineError:
    message = "nothing follows the backslash" if line[offset] == "\\" else "no closing quotation mark"
    return LineError(message, place(line, offset, len(line) - offset), code="E102")


def _text(piece: re.Match[str]) -> str:
    text = piece[piece.lastgroup or 0]
    return re.sub(r"\\([\"\\$`])|\\\n", r"\1", text) if piece.lastgroup == "double" else text


def place(line: str, offset: int, width: int = 1) -> Place:
    """The place of an offset; in a continued line, within the row of it that the offset lies in."""
    row = line.count("\n", 0, offset)
    text = line.split("\n")[row]
    column = offset - (line.rfind("\n", 0, offset) + 1)
    return Place(text, column + 1, max(1, min(width, len(text) - column)), number=row + 1)


def logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines of a file with their numbers; a line that ends in a backslash goes on in the next."""
    rows: list[str] = []
    start, open_mark = 1, ""
    for number, row in enumerate(text.split("\n"), 1):
        rows.append(row)
        unfinished = _left_open(open_mark + row)
        if row.endswith("\\") and unfinished:
            open_mark = unfinished.strip("\\")
        else:
            yield start, "\n".join(rows)
            rows, start, open_mark = [], number + 1, ""
    if rows:
        yield start, "\n".join(rows)


def _left_open(row: str) -> str:
    """What a row leaves open: a quotation mark, or the backslash at its end; "" for nothing.

    A backslash that is escaped itself or part of a comment leaves nothing open.
    """
    if not row.endswith("\\"):
        return ""
    try:
        split(row)
    except LineError as error:
        assert error.place
        return row[error.place.column - 1]
    return ""


def quote(word: str, always: bool = False) -> str:
    """A word as it is typed: in quotes where it would be cut."""
    if _compiled(_UNQUOTED).fullmatch(word) and not always:
        return word
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'


def join(arguments: Sequence[str]) -> str:
    """The line whose words are these arguments of a program: already cut, without their quotes."""
    return " ".join(map(_quoted_argument, arguments))


def _quoted_argument(argument: str) -> str:
    key, equal, value = argument.partition("=")
    return key + equal + quote(value) if equal and key.isidentifier() else quote(argument)
