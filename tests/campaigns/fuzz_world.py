"""The boxes of the fuzz campaign, and what is done on them: all that a person would do, and nothing is kept."""

from __future__ import annotations

import contextlib
import functools
import io
import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Optional

from boxes import WHO, do, session_on
from hostile import Answering
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from esosh.commands import Edit
from esosh.commands.parse import parse
from esosh.commands.session.change import SessionSave
from esosh.config import Config
from esosh.errors import EsoshError, Refused
from esosh.host import Output
from esosh.language.diagnostics import located
from esosh.language.masking import masked_line
from esosh.language.words import logical_lines
from esosh.sandbox import Sandbox
from esosh.session import Session, batch, listing, script
from esosh.shell.display import Display
from esosh.shell.editor import Highlighter, MenuCompleter
from esosh.shell.menu import Menu
from esosh.transaction.undo import reason_of
from esosh.views import View

SCST = "/sys/kernel/scst_tgt"
_ATTRIBUTES = re.compile(f"{SCST}/.*|/sys/class/fc_host/.*/port_name|/sys/class/net/[^/]*/bonding/.*")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e]")
_MENU_CASES = 200  # a menu keeps what it has looked up


class World(Answering):
    """A box on which nothing changes: programs answer what they answered first."""

    def __init__(self, box: Sandbox) -> None:
        super().__init__(box)
        self._run = functools.cache(box.run)
        self._menu_cases = 0

    def run(self, argv: Sequence[str], *options: Any, **named: Any) -> Output:
        output = self._run(tuple(argv))
        change = self.programs.get(argv[0])
        return change(argv, output) if change else output

    @functools.cached_property
    def attributes(self) -> list[str]:
        """What the kernel shows and esosh may read."""
        root = self.path("/")
        files = (f"/{file.relative_to(root)}" for file in sorted(root.glob("sys/**/*")) if file.is_file() and file.stat().st_mode & 0o400)
        return [file for file in files if _ATTRIBUTES.fullmatch(file)]

    @functools.cached_property
    def config(self) -> Config:
        """What the box has."""
        return session_of(self).candidate.current

    @property
    def menu(self) -> Menu:
        """A menu that is made anew from time to time."""
        if self._menu_cases % _MENU_CASES == 0:
            self._kept = Menu(session_of(self))
        self._menu_cases += 1
        return self._kept


@functools.cache
def running() -> World:
    """A box with SCST running, and some commits in git."""
    box = Sandbox(tempfile.mkdtemp(prefix="fuzz-"))
    session = session_on(box)
    do(session, "adopt", "commit", "net bond bond0 slaves eth0 eth1 mode=802.3ad", "commit comment two", "alua dgrp add g", "alua device add g disk01", "commit")
    return World(box)


@functools.cache
def stopped() -> World:
    """A box with SCST stopped."""
    box = Sandbox(tempfile.mkdtemp(prefix="fuzz-"))
    do(session_on(box), "adopt", "commit")
    box.run(("/etc/rc.d/rc.scst", "stop"))
    return World(box)


def session_of(world: World) -> Session:
    """A session that keeps nothing."""
    return Session(world, WHO, wait=0, rehearsal=True)


class Direct:
    """Lookups without a thread."""

    def __init__(self, menu: Menu) -> None:
        self._menu = menu

    def now(self, question: Callable[[Menu, str], Any], text: str) -> Any:
        return question(self._menu, text)

    glance = now


class Looking:
    """Does something on a box and shows the result, in text and in JSON."""

    def __init__(self, world: World, files: Optional[Mapping[str, str]] = None, **programs: Any) -> None:
        self._world = world
        self._files, self._programs = files or {}, programs
        self._out = io.StringIO()

    def _show(self, view: View) -> None:
        for json in (False, True):
            Display(False, json, self._out, self._out).view(view)

    def _error(self, error: EsoshError) -> None:
        for single in error.errors or (error,):
            for json in (False, True):
                Display(False, json, self._out, self._out).error(single)

    def _require_clean(self) -> None:
        found = _CONTROL.search(self._out.getvalue())
        assert found is None, f"shown raw: {found[0]!r}"

    @contextlib.contextmanager
    def _answering(self) -> Any:
        """The box answers otherwise for a while; errors are shown as the shell shows them."""
        self._world.answer(self._files, **self._programs)
        try:
            yield
        except EsoshError as error:
            self._error(error)
        except OSError as error:
            self._error(Refused(reason_of(error)))
        finally:
            self._world.answer({})

    def line(self, text: str, level: str, cursor: int) -> None:
        """A line that is typed: read, explained, edited with, masked, coloured, and completed at the cursor."""
        try:
            self._read(text, level)
        except EsoshError as error:
            self._error(located(error, text))
        except OSError as error:
            self._error(Refused(reason_of(error)))
        masked_line(text)
        self._type(text, level, cursor)
        self._require_clean()

    def _read(self, text: str, level: str) -> None:
        command = parse(text, level)
        assert command is None or parse(str(command)) == command, f"is read again as {parse(str(command))}"
        if isinstance(command, Edit):
            self._show(listing.changes(self._world.config, command.edit(self._world.config)))
        elif command is not None and not command.changes and not isinstance(command, SessionSave):
            self._show(session_of(self._world).run(command))

    def _type(self, text: str, level: str, cursor: int) -> None:
        menu, session = self._world.menu, session_of(self._world)
        session.level = level
        lookups: Any = Direct(menu)
        lines = Highlighter(lookups, session).lex_document(Document(text))
        assert all(lines(number) is not None for number in range(text.count("\n") + 1))
        document = Document(text[:cursor], cursor)
        list(MenuCompleter(lookups, session).get_completions(document, CompleteEvent()))
        assert "bug:" not in menu._failure, menu._failure

    def lines(self, lines: Sequence[str]) -> None:
        """Lines that are run one after the other, whatever became of those before."""
        session = session_of(self._world)
        for text in lines:
            with self._answering():
                command = parse(text)
                assert command is not None
                self._show(session.run(command))
        self._require_clean()

    def script(self, text: str) -> None:
        """A file of lines that is read and rehearsed."""
        list(logical_lines(text))
        with self._answering():
            entries = script.read(text, "file.esh")
            batch.rehearse(session_of(self._world), entries, commit=True)
        self._require_clean()
