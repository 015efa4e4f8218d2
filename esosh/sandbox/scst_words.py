"""What a write to an SCST attribute says: its words, numbers and parameters, and the refusal of one that is wrong.

Source: scst_sysfs.c; SCST 3.11 on a real kernel, recorded write by write; everything else in the modules scst_* as well.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Collection, Iterator, Mapping
from typing import TypeVar

Action = TypeVar("Action")

_WORD = re.compile(r"[\s=]*([^\s=]+)")
_NUMBER = re.compile(r"([-+]?)(?:0[xX]([0-9a-fA-F]+)|(0[0-7]*)|([1-9][0-9]*))\n?")
_LONGEST = 4096
LARGEST = 2**63 - 1


class Early(OSError):
    """Refused where the text is read: nothing was handed to SCST's work queue."""


class Idle(Exception):
    """There is nothing to do: nothing was handed to SCST's work queue."""


def refused(number: int) -> OSError:
    """The error of a command that the kernel refuses; whoever knows the path adds it."""
    return OSError(number, os.strerror(number))


def unread(number: int = errno.EINVAL) -> OSError:
    """The error of a value that the kernel cannot read."""
    return Early(number, os.strerror(number))


def heard(text: str) -> str:
    """The part of a written text that reaches the command: one page, up to a NUL."""
    raw = text.encode("utf-8", "surrogateescape")[:_LONGEST].partition(b"\0")[0]
    return raw.decode("utf-8", "surrogateescape")


def take(text: str, count: int) -> tuple[list[str], str]:
    """The first `count` words, which blanks or "=" end, and what follows them; EINVAL when there are fewer."""
    words, end = [], 0
    for _ in range(count):
        match = _WORD.match(text, end)
        if match is None:
            raise refused(errno.EINVAL)
        words.append(match[1])
        end = match.end()
    return words, text[end + 1 :]


def command(text: str, actions: Mapping[str, Action]) -> tuple[Action, str]:
    """The action that the first word names in any case, and the rest of the text; EINVAL when there is none."""
    (verb,), rest = take(text, 1)
    action = actions.get(verb.lower())
    if action is None:
        raise refused(errno.EINVAL)
    return action, rest


def nothing_more(text: str) -> None:
    """EINVAL when there are words left."""
    if _WORD.match(text):
        raise refused(errno.EINVAL)


def number(text: str, low: int, high: int) -> int:
    """A number as kstrtoul(9) with base 0 reads it, one newline allowed; EINVAL outside low…high."""
    match = _NUMBER.fullmatch(text)
    if match is None:
        raise refused(errno.EINVAL)
    sign, hexadecimal, octal, decimal = match.groups()
    value = int(hexadecimal, 16) if hexadecimal else int(octal, 8) if octal else int(decimal)
    value = -value if sign == "-" else value
    if not low <= value <= high:
        raise refused(errno.EINVAL)
    return value


def parameters(text: str, known: Collection[str]) -> dict[str, str]:
    """The values in `name=value; name=value`; EINVAL for an unknown name, a second value, or none."""
    found: dict[str, str] = {}
    for part in _parts(text):
        (name, value), rest = take(part, 2)
        nothing_more(rest)
        if name not in known or name in found:
            raise refused(errno.EINVAL)
        found[name] = value
    return found


def phrases(text: str, known: Collection[str]) -> list[tuple[str, str]]:
    """Name and value of each `name=several words; …`; EINVAL for an unknown name, or none."""
    found = []
    for part in _parts(text):
        (name,), rest = take(part, 1)
        if name not in known:
            raise refused(errno.EINVAL)
        found.append((name, rest.strip()))
    return found


def _parts(text: str) -> Iterator[str]:
    """What ";" and line ends part; an empty part ends it all (scst_get_next_token_str)."""
    for part in re.split(r"[;\n]", text):
        if not part.strip():
            return
        yield part
