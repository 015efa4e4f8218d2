"""What a box has that no line can say: it was made by hand, and stays in its file as it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Optional

from ..config import Config
from ..errors import LineError, Refused
from ..records import Record
from ..views import clean, has_control
from . import Edit, section_module
from .parse import parse


class Unsayable(Record):
    """An object with a name or a value that the language refuses: the line that would say it, and why not."""

    section: str
    name: str
    line: str
    reason: str


def unsayable(config: Config, section: str, name: Optional[str] = None) -> Iterator[Unsayable]:
    """What no line can say of a section, or of one of its objects."""
    for command in section_module(section).lines(config, name):
        reason = obstacle(command, config)
        if reason:
            yield Unsayable(section, name or command.subject(), clean(str(command)), reason)


def obstacle(command: Edit, config: Config) -> str:
    """Why a line about what a configuration has is refused when it is read again; "" where it is not."""
    text = str(command)
    if has_control(text):
        return "it has control characters"
    try:
        parsed = parse(text)
        if isinstance(parsed, Edit):
            parsed.edit(config)
    except (LineError, Refused) as error:
        return clean(str(error).partition("; expected: ")[0])
    return ""
