"""cib: named candidates, under the words that crm has for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

from ..desk import Session
from ..views import View
from . import Change, Command, Move


@dataclass(frozen=True)
class CibNew(Move):
    """Make a candidate with a name, and use it."""

    name: str
    empty: Optional[str] = None

    def act(self, session: Session) -> View:
        return session.cib.new(self.name, empty=self.empty is not None)


@dataclass(frozen=True)
class CibUse(Command):
    """Go on with another candidate."""

    name: str
    rehearsed = True

    def act(self, session: Session) -> View:
        return session.cib.use(self.name)


@dataclass(frozen=True)
class CibList(Command):
    """Show the candidates that there are."""

    def act(self, session: Session) -> View:
        return session.cib.list()


@dataclass(frozen=True)
class CibDiff(Command):
    """Show what a candidate changes."""

    name: Optional[str] = None

    def act(self, session: Session) -> View:
        return session.cib.diff(self.name)


@dataclass(frozen=True)
class CibCommit(Change):
    """Commit a candidate, and go on with one's own."""

    name: Optional[str] = None

    def act(self, session: Session) -> View:
        return session.cib.commit(self.name)


@dataclass(frozen=True)
class CibReset(Move):
    """Drop a candidate's edits."""

    name: str

    def act(self, session: Session) -> View:
        return session.cib.reset(self.name)


@dataclass(frozen=True)
class CibDel(Move):
    """Drop a candidate. It is a move of the one in use, so that undo brings it back."""

    name: str

    def act(self, session: Session) -> View:
        return session.cib.delete(self)
