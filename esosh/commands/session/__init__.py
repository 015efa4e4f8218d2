"""Words of the session. The functions that run them are in the module of session/ with the same stem."""

from __future__ import annotations

from ...language.sections import members

__getattr__ = members(__name__, {
    "change": "SessionAbort SessionLoad SessionRedo SessionResolve SessionSave SessionUndo",
    "commit": "SessionCommit SessionConfirm SessionRevert SessionSync",
    "drift": "SessionAdopt SessionReapply SessionStatusDrift",
    "history": "SessionBlame SessionHistory SessionHistoryDiff SessionHistoryInit SessionRollback",
    "levels": "SessionLevel SessionQuit SessionTop SessionUp",
    "recover": "SessionRecover",
    "show": "SessionCheck SessionCheckPeer SessionDiff SessionExplain SessionHelp SessionPlan SessionShow "
            "SessionStatus SessionTrace",
})
