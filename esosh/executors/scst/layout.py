"""The layout of /etc/scst.conf as scstadmin writes it: one tab a level, what stands where, what a blank line stands apart.

Source: scstadmin 3.11 (writeConfiguration, escapeMeta).
"""

from __future__ import annotations

import contextlib
import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import accumulate
from typing import Optional, Union

from .conf import REMARK, Node, words

_ATTRIBUTE, _NOTES, _NOTED, _LAST = "attribute", "notes", "noted", "last"
_ORDER: Mapping[str, tuple[str, ...]] = {  # what stands in a block of that keyword, from the top; "" is the file
    "": (_ATTRIBUTE, _NOTES, "HANDLER", "TARGET_DRIVER", "DEVICE_GROUP", _LAST),
    "HANDLER": (_ATTRIBUTE, "DEVICE", _NOTES),
    "GROUP": ("LUN", "INITIATOR", _ATTRIBUTE, _NOTES),
}
_USUAL = (_ATTRIBUTE, _NOTES, "DEVICE", "LUN", "GROUP", "TARGET", "TARGET_GROUP")
_DENSE = ("GROUP", "TARGET_GROUP")  # where blocks of one keyword follow each other without a blank line
_BLANKS = " \t\r\n\f\v"
_PLAIN = re.compile(r"[\w.:/*?!+-]+", re.ASCII)
SortKey = tuple[Union[int, str], ...]


def line(depth: int, *said: str) -> Node:
    """A line of these words."""
    return Node("\t" * depth + " ".join(map(_quoted, said)) + "\n", said)


def _quoted(word: str) -> str:
    """A word as it stands in the file.

    Raises ValueError where the file can not hold it: scstadmin knows no way to write a quote, a brace or a line's end.
    """
    text = re.sub(r"([\\#])", r"\\\1", word)
    text = f'"{text}"' if not word or re.search(r"\s", word) else text
    if re.search('[{}"\n]', word) or words(text) != (word,):
        raise ValueError(f"scst.conf can not hold {word!r}")
    return text


def holds(*said: str) -> bool:
    """Whether the file can hold these words."""
    with contextlib.suppress(ValueError):
        return all(_PLAIN.fullmatch(word) or _quoted(word) for word in said)
    return False


def rewrite(node: Node, *said: str) -> None:
    """Say something else on the same line, with its remark; of a block it is the head."""
    head, brace, rest = node.raw.partition("{") if node.children is not None else (node.raw, "", "")
    lead, _, tail = _cut(head)
    node.raw, node.words = lead + " ".join(map(_quoted, said)) + tail + brace + rest, said


def rename(node: Node, name: str) -> None:
    """Put another name behind the keyword."""
    quoted = _quoted(name)
    node.raw = re.sub(r'^(\s*\S+\s+)("[^"]*"|[^\s{]+)', lambda found: found[1] + quoted, node.raw, count=1)
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
        if node.children is None:
            node.raw = node.raw if node.last else _ended(node.raw)
        elif not node.tail:
            node.tail = _cut(node.raw)[0] + "}\n"


def _ended(text: str) -> str:
    return text if not text or text.endswith("\n") else text + "\n"


def _alone(block: Node) -> list[Node]:
    """The children of a block that is going to change, each on lines of its own."""
    assert block.children is not None
    block.raw = _ended(block.raw)
    for node in block.children:
        if node.children is None:
            node.raw = node.raw if node.last else _ended(node.raw)
        else:
            node.tail = _ended(node.tail)
    return block.children


def remove(block: Node, doomed: Collection[Node]) -> None:
    """Take nodes out of a block, and the blank lines that stood them apart."""
    marks = {id(node) for node in doomed}
    if not marks:
        return
    kept: list[Node] = []
    gap = False
    for node in _alone(block):
        if id(node) in marks:
            gap = True
        elif gap and _blank(node) and (not kept or _blank(kept[-1])):
            gap = False
        else:
            gap = False
            kept.append(node)
    if gap and block.raw and kept and _blank(kept[-1]):
        kept.pop()
    block.children = kept
    if not kept and block.words and block.words[0] not in _ORDER[""]:
        _fold(block)


def _fold(block: Node) -> None:
    """Without braces, as there is nothing between them and no remark behind them."""
    head, _, rest = block.raw.partition("{")
    if not rest.strip() and block.tail.strip() == "}":
        block.raw, block.children, block.tail = head.rstrip(_BLANKS) + "\n", None, ""


def _blank(node: Node) -> bool:
    return not node.words and node.children is None and not node.raw.strip()


def insert(block: Node, depth: int, fresh: Iterable[Node]) -> None:
    """Put nodes in their places in a block."""
    open_block(block, depth)
    plan = _Plan(block)
    places: dict[int, list[Node]] = {}
    for node in sorted(fresh, key=plan.rank):
        places.setdefault(plan.place(node), []).append(node)
    merged: list[Node] = []
    kinds: list[Optional[str]] = []
    marks = {id(node) for nodes in places.values() for node in nodes}
    for at, old in enumerate([*_alone(block), None]):
        for node in [*places.get(at, ()), *([old] if old else [])]:
            kind = _kind(node) if old is not node else plan.kinds[at]
            touches = bool(merged) and (id(node) in marks or id(merged[-1]) in marks)
            if touches and not _blank(node) and not _blank(merged[-1]) and plan.apart(merged[-1], kinds[-1], kind):
                merged.append(Node("\n"))
                kinds.append(None)
            merged.append(node)
            kinds.append(kind)
    if not block.raw and id(merged[-1]) in marks and merged[-1].words[0].isupper():
        merged.append(Node("\n"))
    block.children = merged


def _kind(node: Node) -> Optional[str]:
    key = node.key()
    if key is None:
        return _LAST if node.last else _NOTES if node.begins_notes() else None
    return key[0] if key[0].isupper() else _ATTRIBUTE


class _Plan:
    """Where something new is to stand in a block."""

    def __init__(self, block: Node) -> None:
        self.nodes = block.children or []
        self.keyword = block.words[0] if block.words else ""
        self.order = _ORDER.get(self.keyword, _USUAL)
        self.kinds: list[Optional[str]] = []
        self._siblings: dict[str, tuple[list[int], list[SortKey]]] = {}
        noted = False
        for node in self.nodes:
            kind = _kind(node)
            noted = kind == _NOTES or (noted and (bool(block.raw) or node.children is None))
            self.kinds.append(_NOTED if noted and kind == _ATTRIBUTE else kind)

    def rank(self, node: Node) -> tuple[int, SortKey, str]:
        """The order among what is new."""
        kind = _kind(node)
        return self.order.index(kind) if kind in self.order else len(self.order), self._sort_key(node), node.raw

    def _sort_key(self, node: Node) -> SortKey:
        key = node.key() or ("", "")
        if key[0] == "LUN":
            return len(key[1]), key[1]
        if not key[0].isupper():
            return key[0], node.value()
        return () if (self.keyword, key[0]) == ("DEVICE_GROUP", "DEVICE") else (key[1],)  # those stand as the kernel has them

    def place(self, node: Node) -> int:
        """Behind the last of its kind that comes before it; else before what comes after it."""
        kind = _kind(node) or ""
        positions, least = self._of_kind(kind)
        at = bisect_right(least, self._sort_key(node))
        if at:
            return positions[at - 1] + 1
        return self._above(positions[0] if positions else self._first_after(kind))

    def _of_kind(self, kind: str) -> tuple[list[int], list[SortKey]]:
        """The places of a kind, and for each the least sort key from there on, for they need not be in order."""
        if kind not in self._siblings:
            positions = [at for at, there in enumerate(self.kinds) if there == kind]
            keys: Sequence[SortKey] = [self._sort_key(self.nodes[at]) for at in reversed(positions)]
            self._siblings[kind] = positions, list(accumulate(keys, min))[::-1]
        return self._siblings[kind]

    def _first_after(self, kind: str) -> int:
        later = self.order[self.order.index(kind) + 1 :]
        return next((at for at, there in enumerate(self.kinds) if there in later), len(self.nodes))

    def _above(self, at: int) -> int:
        """Above the comments of what stands there."""
        while 0 < at < len(self.nodes) and self.kinds[at - 1] is None and self.nodes[at - 1].raw.lstrip().startswith("#"):
            at -= 1
        return at

    def apart(self, before: Node, first: Optional[str], second: Optional[str]) -> bool:
        """Whether a blank line stands between two nodes of these kinds."""
        if not self.keyword and any(kind and kind.isupper() for kind in (first, second)):
            return True
        if first is None or second is None:
            return False
        if first != second:
            return True
        return first == "INITIATOR" or (before.children is not None and self.keyword not in _DENSE)
