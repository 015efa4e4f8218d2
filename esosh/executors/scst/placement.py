"""The places of new lines in /etc/scst.conf, as scstadmin orders them, and the blank lines between.

Source: scstadmin 3.11 (writeConfiguration).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Optional, Union

from ...records import Record
from .conf_tree import Node, with_notes
from .layout import is_blank, open_block, own_lines

_ATTRIBUTE, _NOTES, _NOTED, _LAST = "attribute", "notes", "noted", "last"
_ORDER: Mapping[str, tuple[str, ...]] = {  # of a block with that keyword, from the top; "" is the file
    "": (_ATTRIBUTE, _NOTES, "HANDLER", "TARGET_DRIVER", "DEVICE_GROUP", _LAST),
    "HANDLER": (_ATTRIBUTE, "DEVICE", _NOTES),
    "GROUP": ("LUN", "INITIATOR", _ATTRIBUTE, _NOTES),
}
_ORDER_OF_OTHERS = (_ATTRIBUTE, _NOTES, "DEVICE", "LUN", "GROUP", "TARGET", "TARGET_GROUP")
_DENSE = ("GROUP", "TARGET_GROUP")  # where blocks of one keyword follow each other without a blank line
SortKey = tuple[Union[int, str], ...]


class _Row(Record):
    """A node with its kind in the order of the block; None for comments and blank lines."""

    node: Node
    kind: Optional[str]
    is_new: bool = False


def insert(block: Node, depth: int, nodes: Iterable[Node]) -> None:
    """Put nodes in their places in a block."""
    open_block(block, depth)
    own_lines(block)
    order = _Order(block)
    rows = order.merged(nodes)
    block.children = [*_spaced(rows, order)]
    last = rows[-1]
    if not block.raw and last.is_new and last.node.words[0].isupper():
        block.children.append(Node("\n"))


def _spaced(rows: Sequence[_Row], order: _Order) -> Iterator[Node]:
    """The nodes of the rows, with blank lines around the new ones."""
    yield rows[0].node
    for before, after in zip(rows, rows[1:]):
        if _can_be_spaced(before, after) and order.are_apart(before, after):
            yield Node("\n")
        yield after.node


def _can_be_spaced(before: _Row, after: _Row) -> bool:
    """Whether one of two rows is new, and none is a blank line."""
    has_blank = any(map(is_blank, (before.node, after.node)))
    return not has_blank and (before.is_new or after.is_new)


def _kind(node: Node) -> Optional[str]:
    key = node.key()
    if key is not None:
        return key[0] if key[0].isupper() else _ATTRIBUTE
    if node.last:
        return _LAST
    return _NOTES if node.begins_notes() else None


def _is_keyword(kind: Optional[str]) -> bool:
    return kind is not None and kind.isupper()


class _Order:
    """The order of a block: where something new is to stand."""

    def __init__(self, block: Node) -> None:
        self.nodes = block.children or []
        self.keyword = block.words[0] if block.words else ""
        self.order = _ORDER.get(self.keyword, _ORDER_OF_OTHERS)
        self.kinds = [*_kinds(block)]
        self._siblings: dict[str, tuple[list[int], list[SortKey]]] = {}
        self._tops: dict[str, int] = {}

    def merged(self, nodes: Iterable[Node]) -> list[_Row]:
        """All rows, the new ones in their places."""
        places: dict[int, list[_Row]] = {}
        for node in sorted(nodes, key=self._rank):
            places.setdefault(self._place(node), []).append(_Row(node, _kind(node), is_new=True))
        rows: list[_Row] = []
        for at, (node, kind) in enumerate(zip(self.nodes, self.kinds)):
            rows += [*places.get(at, ()), _Row(node, kind)]
        return rows + places.get(len(self.nodes), [])

    def _rank(self, node: Node) -> tuple[int, SortKey, str]:
        """The order among what is new."""
        kind = _kind(node)
        position = self.order.index(kind) if kind in self.order else len(self.order)
        return position, self._sort_key(node), node.raw

    def _sort_key(self, node: Node) -> SortKey:
        word, name = node.key() or ("", "")
        if word == "LUN":
            return len(name), name
        if not word.isupper():
            return word, node.value()
        as_in_kernel = (self.keyword, word) == ("DEVICE_GROUP", "DEVICE")
        return () if as_in_kernel else (name,)

    def _place(self, node: Node) -> int:
        """Behind the last of its kind that comes before it; else before what comes after it."""
        kind = _kind(node) or ""
        positions, least = self._of_kind(kind)
        at = bisect_right(least, self._sort_key(node))
        return positions[at - 1] + 1 if at else self._foremost(kind)

    def _foremost(self, kind: str) -> int:
        """The place before all of a kind."""
        if kind not in self._tops:
            positions, _ = self._of_kind(kind)
            self._tops[kind] = self._above_comments(positions[0] if positions else self._first_after(kind))
        return self._tops[kind]

    def _of_kind(self, kind: str) -> tuple[list[int], list[SortKey]]:
        """The places of a kind, and for each the least sort key from there on: they may be out of order."""
        if kind not in self._siblings:
            positions = self._positions((kind,))
            keys: Sequence[SortKey] = [self._sort_key(self.nodes[at]) for at in reversed(positions)]
            self._siblings[kind] = positions, list(accumulate(keys, min))[::-1]
        return self._siblings[kind]

    def _positions(self, kinds: Sequence[str]) -> list[int]:
        return [at for at, kind in enumerate(self.kinds) if kind in kinds]

    def _first_after(self, kind: str) -> int:
        later = self.order[self.order.index(kind) + 1 :]
        return next(iter(self._positions(later)), len(self.nodes))

    def _above_comments(self, at: int) -> int:
        """Above the comments of what stands there."""
        if at < len(self.nodes):
            while at and self._is_comment(at - 1):
                at -= 1
        return at

    def _is_comment(self, at: int) -> bool:
        return self.kinds[at] is None and self.nodes[at].raw.lstrip().startswith("#")

    def are_apart(self, before: _Row, after: _Row) -> bool:
        """Whether a blank line has to be put between two rows."""
        kinds = (before.kind, after.kind)
        if not self.keyword and any(map(_is_keyword, kinds)):
            return True
        if None in kinds:
            return False
        return before.kind != after.kind or self._is_spread(before)

    def _is_spread(self, row: _Row) -> bool:
        """Whether nodes of this kind do not follow each other without a blank line."""
        return row.kind == "INITIATOR" or (row.node.is_block and self.keyword not in _DENSE)


def _kinds(block: Node) -> Iterator[Optional[str]]:
    """The kind of each child."""
    for node, noted in with_notes(block):
        kind = _kind(node)
        yield _NOTED if noted and kind == _ATTRIBUTE else kind
