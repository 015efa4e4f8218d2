"""The parts of a line of crm, and the elements that they are in the CIB.

Ids are those that crmsh gives: p_scst-instance_attributes-alua, p_scst-monitor-10. So what either of the two
makes looks native to the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Optional

from ...config.ha import Element
from ...errors import Refused
from ...records import replace
from ...views.secrets import MASK, is_password
from .. import Pair, Pairs, values_by_key

SETS = {  # the element of each kind of attributes
    "params": "instance_attributes", "meta": "meta_attributes", "utilization": "utilization",
    "attributes": "instance_attributes",
}
_WORDS = {tag: word for word, tag in reversed([*SETS.items()])}
OF_NODE = {"instance_attributes": "attributes", "utilization": "utilization"}
OPERATIONS = "operations"
_OF_OPERATION = (  # attributes of an operation; others are for its agent
    "description", "enabled", "id", "interval", "interval-origin", "on-fail", "record-pending", "requires",
    "role", "start-delay", "timeout",
)


def attribute_set(tag: str, name: str, values: Mapping[str, Any]) -> Element:
    """A set of attributes."""
    return with_values(Element(tag), name, values)


def with_values(options: Element, name: str, values: Mapping[str, Any]) -> Element:
    """A set with attributes in addition, or in the place of those that it has."""
    children = dict(options.children)
    for key, value in values.items():
        if value == MASK and is_password(key):
            message = f"{MASK} is only shown in place of the {key}"
            raise Refused(message, word=MASK, hint=f"{key}=@ask", code="E219")
        known = option_id(options, key)
        place = known or free_id(f"{name}-{key}", children)
        settings = {**children[place].attributes, "value": value} if known else {"name": key, "value": value}
        children[place] = Element("nvpair", settings)
    return replace(options, children=children)


def without_values(options: Element, keys: Iterable[str]) -> Element:
    """A set without some attributes. Raises Refused for one that it does not have."""
    children = dict(options.children)
    for key in keys:
        place = option_id(options, key)
        if not place:
            raise Refused(f"{key} is not set", word=key, code="E202")
        del children[place]
    return replace(options, children=children)


def option_id(options: Element, key: str) -> str:
    """The id of an attribute in a set; "" where it has none of that name."""
    children = options.children.items()
    return next((name for name, option in children if option.attributes.get("name") == key), "")


def values(options: Optional[Element]) -> dict[str, str]:
    """The attributes of a set."""
    options = options or Element("")
    return {option.attributes.get("name", ""): option.attributes.get("value", "")
            for option in options.children.values() if option.tag == "nvpair"}


def free_id(wanted: str, taken: Iterable[str]) -> str:
    """The id, or that with the first number that makes it free."""
    names = set(taken)
    if wanted not in names:
        return wanted
    return next(f"{wanted}-{number}" for number in range(len(names) + 1) if f"{wanted}-{number}" not in names)


def children_of(name: str, parts: Pairs) -> Mapping[str, Element]:
    """The elements that the parts of a line are, below a resource or a node of that name."""
    children: dict[str, Element] = {}
    for part in parts:
        children = with_part(children, name, part)
    return children


def with_part(children: Mapping[str, Element], name: str, part: Pair) -> dict[str, Element]:
    """The children of an element with what a part of a line says."""
    if part.key == "op":
        return _with_operation(children, name, part)
    tag, given = SETS[part.key], values_by_key(_pairs(part))
    wanted = f"nodes-{name}" if part.key == "attributes" else f"{name}-{tag}"  # as crm_attribute(8) does
    place = set_id(children, tag) or free_id(wanted, children)
    return {**children, place: with_values(children.get(place, Element(tag)), place, given)}


def _pairs(part: Pair) -> Pairs:
    pairs: Any = part.value
    return tuple(pairs)


def set_id(children: Mapping[str, Element], tag: str) -> str:
    """The id of the first set of a kind that holds always; "" for none."""
    return next((name for name, child in children.items() if child.tag == tag and not _has_rule(child)), "")


def _has_rule(options: Element) -> bool:
    return any(child.tag == "rule" for child in options.children.values())


def operations_id(children: Mapping[str, Element]) -> str:
    """The name of the list of operations."""
    return next((name for name, child in children.items() if child.tag == OPERATIONS), f"#{OPERATIONS}")


def _with_operation(children: Mapping[str, Element], name: str, part: Pair) -> dict[str, Element]:
    kind, own_settings = operation(part)
    given = {"interval": "0s", **own_settings}
    place = operations_id(children)
    operations = children.get(place, Element(OPERATIONS))
    own = free_id(f"{name}-{kind}-{given['interval']}", operations.children)
    made = Element("op", {"name": kind, **_of_operation(given)}, _for_agent(own, given))
    return {**children, place: replace(operations, children={**operations.children, own: made})}


def operation(part: Pair) -> tuple[str, dict[str, str]]:
    """The name and the attributes of an operation. Raises Refused where it is not one."""
    words = _pairs(part)
    names = [word.key for word in words if word.value is None]
    if len(names) != 1 or words[0].key != names[0]:
        message = "op has the name of one operation, then its attributes"
        raise Refused(message, word=names[-1] if names else words[0].key, code="E257")
    return names[0], {key: str(value) for key, value in values_by_key(words[1:]).items()}


def _of_operation(given: Mapping[str, Any]) -> dict[str, str]:
    return {key: str(value) for key, value in given.items() if key in _OF_OPERATION}


def _for_agent(operation: str, given: Mapping[str, Any]) -> Mapping[str, Element]:
    """What of an operation's attributes its agent gets."""
    own = {key: value for key, value in given.items() if key not in _OF_OPERATION}
    place = f"{operation}-instance_attributes"
    return {place: attribute_set("instance_attributes", place, own)} if own else {}


def parts_of(element: Element, words: Mapping[str, str] = _WORDS) -> Iterator[Pair]:
    """The parts of the line of an element, as far as a line can say them."""
    for child in element.children.values():
        if child.tag == OPERATIONS:
            yield from (Pair("op", _operation_words(op)) for op in child.children.values())
        elif child.tag in words and child.children:
            yield Pair(words[child.tag], option_pairs(values(child)))  # type: ignore[arg-type]


def _operation_words(operation: Element) -> Any:
    settings = dict(operation.attributes)
    name = settings.pop("name", "")
    own = next(iter(operation.children.values()), None)
    return (Pair(name), *option_pairs({**settings, **values(own)}))


def option_pairs(values: Mapping[str, str]) -> Pairs:
    """Attributes as they are typed."""
    return tuple(Pair(f"{key}=", value) for key, value in values.items())
