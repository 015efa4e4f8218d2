"""What two sides changed of one base: their sum, and what of it cannot be had together."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Optional

from .candidate import differing, fold, leading, mixed, without
from .commands import Object, owner
from .config import Config
from .errors import Refused
from .flat import Path, Scalar, diff, flatten, unflatten


@dataclass(frozen=True)
class Clash:
    """A fact as both sides found it, as somebody else made it, and as the edits make it."""

    base: Scalar
    theirs: Scalar
    mine: Scalar


@dataclass(frozen=True)
class Merge:
    """What the edits make of what somebody else made of the base; None where an edit does not fit it (`refused`).

    Each change of either side is in `result`, or is a clash.
    """

    base: Config
    mine: Config
    result: Optional[Config]
    clashes: dict[Path, Clash]
    refused: str = ""


def merge(base: Config, theirs: Config, edits: Sequence[Any]) -> Merge:
    """Put edits that were made on a base on what somebody else made of it."""
    mine = _fitting(base, edits)
    try:
        result, refused = fold(theirs, edits), ""
    except Refused as error:
        sides = flatten(theirs)
        if all(sides.get(path) == wanted for path, (_, wanted) in diff(base, mine).items()):  # they did the same
            return Merge(base, mine, theirs, {})
        return Merge(base, mine, None, _apart(base, theirs, mine), str(error))
    lost = [path for side in (theirs, mine) for path in diff(base, side).keys() & diff(side, result).keys()]
    return Merge(base, mine, result, _clashes(base, theirs, mine, sorted(set(lost))), refused)


def settled(merge: Merge, theirs: Config, edits: Sequence[Any], objects: Collection[Object], mine: bool) -> list[Any]:
    """The edits that make of some objects what one side did, where both clash; what does not clash stays of both.

    Raises Refused where that does not fit the box.
    """
    kept = list(edits) if mine and merge.result else without(merge.base, edits, objects)
    now = fold(theirs, kept)
    if merge.result is None:
        return [*kept, *leading(now, mixed(now, merge.mine, objects))] if mine else kept
    chosen = {path: clash.mine if mine else clash.theirs for path, clash in merge.clashes.items()
              if owner(path, theirs, merge.mine) in objects}
    return [*kept, *leading(now, _with(merge.result, chosen))]


def _with(config: Config, facts: Mapping[Path, Scalar]) -> Config:
    """The configuration with other facts; what hangs below one that is gone goes with it."""
    gone = [path for path, value in facts.items() if value is None]
    kept = {path: value for path, value in {**flatten(config), **facts}.items()
            if value is not None and not any(path[: len(above)] == above for above in gone)}
    found: Config = unflatten(Config, kept)
    return found


def _fitting(config: Config, edits: Sequence[Any]) -> Config:
    """The configuration with those of the edits that fit it: one on what only the other side has does not."""
    for edit in edits:
        with contextlib.suppress(Refused):
            config = edit.edit(config)
    return config


def _clashes(base: Config, theirs: Config, mine: Config, paths: Sequence[Path]) -> dict[Path, Clash]:
    sides = [flatten(side) for side in (base, theirs, mine)]
    return {path: Clash(*(side.get(path) for side in sides)) for path in paths}


def _apart(base: Config, theirs: Config, mine: Config) -> dict[Path, Clash]:
    """What differs between the two sides of the objects that both changed; of all that the edits change, if there is none."""
    both = differing(base, theirs) & differing(base, mine)
    changed = {*diff(base, mine), *diff(base, theirs)}
    paths = [path for path in diff(theirs, mine) if path in changed and owner(path, theirs, mine) in both]
    return _clashes(base, theirs, mine, paths or list(diff(base, mine)))
