"""Words about drift: differences between what runs and what the files say."""

from __future__ import annotations

from typing import Optional

from ...config import Config
from .. import Edit, Keyword, Move, Word


class SessionStatusDrift(Word):
    """Show the differences between what runs, the files, the last commit and the boot medium."""


class SessionAdopt(Move, Edit):
    """Put what runs into the candidate. As an edit it changes nothing; it makes a commit read both."""

    section: Optional[Keyword] = None

    def edit(self, config: Config) -> Config:
        return config


class SessionReapply(SessionAdopt):
    """Put what the files say into the candidate, so that a commit makes it run."""
