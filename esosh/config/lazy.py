"""Objects by name: each is read at its first use, and configurations share those that both have."""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Callable, Optional, TypeVar

T = TypeVar("T")
P = TypeVar("P", bound="Parts")
ABSENT = object()


class _Unread:
    """The place of an object that is read when somebody asks for it, once for all mappings that share it."""

    __slots__ = ("_name", "_object", "_read")

    def __init__(self, name: str, read: Callable[[str], Any]) -> None:
        self._name = name
        self._read: Optional[Callable[[str], Any]] = read
        self._object: Any = None

    @property
    def is_read(self) -> bool:
        return self._read is None

    def get(self) -> Any:
        if self._read is not None:
            self._object = self._read(self._name)
            self._read = None
        return self._object


class _Table:
    """The objects of the newest of some versions, by name; what is gone keeps its place, as ABSENT."""

    __slots__ = ("places", "versions")

    def __init__(self, places: dict[str, Any]) -> None:
        self.places = places
        self.versions: list[weakref.ref[Lazy[Any]]] = []

    def current(self) -> list[Lazy[Any]]:
        """The versions that somebody still has, and that have no table of their own by now."""
        versions = [version for version in (known() for known in self.versions) if version is not None]
        there = [version for version in versions if version.table is self]
        self.versions = [weakref.ref(version) for version in there]
        return there


class Lazy(Mapping[str, T]):
    """Objects of which the names are known.

    `having` and `without` give other versions at the cost of what changes: versions share a table, and an
    older one knows what it has otherwise. One that is asked for an object gets a table of its own. The order
    of names stays. Names cost nothing to look at.
    """

    __slots__ = ("__weakref__", "otherwise", "table")

    def __init__(self, names: Iterable[str], read: Callable[[str], T]) -> None:
        self._join(_Table({name: _Unread(name, read) for name in names}))

    def _join(self, table: _Table) -> None:
        self.table = table
        self.otherwise: dict[str, Any] = {}
        table.versions.append(weakref.ref(self))

    @classmethod
    def of(cls, objects: Mapping[str, T]) -> Lazy[T]:
        """These objects; a plain mapping is copied."""
        return objects if isinstance(objects, Lazy) else cls._at(_Table(dict(objects)))

    @classmethod
    def _at(cls, table: _Table) -> Lazy[T]:
        version: Lazy[T] = cls.__new__(cls)
        version._join(table)
        return version

    @property
    def places(self) -> dict[str, Any]:
        """Every name with its object, with the place of one that is unread, or with ABSENT."""
        if self.otherwise:
            self._join(_Table({**self.table.places, **self.otherwise}))
        return self.table.places

    def having(self, objects: Mapping[str, T]) -> Lazy[T]:
        """These, with others in addition or in their place."""
        return self._changed(objects)

    def without(self, names: Iterable[str]) -> Lazy[T]:
        """These, without some."""
        return self._changed(dict.fromkeys(names, ABSENT))

    def _changed(self, changes: Mapping[str, Any]) -> Lazy[T]:
        places = self.places
        table = self.table
        before = {name: places.get(name, ABSENT) for name in changes}
        for version in table.current():
            for name, found in before.items():
                version.otherwise.setdefault(name, found)
        places.update(changes)
        return self._at(table)

    def __getitem__(self, name: str) -> T:
        found: Any = self.places.get(name, ABSENT)
        if found is ABSENT:
            raise KeyError(name)
        return found.get() if type(found) is _Unread else found  # type: ignore[no-any-return]

    def __iter__(self) -> Iterator[str]:
        return iter([name for name, found in self.places.items() if found is not ABSENT])

    def __len__(self) -> int:
        return sum(found is not ABSENT for found in self.places.values())

    def __contains__(self, name: object) -> bool:
        return self.places.get(name, ABSENT) is not ABSENT  # type: ignore[call-overload]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Mapping):
            return NotImplemented
        names = () if self is other else differing(self, other)
        return all(name in self and name in other and self[name] == other[name] for name in names)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({[*self]})"  # what is in them may be unread


class Parts:
    """An object whose parts are known, or come from `source` when somebody asks for them."""

    PARTS: tuple[str, ...] = ()

    def __init__(self, source: Optional[Mapping[str, Any]] = None, **known: Any) -> None:
        self.__dict__.update(known, source=source)

    def __getattr__(self, name: str) -> Any:
        if name not in self.PARTS:
            raise AttributeError(name)
        source: Optional[Mapping[str, Any]] = self.__dict__["source"]
        part = self.absent(name) if source is None else source[name]
        self.__dict__[name] = part
        return part

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{name} does not change")

    @classmethod
    def absent(cls, name: str) -> Any:
        """A part that is neither known nor in a source."""
        raise NotImplementedError

    def having(self: P, **parts: Any) -> P:
        """The same with other parts."""
        return type(self)(**{**self.__dict__, **parts})


def having(objects: Mapping[str, T], changes: Mapping[str, T]) -> Mapping[str, T]:
    """The objects, with others in addition or in their place."""
    return Lazy.of(objects).having(changes) if changes else objects


def without(objects: Mapping[str, T], *names: str) -> Mapping[str, T]:
    """The objects, without some of them; the same mapping where none of them is in it."""
    present = [name for name in names if name in objects]
    return Lazy.of(objects).without(present) if present else objects


def changed(objects: Mapping[str, T], change: Callable[[str, T], T]) -> Mapping[str, T]:
    """The objects, each as `change` makes it of its name and itself; the same mapping where none changes."""
    new = {name: change(name, found) for name, found in objects.items()}
    return having(objects, {name: new[name] for name in new if new[name] is not objects[name]})


def fresh(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """The names of `new` that do not have the same object in `old`, in the order of `new`."""
    names = set(differing(old, new))
    return [name for name in new if name in names] if names else []


def differing(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """The names that do not have the same object in both; nothing is read for it."""
    return [name for name, _, _ in _places(old, new)]


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """The names that do not have the same object in both, with the two objects; ABSENT for none."""
    for name, before, after in _places(old, new):
        yield name, _object_at(before), _object_at(after)


def _places(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """What `differences` gives, unread."""
    if old is new:
        return
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    if isinstance(old, Lazy) and isinstance(new, Lazy) and old.table is new.table:
        before, after, shared = old.otherwise, new.otherwise, old.table.places
    else:
        before, after, shared = _plain(old), _plain(new), {}
    for name in {**dict.fromkeys(before), **dict.fromkeys(after)}:
        one = before[name] if name in before else shared.get(name, ABSENT)
        other = after[name] if name in after else shared.get(name, ABSENT)
        if not _is_same(one, other):
            yield name, one, other


def _is_same(one: object, other: object) -> bool:
    return one is other or _known(one) is _known(other)


def _known(place: object) -> object:
    """The object of a place that was read; else the place."""
    return place.get() if type(place) is _Unread and place.is_read else place


def _object_at(place: object) -> object:
    return place.get() if type(place) is _Unread else place


def _plain(objects: Mapping[str, Any]) -> Mapping[str, Any]:
    return objects.places if isinstance(objects, Lazy) else objects
