"""What two sides changed of one base: both changes together, and where they clash."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Optional

from ..commands import Edit, Object, object_of
from ..config import Config
from ..config.paths import Path, Scalar, diff, flatten, unflatten
from ..errors import Refused
from .edits import changed_objects, edits_between, edits_without, fold, with_objects_from


@dataclass(frozen=True)
class Clash:
    """A fact as both sides found it, as somebody else made it, and as the edits make it."""

    base: Scalar
    theirs: Scalar
    mine: Scalar


@dataclass(frozen=True)
class Merge:
    """The edits on what somebody else made of the base.

    `result` is None where an edit does not fit (`refused`). Each change of a side is in it, or is a clash.
    """

    base: Config
    mine: Config
    result: Optional[Config]
    clashes: dict[Path, Clash]
    refused: str = ""

    def clashes_by_object(self) -> dict[Object, dict[Path, Clash]]:
        """What clashes, by the object that it is of."""
        objects: dict[Object, dict[Path, Clash]] = {}
        for path, clash in self.clashes.items():
            objects.setdefault(object_of(path, self.mine), {})[path] = clash
        return objects


def merge(base: Config, theirs: Config, edits: Sequence[Edit]) -> Merge:
    """Put edits that were made on a base on what somebody else made of it."""
    mine = _with_fitting(base, edits)
    try:
        result = fold(theirs, edits)
    except Refused as error:
        if _has_changes(theirs, base, mine):  # they did the same
            return Merge(base, mine, theirs, {})
        return Merge(base, mine, None, _clashes_unmerged(base, theirs, mine), str(error))
    lost = _lost(base, theirs, result) | _lost(base, mine, result)
    return Merge(base, mine, result, _clashes(base, theirs, mine, sorted(lost)))


def _has_changes(theirs: Config, base: Config, mine: Config) -> bool:
    """Whether their side has all that the edits change of the base."""
    facts = flatten(theirs)
    return all(facts.get(path) == wanted for path, (_, wanted) in diff(base, mine).items())


def _lost(base: Config, side: Config, result: Config) -> set[Path]:
    """What a side changed of the base, and the result does not have as that side does."""
    return diff(base, side).keys() & diff(side, result).keys()


def settled(
    merge: Merge, theirs: Config, edits: Sequence[Edit], objects: Collection[Object], mine: bool
) -> list[Edit]:
    """The edits that take one side for some objects, where both clash; what does not clash stays of both.

    Raises Refused where that does not fit the box.
    """
    kept = list(edits) if mine and merge.result else edits_without(merge.base, edits, objects)
    config = fold(theirs, kept)
    if merge.result is not None:
        wanted = _with_facts(merge.result, _chosen_facts(merge, theirs, objects, mine))
    elif mine:
        wanted = with_objects_from(config, merge.mine, objects)
    else:
        return kept
    return [*kept, *edits_between(config, wanted)]


def _chosen_facts(
    merge: Merge, theirs: Config, objects: Collection[Object], mine: bool
) -> dict[Path, Scalar]:
    """Of the facts of some objects that clash, what one side made of them."""
    return {
        path: clash.mine if mine else clash.theirs
        for path, clash in merge.clashes.items() if object_of(path, theirs, merge.mine) in objects
    }


def _with_facts(config: Config, facts: Mapping[Path, Scalar]) -> Config:
    """The configuration with other facts; what hangs below one that is gone goes with it."""
    gone = {path for path, value in facts.items() if value is None}
    mixed = {path: value for path, value in {**flatten(config), **facts}.items() if value is not None}
    result: Config = unflatten(Config, {path: mixed[path] for path in mixed if not is_below(path, gone)})
    return result


def is_below(path: Path, ancestors: Collection[Path]) -> bool:
    """Whether a path is one of the ancestors, or below one."""
    return any(path[:length] in ancestors for length in range(len(path) + 1))


def _with_fitting(config: Config, edits: Sequence[Edit]) -> Config:
    """The configuration with the edits that fit it: an edit of what only the other side has does not."""
    for edit in edits:
        with contextlib.suppress(Refused):
            config = edit.edit(config)
    return config


def _clashes(base: Config, theirs: Config, mine: Config, paths: Iterable[Path]) -> dict[Path, Clash]:
    base_facts, their_facts, my_facts = flatten(base), flatten(theirs), flatten(mine)
    return {path: Clash(base_facts.get(path), their_facts.get(path), my_facts.get(path)) for path in paths}


def _clashes_unmerged(base: Config, theirs: Config, mine: Config) -> dict[Path, Clash]:
    """What differs of the objects that both sides changed; if there are none, all that the edits change."""
    both = changed_objects(base, theirs) & changed_objects(base, mine)
    changed = diff(base, mine).keys() | diff(base, theirs).keys()
    differing = [path for path in diff(theirs, mine) if path in changed]
    paths = [path for path in differing if object_of(path, theirs, mine) in both]
    return _clashes(base, theirs, mine, paths or diff(base, mine))
