"""A configuration as lines that can be typed, and what differs between two."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Sequence
from typing import Any, Optional

from ..commands import Edit, Object, differing_sections, object_of, section_module
from ..commands.sayable import obstacle
from ..config import Config
from ..config.paths import diff
from ..errors import Refused
from ..language.sections import optional
from ..language.source import sections
from ..records import replace
from ..views import Item, Items, Line, Lines, clean
from ..views.secrets import masked
from . import differences, reports
from .edits import changed_objects, cleared
from .objects import changed_facts


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


def changes(old: Config, new: Config, section: Optional[str] = None) -> Items:
    """What differs, object by object."""

    def changed() -> list[Item]:
        return changed_facts({path: sides for path, sides in diff(old, new).items()
                                if section in (None, object_of(path, old, new)[0])})

    touched = _in_order(touched_objects(old, new), old, new)
    shown = (_changed_object(old, new, *touching) for touching in touched if section in (None, touching[0]))
    found = [item for item in shown if item["blocks"]]
    return Items(Item("diff", section or "", {"warnings": [], "objects": found, "changes": changed}), drawn)


def _changed_object(old: Config, new: Config, section: str, name: str) -> Item:
    """An object, with its lines that go and those that come in their place."""
    blocks = differences.blocks(lines(old, section, name), lines(new, section, name))
    sides = [{"removed": list(removed), "added": list(added)} for removed, added in blocks]
    return Item("object", name, {"section": section, "blocks": sides})


def drawn(changes: Item) -> Lines:
    """What differs, as lines."""
    blocks = [block for item in changes["objects"] for block in item["blocks"]]
    shown = itertools.chain.from_iterable(map(reports.block_lines, blocks))
    warnings = Lines.of(*changes["warnings"], style="warn").lines
    return Lines((*warnings, *(shown if blocks else [Line("no differences", "dim")])))


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
    for part in () if command.one_list else command.PARTS:
        names = getattr(command, part)
        if _is_list_of_names(names):
            yield from (replace(command, **{part: (name,)}) for name in names)
            return
    yield command


def _is_list_of_names(value: object) -> bool:
    return type(value) is tuple and len(value) > 1 and isinstance(value[0], str)
