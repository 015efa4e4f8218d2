"""The text of a write to an SCST attribute: its words, numbers and parameters, and the errors of wrong ones.

Source: scst_sysfs.c; SCST 3.11 on a real kernel, recorded write by write; so it is for this whole folder.
"""

from __future__ import annotations

import errno
import itertools
import os
import re
from collections.abc import Collection, Iterable, Mapping

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeVar

    _Action = TypeVar("_Action")

LARGEST = 2**63 - 1

_WORD = re.compile(r"[\s=]*([^\s=]+)")
_NUMBER = re.compile(r"[-+]?(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)\n?")
_PAGE = 4096  # bytes


class RefusedAtOnce(OSError):
    """The kernel refuses a text when it reads it; SCST's work queue gets nothing."""


class NothingToDo(Exception):
    """A write changes nothing; SCST's work queue gets nothing."""


def refusal(number: int) -> OSError:
    """The error of a command that the kernel refuses, without the path."""
    return OSError(number, os.strerror(number))


def unreadable(number: int = errno.EINVAL) -> OSError:
    """The error of a value that the kernel cannot read."""
    return RefusedAtOnce(number, os.strerror(number))


def first_page(text: str) -> str:
    """The part of a written text that reaches the command: one page, up to a NUL."""
    page = text.encode("utf-8", "surrogateescape")[:_PAGE].partition(b"\0")[0]
    return page.decode("utf-8", "surrogateescape")


def first_line(text: str) -> str:
    """The text up to its first line end."""
    return text.partition("\n")[0]


def take_word(text: str) -> tuple[str, str]:
    """The first word, which a blank or "=" ends, and the text behind it; EINVAL when there is no word."""
    match = _WORD.match(text)
    if match is None:
        raise refusal(errno.EINVAL)
    return match[1], text[match.end() + 1 :]


def first_word(text: str) -> str:
    """The first word, whatever follows it; EINVAL when there is no word."""
    return take_word(text)[0]


def two_words(text: str) -> tuple[str, str]:
    """The first two words, whatever follows them; EINVAL when there are fewer."""
    first, rest = take_word(text)
    return first, first_word(rest)


def only_word(text: str) -> str:
    """The one word of a text; EINVAL when there are more or none."""
    word, rest = take_word(text)
    require_end(rest)
    return word


def require_end(text: str) -> None:
    """EINVAL when words are left."""
    if _WORD.match(text):
        raise refusal(errno.EINVAL)


def choose_action(text: str, actions: Mapping[str, _Action]) -> tuple[_Action, str]:
    """The action that the first word names in any case, and the text behind it; EINVAL for an unknown one."""
    verb, rest = take_word(text)
    action = actions.get(verb.lower())
    if action is None:
        raise refusal(errno.EINVAL)
    return action, rest


def parse_number(text: str, low: int, high: int) -> int:
    """A number as kstrtoul(9) with base 0 reads it, one newline allowed; EINVAL outside low…high."""
    match = _NUMBER.fullmatch(text)
    if match is None:
        raise refusal(errno.EINVAL)
    value = int(text, _base(match[1]))
    if not low <= value <= high:
        raise refusal(errno.EINVAL)
    return value


def parse_number_at_once(text: str, low: int, high: int) -> int:
    """A number that is read before the work queue gets the write."""
    try:
        return parse_number(text, low, high)
    except OSError:
        raise unreadable() from None


def parse_parameters(text: str, allowed: Collection[str]) -> dict[str, str]:
    """The values in `name=value; name=value`; EINVAL for an unknown name, a second value, or none."""
    values: dict[str, str] = {}
    for part in _parts(text):
        name, rest = take_word(part)
        value = only_word(rest)
        if name not in allowed or name in values:
            raise refusal(errno.EINVAL)
        values[name] = value
    return values


def parse_attributes(text: str, allowed: Collection[str]) -> list[tuple[str, str]]:
    """Name and value of each `name=several words; …`; EINVAL for an unknown name, or none."""
    attributes = []
    for part in _parts(text):
        name, rest = take_word(part)
        if name not in allowed:
            raise refusal(errno.EINVAL)
        attributes.append((name, rest.strip()))
    return attributes


def _base(digits: str) -> int:
    if digits[:2].lower() == "0x":
        return 16
    return 8 if digits.startswith("0") else 10


def _parts(text: str) -> Iterable[str]:
    """The parts between ";" and line ends, up to the first blank part (scst_get_next_token_str)."""
    return itertools.takewhile(str.strip, re.split(r"[;\n]", text))
