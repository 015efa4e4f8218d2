"""The candidate of a session: its edits, on disk before they count, and the configuration that they make."""

from __future__ import annotations

import contextlib
from typing import Any, Optional

from . import executors, language, merge, reports, store
from .candidate import Candidate, fold
from .commands import Command
from .config import Config
from .errors import Conflict, LineError, Refused
from .host import Host
from .store import Who


class Draft:
    """Edits on a host's configuration. `kept`: they lie on disk and outlive us; else they are a batch's own."""

    def __init__(self, host: Host, who: Who, name: str, kept: bool) -> None:
        self.host = host
        self.name = name if kept else ""
        self._who = who
        self.load()

    def load(self) -> None:
        """Read the edits from disk again."""
        self._base, lines = store.load(self.host, self.name) if self.name else (None, [])
        self._moves = Candidate()
        for line in lines:
            self._moves = self._moves.move(self._read(line))
        self.refresh()

    def _read(self, line: str) -> Command:
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
        return store.hold(self.host, self.name, self._who, wait) if self.name else contextlib.nullcontext()

    @property
    def edits(self) -> tuple[Any, ...]:
        """The edits that count."""
        return self._moves.edits

    @property
    def current(self) -> Config:
        """The configuration that the machine has."""
        if self._current is None:
            self._current = executors.read(self.host)
        return self._current

    @property
    def config(self) -> Config:
        """The machine's configuration with the edits; on their own base where they no longer fit the machine's."""
        if self._config is None:
            try:
                self._config = fold(self.current, self.edits)
            except Refused:
                self._config = fold(self._base or self.current, self.edits)
        return self._config

    def merged(self) -> Config:
        """The machine's configuration with the edits. Raises Conflict where the machine changed under them."""
        try:
            new = fold(self.current, self.edits)
        except Refused as error:
            raise Conflict(f"the machine changed, and an edit fits no more: {error}", mend="abort") from None
        clashes = merge.conflicts(self._base or self.current, self.current, new)
        if clashes:
            raise reports.conflict(clashes)
        return new

    def after(self, line: Command) -> tuple[Any, ...]:
        """The edits that would count after a line. Raises Refused."""
        edits = self._moves.move(line).edits
        fold(self.current, edits)
        return edits

    def keep(self, line: Command) -> None:
        """Make the line part of it."""
        if not self._moves.behind or (not self.edits and hasattr(line, "edit")):
            self._base = self.current
            if self.name:
                store.begin(self.host, self.name, self.current)
        moves = self._moves.move(line)
        if self.name:
            store.append(self.host, self.name, str(line))
        self._moves = moves
        self._config = None

    def end(self) -> None:
        """Nothing is pending any more."""
        if self.name and self._moves.behind:
            store.drop(self.host, self.name)
        self._moves, self._base = Candidate(), None
        self.refresh()

    def assume(self) -> None:
        """Go on as if the edits were committed, without touching anything."""
        config = self.config
        self._moves, self._base = Candidate(), None
        self._current = self._config = config
