"""Words that change the candidate, and that load and save it."""

from __future__ import annotations

from typing import Optional

from .. import Keyword, Move, Word
from .topic import Topic, section_and_name


class SessionAbort(Move):
    """Drop the edits; undo restores them."""

    topic: Topic = None

    @property
    def section(self) -> Optional[str]:
        """The section whose edits are dropped, None for all."""
        return section_and_name(self.topic)[0]

    @property
    def name(self) -> Optional[str]:
        """The object whose edits are dropped, None for all of the section."""
        return section_and_name(self.topic)[1]


class SessionUndo(Move):
    """Take back the last edits."""

    count: Optional[str] = None


class SessionRedo(Move):
    """Make again what undo took back."""


class SessionResolve(Move):
    """End a conflict: keep one's own edits, or the other party's change."""

    party: Keyword
    topic: Topic = None


class SessionLoad(Move):
    """Put the lines of a file into the candidate, all or nothing."""

    replace: Optional[Keyword]
    file: str


class SessionSave(Word):
    """Write the candidate as a file of lines."""

    writes = True
    file: str
