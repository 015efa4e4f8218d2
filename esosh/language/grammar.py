"""The compiled grammar, and the reading of words by it. Only this module uses Lark.

The parser's state decides which terminal a word is; a keyword comes before a pattern. The tables are compiled
when esosh is built and lie beside the grammar; if they are missing or of another grammar, esosh compiles them
when it starts.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.resources
import io
import re
from collections.abc import Iterator, Sequence
from typing import Any, Callable, Optional, Union

import lark
from lark.exceptions import UnexpectedToken

from .source import aliases, help_texts, key_terminals, source
from .words import Word

TABLES = "grammar.tables"
Branch = tuple[str, tuple[Any, ...]]  # a rule's name and its parts: branches, words, or None


class _NoLexer(lark.lexer.Lexer):
    """No lexer: the parser is fed words one by one."""

    __future_interface__ = 2

    def __init__(self, conf: object) -> None:
        pass

    def lex(self, lexer_state: object, parser_state: object) -> Iterator[lark.Token]:
        return iter(())


class Grammar:
    """The compiled grammar: its parser, its keywords and the patterns of its terminals.

    `texts`: the keyword of each terminal that is one. `keywords`: the terminal of each keyword and alias.
    `patterns`: for each other terminal, what matches its words.
    """

    def __init__(self, parser: lark.Lark) -> None:
        self.parser = parser
        self.texts: dict[str, str] = {}
        self.patterns: dict[str, Callable[[str], Optional[re.Match[str]]]] = {}
        for terminal in parser.terminals:
            if terminal.pattern.type == "str":
                self.texts[terminal.name] = terminal.pattern.value
            else:
                self.patterns[terminal.name] = re.compile(terminal.pattern.to_regexp()).fullmatch
        self.keywords = {text: name for name, text in self.texts.items()}
        self.keywords.update({alias: self.keywords[keyword] for alias, keyword in aliases().items()})

    def meaning(self, terminal: str) -> str:
        """A terminal in words: the keyword itself, or what the user's word denotes."""
        return self.texts.get(terminal) or help_texts().get(terminal, terminal)


def _file(name: str) -> bytes:
    return importlib.resources.files("esosh").joinpath(name).read_bytes()


def compile_grammar() -> bytes:
    """The grammar's tables, to be kept beside it; their first line says what they were compiled from."""
    buffer = io.BytesIO()
    lark.Lark(source(), parser="lalr", lexer=_NoLexer, maybe_placeholders=True).save(buffer)
    return _key() + b"\n" + buffer.getvalue()


def _key() -> bytes:
    return f"{lark.__version__} {hashlib.sha256(source().encode()).hexdigest()}".encode()


@functools.cache
def grammar() -> Grammar:
    """The grammar, from the tables beside it when they are of this grammar and this Lark."""
    try:
        key, _, tables = _file(TABLES).partition(b"\n")
    except FileNotFoundError:
        key = b""
    if key != _key():
        tables = compile_grammar().partition(b"\n")[2]
    return Grammar(lark.Lark.load(io.BytesIO(tables)))


class Reading:
    """The words of a line, read one by one as far as they are in the language."""

    def __init__(self, words: Sequence[Word]) -> None:
        self._parser: Any = grammar().parser.parse_interactive("")
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
        choices = self._parser.choices()
        if grammar().keywords.get(key) in choices:
            return True
        return any(grammar().patterns[name](key) for name in key_terminals() & choices.keys())

    def take(self, word: Word) -> bool:
        """Read one word, uncut; False when it does not fit."""
        terminal = self._terminal(word)
        if not terminal:
            return False
        try:
            self._parser.feed_token(lark.Token(terminal, word.text))
        except UnexpectedToken:
            return False
        self.read.append((word, terminal))
        return True

    def _terminal(self, word: Word) -> str:
        """The terminal that the word is here, "" when it does not fit."""
        candidates = self._candidates(word)
        if len(candidates) > 1:
            accepted = self._parser.accepts()
            candidates = [name for name in candidates if name in accepted]
        return candidates[0] if candidates else ""

    def _candidates(self, word: Word) -> list[str]:
        """The terminals that the word may be here, the keyword first."""
        choices = self._parser.choices()
        keyword = "" if word.quoted else grammar().keywords.get(word.text, "")
        patterns = [name for name, fits in grammar().patterns.items() if name in choices and fits(word.text)]
        return [keyword, *patterns] if keyword in choices else patterns

    def typed(self) -> list[tuple[Word, str]]:
        """What was read of the words that were typed: without the word of the level."""
        return [(word, terminal) for word, terminal in self.read if word.end]

    def accepts(self) -> set[str]:
        """The terminals that may come next; "$END" among them where the line is complete."""
        return set(self._parser.accepts())

    def tree(self) -> Branch:
        """The tree of the whole line, which must be complete."""
        branch = _branch(self._parser.feed_eof().children[0])
        assert isinstance(branch, tuple)
        return branch


def _branch(node: Any) -> Union[Branch, str, None]:
    if isinstance(node, lark.Tree):
        return str(node.data), tuple(map(_branch, node.children))
    return None if node is None else str(node)


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
