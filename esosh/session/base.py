"""The base of a candidate: what its edits start from, kept as lines of JSON."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from typing import Any

from ..config import Config
from ..config.paths import (
    HERE,
    Changes,
    Facts,
    Path,
    Scalar,
    is_below,
    misfit,
    unflatten,
    value_at,
    with_facts,
)
from ..errors import Damaged

_ADVICE = "abort puts the files of the candidate aside; mend the file, and its edits are there again"
VERSION = 2  # of the files; of version 1, a base is a whole configuration


class Base:
    """What edits start from: the number of the newest commit then, and what they change as it was then.

    It grows with the edits. None is the value of a path that did not exist; what the edits do not change is
    as the machine has it. The base of a candidate of version 1 is a whole configuration.
    """

    def __init__(self, commit: int, facts: Facts, whole: bool = False, file: str = "") -> None:
        self.commit = commit
        self.file = file
        self.facts: dict[Path, Scalar] = {}
        self.whole = whole
        self._objects: set[Path] = set()  # all that is below them is known
        self._add(facts)

    def _add(self, facts: Facts) -> None:
        self.facts.update(facts)
        self._objects.update(path for path, value in facts.items() if value in (HERE, None))

    def note(self, changes: Changes) -> Facts:
        """Remember what more edits change, as it was before them; what is new of that."""
        new = {path: old for path, (old, _) in changes.items() if not self.knows(path)}
        self._add(new)
        return new

    def knows(self, path: Path) -> bool:
        """Whether it has what was at a path."""
        return self.whole or path in self.facts or is_below(path, self._objects)

    def on(self, current: Config) -> Config:
        """The configuration, beside what the machine has now. Raises Damaged."""
        path = misfit(self.facts)
        if path is not None:
            raise damaged(self.file, f"no configuration has {self.facts[path]!r} at {'/'.join(path)}")
        try:
            return self._on(current)
        except TypeError as error:
            raise damaged(self.file, f"an object is not whole: {error}") from None

    def _on(self, current: Config) -> Config:
        if self.whole:
            config: Config = unflatten(Config, self.facts)
            return config
        gone = dict.fromkeys(self._objects)
        return with_facts(with_facts(current, gone), self.facts)

    def is_as_now(self, current: Config) -> bool:
        """Whether the machine has what the edits start from."""
        if self.whole:
            return self.on(current) == current
        return all(value_at(current, path) == value for path, value in self.facts.items())


def parse(path: str, lines: Sequence[str]) -> Base:
    """The base that a file holds: a line of JSON about it, then one for each time that it grew.

    Raises Damaged.
    """
    try:
        head, *more = map(json.loads, filter(None, lines))
        version, commit = head["version"], head["commit"]
        if type(commit) is not int or commit < 0:
            raise TypeError("not the number of a commit")
        pairs = itertools.chain(head.get("facts", ()), *more)
        if version in (1, VERSION):
            facts = {_path(place): _scalar(value) for place, value in pairs}
            return Base(commit, facts, whole=version == 1, file=path)
    except (LookupError, TypeError, ValueError, AttributeError, RecursionError):
        raise damaged(path, "it is not what an edit starts from, as JSON") from None
    message = f"{path} is of version {version}, which this esosh does not know"
    raise Damaged(message, details=("install the esosh that wrote it, or a later one",), code="E229")


def _path(place: Any) -> Path:
    """The path of a fact. Raises TypeError for data that are none."""
    if not isinstance(place, list) or not all(isinstance(name, str) for name in place):
        raise TypeError("not a path")
    return tuple(place)


def _scalar(value: Any) -> Scalar:
    """A value as a configuration has it: JSON knows no tuples. Raises TypeError for one that it never has."""
    if isinstance(value, (dict, float)):
        raise TypeError("not a value")
    scalar: Scalar = _path(value) if isinstance(value, list) else value
    return scalar


def damaged(path: str, reason: str, advice: str = _ADVICE) -> Damaged:
    """The error about a file of a candidate."""
    return Damaged(f"{path} is damaged: {reason}", details=(advice,), hint="abort")
