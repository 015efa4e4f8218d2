"""Words that look: at configuration, at what runs, at the past, at how to say it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

from ...desk import Session
from ...views import View
from .. import Command
from .topic import Topic, named


@dataclass(frozen=True)
class SessionShow(Command):
    """Show configuration, as lines that can be typed."""

    topic: Topic = None

    def act(self, session: Session) -> View:
        return session.looking.show(*named(self.topic))


@dataclass(frozen=True)
class SessionStatus(Command):
    """Show what lives on the machine."""

    topic: Topic = None

    def act(self, session: Session) -> View:
        return session.looking.status(*named(self.topic))


@dataclass(frozen=True)
class SessionStatusDrift(Command):
    """Show where what runs, the files, the last commit and the boot medium differ."""

    def act(self, session: Session) -> View:
        return session.states.drift()


@dataclass(frozen=True)
class SessionDiff(Command):
    """Show what the edits change."""

    section: Optional[str] = None

    def act(self, session: Session) -> View:
        return session.looking.diff(self.section)


@dataclass(frozen=True)
class SessionCheck(Command):
    """Show the findings on what is to be committed."""

    section: Optional[str] = None

    def act(self, session: Session) -> View:
        return session.looking.check(self.section)


@dataclass(frozen=True)
class SessionCheckPeer(Command):
    """Show what does not fit together on the two hosts of a pair."""

    peer: str

    def act(self, session: Session) -> View:
        return session.looking.check_peer(self.peer)


@dataclass(frozen=True)
class SessionTrace(Command):
    """Show the way of an initiator, a device or a target, from end to end."""

    name: str

    def act(self, session: Session) -> View:
        return session.looking.trace(self.name)


@dataclass(frozen=True)
class SessionPlan(Command):
    """Show the steps that a commit would take."""

    section: Optional[str] = None

    def act(self, session: Session) -> View:
        return session.looking.plan(self.section)


@dataclass(frozen=True)
class SessionHistory(Command):
    """Show past commits, or what one of them changed."""

    commit: Optional[str] = None

    def act(self, session: Session) -> View:
        return session.states.history(self.commit)


@dataclass(frozen=True)
class SessionHistoryDiff(Command):
    """Show what differs between two states of the box."""

    old: str
    new: str

    def act(self, session: Session) -> View:
        return session.states.compare(self.old, self.new)


@dataclass(frozen=True)
class SessionBlame(Command):
    """Show each line of a section with the commit that it is from."""

    section: str

    def act(self, session: Session) -> View:
        return session.states.blame(self.section)


@dataclass(frozen=True)
class SessionExplain(Command):
    """Show what a line does, in the machine's own commands."""

    line: Command

    def act(self, session: Session) -> View:
        return session.looking.explain(self.line)


@dataclass(frozen=True)
class SessionHelp(Command):
    """Show how to say it."""

    words: tuple[str, ...] = ()

    def act(self, session: Session) -> View:
        return session.looking.help(self.words)
