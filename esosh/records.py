"""Records: immutable objects made of named parts.

They are what frozen dataclasses are, but nothing is compiled when a module is imported: that took longer than
all else that a one-shot command does.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, ClassVar, TypeVar

    from typing_extensions import dataclass_transform  # mypy knows it; nothing imports it

    R = TypeVar("R", bound="Record")
else:

    def dataclass_transform(**options):
        """Leave the class as it is."""
        return lambda decorated: decorated


class _Nothing(dict):  # type: ignore[type-arg]
    """A mapping that stays empty."""

    def __setitem__(self, name: object, value: object) -> None:
        raise TypeError("this mapping stays empty")


NOTHING: Mapping[Any, Any] = _Nothing()  # the default of a part that is a mapping


@dataclass_transform(frozen_default=True, kw_only_default=False)
class Record:
    """Its parts are the annotated names of its class, those of the classes above it first.

    A name that the class gives a value is the default. Two records of a class are equal when their parts are.
    """

    if TYPE_CHECKING:
        PARTS: ClassVar[tuple[str, ...]]
        DEFAULTS: ClassVar[Mapping[str, Any]]
    KINDS = NOTHING  # the annotation of each part

    def __init_subclass__(cls) -> None:
        own: Mapping[str, str] = vars(cls).get("__annotations__", NOTHING)
        parts = {name: kind for name, kind in own.items() if not kind.startswith("ClassVar")}
        cls.KINDS = {**cls.KINDS, **parts}
        cls.PARTS = tuple(cls.KINDS)
        cls.DEFAULTS = {name: getattr(cls, name) for name in cls.PARTS if hasattr(cls, name)}

    def __init__(self, *values: Any, **named: Any) -> None:
        if len(values) == len(self.PARTS) and not named:
            self.__dict__.update(zip(self.PARTS, values))
            return
        given = dict(zip(self.PARTS, values), **named)
        self.__dict__.update(self.DEFAULTS)
        self.__dict__.update(given)
        if len(given) < len(values) + len(named) or self.__dict__.keys() != self.KINDS.keys():
            raise TypeError(f"{type(self).__name__} has the parts {', '.join(self.PARTS)}")

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a {type(self).__name__} does not change: {name}")

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash(tuple(map(self.__dict__.__getitem__, self.PARTS)))

    def __repr__(self) -> str:
        parts = (f"{name}={self.__dict__[name]!r}" for name in self.PARTS)
        return f"{type(self).__name__}({', '.join(parts)})"


def replace(record: R, **parts: Any) -> R:
    """The record with other parts."""
    if not parts.keys() <= record.KINDS.keys():
        raise TypeError(f"{type(record).__name__} has the parts {', '.join(record.PARTS)}")
    other = object.__new__(type(record))
    other.__dict__.update(record.__dict__, **parts)
    return other
