"""Words that change the candidate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

from ...config import Config
from ...desk import Session
from ...views import View
from .. import Command, Move
from .topic import Topic, named


@dataclass(frozen=True)
class SessionAbort(Move):
    """Drop the edits; undo brings them back."""

    topic: Topic = None

    @property
    def section(self) -> Optional[str]:
        """The section whose edits go, None for all."""
        return named(self.topic)[0]

    @property
    def name(self) -> Optional[str]:
        """The object whose edits go, None for all of the section."""
        return named(self.topic)[1]

    def act(self, session: Session) -> View:
        return session.move(self)


@dataclass(frozen=True)
class SessionUndo(Move):
    """Take back the last edits."""

    count: Optional[str] = None

    def act(self, session: Session) -> View:
        return session.move(self)


@dataclass(frozen=True)
class SessionRedo(Move):
    """Make again what undo took back."""

    def act(self, session: Session) -> View:
        return session.move(self)


@dataclass(frozen=True)
class SessionResolve(Move):
    """End a conflict: keep what the edits say, or what somebody else made of it."""

    party: str
    topic: Topic = None

    def act(self, session: Session) -> View:
        return session.resolve(self.party, *named(self.topic))


@dataclass(frozen=True)
class SessionAdopt(Move):
    """Put what runs into the candidate. As an edit it changes nothing: it tells a commit to look at both."""

    section: Optional[str] = None

    def edit(self, config: Config) -> Config:
        return config

    def act(self, session: Session) -> View:
        return session.states.adopt(self)


@dataclass(frozen=True)
class SessionReapply(SessionAdopt):
    """Put what the files say into the candidate, so that a commit makes it run."""

    def act(self, session: Session) -> View:
        return session.states.reapply(self)


@dataclass(frozen=True)
class SessionLoad(Move):
    """Put the lines of a file into the candidate, all or nothing."""

    replace: Optional[str]
    file: str

    def act(self, session: Session) -> View:
        return session.load(self.file, replace=self.replace is not None)


@dataclass(frozen=True)
class SessionRollback(Move):
    """Put what a past commit saved into the candidate."""

    commit: str

    def act(self, session: Session) -> View:
        return session.states.rollback(self.commit)


@dataclass(frozen=True)
class SessionSave(Command):
    """Write the candidate as a file of lines."""

    file: str

    def act(self, session: Session) -> View:
        return session.save(self.file)
