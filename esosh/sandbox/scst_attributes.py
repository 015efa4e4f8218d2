"""Plain attributes of SCST: what they read when made, and what a write does to them."""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping
from dataclasses import dataclass

from .scst_words import number, refused
from .tree import Tree

KEY = "[key]\n"

_READ_ONLY, _WRITE_ONLY = 0o444, 0o200
_LARGEST = 2**63 - 1
_TEXTS = frozenset(("cpu_mask", "prod_id", "prod_rev_lvl", "usn"))  # which may look like numbers
_YES = ("Yes", "No")
_DIGESTS = ("None", "CRC32C", "CRC32C,None", "None,CRC32C")
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "addr_method": ("PERIPHERAL", "FLAT", "LUN"),
    "threads_pool_type": ("per_initiator", "shared"),
    "HeaderDigest": _DIGESTS, "DataDigest": _DIGESTS,
    "ImmediateData": _YES, "InitialR2T": _YES, "RDMAExtensions": _YES,
}


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

    def saying(self, value: str) -> str:
        """The text for a value: one that differs from the default is worth saving and gets a [key]."""
        if value == self.default:
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
        tree.put(path, attribute.saying(_value(name, text, attribute.default)), attribute.mode)


def _value(name: str, text: str, default: str) -> str:
    if name in _CHOICES:
        value = text.strip()
        if value not in _CHOICES[name]:
            raise refused(errno.EINVAL)
        return value
    if name not in _TEXTS and default.lstrip("-").isdigit():
        return str(number(text, -1 if default.startswith("-") else 0, _LARGEST))
    if default.startswith("0x"):
        return hex(number(text, 0, _LARGEST))
    return text.strip("\n")
