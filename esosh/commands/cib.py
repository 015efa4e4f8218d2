"""cib: named candidates, under the words that crm has for them."""

from __future__ import annotations

from typing import Optional

from . import Keyword, Move, Word


class CibNew(Move):
    """Make a candidate with a name, and use it."""

    name: str
    empty: Optional[Keyword] = None


class CibUse(Word):
    """Use another candidate."""

    name: str

    rehearsed = True


class CibList(Word):
    """Show the candidates that exist."""


class CibDiff(Word):
    """Show what a candidate changes."""

    name: Optional[str] = None


class CibCommit(Word):
    """Commit a candidate, then use one's own again."""

    name: Optional[str] = None

    changes = True


class CibReset(Move):
    """Drop a candidate's edits."""

    name: str


class CibDel(Move):
    """Drop a candidate. It is a move of the candidate in use, so that undo restores it."""

    name: str

    removes = True
