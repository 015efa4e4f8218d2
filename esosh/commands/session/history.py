"""Words about past commits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

from .. import Keyword, Move, Word


@dataclass(frozen=True)
class SessionHistory(Word):
    """Show past commits, or what one of them changed."""

    commit: Optional[str] = None


@dataclass(frozen=True)
class SessionHistoryDiff(Word):
    """Show the differences between two states of the box."""

    old: Keyword
    new: Keyword


@dataclass(frozen=True)
class SessionBlame(Word):
    """Show each line of a section with the commit that it comes from."""

    section: Keyword


@dataclass(frozen=True)
class SessionRollback(Move):
    """Put what a past commit saved into the candidate."""

    commit: str
