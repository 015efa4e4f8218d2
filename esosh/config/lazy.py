"""Objects by name: each is read at its first use, and configurations share those that both have."""

from __future__ import annotations

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


class Lazy(Mapping[str, T]):
    """Objects of which the names are known.

    `having` and `without` give other versions at the cost of what changes. The newest has the table of all,
    in which what is gone keeps its place, so that the order of names stays. An older one knows what it has
    otherwise; it gets a table of its own when it is asked for an object. Names cost nothing to look at.
    """

    __slots__ = ("_own", "newer", "otherwise")

    def __init__(self, names: Iterable[str], read: Callable[[str], T]) -> None:
        self._become({name: _Unread(name, read) for name in names})

    def _become(self, table: Optional[dict[str, Any]]) -> None:
        self._own = table
        self.newer: Optional[Lazy[T]] = None
        self.otherwise: Mapping[str, Any] = {}  # what the newer version has not, or not so

    @classmethod
    def of(cls, objects: Mapping[str, T]) -> Lazy[T]:
        """These objects; a plain mapping is copied."""
        return objects if isinstance(objects, Lazy) else cls._with(dict(objects))

    @classmethod
    def _with(cls, table: dict[str, Any]) -> Lazy[T]:
        version: Lazy[T] = cls.__new__(cls)
        version._become(table)
        return version

    @property
    def table(self) -> dict[str, Any]:
        """Every name with its object, with the place of one that is unread, or with ABSENT."""
        if self._own is None:
            self._own = self._restored()
        return self._own

    def _restored(self) -> dict[str, Any]:
        """The table of the nearest newer version that has one, with the differences to this one."""
        version, differences = self, []
        while version._own is None:
            assert version.newer is not None
            differences.append(version.otherwise)
            version = version.newer
        table = dict(version._own)
        for difference in reversed(differences):
            table.update(difference)
        return table

    def having(self, objects: Mapping[str, T]) -> Lazy[T]:
        """These, with others in addition or in their place."""
        return self._changed(objects)

    def without(self, names: Iterable[str]) -> Lazy[T]:
        """These, without some."""
        return self._changed(dict.fromkeys(names, ABSENT))

    def _changed(self, changes: Mapping[str, Any]) -> Lazy[T]:
        table = self.table
        self.otherwise = {name: table.get(name, ABSENT) for name in changes}
        table.update(changes)
        self.newer, self._own = self._with(table), None
        return self.newer

    def __getitem__(self, name: str) -> T:
        found: Any = self.table.get(name, ABSENT)
        if found is ABSENT:
            raise KeyError(name)
        return found.get() if type(found) is _Unread else found  # type: ignore[no-any-return]

    def __iter__(self) -> Iterator[str]:
        return iter([name for name, found in self.table.items() if found is not ABSENT])

    def __len__(self) -> int:
        return sum(found is not ABSENT for found in self.table.values())

    def __contains__(self, name: object) -> bool:
        return self.table.get(name, ABSENT) is not ABSENT  # type: ignore[call-overload]

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
    on = _way(old, new)
    back = _way(new, old) if on is None else None
    before, after = _table(old) if on is None else on, _table(new) if back is None else back
    names = on if on is not None else back
    for name in {**dict.fromkeys(before), **dict.fromkeys(after)} if names is None else names:
        one, other = before.get(name, ABSENT), after.get(name, ABSENT)
        if not _is_same(one, other):
            yield name, one, other


def _is_same(one: object, other: object) -> bool:
    return one is other or _known(one) is _known(other)


def _known(place: object) -> object:
    """The object of a place that was read; else the place."""
    return place.get() if type(place) is _Unread and place.is_read else place


def _object_at(place: object) -> object:
    return place.get() if type(place) is _Unread else place


def _table(objects: Mapping[str, Any]) -> Mapping[str, Any]:
    return objects.table if isinstance(objects, Lazy) else objects


def _way(old: Mapping[str, Any], new: Mapping[str, Any]) -> Optional[dict[str, Any]]:
    """What `old` has where something changed on the way from it to `new`; None where no way leads there."""
    way: dict[str, Any] = {}
    version: Any = old
    while version is not new:
        if not isinstance(version, Lazy):
            return None
        for name, found in version.otherwise.items():
            way.setdefault(name, found)
        version = version.newer
    return way
