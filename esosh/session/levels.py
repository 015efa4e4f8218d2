"""Runs the words that enter a level and leave it, and the shell."""

from __future__ import annotations

from ..commands.session.levels import SessionLevel, SessionQuit, SessionTop, SessionUp
from ..views import Lines, View
from . import Session


def session_level(session: Session, line: SessionLevel) -> View:
    """Enter the level of a section."""
    session.level = line.section
    return Lines()


def session_up(session: Session, line: SessionUp) -> View:
    """Leave the level."""
    session.level = ""
    return Lines()


def session_top(session: Session, line: SessionTop) -> View:
    """Leave all levels."""
    session.level = ""
    return Lines()


def session_quit(session: Session, line: SessionQuit) -> View:
    """Leave; the edits stay."""
    session.done = True
    return Lines()
