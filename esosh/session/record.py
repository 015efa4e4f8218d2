"""config.esh, the configuration as lines at each commit, made anew only where something differs.

Its lines stand in the order of the sections, and within a section in the order of its objects.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Collection, Mapping
from typing import Optional

from .. import executors
from ..commands import Object, differing_sections, field, section_module, typed_name
from ..commands.parse import parse
from ..config import Config
from ..errors import LineError, Refused
from ..host import Host
from ..language.source import sections
from ..transaction import git
from ..transaction.plan import RECORD
from ..views.secrets import masked
from .listing import lines, text, touched_objects

Names = Collection[str]


def before(host: Host, old: Config, new: Config) -> str:
    """config.esh as others left it: of what they changed in files, and of what a commit is about to write."""
    return _before(host, old, _written(host, old, new)) if host.exists(RECORD) else text(old)


def after(host: Host, old: Config, new: Config) -> str:
    """config.esh with the change from one configuration to another."""
    if not host.exists(RECORD):
        return text(new)
    written = _written(host, old, new)
    return amended(_before(host, old, written), new, written)


def _written(host: Host, old: Config, new: Config) -> set[Object]:
    """The objects that a commit writes: what it changes, and what runs and is in no file."""
    filed = executors.saved(host, old, old.differing(new))
    objects = touched_objects(old, new)
    for section in differing_sections(old, new):
        names = section_module(section).names
        objects.update((section, name) for name in {*names(new)}.difference(names(filed)))
    return objects


def _before(host: Host, old: Config, touched: Collection[Object]) -> str:
    files = {section: executors.executor(field(section)).FILES for section in sections()}
    try:
        changed = git.changed_since_record(host, {RECORD}.union(*files.values()))
        kept = git.recorded(host) if RECORD in changed else host.read(RECORD)
    except Refused:  # git cannot tell, and a plan does not fail for that
        return text(old)
    whole = {(section, "") for section, own in files.items() if not changed.isdisjoint(own)}
    return amended(kept, old, {*touched, *whole})


def amended(text: str, config: Config, objects: Collection[Object]) -> str:
    """The text with the lines that a configuration gives for some objects, and with no others of theirs.

    An object without a name stands for its whole section.
    """
    by_section: dict[str, list[str]] = {}
    for line in text.split("\n"):  # a value may have what other programs take for the end of a line
        by_section.setdefault(line.partition(" ")[0], []).append(line)
    for section in sections():
        names = {name for owner, name in objects if owner == section}
        if names:
            known = by_section.get(section, [])
            by_section[section] = _amended_section(known, config, section, names)
    amended_lines = itertools.chain.from_iterable(by_section.get(section, ()) for section in sections())
    return "".join(f"{line}\n" for line in amended_lines)


def _amended_section(known: list[str], config: Config, section: str, names: Names) -> list[str]:
    """The lines of a section, those of some objects made anew; all of them for the name ""."""
    order = {name: place for place, name in enumerate(section_module(section).names(config))}
    try:
        kept = _without(known, order, names)
        for name in sorted(order.keys() & names, key=order.__getitem__):
            place = _place(kept, order, name)
            kept[place:place] = _lines(config, section, name)
    except (LookupError, LineError):  # it has what nobody knows any more
        return _lines(config, section, None)
    return kept


def _lines(config: Config, section: str, name: Optional[str]) -> list[str]:
    return list(map(masked, lines(config, section, name)))


def _without(lines: list[str], order: Mapping[str, int], names: Names) -> list[str]:
    """The lines of other objects. Raises LookupError where the whole section is to be made anew."""
    if "" in names:
        raise LookupError
    words = {word for name in names for word in (name, typed_name(name))}
    own = next(iter(order), "")
    return [
        line for line in lines
        if (own not in names and words.isdisjoint(_pieces(line))) or _subject(line, own) not in names
    ]


def _pieces(line: str) -> set[str]:
    """The words of a line, and their pieces where a name has a colon behind it, or stands in an element."""
    words = {*line.split()}
    return words.union(re.split(r"[\s\"'=:<>/]+", line)) if ": " in line or "<" in line else words


def _place(lines: list[str], order: Mapping[str, int], name: str) -> int:
    """The place of the lines of an object among those of others. Raises LookupError for an unknown one."""
    own, low, high = next(iter(order)), 0, len(lines)
    while low < high:
        middle = (low + high) // 2
        if order[_subject(lines[middle], own)] < order[name]:
            low = middle + 1
        else:
            high = middle
    return low


@functools.lru_cache(maxsize=10_000)
def _subject(line: str, own: str) -> str:
    """The object that a line is about; `own` is the section itself. Raises LineError."""
    command = parse(line)
    assert command is not None
    return command.subject() or own
