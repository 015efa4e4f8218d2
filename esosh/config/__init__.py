"""Every fact that may be configured: records, one module for each section.

There are four shapes: a record, a mapping from name to object, a scalar in canonical form, and a tuple
(merged whole) or a frozenset (merged per element). What a file holds and esosh does not know is kept in
`other`. A configuration is immutable, and shares with the one that it is made from all that did not change:
what is the same object needs no look.

A section's module has `KIND`, the type of the section; `EMPTY`, one without anything; and `blank(section)`:
what is left of it when all that can be removed is removed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..language.sections import module
from .lazy import Parts

if TYPE_CHECKING:  # a section's module is imported when the section is read
    from .ha import Ha
    from .net import Net
    from .scst import Scst
    from .svc import Service


class Config(Parts):
    """The whole configuration of a box. The order of its fields is that in which sections are applied.

    A section that is not given is read when somebody asks for it; without a source it is empty.
    """

    scst: Scst
    net: Net
    svc: Mapping[str, Service]
    ha: Ha

    @classmethod
    def absent(cls, name: str) -> Any:
        """A section without anything."""
        return module("config", name).EMPTY

    def shares(self, other: Config, field: str) -> bool:
        """Whether both have the same section, which need not have been read."""
        mine, theirs = self.__dict__, other.__dict__
        if field in mine or field in theirs:
            return getattr(self, field) is getattr(other, field)
        return mine["source"] is theirs["source"]

    def differing(self, other: Config) -> list[str]:
        """The fields of which the two do not share the section, in their order."""
        return [field for field in FIELDS if not self.shares(other, field)]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Config):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in self.differing(other))

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Config({', '.join(f'{name}={getattr(self, name)!r}' for name in FIELDS)})"


FIELDS = Config.PARTS = tuple(Config.__annotations__)


def kind(field: str) -> Any:
    """The type of a section."""
    return module("config", field).KIND


def blank(config: Config) -> Config:
    """The configuration with all removed that can be: what is left is what the box itself brings."""
    return Config(**{field: module("config", field).blank(getattr(config, field)) for field in FIELDS})
