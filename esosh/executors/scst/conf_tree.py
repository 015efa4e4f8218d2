"""/etc/scst.conf as a tree that keeps every byte.

One statement a line; `NAME ... {` opens a block; a brace that closes nothing ends the file. Source: scstadmin
3.11 (readConfigFile, parseLine) and the files that it wrote.
"""

from __future__ import annotations

import functools
import importlib.resources
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Optional, Union

import lark

from .attributes import split_user

REMARK = re.compile(r"^#.*|[^\\]#.*")
USER, OUTGOING, PORTAL = "IncomingUser", "OutgoingUser", "allowed_portal"
_SIZE, _SIZE_MB = "size", "size_mb"
_NOTES = "# Non-key attributes"
_WORD = re.compile(r'"([^"\\]*(?:\\.[^"\\]*)*)"|(\S+)', re.ASCII)
_LUN_NUMBER = re.compile("[0-9]+")
_MEBIBYTES = re.compile("[0-9]{1,13}")
Key = tuple[str, str]  # a keyword and a name; or an attribute, and which one where there are several


@dataclass
class Node:
    """One line, or a block with its head and its closing brace; words are () for comments and blank lines.

    `last`: a brace that closes nothing, and all that stands behind it, which SCST does not read.
    """

    raw: str
    words: tuple[str, ...] = ()
    children: Optional[list[Node]] = None
    tail: str = ""
    last: bool = False

    def text(self) -> str:
        """The lines as they stand in the file."""
        pieces: list[str] = []
        pending: list[Union[Node, str]] = [self]
        while pending:  # no recursion: a file may nest deeper than Python
            part = pending.pop()
            if isinstance(part, str):
                pieces.append(part)
            else:
                pieces.append(part.raw)
                pending += [part.tail, *reversed(part.children or ())]
        return "".join(pieces)

    def named(self, keyword: str) -> Iterator[Node]:
        """The children that begin with a keyword and a name."""
        return (child for child in self.children or () if child.words[:1] == (keyword,) and child.words[1:])

    def below(self, *keywords: str) -> list[Node]:
        """The nodes that a path of keywords leads to, each with a name."""
        nodes = [self]
        for keyword in keywords:
            nodes = [child for node in nodes for child in node.named(keyword)]
        return nodes

    def key(self) -> Optional[Key]:
        """The key of the node in its block; None for what is neither a statement nor an attribute."""
        if not self.words:
            return None
        if self.words[0].isupper():
            return self._statement_key()
        return attribute_key(self._attribute(), self.value()) if self.children is None else None

    def _statement_key(self) -> Optional[Key]:
        if len(self.words) < 2:
            return None
        return self._lun_key() if self.words[0] == "LUN" else (self.words[0], self.words[1])

    def _lun_key(self) -> Optional[Key]:
        if len(self.words) < 3 or not _LUN_NUMBER.fullmatch(self.words[1]):
            return None
        return "LUN", self.words[1].lstrip("0") or "0"

    def _attribute(self) -> str:
        return _SIZE if self._in_mebibytes() else self.words[0]

    def value(self) -> str:
        """What follows the first word; a size in bytes."""
        text = " ".join(self.words[1:])
        return str(int(text) << 20) if self._in_mebibytes() else text

    def _in_mebibytes(self) -> bool:
        return self.words[0] == _SIZE_MB and bool(_MEBIBYTES.fullmatch(" ".join(self.words[1:])))

    def begins_notes(self) -> bool:
        """Whether the attributes below are the kernel's own state, which scstadmin noted."""
        return not self.words and self.raw.strip().startswith(_NOTES)


def attribute_key(name: str, value: str) -> Key:
    """The key of an attribute: a user is known by its name, a portal by itself."""
    if name == USER:
        return name, split_user(value)[0]
    return name, value if name == PORTAL else ""


def with_notes(block: Node) -> Iterator[tuple[Node, bool]]:
    """The children of a block, and whether each stands below scstadmin's remark on the kernel's own state.

    At the top of the file a block ends these notes.
    """
    noted = False
    for node in block.children or ():
        ends_notes = not block.raw and node.children is not None
        noted = node.begins_notes() or (noted and not ends_notes)
        yield node, noted


class _Tree(lark.Transformer[lark.Token, Node]):
    """The nodes of what Lark found."""

    def start(self, items: list[Union[Node, lark.Token]]) -> Node:
        return Node("", children=_nodes(items))

    def block(self, items: list[Union[Node, lark.Token]]) -> Node:
        head, tail = str(items[0]), str(items[-1])
        return Node(head, words(head.partition("{")[0]), _nodes(items[1:-1]), tail)


def _nodes(items: list[Union[Node, lark.Token]]) -> list[Node]:
    return [item if isinstance(item, Node) else _line(item) for item in items]


def _line(token: lark.Token) -> Node:
    return Node(str(token), last=True) if token.type == "STRAY" else Node(str(token), words(token))


class _Braces:
    """Blocks that are not closed end with the file; what closes no block ends it."""

    always_accept = ()

    def process(self, stream: Iterator[lark.Token]) -> Iterator[lark.Token]:
        depth = 0
        for token in stream:
            depth += {"HEAD": 1, "TAIL": -1}.get(token.type, 0)
            if depth < 0:
                yield lark.Token("STRAY", "".join([token, *stream]))
                return
            yield token
        yield from [lark.Token("TAIL", "")] * depth


@functools.cache
def _parser() -> lark.Lark:
    grammar = importlib.resources.files("esosh").joinpath("executors/scst/conf.lark").read_text("utf-8")
    return lark.Lark(grammar, parser="lalr", lexer="basic", postlex=_Braces(), transformer=_Tree())


def parse(text: str) -> Node:
    """The tree of a file, whatever it holds."""
    tree: object = _parser().parse(text)
    assert isinstance(tree, Node)
    return tree


def words(line: str) -> tuple[str, ...]:
    """The words of a line, cut as scstadmin cuts them: remarks, then backslashes, then quotes."""
    if "#" in line:
        line = REMARK.sub("", line, count=1)
    if "\\" in line:
        line = re.sub(r"\\(.)", r"\1", line)
    return tuple(quoted or bare for quoted, bare in _WORD.findall(line))
