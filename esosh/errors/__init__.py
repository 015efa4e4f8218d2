"""Every error that a user can meet, each with its exit status and a stable code.

EsoshError
├── LineError      2   the line or the file is not in the language
├── Refused        1   the line is in the language, but does not fit the candidate or the machine
├── ChecksRefuse   3   a check refuses the commit, or the commit disrupts more than is allowed
├── Conflict       4   somebody else changed the same thing
├── StepFailed     5   a step of the commit failed, and everything was undone
├── UndoFailed     6   a step failed and could not be undone; `details` lists what remains changed
└── Locked         7   somebody else holds the lock

Any other exception is a bug: exit status 70.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

BUG = 70


@dataclass(frozen=True)
class Place:
    """Where a text is wrong: `column` counts from 1, `width` is the length of the wrong word."""

    line: str
    column: int
    width: int = 1
    file: str = ""
    number: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.number}:{self.column}" if self.file else f"column {self.column}"

    def caret(self) -> tuple[str, str]:
        """The line, and the row of marks that points at its wrong word from below."""
        blanks = "".join("\t" if letter == "\t" else " " for letter in self.line[: self.column - 1])
        return self.line, blanks + "^" * max(1, self.width)


@dataclass
class EsoshError(Exception):
    """What went wrong, where, what was expected, and the line that would help (`hint`).

    `word` is the word of the line that is to blame; diagnostics.located makes a place of it. `errors`: the
    errors of several lines of a file, when this error is for all of them.
    """

    message: str
    place: Optional[Place] = None
    expected: tuple[str, ...] = ()
    hint: str = ""
    details: tuple[str, ...] = ()
    word: str = ""
    code: str = "E200"
    errors: tuple[EsoshError, ...] = ()

    status = 1

    def __str__(self) -> str:
        return self.message

    def data(self) -> dict[str, object]:
        """The error as JSON data."""
        place = self.place and {
            "file": self.place.file, "line": self.place.number, "column": self.place.column,
            "text": self.place.line,
        }
        return {
            "code": self.code, "status": self.status, "message": self.message, "where": place,
            "expected": list(self.expected), "hint": self.hint, "details": list(self.details),
        }


@dataclass
class LineError(EsoshError):
    """The line is not in the language."""

    code: str = "E101"
    status = 2


@dataclass
class LineErrors(LineError):
    """Several lines of one file are not in the language."""


@dataclass
class Refused(EsoshError):
    """The line does not fit the candidate or the machine; nothing was changed."""

    status = 1


@dataclass
class ChecksRefuse(EsoshError):
    """The checks refuse the commit; nothing was changed."""

    code: str = "E301"
    status = 3


@dataclass
class Conflict(EsoshError):
    """The machine changed under the candidate; nothing was applied, or all of it was undone."""

    code: str = "E401"
    status = 4


@dataclass
class StepFailed(EsoshError):
    """A step failed; it and all steps before it were undone and checked."""

    code: str = "E501"
    status = 5


@dataclass
class UndoFailed(EsoshError):
    """A step failed and could not be undone; `details` lists what remains changed."""

    code: str = "E601"
    status = 6


@dataclass
class Locked(EsoshError):
    """The lock did not become free in time; the message names its holder."""

    code: str = "E701"
    status = 7
