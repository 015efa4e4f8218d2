"""A line with menus, help at `?`, colour while it is typed, and history. Nothing else imports prompt_toolkit."""

from __future__ import annotations

import contextlib
import textwrap
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

from . import store
from .display import Display
from .guard import left
from .host import Host
from .menu import Menu, point, spans
from .session import Session
from .veil import kept
from .views import clean
from .words import logical_lines

_STYLE = Style.from_dict({
    "prompt": "bold", "keyword": "bold", "key": "ansicyan", "name": "ansigreen", "new": "ansigreen underline",
    "wrong": "ansired underline", "comment": "ansibrightblack",
})
_MORE = "...>"


class Editor:
    """A line with a menu at every point, help at `?`, colour and history."""

    def __init__(self, session: Session, display: Display) -> None:
        self._menu = Menu(session)
        self._session = session
        self._display = display
        self._taken = 0  # columns, by the prompt
        self._completer = Completions(self._menu, session)
        self._prompt: PromptSession[str] = PromptSession(
            completer=self._completer, lexer=Colours(self._menu, session), key_bindings=self._keys(),
            history=Past(session.host, session.who.user), complete_while_typing=True, style=_STYLE,
            rprompt=self._expected, multiline=Condition(_continued),
            color_depth=None if display.colour else ColorDepth.MONOCHROME,
        )

    def read(self, text: str) -> str:
        """Show a prompt, give what was typed."""
        self._menu.forget()
        self._taken = len(text)
        waiting = self._session.waiting
        if waiting is None:
            return self._prompt.prompt(text, refresh_interval=0, pre_run=self._unless_done)
        shown = left(waiting)  # counted down while nobody types
        return self._prompt.prompt(lambda: text.replace(shown, left(waiting)), refresh_interval=1, pre_run=self._unless_done)

    def ask(self, text: str) -> str:
        """Show a question, give the answer: no menu, no history."""
        return PromptSession[str]().prompt(text)

    def end(self) -> None:
        """End the line that is being read, if there is one, as Ctrl-D does; from anywhere, a signal's handler too."""
        app = self._prompt.app
        if app.loop is not None and app.is_running:
            app.loop.call_soon_threadsafe(self._unless_done)

    def _unless_done(self) -> None:
        app = self._prompt.app
        if self._session.done and app.is_running and not app.is_done:
            app.exit(exception=EOFError())

    def _expected(self) -> str:
        """What is the user's own to choose here; prompt_toolkit shows no menu that offers nothing else."""
        line = _last_line(get_app().current_buffer.document)
        here = point(line, self._session.level)
        entries = list(self._menu.entries(here)) if here and here.fresh and line.strip() else []
        if any(entry.text for entry in entries):
            return ""
        room = get_app().output.get_size().columns - self._taken - len(line) - 1
        return fitting(" ".join(entry.shown for entry in entries), room)

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


def fitting(hint: str, room: int) -> str:
    """As much of a hint as so many columns hold; prompt_toolkit would show nothing of one that is longer."""
    return textwrap.shorten(hint, max(room, len(_MORE)), placeholder=_MORE)


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


class Completions(Completer):
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


class Colours(Lexer):
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
                    self._host.append(self._path, kept(line.replace("\\\n", " ")))
