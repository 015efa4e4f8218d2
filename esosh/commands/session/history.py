"""Words about past commits."""

from __future__ import annotations

from typing import Optional

from .. import Keyword, Move, Pair, Word


class SessionHistory(Word):
    """Show past commits, or what one of them changed."""

    commit: Optional[str] = None


class SessionHistoryDiff(Word):
    """Show the differences between two states of the box."""

    old: Keyword
    new: Keyword


class SessionHistoryInit(Word):
    """Begin a history: make /etc a git repository."""

    changes = True


class SessionBlame(Word):
    """Show each line of a section with the commit that it comes from."""

    section: Keyword


class SessionRollback(Move):
    """Put what a past commit saved into the candidate: all of it, only some parts, or all but some."""

    commit: str
    scope: Optional[Keyword] = None
    topics: Optional[tuple[Pair, ...]] = None
