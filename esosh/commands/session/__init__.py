"""The words that work on the session itself; `act` hands each to the session."""

from __future__ import annotations

from dataclasses import dataclass

from ...desk import Session
from ...views import View
from .. import Command
from .looking import (
    SessionBlame,
    SessionCheck,
    SessionCheckPeer,
    SessionDiff,
    SessionExplain,
    SessionHelp,
    SessionHistory,
    SessionHistoryDiff,
    SessionPlan,
    SessionShow,
    SessionStatus,
    SessionStatusDrift,
    SessionTrace,
)
from .machine import (
    SessionCommit,
    SessionConfirm,
    SessionRecover,
    SessionRevert,
    SessionSync,
)
from .moves import (
    SessionAbort,
    SessionAdopt,
    SessionLoad,
    SessionReapply,
    SessionRedo,
    SessionResolve,
    SessionRollback,
    SessionSave,
    SessionUndo,
)

__all__ = (
    "SessionAbort", "SessionAdopt", "SessionBlame", "SessionCheck", "SessionCheckPeer", "SessionCommit", "SessionConfirm",
    "SessionDiff", "SessionExplain", "SessionHelp", "SessionHistory", "SessionHistoryDiff", "SessionLevel", "SessionLoad",
    "SessionPlan", "SessionQuit", "SessionReapply", "SessionRecover", "SessionRedo", "SessionResolve", "SessionRevert",
    "SessionRollback", "SessionSave", "SessionShow", "SessionStatus", "SessionStatusDrift", "SessionSync", "SessionTop",
    "SessionTrace", "SessionUndo", "SessionUp",
)


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
