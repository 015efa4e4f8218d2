"""The reading of words as Lark itself does it: what esosh's own parser must equal."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any, Optional

import lark
from lark.exceptions import UnexpectedToken

from esosh.language import compiler
from esosh.language.grammar import grammar
from esosh.language.source import key_terminals, source
from esosh.language.words import Word


@functools.cache
def lark_parser() -> lark.Lark:
    return compiler.parser(source())


class LarkReading:
    """As Reading, with Lark's interactive parser."""

    def __init__(self, words: Sequence[Word]) -> None:
        self._parser: Any = lark_parser().parse_interactive("")
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
        choices = self._parser.choices()
        if grammar().keywords.get(key) in choices:
            return True
        return any(grammar().patterns[name](key) for name in key_terminals() & choices.keys())

    def take(self, word: Word) -> bool:
        terminal = self._terminal(word)
        if not terminal:
            return False
        before = self._parser.copy()  # a token that does not fit may end rules all the same
        try:
            self._parser.feed_token(lark.Token(terminal, word.text))
        except UnexpectedToken:
            self._parser = before
            return False
        self.read.append((word, terminal))
        return True

    def _terminal(self, word: Word) -> str:
        candidates = self._candidates(word)
        if len(candidates) > 1:
            accepted = self._parser.accepts()
            candidates = [name for name in candidates if name in accepted]
        return candidates[0] if candidates else ""

    def _candidates(self, word: Word) -> list[str]:
        choices = self._parser.choices()
        keyword = "" if word.quoted else grammar().keywords.get(word.text, "")
        patterns = [name for name, fits in grammar().patterns.items() if name in choices and fits(word.text)]
        return [keyword, *patterns] if keyword in choices else patterns

    def accepts(self) -> set[str]:
        return set(self._parser.accepts())

    def tree(self) -> Any:
        return _branch(self._parser.feed_eof())


def _branch(node: Any) -> Any:
    if isinstance(node, lark.Tree):
        return str(node.data), tuple(map(_branch, node.children))
    return None if node is None else str(node)
