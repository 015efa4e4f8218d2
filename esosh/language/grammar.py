"""The words of the grammar, and the reading of a line's words by it.

The parser's state decides which terminal a word is; a keyword comes before a pattern.
"""

from __future__ import annotations

import functools
import re

from .parser import END, empty_stack, tree
from .source import acting, aliases, alone, help_texts, sections
from .tables import part
from .words import Word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any, Callable, Optional, Union

    from .parser import Make, Rule

    Fits = Callable[[str], Optional[re.Match[str]]]


class Grammar:
    """The words of the grammar. `keywords`: the terminal of each keyword and alias."""

    def __init__(self) -> None:
        self.keywords: dict[str, str] = part("keywords")

    @functools.cached_property
    def texts(self) -> dict[str, str]:
        """The keyword of each terminal that is one."""
        return {name: text for text, name in self.keywords.items() if text not in aliases()}

    @functools.cached_property
    def patterns(self) -> dict[str, Fits]:
        """What matches the words of each other terminal."""
        return {name: functools.partial(re.fullmatch, pattern) for name, pattern in part("patterns").items()}

    def meaning(self, terminal: str) -> str:
        """A terminal in words: the keyword itself, or what the user's word denotes."""
        return self.texts.get(terminal) or help_texts().get(terminal, terminal)


@functools.cache
def grammar() -> Grammar:
    """The grammar."""
    return Grammar()


class Reading:
    """The words of a line, read one by one as far as they are in the language."""

    def __init__(self, words: Sequence[Word]) -> None:
        self._keywords = grammar().keywords
        self._stack = empty_stack()
        self._parsed: list[Union[str, Rule]] = []
        self.read: list[tuple[Word, str]] = []
        self.wrong: Optional[Word] = None
        for word in words:
            if not self._feed(word):
                self.wrong = word
                break

    def _feed(self, word: Word) -> bool:
        if word.key and self._is_key(word.key):
            key, value = word.split_key()
            return self.take(key) and self.take(value)
        return self.take(word)

    def _is_key(self, key: str) -> bool:
        """Whether a key may stand here: one of the language, or any ("OTHER_KEY")."""
        row = self._stack.row
        return row.has(self._keywords.get(key, "")) or any(fits(key) for fits in row.keys)

    def take(self, word: Word) -> bool:
        """Read one word, uncut; False when it does not fit."""
        terminal = self._terminal(word)
        step = self._stack.step(terminal)
        if step is None:
            return False
        rules, self._stack = step
        self._parsed += rules
        self._parsed.append(self._text(word, terminal))
        self.read.append((word, terminal))
        return True

    @staticmethod
    def _text(word: Word, terminal: str) -> str:
        """The text of a word; of an alias, the keyword that it is read as."""
        is_alias = word.text in aliases() and not word.quoted and terminal in grammar().texts
        return grammar().texts[terminal] if is_alias else word.text

    def _terminal(self, word: Word) -> str:
        """The terminal that the word is here; one that cannot come, or "", when it does not fit."""
        keyword = "" if word.quoted else self._keywords.get(word.text, "")
        if not self._stack.row.patterns:
            return keyword
        candidates = self._candidates(word.text, keyword)
        if len(candidates) > 1:
            accepted = self.accepts()
            candidates = [name for name in candidates if name in accepted]
        return candidates[0] if candidates else ""

    def _candidates(self, text: str, keyword: str) -> list[str]:
        """The terminals that a word may be here, the keyword first."""
        row = self._stack.row
        patterns = [name for name, fits in row.patterns if fits(text)]
        return [keyword, *patterns] if row.has(keyword) else patterns

    def typed(self) -> list[tuple[Word, str]]:
        """What was read of the words that were typed: without the word of the level."""
        return [(word, terminal) for word, terminal in self.read if word.end]

    def misfit(self) -> Optional[Word]:
        """The first word that does not fit; only its value when its key fits."""
        word = self.wrong
        if word is None or not word.key or not self.read:
            return word
        last, _ = self.read[-1]
        key_fits = last.end > word.start
        return word.split_key()[1] if key_fits else word

    def accepts(self) -> frozenset[str]:
        """The terminals that may come next; "$END" among them where the line is complete."""
        return self._stack.accepts

    def tree(self, make: Make) -> Any:
        """What `make(rule, parts)` makes of the whole line, which must be complete, from the inside out."""
        end = self._stack.step(END)
        assert end is not None
        return tree((*self._parsed, *end[0]), make)


def interpretations(words: list[Word], level: str) -> Iterator[list[Word]]:
    """The lines that words typed in a level may stand for, the likeliest first.

    They are a line of the level, a full line, and a session word about the level. A session word alone is
    about the level ("show"); one with more words only when it is no full line ("show esos").
    """
    if not level:
        return iter([words])
    section = Word(level, 0, 0)
    of_level, about_level = [section, *words], [*words[:1], section, *words[1:]]
    return iter([of_level, about_level, words] if len(words) == 1 else [of_level, words, about_level])


def loose_interpretations(words: list[Word]) -> Iterator[list[Word]]:
    """What a line may stand for that is no line as it is: a section is named twice, or left out.

    Behind another tool's name for a section, a word of the session is about it ("configure show"), as in its
    level; no word that acts is moved.
    """
    section = _section(words[0])
    while section and len(words) > 1 and _section(words[1]) == section:
        words = words[1:]
        yield words
    is_alias = words[0].text in aliases()
    if section and is_alias and len(words) > 1 and words[1].text not in acting():
        yield [words[1], words[0], *words[2:]]
    left_out = "" if words[0].quoted else alone().get(words[0].text, "")
    if left_out:
        yield [Word(left_out, 0, 0), *words]


def _section(word: Word) -> str:
    """The section that a word names, by its name or an alias; "" for none."""
    name = "" if word.quoted else aliases().get(word.text, word.text)
    return name if name in sections() else ""
