"""A configuration as paths: what diff, conflicts, read-back and JSON are made of.

A path is a tuple of names from the outside in. The value of a scalar's path is the scalar. The value of an
object's path in a mapping, or of an element's in a set, is HERE, so that an empty object has a path too.
"""

from __future__ import annotations

import dataclasses
import functools
import itertools
import typing
from collections.abc import Iterable, Mapping
from typing import Any, Union

Path = tuple[str, ...]
Scalar = Union[str, int, bool, None, tuple[str, ...]]
HERE = "here"


def flatten(value: object, path: Path = ()) -> dict[Path, Scalar]:
    """Every fact of a configuration, by path."""
    if dataclasses.is_dataclass(value):
        fields = dataclasses.fields(value)
        return _join(flatten(getattr(value, part.name), (*path, part.name)) for part in fields)
    if isinstance(value, Mapping):
        return _join(_object((*path, name), inner) for name, inner in value.items())
    if isinstance(value, frozenset):
        return {(*path, name): HERE for name in sorted(value)}
    return {path: typing.cast(Scalar, value)}


def _object(path: Path, value: object) -> dict[Path, Scalar]:
    """The facts of a value in a mapping: an object is a fact itself."""
    facts = flatten(value, path)
    is_object = dataclasses.is_dataclass(value) or isinstance(value, Mapping)
    return {path: HERE, **facts} if is_object else facts


def _join(parts: Iterable[dict[Path, Scalar]]) -> dict[Path, Scalar]:
    return dict(itertools.chain.from_iterable(part.items() for part in parts))


def unflatten(kind: Any, facts: Mapping[Path, Scalar]) -> Any:
    """The value of a kind (a class or a type hint) that has these facts."""
    return _build(kind, _nest(facts))


def _nest(facts: Mapping[Path, Scalar]) -> dict[str, Any]:
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
    if dataclasses.is_dataclass(kind):
        hints = _hints(typing.cast(type, kind))
        return typing.cast(Any, kind)(**{name: _build(hints[name], inner) for name, inner in nested.items()})
    origin: Any = typing.get_origin(kind)
    if origin is Mapping:
        inner_kind = typing.get_args(kind)[1]
        return {name: _build(inner_kind, inner) for name, inner in nested.items()}
    if origin in (frozenset, tuple):
        return origin(nested)
    return HERE if nested == {} else nested  # the text of a user may be this very word


@functools.cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def diff(old: object, new: object) -> dict[Path, tuple[Scalar, Scalar]]:
    """The paths that differ, each with its old and its new scalar; None for a path that does not exist."""
    before, after = flatten(old), flatten(new)
    changes = {path: (before.get(path), after.get(path)) for path in (*before, *after)}
    return {path: (old, new) for path, (old, new) in changes.items() if old != new}
