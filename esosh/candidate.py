"""A candidate: a list of edits that may be taken back and made again.

Every move (an edit, undo, redo, abort) is a line of the language, so a candidate is its lines read again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

from . import commands
from .commands import Command
from .commands.session import SessionAbort, SessionRedo, SessionUndo
from .config import Config
from .errors import Refused

Edits = tuple[Any, ...]


def section(command: Command) -> str:
    """The section that a command belongs to."""
    return type(command).__module__.split(".")[2]


def fold(config: Config, edits: Iterable[Any]) -> Config:
    """The configuration with the edits. Raises Refused when one does not fit."""
    return reduce(lambda config, edit: edit.edit(config), edits, config)


def leading(old: Config, new: Config) -> Iterator[Any]:
    """The edits that lead from one configuration to another: what differs goes, then it comes anew.

    Raises Refused where what `new` has does not fit the box.
    """
    sections = [commands.section(name) for name in commands.SECTIONS]
    differing = [(module, name) for module in sections for name in dict.fromkeys((*module.names(old), *module.names(new)))
                 if list(module.lines(old, name)) != list(module.lines(new, name))]
    edits = [*(line for module, name in differing for line in module.clear(old, name)),
             *(line for module, name in differing for line in module.lines(new, name))]
    return telling(old, edits)


def telling(config: Config, edits: Iterable[Any]) -> Iterator[Any]:
    """The edits that change something, one after the other. Raises Refused when one does not fit."""
    for edit in edits:
        before, config = config, edit.edit(config)
        if config != before:
            yield edit


@dataclass(frozen=True)
class Candidate:
    """The edits that count now, and those before each move: behind for undo, ahead for redo."""

    edits: Edits = ()
    behind: tuple[Edits, ...] = ()
    ahead: tuple[Edits, ...] = ()

    def move(self, line: Command) -> Candidate:
        """The candidate after a line. Raises Refused when there is nothing to take back or to make again."""
        if isinstance(line, SessionUndo):
            return self._undo(int(line.count or 1))
        if isinstance(line, SessionRedo):
            return self._redo()
        if isinstance(line, SessionAbort):
            kept = tuple(edit for edit in self.edits if line.section not in (None, section(edit)))
            return self._to(kept)
        return self._to((*self.edits, line))

    def _to(self, edits: Edits) -> Candidate:
        return Candidate(edits, (*self.behind, self.edits))

    def _undo(self, count: int) -> Candidate:
        if count > len(self.behind):
            raise Refused(f"edits to take back: {len(self.behind)}", code="E230")
        candidate = self
        for _ in range(count):
            candidate = Candidate(candidate.behind[-1], candidate.behind[:-1], (*candidate.ahead, candidate.edits))
        return candidate

    def _redo(self) -> Candidate:
        if not self.ahead:
            raise Refused("nothing was taken back", code="E230")
        return replace(self._to(self.ahead[-1]), ahead=self.ahead[:-1])
