"""What two sides changed of one base: their sum, and what of it cannot be had together."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Optional

from .candidate import differing, fold
from .commands import owner
from .config import Config
from .errors import Refused
from .flat import Path, Scalar, diff, flatten


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
        return Merge(mine, None, _apart(base, theirs, mine), str(error))
    lost = [path for side in (theirs, mine) for path in diff(base, side).keys() & diff(side, result).keys()]
    return Merge(mine, result, _clashes(base, theirs, mine, sorted(set(lost))), refused)


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
    changed = [*diff(base, mine), *diff(base, theirs)]
    paths = [path for path in diff(theirs, mine) if path in changed and owner(path, theirs, mine) in both]
    return _clashes(base, theirs, mine, paths or list(diff(base, mine)))
