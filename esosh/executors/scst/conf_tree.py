"""/etc/scst.conf as a tree that keeps every byte.

One statement a line; `NAME ... {` opens a block; a brace that closes nothing ends the file. Source: scstadmin
3.11 (readConfigFile, parseLine) and the files that it wrote.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Optional, Union

from .attributes import split_user
from .conf_cut import Cut, cut, lines

REMARK = re.compile(r"^#.*|[^\\]#.*")
USER, OUTGOING, PORTAL = "IncomingUser", "OutgoingUser", "allowed_portal"
_SIZE, _SIZE_MB = "size", "size_mb"
_NOTES = "# Non-key attributes"
_WORD = re.compile(r'"([^"\\]*(?:\\.[^"\\]*)*)"|(\S+)', re.ASCII)
_BARE_WORD = re.compile(r"\S+", re.ASCII)
_LUN_NUMBER = re.compile("[0-9]+")
_MEBIBYTES = re.compile("[0-9]{1,13}")
Key = tuple[str, str]  # a keyword and a name; or an attribute, and which one where there are several


class Node:
    """One line, or a block with its head and its closing brace; words are () for comments and blank lines.

    `last`: a brace that closes nothing, and all that stands behind it, which SCST does not read. What is in a
    block, and the words of a line, are looked up in the text when somebody asks for them.
    """

    __slots__ = ("_children", "_words", "last", "raw", "tail", "unread")

    def __init__(
        self, raw: str, words: Optional[tuple[str, ...]] = None, children: Optional[list[Node]] = None,
        tail: str = "", last: bool = False, unread: Optional[Cut] = None,
    ) -> None:
        self.raw, self.tail, self.last, self.unread = raw, tail, last, unread
        self._words, self._children = words, children

    @property
    def words(self) -> tuple[str, ...]:
        """The words of the line, or of the head of the block."""
        if self._words is None:
            head = self.raw.partition("{")[0] if self.is_block else self.raw
            self._words = () if self.last else words(head)
        return self._words

    @words.setter
    def words(self, new: tuple[str, ...]) -> None:
        self._words = new

    @property
    def is_block(self) -> bool:
        """Whether there are braces."""
        return self._children is not None or self.unread is not None

    @property
    def children(self) -> Optional[list[Node]]:
        """The lines and blocks of a block; None for a line."""
        if self.unread is not None:
            self._children, self.unread = [*_nodes(self.unread)], None
        return self._children

    @children.setter
    def children(self, new: Optional[list[Node]]) -> None:
        self._children, self.unread = new, None

    def text(self) -> str:
        """The lines as they stand in the file."""
        pieces: list[str] = []
        pending: list[Union[Node, str]] = [self]
        while pending:  # no recursion: a file may nest deeper than Python
            part = pending.pop()
            if isinstance(part, str):
                pieces.append(part)
            elif part.unread is not None:
                pieces += (part.raw, part.unread.inside(), part.tail)
            else:
                pieces.append(part.raw)
                pending += [part.tail, *reversed(part._children or ())]
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
        statement = self.words
        if not statement:
            return None
        if statement[0].isupper():
            return _statement_key(statement)
        return attribute_key(self._attribute(), self.value()) if not self.is_block else None

    def _attribute(self) -> str:
        return _SIZE if self._in_mebibytes() else self.words[0]

    def value(self) -> str:
        """What follows the first word; a size in bytes."""
        text = " ".join(self.words[1:])
        return str(int(text) << 20) if self._in_mebibytes() else text

    def _in_mebibytes(self) -> bool:
        return self.words[0] == _SIZE_MB and bool(_MEBIBYTES.fullmatch(" ".join(self.words[1:])))

    def begins_notes(self) -> bool:
        """Whether the attributes below are those that scstadmin noted besides what was configured."""
        return self.raw.strip().startswith(_NOTES) and not self.words


def _statement_key(statement: tuple[str, ...]) -> Optional[Key]:
    if len(statement) < 2:
        return None
    return _lun_key(statement) if statement[0] == "LUN" else (statement[0], statement[1])


def _lun_key(statement: tuple[str, ...]) -> Optional[Key]:
    if len(statement) < 3 or not _LUN_NUMBER.fullmatch(statement[1]):
        return None
    return "LUN", statement[1].lstrip("0") or "0"


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
        ends_notes = not block.raw and node.is_block
        noted = node.begins_notes() or (noted and not ends_notes)
        yield node, noted


def parse(text: str) -> Node:
    """The tree of a file, whatever it holds."""
    return Node("", unread=cut(text))


def _nodes(block: Cut) -> Iterator[Node]:
    """What is in a block."""
    text, at = block.text, block.body
    for inner in block.blocks:
        yield from map(Node, lines(text, at, inner.start))
        yield _node(inner)
        at = inner.end
    yield from map(Node, lines(text, at, block.tail))


def _node(block: Cut) -> Node:
    if block.last:
        return Node(block.text[block.start :], last=True)
    return Node(block.text[block.start : block.body], tail=block.text[block.tail : block.end], unread=block)


def words(line: str) -> tuple[str, ...]:
    """The words of a line, cut as scstadmin cuts them: remarks, then backslashes, then quotes."""
    if "#" in line:
        line = REMARK.sub("", line, count=1)
    if "\\" in line:
        line = re.sub(r"\\(.)", r"\1", line)
    if '"' not in line:
        return tuple(_BARE_WORD.findall(line))
    return tuple(quoted or bare for quoted, bare in _WORD.findall(line))
