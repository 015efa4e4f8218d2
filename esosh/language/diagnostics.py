"""Why a line is not in the language, and what would help."""

from __future__ import annotations

import os

from ..errors import LineError
from ..records import replace
from .grammar import Reading, grammar, interpretations
from .masking import hint_without_secret, mask_error, masked_letters, masked_word
from .source import acting, synonyms
from .words import place, split

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Optional

    from ..errors import EsoshError
    from .words import Word

_FEW = 12  # expected words that an error lists
_SIMILAR = 0.6  # how similar a word must be to be suggested
_LONGEST_NAME = 4  # places at the beginning of a line where a word of it may belong


def line_error(line: str, words: list[Word], reading: Reading, level: str) -> LineError:
    """The error for a line that was read this far."""
    expected = sorted(grammar().meaning(name) for name in reading.accepts() - {"$END"})
    wrong = reading.misfit()
    if wrong is None or wrong.is_missing():
        end = wrong.end if wrong else min(words[-1].end + 1, len(line))
        message = f"incomplete; expected: {_listed(expected)}"
        return LineError(message, place(line, end), tuple(expected), code="E103")
    message = _misfit(line, wrong, reading, expected)
    hint = _in_order(line, words, wrong, level) or _suggestion(line, wrong, reading, level)
    return LineError(message, place(line, wrong.start, wrong.end - wrong.start), tuple(expected), hint)


def _misfit(line: str, wrong: Word, reading: Reading, expected: Sequence[str]) -> str:
    """The message about a word that does not fit."""
    previous = _read_text(line, reading)
    after = f" after {previous}" if previous else ""
    ending = f"expected: {_listed(expected)}" if expected else "nothing more was expected"
    return f'"{masked_word(wrong, line)}" does not fit{after}; {ending}'


def _read_text(line: str, reading: Reading) -> str:
    """What was read of a line, as it was typed, after the words of the level."""
    words = [word for word, _ in reading.typed()]
    level = [word.text for word, _ in reading.read if not word.end]
    text = "".join(masked_letters(line)[words[0].start : words[-1].end]) if words else ""
    return " ".join([*level, *text.replace("\\\n", " ").split()])


def _listed(expected: Sequence[str]) -> str:
    more = len(expected) - _FEW
    return ", ".join(expected[:_FEW]) + (f" and {more} more" if more > 0 else "")


def _in_order(line: str, words: Sequence[Word], wrong: Word, level: str) -> str:
    """The line with a keyword of it where it belongs ("net bond del bond0"), "" where it belongs nowhere."""
    keyword = "" if wrong.quoted else _keyword(wrong.text)
    others = [line[word.start : word.end] for word in words if word is not wrong]
    for count in range(min(_LONGEST_NAME, len(words))) if keyword else ():
        moved = " ".join((*others[:count], keyword, *others[count:]))
        if _is_whole(moved, level):
            return hint_without_secret(moved, line)
    return ""


def _keyword(text: str) -> str:
    """The keyword that a word is or stands for, "" for none."""
    own = grammar().texts.get(grammar().keywords.get(text, ""), "")
    return own or synonyms().get(text, "")


def _suggestion(line: str, wrong: Word, reading: Reading, level: str) -> str:
    """The line with the wrong word replaced by the nearest one that fits, "" when none is near.

    A line acts only by a word that was meant: what is offered does no more than what was typed.
    """
    typed = wrong.key or wrong.text
    nearest = _nearest(typed, reading)
    if not nearest or wrong.quoted or (nearest in acting() and not _is_meant(typed, nearest)):
        return ""
    rest = line[wrong.start + len(typed) :]
    if nearest.endswith("=") and not wrong.key:
        rest = rest.lstrip()
    suggestion = hint_without_secret(line[: wrong.start] + nearest + rest, line)
    return suggestion if _is_whole(suggestion, level) else ""


def _nearest(typed: str, reading: Reading) -> str:
    """The keyword that fits and that another tool's word stands for, else the one that is spelt most like it.

    "" for none.
    """
    texts = grammar().texts
    keywords = {texts[name].casefold(): texts[name] for name in sorted(reading.accepts() & texts.keys())}
    synonym = synonyms().get(typed, "")
    if synonym in keywords.values():
        return synonym
    import difflib  # a line that is right never comes here

    near = difflib.get_close_matches(typed.casefold(), keywords, 1, _SIMILAR)
    return keywords[near[0]] if near else ""


def _is_whole(line: str, level: str) -> bool:
    """Whether a line is read to its end."""
    try:
        readings = map(Reading, interpretations(split(line), level))
    except LineError:  # what was moved stands behind a comment, or in front of an open quotation mark
        return False
    return any(reading.wrong is None and "$END" in reading.accepts() for reading in readings)


def _is_meant(typed: str, keyword: str) -> bool:
    """Whether a word can only be that keyword: it stands for it, or is it but for one slip.

    What is another keyword, or the beginning of one, may as well be that one.
    """
    if synonyms().get(typed) == keyword:
        return True
    others = [other for other in grammar().keywords if not other.startswith(keyword)]
    return _is_slip(typed.casefold(), keyword) and not any(other.startswith(typed) for other in others)


def _is_slip(typed: str, word: str) -> bool:
    """Whether a word was typed with one letter too many, too few or wrong, or two of them swapped."""
    start = len(os.path.commonprefix((typed, word)))  # noqa: RUF071 - of letters
    one, other = typed[start:], word[start:]
    end = len(os.path.commonprefix((one[::-1], other[::-1])))  # noqa: RUF071 - of letters
    one, other = one[: len(one) - end], other[: len(other) - end]
    return max(len(one), len(other)) <= 1 or (len(one) == 2 and one == other[::-1])


def located(error: EsoshError, line: str, file: str = "", number: int = 0) -> EsoshError:
    """The error with its place: in the line, and in the file that the line is from."""
    if error.place is None:
        words = split(line)
        word = _blamed_word(error.word, words)
        start, end = (word.start, word.end) if word else (0, words[-1].end if words else 0)
        error.place = place(line, start, end - start)
        mask_error(error, line, word)
    if file:
        error.place = replace(error.place, file=file, number=number + max(error.place.number - 1, 0))
    return error


def _blamed_word(text: str, words: Sequence[Word]) -> Optional[Word]:
    """The word that an error blames, or only the value of it."""
    matches = [word for word in words if text in (word.text, word.text.lstrip("+-"), word.value())]
    if not text or not matches:
        return None
    word = matches[-1 if text in grammar().keywords else 0]
    return word.split_key()[1] if word.key and text == word.value() else word
