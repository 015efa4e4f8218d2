"""The attributes that SCST shows of an object, each read when somebody asks for it.

An attribute that is worth saving reads "VALUE\\n[key]\\n" (SCST's scst_sysfs.c); of the others those count
that scst.conf has.
"""

from __future__ import annotations

import contextlib
from collections.abc import Container, Iterator, Mapping
from typing import Callable, Optional

from ...host import Host
from . import attributes, queue

_NONE = (PermissionError, IsADirectoryError, FileNotFoundError)  # write-only, an object, or not there


class Shown(Mapping[str, str]):
    """The attributes in a folder that are worth saving, and those that scst.conf has; none at its default.

    `counts` tells of an attribute and its value whether it belongs to the object at all.
    """

    __slots__ = ("_counts", "_folder", "_host", "_kind", "_saved", "_values")

    def __init__(self, host: Host, folder: str, kind: str, saved: Container[str],
                 counts: Callable[[str, str], bool] = lambda key, value: True) -> None:
        self._host, self._folder, self._kind, self._saved, self._counts = host, folder, kind, saved, counts
        self._values: dict[str, Optional[str]] = {}

    def __getitem__(self, key: str) -> str:
        if key not in self._values:
            self._values[key] = self._read(key)
        value = self._values[key]
        if value is None:
            raise KeyError(key)
        return value

    def _read(self, key: str) -> Optional[str]:
        """The value of an attribute; None for one that does not count."""
        if attributes.is_state(self._kind, key):
            return None
        with contextlib.suppress(*_NONE):
            value, _, mark = queue.read(self._host, f"{self._folder}/{key}").partition("\n")
            is_kept = mark.startswith("[key]") or key in self._saved
            if is_kept and attributes.worth_saving(self._kind, key, value) and self._counts(key, value):
                return attributes.canonical(key, value)
        return None

    def __iter__(self) -> Iterator[str]:
        return (key for key in self._host.list(self._folder) if key in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)
