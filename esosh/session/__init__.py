"""A user's session: runs commands, owns the candidate.

A word of the session is run by the function of its rule's name, in the module here that has the stem of the
word's own: commands/session/commit.py has SessionConfirm, session/commit.py session_confirm(session, line).
"""

from __future__ import annotations

import errno
import importlib
from typing import Any, Callable

from ..commands import Action, Command, Edit, Word
from ..commands.cib import CibCommit, CibDel
from ..commands.session.change import SessionAbort
from ..commands.session.commit import SessionCommit, SessionConfirm, SessionRevert
from ..commands.session.recover import SessionRecover
from ..config.paths import diff
from ..errors import Refused, UndoFailed
from ..transaction import recovery
from ..views import Line, Lines, View
from .secrets import filled, read_file
from .workspace import Workspace

_LOOKS, _GONE = 3, (errno.ENOENT, errno.ENODEV)
Handler = Callable[["Session", Any], View]


class Session(Workspace):
    """A workspace that runs commands."""

    def run(self, command: Command, fresh: bool = True) -> View:
        """Run a command; `fresh`: on what the machine has now. Raises EsoshError.

        What only looks at the machine looks again where something went away meanwhile.
        """
        for _ in range(0 if command.changes else _LOOKS):
            try:
                return self._run(command, fresh)
            except OSError as error:
                if error.errno not in _GONE:
                    raise
        return self._run(command, fresh)

    def _run(self, command: Command, fresh: bool) -> View:
        if fresh:
            self.candidate.refresh()
            self._recover_before(command)
        if isinstance(command, Word):
            return handler(type(command))(self, command)
        if isinstance(command, Action):
            return command.act(self)
        assert isinstance(command, Edit)
        return self.edit(command, fresh)

    def _recover_before(self, command: Command) -> None:
        """Recover a commit before a command that changes something. Raises Refused where that is a commit.

        A journal that cannot be read stops all changes but those that only drop edits.
        """
        if not command.changes or isinstance(command, (SessionConfirm, SessionRevert, SessionRecover)):
            return
        try:
            notice = self.recover_if_needed()
        except Refused:
            if isinstance(command, (SessionAbort, CibDel)):
                return
            raise
        except UndoFailed as error:
            if not command.rehearsed:
                raise
            self.notices.append(Line(f"{error}: see status", "warn"))
            return
        if recovery.PENDING in notice and isinstance(command, (SessionCommit, CibCommit)):
            message = "its edits were just taken back from the machine: commit again if they are right"
            raise Refused(message, code="E238")

    def edit(self, command: Edit, fresh: bool) -> View:
        """Put an edit into the candidate, all of it or nothing; new errors of the checks are shown."""
        self.require_unlocked()
        placed = command.behind(self.candidate.moves.last)
        before, edit = self.config, filled(placed, self.ask_secret, read_file)
        done: tuple[str, ...] = ()
        if self.again:
            edit, done = self.again.remainder(edit, before)
            if edit is None:
                return Lines.of(*done, style="dim")
        after = edit.edit(before)
        changes = diff(before, after)
        if not changes:
            return Lines.of(*done, "already so", style="dim")
        own = (command.note(before), edit.note(before)) if edit is not command else (edit.note(before),)
        notes = filter(None, "; ".join(own).split("; "))
        new_errors = self.new_errors(before, after) if fresh else ()
        self.candidate.keep([edit], after, changes)
        return Lines((*Lines.of(*done, *notes, style="dim").lines, *new_errors))


def handler(word: type[Word]) -> Handler:
    """The function that runs a word of the session."""
    stem = word.__module__.rpartition(".")[2]
    function: Handler = getattr(importlib.import_module(f"{__name__}.{stem}"), word.rule())
    return function
