"""Why a line is not in the language, and what would help."""

from __future__ import annotations

from ..errors import LineError
from ..records import replace
from .grammar import Reading, grammar, interpretations
from .masking import hint_without_secret, mask_error, masked_letters, masked_word
from .source import synonyms
from .words import place, split

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Optional

    from ..errors import EsoshError
    from .words import Word

_FEW = 12  # expected words that an error lists
_SIMILAR = 0.6  # how similar a word must be to be suggested


def line_error(line: str, words: list[Word], reading: Reading, level: str) -> LineError:
    """The error for a line that was read this far."""
    expected = sorted(grammar().meaning(name) for name in reading.accepts() - {"$END"})
    wrong = reading.misfit()
    if wrong is None or wrong.is_missing():
        end = wrong.end if wrong else min(words[-1].end + 1, len(line))
        message = f"incomplete; expected: {_listed(expected)}"
        return LineError(message, place(line, end), tuple(expected), code="E103")
    message = _misfit(line, wrong, reading, expected)
    hint = _suggestion(line, wrong, expected, level)
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
    level = [word.text for word, _ in reading.read if word not in words]
    text = "".join(masked_letters(line)[words[0].start : words[-1].end]) if words else ""
    return " ".join([*level, *text.replace("\\\n", " ").split()])


def _listed(expected: Sequence[str]) -> str:
    more = len(expected) - _FEW
    return ", ".join(expected[:_FEW]) + (f" and {more} more" if more > 0 else "")


def _suggestion(line: str, wrong: Word, expected: Sequence[str], level: str) -> str:
    """The line with the wrong word replaced by the nearest one that fits, "" when none is near."""
    typed = wrong.key or wrong.text
    nearest = _nearest(typed, expected)
    if not nearest or wrong.quoted:
        return ""
    rest = line[wrong.start + len(typed) :]
    if nearest.endswith("=") and not wrong.key:
        rest = rest.lstrip()
    suggestion = hint_without_secret(line[: wrong.start] + nearest + rest, line)
    return suggestion if _gets_further(suggestion, wrong, level) else ""


def _nearest(typed: str, expected: Sequence[str]) -> str:
    """The expected keyword for another tool's word, else the one that is spelt most like it; "" for none."""
    keywords = [word for word in expected if word in grammar().keywords]
    synonym = synonyms().get(typed, "")
    if synonym in keywords:
        return synonym
    import difflib  # a line that is right never comes here

    return next(iter(difflib.get_close_matches(typed, keywords, 1, _SIMILAR)), "")


def _gets_further(suggestion: str, wrong: Word, level: str) -> bool:
    """Whether a suggestion is read beyond the word that was wrong, and not only to the key in its place."""
    readings = map(Reading, interpretations(split(suggestion), level))
    return any(reading.wrong is None or reading.wrong.start > wrong.start for reading in readings)


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
