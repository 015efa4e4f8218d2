"""The shell: lines are read and run until somebody leaves, and nothing is lost then."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from typing import Callable

from . import history, language, store
from .display import Display
from .editor import Editor
from .errors import BUG, EsoshError, Refused
from .guard import left
from .host import Host
from .session import Session
from .transaction import reason_of
from .views import Line, View, counted
from .words import logical_lines

Read = Callable[[str], str]


def run(session: Session, display: Display) -> int:
    """Read lines and run them until quit; give the exit status. Raises Locked where somebody else has the candidate."""
    plain = not sys.stdin.isatty() or os.environ.get("TERM", "dumb") == "dumb"
    reader = Plain() if plain else Editor(session, display)

    def leave(number: int, frame: object) -> None:
        """Leave as at the end of the input, so that the terminal is as it was; the edits are on disk."""
        session.done = True
        reader.end()

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, leave)
    with session.hold():
        session.draft.load()
        return Shell(session, display, reader.read, reader.ask).loop()


class Plain:
    """Lines of a terminal that can do no more."""

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
        """End the line that is being read, if there is one, as Ctrl-D does."""
        if self._reading:
            raise EOFError


class Shell:
    """The loop over lines; `read` and `ask` show a prompt and give what was typed."""

    def __init__(self, session: Session, display: Display, read: Read, ask: Read) -> None:
        self._session = session
        self._display = display
        self._read = read
        self._ask = ask
        session.ask = self._allowed
        session.progress = display.progress

    def loop(self) -> int:
        """Read lines and run them; give the exit status. Raises Refused where a damaged journal lets nothing go on."""
        try:
            self._display.notices(greeting(self._session))
            while not self._session.done:
                self._turn()
            self._display.notices(farewell(self._session))
        except EsoshError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, it is a bug, and the edits are on disk
            self._display.bug(error)
            return BUG
        return 0

    def _turn(self) -> None:
        self._session.hear()
        self._notices()
        try:
            text = self._read(prompt(self._session))
        except KeyboardInterrupt:
            return
        except EOFError:
            self._session.done = True
            return
        self._lines([line for _, line in logical_lines(text) if line.strip()])

    def _lines(self, lines: list[str]) -> None:
        """Run the lines; one that fails holds up those behind it."""
        for at, line in enumerate(lines, 1):
            if self._session.done or not self._line(line):
                left = len(lines) - at + self._session.done
                self._display.notices([Line(f"{counted(left, 'more line')} not run", "warn")] if left else [])
                return

    def _line(self, line: str) -> bool:
        try:
            command = language.parse(line, self._session.level)
            view = self._session.run(command) if command else None
        except EsoshError as error:
            return self._failed(error, line)
        except OSError as error:
            return self._failed(Refused(reason_of(error), code="E224"), line)
        except KeyboardInterrupt:
            return self._failed(Refused("interrupted", code="E225"), line)
        self._notices()
        if view is not None:
            self._display.page(view)
        return True

    def _failed(self, error: EsoshError, line: str) -> bool:
        self._notices()
        self._display.error(language.located(error, line))
        return False

    def _notices(self) -> None:
        self._display.notices(self._session.notices)
        self._session.notices.clear()

    def _allowed(self, view: View) -> bool:
        """Show what a commit disrupts, and ask once."""
        self._display.view(view)
        try:
            return self._ask("do it? type yes: ").strip() == "yes"
        except (EOFError, KeyboardInterrupt):
            return False


def prompt(session: Session) -> str:
    """The candidate, the host, the level, the edits, and whether the boot medium lacks a commit."""
    waiting = session.waiting
    edits = f"*{session.draft.count}" if session.draft.count and not waiting else ""
    due = f" confirm {left(waiting)}" if waiting else "!sync" if _unsaved(session.host) else ""
    return f"esosh({session.title}/{session.host.name}){session.level}{edits}{due}# "


def _unsaved(host: Host) -> int:
    try:
        return history.unsaved(host)
    except (OSError, EsoshError):  # a git that fails is told where it matters, not at every prompt
        return 0


def greeting(session: Session) -> Iterator[Line]:
    """How to begin, what is pending, and what was cut short."""
    yield Line("Tab completes, ? tells what may come next, quit leaves and loses nothing", "dim")
    last = session.draft.last()
    if session.draft.count:
        typed = f" by {last.user} on {last.terminal}, {last.when}" if last and last.when else ""
        yield Line(f"{counted(session.draft.count, 'edit')} pending{typed}; show with: diff", "warn")
    cut = store.cut_short(session.host)
    if cut:
        ends = f"the next change {'finishes' if cut.stands else 'undoes'} it, or: recover"
        yield Line(f"commit {cut.id} was cut short at step {cut.begun} of {len(cut.steps)}; {ends}", "error")


def farewell(session: Session) -> Iterator[Line]:
    """What stays behind."""
    count = session.draft.count
    if session.waiting:
        waits = f"commit {session.waiting.id} is undone in {left(session.waiting)}"
        yield Line(f"{waits} unless: confirm, here or in another session", "warn")
    elif count:
        yield Line(f"{counted(count, 'edit')} {'is' if count == 1 else 'are'} kept for the next session", "warn")
