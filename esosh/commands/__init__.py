"""Per section: one dataclass per grammar rule, and the lines that a section is shown as.

There are three kinds of command. An Edit has `edit(config)`, which gives the changed Config or raises
Refused. An Action acts at once: it has `act(session)`, which gives a View, and `native()`, the machine's own
commands for it. A Word belongs to the session: the function named after its rule runs it, in the module of
session/ that has the stem of the Word's module. `str(command)` is what a person would type:
`parse(str(command)) == command`. Each section's module also has

    owns(path, *configs)    the object that a fact belongs to; None for a fact of another section
    names(config)           the names of the section's objects, in the order of their lines; the section
                            itself is the first, where it has settings of its own
    lines(config, name)     the commands that make the section (or one object of it) from nothing
    clear(config, name)     the commands that remove all that commands can make (or one object)

and, where it needs them,

    affected(old, new)      the objects whose lines differ because of what differs elsewhere
    removals(old, new)      the commands that remove what only `old` has; a section has them where one removal
                            takes other objects along, so that their order counts
    additions(old, new)     the commands that then add what only `new` has; a section has these two where a
                            changed object cannot be removed and added again, because others refer to it
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Callable, ClassVar, NamedTuple, Optional, Protocol, TypeVar, Union

from ..config import FIELDS, Config
from ..config.paths import Path
from ..errors import Refused
from ..host import Host
from ..language.sections import module
from ..language.source import keywords, sections, wholes
from ..language.words import quote
from ..records import Record, replace
from ..views import Line, View

Object = tuple[str, str]  # a section, and a name in it
Keyword = str  # the type of a part whose words belong to the language and are no names of the user's
Value = Union[str, tuple[str, ...], None]
T = TypeVar("T")
MISSING = "E202"  # the code of an error about what does not exist


class Pair(NamedTuple):
    """A key and its value ("mode=", "802.3ad"), a word and its list ("slaves", ("eth1",)), or a word."""

    key: str
    value: Value = None


Pairs = tuple[Pair, ...]


class Command(Record):
    """A line of the language; its text is made of its class's name and its fields."""

    changes = False  # it may change the candidate or the machine
    rehearsed = False  # it changes candidates only, so the rehearsal of a batch may run it
    removes = False  # it removes, ends or interrupts something
    writes = False  # it writes a file of the user's
    one_list = False  # the names that it lists belong together, in their order
    WORDS: ClassVar[tuple[str, ...]] = ()  # of its name, where they are not those of its class's name

    def __str__(self) -> str:
        words = [*(self.WORDS or (word.lower() for word in _name_parts(type(self))))]
        for part in self.PARTS:
            write = quote if self.is_keyword(part) else typed_name
            words.extend(_typed_words(getattr(self, part), write))
        return " ".join(words).removeprefix("session ")

    def subject(self) -> str:
        """The object that it is about: the first of its names; "" where it is about the section itself."""
        for part in self.PARTS:
            value = getattr(self, part)
            if isinstance(value, (str, tuple)) and value and not self.is_keyword(part):
                name = value if isinstance(value, str) else value[0]
                return name if isinstance(name, str) else ""
        return ""

    @classmethod
    def is_keyword(cls, part: str) -> bool:
        """Whether the words of a part belong to the language."""
        return "Keyword" in cls.KINDS[part]


def typed_name(word: str) -> str:
    """A name as it is typed: also in quotes where it would be read as a keyword."""
    return quote(word, always=word in keywords())


def _name_parts(kind: type) -> list[str]:
    """The words of a class's name: "Net", "Bond" of NetBond."""
    return re.findall("[A-Z][a-z0-9]*", kind.__name__)


def _typed_words(value: object, write: Callable[[str], str]) -> Iterator[str]:
    """The words of a field's value, as they are typed."""
    if isinstance(value, Pair):
        yield from _typed_pair(value)
    elif isinstance(value, tuple):
        for inner in value:
            yield from _typed_words(inner, write)
    elif isinstance(value, Command):
        yield str(value)
    elif value is not None:
        yield write(str(value))


def _typed_pair(pair: Pair) -> Iterator[str]:
    if pair.key.endswith("="):
        yield pair.key + quote(str(pair.value))
    else:
        is_name = isinstance(pair.value, tuple) or pair.key in sections()  # of an object, in a topic
        yield pair.key
        yield from _typed_words(pair.value, typed_name if is_name else quote)


class Edit(Command):
    """A command that changes the candidate."""

    changes = rehearsed = True

    def edit(self, config: Config) -> Config:
        """The configuration with the change. Raises Refused."""
        raise NotImplementedError

    def behind(self, last: Optional[Edit]) -> Edit:
        """The edit that it is behind the last one there. Raises Refused where it cannot stand there."""
        return self

    def note(self, config: Config) -> str:
        """What the user should know about the edit of this configuration; several notes with "; " between."""
        return ""

    def gone(self) -> Iterator[str]:
        """The names that may be gone when it is done."""
        return iter(())

    def remainder(self, config: Config) -> tuple[Optional[Edit], tuple[str, ...]]:
        """What is left to do where it may have been done before, None for nothing; and what is so already.

        Raises Refused.
        """
        self.edit(config)
        return self, ()


class Removal(Edit):
    """An edit that removes something."""

    removes = True

    def gone(self) -> Iterator[str]:
        for part in self.PARTS:
            if not self.is_keyword(part):
                yield from _typed_words(getattr(self, part), str)

    def remainder(self, config: Config) -> tuple[Optional[Edit], tuple[str, ...]]:
        """What is still there to be removed; what it is about may be gone as a whole."""
        try:
            return super().remainder(config)
        except Refused as error:
            if error.code != MISSING:
                raise
            return self._without_missing(config, error)

    def _without_missing(self, config: Config, error: Refused) -> tuple[Optional[Edit], tuple[str, ...]]:
        """The edit with those names or keys of its list that exist, None where none does."""
        part = next((name for name in self.PARTS if type(getattr(self, name)) is tuple), "")
        items: tuple[Any, ...] = getattr(self, part, ())
        if len(items) < 2:
            done = "so already" if part and self.is_keyword(part) else "gone already"
            return None, (f"{done}: {error.message}",)
        remainders = [replace(self, **{part: (item,)}).remainder(config) for item in items]
        left = tuple(item for item, (edit, _) in zip(items, remainders) if edit)
        told = tuple(text for _, texts in remainders for text in texts)
        return (replace(self, **{part: left}) if left else None), told


QUESTION = "do it? type yes: "  # what is asked below a view
YES, NO = "yes", "no"


class Session(Protocol):
    """What an action may ask of the session that runs it.

    `ask` shows a view, asks a question once, and gives the answer; it is None where nobody can be asked.
    """

    host: Host
    ask: Optional[Callable[[View, str], str]]

    @property
    def config(self) -> Config:
        """The configuration that a commit would make."""


class Action(Command):
    """A command that acts on the machine at once."""

    changes = True

    def prepare(self, session: Session) -> tuple[Line, ...]:
        """What is to be told when it acts; where somebody must agree, they are asked. Nothing is touched.

        Raises Refused or ChecksRefuse where it may not act; that is also what its rehearsal raises.
        """
        raise NotImplementedError

    def act(self, session: Session) -> View:
        """Do it, prepared. Raises Refused."""
        raise NotImplementedError

    def native(self) -> Iterator[str]:
        """The machine's own commands for it."""
        raise NotImplementedError


class Word(Command):
    """A word of the session: session/ has the function that runs it."""

    @classmethod
    def rule(cls) -> str:
        """The grammar's rule for it, which is also the name of that function: session_check_peer."""
        return "_".join(_name_parts(cls)).lower()


class Move(Word):
    """A word that changes candidates only."""

    changes = rehearsed = True


def values_by_key(pairs: Pairs) -> dict[str, Value]:
    """The value of each key, without "=".

    Raises Refused for a key that is given twice.
    """
    repeated = first_repeated([pair.key for pair in pairs])
    if repeated:
        raise Refused(f"{repeated} is given twice", code="E204")
    return {pair.key.rstrip("="): pair.value for pair in pairs}


def first_repeated(words: Sequence[str]) -> Optional[str]:
    """The first word that occurs again."""
    counts = Counter(words)
    return next((word for word in words if counts[word] > 1), None)


def section_module(section: str) -> Any:
    """The module of a section's commands."""
    return module("commands", section)


def field(section: str) -> str:
    """The field of Config that holds a section."""
    return wholes().get(section, section)


def fields(section: Optional[str]) -> tuple[str, ...]:
    """The fields of Config that hold a section, or all sections."""
    return (field(section),) if section else FIELDS


def differing_sections(old: Config, new: Config) -> list[str]:
    """The sections that the two do not share."""
    return [section for section in sections() if not old.shares(new, field(section))]


def object_of(path: Path, *configs: Config) -> Object:
    """The object that a fact of one of these configurations belongs to."""
    possible = [section for section in reversed(sections()) if field(section) == path[0]]
    owners = ((section, section_module(section).owns(path, *configs)) for section in possible)
    return next((section, owner) for section, owner in owners if owner is not None)


def selected(objects: Mapping[str, T], name: Optional[str]) -> Mapping[str, T]:
    """The object of that name, if there is one; all objects where no name is given."""
    if name is None:
        return objects
    return {name: objects[name]} if name in objects else {}
