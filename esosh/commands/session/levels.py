"""Words that enter and leave levels, and leave the shell."""

from __future__ import annotations

from .. import Keyword, Word


class SessionLevel(Word):
    """Enter the level of a section."""

    section: Keyword

    def __str__(self) -> str:
        return self.section


class SessionUp(Word):
    """Leave the level."""


class SessionTop(Word):
    """Leave all levels."""


class SessionQuit(Word):
    """Leave the shell; nothing is lost."""
