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
from ..errors import Damaged, LineError, Refused
from ..host import Host
from ..transaction import git
from ..transaction.journal import Who
from ..transaction.undo import reason_of
from . import store
from .base import Base, damaged
from .edits import fold
from .merge import Merge, Unfit, merge, with_fitting
from .moves import KEPT, Moves
from .store import StoredCandidate, StoredMove


class Candidate:
    """Edits on a host's configuration.

    `name` is "" for a batch's own. `on_disk`: its moves go to disk before they count; a batch's own never do.
    `damage`: why they cannot be read from there; then nothing is done but to put them aside.
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
        self.damage: Optional[Damaged] = None
        try:
            stored = store.load(self.host, self.name) if self.name else StoredCandidate()
            moves = self._replayed(stored)
        except Damaged as error:
            self.damage, stored, moves = error, StoredCandidate(), Moves()
        self._bases, self.stored_moves, self._torn = dict(stored.bases), list(stored.moves), dict(stored.torn)
        self._moves = moves
        self.refresh()

    def _replayed(self, stored: StoredCandidate) -> Moves:
        """The moves that a candidate on disk has made. Raises Damaged."""
        moves = Moves(base=min(stored.bases, default=0))
        for move in stored.moves:
            read = (self._command(line, number) for number, line in enumerate(move.lines, move.number))
            commands = list(filter(None, read))
            try:
                moves = moves.move(commands, move.base) if commands else moves
            except Refused as error:
                raise self._damaged(move.number, str(error)) from None
        return moves

    def _damaged(self, number: int, reason: str) -> Damaged:
        """The error about a line of the edits on disk."""
        return damaged(f"{store.edits_file(self.name)}:{number}", reason)

    @property
    def moves(self) -> Moves:
        """The moves. Raises Damaged where they cannot be read from disk."""
        if self.damage:
            raise self.damage.again()
        return self._moves

    def reload(self) -> None:
        """Read them again where they are on disk: somebody may have changed them before we had them."""
        if self._on_disk:
            self.load()

    def _command(self, line: str, number: int) -> Optional[Command]:
        """The command of a line on disk, None for an empty line. Raises Damaged."""
        try:
            command = parse(line)
        except LineError as error:
            damage = self._damaged(number, f"the line is not in the language: {line}")
            details = (str(error), *damage.details)
            raise Damaged(damage.message, details=details, hint=damage.hint, code="E233") from None
        if command is not None and not isinstance(command, KEPT):
            raise self._damaged(number, f"the line is no edit: {line}")
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
        """How many edits count; none of those that cannot be read."""
        return self._moves.count

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
        return merge(self.base, self.current, self.edits, base)

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
        return bool(self._bases or self.damage)

    @property
    def files(self) -> tuple[str, ...]:
        """Its files on disk."""
        return store.files(self.host, self.name) if self._on_disk else ()

    def keep(self, lines: Sequence[Command], config: Optional[Config] = None,
             changes: Optional[Changes] = None) -> None:
        """Keep a move; where known: `config`, which it makes, and `changes`, which differ then."""
        self._cut_torn_lines()
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
        self._cut_torn_lines()
        number, edits = self._begin(), self.moves.move(lines).edits
        self._note(number, diff(base, self.current))
        self._note(number, diff(base, merge(base, self.current, edits).mine))
        self._keep(lines, number, None)

    def _cut_torn_lines(self) -> None:
        """Take away what a crash left of a line, which would be in front of the next one."""
        for path, text in self._torn.items():
            self.host.replace(path, text, 0o600)
        self._torn = {}

    def _keep(self, lines: Sequence[Command], base: int, config: Optional[Config]) -> None:
        moves = self.moves.move(lines, base)
        if self._on_disk:
            self._store([str(line) for line in lines], moves.base)
        self._moves, self._made = moves, None if config is None else (config, self._fitting()[1])

    def _store(self, lines: Sequence[str], base: int) -> None:
        """Put a move on disk. Raises OSError where it is not there, Refused where it is and may not last."""
        try:
            self.stored_moves.append(store.append(self.host, self.name, lines, self._who, base))
        except OSError as error:
            before = len(self.stored_moves)
            self.load()
            if len(self.stored_moves) <= before:
                raise
            text = f"{reason_of(error)}; the line is kept, and a power cut may take it"
            raise Refused(text, hint="undo", code="E224") from None

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
        self._moves = Moves(base=self._begin())

    @property
    def base(self) -> Config:
        """The configuration that the edits start from."""
        base = self._bases.get(self.moves.base)
        return base.on(self.current) if base else self.current

    @property
    def commit(self) -> int:
        """The number of the newest commit when the edits began; 0 for none."""
        base = self._bases.get(self._moves.base)
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

    def require_sound(self) -> None:
        """Raises Damaged where its edits, or what they start from, cannot be used."""
        if self.moves.base in self._bases:
            self._bases[self.moves.base].on(self.current)

    def put_aside(self) -> None:
        """Put the files of a damaged candidate where they do not count."""
        store.trash(self.host, self.name)
        self.load()

    def pretend_committed(self) -> None:
        """Go on as if the edits were committed, without touching anything."""
        config = self.config
        self._moves, self._bases, self.stored_moves = Moves(), {}, []
        self._current, self._made = config, (config, [])
