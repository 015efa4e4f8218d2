"""Words of the session. The functions that run them are in the module of session/ with the same stem."""

from __future__ import annotations

from .change import SessionAbort, SessionLoad, SessionRedo, SessionResolve, SessionSave, SessionUndo
from .commit import SessionCommit, SessionConfirm, SessionRecover, SessionRevert, SessionSync
from .drift import SessionAdopt, SessionReapply, SessionStatusDrift
from .history import SessionBlame, SessionHistory, SessionHistoryDiff, SessionRollback
from .levels import SessionLevel, SessionQuit, SessionTop, SessionUp
from .show import (
    SessionCheck,
    SessionCheckPeer,
    SessionDiff,
    SessionExplain,
    SessionHelp,
    SessionPlan,
    SessionShow,
    SessionStatus,
    SessionTrace,
)

__all__ = (
    "SessionAbort", "SessionAdopt", "SessionBlame", "SessionCheck", "SessionCheckPeer", "SessionCommit",
    "SessionConfirm", "SessionDiff", "SessionExplain", "SessionHelp", "SessionHistory", "SessionHistoryDiff",
    "SessionLevel", "SessionLoad", "SessionPlan", "SessionQuit", "SessionReapply", "SessionRecover",
    "SessionRedo", "SessionResolve", "SessionRevert", "SessionRollback", "SessionSave", "SessionShow",
    "SessionStatus", "SessionStatusDrift", "SessionSync", "SessionTop", "SessionTrace", "SessionUndo",
    "SessionUp",
)
