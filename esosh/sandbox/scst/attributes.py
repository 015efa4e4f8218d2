"""Plain attributes of SCST: what a new one reads, and what a write does to it."""

from __future__ import annotations

import os
from collections.abc import Mapping

from ..tree import Tree
from .kinds import KINDS, TEXT, Key
from .words import first_line

KEY = "[key]\n"

_READ_ONLY, _WRITE_ONLY = 0o444, 0o200


class Attribute:
    """What an untouched attribute reads, its mode, and what a changed one reads after its [key]."""

    __slots__ = ("mode", "tail", "text")

    def __init__(self, text: str, mode: int = 0o644, tail: str = "") -> None:
        self.text = text
        self.mode = mode
        self.tail = tail

    @property
    def default(self) -> str:
        """The value alone."""
        return first_line(self.text)

    def for_object(self, name: str, serial: str = "") -> Attribute:
        """The attribute of an object of that name."""
        if "{" not in self.text:
            return self
        short, identity = cut(name, 16), cut(f"{serial}-{name}", 25)
        return self._reading(self.text.format(name=name, short=short, serial=serial, identity=identity))

    def text_for(self, value: str, key: Key = Key.CHANGED) -> str:
        """The text for a value; one that is worth saving, by default one that differs, gets a [key]."""
        if key is Key.NEVER:
            return f"{value}\n"
        if key is Key.CHANGED and value == self.default:
            return self.text
        return f"{value}\n{KEY}{self._ending()}"

    def with_value(self, value: str, key: Key = Key.CHANGED) -> Attribute:
        """The attribute that has a value when it is made."""
        return self._reading(self.text_for(value, key))

    def _reading(self, text: str) -> Attribute:
        return Attribute(text, self.mode, self.tail)

    def _ending(self) -> str:
        return "\n" if self.text.endswith("\n\n") else self.tail


Attributes = Mapping[str, Attribute]


def cut(text: str, length: int) -> str:
    """The text that is left in so many bytes."""
    return text.encode("utf-8", "surrogateescape")[:length].decode("utf-8", "surrogateescape")


def writable(**values: str) -> Attributes:
    """Attributes to read and write."""
    return {name: Attribute(f"{value}\n") for name, value in values.items()}


def read_only(**values: str) -> Attributes:
    """Attributes that cannot be written."""
    return {name: Attribute(f"{value}\n", _READ_ONLY) for name, value in values.items()}


def write_only(*names: str) -> Attributes:
    """Attributes that cannot be read; a write to one changes nothing that can be seen."""
    return dict.fromkeys(names, Attribute("", _WRITE_ONLY))


def empty(*names: str, mode: int = _READ_ONLY) -> Attributes:
    """Attributes that read as an empty text: statistics, and texts that are not set."""
    return dict.fromkeys(names, Attribute("", mode))


def put_attributes(tree: Tree, folder: str, attributes: Attributes) -> None:
    """Stage the files of attributes."""
    for name, attribute in attributes.items():
        tree.put(f"{folder}/{name}", attribute.text, attribute.mode)


def read_value(tree: Tree, path: str) -> str:
    """The value of an attribute without its [key]; one that is staged comes first."""
    staged = tree.staged(path)
    return first_line(tree.read(path) if staged is None else staged)


def number_text(value: int) -> str:
    """The text of a number whose default is 0."""
    return Attribute("0\n").text_for(str(value))


def store(tree: Tree, path: str, text: str, attributes: Attributes) -> None:
    """Answer a write to a plain attribute; EINVAL for a value that is not of its kind."""
    name = os.path.basename(path)
    attribute = attributes.get(name, Attribute("\n"))
    if attribute.mode != _WRITE_ONLY:
        kind = KINDS.get(name, TEXT)
        tree.put(path, attribute.text_for(kind.read(text), kind.key), attribute.mode)
