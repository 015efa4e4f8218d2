"""Hides secrets in typed lines, however badly a line is written, and in the errors about them."""

from __future__ import annotations

import functools
import itertools
import re

from ..errors import LineError
from ..records import replace
from ..views.secrets import (
    MASK,
    PIECES,
    SHORTEST,
    USER_NAME,
    is_secret_key,
    may_have_key,
    passwords,
    user_pair,
)
from .grammar import Reading, grammar, interpretations
from .source import secret_keys, secret_owners, sections
from .words import split

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Optional

    from ..errors import EsoshError, Place
    from .words import Word

    _Span = tuple[int, int]

_BETWEEN = str.maketrans("", "", "\"'\\\n_-")  # what may stand between the letters of a key
_LETTERS = r"""(?:[\w"'-]+|\\\n?)+"""  # of a key, and what may stand between them
_SHORTEST_KEY = 10  # letters of a key, misspelt


class _TypedWord:
    """A typed word, its place in the line, its terminal, and the text of the word before it."""

    __slots__ = ("before", "end", "start", "terminal", "text")

    def __init__(self, word: Word, terminal: str, before: str) -> None:
        self.text, self.start, self.end = word.text, word.start, word.end
        self.terminal = terminal
        self.before = before

    def is_public(self) -> bool:
        """Whether it is no secret where users are removed: a keyword, a name, the value of another key."""
        if self.terminal in secret_owners():
            return bool(re.fullmatch(USER_NAME, self.text))
        if self.before.endswith("="):
            return self.before in grammar().keywords.keys() - secret_keys()
        return self.terminal in grammar().texts or f"{self.text}=" in grammar().keywords


def masked_line(line: str) -> str:
    """A typed line as it may be kept and shown: **** for each secret.

    A secret whose end cannot be told reaches to the end of the line.
    """
    return "".join(masked_letters(line))


def masked_letters(line: str) -> list[str]:
    """What is shown for each letter of a line: **** for the first of a secret, nothing for its others."""
    return _hide(line, (*_secrets(line), *passwords(line)))


def _hide(line: str, secrets: Iterable[_Span]) -> list[str]:
    letters = list(line)
    for start, end in secrets:
        letters[start:end] = map(_masked_letter, "\n" + line[start:end], line[start:end])
    return letters


def _masked_letter(before: str, letter: str) -> str:
    """What is shown for a letter of a secret: **** for the first one of each line."""
    if letter == "\n":
        return letter
    return MASK if before == "\n" else ""


@functools.lru_cache(maxsize=2)  # an error asks for those of its line, and of its hint, again and again
def _secrets(line: str) -> tuple[_Span, ...]:
    """Where secrets stand in a line, in their order."""
    return tuple(_found(line))


def _found(line: str) -> Iterator[_Span]:
    keys = list(_keys(line)) if may_have_key(line.translate(_BETWEEN)) else []
    if not keys:
        return
    words, complete = _typed_words(line)
    unread = _without_words(line, words)
    end, _ = keys[0]
    for start, value in keys:
        if start >= end:
            yield from _strays(unread, end, start)
            begin, secret_end = _secret_of(line, start, value, words if complete else None)
            yield start if end < start and _may_begin_with_secret(line[start:value]) else begin, secret_end
            end = max(secret_end, value)
    yield from _strays(unread, end, len(line))


def _may_begin_with_secret(key: str) -> bool:
    """Whether a key, as it is written, has so many letters that a secret may be glued in front of it."""
    return len(key.rstrip("= \t\n")) >= SHORTEST + _SHORTEST_KEY


def _without_words(line: str, words: Iterable[_TypedWord]) -> str:
    """The line with blanks in place of what was read."""
    pieces, end = [], 0
    for word in words:
        pieces += [line[end : word.start], " " * (word.end - word.start)]
        end = word.end
    return "".join((*pieces, line[end:]))


def _strays(unread: str, start: int, end: int) -> Iterator[_Span]:
    """What is long enough to be a secret, behind a key and not in the language."""
    long_word = re.compile(rf"\S{{{SHORTEST},}}")
    return (match.span() for match in long_word.finditer(unread, start, end))


def _secret_of(line: str, start: int, value: int, words: Optional[Sequence[_TypedWord]]) -> _Span:
    """The secret of a key at `start`, whose value may begin at `value`; `words`: those of a whole line."""
    key, behind = line[start:value], _next_letter(line, value)
    user = user_pair().match(line, value)
    if user and re.fullmatch(r"[\w-]+=", key) and not _has_no_name(user):
        return user.span("secret") if user["secret"] else (user.end(), user.end())
    if words is None:
        return behind, len(line)
    word = next((word for word in words if word.start <= start < word.end), None)
    if word and (word.start, word.end) == (start, value):
        return _secret_in_words(line, key, value, [word for word in words if word.start >= value])
    if word and _is_one_name(line, word, start, key):  # the secret may be in another word
        return behind, len(line)
    if not (key.endswith("=") or line.startswith(('"', "'"), behind)):  # a text that names the key
        return value, value
    text_end = word.end if word else f"{line}\n".index("\n", value)  # of a text, or of a comment
    return min(behind, text_end), text_end


def _is_one_name(line: str, word: _TypedWord, start: int, key: str) -> bool:
    """Whether a word without blanks has a key at `start` and something beside it: it was taken for a name."""
    before = line[word.start : start].strip("\"'")
    return bool(before or key.endswith("=")) and not re.search(r"\s", line[word.start : word.end])


def _has_no_name(user: re.Match[str]) -> bool:
    """Whether the first word of a user may be its secret: what is behind it may be none."""
    behind = (user["secret"] or "").strip()
    is_other = len(behind) < SHORTEST or behind.startswith("#") or (may_have_key(behind) and "=" in behind)
    return bool(behind) and is_other and len(user["name"]) >= SHORTEST


def _next_letter(line: str, start: int) -> int:
    """The offset of the first letter that is no blank."""
    blanks = re.compile(r"\s*").match(line, start)
    return blanks.end() if blanks else start


def _secret_in_words(line: str, key: str, value: int, behind: Sequence[_TypedWord]) -> _Span:
    """The secret behind a key of a whole line: its value, or what is no name where users are removed."""
    if key.endswith("=") and behind and behind[0].terminal not in secret_owners():
        is_clear = behind[0].text and all(word.is_public() for word in behind[1:])
        return value, behind[0].end if is_clear else len(line)  # where it is missing, it may follow
    end = value
    for word in behind:
        if "#" in line[end : word.start] or not word.is_public():  # a comment, or a secret
            break
        end = word.end
    return _next_letter(line, end), len(line)


def _keys(line: str) -> Iterator[_Span]:
    """Where the keys of secrets stand in a line, each up to where its value may begin."""
    for letters in re.finditer(_LETTERS, line):
        equal = re.compile(r"\s*=").match(line, letters.end())
        if is_secret_key(letters[0], equal is not None):
            yield letters.start(), equal.end() if equal else letters.end()


def _typed_words(line: str) -> tuple[list[_TypedWord], bool]:
    """The words of a line as far as they are in the language, in any level, and whether all of them are."""
    try:
        words = split(line)
    except LineError:
        return [], False
    lines = itertools.chain.from_iterable(interpretations(words, level) for level in ("", *sections()))
    best = max(map(Reading, lines), key=lambda reading: (reading.wrong is None, len(reading.typed())))
    typed = best.typed()
    befores = ["", *(word.text for word, _ in typed)]
    named = [_TypedWord(word, terminal, before) for (word, terminal), before in zip(typed, befores)]
    return named, best.wrong is None and "$END" in best.accepts()


def mask_error(error: EsoshError, line: str, word: Optional[Word] = None) -> EsoshError:
    """The error about a line without the line's secrets; its message may name `word`, the one to blame."""
    error.place = error.place and _masked_place(error.place, line, masked_letters(line))
    if error.word in _hidden_pieces(line) or (word and _has_secret(word, line)):
        error.message = error.message.replace(error.word, MASK)
    error.hint = hint_without_secret(error.hint, line)
    return error


def _masked_place(place: Place, line: str, letters: Sequence[str]) -> Place:
    """The place in the masked line; `letters`: what is shown for each letter of the line."""
    row = max(place.number - 1, 0)
    row_start = sum(len(text) + 1 for text in line.split("\n")[:row])
    start = row_start + place.column - 1
    before, wrong = "".join(letters[row_start:start]), "".join(letters[start : start + place.width])
    text = "".join(letters).split("\n")[row]
    return replace(place, line=text, column=len(before) + 1, width=len(wrong) or 1)


def hint_without_secret(hint: str, line: str) -> str:
    """The hint with @ask for the secret of a line; "" when it shows another piece of what the line hides."""
    shown = masked_line(hint).replace(MASK, "@ask")
    return "" if any(piece in shown for piece in _hidden_pieces(line)) else shown


def _hidden_pieces(line: str) -> set[str]:
    """The pieces that the secrets of a line are made of."""
    pieces = itertools.chain.from_iterable(re.split(PIECES, line[start:end]) for start, end in _secrets(line))
    return set(pieces) - {""}


def masked_word(word: Word, line: str) -> str:
    """A word of a line as it is shown, without its quotes when a part of it is hidden."""
    return _shown(word, line).strip("\"'") if _has_secret(word, line) else word.text


def _has_secret(word: Word, line: str) -> bool:
    return _shown(word, line) != line[word.start : word.end]


def _shown(word: Word, line: str) -> str:
    return "".join(masked_letters(line)[word.start : word.end])
