"""The CIB as XML, and as the elements of a configuration: nothing of it is lost either way."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from typing import Optional

from ...config.ha import Element, Elements, Ha

HOLDERS = frozenset(("group", "clone", "master", "bundle"))
_HELD = frozenset(("primitive", *HOLDERS))
_REFERENCES = {"resource_set": "resource_ref", "tag": "obj_ref", "acl_target": "role", "acl_group": "role"}
_TAGS = {"fencing_topology": "fencing-topology"}  # of sections whose name is not their tag
_SECTIONS = {_TAGS.get(section, section): section for section in Ha.PARTS}
_HOMES = {  # the section of each element
    "cluster_property_set": "crm_config", "node": "nodes", "template": "resources", "tag": "tags",
    "fencing-level": "fencing_topology", "alert": "alerts", **dict.fromkeys(_HELD, "resources"),
    **dict.fromkeys(("rsc_location", "rsc_colocation", "rsc_order", "rsc_ticket"), "constraints"),
    **dict.fromkeys(("acl_role", "acl_target", "acl_group"), "acls"),
}
NEVER_EMPTY = ("crm_config", "nodes", "resources", "constraints")  # sections that the schema demands


def parse(text: str) -> ET.Element:
    """The root of an XML text. Raises ValueError, in words, for one that is none."""
    if re.search("<!(DOCTYPE|ENTITY)", text):
        raise ValueError("an XML text with a document type is not read")
    try:
        builder = ET.TreeBuilder(insert_comments=True)
        return ET.fromstring(text, ET.XMLParser(target=builder))  # noqa: S314 - none with a document type
    except ET.ParseError as error:
        raise ValueError(f"it is no XML: {error}") from None


def parse_agent(text: str) -> ET.Element:
    """The root of what an agent says of itself, which has a document type. Raises ValueError."""
    return parse(re.sub(r"<!DOCTYPE[^>\[]*>", "", text))


def tag_of(section: str) -> str:
    """The tag of a section."""
    return _TAGS.get(section, section)


def read(cib: ET.Element) -> Ha:
    """The configuration of a CIB. Raises ValueError where one id stands for two things."""
    sections: dict[str, dict[str, Element]] = {section: {} for section in Ha.PARTS}
    for part in cib.findall("configuration/*"):
        section = _SECTIONS.get(part.tag)
        if section:
            _add_all(part, sections[section])
    return Ha(**sections)


def read_element(text: str) -> tuple[str, Elements]:
    """The section and the elements of an XML text: one element, or a section with one. Raises ValueError."""
    root = parse(text)
    inner = [node for node in root if _is_element(node)]
    if root.tag in _SECTIONS and len(inner) == 1:
        section, node = _SECTIONS[root.tag], inner[0]
    elif root.tag in _HOMES:
        section, node = _HOMES[root.tag], root
    else:
        raise ValueError(f"{root.tag} is no element of a CIB's configuration")
    elements: dict[str, Element] = {}
    _add(node, elements)
    return section, elements


def _add_all(parent: ET.Element, elements: dict[str, Element]) -> None:
    for node in filter(_is_element, parent):
        _add(node, elements)


def _add(node: ET.Element, elements: dict[str, Element]) -> str:
    """Add an element, behind the resources that it holds; give its name. Raises ValueError."""
    name = node.get("id", "")
    held = [inner for inner in node if inner.tag in _HELD] if node.tag in HOLDERS else []
    members = [inner.get("id", "") if is_mention(inner) else _add(inner, elements) for inner in held]
    if not name or name in elements:
        raise ValueError(f"{node.tag} has no id" if not name else f"two elements have the id {name}")
    elements[name] = _element(node, name, tuple(members))
    return name


def is_mention(node: ET.Element) -> bool:
    """Whether a resource within another one only names it: it has an id, and nothing else."""
    return [*node.keys()] == ["id"] and not len(node)


def _element(node: ET.Element, name: str, members: tuple[str, ...] = ()) -> Element:
    reference = _REFERENCES.get(node.tag, "")
    references = [inner for inner in node if inner.tag == reference]
    if references and all(map(is_mention, references)):
        members, left_out = tuple(inner.get("id", "") for inner in references), frozenset((reference,))
    else:
        left_out = _HELD if node.tag in HOLDERS else frozenset()
    inner = [child for child in node if _is_element(child) and child.tag not in left_out]
    children: dict[str, Element] = {}
    for number, child in enumerate(inner):
        key = _key(child, number, children)
        children[key] = _element(child, key)
    unnamed = name.startswith("#")
    attributes = {key: value for key, value in node.items() if unnamed or key != "id"}
    return Element(node.tag, attributes, children, members)


def _key(child: ET.Element, number: int, taken: Mapping[str, Element]) -> str:
    """The name of a child among its siblings: its id, or "#" and its tag."""
    own = child.get("id", "") if child.tag not in _REFERENCES.values() else ""
    unnamed = f"#{child.tag}" if f"#{child.tag}" not in taken else f"#{child.tag}#{number}"
    return own if own and own not in taken else unnamed


def _is_element(node: ET.Element) -> bool:
    return isinstance(node.tag, str)  # a comment has a function there


def written(name: str, element: Element, resources: Optional[Elements] = None) -> ET.Element:
    """An element as XML; what it holds is written whole where `resources` are given, else mentioned."""
    node = ET.Element(element.tag, {**({} if name.startswith("#") else {"id": name}), **element.attributes})
    node.extend(written(child, inner) for child, inner in element.children.items())
    for member in element.members:
        node.append(_written_member(element.tag, member, resources))
    return node


def _written_member(tag: str, member: str, resources: Optional[Elements]) -> ET.Element:
    if tag in _REFERENCES or resources is None or member not in resources:
        return ET.Element(_REFERENCES.get(tag, "primitive"), {"id": member})
    return written(member, resources[member], resources)


def document(ha: Ha, sections: tuple[str, ...] = NEVER_EMPTY) -> ET.Element:
    """The configuration as XML; `sections`: those that it has even where they are empty."""
    root = ET.Element("configuration")
    for section in Ha.PARTS:
        elements: Mapping[str, Element] = getattr(ha, section)
        if elements or section in sections:
            part = ET.SubElement(root, tag_of(section))
            part.extend(written(name, elements[name], elements) for name in outermost(elements))
    return root


def outermost(elements: Elements) -> Iterator[str]:
    """The names of those that are within no other one."""
    held = {member for element in elements.values() if element.tag in HOLDERS for member in element.members}
    return (name for name in elements if name not in held)


def holder(elements: Elements, name: str) -> str:
    """The outermost resource that has this one in it, or is it."""
    held = {member: own for own, element in elements.items()
            if element.tag in HOLDERS for member in element.members}
    while name in held:
        name = held[name]
    return name


def sections_of(cib: ET.Element) -> tuple[str, ...]:
    """The sections that a CIB has."""
    return tuple(_SECTIONS[part.tag] for part in cib.findall("configuration/*") if part.tag in _SECTIONS)


def text_of(node: ET.Element) -> str:
    """An element as one line of XML, without an apostrophe."""
    return ET.tostring(node, encoding="unicode").replace("'", "&#39;")
