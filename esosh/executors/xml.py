"""What is expected in an XML text that a program prints: elements that are there, and some that are not."""

from __future__ import annotations

import xml.etree.ElementTree as ET

ABSENT = "absent"  # the tag of an element that names, by `kind` and `id`, one that is not there
ATTRIBUTES = "attributes"  # the tag of one that holds an element of which only the attributes count


def has(text: str, expected: str) -> bool:
    """Whether each of the expected elements, which an XML element holds, is in the text as it is expected."""
    try:
        root = ET.fromstring(text)  # noqa: S314 - a program of this host printed it
    except ET.ParseError:
        return False
    there = {(node.tag, node.get("id")): node for node in reversed([*root.iter()])}
    return all(_holds(there, node) for node in ET.fromstring(expected))  # noqa: S314 - our own


def _holds(there: dict[tuple[str, str | None], ET.Element], expected: ET.Element) -> bool:
    if expected.tag == ABSENT:
        return (expected.get("kind", ""), expected.get("id")) not in there
    if expected.tag == ATTRIBUTES:
        (alone,) = expected
        known = there.get((alone.tag, alone.get("id")))
        return known is not None and known.attrib == alone.attrib
    found = there.get((expected.tag, expected.get("id")))
    return found is not None and _is_same(found, expected)


def _is_same(one: ET.Element, other: ET.Element) -> bool:
    """Whether two elements say the same, whatever the order of what is in them."""
    return one.tag == other.tag and one.attrib == other.attrib and len(one) == len(other) and all(
        _is_same(*both) for both in zip(sorted(one, key=_name), sorted(other, key=_name)))


def _name(node: ET.Element) -> tuple[str, str, str]:
    return str(node.tag), node.get("id", ""), str(sorted(node.attrib.items()))
