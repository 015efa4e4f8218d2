"""Views, errors and notices on a terminal: plain, in colour, or as JSON. Nothing else imports rich."""

from __future__ import annotations

import io
import json
import os
import shutil
import textwrap
import traceback
from collections.abc import Iterable, Iterator
from typing import Any, TextIO

from . import views
from .errors import EsoshError, LineError, LineErrors, Place
from .views import Line, View, clean

_STYLES = {
    "ok": "green", "warn": "yellow", "error": "bold red", "add": "green", "del": "red", "command": "cyan", "dim": "bright_black",
    "title": "bold",
}
_REFRESHED = 200  # times that a bar is drawn
_INDENT = " " * 5
_MISNAMED = ("E202", "E205")  # the errors whose mend is the same line with another name


class Display:
    """Where results and errors go: `out` and `err`, in colour or not; as JSON one object a line, all of it to `out`."""

    def __init__(self, colour: bool, json: bool, out: TextIO, err: TextIO) -> None:
        self.colour = colour
        self._json = json
        self._out = out
        self._err = err
        self._notices: list[str] = []
        self._bar: Any = None

    def progress(self, number: int, steps: int, what: object, waited: float = 0) -> None:
        """Show how far a commit is that has more than a screenful of steps, or that waits; what is shown next ends it."""
        if self._json or not self._err.isatty() or (steps < shutil.get_terminal_size().lines and not waited):
            return
        if self._bar is None:
            from rich.progress import MofNCompleteColumn, Progress  # only long commits need it

            self._bar = Progress(*Progress.get_default_columns(), MofNCompleteColumn(), console=self._console(self._err),
                                 auto_refresh=False, transient=True)
            self._bar.add_task("commit", total=steps)
            self._bar.start()
        shown = f"commit, waiting for SCST {waited:.0f} s" if waited else "commit"
        due = bool(waited) or number % max(1, steps // _REFRESHED) == 0
        self._bar.update(0, description=shown, completed=number, refresh=due)

    def _ended(self) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def _console(self, file: TextIO) -> Any:
        from rich.console import Console  # a command whose output is piped never needs it

        return Console(file=file, no_color=not self.colour)

    def view(self, view: View) -> None:
        """Show a result."""
        self._ended()
        if self._json:
            self._object("view", views.data(view))
        else:
            self._out.write(self._text(views.lines(view)))
            self._out.flush()

    def page(self, view: View) -> None:
        """Show a result to somebody at a terminal, in a pager where it is longer than that."""
        lines = list(views.lines(view))
        if self._json or not self._out.isatty() or not _too_long(lines):
            self.view(view)
        else:
            import pydoc  # as heavy as all the rest, and needed for long views alone

            os.environ.setdefault("LESS", "-FRX")  # as git has it: what was read stays on the screen
            pydoc.pager(self._text(lines))

    def notices(self, lines: Iterable[Line]) -> None:
        """Show what happened besides; in JSON it goes with the next object."""
        self._ended()
        if self._json:
            self._notices += [line.text for line in lines]
        else:
            self._err.write(self._text(_cleaned(lines)))
            self._err.flush()

    def error(self, error: EsoshError) -> None:
        """Show an error: where, what, what was expected and what would mend it."""
        self._ended()
        if self._json:
            self._object("error", error.data())
        else:
            width = shutil.get_terminal_size().columns if self._err.isatty() else 0
            self._err.write(self._text(_cleaned(_error(error, width))))
            self._err.flush()

    def bug(self, error: BaseException) -> None:
        """Show an error that is our own fault, in one line."""
        self._ended()
        frames = traceback.extract_tb(error.__traceback__)
        where = f" ({os.path.basename(frames[-1].filename)}:{frames[-1].lineno})" if frames else ""
        text = f"bug: {type(error).__name__}: {error}{where}; please report it with the line that you typed"
        if self._json:
            self._object("bug", text)
        else:
            self._err.write(self._text(_cleaned([Line(text.replace("\n", " "), "error")])))
            self._err.flush()

    def _object(self, kind: str, data: object) -> None:
        whole = {"version": views.VERSION, kind: data, "notices": self._notices}
        self._notices = []
        self._out.write(json.dumps(views.without_secrets(whole), default=str) + "\n")
        self._out.flush()

    def _text(self, lines: Iterable[Line]) -> str:
        return _coloured(lines) if self.colour else "".join(line.text.rstrip() + "\n" for line in lines)


def _coloured(lines: Iterable[Line]) -> str:
    from rich.console import Console  # a command whose output is piped never needs it
    from rich.text import Text

    console = Console(file=io.StringIO(), force_terminal=True, color_system="standard", soft_wrap=True, highlight=False)
    with console.capture() as capture:
        for line in lines:
            console.print(Text(line.text, style=_STYLES.get(line.style, "")))
    return capture.get()


def _too_long(lines: list[Line]) -> bool:
    size = shutil.get_terminal_size()
    rows = sum(max(1, -(-len(line.text) // size.columns)) for line in lines)
    return rows >= size.lines


def _cleaned(lines: Iterable[Line]) -> Iterator[Line]:
    return (Line(clean(part), line.style) for line in lines for part in line.text.split("\n"))


def _error(error: EsoshError, width: int) -> Iterator[Line]:
    """In a file the message first, for editors to find it; else below the line it is about."""
    if isinstance(error, LineErrors):
        for each in error.errors:
            yield from _error(each, width)
        return
    place = error.place
    if place and place.file:
        yield _folded(f"{place}: {error.code} {error.message}", width)
        yield from _caret(place)
    elif place is None or (_whole(place) and not isinstance(error, LineError)):
        yield _folded(f"{error.code} {error.message}", width)
    else:
        yield from _caret(place)
        yield _folded(f"{error.code} {place}: {error.message}", width)
    yield from (Line(_INDENT + detail, _style(detail)) for detail in error.details)
    if error.mend:
        near = isinstance(error, LineError) or error.code in _MISNAMED
        yield Line(f"{_INDENT}{'did you mean' if near else 'mend'}: {error.mend}", "command")


def _folded(message: str, width: int) -> Line:
    """The message in lines of `width`, 0 for one of any length."""
    if width:
        message = textwrap.fill(message, width, subsequent_indent=_INDENT, break_long_words=False, break_on_hyphens=False)
    return Line(message, "error")


def _style(detail: str) -> str:
    return "command" if detail.lstrip().startswith("mend: ") else ""


def _whole(place: Place) -> bool:
    """Whether the whole line is marked, which tells nothing."""
    return place.column == 1 and place.width >= len(place.line.rstrip())


def _caret(place: Place) -> Iterator[Line]:
    """The line and its marks, which stand below the wrong word even where control characters are written out."""
    start, end = place.column - 1, place.column - 1 + place.width
    before, wrong = clean(place.line[:start]), clean(place.line[start:end])
    line, marks = Place(clean(place.line), len(before) + 1, len(wrong) or place.width).caret()
    yield Line(f"  {line}")
    if not (place.file and _whole(place)):
        yield Line(f"  {marks}", "error")
