"""Read-only words: they show configuration, status, what a commit would do, and the syntax."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

from .. import Command, Keyword, Word
from .topic import Topic


@dataclass(frozen=True)
class SessionShow(Word):
    """Show configuration, as lines that can be typed."""

    topic: Topic = None


@dataclass(frozen=True)
class SessionStatus(Word):
    """Show the status of the machine."""

    topic: Topic = None


@dataclass(frozen=True)
class SessionDiff(Word):
    """Show what the edits change."""

    section: Optional[Keyword] = None


@dataclass(frozen=True)
class SessionCheck(Word):
    """Show the findings about the candidate."""

    section: Optional[Keyword] = None


@dataclass(frozen=True)
class SessionCheckPeer(Word):
    """Show what does not fit together on the two hosts of a pair."""

    peer: str


@dataclass(frozen=True)
class SessionTrace(Word):
    """Show the path of an initiator, a device or a target, from end to end."""

    name: str


@dataclass(frozen=True)
class SessionPlan(Word):
    """Show the steps that a commit would take."""

    section: Optional[Keyword] = None


@dataclass(frozen=True)
class SessionExplain(Word):
    """Show what a line does, as the machine's own commands."""

    line: Command


@dataclass(frozen=True)
class SessionHelp(Word):
    """Show the syntax of lines, or what a code means."""

    words: tuple[str, ...] = ()
