"""Step, and the actions and observations it is made of: data that a journal can hold.

A step says what it does, what undoes it (computed before anything runs), what it expects to find, and what is to
be seen once it is done. Undo and recovery look; they never assume.
"""

from __future__ import annotations

import contextlib
import dataclasses
import fnmatch
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Callable, Optional, Union

from .host import Host
from .views import masked

STAGES = ("remove", "create", "set", "enable", "save")
DISRUPTIONS = ("none", "link", "io", "failover", "reboot")


@dataclass(frozen=True)
class Write:
    """One write to a kernel attribute."""

    path: str
    text: str

    def __str__(self) -> str:
        return f"echo {shlex.quote(masked(self.text.strip()))} > {self.path}"

    def perform(self, host: Host) -> None:
        """Do it. Raises OSError."""
        host.write(self.path, self.text + "\n")


@dataclass(frozen=True)
class Replace:
    """A whole file, or None for absent; `mode` for one that was not there."""

    path: str
    text: Optional[str]
    mode: Optional[int] = None

    def __str__(self) -> str:
        return f"rm {self.path}" if self.text is None else f"replace {self.path}"

    def perform(self, host: Host) -> None:
        """Do it. Raises OSError."""
        host.replace(self.path, self.text, self.mode)


@dataclass(frozen=True)
class Run:
    """A program and its words."""

    argv: tuple[str, ...]

    def __str__(self) -> str:
        return shlex.join(self.argv)

    def perform(self, host: Host) -> None:
        """Do it. Raises OSError, also when the program ends with another status than 0."""
        output = host.run(self.argv)
        if output.status:
            said = (output.err or output.out).strip()
            raise OSError(f"{self.argv[0]} ended with status {output.status}" + (f": {said}" if said else ""))


Action = Union[Write, Replace, Run]


def _one_of(host: Host, pattern: str, text: str) -> bool:
    """Whether a file that the pattern fits begins with this line."""
    folder, _, names = pattern.rpartition("/")
    for name in fnmatch.filter(host.list(folder), names):
        with contextlib.suppress(OSError):  # what the kernel refused may have left a file that cannot be read
            if host.read(f"{folder}/{name}").partition("\n")[0] == text:
                return True
    return False


_SEEN: Mapping[str, Callable[[Host, str, str], bool]] = {
    "there": lambda host, path, text: host.exists(path),
    "gone": lambda host, path, text: not host.exists(path),
    "to": lambda host, path, text: (host.readlink(path) or "").rpartition("/")[2] == text,
    "some": _one_of,
    "none": lambda host, pattern, text: not _one_of(host, pattern, text),
}


@dataclass(frozen=True)
class See:
    """What is to be seen at a path, or in what a read-only program prints.

    `how`: "is" (the text is exactly this; of a kernel attribute its first line), "has" and "lacks" (this is, or
    is not, one of its words), "there" and "gone", "to" (it is a link to what has that name), "some" and "none" (this is,
    or is not, the first line of a file that the path's pattern, such as folder/name*, fits).
    """

    source: Union[str, tuple[str, ...]]
    how: str
    text: str = ""

    def holds(self, host: Host) -> bool:
        """Whether it is to be seen now."""
        if isinstance(self.source, str) and self.how in _SEEN:
            return _SEEN[self.how](host, self.source, self.text)
        found = self._look(host)
        if found is None:
            return self.how == "lacks"
        if self.how == "is":
            return found == self.text
        return (self.text in found.split()) == (self.how == "has")

    def _look(self, host: Host) -> Optional[str]:
        if not isinstance(self.source, str):
            output = host.run(self.source)
            return None if output.status else output.out
        try:
            text = host.read(self.source)
        except (FileNotFoundError, NotADirectoryError):
            return None
        return text.partition("\n")[0] if self.source.startswith("/sys/") and self.how == "is" else text


@dataclass(frozen=True)
class Step:
    """One step of a commit.

    `undo` is None where nothing can undo it, () where undoing an earlier step undoes this one too. `before` is all that
    undoing brings back, () expects nothing; `after` None means that the step may be repeated. `notes` tell what else it means.
    """

    do: Action
    undo: Optional[tuple[Action, ...]]
    before: tuple[See, ...] = ()
    after: Optional[See] = None
    stage: str = "set"
    section: str = ""
    disruption: str = "none"
    notes: tuple[str, ...] = ()

    @property
    def worst(self) -> int:
        """The rank of its disruption."""
        return DISRUPTIONS.index(self.disruption)

    def unmet(self, host: Host) -> Optional[See]:
        """What of `before` is not to be seen now, if anything. Raises OSError."""
        return next((see for see in self.before if not see.holds(host)), None)


def write(path: str, new: str, old: Optional[str], **about: Any) -> Step:
    """A step that sets a kernel attribute; `old` None: what makes the object anew brings its value."""
    undo = () if old is None else (Write(path, old),)
    before = () if old is None else (See(path, "is", old),)
    return Step(Write(path, new), undo, before, See(path, "is", new), **about)


_KINDS = {kind.__name__: kind for kind in (Write, Replace, Run, See)}


def to_data(steps: Sequence[Step]) -> list[dict[str, Any]]:
    """The steps as JSON data."""
    return [{part.name: _plain(getattr(step, part.name)) for part in dataclasses.fields(step)} for step in steps]


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(inner) for inner in value]
    if type(value).__name__ in _KINDS:
        return {"kind": type(value).__name__, **{part.name: _plain(getattr(value, part.name))
                                                 for part in dataclasses.fields(value)}}
    return value


def from_data(data: Sequence[dict[str, Any]]) -> tuple[Step, ...]:
    """The steps that `to_data` gave."""
    return tuple(Step(**{name: _thaw(value) for name, value in step.items()}) for step in data)


def _thaw(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_thaw(inner) for inner in value)
    if isinstance(value, dict):
        kind = _KINDS[value["kind"]]
        return kind(**{name: _thaw(inner) for name, inner in value.items() if name != "kind"})
    return value
