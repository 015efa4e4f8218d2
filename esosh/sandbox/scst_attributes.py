"""Plain attributes of SCST: what they read when made, and what a write does to them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace

from .scst_kinds import KINDS, TEXT, Key
from .tree import Tree

KEY = "[key]\n"

_READ_ONLY, _WRITE_ONLY = 0o444, 0o200


@dataclass(frozen=True)
class Attribute:
    """What an untouched attribute reads, and what a changed one has after its [key]."""

    text: str
    mode: int = 0o644
    tail: str = ""

    @property
    def default(self) -> str:
        """The value alone."""
        return self.text.partition("\n")[0]

    def named(self, name: str, serial: str = "") -> Attribute:
        """The attribute of an object of that name."""
        return replace(self, text=self.text.format(name=name, short=name[:16], serial=serial))

    def saying(self, value: str, key: Key = Key.CHANGED) -> str:
        """The text for a value: one that is worth saving, by default one that differs, gets a [key]."""
        if key is Key.NEVER:
            return f"{value}\n"
        if value == self.default and key is Key.CHANGED:
            return self.text
        return f"{value}\n{KEY}" + ("\n" if self.text.endswith("\n\n") else self.tail)


Attributes = Mapping[str, Attribute]


def writable(**values: str) -> Attributes:
    """Attributes to read and write."""
    return {name: Attribute(value + "\n") for name, value in values.items()}


def readable(**values: str) -> Attributes:
    """Attributes that cannot be written."""
    return {name: Attribute(value + "\n", _READ_ONLY) for name, value in values.items()}


def switches(*names: str) -> Attributes:
    """Attributes that cannot be read; a write to one changes nothing that can be seen."""
    return {name: Attribute("", _WRITE_ONLY) for name in names}


def silent(*names: str, mode: int = _READ_ONLY) -> Attributes:
    """Attributes that read as nothing at all: statistics, and texts that are not set."""
    return {name: Attribute("", mode) for name in names}


def make(tree: Tree, folder: str, attributes: Attributes) -> None:
    """Stage the files of a new object."""
    for name, attribute in attributes.items():
        tree.put(f"{folder}/{name}", attribute.text, attribute.mode)


def store(tree: Tree, path: str, text: str, attributes: Attributes) -> None:
    """Answer a write to a plain attribute; EINVAL for a value that is none of its kind."""
    name = os.path.basename(path)
    attribute = attributes.get(name, Attribute("\n"))
    if attribute.mode != _WRITE_ONLY:
        kind = KINDS.get(name, TEXT)
        tree.put(path, attribute.saying(kind.read(text), kind.key), attribute.mode)
