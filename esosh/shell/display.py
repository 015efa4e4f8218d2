"""Views, errors and notices on a terminal: plain, in colour, or as JSON. Nothing else imports rich."""

from __future__ import annotations

import os

from .. import views
from ..errors import position
from ..views import Line, View, clean, secrets

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any, TextIO

    from ..errors import EsoshError

_COLOURS = {  # the numbers that make a terminal show a style
    "ok": "32", "warn": "33", "error": "1;31", "add": "32", "del": "31", "command": "36", "dim": "90",
    "title": "1",
}
_FOLDED = ("warn", "error")  # the styles of sentences; other lines may be there to be copied
_REFRESHES = 200  # how often a progress bar is drawn


class Display:
    """Writes results to `out` and errors to `err`, in colour or not; JSON goes to `out`, an object a line."""

    def __init__(self, colour: bool, json: bool, out: TextIO, err: TextIO) -> None:
        self.colour = colour
        self._json = json
        self._out = out
        self._err = err
        self._notices: list[str] = []
        self._bar: Any = None

    def progress(self, number: int, steps: int, step: object, waited: float = 0) -> None:
        """Show how far a commit is that has more than a screenful of steps, or that waits.

        The bar goes when something else is shown.
        """
        if self._json or not self._err.isatty() or (steps < _size().lines and not waited):
            return
        if self._bar is None:
            self._start_bar(steps)
        description = f"commit, waiting for SCST {waited:.0f} s" if waited else "commit"
        refresh = bool(waited) or number % max(1, steps // _REFRESHES) == 0
        self._bar.update(0, description=description, completed=number, refresh=refresh)

    def _start_bar(self, steps: int) -> None:
        from rich.console import Console  # only long commits need it
        from rich.progress import MofNCompleteColumn, Progress

        console = Console(file=self._err, no_color=not self.colour)
        columns = (*Progress.get_default_columns(), MofNCompleteColumn())
        self._bar = Progress(*columns, console=console, auto_refresh=False, transient=True)
        self._bar.add_task("commit", total=steps)
        self._bar.start()

    def _end_bar(self) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def view(self, view: View) -> None:
        """Show a result. Raises Refused where it cannot be written; what was asked for is done."""
        self._end_bar()
        try:
            if self._json:
                self._write_object("view", views.data(view))
            else:
                self._write(self._out, views.lines(view))
        except BrokenPipeError:
            raise
        except OSError as error:
            from ..errors import Refused  # most results can be written

            message = f"it is done, and what there is to say cannot be written: {error.strerror}".lower()
            raise Refused(message, code="E224") from None

    def page(self, view: View) -> None:
        """Show a result to somebody at a terminal, in a pager where it is longer than that."""
        lines = list(views.lines(view))
        if self._json or not self._out.isatty() or not _too_long(lines):
            self.view(view)
        else:
            import pydoc  # as heavy as all the rest, and needed for long views alone

            os.environ.setdefault("LESS", "-FRX")  # as git has it: what was shown stays on the screen
            pydoc.pager(self._text(lines, _size().columns))

    def notices(self, lines: Iterable[Line]) -> None:
        """Show what happened besides; in JSON it goes with the next object."""
        self._end_bar()
        if self._json:
            self._notices += [secrets.masked(line.text) for line in lines]
        else:
            self._write(self._err, _cleaned(lines))

    def error(self, error: EsoshError) -> None:
        """Show an error: where, what, what was expected, and its hint."""
        self._end_bar()
        if self._json:
            self._write_object("error", views.plain(error.data()))
        else:
            from .messages import error_lines  # most commands end well

            width = _size().columns if self._err.isatty() else 0
            self._write(self._err, _cleaned(error_lines(error, width)))

    def bug(self, error: BaseException) -> None:
        """Show an error that is our own fault, in one line."""
        self._end_bar()
        bug = f"bug: {type(error).__name__}: {error}{position(error)}"
        text = f"{bug}; please report it with the line that you typed"
        if self._json:
            self._write_object("bug", secrets.masked(text))
        else:
            self._write(self._err, _cleaned([Line(text.replace("\n", " "), "error")]))

    def _write(self, file: TextIO, lines: Iterable[Line]) -> None:
        file.write(self._text(lines, _size().columns if file.isatty() else 0))
        file.flush()

    def _write_object(self, kind: str, data: object) -> None:
        import json  # text needs it not

        result = {"version": views.VERSION, kind: data, "notices": self._notices}
        self._notices = []
        self._out.write(json.dumps(result, default=str) + "\n")
        self._out.flush()

    def _text(self, lines: Iterable[Line], width: int) -> str:
        return "".join(f"{self._shown(line, width)}\n" for line in lines)

    def _shown(self, line: Line, width: int) -> str:
        """A line with its colour; a sentence is folded to `width`, 0 for lines of any length."""
        text, colour = line.text.rstrip(), _COLOURS.get(line.style)
        if 0 < width < len(text) and line.style in _FOLDED:
            from .messages import fold  # most lines are short

            text = fold(text, width)
        return f"\x1b[{colour}m{text}\x1b[0m" if self.colour and colour and text else text


def _size() -> os.terminal_size:
    """The columns and lines of the terminal."""
    import shutil  # as heavy as a small command, and needed on a terminal alone

    return shutil.get_terminal_size()


def _too_long(lines: list[Line]) -> bool:
    size = _size()
    rows = sum(max(1, -(-len(line.text) // size.columns)) for line in lines)
    return rows >= size.lines


def _cleaned(lines: Iterable[Line]) -> Iterator[Line]:
    return (Line(clean(part), line.style) for line in lines for part in line.text.split("\n"))
