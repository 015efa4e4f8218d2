"""The lines that change and remove what the cluster has."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Optional

from ...config import Config
from ...config.ha import Element, Elements, Ha, remainder, section_of
from ...errors import Refused
from ...records import replace
from .. import Edit, Pair, Pairs, Removal
from ..names import missing
from .elements import HaPrimitive, with_elements
from .parts import OPERATIONS, SETS, operation, operations_id, set_id, with_part, without_values

_WHICH = ("interval", "role")  # attributes that tell operations of one name apart
_REFERRING = ("rsc", "with-rsc", "first", "then", "template")  # attributes that name a resource


def _named(config: Config, name: str, line: Edit) -> tuple[str, Element]:
    """The section and the element of that id. Raises Refused, with the names that exist."""
    section = section_of(config.ha, name)
    if not section:
        names = [known for part in Ha.PARTS for known in getattr(config.ha, part)]
        raise missing("element", name, names, line)
    return section, getattr(config.ha, section)[name]


def _put(config: Config, section: str, name: str, element: Element) -> Config:
    return config.having(ha=with_elements(config.ha, section, {name: element}))


class HaSet(Edit):
    """Change attributes."""

    element: str
    parts: Pairs

    def edit(self, config: Config) -> Config:
        section, element = _named(config, self.element, self)
        children: Mapping[str, Element] = element.children
        for part in self.parts:
            changed = _changed_operation(children, part) if part.key == "op" else None
            children = changed or with_part(children, self.element, part)
        return _put(config, section, self.element, replace(element, children=children))


def _changed_operation(children: Mapping[str, Element], part: Pair) -> dict[str, Element] | None:
    """The children with other attributes of an operation; None where it is a new one."""
    name, given = operation(part)
    place = operations_id(children)
    operations = children.get(place, Element(OPERATIONS))
    which = {key: given[key] for key in _WHICH if key in given}
    found = [key for key, each in operations.children.items() if _is(each, name, which)]
    if len(found) != 1:
        return None
    known = operations.children[found[0]]
    changed = replace(known, attributes={**known.attributes, **given})
    return {**children, place: replace(operations, children={**operations.children, found[0]: changed})}


def _is(operation: Element, name: str, which: Mapping[str, str]) -> bool:
    settings = operation.attributes
    return settings.get("name") == name and all(settings.get(key) == value for key, value in which.items())


class HaOp(Edit):
    """Goes on with the primitive of the line before it, which lacks a backslash at its end."""

    operation: Pairs
    parts: Pairs = ()

    def behind(self, last: Optional[Edit]) -> Edit:
        if not isinstance(last, HaPrimitive):
            raise self._refused()
        return HaSet(last.resource, (Pair("op", self.operation), *self.parts))  # type: ignore[arg-type]

    def note(self, config: Config) -> str:
        return "op goes on with the primitive of the line before it, which lacks a \\ at its end"

    def edit(self, config: Config) -> Config:
        raise self._refused()

    def _refused(self) -> Refused:
        message = "op belongs to a primitive, and no line that makes one stands right before it"
        return Refused(message, word="op", hint=f"ha set RESOURCE {str(self)[3:]}", code="E257")


class HaUnset(Removal):
    """Take attributes away."""

    element: str
    parts: Pairs

    def edit(self, config: Config) -> Config:
        section, element = _named(config, self.element, self)
        for part in self.parts:
            element = self._without(element, part)
        return _put(config, section, self.element, element)

    def _without(self, element: Element, part: Pair) -> Element:
        keys: Any = part.value
        if part.key == "options":
            return without_values(element, keys)
        children = dict(element.children)
        if part.key == "op":
            return replace(element, children=_without_operation(children, part))
        place = set_id(children, SETS[part.key])
        children[place] = without_values(children.get(place, Element("")), keys)
        if not children[place].children:
            del children[place]
        return replace(element, children=children)


def _without_operation(children: dict[str, Element], part: Pair) -> dict[str, Element]:
    """The children without an operation. Raises Refused where it is not there, or several are meant."""
    name, which = operation(part)
    place = operations_id(children)
    operations = children.get(place, Element(OPERATIONS))
    found = [key for key, each in operations.children.items() if _is(each, name, which)]
    if not found:
        raise Refused(f"there is no such operation {name}", word=name, code="E202")
    if len(found) > 1:
        message = f"there are {len(found)} operations {name}: say which by interval= or role="
        raise Refused(message, word=name, code="E257")
    left = {key: each for key, each in operations.children.items() if key != found[0]}
    if left:
        return {**children, place: replace(operations, children=left)}
    return {key: child for key, child in children.items() if key != place}


class HaDel(Removal):
    """Delete resources, constraints, options."""

    elements: tuple[str, ...]

    def edit(self, config: Config) -> Config:
        ha = config.ha
        for name in self.elements:
            section, _ = _named(config, name, self)
            ha = replace(ha, **{section: _without(getattr(ha, section), name)})
        for name in self.elements:
            user = referrer(ha, name)
            if user:
                hint = str(replace(self, elements=tuple(dict.fromkeys((user, *self.elements)))))
                raise Refused(f"{user} refers to {name}", word=name, hint=hint, code="E255")
        return config.having(ha=ha)


def _without(elements: Elements, name: str) -> Elements:
    """The elements without one; what the cluster itself writes stays."""
    left = remainder(elements[name])
    if left:
        return {**elements, name: left}
    return {key: each for key, each in elements.items() if key != name}


def referrer(ha: Ha, name: str) -> str:
    """An element that refers to what has this id; "" for none."""
    return next(iter(referrers(ha, (name,))), "")


def referrers(ha: Ha, names: Collection[str]) -> list[str]:
    """The elements that refer to some others."""
    wanted = set(names)
    return [name for part in Ha.PARTS for name, element in getattr(ha, part).items()
            if part != "nodes" and not wanted.isdisjoint(_mentions(element))]


def _mentions(element: Element) -> Iterable[str]:
    """The ids that an element refers to."""
    yield from element.members
    yield from (element.attributes[key] for key in _REFERRING if key in element.attributes)
    for child in element.children.values():
        if child.tag == "resource_set":
            yield from child.members
