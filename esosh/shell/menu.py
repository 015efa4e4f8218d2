"""What may follow in a line: from the grammar, and from what exists on the box and in the candidate."""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterator, Sequence
from typing import Callable, Optional, TypeVar

from .. import completions
from ..completions import Context, Name, Names
from ..errors import EsoshError
from ..language.follow import Follow, follow
from ..language.grammar import grammar
from ..language.source import help_texts, keywords, meanings, sections
from ..language.words import quote
from ..records import Record
from ..session import Session
from ..session.history import commits
from ..transaction.undo import reason_of
from ..views import Table, clean
from .cursor import Cursor, cursor_after

SIZE = 100  # entries of a menu; more would cost at every key, and nobody reads them
T = TypeVar("T")
_ANY_LINE = "WORD"  # the terminal of help, which takes the words of any line


class Entry(Record):
    """What may be typed ("" where the user is free to choose), how it is shown, and what it means."""

    text: str
    shown: str
    meaning: str = ""


class Menu:
    """The menus of a session as it is now; the machine is read when one needs it, and never again.

    It reads for itself: what the session has read stays as it is. `unread` says why it reads nothing.
    """

    def __init__(self, session: Session, unread: str = "") -> None:
        self._session = session
        self._candidate = copy.copy(session.candidate)
        self._candidate.refresh()
        self._context: Optional[Context] = Context() if unread else None
        self._names: dict[object, Names] = {}
        self._unread = self._failure = unread

    def at(self, text: str) -> list[Entry]:
        """What may come at the end of a text: keywords, names, and what else may be typed."""
        cursor = cursor_after(text, self._session.level)
        return self.entries(cursor) if cursor else []

    def entries(self, cursor: Cursor) -> list[Entry]:
        """What may come at the cursor: names, SIZE at most, keywords, then what else may be typed."""
        following = self._follow(cursor)
        terminals = sorted(following.terminals, key=list(grammar().patterns).index)
        entries = [*self._name_entries(terminals, cursor)]
        entries += self._keyword_entries(following.keywords, cursor)
        for terminal in terminals:
            entries += self._free_entries(terminal, cursor)
        if terminals and self._failure:
            entries.append(Entry("", f"no names: {self._failure}"))
        return entries

    def help(self, text: str) -> Table:
        """What may come at the end of a text, for reading."""
        cursor = cursor_after(text, self._session.level)
        rows = [(entry.shown, entry.meaning) for entry in self.at(text)]
        if cursor and self._may_end(cursor):
            rows.append(("<Enter>", "the line is complete"))
        return Table(("next", "meaning"), tuple(rows))

    def _may_end(self, cursor: Cursor) -> bool:
        return bool(cursor.words) and self._follow(cursor).complete and not self._lacking(cursor)

    def _follow(self, cursor: Cursor) -> Follow:
        following = follow(cursor.head, self._session.level)
        if _ANY_LINE not in following.terminals:
            return following
        inner_line = " ".join(text for terminal, text in cursor.words if terminal == _ANY_LINE)
        return Follow(follow(inner_line).keywords, frozenset(), following.complete)

    # names

    def _name_entries(self, terminals: Sequence[str], cursor: Cursor) -> Iterator[Entry]:
        """The first of the names that match, and how many more there are."""
        room, more = SIZE, 0
        for terminal in terminals:
            names, matching = self._names_of(terminal, cursor), self._matching(terminal, cursor)
            is_key = terminal.endswith("_KEY")
            yield from (self._name_entry(names, text, is_key) for text in matching[:room])
            room, more = max(0, room - len(matching)), more + max(0, len(matching) - room)
        if more:
            yield Entry("", f"... {more} more")

    def _name_entry(self, names: Names, text: str, is_key: bool) -> Entry:
        name = self._try(lambda: names[text], Name(text))
        meaning = " · ".join(filter(None, (name.origin, name.value)))
        return Entry(quote(text, always=not is_key and text in keywords()), clean(text), clean(meaning))

    def _free_entries(self, terminal: str, cursor: Cursor) -> Iterator[Entry]:
        """What a word denotes, where one may begin, and where the begun word is none of the names."""
        if cursor.fresh or self._is_other(terminal, cursor):
            yield Entry("", f"<{grammar().meaning(terminal)}>")

    def _is_other(self, terminal: str, cursor: Cursor) -> bool:
        """Whether the begun word is none of the names, and yet may be right."""
        if self._matching(terminal, cursor):
            return False
        return bool(grammar().patterns[terminal](cursor.prefix)) or not self._names_of(terminal, cursor)

    def _matching(self, terminal: str, cursor: Cursor) -> list[str]:
        return self._names_of(terminal, cursor).beginning_with(cursor.prefix)

    def _names_of(self, terminal: str, cursor: Cursor) -> Names:
        key = (terminal, cursor.words, cursor.prefix.rpartition("/")[0])
        if key not in self._names:
            self._names[key] = self._look_up(terminal, self._context_at(cursor))
        return self._names[key]

    def _look_up(self, terminal: str, context: Context) -> Names:
        return Names() if self._unread else self._try(lambda: completions.names(terminal, context), Names())

    def _try(self, look: Callable[[], T], otherwise: T) -> T:
        """What was found, or what is shown where the machine or esosh fails: the line can still be typed."""
        try:
            return look()
        except (OSError, EsoshError) as error:
            self._failure = clean(reason_of(error))
        except Exception as error:  # noqa: BLE001 - it is a bug, and the menu says so
            self._failure = f"bug: {type(error).__name__}: {error}"
        return otherwise

    def _context_at(self, cursor: Cursor) -> Context:
        """What completion may look at, with the words before the cursor."""
        if self._context is None:
            self._context = self._try(self._read_context, Context())
        return self._context.at(cursor.words, cursor.prefix)

    def _read_context(self) -> Context:
        session, candidate = self._session, self._candidate
        host = session.host
        return Context(
            candidate.current, candidate.config, host.list,
            candidates=session.names(), commits=lambda: commits(host), host=host,
        )

    # keywords

    def _keyword_entries(self, names: Collection[str], cursor: Cursor) -> list[Entry]:
        if cursor.quoted:
            return []
        begun = [keyword for keyword in names if keyword.startswith(cursor.prefix)]
        left = [keyword for keyword in begun if not self._is_spent(keyword, cursor)]
        possible = [keyword for keyword in left if self._has_key(keyword, cursor)]
        ordered = sorted(possible, key=self._order(cursor))
        return [Entry(keyword, keyword, self._meaning(keyword, cursor)) for keyword in ordered]

    def _is_spent(self, keyword: str, cursor: Cursor) -> bool:
        """Whether the line has that key already, and may have it only once; a value may come again."""
        words = cursor.texts
        if keyword not in words[1:] or words[-1].endswith("=") or keyword in sections():
            return False
        return keyword.rstrip("=") not in completions.repeatable(self._context_at(cursor))

    def _has_key(self, keyword: str, cursor: Cursor) -> bool:
        """Whether the object of the line has that key; true for a word that is no key."""
        if not keyword.endswith("="):
            return True
        keys = completions.keys(self._context_at(cursor))
        return keys is None or keyword.rstrip("=") in keys

    def _order(self, cursor: Cursor) -> Callable[[str], tuple[bool, int, int]]:
        """Keys that the line lacks first; then the order of the lines that begin so; then the grammar's."""
        words, grammar_order = cursor.texts, list(grammar().keywords)
        line_order = [*_following(words), *_following(words[1:])]
        lacking = self._lacking(cursor)

        def rank(keyword: str) -> tuple[bool, int, int]:
            is_optional = keyword.rstrip("=") not in lacking
            position = line_order.index(keyword) if keyword in line_order else len(line_order)
            return is_optional, position, grammar_order.index(keyword)

        return rank

    def _lacking(self, cursor: Cursor) -> tuple[str, ...]:
        return completions.lacking(self._context_at(cursor)) if len(cursor.words) > 2 else ()

    def _meaning(self, keyword: str, cursor: Cursor) -> str:
        """For a key its current value, for a value whether it is the current one, else what the word does."""
        words = cursor.texts
        if len(words) < 3 and not keyword.endswith("="):
            return _summary(words, keyword, implied=not cursor.head.strip())
        context = self._context_at(cursor)
        if words[-1].endswith("="):
            return "now" if completions.value(words[-1], context) == keyword else ""
        parts = (meanings().get(keyword, ""), _value_text(keyword, context))
        return "; ".join(filter(None, parts)) or _summary(words, keyword, implied=False)


def _value_text(keyword: str, context: Context) -> str:
    """The current value of a key; where it has none, what the key means."""
    value = completions.value(keyword, context)
    if value:
        return f"now {clean(value)}"
    keys = completions.keys(context) if keyword.endswith("=") else None
    return (keys or {}).get(keyword.rstrip("="), "")


def _following(words: list[str]) -> list[str]:
    """The words that may follow in the lines that begin with these."""
    if not words:
        return []
    prefix = "_".join(words) + "_"
    return [name[len(prefix) :].partition("_")[0] for name in help_texts() if name.startswith(prefix)]


def _summary(words: list[str], keyword: str, implied: bool) -> str:
    """The summary of a line that may begin with a level (`implied`: nobody typed it) or with "explain"."""
    without_level = [*words[1:], keyword]
    text = summary([*words, keyword])
    if text or (len(without_level) == 1 and not implied):
        return text
    return summary(without_level)


def summary(words: list[str]) -> str:
    """What the line that begins with these words does; where there are several, the words that may follow."""
    rule, texts = "_".join(words), help_texts()
    return texts.get(rule) or texts.get(f"session_{rule}") or " ".join(dict.fromkeys(_following(words)))
