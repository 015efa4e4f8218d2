"""Step, and the actions and observations it is made of: data that a journal can hold.

A step holds what it does, what undoes it (computed before anything runs), what it expects to find, and what
it expects once it is done. Undo and recovery look; they never assume.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any, Callable, Optional, Union

from ..host import Host, Output
from ..language.numbers import kernel_number
from ..records import Record
from ..views.secrets import masked

STAGES = ("remove", "create", "set", "enable", "save", "cluster")
DISRUPTIONS = ("none", "link", "io", "failover", "reboot")


class Write(Record):
    """One write to a kernel attribute."""

    path: str
    text: str

    def __str__(self) -> str:
        import shlex  # only what is shown needs it

        return f"echo {shlex.quote(masked(self.text.strip()))} > {self.path}"

    def perform(self, host: Host) -> None:
        """Do it. Raises OSError."""
        host.write(self.path, self.text + "\n")


class Replace(Record):
    """A whole file, or None for absent; `mode` is for a file that is new."""

    path: str
    text: Optional[str]
    mode: Optional[int] = None

    def __str__(self) -> str:
        return f"rm {self.path}" if self.text is None else f"replace {self.path}"

    def perform(self, host: Host) -> None:
        """Do it. Raises OSError."""
        host.replace(self.path, self.text, self.mode)


class Run(Record):
    """A program and its words."""

    argv: tuple[str, ...]

    def __str__(self) -> str:
        return _typed(self.argv)

    def perform(self, host: Host) -> None:
        """Do it. Raises OSError, also when the program ends with another status than 0."""
        _require_success(self.argv, host.run(self.argv))


def _typed(argv: tuple[str, ...]) -> str:
    import shlex  # only what is shown needs it

    return shlex.join(argv)


def _require_success(argv: tuple[str, ...], output: Output) -> None:
    if output.status:
        message = (output.err or output.out).strip()
        suffix = f": {message}" if message else ""
        raise OSError(f"{argv[0]} ended with status {output.status}{suffix}")


class Pipe(Record):
    """A program, its words, and what it reads."""

    argv: tuple[str, ...]
    text: str

    def __str__(self) -> str:
        return _typed(self.argv)

    def perform(self, host: Host) -> None:
        """Do it. Raises OSError, also when the program ends with another status than 0."""
        _require_success(self.argv, host.run(self.argv, self.text))


Action = Union[Write, Replace, Run, Pipe]


def _any(host: Host, pattern: str, text: str) -> bool:
    """Whether this is the first line of a file that the pattern matches."""
    import fnmatch  # few steps need it

    folder, _, names = pattern.rpartition("/")
    for name in fnmatch.filter(host.list(folder), names):
        with contextlib.suppress(OSError):  # what the kernel refused may have left a file that cannot be read
            if host.read(f"{folder}/{name}").partition("\n")[0] == text:
                return True
    return False


def _bits(host: Host, path: str, mask: str, wanted: bool) -> bool:
    """Whether the number that a file of the kernel shows has all bits of a mask, or none of them."""
    try:
        number, bits = kernel_number(host.read(path).strip()), kernel_number(mask)
    except OSError:
        return False
    return number is not None and bits is not None and number & bits == (bits if wanted else 0)


_CHECKS: Mapping[str, Callable[[Host, str, str], bool]] = {
    "exists": lambda host, path, text: host.exists(path),
    "absent": lambda host, path, text: not host.exists(path),
    "links_to": lambda host, path, text: (host.readlink(path) or "").rpartition("/")[2] == text,
    "any": _any,
    "none": lambda host, pattern, text: not _any(host, pattern, text),
    "bits": lambda host, path, mask: _bits(host, path, mask, True),
    "no_bits": lambda host, path, mask: _bits(host, path, mask, False),
}
HOWS = frozenset({*_CHECKS, "is", "mask", "has", "lacks", "elements"})  # ways in which it may be expected


class Expect(Record):
    """What is expected at a path, or in what a read-only program prints.

    `how` is "is" (the text is exactly this; of a kernel attribute its first line, blanks at the end aside),
    "mask" (it is this number in hexadecimal digits, commas and leading zeros aside), "has" or "lacks" (this
    is one of its words, or is not), "exists" or "absent", "links_to" (it is a link to what has that name),
    "any" or "none" (this is the first line of a file that the path's pattern matches, such as folder/name*,
    or of none), "bits" or "no_bits" (the number at the path has all bits of this one, or none of them),
    "elements" (it is XML that has these elements, see executors/xml).
    """

    source: Union[str, tuple[str, ...]]
    how: str
    text: str = ""

    def holds(self, host: Host) -> bool:
        """Whether it is true now."""
        if isinstance(self.source, str) and self.how in _CHECKS:
            return _CHECKS[self.how](host, self.source, self.text)
        text = _text_of(host, self.source)
        if text is None:
            return self.how == "lacks"
        if self.how == "is":
            return self._is(text)
        if self.how == "elements":
            from . import xml  # few steps need it

            return xml.has(text, self.text)
        if self.how == "mask":
            return _digits(text.partition("\n")[0]) == _digits(self.text)
        return (self.text in text.split()) == (self.how == "has")

    def _is(self, text: str) -> bool:
        if isinstance(self.source, str) and self.source.startswith("/sys/"):
            return text.partition("\n")[0].rstrip() == self.text.rstrip()
        return text == self.text


def _digits(mask: str) -> str:
    """The digits of a mask, none of them a leading zero."""
    return mask.replace(",", "").lstrip("0")


def _text_of(host: Host, source: Union[str, tuple[str, ...]]) -> Optional[str]:
    """The text of a file, or what a program prints; None where there is no file, or the program fails."""
    if not isinstance(source, str):
        output = host.run(source)
        return None if output.status else output.out
    try:
        return host.read(source)
    except (FileNotFoundError, NotADirectoryError):
        return None


class Step(Record):
    """One step of a commit.

    `undo` is None where nothing can undo it, () where undoing an earlier step undoes this one too. `before`
    is all that undoing brings back, () expects nothing; `after` None means that the step may be repeated.
    `notes` are what else it means.
    """

    do: Action
    undo: Optional[tuple[Action, ...]]
    before: tuple[Expect, ...] = ()
    after: Optional[Expect] = None
    stage: str = "set"
    section: str = ""
    disruption: str = "none"
    notes: tuple[str, ...] = ()

    @property
    def worst(self) -> int:
        """The rank of its disruption."""
        return DISRUPTIONS.index(self.disruption)

    def failed_precondition(self, host: Host) -> Optional[Expect]:
        """What of `before` is not true now, if anything. Raises OSError."""
        return next((expected for expected in self.before if not expected.holds(host)), None)


def write(path: str, new: str, old: Optional[str], how: str = "is", **details: Any) -> Step:
    """A step that sets a kernel attribute; `old` is None where undoing an earlier step restores its value.

    `how`: how its value is compared, see Expect.
    """
    undo = () if old is None else (Write(path, old),)
    before = () if old is None else (Expect(path, how, old),)
    return Step(Write(path, new), undo, before, Expect(path, how, new), **details)
