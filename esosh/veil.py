"""What of a line may be shown and kept: everything but secrets, however badly the line is written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Optional

from .commands import SECTIONS
from .errors import EsoshError, LineError
from .executors.scst.attributes import is_secret
from .grammar import Reading, grammar, ways
from .views import MASK, PIECES, SECRET_KEY, USER_NAME, USER_PAIR
from .words import Word, letters, split, veiled


def kept(line: str) -> str:
    """A typed line as it may be kept and shown, **** for each secret; for all behind its key where it is not as it should be."""
    return "".join(shown(line))


def shown(line: str) -> list[str]:
    """What is shown for each letter of a line."""
    return letters(line, _secrets(line))


def _secrets(line: str) -> Iterator[tuple[int, int]]:
    """Where secrets stand in a line. Behind the key of one, only what the grammar knows to be none is none."""
    found = SECRET_KEY.finditer(line)
    key = next((each for each in found if each[0] not in grammar().keywords or is_secret(each[0][:-1])), None)
    if key is None:
        return
    at, before = key.end(), ""
    read, whole = _read(line)
    for word, terminal in read:
        if word.end > key.start():
            yield from [(at, word.start)] if "#" in line[at : word.start] else []  # a remark
            user = USER_PAIR.fullmatch(line, word.start, word.end) if before.endswith("=") else None
            if user and user["secret"]:
                yield user.span("secret")
            elif not (user or _openly(word, terminal, before, line[key.start() : word.end], whole)):
                if not (SECRET_KEY.fullmatch(before) and word.text):
                    break
                yield word.start, word.end
            at = max(at, word.end)
        before = word.text
    at += len(line[at:]) - len(line[at:].lstrip())
    if at < len(line):
        yield at, len(line)


def _openly(word: Word, terminal: str, before: str, since: str, whole: bool) -> bool:
    """Whether a word may be shown, when `since` is the text from the key of a secret to its end."""
    own = since[-(word.end - word.start) :]
    if terminal == "OTHER_KEY":
        return own == since
    if terminal == "USER_NAME":
        return whole and bool(USER_NAME.fullmatch(word.text))
    if before.endswith("="):
        return not SECRET_KEY.fullmatch(before) and not SECRET_KEY.search(own)
    known = terminal in grammar().names or f"{word.text}=" in grammar().keywords
    return known or (bool(SECRET_KEY.search(own)) and "=" not in word.text)


def _read(line: str) -> tuple[list[tuple[Word, str]], bool]:
    """The words of a line as far as they are in the language, in whatever level, and whether all of them are."""
    try:
        words = split(line)
    except LineError:
        return [], False
    readings = [Reading(each) for level in ("", *SECTIONS) for each in ways(words, level)]
    best = max(readings, key=lambda reading: (reading.wrong is None, sum(word.end > 0 for word, _ in reading.read)))
    return [(word, terminal) for word, terminal in best.read if word.end], best.wrong is None


def veil(error: EsoshError, line: str, word: Optional[Word] = None) -> EsoshError:
    """The error about a line without the line's secrets; `word`: the one to blame, which its message may have."""
    error.place = error.place and veiled(error.place, line, shown(line))
    if error.word in _hidden(line) or (word and word_shown(word, line) != word.text):
        error.message = error.message.replace(error.word, MASK)
    error.mend = opened(error.mend, line)
    return error


def opened(mend: str, line: str) -> str:
    """The line that would help with @ask for its secret; none where it has another word that the line had better not have."""
    there = kept(mend).replace(MASK, "@ask")
    return "" if any(piece in there for piece in _hidden(line)) else there


def _hidden(line: str) -> set[str]:
    """The pieces that secrets of a line are made of."""
    return {piece for start, end in _secrets(line) for piece in PIECES.split(line[start:end]) if piece}


def word_shown(word: Word, line: str) -> str:
    """A word of a line as it is shown, without its quotes where a part of it is hidden."""
    text = "".join(shown(line)[word.start : word.end])
    return word.text if text == line[word.start : word.end] else text.strip("\"'")
