"""What may come at a point of a line: from the grammar, and from what exists on the box and in the candidate."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Callable, Optional

from . import completions, language, usage
from .commands import name as as_typed
from .completions import Known, Name
from .errors import EsoshError
from .grammar import Reading, grammar, ways
from .language import Follow
from .session import Session
from .transaction import reason_of
from .views import Table, clean
from .words import Word, split

SIZE = 100  # entries of a menu; more would cost at every key, and nobody reads them
_NICS = "/sys/class/net"
_CLOSINGS = ("", '"', "'", "\\")
_GLUED = re.compile(r"(?!\\\n)\S+")  # what stands right behind a key
_ANY_LINE = "WORD"  # the terminal of help, which takes the words of any line


@dataclass(frozen=True)
class Entry:
    """What may be typed ("" where it is the user's to choose), how it is shown, and what it means."""

    text: str
    shown: str
    meaning: str = ""


@dataclass(frozen=True)
class Point:
    """The end of a text: what stands before the begun word, the begun word, its start, and the words before it."""

    head: str
    prefix: str
    start: int
    quoted: bool
    words: tuple[tuple[str, str], ...]

    @property
    def fresh(self) -> bool:
        """Whether a word may begin here."""
        return not self.prefix and not self.quoted


def closed(text: str) -> str:
    """The text with the quotation mark that it lacks."""
    for closing in _CLOSINGS:
        with contextlib.suppress(EsoshError):
            split(text + closing)
            return text + closing
    return text


def point(text: str, level: str = "") -> Optional[Point]:
    """The point at the end of a text; None in a comment."""
    word = _begun(text)
    if word is None:
        return None
    head = text[: word.start]
    said = _said(head, level)
    if word.key and word.key in language.follow(head, level).keywords:
        start = word.start + len(word.key)
        return Point(text[:start], word.text[len(word.key) :], start, word.quoted, (*said, ("", word.key)))
    return Point(head, word.text, word.start, word.quoted, said)


def _begun(text: str) -> Optional[Word]:
    """The word that a text ends in, an empty one behind a blank; None in a comment."""
    whole = closed(text)
    words = split(whole)
    end = words[-1].end if words else 0
    if words and end == len(whole):
        return words[-1]
    return None if "#" in text[end:].rpartition("\n")[2] else Word("", len(text), len(text))


def _said(head: str, level: str) -> tuple[tuple[str, str], ...]:
    """The words of a head, each with its terminal."""
    readings = (Reading(words) for words in ways(split(head), level))
    fitting = next((reading for reading in readings if reading.wrong is None), None)
    return tuple((terminal, word.text) for word, terminal in fitting.read) if fitting else ()


def spans(line: str, level: str = "") -> Iterator[tuple[int, int, str]]:
    """Where each word stands and what it is: keyword, key, name, new, or wrong from the first that does not fit."""
    end = 0
    for word, kind in language.tokens(closed(line), level):
        yield from _value(line, end, word.start)
        yield word.start, word.end, kind
        end = word.end
    yield from _value(line, end, len(line))


def _value(line: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    """The wrong value of the key that ends at `start`."""
    value = _GLUED.match(line, start, end)
    if value and start:
        yield start, value.end(), "wrong"


class Menu:
    """The menus of a session; the machine is read when one needs it, and not again until `forget`."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.forget()

    def forget(self) -> None:
        """Something may have changed."""
        self._known: Optional[Known] = None
        self._names: dict[object, list[Name]] = {}
        self._lost = ""

    def at(self, text: str) -> list[Entry]:
        """What may come at the end of a text: keywords, names, and what else may be typed."""
        here = point(text, self._session.level)
        return self.entries(here) if here else []

    def entries(self, here: Point) -> list[Entry]:
        """What may come at a point: names, SIZE at most, keywords, then words for what else may be typed."""
        follow = self._follow(here)
        terminals = sorted(follow.terminals, key=list(grammar().patterns).index)
        names = [entry for terminal in terminals for entry in self._named(terminal, here)]
        keywords = [
            Entry(keyword, keyword, self._about(keyword, here))
            for keyword in sorted(follow.keywords, key=self._order(here))
            if keyword.startswith(here.prefix) and not here.quoted and self._has(keyword, here)
        ]
        free = [entry for terminal in terminals for entry in self._free(terminal, here)]
        lost = [Entry("", f"no names: {self._lost}", "")] if terminals and self._lost else []
        return [*names, *keywords, *free, *lost]

    def help(self, text: str) -> Table:
        """What may come at the end of a text, for reading."""
        here = point(text, self._session.level)
        rows = [(entry.shown, entry.meaning) for entry in self.at(text)]
        ends = here is not None and bool(here.words) and self._follow(here).complete and not self._lacking(here)
        return Table(("next", "meaning"), (*rows, *([("<Enter>", "the line is complete")] if ends else [])))

    def _follow(self, here: Point) -> Follow:
        follow = language.follow(here.head, self._session.level)
        if _ANY_LINE not in follow.terminals:
            return follow
        begun = " ".join(text for terminal, text in here.words if terminal == _ANY_LINE)
        return Follow(language.follow(begun).keywords, frozenset(), follow.complete)

    def _named(self, terminal: str, here: Point) -> Iterator[Entry]:
        matching = self._matching(terminal, here)
        for name in matching[:SIZE]:
            typed = name.text if terminal == "SET_KEY" else as_typed(name.text)  # a key is never taken for another word
            yield Entry(typed, clean(name.text), clean(" · ".join(filter(None, (name.origin, name.value)))))
        if len(matching) > SIZE:
            yield Entry("", f"... {len(matching) - SIZE} more")

    def _free(self, terminal: str, here: Point) -> Iterator[Entry]:
        """What a word denotes, where one may begin, and where none of the names is meant."""
        if here.fresh or (not self._matching(terminal, here) and (
                grammar().patterns[terminal](here.prefix) or not self._names_of(terminal, here))):
            yield Entry("", f"<{grammar().meaning(terminal)}>")

    def _matching(self, terminal: str, here: Point) -> list[Name]:
        return [name for name in self._names_of(terminal, here) if name.text.startswith(here.prefix)]

    def _names_of(self, terminal: str, here: Point) -> list[Name]:
        key = (terminal, here.words, here.prefix.rpartition("/")[0])
        if key not in self._names:
            self._names[key] = self._looked_up(terminal, replace(self._snapshot(), words=here.words, prefix=here.prefix))
        return self._names[key]

    def _looked_up(self, terminal: str, known: Known) -> list[Name]:
        try:
            return completions.names(terminal, known)
        except Exception as error:  # noqa: BLE001 - a bug here is told in the menu, and the line can be typed all the same
            self._lost = f"bug: {type(error).__name__}: {error}"
            return []

    def _snapshot(self) -> Known:
        if self._known is None:
            self._known = Known()
            try:
                work, draft = self._session, self._session.draft
                self._known = Known(draft.current, draft.config, draft.host.list(_NICS), candidates=work.names(),
                                    commits=work.states.commits, host=draft.host)
            except (OSError, EsoshError) as error:
                self._lost = clean(reason_of(error))
        return self._known

    def _has(self, keyword: str, here: Point) -> bool:
        """Whether the object of the line has that key."""
        keys = completions.keys(replace(self._snapshot(), words=here.words)) if keyword.endswith("=") else None
        return keys is None or keyword.rstrip("=") in keys

    def _order(self, here: Point) -> Callable[[str], tuple[bool, int, int]]:
        """Keys that the line lacks first, keywords in the order of the lines that begin so, all others in that of the grammar."""
        words, known = [text for _, text in here.words], list(grammar().keywords)
        begun, lacking = [*_following(words), *_following(words[1:])], self._lacking(here)
        return lambda keyword: (keyword.rstrip("=") not in lacking, begun.index(keyword) if keyword in begun else len(begun),
                                known.index(keyword))

    def _lacking(self, here: Point) -> tuple[str, ...]:
        return completions.lacking(replace(self._snapshot(), words=here.words)) if len(here.words) > 2 else ()

    def _about(self, keyword: str, here: Point) -> str:
        """Of a key its value now, of a value whether it is the one now, of any other word what it does."""
        words = [text for _, text in here.words]
        if len(words) < 3 and not keyword.endswith("="):
            return _hint(words, keyword, implied=not here.head.strip())
        known = replace(self._snapshot(), words=here.words)
        if words[-1].endswith("="):
            return "now" if completions.value(words[-1], known) == keyword else ""
        now, meaning = completions.value(keyword, known), usage.meanings().get(keyword, "")
        keys = completions.keys(known) if keyword.endswith("=") else None
        usual = f"now {clean(now)}" if now else (keys or {}).get(keyword.rstrip("="), "")
        return "; ".join(filter(None, (meaning, usual))) or _hint(words, keyword, implied=False)


def _following(words: list[str]) -> Iterator[str]:
    """The words that may follow in the lines that begin with these."""
    rule = "_".join(words)
    return (name[len(rule) + 1 :].partition("_")[0] for name in grammar().help if rule and name.startswith(f"{rule}_"))


def _hint(words: list[str], keyword: str, implied: bool) -> str:
    """The hint for a line that may begin with a level (`implied`: which nobody typed) or with "explain"."""
    rest = [*words[1:], keyword]
    return hint([*words, keyword]) or (hint(rest) if implied or len(rest) > 1 else "")


def hint(words: list[str]) -> str:
    """What the line that begins with these words does; where there are several, the words that may follow."""
    rule, about = "_".join(words), grammar().help
    return about.get(rule) or about.get(f"session_{rule}") or " ".join(dict.fromkeys(_following(words)))
