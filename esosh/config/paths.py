"""A configuration as paths: what diff, conflicts, read-back and JSON are made of.

A path is a tuple of names from the outside in. The value of a scalar's path is the scalar. The value of an
object's path in a mapping, or of an element's in a set, is HERE, so that an empty object has a path too.
"""

from __future__ import annotations

import functools
import typing
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Optional, Union

from ..records import Record, replace
from . import FIELDS, Config, kind
from .lazy import ABSENT, differences, having, without

Path = tuple[str, ...]
Scalar = Union[str, int, bool, None, tuple[str, ...]]
Facts = Mapping[Path, Scalar]
Changes = Mapping[Path, tuple[Scalar, Scalar]]  # of each path, what was and what is
HERE = "here"


def flatten(value: object, path: Path = ()) -> dict[Path, Scalar]:
    """Every fact of a configuration, by path."""
    return dict(_facts(value, path))


def _facts(value: Any, path: Path) -> Iterator[tuple[Path, Scalar]]:
    shape = _shape(value.__class__)
    if shape == "mapping":
        for name in value:
            yield from _object_facts(value[name], (*path, name))
    elif shape == "set":
        yield from (((*path, name), HERE) for name in sorted(value))
    elif shape == "parts":
        for name in value.PARTS:
            yield from _facts(getattr(value, name), (*path, name))
    else:
        yield path, value


def _object_facts(value: object, path: Path) -> Iterator[tuple[Path, Scalar]]:
    """The facts of a value in a mapping: an object is a fact itself."""
    if _is_object(value):
        yield path, HERE
    yield from _facts(value, path)


def _is_object(value: Any) -> bool:
    return _shape(value.__class__) in ("mapping", "parts")


def unflatten(kind: Any, facts: Facts) -> Any:
    """The value of a kind (a class or a type hint) that has these facts."""
    return _build(kind, _nest(facts))


def _nest(facts: Facts) -> dict[str, Any]:
    nested: dict[str, Any] = {}
    for path, scalar in facts.items():
        inner = nested
        for name in path[:-1]:
            inner = inner.setdefault(name, {})
        if scalar == HERE:
            inner.setdefault(path[-1], {})
        else:
            inner[path[-1]] = scalar
    return nested


def _build(kind: Any, nested: Any) -> Any:
    kinds = _kinds(kind)
    if kinds:
        return kind(**{name: _build(kinds[name], inner) for name, inner in nested.items()})
    origin: Any = typing.get_origin(kind)
    if origin is Mapping:
        return {name: _build(_member(kind), inner) for name, inner in nested.items()}
    if origin in (frozenset, tuple):
        return origin(nested)
    return HERE if nested == {} else nested  # the text of a user may be this very word


@functools.cache
def _kinds(owner: Any) -> Mapping[str, Any]:
    """The kinds of the parts of a configuration or of a record; none of anything else."""
    if owner is Config:
        return {field: kind(field) for field in FIELDS}
    if not (isinstance(owner, type) and issubclass(owner, Record)):
        return {}
    hints = typing.get_type_hints(owner)
    return {name: hints[name] for name in owner.PARTS}


def _member(mapping: Any) -> Any:
    """The kind of the objects in a mapping of that kind."""
    return typing.get_args(mapping)[1]


def diff(old: object, new: object) -> dict[Path, tuple[Scalar, Scalar]]:
    """The paths that differ, each with its old and its new scalar; None for a path that does not exist.

    What is the same object in both is not looked at.
    """
    changes: list[_Change] = []
    _compare(old, new, (), changes)
    changes.sort(key=lambda change: change[1][0] is None)  # what comes, behind what was
    return dict(changes)


_Change = tuple[Path, tuple[Scalar, Scalar]]


def _compare(old: Any, new: Any, path: Path, changes: list[_Change]) -> None:
    """Add what differs to the changes."""
    if old is new:
        return
    shape = _shape(old.__class__)
    if shape == "mapping":
        for name, before, after in differences(old, new):
            _compare_objects(before, after, (*path, name), changes)
    elif shape == "set":
        changes += (((*path, name), (HERE, None)) for name in sorted(old - new))
        changes += (((*path, name), (None, HERE)) for name in sorted(new - old))
    elif shape == "parts":
        for name in _differing_parts(old, new):
            _compare(getattr(old, name), getattr(new, name), (*path, name), changes)
    elif old != new:
        changes.append((path, (old, new)))


@functools.cache
def _shape(kind: Any) -> str:
    """What values of a type are: "mapping", "set", "parts" of a configuration or a record, or "scalar"."""
    if issubclass(kind, Mapping):
        return "mapping"
    if issubclass(kind, frozenset):
        return "set"
    return "parts" if hasattr(kind, "PARTS") else "scalar"


def _differing_parts(old: Any, new: Any) -> list[str]:
    if isinstance(old, Config):
        return old.differing(new)
    return [name for name in old.PARTS if getattr(old, name) is not getattr(new, name)]


def _compare_objects(old: object, new: object, path: Path, changes: list[_Change]) -> None:
    """Compare a value in a mapping, which may be in one of the two only."""
    if old is ABSENT:
        changes += ((place, (None, scalar)) for place, scalar in _object_facts(new, path))
    elif new is ABSENT:
        changes += ((place, (scalar, None)) for place, scalar in _object_facts(old, path))
    else:
        _compare(old, new, path, changes)


def value_at(value: Any, path: Path) -> Scalar:
    """The scalar that a configuration has at a path; None where it has nothing there."""
    for name in path:
        shape = _shape(value.__class__)
        if shape == "mapping":
            value = value.get(name, ABSENT)
        elif shape == "set":
            value = HERE if name in value else ABSENT
        else:
            value = getattr(value, name, ABSENT) if shape == "parts" else ABSENT
        if value is ABSENT:
            return None
    return HERE if _is_object(value) else typing.cast(Scalar, value)


def with_facts(config: Config, facts: Facts) -> Config:
    """The configuration with other facts; None for one that goes, with all that hangs below it."""
    config_with_facts: Config = _with(Config, config, facts)
    return config_with_facts


def _with(kind: Any, value: Any, facts: Facts) -> Any:
    kinds = _kinds(kind)
    if kinds:
        parts = {name: _with(kinds[name], getattr(value, name), inner)
                 for name, inner in _by_name(facts).items()}
        return value.having(**parts) if kind is Config else replace(value, **parts)
    origin: Any = typing.get_origin(kind)
    if origin is Mapping:
        return _with_objects(_member(kind), value, _by_name(facts))
    if origin is frozenset:
        there = {name for (name,), scalar in facts.items() if scalar is not None}
        return value - {name for (name,) in facts} | there
    return facts[()]


def _by_name(facts: Facts) -> dict[str, dict[Path, Scalar]]:
    """The facts below each name of the first place, by the rest of their paths."""
    inner: dict[str, dict[Path, Scalar]] = {}
    for path, scalar in facts.items():
        inner.setdefault(path[0], {})[path[1:]] = scalar
    return inner


def _with_objects(kind: Any, objects: Mapping[str, Any], facts: Mapping[str, Facts]) -> Mapping[str, Any]:
    """The objects with other facts; those of an object that is not there, and does not come, are no facts."""
    gone = [name for name, inner in facts.items() if inner.get((), HERE) is None]
    there = [name for name in facts if name not in gone and (name in objects or () in facts[name])]
    made = {name: _with_object(kind, objects.get(name), facts[name]) for name in there}
    return having(without(objects, *gone), made)


def _with_object(kind: Any, value: Any, facts: Facts) -> Any:
    """A value in a mapping with other facts; it is made of them where there was none."""
    if not _kinds(kind) and typing.get_origin(kind) is not Mapping:
        return facts[()]
    below = {path: scalar for path, scalar in facts.items() if path}
    if value is None:
        return unflatten(kind, {path: scalar for path, scalar in below.items() if scalar is not None})
    return _with(kind, value, below) if below else value


def misfit(facts: Facts) -> Optional[Path]:
    """A path that no configuration has, or whose value is not of its kind; None where there is none."""
    return next((path for path, value in facts.items() if not _fits(Config, path, value)), None)


def _fits(kind: Any, path: Path, value: Scalar) -> bool:
    """Whether something of a kind may have a value at a path."""
    kinds, origin = _kinds(kind), typing.get_origin(kind)
    if not path:
        return value is None or (value == HERE if kinds or origin is Mapping else _is_of(kind, value))
    if kinds:
        return path[0] in kinds and _fits(kinds[path[0]], path[1:], value)
    if origin is Mapping:
        return _fits(_member(kind), path[1:], value)
    return origin is frozenset and len(path) == 1 and value in (HERE, None)


def _is_of(kind: Any, value: Scalar) -> bool:
    """Whether a value is of the kind of a scalar."""
    if typing.get_origin(kind) is Union:
        return any(_is_of(choice, value) for choice in typing.get_args(kind))
    return type(value) is (typing.get_origin(kind) or kind)


def is_below(path: Path, ancestors: Collection[Path]) -> bool:
    """Whether a path is one of the ancestors, or below one."""
    return bool(ancestors) and any(path[:length] in ancestors for length in range(len(path) + 1))
