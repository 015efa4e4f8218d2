"""config.esh, the configuration as lines at each commit, made anew only where something differs.

Its lines stand in the order of the sections, and within a section in the order of its objects.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Collection, Mapping
from typing import Optional

from ..commands import Object, field, section_module, typed_name
from ..commands.parse import parse
from ..config import Config
from ..errors import LineError
from ..executors import executor
from ..host import Host
from ..language.source import sections
from ..transaction import git
from ..transaction.plan import RECORD
from ..views.secrets import masked
from .listing import lines, text, touched_objects

Names = Collection[str]


def before(host: Host, old: Config, new: Config) -> str:
    """config.esh as others left it: of what they changed in files, and of what is about to change."""
    return _before(host, old, touched_objects(old, new)) if host.exists(RECORD) else text(old)


def after(host: Host, old: Config, new: Config) -> str:
    """config.esh with the change from one configuration to another."""
    if not host.exists(RECORD):
        return text(new)
    touched = touched_objects(old, new)
    return amended(_before(host, old, touched), new, touched)


def _before(host: Host, old: Config, touched: Collection[Object]) -> str:
    files = {section: executor(field(section)).FILES for section in sections()}
    changed = git.changed_since_record(host, {RECORD}.union(*files.values()))
    whole = {(section, "") for section, own in files.items() if not changed.isdisjoint(own)}
    return amended(git.recorded(host) if RECORD in changed else host.read(RECORD), old, {*touched, *whole})


def amended(text: str, config: Config, objects: Collection[Object]) -> str:
    """The text with the lines that a configuration gives for some objects, and with no others of theirs.

    An object without a name stands for its whole section.
    """
    by_section: dict[str, list[str]] = {}
    for line in text.splitlines():
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
        if (own not in names and words.isdisjoint(line.split())) or _subject(line, own) not in names
    ]


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
