"""Read-only words: they show configuration, status, what a commit would do, and the syntax."""

from __future__ import annotations

from typing import Optional

from .. import Command, Keyword, Word
from .topic import Topic


class SessionShow(Word):
    """Show configuration, as lines that can be typed."""

    topic: Topic = None


class SessionStatus(Word):
    """Show the status of the machine."""

    topic: Topic = None


class SessionDiff(Word):
    """Show what the edits change."""

    section: Optional[Keyword] = None


class SessionCheck(Word):
    """Show the findings about the candidate."""

    section: Optional[Keyword] = None


class SessionCheckPeer(Word):
    """Show what does not fit together on the two hosts of a pair."""

    peer: str


class SessionTrace(Word):
    """Show the path of an initiator, a device or a target, from end to end."""

    name: str


class SessionPlan(Word):
    """Show the steps that a commit would take."""

    section: Optional[Keyword] = None


class SessionExplain(Word):
    """Show what a line does, as the machine's own commands."""

    line: Command


class SessionHelp(Word):
    """Show the syntax of lines, or what a code means."""

    words: tuple[str, ...] = ()
