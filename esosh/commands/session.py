"""The words that work on the session itself; `act` hands each to the session."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

from ..views import View
from . import Change, Command, Pair, Pairs, Session, given

Topic = Optional[Pair]


class Move(Change):
    """A change of the candidate alone."""

    rehearsed = True


@dataclass(frozen=True)
class SessionLevel(Command):
    """Enter the level of a section."""

    section: str

    def __str__(self) -> str:
        return self.section

    def act(self, session: Session) -> View:
        return session.enter(self.section)


@dataclass(frozen=True)
class SessionUp(Command):
    """Leave the level."""

    def act(self, session: Session) -> View:
        return session.enter("")


@dataclass(frozen=True)
class SessionTop(SessionUp):
    """Leave all levels."""


@dataclass(frozen=True)
class SessionQuit(Command):
    """Leave the shell; nothing is lost."""

    def act(self, session: Session) -> View:
        return session.quit()


@dataclass(frozen=True)
class SessionShow(Command):
    """Show configuration, as lines that can be typed."""

    topic: Topic = None

    def act(self, session: Session) -> View:
        return session.show(*_topic(self.topic))


@dataclass(frozen=True)
class SessionStatus(Command):
    """Show what lives on the machine."""

    topic: Topic = None

    def act(self, session: Session) -> View:
        return session.status(*_topic(self.topic))


def _topic(topic: Topic) -> tuple[Optional[str], Optional[str]]:
    return (topic.key, str(topic.value) if topic.value else None) if topic else (None, None)


@dataclass(frozen=True)
class SessionDiff(Command):
    """Show what the edits change."""

    section: Optional[str] = None

    def act(self, session: Session) -> View:
        return session.diff(self.section)


@dataclass(frozen=True)
class SessionCheck(Command):
    """Show the findings on what is to be committed."""

    section: Optional[str] = None

    def act(self, session: Session) -> View:
        return session.check(self.section)


@dataclass(frozen=True)
class SessionPlan(Command):
    """Show the steps that a commit would take."""

    section: Optional[str] = None

    def act(self, session: Session) -> View:
        return session.plan(self.section)


@dataclass(frozen=True)
class SessionCommit(Change):
    """Apply all edits, or none of them."""

    pairs: Pairs = ()

    def act(self, session: Session) -> View:
        return session.commit(self.option("comment"), self.option("allow"), self.option("force"))

    def option(self, key: str) -> str:
        """The value of an option, "" where it is not given."""
        return str(given(self.pairs).get(key) or "")


@dataclass(frozen=True)
class SessionAbort(Move):
    """Drop the edits; undo brings them back."""

    section: Optional[str] = None

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
class SessionHistory(Command):
    """Show past commits."""

    count: Optional[str] = None

    def act(self, session: Session) -> View:
        return session.history(int(self.count or 20))


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
        return session.rollback(self.commit)


@dataclass(frozen=True)
class SessionSave(Command):
    """Write the candidate as a file of lines."""

    file: str

    def act(self, session: Session) -> View:
        return session.save(self.file)


@dataclass(frozen=True)
class SessionSync(Change):
    """Save /etc to the boot medium now."""

    def act(self, session: Session) -> View:
        return session.sync()


@dataclass(frozen=True)
class SessionRecover(Change):
    """Finish or undo a commit that was cut short."""

    def act(self, session: Session) -> View:
        return session.recover()


@dataclass(frozen=True)
class SessionExplain(Command):
    """Show what a line does, in the machine's own commands."""

    line: Command

    def act(self, session: Session) -> View:
        return session.explain(self.line)


@dataclass(frozen=True)
class SessionHelp(Command):
    """Show how to say it."""

    words: tuple[str, ...] = ()

    def act(self, session: Session) -> View:
        return session.help(self.words)
