"""cib: named candidates, under the words that crm has for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

from . import Keyword, Move, Word


@dataclass(frozen=True)
class CibNew(Move):
    """Make a candidate with a name, and use it."""

    name: str
    empty: Optional[Keyword] = None


@dataclass(frozen=True)
class CibUse(Word):
    """Use another candidate."""

    name: str

    rehearsed = True


@dataclass(frozen=True)
class CibList(Word):
    """Show the candidates that exist."""


@dataclass(frozen=True)
class CibDiff(Word):
    """Show what a candidate changes."""

    name: Optional[str] = None


@dataclass(frozen=True)
class CibCommit(Word):
    """Commit a candidate, then use one's own again."""

    name: Optional[str] = None

    changes = True


@dataclass(frozen=True)
class CibReset(Move):
    """Drop a candidate's edits."""

    name: str


@dataclass(frozen=True)
class CibDel(Move):
    """Drop a candidate. It is a move of the candidate in use, so that undo restores it."""

    name: str

    removes = True
