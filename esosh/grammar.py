"""The compiled grammar, and the reading of words by it. All that is Lark's is in here.

Each word is named by what the parser accepts in its state, keyword before pattern. The tables are made when esosh
is built and lie beside the grammar; without them, or with those of another grammar, they are made at the start.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.resources
import io
import re
from collections.abc import Iterator, Sequence
from typing import Any, Optional, Union

import lark
from lark.exceptions import UnexpectedToken

from .words import Word

TABLES = "grammar.tables"
_SYNONYMS = re.compile(r"^// for (.+) say (\S+)$", re.M)
_ALIASES = re.compile(r"^// for (.+) read (\S+)$", re.M)
_HELP = re.compile(r"^!?(\w+):.*?\s//\s?(.*)$", re.M)
Branch = tuple[str, tuple[Any, ...]]  # a rule's name and its parts: branches, words, or None


class _NoLexer(lark.lexer.Lexer):
    """Words are fed to the parser one by one, so Lark need not cut text."""

    __future_interface__ = 2

    def __init__(self, conf: object) -> None:
        pass

    def lex(self, lexer_state: object, parser_state: object) -> Iterator[lark.Token]:
        return iter(())


class Grammar:
    """The compiled grammar: its parser, its keywords and the patterns of its terminals."""

    def __init__(self, parser: lark.Lark) -> None:
        self.parser = parser
        self.help = dict(_HELP.findall(source()))
        self.synonyms = _said(_SYNONYMS)
        strings = [terminal for terminal in parser.terminals if terminal.pattern.type == "str"]
        keywords = {terminal.pattern.value: terminal.name for terminal in strings}
        self.keywords = {**keywords, **{alias: keywords[ours] for alias, ours in _said(_ALIASES).items()}}
        self.names = {terminal.name: terminal.pattern.value for terminal in strings}
        self.patterns = {
            terminal.name: re.compile(terminal.pattern.to_regexp()).fullmatch
            for terminal in parser.terminals if terminal.pattern.type != "str"
        }

    def meaning(self, terminal: str) -> str:
        """A terminal in words: the keyword itself, or what the user's word denotes."""
        return self.names.get(terminal) or self.help.get(terminal, terminal)


def _said(pattern: re.Pattern[str]) -> dict[str, str]:
    """The words that the grammar's remarks name, and ours in their place."""
    return {word: ours for words, ours in pattern.findall(source()) for word in words.split()}


def _file(name: str) -> bytes:
    return importlib.resources.files("esosh").joinpath(name).read_bytes()


def source() -> str:
    """The text of grammar.lark."""
    return _file("grammar.lark").decode("utf-8")


def compile_grammar() -> bytes:
    """The grammar's tables, to be kept beside it: first a line that says what they were made of."""
    buffer = io.BytesIO()
    lark.Lark(source(), parser="lalr", lexer=_NoLexer, maybe_placeholders=True).save(buffer)
    return _key() + b"\n" + buffer.getvalue()


def _key() -> bytes:
    return f"{lark.__version__} {hashlib.sha256(source().encode()).hexdigest()}".encode()


@functools.cache
def grammar() -> Grammar:
    """The grammar, from the tables beside it where they are of this grammar and this Lark."""
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
            key, value = word.cut()
            return self.take(key) and self.take(value)
        return self.take(word)

    def _is_key(self, key: str) -> bool:
        """Whether a key may stand here: one of the language, or any ("OTHER_KEY")."""
        row = self._parser.choices()
        others = (match for name, match in grammar().patterns.items() if name.endswith("_KEY") and name in row)
        return grammar().keywords.get(key) in row or any(match(key) for match in others)

    def take(self, word: Word) -> bool:
        """Read one word, uncut; False when it does not fit."""
        names = self._names(word)
        if len(names) > 1:
            accepted = self._parser.accepts()
            names = [name for name in names if name in accepted]
        if not names:
            return False
        try:
            self._parser.feed_token(lark.Token(names[0], word.text))
        except UnexpectedToken:
            return False
        self.read.append((word, names[0]))
        return True

    def _names(self, word: Word) -> list[str]:
        """The terminals that the word may be here, the keyword first."""
        row = self._parser.choices()
        keyword = None if word.quoted else grammar().keywords.get(word.text)
        patterns = (name for name, match in grammar().patterns.items() if name in row and match(word.text))
        return [*([keyword] if keyword and keyword in row else []), *patterns]

    def accepts(self) -> set[str]:
        """The terminals that may come next; "$END" among them where the line is complete."""
        return set(self._parser.accepts())

    def tree(self) -> Branch:
        """The tree of the whole line, which must be complete."""
        branch = _branch(self._parser.feed_eof().children[0])
        assert isinstance(branch, tuple)
        return branch


def _branch(node: Any) -> Union[Branch, str, None]:
    if node is None or isinstance(node, lark.Token):
        return None if node is None else str(node)
    return str(node.data), tuple(_branch(child) for child in node.children)


def ways(words: list[Word], level: str) -> Iterator[list[Word]]:
    """The ways to read a line in a level: as the level's, as a full line, as a session word about the level.

    A session word alone is about the level ("show"), one with words only where they fit no full line ("show esos").
    """
    section = Word(level, 0, 0)
    about = [*words[:1], section, *words[1:]]
    if not level:
        return iter([words])
    return iter([[section, *words], about, words] if len(words) == 1 else [[section, *words], words, about])
