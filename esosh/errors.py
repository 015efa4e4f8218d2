"""Every error a user can meet, each with its exit status and a stable code.

EsoshError
├── LineError      2   the line or the file is not in the language
├── Refused        1   the line is in the language and does not fit
├── ChecksRefuse   3   a check, or the disruption that was not allowed, refuses the commit
├── Conflict       4   somebody else changed the same thing
├── StepFailed     5   a step of the commit failed and everything was undone
├── UndoFailed     6   a step failed, undoing failed too, `details` say what is left
└── Locked         7   somebody else holds the lock

Anything else that is raised is a bug: exit status 70.
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
        """The line, and the marks that stand below its wrong word."""
        blanks = "".join("\t" if letter == "\t" else " " for letter in self.line[: self.column - 1])
        return self.line, blanks + "^" * max(1, self.width)


@dataclass
class EsoshError(Exception):
    """What went wrong, where, what was expected, and the line that would help (`mend`).

    `word` is the word of the line that is to blame; who knows the line turns it into a place.
    """

    message: str
    place: Optional[Place] = None
    expected: tuple[str, ...] = ()
    mend: str = ""
    details: tuple[str, ...] = ()
    word: str = ""
    code: str = "E200"

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
            "expected": list(self.expected), "mend": self.mend, "details": list(self.details),
        }


@dataclass
class LineError(EsoshError):
    """The line is not in the language."""

    code: str = "E101"
    status = 2


@dataclass
class LineErrors(LineError):
    """Several lines of one file are not in the language."""

    errors: tuple[LineError, ...] = ()


@dataclass
class Refused(EsoshError):
    """The line does not fit the candidate or the machine; nothing was changed."""

    code: str = "E201"
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
    """The lock was not to be had within the time allowed; the message names its holder."""

    code: str = "E701"
    status = 7
