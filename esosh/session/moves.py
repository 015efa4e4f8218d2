"""The moves of a candidate: edits, abort, undo, redo.

Every move is lines of the language, so a candidate is its lines read again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Optional

from ..commands import Command, Edit
from ..commands.cib import CibDel
from ..commands.session.change import SessionAbort, SessionRedo, SessionUndo
from ..errors import Refused
from ..language.numbers import decimal
from ..records import Record
from .edits import section_of

KEPT = (Edit, SessionAbort, SessionUndo, SessionRedo, CibDel)  # what moves are made of


class Chain(Record):
    """Edits, the last one first: candidates that grow by one edit each share all others."""

    previous: Optional[Chain]
    edit: Edit
    length: int

    @classmethod
    def grown(cls, chain: Optional[Chain], edits: Iterable[Edit]) -> Optional[Chain]:
        """The chain with more edits."""
        for edit in edits:
            chain = cls(chain, edit, chain.length + 1 if chain else 1)
        return chain


class Moves(Record):
    """The edits that count now (`chain`), the number of their base, and the candidates that were deleted.

    `before` is the state before the last move, `ahead` what redo brings.
    """

    chain: Optional[Chain] = None
    base: int = 0
    deleted: frozenset[str] = frozenset()
    before: Optional[Moves] = None
    ahead: Optional[Moves] = None
    moves: int = 0

    @property
    def count(self) -> int:
        """How many edits count."""
        return self.chain.length if self.chain else 0

    @property
    def edits(self) -> tuple[Edit, ...]:
        """The edits that count, in order."""
        edits, link = [], self.chain
        while link:
            edits.append(link.edit)
            link = link.previous
        return tuple(reversed(edits))

    @property
    def last(self) -> Optional[Edit]:
        """The last of the edits that count."""
        return self.chain.edit if self.chain else None

    def is_same_as(self, other: Moves) -> bool:
        """Whether both have the same edits on the same base, and the same candidates deleted."""
        return (self.edits, self.deleted, self.base) == (other.edits, other.deleted, other.base)

    def missing(self, other: Moves) -> list[Edit]:
        """The edits of the other that this one has not."""
        edits = set(self.edits)
        return [edit for edit in other.edits if edit not in edits]

    def move(self, lines: Sequence[Command], base: int = 0) -> Moves:
        """The moves after lines that are one move: edits, after an abort or not, or undo, or redo.

        `base` is the one that edits start from by now. Raises Refused when there is nothing to undo or redo.
        """
        first = lines[0]
        if isinstance(first, SessionUndo):
            return self._undo(decimal(first.count or "1") or 0)
        if isinstance(first, SessionRedo):
            return self._redo()
        if isinstance(first, SessionAbort):
            return self._to(Chain.grown(None, [*self._edits_after(first), *_edits(lines)]), base)
        deleted = [line.name for line in lines if isinstance(line, CibDel)]
        return self._to(Chain.grown(self.chain, _edits(lines)), base, deleted)

    def _edits_after(self, abort: SessionAbort) -> list[Edit]:
        """The edits that an abort keeps: those of other sections."""
        return [edit for edit in self.edits if abort.section not in (None, section_of(edit))]

    def _to(self, chain: Optional[Chain], base: int, deleted: Iterable[str] = ()) -> Moves:
        return Moves(chain, base or self.base, self.deleted.union(deleted), self, moves=self.moves + 1)

    def _undo(self, count: int) -> Moves:
        if not self.moves:
            message = "no edits to take back; past commits go back with rollback"
            raise Refused(message, hint="history", code="E230")
        if count > self.moves:
            raise Refused(f"edits to take back: {self.moves}", hint=f"undo {self.moves}", code="E230")
        moves = self
        for _ in range(count):
            before = moves.before
            assert before is not None
            moves = Moves(before.chain, before.base, before.deleted, before.before, moves, before.moves)
        return moves

    def _redo(self) -> Moves:
        if not self.ahead:
            raise Refused("nothing was taken back", code="E230")
        ahead = self.ahead
        return Moves(ahead.chain, ahead.base, ahead.deleted, self, ahead.ahead, self.moves + 1)


def _edits(lines: Sequence[Command]) -> list[Edit]:
    return [line for line in lines if isinstance(line, Edit)]
