"""The grammar at work: parse a line, say what may follow, and what each of its words is."""

from __future__ import annotations

import difflib
import functools
import importlib
import importlib.util
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Optional

from .commands import Command, Pair
from .errors import EsoshError, LineError
from .grammar import Reading, grammar, ways
from .veil import opened, shown, veil, word_shown
from .words import Word, place, quote, split


def parse(line: str, level: str = "") -> Optional[Command]:
    """The command that a line is, None for an empty one.

    Raises LineError with the place, what was expected, and the nearest line that fits.
    """
    try:
        words = split(line)
    except LineError as error:
        raise veil(error, line) from None
    if not words:
        return None
    best: Optional[Reading] = None
    for reading in (Reading(words) for words in ways(words, level)):
        if reading.wrong is None and "$END" in reading.accepts():
            command = _command(reading.tree())
            assert isinstance(command, Command)
            return command
        if best is None or (len(reading.read), reading.wrong is None) > (len(best.read), best.wrong is None):
            best = reading
    assert best is not None
    raise veil(_error(line, words, best, level), line)


def _error(line: str, words: list[Word], reading: Reading, level: str) -> LineError:
    expected = sorted(grammar().meaning(name) for name in reading.accepts() - {"$END"})
    wrong = _behind(reading)
    if wrong is None or not (wrong.text or wrong.quoted):
        at = wrong.end if wrong else min(words[-1].end + 1, len(line))
        return LineError(f"more is needed; expected: {_listed(expected)}", place(line, at), tuple(expected), code="E103")
    after = _after(line, reading)
    message = f'"{word_shown(wrong, line)}" does not fit' + (f" after {after}" if after else "")
    ending = f"; expected: {_listed(expected)}" if expected else "; nothing more was expected"
    mend = _mend(line, wrong, expected, level)
    return LineError(message + ending, place(line, wrong.start, wrong.end - wrong.start), tuple(expected), mend)


def _after(line: str, reading: Reading) -> str:
    """What was read of a line, as it was typed, behind the level that goes without saying."""
    read = [word for word, _ in reading.read]
    typed = [word for word in read if word.end]
    text = "".join(shown(line)[typed[0].start : typed[-1].end]) if typed else ""
    return " ".join([*(word.text for word in read if not word.end), *re.sub(r"\\\n", " ", text).split()])


def _behind(reading: Reading) -> Optional[Word]:
    """What is wrong behind what was read: a word, or the value alone of one whose key fits."""
    wrong = reading.wrong
    cut = wrong and wrong.key and reading.read and reading.read[-1][0].end > wrong.start
    return wrong.cut()[1] if wrong and cut else wrong


def _listed(expected: Sequence[str]) -> str:
    return ", ".join(expected[:12]) + (f" and {len(expected) - 12} more" if len(expected) > 12 else "")


def _mend(line: str, wrong: Word, expected: Sequence[str], level: str) -> str:
    """The line with the wrong word replaced by the nearest one that fits, "" when none is near."""
    fits = [word for word in expected if word in grammar().keywords]
    typed = wrong.key or wrong.text
    ours = grammar().synonyms.get(typed)
    near = [ours] if ours in fits else difflib.get_close_matches(typed, fits, 1, 0.6)
    if not near or wrong.quoted:
        return ""
    rest = line[wrong.start + len(typed) :]
    if near[0].endswith("=") and not wrong.key:
        rest = rest.lstrip()
    mended = opened(line[: wrong.start] + near[0] + rest, line)
    return mended if _further(mended, wrong, level) else ""


def _further(mended: str, wrong: Word, level: str) -> bool:
    """Whether a mended line is read beyond the word that was wrong, and not only to the key in its place."""
    readings = [Reading(words) for words in ways(split(mended), level)]
    return any(reading.wrong is None or reading.wrong.start > wrong.start for reading in readings)


def _command(node: Any) -> Any:
    """The command, pair, tuple or word that a part of a tree is, by the name of its rule."""
    if not isinstance(node, tuple):
        return node
    rule, parts = node[0], tuple(_command(child) for child in node[1])
    found = command_class(rule)
    if found:
        return found(*parts)
    if rule.endswith("_list"):
        return parts
    return Pair(*parts) if rule.endswith("_pair") else parts[0]


@functools.cache
def command_class(rule: str) -> Any:
    """The class of a grammar rule; None for a helper rule."""
    module = rule.partition("_")[0]
    if not importlib.util.find_spec(f"esosh.commands.{module}"):
        return None
    name = "".join(word.capitalize() for word in rule.split("_"))
    return getattr(importlib.import_module(f"esosh.commands.{module}"), name, None)


@dataclass(frozen=True)
class Follow:
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
    if head.endswith("=") and words and words[-1].key == words[-1].text:
        readings = [_behind_key(list(words)) for words in ways(words, level)]
    else:
        readings = [Reading(words) for words in ways(words, level)]
    accepted = {name for reading in readings if reading.wrong is None for name in reading.accepts()}
    names = grammar().names
    return Follow(
        frozenset(names[name] for name in accepted if name in names),
        frozenset(name for name in accepted if name in grammar().patterns),
        "$END" in accepted,
    )


def _behind_key(words: list[Word]) -> Reading:
    reading = Reading(words[:-1])
    if reading.wrong is None and not reading.take(Word(words[-1].text, words[-1].start, words[-1].end)):
        reading.wrong = words[-1]
    return reading


def tokens(line: str, level: str = "") -> list[tuple[Word, str]]:
    """Each word and what it is: keyword, key, name, new, or wrong from the first word that does not fit."""
    try:
        words = split(line)
    except LineError:
        words = [Word(found[0], found.start(), found.end()) for found in re.finditer(r"\S+", line)]
    best = max((Reading(words) for words in ways(words, level)), key=lambda reading: len(reading.read))
    named = [(word, _kind(name)) for word, name in best.read if word.end]
    wrong = _behind(best)
    if wrong is None:
        return named
    rest = [wrong, *(word for word in words if word.start > wrong.start)]
    return [*named, *((word, "wrong") for word in rest if word.end > word.start)]


def _kind(terminal: str) -> str:
    if terminal in grammar().names:
        return "key" if grammar().names[terminal].endswith("=") else "keyword"
    if terminal == "OTHER_KEY":
        return "key"
    return "new" if terminal.startswith("NEW_") else "name"


def located(error: EsoshError, line: str, file: str = "", number: int = 0) -> EsoshError:
    """The error with its place: in the line, and in the file that the line is from."""
    if error.place is None:
        words = split(line)
        end = words[-1].end if words else 0
        named = [word for word in words if error.word in (word.text, word.text.lstrip("+-"), _value(word))]
        word = named[-1 if error.word in grammar().keywords else 0] if named and error.word else None
        word = word.cut()[1] if word and word.key and error.word == _value(word) else word
        start, width = (word.start, word.end - word.start) if word else (0, end)
        error.place = place(line, start, width)
        veil(error, line, word)
    if file:
        error.place = replace(error.place, file=file, number=number + max(error.place.number - 1, 0))
    return error


def _value(word: Word) -> str:
    return word.text[len(word.key) :] if word.key else word.text


def join(argv: Sequence[str]) -> str:
    """The line whose words are these, as a program gets them: already cut, without their quotes."""
    return " ".join(_argument(word) for word in argv)


def _argument(word: str) -> str:
    key, equal, value = word.partition("=")
    return key + equal + quote(value) if equal and key.isidentifier() else quote(word)
