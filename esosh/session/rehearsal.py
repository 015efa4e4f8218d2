"""What would refuse a line that acts, asked before anything is done, and with nobody there to agree."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Callable

from ..commands import Action, Command
from ..commands.session.commit import SessionCommit, SessionConfirm, SessionRevert, SessionSync
from ..commands.session.history import SessionHistoryInit
from ..errors import Refused
from ..transaction import journal, repository
from . import Session
from .commit import nothing_waits, planned, require_no_journal, require_plan, require_savable
from .permission import require_options, require_permission


def require_possible(session: Session, command: Command) -> None:
    """Raises EsoshError as the line itself would, on what the machine has now."""
    if isinstance(command, Action):
        command.prepare(session)
    elif type(command) in _REFUSALS:
        _REFUSALS[type(command)](session, command)


def _commit(session: Session, line: SessionCommit) -> None:
    require_options(session.host, line)
    session.require_unlocked()
    require_no_journal(session.host)
    _, _, steps = planned(session)
    require_plan(steps, line.option("plan") or steps.id)
    if steps.steps:
        require_permission(session, steps, line)


def _confirm(session: Session, line: Command) -> None:
    verdict = journal.CONFIRM if isinstance(line, SessionConfirm) else journal.REVERT
    if journal.awaiting(session.host) is None:
        raise Refused(nothing_waits(session.host, verdict), code="E235")


def _sync(session: Session, line: SessionSync) -> None:
    require_savable(session.host)


def _history_init(session: Session, line: SessionHistoryInit) -> None:
    repository.require_none(session.host)


_REFUSALS: Mapping[type[Command], Callable[[Session, Any], None]] = {
    SessionCommit: _commit,
    SessionConfirm: _confirm,
    SessionRevert: _confirm,
    SessionSync: _sync,
    SessionHistoryInit: _history_init,
}
