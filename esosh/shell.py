"""The shell: prompt, menus, help, colour while typing, history. Nothing else imports prompt_toolkit."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterable, Iterator
from typing import Callable

from prompt_toolkit import PromptSession
from prompt_toolkit.application import get_app, run_in_terminal
from prompt_toolkit.completion import CompleteEvent, Completer, Completion, get_common_complete_suffix
from prompt_toolkit.document import Document
from prompt_toolkit.enums import DEFAULT_BUFFER
from prompt_toolkit.filters import Condition, has_focus
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.formatted_text.utils import split_lines
from prompt_toolkit.history import History
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.lexers import Lexer
from prompt_toolkit.output import ColorDepth
from prompt_toolkit.styles import Style

from . import history, language, store
from .display import Display
from .errors import BUG, EsoshError, Refused
from .host import Host
from .menu import Menu, point, spans
from .session import Session
from .transaction import reason_of
from .views import Line, View, clean
from .words import logical_lines

_STYLE = Style.from_dict({
    "prompt": "bold", "keyword": "bold", "key": "ansicyan", "name": "ansigreen", "new": "ansigreen underline",
    "wrong": "ansired underline", "comment": "ansibrightblack",
})

Read = Callable[[str], str]


def run(session: Session, display: Display) -> int:
    """Read lines and run them until quit; give the exit status. Raises Locked where somebody else has the candidate."""
    with session.hold():
        session.draft.load()
        return Shell(session, display, *_readers(session, display)).loop()


def _readers(session: Session, display: Display) -> tuple[Read, Read]:
    """How a line is read, and how a question is asked: plainly, where the terminal can do no more."""
    if not sys.stdin.isatty() or os.environ.get("TERM", "dumb") == "dumb":
        return _plainly, _plainly
    return Editor(session, display).read, lambda text: PromptSession[str]().prompt(text)


def _plainly(text: str) -> str:
    try:
        return input(text)
    except (EOFError, KeyboardInterrupt):
        print()
        raise


class Shell:
    """The loop over lines; `read` and `ask` show a prompt and give what was typed."""

    def __init__(self, session: Session, display: Display, read: Read, ask: Read) -> None:
        self._session = session
        self._display = display
        self._read = read
        self._ask = ask
        session.ask = self._allowed

    def loop(self) -> int:
        """Read lines and run them; give the exit status."""
        try:
            self._display.notices(greeting(self._session))
            while not self._session.done:
                self._turn()
            self._display.notices(farewell(self._session))
        except Exception as error:  # noqa: BLE001 - whatever it is, it is a bug, and the edits are on disk
            self._display.bug(error)
            return BUG
        return 0

    def _turn(self) -> None:
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
                self._display.notices([Line(f"{_count(left, 'more line')} not run", "warn")] if left else [])
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
            return self._ask("commit it? type yes: ").strip() == "yes"
        except (EOFError, KeyboardInterrupt):
            return False


def prompt(session: Session) -> str:
    """The candidate, the host, the level, the edits, and whether the boot medium lacks a commit."""
    name = session.draft.name
    candidate = "live" if name == f"default@{session.who.user}" else name
    edits = f"*{len(session.draft.edits)}" if session.draft.edits else ""
    return f"esosh({candidate}/{session.host.name}){session.level}{edits}{'!sync' if _unsaved(session.host) else ''}# "


def _unsaved(host: Host) -> int:
    try:
        return history.unsaved(host)
    except (OSError, EsoshError):  # a git that fails is told where it matters, not at every prompt
        return 0


def greeting(session: Session) -> Iterator[Line]:
    """How to begin, what is pending, and what was cut short."""
    yield Line("Tab completes, ? tells what may come next, quit leaves and loses nothing", "dim")
    if session.draft.edits:
        yield Line(f"{_count(len(session.draft.edits), 'edit')} pending; show with: diff", "warn")
    cut = store.cut_short(session.host)
    if cut:
        ends = f"the next change {'finishes' if cut.stands else 'undoes'} it, or: recover"
        yield Line(f"commit {cut.id} was cut short at step {cut.begun} of {len(cut.steps)}; {ends}", "error")


def farewell(session: Session) -> Iterator[Line]:
    """What stays behind."""
    count = len(session.draft.edits)
    if count:
        yield Line(f"{_count(count, 'edit')} {'is' if count == 1 else 'are'} kept for the next session", "warn")


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


class Editor:
    """A line with a menu at every point, help at `?`, colour and history."""

    def __init__(self, session: Session, display: Display) -> None:
        self._menu = Menu(session)
        self._session = session
        self._display = display
        self._completer = _Completions(self._menu, session)
        self._prompt: PromptSession[str] = PromptSession(
            completer=self._completer, lexer=_Colours(self._menu, session), key_bindings=self._keys(),
            history=Past(session.host, session.who.user), complete_while_typing=True, style=_STYLE,
            multiline=Condition(_continued), color_depth=None if display.colour else ColorDepth.MONOCHROME,
        )

    def read(self, text: str) -> str:
        """Show a prompt, give what was typed."""
        self._menu.forget()
        return self._prompt.prompt(text)

    def _keys(self) -> KeyBindings:
        keys = KeyBindings()

        @keys.add("?", filter=has_focus(DEFAULT_BUFFER) & Condition(self._fresh))
        def _(event: KeyPressEvent) -> None:
            line = _last_line(event.current_buffer.document)
            run_in_terminal(lambda: self._display.view(self._menu.help(line)))

        @keys.add("tab", filter=has_focus(DEFAULT_BUFFER) & ~Condition(_offered))
        def _(event: KeyPressEvent) -> None:
            buffer = event.current_buffer
            found = self._completer.get_completions(buffer.document, CompleteEvent(completion_requested=True))
            buffer.insert_text(get_common_complete_suffix(buffer.document, [each for each in found if each.text]))
            buffer.start_completion()

        return keys

    def _fresh(self) -> bool:
        here = point(_last_line(get_app().current_buffer.document), self._session.level)
        return here is not None and here.fresh


def _offered() -> bool:
    """Whether a menu is open, in which Tab goes on."""
    return bool(getattr(get_app().current_buffer.complete_state, "completions", None))


def _continued() -> bool:
    """Whether Enter goes on in the next line."""
    text = get_app().current_buffer.text
    return text.endswith("\\") and not text.endswith("\\\\")


def _last_line(document: Document) -> str:
    """The logical line that the cursor stands in, as far as the cursor."""
    *_, (_, line) = logical_lines(document.text_before_cursor)
    return line


class _Completions(Completer):
    """The menu's entries for prompt_toolkit."""

    def __init__(self, menu: Menu, session: Session) -> None:
        self._menu = menu
        self._session = session

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterator[Completion]:
        """Entries that begin with the begun word; one without a text of its own changes nothing."""
        line = _last_line(document)
        here = point(line, self._session.level)
        for entry in self._menu.entries(here) if here else ():
            start = here.start - len(line) if here and entry.text else 0
            yield Completion(entry.text, start, display=entry.shown, display_meta=entry.meaning)


class _Colours(Lexer):
    """Each word in the colour of what it is."""

    def __init__(self, menu: Menu, session: Session) -> None:
        self._menu = menu
        self._session = session

    def lex_document(self, document: Document) -> Callable[[int], StyleAndTextTuples]:
        """The fragments of each line of the screen."""
        fragments: StyleAndTextTuples = []
        for number, line in logical_lines(document.text):
            fragments += [("", "\n")] if fragments else []
            fragments += self._line(line, first=number == 1)
        lines = list(split_lines(fragments))
        return lambda number: lines[number] if number < len(lines) else []

    def _line(self, line: str, first: bool) -> StyleAndTextTuples:
        """A line's fragments; the first wrong word is marked, unless it is being typed and may become one that fits.

        In lines behind the first nothing is wrong yet, for they may be read in another level.
        """
        fragments: StyleAndTextTuples = []
        at, wrong = 0, first
        for start, end, kind in spans(line, self._session.level):
            if kind == "wrong":
                kind, wrong = "wrong" if wrong and not self._menu.at(line) else "", False
            fragments += [("", line[at:start]), (f"class:{kind}" if kind else "", line[start:end])]
            at = end
        comment = "class:comment" if line[at:].lstrip().startswith("#") else ""
        return [*fragments, (comment, line[at:])]


class Past(History):
    """The lines that a user typed, kept on the box; a box that cannot keep them stops nothing."""

    def __init__(self, host: Host, user: str) -> None:
        super().__init__()
        self._host = host
        self._path = f"{store.ROOT}/history.{user}"

    def load_history_strings(self) -> Iterable[str]:
        """The lines, the newest first."""
        try:
            return [clean(line) for line in reversed(self._host.read(self._path).split("\n")) if line]
        except OSError:
            return []

    def store_string(self, string: str) -> None:
        """Keep what was typed, each of its lines in one line of the file."""
        with contextlib.suppress(OSError):
            for _, line in logical_lines(string):
                if line.strip():
                    self._host.append(self._path, line.replace("\\\n", " "))
