"""ha: the cluster, in the lines of crm; what they cannot say is XML."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Optional

from ...config import Config
from ...config.ha import Element, Ha, is_owned, section_of
from ...config.lazy import differing
from ...config.paths import Path
from ...errors import LineError
from .. import Command, Edit
from ..parse import parse
from . import constraints, elements, options
from .constraints import HaColocation, HaLocation, HaOrder
from .edits import HaDel, HaOp, HaSet, HaUnset, referrers
from .elements import HaClone, HaGroup, HaMs, HaPrimitive, HaRscTemplate, HaTag, HaXml, Making
from .options import HaNode, HaOpDefaults, HaProperty, HaRscDefaults
from .templates import HaTemplateApply

__all__ = (
    "HaClone", "HaColocation", "HaDel", "HaGroup", "HaLocation", "HaMs", "HaNode", "HaOp", "HaOpDefaults",
    "HaOrder", "HaPrimitive", "HaProperty", "HaRscDefaults", "HaRscTemplate", "HaSet", "HaTag",
    "HaTemplateApply", "HaUnset",
    "HaXml",
    "additions", "clear", "lines", "names", "owns", "removals",
)


def owns(path: Path, *configs: Config) -> Optional[str]:
    """A resource, a constraint, a node, a set of options."""
    return path[2] if path[0] == "ha" else None


def names(config: Config) -> tuple[str, ...]:
    """The ids of all elements; what a resource holds stands before it."""
    return tuple(name for part in Ha.PARTS for name in getattr(config.ha, part))


def lines(config: Config, name: Optional[str] = None) -> Iterator[Command]:
    """A line for each element: one of crm where that makes exactly this element, else its XML."""
    for part in Ha.PARTS:
        chosen = getattr(config.ha, part)
        for own in chosen if name is None else [name] if name in chosen else []:
            yield _line(config.ha, part, own)


def _line(ha: Ha, section: str, name: str) -> Edit:
    element: Element = getattr(ha, section)[name]
    line = _of_crm(section, name, element)
    return line if line and _says(line, element) else elements.written(ha, section, name)


def _says(line: Edit, element: Element) -> bool:
    """Whether a line makes exactly this element, and can be typed."""
    made = line.element() if isinstance(line, Making) else options.made_by(line)
    try:
        return made == element and parse(str(line)) == line
    except LineError:
        return False


def _of_crm(section: str, name: str, element: Element) -> Optional[Edit]:
    if section == "constraints":
        return constraints.line_of(name, element)
    if section in ("resources", "tags"):
        return elements.line_of(section, name, element)
    return options.line_of(section, name, element)


def clear(config: Config, name: Optional[str] = None) -> Iterator[Command]:
    """Everything goes that somebody else than the cluster itself wrote."""
    found = tuple(own for own in ((name,) if name else names(config)) if _can_go(config.ha, own))
    if found:
        yield HaDel(found)


def _can_go(ha: Ha, name: str) -> bool:
    section = section_of(ha, name)
    if not section:
        return False
    element: Element = getattr(ha, section)[name]
    rest = [option for option in element.children.values() if not is_owned(option)]
    return bool(rest) if section == "nodes" or len(rest) < len(element.children) else True


def removals(old: Config, new: Config) -> Iterator[Command]:
    """What differs, and what refers to it, goes."""
    gone = [name for name in _concerned(old, new) if _can_go(old.ha, name)]
    if gone:
        yield HaDel(tuple(gone))


def additions(old: Config, new: Config) -> Iterator[Command]:
    """What went comes again, as the new configuration has it."""
    concerned = set(_concerned(old, new))
    for name in names(new):
        if name in concerned:
            yield from lines(new, name)


def _concerned(old: Config, new: Config) -> Sequence[str]:
    """The elements that differ, and those that refer to one of them in either configuration."""
    concerned = {name for part in Ha.PARTS
                 for name in differing(getattr(old.ha, part), getattr(new.ha, part))
                 if getattr(old.ha, part).get(name) != getattr(new.ha, part).get(name)}
    more = concerned
    while more:
        more = {*referrers(old.ha, more), *referrers(new.ha, more)} - concerned
        concerned |= more
    return [name for name in names(old) if name in concerned] + [
        name for name in names(new) if name in concerned and not section_of(old.ha, name)]


