"""The words of a line: POSIX quoting, `\\` continues, `#` at the start of a word comments."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Optional

from .errors import LineError, Place
from .views import MASK

_PIECE = re.compile(r"""'(?P<single>[^']*)'|"(?P<double>(?:[^"\\]|\\.)*)"|\\(?P<escaped>[^\n])|(?P<plain>[^\s'"\\]+)""", re.S)
_BLANK = re.compile(r"(?:\s|\\\n)+|#[^\n]*")
_PLAIN = re.compile(r"[^\s\"'\\#]+")


@dataclass(frozen=True)
class Word:
    """A word of a line: its text without quotes, where it stands, and whether a part of it was quoted."""

    text: str
    start: int
    end: int
    quoted: bool = False
    key: Optional[str] = None  # up to its first unquoted "=", that included

    def cut(self) -> tuple[Word, Word]:
        """The key, and the value behind it."""
        assert self.key is not None
        middle = self.start + len(self.key)
        return Word(self.key, self.start, middle), Word(self.text[len(self.key) :], middle, self.end, self.quoted)


def split(line: str) -> list[Word]:
    """The words of a line.

    Raises LineError where a quotation mark has no partner.
    """
    words: list[Word] = []
    at = 0
    while True:
        blank = _BLANK.match(line, at)
        if blank:
            at = blank.end()
        elif at >= len(line):
            return words
        else:
            words.append(_word(line, at))
            at = words[-1].end


def _word(line: str, start: int) -> Word:
    text, at, quoted, key = "", start, False, None
    while at < len(line) and not line[at].isspace() and not line.startswith("\\\n", at):
        piece = _PIECE.match(line, at)
        if piece is None:
            message = "no closing quotation mark" if line[at] in "'\"" else "nothing follows the backslash"
            raise LineError(message, place(line, at, len(line) - at), code="E102")
        if key is None and not quoted and "=" in (piece["plain"] or ""):
            key = (text + piece["plain"]).partition("=")[0] + "="
        quoted = quoted or piece["plain"] is None
        text += _text(piece)
        at = piece.end()
    return Word(text, start, at, quoted, key)


def _text(piece: re.Match[str]) -> str:
    if piece["double"] is not None:
        return re.sub(r"\\([\"\\$`])|\\\n", r"\1", piece["double"])
    return next(group for group in (piece["single"], piece["escaped"], piece["plain"]) if group is not None)


def place(line: str, at: int, width: int = 1) -> Place:
    """Where an offset of a line lies; a continued line counts each of its own lines."""
    number = line.count("\n", 0, at)
    start = line.rfind("\n", 0, at) + 1
    text = line.split("\n")[number]
    return Place(text, at - start + 1, max(1, min(width, len(text) - (at - start))), number=number + 1)


def letters(line: str, hidden: Iterable[tuple[int, int]]) -> list[str]:
    """What is shown for each letter of a line: for the first of a hidden part ****, for the others nothing."""
    found = list(line)
    for start, end in hidden:
        for at in range(start, end):
            first = at == start or line[at - 1] == "\n"
            found[at] = "\n" if line[at] == "\n" else MASK if first else ""
    return found


def veiled(there: Place, line: str, shown: Sequence[str]) -> Place:
    """A place in a line as it lies in what is shown for each of the line's letters."""
    row = max(there.number - 1, 0)
    start = sum(len(each) + 1 for each in line.split("\n")[:row])
    at = start + there.column - 1
    before, wrong = "".join(shown[start:at]), "".join(shown[at : at + there.width])
    return replace(there, line="".join(shown).split("\n")[row], column=len(before) + 1, width=len(wrong) or 1)


def logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines of a file with their numbers; a line that ends in a backslash goes on in the next."""
    lines, number = text.split("\n"), 0
    while number < len(lines):
        start = number
        number += 1
        while number < len(lines) and lines[number - 1].endswith("\\") and _goes_on("\n".join(lines[start:number])):
            number += 1
        yield start + 1, "\n".join(lines[start:number])


def _goes_on(line: str) -> bool:
    """Whether the backslash that a line ends in is neither escaped itself nor part of a comment."""
    try:
        split(line)
    except LineError:
        return True
    return False


def quote(word: str, always: bool = False) -> str:
    """A word as it is typed: in quotes where it would be cut."""
    if _PLAIN.fullmatch(word) and not always:
        return word
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'
