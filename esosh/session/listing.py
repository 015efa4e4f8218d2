"""A configuration as lines that can be typed, and what differs between two."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any, Optional

from ..commands import Edit, Object, differing_sections, section_module
from ..commands.sayable import obstacle
from ..config import Config
from ..errors import Refused
from ..language.sections import optional
from ..language.source import sections
from ..records import replace
from ..views import Line, Lines, clean
from ..views.secrets import masked
from . import reports
from .edits import changed_objects, cleared


def lines(config: Config, section: Optional[str] = None, name: Optional[str] = None) -> list[str]:
    """The lines of all, of a section or of one object, each with one of the names that a command may list."""
    return list(map(str, commands(config, section, name)))


def commands(config: Config, section: Optional[str] = None, name: Optional[str] = None) -> Iterator[Any]:
    """The commands that make all, a section or one object, each with one of the names that it may list."""
    for module in map(section_module, [section] if section else sections()):
        for command in module.lines(config, name):
            yield from _split_by_name(command)


def loadable(config: Config, section: Optional[str] = None, name: Optional[str] = None) -> list[str]:
    """The lines as they can be loaded; what no line can say is a comment.

    So is what needs that, where all of a section is listed.
    """
    found = list(commands(config, section, name))
    reasons = [obstacle(command, config) for command in found]
    if any(reasons) and name is None:
        reasons = _reasons_in_order(cleared(config, section), found, reasons)
    return [f"# stays as it is: {clean(str(command))} ({reason})" if reason else str(command)
            for command, reason in zip(found, reasons)]


def _reasons_in_order(box: Config, found: Sequence[Edit], reasons: Sequence[str]) -> list[str]:
    """Why each command is refused, one after the other, where those with a reason are left out."""
    in_order = []
    for command, reason in zip(found, reasons):
        try:
            box = box if reason else command.edit(box)
        except Refused as error:
            reason = clean(str(error).partition(";")[0])
        in_order.append(reason)
    return in_order


def text(config: Config) -> str:
    """A configuration as a file of lines, without its secrets."""
    return "".join(f"{masked(line)}\n" for line in lines(config))


def touched_objects(old: Config, new: Config) -> set[Object]:
    """The objects whose lines may not be the same in both."""
    objects = changed_objects(old, new)
    for section in differing_sections(old, new):
        affected = optional("commands", section, "affected")
        objects.update((section, name) for name in (affected(old, new) if affected else ()))
    return objects


def changes(old: Config, new: Config, section: Optional[str] = None) -> Lines:
    """What differs, as lines, object by object."""
    changed: list[Line] = []
    for owner, name in _in_order(touched_objects(old, new), old, new):
        if section in (None, owner):
            changed += reports.change_lines(lines(old, owner, name), lines(new, owner, name))
    return Lines(tuple(changed)) if changed else Lines.of("no differences", style="dim")


def _in_order(objects: Collection[Object], old: Config, new: Config) -> Iterator[Object]:
    """Objects in the order of their lines."""
    for section in sections():
        names = {name for owner, name in objects if owner == section}
        if names:
            names_of = section_module(section).names
            yield from ((section, name) for name in _merged(names_of(old), names_of(new)) if name in names)


def _merged(old: Sequence[str], new: Sequence[str]) -> Iterator[str]:
    """The names of both, each list in its order; what only the new one has, before what follows it there."""
    known, places = set(old), {name: place for place, name in enumerate(new)}
    next_place = 0
    for name in old:
        if name in places:
            yield from (other for other in new[next_place : places[name]] if other not in known)
            next_place = max(next_place, places[name] + 1)
        yield name
    yield from (other for other in new[next_place:] if other not in known)


def _split_by_name(command: Any) -> Iterator[Any]:
    """A command for each of the names that it lists, so that differences, and blame, are of one name."""
    for part in command.PARTS:
        names = getattr(command, part)
        if _is_list_of_names(names):
            yield from (replace(command, **{part: (name,)}) for name in names)
            return
    yield command


def _is_list_of_names(value: object) -> bool:
    return type(value) is tuple and len(value) > 1 and isinstance(value[0], str)
