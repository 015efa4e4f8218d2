"""Edits of a configuration: folded, compared, and made from the difference of two configurations."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import reduce
from typing import Any, Optional

from ..commands import Command, Edit, Object, object_of, section_module
from ..config import Config
from ..config.paths import diff, with_facts
from ..language.source import sections


def section_of(command: Command) -> str:
    """The section that a command belongs to, or is about."""
    named: Optional[str] = getattr(command, "section", None)
    return named or type(command).__module__.split(".")[2]


def fold(config: Config, edits: Iterable[Edit]) -> Config:
    """The configuration with the edits. Raises Refused when one does not fit."""
    return reduce(lambda config, edit: edit.edit(config), edits, config)


def cleared(config: Config, section: Optional[str] = None) -> Config:
    """The configuration without all that lines can make, or without that of one section."""
    names = [section] if section else reversed(sections())
    return fold(config, [edit for name in names for edit in section_module(name).clear(config)])


def edits_between(old: Config, new: Config) -> Iterator[Edit]:
    """The edits that lead from one configuration to another: what differs is removed, then made again.

    Raises Refused where what `new` has does not fit the box.
    """
    removals = list(effective_edits(old, _all_removals(old, new)))
    left = fold(old, removals)
    yield from removals
    yield from effective_edits(left, _all_additions(left, new))


def _all_removals(old: Config, new: Config) -> Iterator[Edit]:
    for section in reversed(sections()):
        yield from _removals(section_module(section), old, new)


def _all_additions(old: Config, new: Config) -> Iterator[Edit]:
    for section in sections():
        yield from _additions(section_module(section), old, new)


def _removals(module: Any, old: Config, new: Config) -> Iterator[Edit]:
    if hasattr(module, "removals"):
        yield from module.removals(old, new)
        return
    for name in _differing_names(module, old, new):
        yield from module.clear(old, name)


def _additions(module: Any, old: Config, new: Config) -> Iterator[Edit]:
    if hasattr(module, "additions"):
        yield from module.additions(old, new)
        return
    for name in _differing_names(module, old, new):
        yield from module.lines(new, name)


def _differing_names(module: Any, old: Config, new: Config) -> list[str]:
    names = dict.fromkeys((*module.names(old), *module.names(new)))
    return [name for name in names if list(module.lines(old, name)) != list(module.lines(new, name))]


def effective_edits(config: Config, edits: Iterable[Edit]) -> Iterator[Edit]:
    """The edits that change something, one after the other. Raises Refused when one does not fit."""
    for edit in edits:
        before, config = config, edit.edit(config)
        if config != before:
            yield edit


def changed_objects(old: Config, new: Config) -> set[Object]:
    """The objects that are not the same in both."""
    return {object_of(path, old, new) for path in diff(old, new)}


def with_objects_from(config: Config, other: Config, objects: Collection[Object]) -> Config:
    """The configuration, except for some objects, which are as in the other one."""
    return with_facts(config, {
        path: wanted for path, (_, wanted) in diff(config, other).items()
        if object_of(path, config, other) in objects
    })


def edits_without(config: Config, edits: Sequence[Edit], objects: Collection[Object]) -> list[Edit]:
    """The edits that give what these give, except for some objects, which stay as they are.

    Raises Refused where what is left needs what goes.
    """
    kept, edited = edits_apart(config, edits, objects), fold(config, edits)
    return [*kept, *edits_between(fold(config, kept), with_objects_from(edited, config, objects))]


def edits_apart(config: Config, edits: Sequence[Edit], objects: Collection[Object]) -> list[Edit]:
    """The edits that change none of some objects."""
    kept = []
    for edit in edits:
        before, config = config, edit.edit(config)
        if changed_objects(before, config).isdisjoint(objects):
            kept.append(edit)
    return kept
