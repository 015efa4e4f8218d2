"""A candidate: its edits, kept on disk, and the configuration that they make."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Callable, Optional

from .. import executors
from ..commands import Command, Edit, fields
from ..commands.parse import parse
from ..commands.session.change import SessionRedo, SessionUndo
from ..commands.session.drift import SessionAdopt
from ..config import Config
from ..config.paths import Changes, diff
from ..errors import LineError, Refused
from ..host import Host
from ..transaction import git
from ..transaction.journal import Who
from . import store
from .edits import fold
from .merge import Merge, Unfit, merge, with_fitting
from .moves import Moves
from .store import Base, StoredCandidate, StoredMove


class Candidate:
    """Edits on a host's configuration.

    `name` is "" for a batch's own. `on_disk`: its moves go to disk before they count; a batch's own never do.
    """

    def __init__(
        self, host: Host, who: Who, name: str, on_disk: bool, read: Optional[Callable[[], Config]] = None
    ) -> None:
        self.host = host
        self.name = name
        self._on_disk = on_disk and bool(name)
        self._who = who
        self._read = read or (lambda: executors.read(host))
        self.load()

    def load(self) -> None:
        """Read the edits from disk again."""
        stored = store.load(self.host, self.name) if self.name else StoredCandidate()
        self._bases, self.stored_moves = dict(stored.bases), list(stored.moves)
        self.moves = Moves(base=min(stored.bases, default=0))
        for move in stored.moves:
            self.moves = self.moves.move([self._command(line) for line in move.lines], move.base)
        self.refresh()

    def reload(self) -> None:
        """Read them again where they are on disk: somebody may have changed them before we had them."""
        if self._on_disk:
            self.load()

    def _command(self, line: str) -> Command:
        try:
            command = parse(line)
        except LineError as error:
            raise Refused(
                f"candidate {self.name} holds a line that is not in the language: {line}",
                details=(str(error), f"its lines are in {store.folder(self.name)}/edits.esh"),
                code="E233",
            ) from None
        assert command is not None
        return command

    def refresh(self) -> None:
        """Forget what was read of the machine."""
        self._compared: Optional[Config] = None  # what the base was compared with, and is as that has it
        self._current: Optional[Config] = None
        self._made: Optional[tuple[Config, Unfit]] = None  # what the edits make, and those that do not fit

    def hold(self, wait: float) -> contextlib.AbstractContextManager[None]:
        """Hold the edits against others. Raises Locked."""
        if not self._on_disk:
            return contextlib.nullcontext()
        return store.hold(self.host, self.name, self._who, wait)

    @property
    def count(self) -> int:
        """How many edits count."""
        return self.moves.count

    @property
    def edits(self) -> tuple[Edit, ...]:
        """The edits that count."""
        return self.moves.edits

    @property
    def current(self) -> Config:
        """The machine's configuration."""
        if self._current is None:
            self._current = self._read()
        return self._current

    @property
    def merge(self) -> Merge:
        """The edits merged with what the machine has now, and what clashes."""
        config, unfit = self._fitting()
        base = self._bases.get(self.moves.base)
        if not unfit and (base is None or self._is_untouched(base, config)):
            return Merge(self.current, config, config, {})
        return merge(self.base, self.current, self.edits, base.knows if base else lambda path: True)

    def _is_untouched(self, base: Base, config: Config) -> bool:
        """Whether the machine still has what the edits, which make a configuration, change of it."""
        return base.is_as_now(self.current) and all(map(base.knows, diff(self.current, config)))

    @property
    def config(self) -> Config:
        """The machine's configuration with the edits that fit it."""
        return self._fitting()[0]

    def _fitting(self) -> tuple[Config, Unfit]:
        """The machine's configuration with the edits that fit it, and the others."""
        if self._made is None:
            self._made = with_fitting(self.current, self.edits)
        return self._made

    def running_and_saved(self, *more: Command) -> tuple[Config, Config]:
        """The machine's configuration, the sections that are adopted or reapplied as they run, and as saved.

        `more`: edits that are to come.
        """
        parts: set[str] = set()
        for edit in (*self.edits, *more):
            if isinstance(edit, SessionAdopt):
                parts.update(fields(edit.section))
        running = executors.running(self.host, self.current, parts)
        return running, executors.saved(self.host, self.current, parts)

    def after(self, lines: Sequence[Command]) -> Moves:
        """The moves after one more. Raises Refused where an edit fits no more that fits now."""
        moves = self.moves.move(lines)
        if not isinstance(lines[0], (SessionUndo, SessionRedo)):
            _, unfit = self._fitting()
            if not unfit:
                fold(self.current, moves.edits)
        return moves

    @property
    def exists(self) -> bool:
        """Whether it was made, and not committed since."""
        return bool(self._bases)

    @property
    def files(self) -> tuple[str, ...]:
        """Its files on disk."""
        return store.files(self.host, self.name) if self._on_disk else ()

    def keep(self, lines: Sequence[Command], config: Optional[Config] = None,
             changes: Optional[Changes] = None) -> None:
        """Keep a move; where known: `config`, which it makes, and `changes`, which differ then."""
        has_edits = any(isinstance(line, Edit) for line in lines)
        if changes is None:
            after, _ = with_fitting(self.current, self.moves.move(lines).edits)
            changes = diff(self.config, after)
        restart = not self.exists or (has_edits and self._may_rebase())
        number = self._rebased() if restart else self.moves.base
        self._note(number, changes)
        self._keep(lines, number, config)

    def keep_from(self, base: Config, lines: Sequence[Command]) -> None:
        """Keep a move that starts from another base; undo takes the base back too."""
        number, edits = self._begin(), self.moves.move(lines).edits
        self._note(number, diff(base, self.current))
        self._note(number, diff(base, merge(base, self.current, edits).mine))
        self._keep(lines, number, None)

    def _keep(self, lines: Sequence[Command], base: int, config: Optional[Config]) -> None:
        moves = self.moves.move(lines, base)
        if self._on_disk:
            texts = [str(line) for line in lines]
            for text in texts:
                _require_readable(text)
            self.stored_moves.append(store.append(self.host, self.name, texts, self._who, moves.base))
        made = None if config is None else (config, self._fitting()[1])
        self.moves, self._made = moves, made

    def _may_rebase(self) -> bool:
        """Whether the machine has changed, and nothing of it clashes with the edits."""
        if self._compared is self.current:
            return False
        base = self._bases.get(self.moves.base)
        if base is None or base.is_as_now(self.current):
            self._compared = self.current
            return False
        return not self.merge.clashes

    def _rebased(self) -> int:
        """Make what the machine has now the base; its number."""
        number, self._compared = self._begin(), self.current
        self._note(number, diff(self.current, self.config))
        return number

    def _begin(self) -> int:
        """Make a base for edits to start from; its number."""
        number = max(self._bases, default=0) + 1
        commit = git.last(self.host) if self._on_disk else 0
        if self._on_disk:
            store.begin(self.host, self.name, number, commit)
        self._bases[number] = Base(commit, {})
        return number

    def _note(self, number: int, changes: Changes) -> None:
        """Remember what edits change, as it was before them."""
        if number in self._bases:
            new = self._bases[number].note(changes)
            if self._on_disk:
                store.note(self.host, self.name, number, new)

    def create_empty(self) -> None:
        """Make it, without an edit."""
        self.moves = Moves(base=self._begin())

    @property
    def base(self) -> Config:
        """The configuration that the edits start from."""
        base = self._bases.get(self.moves.base)
        return base.on(self.current) if base else self.current

    @property
    def commit(self) -> int:
        """The number of the newest commit when the edits began; 0 for none."""
        base = self._bases.get(self.moves.base)
        return base.commit if base else 0

    def last(self) -> Optional[StoredMove]:
        """The last move, as it is on disk."""
        return self.stored_moves[-1] if self.stored_moves else None

    def end(self) -> None:
        """Drop the edits: nothing is pending any more."""
        if self._on_disk and self.exists:
            store.drop(self.host, self.name)
        self.pretend_committed()
        self.refresh()

    def pretend_committed(self) -> None:
        """Go on as if the edits were committed, without touching anything."""
        config = self.config
        self.moves, self._bases, self.stored_moves = Moves(), {}, []
        self._current, self._made = config, (config, [])


def _require_readable(line: str) -> None:
    """Raises Refused for a text from the machine that is not in the language: it could not be read again."""
    try:
        parse(line)
    except LineError as error:
        message = f"no line can say this, so it stays as it is: {line}"
        raise Refused(message, details=(str(error),), code="E240") from None
