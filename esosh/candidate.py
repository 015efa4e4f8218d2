"""A candidate: a list of edits that may be taken back and made again.

Every move (edits, undo, redo, abort) is lines of the language, so a candidate is its lines read again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, Optional

from . import commands
from .commands import Command, Object, is_edit, owner
from .commands.cib import CibDel
from .commands.session import SessionAbort, SessionRedo, SessionUndo
from .config import Config
from .errors import Refused
from .flat import diff, flatten, unflatten


def section(command: Command) -> str:
    """The section that a command belongs to."""
    named: Optional[str] = getattr(command, "section", None)
    return named or type(command).__module__.split(".")[2]


def fold(config: Config, edits: Iterable[Any]) -> Config:
    """The configuration with the edits. Raises Refused when one does not fit."""
    return reduce(lambda config, edit: edit.edit(config), edits, config)


def leading(old: Config, new: Config) -> Iterator[Any]:
    """The edits that lead from one configuration to another: what differs goes, then it comes anew.

    Raises Refused where what `new` has does not fit the box.
    """
    sections = [commands.section(name) for name in commands.SECTIONS]
    taken = list(telling(old, (line for module in reversed(sections) for line in _takes(module, old, new))))
    left = fold(old, taken)
    yield from taken
    yield from telling(left, (line for module in sections for line in _gives(module, left, new)))


def _takes(module: Any, old: Config, new: Config) -> Iterator[Any]:
    if hasattr(module, "takes"):
        return iter(module.takes(old, new))
    return (line for name in _names(module, old, new) for line in module.clear(old, name))


def _gives(module: Any, old: Config, new: Config) -> Iterator[Any]:
    if hasattr(module, "gives"):
        return iter(module.gives(old, new))
    return (line for name in _names(module, old, new) for line in module.lines(new, name))


def _names(module: Any, old: Config, new: Config) -> list[str]:
    """The objects that differ."""
    return [name for name in dict.fromkeys((*module.names(old), *module.names(new)))
            if list(module.lines(old, name)) != list(module.lines(new, name))]


def telling(config: Config, edits: Iterable[Any]) -> Iterator[Any]:
    """The edits that change something, one after the other. Raises Refused when one does not fit."""
    for edit in edits:
        before, config = config, edit.edit(config)
        if config != before:
            yield edit


def differing(old: Config, new: Config) -> set[Object]:
    """The objects that are not the same in both."""
    return {owner(path, old, new) for path in diff(old, new)}


def mixed(config: Config, other: Config, objects: Collection[Object]) -> Config:
    """The configuration, but for some objects, which are as in the other one."""
    ours = {path: value for path, value in flatten(config).items() if owner(path, config, other) not in objects}
    theirs = {path: value for path, value in flatten(other).items() if owner(path, config, other) in objects}
    found: Config = unflatten(Config, {**ours, **theirs})
    return found


def without(config: Config, edits: Sequence[Any], objects: Collection[Object]) -> list[Any]:
    """The edits that give what these give, but for some objects, which stay as they are.

    Raises Refused where what is left needs what goes.
    """
    kept, now = [], config
    for edit in edits:
        before, now = now, edit.edit(now)
        if now == before or not differing(before, now) & set(objects):
            kept.append(edit)
    return [*kept, *leading(fold(config, kept), mixed(now, config, objects))]


@dataclass(frozen=True)
class Chain:
    """Edits, the last one first: candidates that grow by one edit each share all others."""

    previous: Optional[Chain]
    edit: Any
    length: int

    @classmethod
    def grown(cls, chain: Optional[Chain], edits: Iterable[Any]) -> Optional[Chain]:
        """The chain with more edits."""
        for edit in edits:
            chain = cls(chain, edit, chain.length + 1 if chain else 1)
        return chain


@dataclass(frozen=True, eq=False)
class Candidate:
    """The edits that count now (`chain`), the number of the base that they start from, and the candidates deleted meanwhile.

    `before` is the candidate before the last move, `ahead` the one that redo brings.
    """

    chain: Optional[Chain] = None
    base: int = 0
    deleted: frozenset[str] = frozenset()
    before: Optional[Candidate] = None
    ahead: Optional[Candidate] = None
    moves: int = 0

    @property
    def count(self) -> int:
        """How many edits count."""
        return self.chain.length if self.chain else 0

    @property
    def edits(self) -> tuple[Any, ...]:
        """The edits that count, in order."""
        found, link = [], self.chain
        while link:
            found.append(link.edit)
            link = link.previous
        return tuple(reversed(found))

    def move(self, lines: Sequence[Command], base: int = 0) -> Candidate:
        """The candidate after lines that are one move: edits, behind an abort or not, or undo, or redo.

        `base` is the one that edits start from by now. Raises Refused when there is nothing to take back or to make again.
        """
        first, *others = lines
        if isinstance(first, SessionUndo):
            return self._undo(int(first.count or 1))
        if isinstance(first, SessionRedo):
            return self._redo()
        if isinstance(first, SessionAbort):
            kept = [edit for edit in self.edits if first.section not in (None, section(edit))]
            return self._to(Chain.grown(None, [*kept, *others]), base)
        deleted = [line.name for line in lines if isinstance(line, CibDel)]
        return self._to(Chain.grown(self.chain, [line for line in lines if is_edit(line)]), base, deleted)

    def _to(self, chain: Optional[Chain], base: int, deleted: Iterable[str] = ()) -> Candidate:
        return Candidate(chain, base or self.base, self.deleted.union(deleted), self, moves=self.moves + 1)

    def _undo(self, count: int) -> Candidate:
        if not self.moves:
            raise Refused("no edits to take back; past commits go back with rollback", mend="history", code="E230")
        if count > self.moves:
            raise Refused(f"edits to take back: {self.moves}", mend=f"undo {self.moves}", code="E230")
        candidate = self
        for _ in range(count):
            before = candidate.before
            assert before is not None
            candidate = Candidate(before.chain, before.base, before.deleted, before.before, candidate, before.moves)
        return candidate

    def _redo(self) -> Candidate:
        if not self.ahead:
            raise Refused("nothing was taken back", code="E230")
        return Candidate(self.ahead.chain, self.ahead.base, self.ahead.deleted, self, self.ahead.ahead, self.moves + 1)
