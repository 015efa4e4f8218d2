"""What two sides changed of one base."""

from __future__ import annotations

from .config import Config
from .flat import Path, Scalar, diff

Clash = tuple[Scalar, Scalar, Scalar]


def conflicts(base: Config, theirs: Config, mine: Config) -> dict[Path, Clash]:
    """The paths that both sides changed, and not to the same: base, theirs and mine."""
    their_changes, my_changes = diff(base, theirs), diff(base, mine)
    both = (path for path in my_changes if path in their_changes)
    found = {path: (my_changes[path][0], their_changes[path][1], my_changes[path][1]) for path in both}
    return {path: clash for path, clash in found.items() if clash[1] != clash[2]}
