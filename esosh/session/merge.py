"""What two sides changed of one base: both changes together, and where they clash."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Optional

from ..commands import Edit, Object, object_of
from ..config import Config
from ..config.paths import Changes, Path, Scalar, diff, value_at, with_facts
from ..errors import Refused
from ..records import Record
from .base import Base
from .edits import (
    changed_objects,
    edits_apart,
    edits_between,
    edits_without,
    fold,
    with_objects_from,
)

Unfit = list[tuple[Edit, str]]  # edits that do not fit a configuration, each with the reason


class Clash(Record):
    """A fact as both sides found it, as somebody else made it, and as the edits make it."""

    base: Scalar
    theirs: Scalar
    mine: Scalar


class Merge(Record):
    """The edits on what somebody else made of the base.

    `result` is None where edits do not fit (`unfit`, each with the reason). Each change of a side is in it,
    or is a clash.
    """

    base: Config
    mine: Config
    result: Optional[Config]
    clashes: dict[Path, Clash]
    unfit: tuple[tuple[Edit, str], ...] = ()

    def clashes_by_object(self) -> dict[Object, dict[Path, Clash]]:
        """What clashes, by the object that it is of."""
        objects: dict[Object, dict[Path, Clash]] = {}
        for path, clash in self.clashes.items():
            objects.setdefault(object_of(path, self.mine), {})[path] = clash
        return objects


def merge(
    base: Config, theirs: Config, edits: Sequence[Edit], noted: Optional[Base] = None
) -> Merge:
    """Put edits that were made on a base on what somebody else made of it.

    `noted`: what is known of the base; elsewhere it has what they have now.
    """
    mine, unmade = with_fitting(base, edits)
    result, unfit = with_fitting(theirs, edits)
    if unfit and not unmade and _has_changes(theirs, base, mine):  # they did the same
        return Merge(base, mine, theirs, {})
    if unfit:
        clashes = _clashes_unmerged(base, theirs, mine)
        if not clashes and not unmade:
            clashes = _all_clashes(base, theirs, mine)
        return Merge(base, mine, None, clashes, tuple(unfit))
    lost = _lost(base, theirs, result) | _lost(base, mine, result)
    undone = _undone(base, noted, diff(theirs, result)) if noted else {}
    clashes = {**_clashes(base, theirs, mine, lost), **undone}
    return Merge(base, mine, result, {path: clashes[path] for path in sorted(clashes)})


def _undone(base: Config, noted: Base, changes: Changes) -> dict[Path, Clash]:
    """Of what the edits change of their side, what they did not change of the base, or what is gone.

    What nobody noted was as the edits make it, until somebody changed it.
    """
    undone = {path: Clash(ours, now, ours) for path, (now, ours) in changes.items() if not noted.knows(path)}
    for path in changes.keys() & noted.facts.keys():
        was = noted.facts[path]
        if was not in (None, value_at(base, path)):  # what it was of is gone
            undone[path] = Clash(was, *changes[path])
    return undone


def _has_changes(theirs: Config, base: Config, mine: Config) -> bool:
    """Whether their side has all that the edits change of the base."""
    return all(value_at(theirs, path) == wanted for path, (_, wanted) in diff(base, mine).items())


def _lost(base: Config, side: Config, result: Config) -> set[Path]:
    """What a side changed of the base, and the result does not have as that side does."""
    return diff(base, side).keys() & diff(side, result).keys()


def settled(
    merge: Merge, theirs: Config, edits: Sequence[Edit], objects: Collection[Object], mine: bool
) -> list[Edit]:
    """The edits that take one side for some objects, where both clash; what does not clash stays of both.

    Where what somebody else made of the objects needs more than that, the edits that are in its way go whole.
    So do those of what is gone. Raises Refused where what the edits made of them does not fit the box.
    """
    edits = without_unfit(edits, with_fitting(merge.base, edits)[1])
    try:
        return _settled(merge, theirs, edits, objects, mine)
    except Refused:
        if mine:
            raise
        apart = edits_apart(merge.base, edits, objects)
        return without_unfit(apart, with_fitting(theirs, apart)[1])


def _settled(
    merge: Merge, theirs: Config, edits: Sequence[Edit], objects: Collection[Object], mine: bool
) -> list[Edit]:
    kept = list(edits) if mine and merge.result else edits_without(merge.base, edits, objects)
    config, unfit = with_fitting(theirs, kept)
    fitting = without_unfit(kept, unfit)
    if merge.result is not None:
        wanted = with_facts(merge.result, _chosen_facts(merge, theirs, objects, mine))
    elif mine:
        wanted = with_objects_from(config, merge.mine, objects)
    else:
        return fitting
    waiting = [edit for edit, _ in unfit] if mine else []  # they fit once the objects are mine
    settling = [*fitting, *edits_between(config, wanted), *waiting]
    fold(theirs, settling)
    return settling


def without_unfit(edits: Sequence[Edit], unfit: Sequence[tuple[Edit, str]]) -> list[Edit]:
    """The edits without those that do not fit."""
    dropped = [edit for edit, _ in unfit]
    return [edit for edit in edits if edit not in dropped]


def _chosen_facts(
    merge: Merge, theirs: Config, objects: Collection[Object], mine: bool
) -> dict[Path, Scalar]:
    """Of the facts of some objects that clash, what one side made of them."""
    return {
        path: clash.mine if mine else clash.theirs
        for path, clash in merge.clashes.items() if object_of(path, theirs, merge.mine) in objects
    }


def with_fitting(config: Config, edits: Sequence[Edit]) -> tuple[Config, Unfit]:
    """The configuration with the edits that fit it, and the others."""
    unfit: Unfit = []
    for edit in edits:
        try:
            config = edit.edit(config)
        except Refused as error:
            unfit.append((edit, str(error)))
    return config, unfit


def _clashes(base: Config, theirs: Config, mine: Config, paths: Iterable[Path]) -> dict[Path, Clash]:
    sides = (base, theirs, mine)
    return {path: Clash(*(value_at(side, path) for side in sides)) for path in paths}


def _clashes_unmerged(base: Config, theirs: Config, mine: Config) -> dict[Path, Clash]:
    """What differs of the objects that both sides changed."""
    both = changed_objects(base, theirs) & changed_objects(base, mine)
    changed = diff(base, mine).keys() | diff(base, theirs).keys()
    differing = [path for path in diff(theirs, mine) if path in changed]
    return _clashes(base, theirs, mine, [path for path in differing if object_of(path, theirs, mine) in both])


def _all_clashes(base: Config, theirs: Config, mine: Config) -> dict[Path, Clash]:
    """All that the edits change."""
    return _clashes(base, theirs, mine, diff(base, mine))
