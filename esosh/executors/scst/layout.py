"""The lines of /etc/scst.conf as scstadmin writes them: one tab a level, words quoted where they must be.

Source: scstadmin 3.11 (writeConfiguration, escapeMeta).
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Collection, Sequence

from .conf_tree import REMARK, Node, words

_KEPT_EMPTY = ("HANDLER", "TARGET_DRIVER", "DEVICE_GROUP")  # blocks that keep their braces
_BLANKS = " \t\r\n\f\v"
_PLAIN = re.compile(r"[\w.:/*?!+-]+", re.ASCII)


def line(depth: int, *new_words: str) -> Node:
    """A line of these words. Raises ValueError where the file cannot hold one."""
    return Node("\t" * depth + _quoted(new_words) + "\n", new_words)


def _quoted(new_words: Collection[str]) -> str:
    return " ".join(map(_quoted_word, new_words))


def _quoted_word(word: str) -> str:
    """A word as it stands in the file.

    Raises ValueError where the file cannot hold it: scstadmin cannot write a quote, a brace or a line's end.
    """
    text = re.sub(r"([\\#])", r"\\\1", word)
    if not word or re.search(r"\s", word):
        text = f'"{text}"'
    if re.search('[{}"\n]', word) or words(text) != (word,):
        raise ValueError(f"scst.conf cannot hold {word!r}")
    return text


def holds(*new_words: str) -> bool:
    """Whether the file can hold these words."""
    with contextlib.suppress(ValueError):
        return all(_PLAIN.fullmatch(word) or _quoted_word(word) for word in new_words)
    return False


def rewrite(node: Node, *new_words: str) -> None:
    """Put other words on the same line, and keep its remark; of a block it is the head."""
    head, brace, rest = node.raw.partition("{") if node.is_block else (node.raw, "", "")
    lead, _, tail = _cut(head)
    node.raw = f"{lead}{_quoted(new_words)}{tail}{brace}{rest}"
    node.words = new_words


def rename(node: Node, name: str) -> None:
    """Put another name behind the keyword."""
    quoted = _quoted_word(name)
    old_name = r'^(\s*\S+\s+)("[^"]*"|[^\s{]+)'
    node.raw = re.sub(old_name, lambda match: match[1] + quoted, node.raw, count=1)
    node.words = (node.words[0], name, *node.words[2:])


def open_block(node: Node, depth: int) -> list[Node]:
    """The children of a node that from now on is a block."""
    if node.children is None:
        lead, content, tail = _cut(node.raw)
        node.raw, node.children, node.tail = f"{lead}{content} {{{tail}", [], "\t" * depth + "}\n"
    return node.children


def _cut(raw: str) -> tuple[str, str, str]:
    """What stands before the words of a line, the words, and what stands behind."""
    remark = REMARK.search(raw)
    content = raw[: remark.start() if remark else None].rstrip(_BLANKS)
    start = len(content) - len(content.lstrip(_BLANKS))
    return content[:start], content[start:], raw[len(content) :]


def complete(root: Node) -> None:
    """End the last line, and close what is open at the end of the file."""
    node = root
    while node.children:
        node = node.children[-1]
        if node.tail:
            return
        if node.is_block:
            node.tail = _cut(node.raw)[0] + "}\n"
        else:
            _end_line(node)


def own_lines(block: Node) -> list[Node]:
    """The children of a block that is going to change, each on lines of its own."""
    assert block.children is not None
    block.raw = _ended(block.raw)
    for node in block.children:
        _end_line(node)
    return block.children


def _end_line(node: Node) -> None:
    if node.is_block:
        node.tail = _ended(node.tail)
    elif not node.last:
        node.raw = _ended(node.raw)


def _ended(text: str) -> str:
    return f"{text}\n" if text and not text.endswith("\n") else text


def is_blank(node: Node) -> bool:
    """Whether a node is an empty line."""
    return not node.raw.strip() and not node.words


def remove(block: Node, nodes: Collection[Node]) -> None:
    """Take nodes out of a block, and the blank lines that set them apart."""
    removed = {id(node) for node in nodes}
    if not removed:
        return
    nodes = own_lines(block)
    block.children = _without(nodes, removed)
    if block.raw and id(nodes[-1]) in removed:
        _remove_last_blank(block.children)
    if not block.children and block.words:
        _fold(block)


def _without(nodes: Collection[Node], removed: Collection[int]) -> list[Node]:
    """The nodes that stay, without a blank line where two would meet."""
    kept: list[Node] = []
    gap = False
    for node in nodes:
        is_removed = id(node) in removed
        if not is_removed and not (gap and _doubles_blank(node, kept)):
            kept.append(node)
        gap = is_removed
    return kept


def _doubles_blank(node: Node, before: Sequence[Node]) -> bool:
    return is_blank(node) and (not before or is_blank(before[-1]))


def _remove_last_blank(nodes: list[Node]) -> None:
    if nodes and is_blank(nodes[-1]):
        nodes.pop()


def _fold(block: Node) -> None:
    """Take the braces away where a block can do without, and no remark stands behind them."""
    if block.words[0] in _KEPT_EMPTY:
        return
    head, _, rest = block.raw.partition("{")
    if not rest.strip() and block.tail.strip() == "}":
        block.raw, block.children, block.tail = head.rstrip(_BLANKS) + "\n", None, ""
