"""A file of lines: all of it is read, and all its errors are told, before any of it counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, TypeVar

from . import language, words
from .commands.session import SessionLevel, SessionUp
from .errors import EsoshError, LineError, LineErrors

T = TypeVar("T")


@dataclass(frozen=True)
class Entry:
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
            raise language.located(error, self.line, self.file, self.number) from None


def read(text: str, file: str) -> tuple[Entry, ...]:
    """The commands of a file; levels hold from line to line and are not among them.

    Raises LineError, LineErrors where more than one line is not in the language.
    """
    entries, errors, level = [], [], ""
    for number, line in words.logical_lines(text):
        try:
            command = language.parse(line, level)
        except LineError as error:
            language.located(error, line, file, number)
            errors.append(error)
            continue
        if isinstance(command, SessionLevel):
            level = command.section
        elif isinstance(command, SessionUp):
            level = ""
        elif command is not None:
            entries.append(Entry(file, number, line, command))
    if len(errors) > 1:
        raise LineErrors(f"{len(errors)} lines of {file} are not in the language", errors=tuple(errors))
    if errors:
        raise errors[0]
    return tuple(entries)
