"""Every error that a user can meet, each with its exit status and a stable code.

EsoshError
├── LineError      2   the line or the file is not in the language
├── Refused        1   the line is in the language, but does not fit the candidate or the machine
├── ChecksRefuse   3   a check refuses the commit, or the commit disrupts more than is allowed
│   └── Declined       somebody was asked, and did not say yes: that is no error, and is not shown as one
├── Conflict       4   somebody else changed the same thing
├── StepFailed     5   a step of the commit failed, and everything was undone
├── UndoFailed     6   a step failed and could not be undone; `details` lists what remains changed
└── Locked         7   somebody else holds the lock

Any other exception is a bug: exit status 70.
"""

from __future__ import annotations

from ..records import Record

BUG = 70


class Place(Record):
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


class EsoshError(Exception):
    """What went wrong, where, what was expected, and the line that would help (`hint`).

    `word` is the word of the line that is to blame; diagnostics.located makes a place of it. `errors`: the
    errors of several lines of a file, when this error is for all of them.
    """

    status = 1
    code = "E200"

    def __init__(
        self, message: str, place: Place | None = None, expected: tuple[str, ...] = (), hint: str = "",
        details: tuple[str, ...] = (), word: str = "", code: str = "", errors: tuple[EsoshError, ...] = (),
    ) -> None:
        super().__init__(message)
        self.message = message
        self.place = place
        self.expected = expected
        self.hint = hint
        self.details = details
        self.word = word
        self.code = code or self.code
        self.errors = errors

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


class LineError(EsoshError):
    """The line is not in the language."""

    status = 2
    code = "E101"


class LineErrors(LineError):
    """Several lines of one file are not in the language."""


class Refused(EsoshError):
    """The line does not fit the candidate or the machine; nothing was changed."""

    status = 1


class Damaged(Refused):
    """A file of esosh's own state cannot be used; the message names it, `details` say what to do."""

    code = "E241"

    def again(self) -> Damaged:
        """The same error, for another line."""
        return Damaged(self.message, details=self.details, hint=self.hint, code=self.code)


class ChecksRefuse(EsoshError):
    """The checks refuse the commit; nothing was changed."""

    status = 3
    code = "E301"


class Declined(ChecksRefuse):
    """Somebody was asked, and did not say yes; nothing was changed. The message says what is so now."""

    code = "E239"


class Conflict(EsoshError):
    """The machine changed under the candidate; nothing was applied, or all of it was undone."""

    status = 4
    code = "E401"


class StepFailed(EsoshError):
    """A step failed; it and all steps before it were undone and checked."""

    status = 5
    code = "E501"


class UndoFailed(EsoshError):
    """A step failed and could not be undone; `details` lists what remains changed."""

    status = 6
    code = "E601"


class Locked(EsoshError):
    """The lock did not become free in time; the message names its holder."""

    status = 7
    code = "E701"


def system_reason(error: OSError) -> str:
    """Why the system refused, without the file."""
    return (error.strerror or str(error)).lower()


def position(error: BaseException) -> str:
    """The file and the line that an error was raised at, in parentheses; "" where that is unknown."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    if frame is None:
        return ""
    return f" ({frame.tb_frame.f_code.co_filename.rpartition('/')[2]}:{frame.tb_lineno})"
