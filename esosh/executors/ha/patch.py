"""What differs between two configurations, as the changes that `cibadmin --patch` takes.

Source: lib/common/xml.c (patchset.c) of Pacemaker 1.1.20 and 2.1: a patchset of format 2, which deletes and
modifies what it finds by its path, and then creates what is new at its position.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence

from ...config.ha import Ha
from ...language.numbers import decimal
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


def _between(old: ET.Element, new: ET.Element, path: str, position: int) -> Iterator[ET.Element]:
    """The changes that make one element the other, which is at the same place."""
    before, after = _by_step(old), _by_step(new)
    in_disorder = old.tag in _ORDERED and _is_in_another_order(before, after)
    if len(before) < len(old) or len(after) < len(new) or in_disorder:
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


def _is_in_another_order(before: dict[str, ET.Element], after: dict[str, ET.Element]) -> bool:
    return [step for step in before if step in after] != [step for step in after if step in before]


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
