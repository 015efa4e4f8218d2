"""A file of lines: all of it is read, and all its errors are told, before any of it counts; scst.conf is told apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, TypeVar

from . import language, words
from .commands.session import SessionLevel, SessionUp
from .errors import EsoshError, LineError, LineErrors
from .executors.scst import SCST_CONF, attributes, conf

T = TypeVar("T")
_BLOCKS = ("HANDLER", "TARGET_DRIVER", "DEVICE_GROUP")


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
    if errors and not entries and is_scst_conf(text):
        ways = (f"to bring it in: copy it to {SCST_CONF}, then: reapply scst", "to compare this host with it: check peer FILE")
        raise LineError(f"{file} is an scst.conf, and not lines of esosh", word=file, details=ways)
    if len(errors) > 1:
        raise LineErrors(f"{len(errors)} lines of {file} are not in the language", errors=tuple(errors))
    if errors:
        raise errors[0]
    return tuple(entries)


def is_scst_conf(text: str) -> bool:
    """Whether a text has a block or an attribute of scst.conf."""
    top = conf.contents(conf.parse(text)).said
    return any(name in attributes.DEFAULTS["core"] or (name in _BLOCKS and any(node.children is not None for node in nodes))
               for (name, _), nodes in top.items())
