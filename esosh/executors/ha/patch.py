"""What differs between two configurations, as the changes that `cibadmin --patch` takes.

Source: lib/common/xml.c (patchset.c) of Pacemaker 1.1.20 and 2.1: a patchset of format 2, which deletes and
modifies what it finds by its path, and then creates what is new at its position.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from typing import Optional

from ...config.ha import Ha
from ...language.numbers import decimal
from .. import xml
from .tree import document, text_of

_ROOT = "/cib/configuration"
_OPERATIONS = ("delete", "modify", "create")
_ORDERED = ("group", "resource_set")  # elements in which the order of children counts


def changes(old: Ha, new: Ha, sections: Sequence[str]) -> str:
    """The changes from one configuration to another, as XML; `sections`: those that the CIB has."""
    before, after = document(old, tuple(sections)), document(new, tuple(sections))
    diff = ET.Element("diff", format="2")
    diff.extend(sorted(_between(before, after, _ROOT, 0), key=_rank))
    return text_of(diff)


def _rank(change: ET.Element) -> tuple[int, int]:
    return _OPERATIONS.index(change.get("operation", "")), decimal(change.get("position", "0")) or 0


def expected(old: Ha, new: Ha, sections: Sequence[str]) -> tuple[str, str]:
    """What is expected before the changes, and behind them: all that they touch, and nothing beside it."""
    before, after = document(old, tuple(sections)), document(new, tuple(sections))
    pairs = list(_pairs(before, after))
    there = _expectations([one for one, _ in pairs], [other for _, other in pairs], before)
    then = _expectations([other for _, other in pairs], [one for one, _ in pairs], after)
    return there, then


_Found = Sequence[Optional[ET.Element]]


def _expectations(found: _Found, others: _Found, root: ET.Element) -> str:
    """That what was found is there, and that of the others what is nowhere in the whole is not."""
    known = {(node.tag, node.get("id")) for node in root.iter()}
    elements = ET.Element("elements")
    for one, other in zip(found, others):
        elements.extend(_named(one))
        gone = [node for node in _named(other) if (node.tag, node.get("id")) not in known]
        elements.extend(_absent(node) for node in gone if one is None)
    return text_of(elements)


def _absent(node: ET.Element) -> ET.Element:
    """What stands for an element that is not there."""
    return ET.Element(xml.ABSENT, {"kind": node.tag, "id": node.get("id", "")})


def _named(node: Optional[ET.Element]) -> Iterator[ET.Element]:
    """An element that has an id, or those within it that have one; nothing for None."""
    if node is not None and (node.get("id") is not None or node.tag == xml.ATTRIBUTES):
        yield node
    elif node is not None:
        for child in node:
            yield from _named(child)


def _pairs(
    old: ET.Element, new: ET.Element
) -> Iterator[tuple[Optional[ET.Element], Optional[ET.Element]]]:
    """The smallest elements that differ: None for one that is not there; of some their attributes alone."""
    before, after = _by_step(old), _by_step(new)
    if _is_replaced(old, new, before, after):
        yield old, new
        return
    if old.attrib != new.attrib:
        yield _attributes(old), _attributes(new)
    yield from ((child, None) for step, child in before.items() if step not in after)
    yield from ((None, child) for step, child in after.items() if step not in before)
    for step in before:
        if step in after:
            yield from _pairs(before[step], after[step])


def _attributes(node: ET.Element) -> ET.Element:
    """What stands for an element of which only the attributes count."""
    alone = ET.Element(xml.ATTRIBUTES)
    ET.SubElement(alone, node.tag, dict(node.items()))
    return alone


def _between(old: ET.Element, new: ET.Element, path: str, position: int) -> Iterator[ET.Element]:
    """The changes that make one element the other, which is at the same place."""
    before, after = _by_step(old), _by_step(new)
    if _is_replaced(old, new, before, after):
        yield ET.Element("change", operation="delete", path=path)
        yield _created(new, path.rpartition("/")[0], position)
        return
    if dict(old.items()) != dict(new.items()):
        yield _modified(old, new, path)
    for step in before:
        if step not in after:
            yield ET.Element("change", operation="delete", path=f"{path}/{step}")
    for place, (step, child) in enumerate(after.items()):
        if step in before:
            yield from _between(before[step], child, f"{path}/{step}", place)
        else:
            yield _created(child, path, place)


def _by_step(parent: ET.Element) -> dict[str, ET.Element]:
    """The children by the last steps of their paths; of several that have the same, the last one."""
    return {_step(child): child for child in parent}


def _step(node: ET.Element) -> str:
    name = node.get("id")
    return node.tag if name is None else f"{node.tag}[@id='{name}']"


_Steps = dict[str, ET.Element]


def _is_replaced(old: ET.Element, new: ET.Element, before: _Steps, after: _Steps) -> bool:
    """Whether all of an element is made anew: its children cannot be told apart, or change their order."""
    if len(before) < len(old) or len(after) < len(new):
        return True
    kept = [step for step in before if step in after]
    return old.tag in _ORDERED and kept != [step for step in after if step in before]


def _created(node: ET.Element, path: str, position: int) -> ET.Element:
    change = ET.Element("change", operation="create", path=path, position=str(position))
    change.append(node)
    return change


def _modified(old: ET.Element, new: ET.Element, path: str) -> ET.Element:
    change = ET.Element("change", operation="modify", path=path)
    listed = ET.SubElement(change, "change-list")
    for key in {**old.attrib, **new.attrib}:
        value = new.get(key)
        if value is None:
            ET.SubElement(listed, "change-attr", name=key, operation="unset")
        elif value != old.get(key):
            ET.SubElement(listed, "change-attr", name=key, operation="set", value=value)
    ET.SubElement(ET.SubElement(change, "change-result"), new.tag, dict(new.items()))
    return change
