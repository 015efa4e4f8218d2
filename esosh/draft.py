"""A candidate at work: its edits, on disk before they count, and the configuration that they make."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Any, Callable, Optional

from . import executors, history, language, shelf
from .candidate import Candidate, fold
from .commands import Command, is_edit
from .commands.session import SessionAdopt
from .config import Config
from .errors import LineError, Refused
from .executors import filed, running
from .host import Host
from .merge import Merge, merge
from .shelf import Base, Typed
from .store import Who


class Draft:
    """Edits on a host's configuration. `name` "": a batch's own, nowhere on disk. `kept`: its moves go to disk."""

    def __init__(self, host: Host, who: Who, name: str, kept: bool, read: Optional[Callable[[], Config]] = None) -> None:
        self.host = host
        self.name = name
        self._kept = kept and bool(name)
        self._who = who
        self._read = read or (lambda: executors.read(host))
        self.load()

    def load(self) -> None:
        """Read the edits from disk again."""
        kept = shelf.load(self.host, self.name) if self.name else shelf.Kept()
        self._bases, self.typed = dict(kept.bases), list(kept.moves)
        self.moves = Candidate(base=min(kept.bases, default=0))
        for move in kept.moves:
            self.moves = self.moves.move([self._command(line) for line in move.lines], move.base)
        self.refresh()

    def reload(self) -> None:
        """Read them again where they lie on disk: somebody may have changed them until we had them."""
        if self._kept:
            self.load()

    def _command(self, line: str) -> Command:
        try:
            command = language.parse(line)
        except LineError as error:
            raise Refused(f"candidate {self.name} holds a line that is not in the language: {line}", code="E233",
                          details=(str(error), f"its lines are in {shelf.folder(self.name)}/edits.esh")) from None
        assert command is not None
        return command

    def refresh(self) -> None:
        """Forget what was read of the machine."""
        self._current: Optional[Config] = None
        self._config: Optional[Config] = None

    def hold(self, wait: float) -> contextlib.AbstractContextManager[None]:
        """Hold the edits against others. Raises Locked."""
        return shelf.hold(self.host, self.name, self._who, wait) if self._kept else contextlib.nullcontext()

    @property
    def count(self) -> int:
        """How many edits count."""
        return self.moves.count

    @property
    def edits(self) -> tuple[Any, ...]:
        """The edits that count."""
        return self.moves.edits

    @property
    def current(self) -> Config:
        """The configuration that the machine has."""
        if self._current is None:
            self._current = self._read()
        return self._current

    @property
    def merge(self) -> Merge:
        """The edits on what the machine has now, and what clashes there."""
        return merge(self.base, self.current, self.edits)

    @property
    def config(self) -> Config:
        """The machine's configuration with the edits; on their own base where they no longer fit the machine's."""
        if self._config is None:
            try:
                self._config = fold(self.current, self.edits)
            except Refused:
                self._config = self.merge.mine
        return self._config

    def both(self, *more: Command) -> tuple[Config, Config]:
        """The machine's configuration as it runs, and as its files say it, in the parts that are adopted or reapplied.

        `more`: edits that are to come.
        """
        taken = [edit for edit in (*self.edits, *more) if isinstance(edit, SessionAdopt)]
        parts = {part for edit in taken for part in executors.parts(edit.section)}
        return running(self.host, self.current, parts), filed(self.host, self.current, parts)

    def after(self, lines: Sequence[Command]) -> Candidate:
        """The candidate after a move. Raises Refused."""
        moves = self.moves.move(lines)
        fold(self.current, moves.edits)
        return moves

    @property
    def there(self) -> bool:
        """Whether it was made, and not committed since."""
        return bool(self._bases)

    def keep(self, lines: Sequence[Any], config: Optional[Config] = None) -> None:
        """Make a move part of it; `config` is what it makes, where that is known."""
        base = self._start(any(is_edit(line) for line in lines))
        self._keep(lines, base, config)

    def _keep(self, lines: Sequence[Any], base: int, config: Optional[Config]) -> None:
        moves = self.moves.move(lines, base)
        if self._kept:
            for line in lines:
                _said(str(line))
            self.typed.append(shelf.append(self.host, self.name, [str(line) for line in lines], self._who, moves.base))
        self.moves, self._config = moves, config

    def _start(self, edits: bool) -> int:
        """The number of the base to start from: what the machine has now, for edits with which nothing clashes."""
        if self.there and not (edits and self.base != self.current and not self.merge.clashes):
            return self.moves.base
        return self._begin(self.current)

    def _begin(self, config: Config) -> int:
        number = max(self._bases, default=0) + 1
        base = Base.of(config, history.last(self.host) if self._kept else 0)
        if self._kept:
            shelf.begin(self.host, self.name, number, base)
        self._bases[number] = base
        return number

    def make(self) -> None:
        """Be there, without an edit."""
        self.moves = Candidate(base=self._begin(self.current))

    def settle(self, lines: Sequence[Any], base: Config) -> None:
        """Make a move part of it that starts from another base, which undo takes back too."""
        self._keep(lines, self._begin(base), None)

    @property
    def base(self) -> Config:
        """The configuration that the edits start from."""
        return self._bases[self.moves.base].config if self.moves.base in self._bases else self.current

    @property
    def commit(self) -> int:
        """The number of the newest commit when the edits began; 0 for none."""
        return self._bases[self.moves.base].commit if self.moves.base in self._bases else 0

    def last(self) -> Optional[Typed]:
        """The last move, as it lies on disk."""
        return self.typed[-1] if self.typed else None

    def end(self) -> None:
        """Nothing is pending any more."""
        if self._kept and self.there:
            shelf.drop(self.host, self.name)
        self.assume()
        self.refresh()

    def assume(self) -> None:
        """Go on as if the edits were committed, without touching anything."""
        config = self.config
        self.moves, self._bases, self.typed = Candidate(), {}, []
        self._current = self._config = config


def _said(line: str) -> None:
    """Raises Refused for what came from the machine and no line can say: nothing could read it again."""
    try:
        language.parse(line)
    except LineError as error:
        raise Refused(f"no line can say this, so it stays as it is: {line}", details=(str(error),), code="E240") from None
