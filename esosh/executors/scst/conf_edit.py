"""Edits of a block in scst.conf: what differs between its versions, and nothing else."""

from __future__ import annotations

from ...records import Record
from .conf import contents
from .conf_blocks import EMPTY, Block, representable
from .conf_tree import Key, Node
from .layout import line, open_block, remove, rewrite
from .placement import insert

_CONTAINERS = ("HANDLER", "TARGET_DRIVER")  # blocks that are there for what is in them


class Versions(Record):
    """A block as it was, as it is to be, and as the file has it."""

    old: Block
    new: Block
    saved: Block


def edit(block: Node, depth: int, versions: Versions) -> None:
    """Make a block of the file say what its new version says; what neither the old nor the new one has stays.

    Raises ValueError where the file cannot hold it.
    """
    changes = _Changes(block, depth)
    changes.edit_lines(versions)
    changes.edit_blocks(versions)
    if changes.inserted:
        insert(block, depth - 1, changes.inserted)
    remove(block, changes.removed)


class _Changes:
    """The nodes that are inserted into a block, and those that are removed; others are changed in place."""

    def __init__(self, block: Node, depth: int) -> None:
        self._contents = contents(block)
        self._depth = depth
        self.inserted: list[Node] = []
        self.removed: list[Node] = []

    def edit_lines(self, versions: Versions) -> None:
        for key in versions.old.lines.keys() - versions.new.lines.keys():
            self._remove_lines(key)
        for key, value in versions.new.lines.items():
            if versions.saved.lines.get(key) == value:
                continue
            if value is None:
                self._remove_lines(key)
            else:
                self._set_line(key, value)

    def _remove_lines(self, key: Key) -> None:
        self.removed += self._nodes(key) + self._contents.noted.get(key, [])

    def _set_line(self, key: Key, value: str) -> None:
        nodes = self._nodes(key)
        self.removed += nodes[1:] + self._contents.noted.get(key, [])
        if nodes:
            rewrite(nodes[0], key[0], value)
        else:
            self.inserted.append(line(self._depth, key[0], value))

    def edit_blocks(self, versions: Versions) -> None:
        for key, new in versions.new.blocks.items():
            saved = versions.saved.blocks.get(key, EMPTY)
            if key not in versions.saved.blocks or saved != new:
                old = versions.old.blocks.get(key, EMPTY)
                self._edit_block(key, Versions(old, new, saved))
        for key, old in versions.old.blocks.items():
            if key not in versions.new.blocks:
                self._remove_block(key, Versions(old, EMPTY, versions.saved.blocks.get(key, EMPTY)))

    def _edit_block(self, key: Key, versions: Versions) -> None:
        node = self._node(key, versions)
        if not self._depth:
            open_block(node, 0)
        if key[0] == "LUN":  # a LUN is as it runs, or it would come back as another one
            versions = Versions(representable(versions.saved), versions.new, versions.saved)
        edit(node, self._depth + 1, versions)
        if key in self._contents.configured and _is_emptied(node):
            self.removed.append(node)

    def _node(self, key: Key, versions: Versions) -> Node:
        """The node of a block: the last one in the file, with the right words in its head, or a new one."""
        nodes = self._nodes(key)
        if not nodes:
            self.inserted.append(line(self._depth, *key, *versions.new.words))
            return self.inserted[-1]
        if versions.new.words != versions.saved.words:
            self.removed += nodes[:-1]
            rewrite(nodes[-1], *key, *versions.new.words)
        return nodes[-1]

    def _remove_block(self, key: Key, versions: Versions) -> None:
        nodes = self._nodes(key)
        if key[0] not in _CONTAINERS:
            self.removed += nodes
            return
        for node in nodes:
            edit(node, self._depth + 1, versions)
        self.removed += filter(_is_emptied, nodes)

    def _nodes(self, key: Key) -> list[Node]:
        return self._contents.configured.get(key, [])


def _is_emptied(node: Node) -> bool:
    return node.words[0] in _CONTAINERS and not "".join(child.raw for child in node.children or ()).strip()
