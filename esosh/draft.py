"""A candidate at work: its edits, on disk before they count, and the configuration that they make."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Any, Callable, Optional

from . import executors, history, language, store
from .candidate import Candidate, fold
from .commands import Command, is_edit
from .commands.session import SessionAdopt
from .config import Config
from .errors import LineError, Refused
from .executors import filed, running
from .host import Host
from .merge import Merge, merge
from .store import Typed, Who


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
        kept = store.load(self.host, self.name) if self.name else store.Kept()
        self._base, self.commit, self.typed = kept.base, kept.commit, list(kept.moves)
        self.moves = Candidate()
        for move in kept.moves:
            self.moves = self.moves.move([self._command(line) for line in move.lines])
        self.refresh()

    def _command(self, line: str) -> Command:
        try:
            command = language.parse(line)
        except LineError as error:
            raise Refused(f"candidate {self.name} holds a line that is not in the language: {line}", code="E233",
                          details=(str(error), f"its lines are in {store.folder(self.name)}/edits.esh")) from None
        assert command is not None
        return command

    def refresh(self) -> None:
        """Forget what was read of the machine."""
        self._current: Optional[Config] = None
        self._config: Optional[Config] = None

    def hold(self, wait: float) -> contextlib.AbstractContextManager[None]:
        """Hold the edits against others. Raises Locked."""
        return store.hold(self.host, self.name, self._who, wait) if self._kept else contextlib.nullcontext()

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
        return merge(self._base or self.current, self.current, self.edits)

    @property
    def config(self) -> Config:
        """The machine's configuration with the edits; on their own base where they no longer fit the machine's."""
        if self._config is None:
            try:
                self._config = fold(self.current, self.edits)
            except Refused:
                self._config = self.merge.mine
        return self._config

    def both(self, parts: Sequence[str] = ()) -> tuple[Config, Config]:
        """The machine's configuration as it runs, and as its files say it: some parts, and what was adopted or reapplied."""
        marked = [part for edit in self.edits if isinstance(edit, SessionAdopt) for part in executors.parts(edit.section)]
        told_apart = {*parts, *marked}
        return running(self.host, self.current, told_apart), filed(self.host, self.current, told_apart)

    def after(self, lines: Sequence[Command]) -> Candidate:
        """The candidate after a move. Raises Refused."""
        moves = self.moves.move(lines)
        fold(self.current, moves.edits)
        return moves

    @property
    def there(self) -> bool:
        """Whether it was made, and not committed since."""
        return self._base is not None

    def keep(self, lines: Sequence[Any], config: Optional[Config] = None) -> None:
        """Make a move part of it; `config` is what it makes, where that is known."""
        moves = self.moves.move(lines)
        self._start(any(is_edit(line) for line in lines))
        if self._kept:
            self.typed.append(store.append(self.host, self.name, [str(line) for line in lines], self._who))
        self.moves, self._config = moves, config

    def _start(self, edits: bool) -> None:
        """Start from what the machine has now; more edits leave a base behind with which nothing clashes."""
        if self._base is None or (edits and self._base != self.current and not self.merge.clashes):
            self.rebase(self.current)

    def rebase(self, base: Config) -> None:
        """Let the edits start from another configuration."""
        self._base = base
        if self._kept:
            self.commit = history.last(self.host)
            store.begin(self.host, self.name, base, self.commit)

    @property
    def base(self) -> Config:
        """The configuration that the edits start from."""
        return self._base or self.current

    def last(self) -> Optional[Typed]:
        """The last move, as it lies on disk."""
        return self.typed[-1] if self.typed else None

    def end(self) -> None:
        """Nothing is pending any more."""
        if self._kept and self._base is not None:
            store.drop(self.host, self.name)
        self.assume()
        self.refresh()

    def assume(self) -> None:
        """Go on as if the edits were committed, without touching anything."""
        config = self.config
        self.moves, self._base, self.typed = Candidate(), None, []
        self._current = self._config = config
