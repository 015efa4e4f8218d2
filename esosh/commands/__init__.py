"""Per section: one dataclass per grammar rule, and the lines that a section is shown as.

A configuration command has `edit(config)`, which gives the changed Config or raises Refused; one that acts at
once has `act(session)`, which gives a View. `str(command)` is what a person would type: `parse(str(c)) == c`.
Each section's module also has

    owns(path, *configs)    the object that a fact is of; None for a fact of another section's
    names(config)           the objects that it has
    lines(config, name)     the commands that make the section (or one object of it) out of nothing
    clear(config, name)     the commands that take away all that can be made (or one object)

and, where what differs cannot just go and come anew, for others refer to it,

    takes(old, new), gives(old, new)    the commands that take away what goes, and those that make what comes
"""

from __future__ import annotations

import dataclasses
import difflib
import functools
import importlib
import importlib.resources
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Callable, NamedTuple, Optional, Protocol, TypeVar, Union

from ..config import Config
from ..errors import Refused
from ..executors.scst.facts import wwn
from ..flat import Path
from ..words import quote

SECTIONS = ("scst", "alua", "net", "svc")  # as they are typed: what a later one refers to comes first
Object = tuple[str, str]  # a section, and a name in it
_MANY = 12  # names that an error lists
_TAKING = ("Del", "Unset", "Disable", "Lip", "Stop", "Restart", "Resync")  # ends of the classes whose lines take something away
_ALIKE, _VERY = 0.6, 0.85  # how near a name must be to be suggested, and to be suggested to them
_SLIPS = 4  # letters by which it may differ there, counted in both
_WWN = re.compile("[0-9a-f]{16}")
_GUID = re.compile("[0-9a-f]{4}(:[0-9a-f]{4}){3}")  # how ib_srpt calls its targets
_CHOSEN = ("handler", "keys", "section", "replace", "party", "old", "new", "empty")  # fields with words of the language


class Pair(NamedTuple):
    """A key and its value ("mode=", "802.3ad"), a word and its list ("slaves", ("eth1", "eth2")), or a word alone."""

    key: str
    value: Union[str, tuple[str, ...], None] = None


Pairs = tuple[Pair, ...]
T = TypeVar("T")


class Command:
    """The text of a command, made of its class's name and its fields; `changes` says whether it may change anything."""

    changes = False
    rehearsed = False  # it changes the candidate only, so a rehearsal of a batch may run it

    def __str__(self) -> str:
        words = [word.lower() for word in re.findall("[A-Z][a-z0-9]*", type(self).__name__)]
        for part in dataclasses.fields(self):  # type: ignore[arg-type]
            words.extend(_words(getattr(self, part.name), quote if part.name in _CHOSEN else name))
        return " ".join(words[1:] if words[0] == "session" else words)


def _words(value: object, write: Callable[[str], str]) -> Iterator[str]:
    if isinstance(value, Pair) and value.key.endswith("="):
        yield value.key + quote(str(value.value))
    elif isinstance(value, Pair):
        yield value.key
        yield from _words(value.value, name if isinstance(value.value, tuple) else quote)
    elif isinstance(value, tuple):
        for inner in value:
            yield from _words(inner, write)
    elif isinstance(value, Command):
        yield str(value)
    elif value is not None:
        yield write(str(value))


def name(word: str) -> str:
    """A name as it is typed: in quotes where it would be taken for a keyword, too."""
    return quote(word, always=word in keywords())


@functools.cache
def keywords() -> frozenset[str]:
    """Every word of the language, those included that are read as another; where numbers stand, no name does."""
    grammar = importlib.resources.files("esosh").joinpath("grammar.lark").read_text("utf-8")
    alike = " ".join(re.findall(r"^// for (.+) read \S+$", grammar, re.M)).split()
    words = re.findall(r'"([^"\n]+)"', re.sub(r"//.*", "", grammar))
    return frozenset(word for word in (*alike, *words) if not word.isdigit())


def given(pairs: Pairs) -> dict[str, Union[str, tuple[str, ...], None]]:
    """The keys, without "=", and their values.

    Raises Refused for a key that is given twice.
    """
    values = {pair.key.rstrip("="): pair.value for pair in pairs}
    if len(values) < len(pairs):
        keys = [pair.key for pair in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise Refused(f"{twice} is given twice", code="E204")
    return values


def section(name: str) -> Any:
    """The module of a section's commands."""
    return importlib.import_module(f"{__name__}.{name}")


def owner(path: Path, *configs: Config) -> Object:
    """The object that a fact of one of these configurations is of."""
    found = ((name, section(name).owns(path, *configs)) for name in reversed(SECTIONS))
    return next((name, one) for name, one in found if one is not None)


class Edit(Protocol):
    """A command that changes the candidate."""

    def edit(self, config: Config) -> Config:
        """The configuration with the change. Raises Refused."""


def is_edit(command: object) -> bool:
    """Whether a command counts as an edit of a candidate; adopt and reapply do, and act besides."""
    return hasattr(command, "edit")


class Change(Command):
    """A command that may change the candidate or the machine."""

    changes = True


class Move(Change):
    """A change of candidates alone."""

    rehearsed = True


def missing(what: str, name: str, there: Iterable[str], line: Optional[Command] = None) -> Refused:
    """The error for a name that does not exist: what there is, and the line with the nearest name.

    What the line names already is no suggestion, nor is for a line that takes something away what is only vaguely alike.
    """
    names = sorted(there)
    near = _near(name, names)
    shown = names if len(names) <= _MANY else near[:3]
    listed = f"; there {'are' if shown is names else 'are, among others'}: {' '.join(shown)}" if shown else ""
    said, taking = str(line).split(), type(line).__name__.endswith(_TAKING)
    same = [each for each in names if _plain(each) == _plain(name)]
    close = [each for each in same or near if each not in said and (each in same or not taking or _slip(name, each))]
    mend = str(_renamed(line, name, close[0])) if close and line else ""
    return Refused(f"no {what} {name}{listed}", mend=mend, word=name, code="E202")


def found(what: str, name: str, objects: Mapping[str, T], line: Command) -> T:
    """The object of that name. Raises Refused, with what there is."""
    if name not in objects:
        raise missing(what, name, objects, line)
    return objects[name]


def _near(name: str, names: Iterable[str]) -> list[str]:
    """The names that are alike, the nearest first; of those that are equally near, the one that begins most alike."""
    ratios = {each: difflib.SequenceMatcher(None, name, each).ratio() for each in names}
    alike = (each for each in ratios if ratios[each] >= _ALIKE)
    return sorted(alike, key=lambda each: (-ratios[each], -len(os.path.commonprefix((name, each)))))  # noqa: RUF071 - letters


def _slip(name: str, other: str) -> bool:
    """Whether a name is another one with few slips, however long both are."""
    ratio = difflib.SequenceMatcher(None, name, other).ratio()
    return ratio >= _VERY and round((1 - ratio) * len(name + other)) <= _SLIPS


def _plain(name: str) -> str:
    """What is left of a name when it is not told how it is spelt."""
    return re.sub("^0x|[:.-]", "", name.lower())


def spelt(config: Config, target: str, line: Command, old: str = "") -> None:
    """Raises Refused for a target's new name that SCST spells otherwise, or takes for that of another target than `old`."""
    digits = _plain(target)
    port = wwn(f"0x{digits}") if _WWN.fullmatch(digits) else target
    there = config.scst.targets
    guid = _GUID.fullmatch(target) and port not in there and any(about.driver == "ib_srpt" for about in there.values())
    if port != target and not guid:
        raise Refused(f"SCST writes {target} in lower case, with colons", mend=str(_renamed(line, target, port)),
                      word=target, code="E205")
    for name, about in there.items():
        if about.driver == "iscsi" and name.lower() == target.lower() and name not in (target, old):
            raise Refused(f"target {name} is there, and SCST takes both names for one", mend=str(_renamed(line, target, name)),
                          word=target, code="E205")


def _renamed(value: Any, old: str, new: str) -> Any:
    """A command, or a part of one, with another name."""
    if isinstance(value, Command):
        names = [part.name for part in dataclasses.fields(value) if part.name not in _CHOSEN]  # type: ignore[arg-type]
        return dataclasses.replace(value, **{name: _renamed(getattr(value, name), old, new) for name in names})  # type: ignore[type-var]
    if isinstance(value, Pair):
        return Pair(value.key, _renamed(value.value, old, new))
    if isinstance(value, tuple):
        return tuple(_renamed(inner, old, new) for inner in value)
    return new if value == old else f"{value[0]}{new}" if value in (f"+{old}", f"-{old}") else value


def without(mapping: Mapping[str, T], name: str) -> dict[str, T]:
    """The mapping without one of its names."""
    return {key: value for key, value in mapping.items() if key != name}
