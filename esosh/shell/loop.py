"""The interactive shell: reads lines and runs them until the user leaves, and loses nothing then."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Callable, Union

from ..commands import NO
from ..commands.parse import parse
from ..errors import BUG, Damaged, EsoshError, Refused
from ..host import Host
from ..language import diagnostics
from ..language.words import logical_lines
from ..session import Session
from ..session.reports import reading_lines
from ..transaction import git, journal, recovery
from ..transaction.guard import time_left
from ..transaction.undo import reason_of
from ..views import Line, View, counted
from .display import Display

if TYPE_CHECKING:
    from .editor import Editor

Read = Callable[[str], str]


def run(session: Session, display: Display) -> int:
    """Read lines and run them until quit; give the exit status.

    Raises Locked where somebody else has the candidate.
    """
    reader = _reader(session, display)

    def leave(number: int, frame: object) -> None:
        """Leave as at the end of the input, so that the terminal is restored; the edits are on disk."""
        session.done = True
        reader.end()

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, leave)
    with session.hold():
        session.candidate.load()
        return Shell(session, display, reader.read, reader.ask).loop()


def _reader(session: Session, display: Display) -> Union[PlainReader, Editor]:
    """What reads lines: with menus where the terminal can show them."""
    if not sys.stdin.isatty() or os.environ.get("TERM", "dumb") == "dumb":
        return PlainReader()
    from .editor import Editor  # prompt_toolkit costs as much as all the rest

    return Editor(session, display)


class PlainReader:
    """Reads lines from a terminal without menus and colour."""

    def __init__(self) -> None:
        self._reading = False

    def read(self, text: str) -> str:
        """Show a prompt, give what was typed."""
        self._reading = True
        try:
            return input(text)
        except (EOFError, KeyboardInterrupt):
            print()
            raise
        finally:
            self._reading = False

    ask = read

    def end(self) -> None:
        """End the line that is being read, if any, as Ctrl-D does."""
        if self._reading:
            raise EOFError


class Shell:
    """The loop over lines; `read` and `ask` show a prompt and give what was typed."""

    def __init__(self, session: Session, display: Display, read: Read, ask: Read) -> None:
        self._session = session
        self._display = display
        self._read = read
        self._ask = ask
        session.ask = self._answer
        session.progress = display.progress

    def loop(self) -> int:
        """Read lines and run them; give the exit status."""
        try:
            self._display.notices(greeting(self._session))
            while not self._session.done:
                self._read_and_run()
            self._display.notices(farewell(self._session))
        except EsoshError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, it is a bug, and the edits are on disk
            self._display.bug(error)
            return BUG
        return 0

    def _read_and_run(self) -> None:
        self._session.take_notice()
        self._session.renew_guard()
        self._show_notices()
        try:
            text = self._read(prompt(self._session))
        except KeyboardInterrupt:
            return
        except EOFError:
            self._session.done = True
            return
        self._run_lines([line for _, line in logical_lines(text) if line.strip()])

    def _run_lines(self, lines: list[str]) -> None:
        """Run the lines until one fails or ends the session."""
        for number, line in enumerate(lines):
            if self._session.done:
                self._show_not_run(len(lines) - number)
                return
            if not self._run_line(line):
                self._show_not_run(len(lines) - number - 1 + self._session.done)
                return

    def _show_not_run(self, count: int) -> None:
        if count:
            self._display.notices([Line(f"{counted(count, 'more line')} not run", "warn")])

    def _run_line(self, line: str) -> bool:
        """Run a line and show its result, or its error; False for an error."""
        try:
            command = parse(line, self._session.level)
            self._session.notices.extend(reading_lines(line))
            view = self._session.run(command) if command else None
        except (EsoshError, OSError, KeyboardInterrupt) as error:
            self._show_notices()
            self._display.error(diagnostics.located(_shown_error(error), line))
            return False
        self._show_notices()
        if view is not None:
            self._display.page(view)
        return True

    def _show_notices(self) -> None:
        self._display.notices(self._session.notices)
        self._session.notices.clear()

    def _answer(self, view: View, question: str) -> str:
        """Show what a commit disrupts, and ask once; no answer is no."""
        self._display.view(view)
        try:
            return self._ask(question).strip()
        except (EOFError, KeyboardInterrupt):
            return NO


def _shown_error(error: BaseException) -> EsoshError:
    """The error that is shown: the system's and Ctrl-C's have codes of their own."""
    if isinstance(error, EsoshError):
        return error
    if isinstance(error, OSError):
        return Refused(reason_of(error), code="E224")
    return Refused("interrupted", code="E225")


def prompt(session: Session) -> str:
    """The candidate, the host, the level, the edits, and what needs a word: confirm, recover or sync."""
    place = f"esosh({session.title}/{session.host.name}){session.level}"
    waiting = session.waiting
    if waiting:
        guard = "!guard" if journal.unguarded(session.host) else ""
        return f"{place} confirm {time_left(waiting)}{guard}# "
    count = "?" if session.candidate.damage else session.candidate.count
    edits = f"*{count}" if count else ""
    return f"{place}{edits}{_due(session.host)}# "


def _due(host: Host) -> str:
    """What is due: to recover a commit, or to save one."""
    try:
        if journal.unfinished(host):
            return "!recover"
        return "!sync" if git.count_unsaved(host) else ""
    except Damaged:
        return "!recover"
    except (OSError, EsoshError):  # a failure of git is shown where it matters, not at every prompt
        return ""


def greeting(session: Session) -> Iterator[Line]:
    """How to begin, what is pending, and what was cut short."""
    yield Line("Tab completes, ? tells what may come next, quit leaves and loses nothing", "dim")
    if session.candidate.count:
        last = session.candidate.last()
        author = f" by {last.who}, {last.when}" if last and last.when else ""
        yield Line(f"{counted(session.candidate.count, 'edit')} pending{author}; show with: diff", "warn")
    if session.candidate.damage:
        yield Line(f"{session.candidate.damage}; {session.candidate.damage.hint}", "error")
    try:
        commit = journal.unfinished(session.host)
    except Refused as error:
        yield Line(f"{error}; {error.hint or error.details[0]}", "error")
        return
    if commit and commit.back:
        how_far = recovery.state(session.host, commit)
        yield Line(f"commit {commit.id} {how_far}; see status, and: recover", "error")
    elif commit:
        event = f"commit {commit.id} was cut short at step {commit.begun} of {len(commit.steps)}"
        outcome = "finishes" if commit.stands else "undoes"
        yield Line(f"{event}; the next change {outcome} it, or: recover", "error")


def farewell(session: Session) -> Iterator[Line]:
    """What the session leaves: a commit that waits, or edits."""
    count, waiting = session.candidate.count, session.waiting
    if waiting:
        undone = f"commit {waiting.id} is undone in {time_left(waiting)}"
        yield Line(f"{undone} unless: confirm, here or in another session", "warn")
    elif count:
        verb = "is" if count == 1 else "are"
        yield Line(f"{counted(count, 'edit')} {verb} kept for the next session", "warn")
