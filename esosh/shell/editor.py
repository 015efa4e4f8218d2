"""A line editor with menus, help at `?`, colour and history. Nothing else imports prompt_toolkit."""

from __future__ import annotations

import contextlib
import textwrap
from collections.abc import AsyncGenerator, Iterable, Iterator
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

from ..host import Host
from ..language.masking import masked_line
from ..language.words import logical_lines
from ..session import Session
from ..transaction import aside, journal, state
from ..transaction.guard import time_left
from ..views import clean
from .cursor import cursor_after, spans
from .display import Display
from .lookups import Lookups
from .menu import Entry, Menu

_STYLE = Style.from_dict({
    "prompt": "bold", "keyword": "bold", "key": "ansicyan", "name": "ansigreen", "new": "ansigreen underline",
    "wrong": "ansired underline", "comment": "ansibrightblack",
})
_MORE = "...>"


class Editor:
    """Reads lines with a menu at every point, help at `?`, colour and history."""

    def __init__(self, session: Session, display: Display) -> None:
        self._lookups = Lookups(session)
        self._session = session
        self._display = display
        self._prompt_width = 0
        self._completer = MenuCompleter(self._lookups, session)
        self._prompt: PromptSession[str] = PromptSession(
            completer=self._completer, lexer=Highlighter(self._lookups, session), key_bindings=self._keys(),
            history=StoredHistory(session.host, session.who.user), complete_while_typing=True, style=_STYLE,
            rprompt=self._expected, multiline=Condition(_continued),
            color_depth=None if display.colour else ColorDepth.MONOCHROME,
        )

    def read(self, text: str) -> str:
        """Show a prompt, give what was typed."""
        self._lookups.forget()
        self._prompt_width = len(text)
        try:
            return self._read(text)
        finally:
            self._lookups.rest()

    def _read(self, text: str) -> str:
        waiting = self._session.waiting
        if waiting is None:
            return self._prompt.prompt(text, refresh_interval=0, pre_run=self._exit_if_done)
        start = time_left(waiting)

        def countdown() -> str:
            return text.replace(start, time_left(waiting))

        return self._prompt.prompt(countdown, refresh_interval=1, pre_run=self._exit_if_done)

    def ask(self, text: str) -> str:
        """Show a question, give the answer: no menu, no history."""
        return PromptSession[str]().prompt(text)

    def end(self) -> None:
        """End the line that is being read, if any, as Ctrl-D does; a signal's handler may call it."""
        app = self._prompt.app
        if app.loop is not None and app.is_running:
            app.loop.call_soon_threadsafe(self._exit_if_done)

    def _exit_if_done(self) -> None:
        app = self._prompt.app
        if self._session.done and app.is_running and not app.is_done:
            app.exit(exception=EOFError())

    def _expected(self) -> str:
        """The words that the user may choose here; prompt_toolkit shows no menu of these alone."""
        line = _last_line(get_app().current_buffer.document)
        if not line.strip() or not self._fresh():
            return ""
        entries = self._lookups.glance(Menu.at, line) or []
        if any(entry.text for entry in entries):
            return ""
        room = get_app().output.get_size().columns - self._prompt_width - len(line) - 1
        return fitting(" ".join(entry.shown for entry in entries), room)

    def _keys(self) -> KeyBindings:
        keys = KeyBindings()

        @keys.add("?", filter=has_focus(DEFAULT_BUFFER) & Condition(self._fresh))
        def _(event: KeyPressEvent) -> None:
            line = _last_line(event.current_buffer.document)
            run_in_terminal(lambda: self._display.view(self._lookups.now(Menu.help, line)))

        @keys.add("tab", filter=has_focus(DEFAULT_BUFFER) & ~Condition(_offered))
        def _(event: KeyPressEvent) -> None:
            buffer = event.current_buffer
            request = CompleteEvent(completion_requested=True)
            completions = self._completer.get_completions(buffer.document, request)
            insertable = [completion for completion in completions if completion.text]
            buffer.insert_text(get_common_complete_suffix(buffer.document, insertable))
            buffer.start_completion()

        return keys

    def _fresh(self) -> bool:
        """Whether a word may begin at the cursor."""
        cursor = cursor_after(_last_line(get_app().current_buffer.document), self._session.level)
        return cursor is not None and cursor.fresh


def fitting(hint: str, room: int) -> str:
    """The hint, shortened to the columns that there are; prompt_toolkit does not show a longer one at all."""
    return textwrap.shorten(hint, max(room, len(_MORE)), placeholder=_MORE)


def _offered() -> bool:
    """Whether a menu is open, in which Tab selects."""
    return bool(getattr(get_app().current_buffer.complete_state, "completions", None))


def _continued() -> bool:
    """Whether Enter continues the line."""
    text = get_app().current_buffer.text
    return text.endswith("\\") and not text.endswith("\\\\")


def _last_line(document: Document) -> str:
    """The logical line that the cursor is in, up to the cursor."""
    *_, (_, line) = logical_lines(document.text_before_cursor)
    return line


class MenuCompleter(Completer):
    """The menu's entries for prompt_toolkit."""

    def __init__(self, lookups: Lookups, session: Session) -> None:
        self._lookups = lookups
        self._session = session

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterator[Completion]:
        """Entries that begin with the begun word; one without a text of its own changes nothing."""
        line = _last_line(document)
        return self._completions(line, self._lookups.now(Menu.at, line))

    async def get_completions_async(
        self, document: Document, complete_event: CompleteEvent
    ) -> AsyncGenerator[Completion, None]:
        """The same, while the line can be edited."""
        line = _last_line(document)
        entries = self._lookups.glance(Menu.at, line)
        if entries is None:
            entries = await self._lookups.soon(Menu.at, line)
            get_app().invalidate()
        for completion in self._completions(line, entries):
            yield completion

    def _completions(self, line: str, entries: Iterable[Entry]) -> Iterator[Completion]:
        cursor = cursor_after(line, self._session.level)
        begun = len(line) - cursor.start if cursor else 0
        for entry in entries:
            start, style = (-begun, "") if entry.text else (0, "class:comment")
            yield Completion(entry.text, start, display=entry.shown, display_meta=entry.meaning, style=style)


class Highlighter(Lexer):
    """Each word in the colour of what it is."""

    def __init__(self, lookups: Lookups, session: Session) -> None:
        self._lookups = lookups
        self._session = session

    def lex_document(self, document: Document) -> Callable[[int], StyleAndTextTuples]:
        """The fragments of each line of the screen."""
        fragments: StyleAndTextTuples = []
        for number, line in logical_lines(document.text):
            if fragments:
                fragments.append(("", "\n"))
            fragments += self._fragments(line, is_first=number == 1)
        lines = list(split_lines(fragments))
        return lambda number: lines[number] if number < len(lines) else []

    def _fragments(self, line: str, is_first: bool) -> StyleAndTextTuples:
        """The fragments of a line; a wrong word is marked only in the first: others may change the level."""
        fragments: StyleAndTextTuples = []
        position, marks_wrong = 0, is_first
        for start, end, kind in spans(line, self._session.level):
            style = f"class:{kind}"
            if kind == "wrong":
                style = self._wrong_style(line) if marks_wrong else ""
                marks_wrong = False
            fragments += [("", line[position:start]), (style, line[start:end])]
            position = end
        rest = line[position:]
        return [*fragments, ("class:comment" if rest.lstrip().startswith("#") else "", rest)]

    def _wrong_style(self, line: str) -> str:
        """The style of the first wrong word, which is not marked while it may become one that fits."""
        return "class:wrong" if self._lookups.glance(Menu.at, line) == [] else ""


class StoredHistory(History):
    """The lines that a user typed, kept on the box; it is no error when they cannot be kept."""

    def __init__(self, host: Host, user: str) -> None:
        super().__init__()
        self._host = host
        self._path = f"{journal.ROOT}/history.{user}"

    def load_history_strings(self) -> Iterable[str]:
        """The lines, the newest first."""
        try:
            return [clean(line) for line in reversed(state.read(self._host, self._path).split("\n")) if line]
        except OSError:
            return []

    def store_string(self, string: str) -> None:
        """Keep what was typed, each of its lines in one line of the file."""
        with contextlib.suppress(OSError):
            for _, line in logical_lines(string):
                if line.strip():
                    self._append(masked_line(line.replace("\\\n", " ")))

    def _append(self, line: str) -> None:
        aside.making_way(self._host, self._path, lambda: self._host.append(self._path, line))
