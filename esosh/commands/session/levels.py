"""Words that enter and leave levels, and leave the shell."""

from __future__ import annotations

from dataclasses import dataclass

from .. import Keyword, Word


@dataclass(frozen=True)
class SessionLevel(Word):
    """Enter the level of a section."""

    section: Keyword

    def __str__(self) -> str:
        return self.section


@dataclass(frozen=True)
class SessionUp(Word):
    """Leave the level."""


@dataclass(frozen=True)
class SessionTop(Word):
    """Leave all levels."""


@dataclass(frozen=True)
class SessionQuit(Word):
    """Leave the shell; nothing is lost."""
