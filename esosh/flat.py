"""A configuration as paths: what diff, conflicts, read-back and JSON are made of.

A path is a tuple of names from the outside in. A scalar stands at its path; an object of a mapping and an
element of a set stand there as HERE, so that an empty object is something too.
"""

from __future__ import annotations

import dataclasses
import functools
import typing
from collections.abc import Mapping
from typing import Any, Union

Path = tuple[str, ...]
Scalar = Union[str, int, bool, None, tuple[str, ...]]
HERE = "here"


def flatten(value: object, path: Path = ()) -> dict[Path, Scalar]:
    """Every fact of a configuration, by path."""
    if dataclasses.is_dataclass(value):
        return _join(flatten(getattr(value, part.name), (*path, part.name)) for part in dataclasses.fields(value))
    if isinstance(value, Mapping):
        return _join({**_here(path, name, inner), **flatten(inner, (*path, name))} for name, inner in value.items())
    if isinstance(value, frozenset):
        return {(*path, name): HERE for name in sorted(value)}
    return {path: typing.cast(Scalar, value)}


def _here(path: Path, name: str, inner: object) -> dict[Path, Scalar]:
    return {(*path, name): HERE} if dataclasses.is_dataclass(inner) or isinstance(inner, Mapping) else {}


def _join(parts: typing.Iterable[dict[Path, Scalar]]) -> dict[Path, Scalar]:
    return {path: scalar for part in parts for path, scalar in part.items()}


def unflatten(kind: Any, facts: Mapping[Path, Scalar]) -> Any:
    """The configuration of that kind (a class or a type hint) whose facts these are."""
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
    origin = typing.get_origin(kind)
    if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
        return {name: _build(typing.get_args(kind)[1], inner) for name, inner in nested.items()}
    if origin is frozenset:
        return frozenset(nested)
    if origin is tuple:
        return tuple(nested)
    return HERE if nested == {} else nested  # a text of the user's may be just that word


@functools.cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def diff(old: object, new: object) -> dict[Path, tuple[Scalar, Scalar]]:
    """The paths that differ, each with its old and its new scalar; None stands for nothing there."""
    before, after = flatten(old), flatten(new)
    paths = [*before, *(path for path in after if path not in before)]
    return {path: (before.get(path), after.get(path)) for path in paths if before.get(path) != after.get(path)}
