"""The CIB manager: answers queries, and takes patches whole or not at all.

Source: measured on Pacemaker 2.1.5. A field of the patch's source version that is left out is whatever it is
now.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from typing import Optional

from ...host import Output
from ..kernel import Kernel
from ..tree import Tree
from . import schema

FILE = "/var/lib/pacemaker/cib/cib.xml"
_FIRST = (
    '<cib crm_feature_set="3.0.14" validate-with="pacemaker-2.10" epoch="1" num_updates="0" admin_epoch="0">'
    "<configuration><crm_config/><nodes/><resources/><constraints/></configuration><status/></cib>"
)
_OWN = (("have-watchdog", "false"), ("dc-version", "1.1.20"), ("cluster-infrastructure", "corosync"),
        ("cluster-name", "esos"))
_STEP = re.compile(r"/([\w-]+)(?:\[@id='([^']*)'\])?")
_VERSION = ("admin_epoch", "epoch", "num_updates")
_OLD, _FAILED, _INVALID, _USAGE, _NOT_FOUND = 103, 1, 78, 64, 105


def parsed(text: str) -> Optional[ET.Element]:
    """The root of an XML text; None for one that is none."""
    try:
        return ET.fromstring(text)  # noqa: S314 - of the sandbox's own box
    except ET.ParseError:
        return None


def start(tree: Tree, node: str) -> None:
    """What a cluster that starts writes: its node, and its own options."""
    root = parsed(tree.read(FILE)) if tree.exists(FILE) else None
    root = ET.fromstring(_FIRST) if root is None else root  # noqa: S314 - our own
    nodes, options = root.find("configuration/nodes"), root.find("configuration/crm_config")
    if nodes is not None and nodes.find(f"node[@uname='{node}']") is None:
        ET.SubElement(nodes, "node", id="1", uname=node)
    own = "cib-bootstrap-options"
    if options is not None and options.find(f"*/nvpair[@id='{own}-dc-version']") is None:
        found = options.find("cluster_property_set")
        found = ET.SubElement(options, "cluster_property_set", id=own) if found is None else found
        for name, value in _OWN:
            ET.SubElement(found, "nvpair", {"id": f"{own}-{name}", "name": name, "value": value})
    _put(tree, FILE, root)


def cibadmin(kernel: Kernel, file: str, argv: Sequence[str], stdin: str) -> Output:
    """Answer a query, or take a patch."""
    if "--query" in argv:
        if not kernel.tree.exists(file):
            return Output(_NOT_FOUND, err="Could not read the CIB: No such device or address\n")
        return Output(0, kernel.tree.read(file))
    if "--patch" not in argv or "--xml-pipe" not in argv:
        return Output(_USAGE, err="cibadmin: a sandbox knows --query, and --patch --xml-pipe\n")
    with kernel.command() as tree:
        return _patch(tree, file, stdin)


def _patch(tree: Tree, file: str, text: str) -> Output:
    cib, diff = parsed(tree.read(file)), parsed(text)
    if cib is None or diff is None:
        return Output(_FAILED, err="Call failed: the XML cannot be parsed\n")
    source, target = diff.find("version/source"), diff.find("version/target")
    refusal = _refusal(cib, source)
    if refusal:
        return refusal
    if not all(_apply(cib, change) for change in _in_order(diff.findall("change"))):
        return Output(_FAILED, err="Call failed: Application of update diff failed\n")
    problem = schema.problem(cib)
    if problem:
        reason = "Call failed: Update does not conform to the configured schema"
        return Output(_INVALID, err=f"{reason}\n{problem}\n")
    cib.attrib.update({} if target is None else target.attrib)
    cib.attrib.update({"update-origin": "localhost", "update-client": "cibadmin", "update-user": "root"})
    _put(tree, file, cib)
    return Output(0)


def _refusal(cib: ET.Element, source: Optional[ET.Element]) -> Optional[Output]:
    """Why a patch of another version than the CIB's is not taken; None where it is."""
    wanted = {} if source is None else source.attrib
    for key in _VERSION:
        is_now, was = int(cib.get(key, "0")), int(wanted.get(key, cib.get(key, "0")))
        if was < is_now:
            return Output(_OLD, err="Call failed: Update was older than existing configuration\n")
        if was > is_now:
            text = "Call failed: Application of update diff failed, requesting full refresh\n"
            return Output(_FAILED, err=text)
    return None


def _in_order(changes: Sequence[ET.Element]) -> list[ET.Element]:
    """What creates something comes last, by its position."""
    created = [change for change in changes if change.get("operation") == "create"]
    others = [change for change in changes if change.get("operation") != "create"]
    return [*others, *sorted(created, key=lambda change: int(change.get("position", "-1")))]


def _apply(cib: ET.Element, change: ET.Element) -> bool:
    """Make one change; whether what it is about was there, which a removal does not need."""
    above, node = _find(cib, change.get("path", ""))
    operation = change.get("operation")
    if operation == "delete":
        if above is not None and node is not None:
            above.remove(node)
        return True
    if node is None:
        return False
    if operation == "create":
        position = int(change.get("position", "-1"))
        node.insert(len(node) if position < 0 else position, change[0])
        return True
    result = change.find("change-result")
    if result is None or not len(result):
        return False
    node.attrib.clear()
    node.attrib.update(result[0].attrib)
    return True


def _find(cib: ET.Element, path: str) -> tuple[Optional[ET.Element], Optional[ET.Element]]:
    """What a path leads to, and what that is in."""
    above: Optional[ET.Element] = None
    node: Optional[ET.Element] = cib
    for tag, name in _STEP.findall(path.removeprefix("/cib")):
        if node is None:
            return None, None
        above = node
        node = next((child for child in node if child.tag == tag and name in ("", child.get("id"))), None)
    return above, node


def _put(tree: Tree, file: str, cib: ET.Element) -> None:
    tree.put(file, ET.tostring(cib, encoding="unicode") + "\n", 0o600)
    if tree.exists(f"{file}.sig"):
        tree.remove(f"{file}.sig")  # the digest of another text: a real one is written anew
