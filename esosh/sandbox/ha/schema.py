"""What of a CIB is plainly wrong: what the schemas of Pacemaker refuse."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import Counter
from typing import Optional

_REFERENCES = ("rsc", "with-rsc", "first", "then", "template")
_MENTIONS = ("resource_ref", "obj_ref", "role")  # elements whose id is another's
_NEEDED = {  # the attributes that an element must have
    "nvpair": ("id",), "op": ("id", "name", "interval"), "rsc_location": ("id",), "rsc_order": ("id",),
    "rsc_colocation": ("id",), "node": ("id", "uname"), "fencing-level": ("id", "index", "devices"),
    "alert": ("id", "path"), "rule": (), "instance_attributes": ("id",), "meta_attributes": ("id",),
}
_HOLDERS = ("clone", "master", "group")
_HELD = ("primitive", "group")


def problem(cib: ET.Element) -> Optional[str]:
    """The first thing that is wrong, in words; None for nothing."""
    own = [node for node in cib.iter() if node.get("id") and node.tag not in _MENTIONS]
    twice = [name for name, count in Counter(node.get("id") for node in own).items() if count > 1]
    if twice:
        return f"ID {twice[0]} already defined"
    names = {node.get("id") for node in own}
    found = (_wrong(node, names) for node in cib.iter())
    return next(filter(None, found), None)


def _wrong(node: ET.Element, names: set[Optional[str]]) -> str:
    missing = [key for key in _NEEDED.get(node.tag, ()) if not node.get(key) and not node.get("id-ref")]
    if missing:
        return f"Element {node.tag} failed to validate attributes: {missing[0]}"
    if node.tag == "primitive" and not (node.get("template") or (node.get("type") and node.get("class"))):
        return f"Element primitive {node.get('id')} failed to validate attributes: class, type"
    if node.tag in _HOLDERS and not any(child.tag in _HELD for child in node):
        return f"Expecting an element primitive, got nothing: {node.tag} {node.get('id')}"
    references = [node.get(key) for key in _REFERENCES if node.get(key)]
    references += [node.get("id")] if node.tag in _MENTIONS else []
    dangling = next((name for name in references if name not in names), None)
    return f"IDREF attribute references an unknown ID {dangling!r}" if dangling else ""


def lacks_stonith(cib: ET.Element) -> bool:
    """Whether fencing is demanded, and there is nothing to do it."""
    wanted = option(cib, "stonith-enabled", "true").lower() in ("true", "yes", "on", "1", "y")
    return wanted and cib.find(".//primitive[@class='stonith']") is None


def option(cib: ET.Element, name: str, default: str) -> str:
    """An option of the cluster."""
    found = cib.find(f"configuration/crm_config/cluster_property_set/nvpair[@name='{name}']")
    return default if found is None else found.get("value", default)
