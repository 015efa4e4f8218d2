"""A file of lines: all of it is read, and all its errors are told, before any of it counts."""

from __future__ import annotations

from typing import Any, Callable, TypeVar

from .. import executors
from ..commands.parse import parse
from ..commands.session.levels import SessionLevel, SessionTop, SessionUp
from ..errors import EsoshError, LineError, LineErrors, Refused
from ..language import diagnostics
from ..language.follow import tokens
from ..language.words import logical_lines
from ..records import Record

T = TypeVar("T")


class Entry(Record):
    """A line of a file and the command that it is."""

    file: str
    number: int
    line: str
    command: Any

    def do(self, action: Callable[[], T]) -> T:
        """Do something with it; an error gets its place in the file."""
        try:
            return action()
        except EsoshError as error:
            raise diagnostics.located(error, self.line, self.file, self.number) from None


class Refusals:
    """The lines of a file that do not fit, told together."""

    def __init__(self) -> None:
        self.errors: list[Refused] = []
        self.names: set[str] = set()  # what the lines would have made or changed

    def collect(self, entry: Entry, action: Callable[[], None]) -> None:
        """Do something with a line; keep its refusal, unless it only follows from an earlier one."""
        try:
            entry.do(action)
        except Refused as error:
            if error.word not in self.names:
                self.errors.append(error)
            words = tokens(str(entry.command))
            self.names.update(word.text for word, kind in words if kind == "new" or word.text != error.word)

    def tell(self) -> None:
        """Raises Refused where a line was refused, with all of them where several were."""
        if len(self.errors) == 1:
            raise self.errors[0]
        if self.errors:
            first = self.errors[0]
            file = first.place.file if first.place else "the file"
            message = f"{len(self.errors)} lines of {file} do not fit"
            raise Refused(message, errors=tuple(self.errors), code=first.code)


def read(text: str, file: str) -> tuple[Entry, ...]:
    """The commands of a file; levels hold from line to line and are not among them.

    Raises LineError, LineErrors where more than one line is not in the language.
    """
    entries: list[Entry] = []
    errors: list[LineError] = []
    level = ""
    for number, line in logical_lines(text.removeprefix("\ufeff")):  # some editors put this mark first
        try:
            command = parse(line, level)
        except LineError as error:
            diagnostics.located(error, line, file, number)
            errors.append(error)
            continue
        if isinstance(command, SessionLevel):
            level = command.section
        elif isinstance(command, (SessionUp, SessionTop)):
            level = ""
        elif command is not None:
            entries.append(Entry(file, number, line, command))
    if errors and not entries:
        _refuse_other_kinds(text, file)
    if len(errors) > 1:
        raise LineErrors(f"{len(errors)} lines of {file} are not in the language", errors=tuple(errors))
    if errors:
        raise errors[0]
    return tuple(entries)


def _refuse_other_kinds(text: str, file: str) -> None:
    """Raises LineError where a text is a file of another kind, which a section recognizes."""
    for recognize in executors.offered("recognize"):
        kind, ways_in = recognize(text)
        if kind:
            raise LineError(f"{file} is {kind}, and not lines of esosh", word=file, details=ways_in)
