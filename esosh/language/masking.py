"""Hides secrets in typed lines, however badly a line is written, and in the errors about them."""

from __future__ import annotations

import itertools
import re

from ..errors import LineError
from ..records import replace
from ..views.secrets import MASK, PIECES, USER_NAME, secret_key, user_pair
from .grammar import Reading, grammar, interpretations
from .source import key_terminals, secret_keys, secret_owners, sections
from .words import split

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Optional

    from ..errors import EsoshError, Place
    from .words import Word

    _Span = tuple[int, int]

_TRACES = ("incoming", "outgoing", "user", "usr")  # the key of a secret has one of them
_BETWEEN = str.maketrans("", "", "\"'\\\n")  # what may stand between its letters


class _TypedWord:
    """A typed word, its place in the line, its terminal, and the text of the word before it."""

    __slots__ = ("before", "end", "start", "terminal", "text")

    def __init__(self, word: Word, terminal: str, before: str) -> None:
        self.text, self.start, self.end = word.text, word.start, word.end
        self.terminal = terminal
        self.before = before

    def is_keyword(self) -> bool:
        """Whether the language has the word, as a keyword or as a key."""
        return self.terminal in grammar().texts or f"{self.text}=" in grammar().keywords


def masked_line(line: str) -> str:
    """A typed line as it may be kept and shown: **** for each secret and for the rest of a malformed line."""
    return "".join(masked_letters(line))


def masked_letters(line: str) -> list[str]:
    """What is shown for each letter of a line: **** for the first of a secret, nothing for its others."""
    return _hide(line, _secrets(line))


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


def _secrets(line: str) -> Iterator[_Span]:
    """Where secrets stand in a line: all behind a secret's key that the grammar does not make public."""
    key = _secret_key(line)
    if key is None:
        return
    words, complete = _typed_words(line)
    end = key.end()
    for word in words:
        if word.end <= key.start():
            continue
        if "#" in line[end : word.start]:  # a comment
            yield end, word.start
        secret = _secret_in(word, line, key.start(), complete)
        if secret is None:
            break
        yield secret
        end = max(end, word.end)
    yield end + len(line[end:]) - len(line[end:].lstrip()), len(line)


def _secret_key(line: str) -> Optional[re.Match[str]]:
    """The first text in a line that is the key of a secret, or looks like one and is no other keyword."""
    if not _may_have_secret(line):
        return None
    others = grammar().keywords.keys() - secret_keys()
    return next((match for match in secret_key().finditer(line) if match[0] not in others), None)


def _may_have_secret(line: str) -> bool:
    """Whether a line is worth a search; letters beyond ASCII may stand for others."""
    letters = line.lower().translate(_BETWEEN)
    return not line.isascii() or any(trace in letters for trace in _TRACES)


def _secret_in(word: _TypedWord, line: str, key_start: int, complete: bool) -> Optional[_Span]:
    """The secret part of a word, empty when none is secret; None when it is unclear where the secret ends."""
    user = user_pair().fullmatch(line, word.start, word.end) if word.before.endswith("=") else None
    if user and user["secret"]:
        return user.span("secret")
    if user or _is_public(word, line, key_start, complete):
        return word.end, word.end
    return (word.start, word.end) if word.text and secret_key().fullmatch(word.before) else None


def _is_public(word: _TypedWord, line: str, key_start: int, complete: bool) -> bool:
    """Whether a word may be shown; `complete`: the whole line is in the language."""
    if word.start == word.end:  # a value that is missing
        return False
    if word.terminal in key_terminals():
        return word.start <= key_start
    if word.terminal in secret_owners():
        return complete and bool(re.fullmatch(USER_NAME, word.text))
    has_key = secret_key().search(line[max(word.start, key_start) : word.end]) is not None
    if word.before.endswith("="):
        return not has_key and not secret_key().fullmatch(word.before)
    return word.is_keyword() or (has_key and "=" not in word.text)


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
    return named, best.wrong is None


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
