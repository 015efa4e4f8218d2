"""What the simulated cluster does with its resources: it starts them all on its only node, but for those that
their agent refuses.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from typing import Optional

from ...host import Output
from ..kernel import Kernel
from ..tree import Tree
from . import manager

_PID = "/var/run/pacemaker.pid"
_NEEDED = ("device_group", "local_tgt_grp", "remote_tgt_grp", "m_alua_state", "s_alua_state")
_YES = ("true", "yes", "on", "1")


def runs(tree: Tree) -> bool:
    """Whether the cluster runs."""
    return tree.exists(_PID) and tree.exists(manager.FILE)


def crm_mon(kernel: Kernel, argv: Sequence[str], stdin: str) -> Output:
    """The state of the cluster, as XML."""
    cib = manager.parsed(kernel.tree.read(manager.FILE)) if runs(kernel.tree) else None
    if cib is None:
        return Output(102, "<crm_mon version=\"2.1.5\"/>\n", "crm_mon: Connection to cluster failed\n")
    return Output(0, ET.tostring(_state(cib), encoding="unicode") + "\n")


def _state(cib: ET.Element) -> ET.Element:
    node = _node(cib)
    root = ET.Element("crm_mon", version="2.1.5")
    summary = ET.SubElement(root, "summary")
    ET.SubElement(summary, "current_dc", present="true", name=node, id="1", with_quorum="true")
    ET.SubElement(ET.SubElement(root, "nodes"), "node", {
        "name": node, "id": "1", "online": "true", "standby": "false", "maintenance": "false",
        "pending": "false", "unclean": "false", "is_dc": "true"})
    resources, failures = ET.SubElement(root, "resources"), ET.Element("failures")
    for primitive, holder in _primitives(cib):
        _add(resources, failures, primitive, holder, node)
    if len(failures):
        root.append(failures)
    return root


def _add(
    resources: ET.Element, failures: ET.Element, primitive: ET.Element, holder: Optional[ET.Element],
    node: str,
) -> None:
    name, reason = primitive.get("id", ""), _refusal(primitive, holder)
    stopped = reason or _is_stopped(primitive) or (holder is not None and _is_stopped(holder))
    role = "Stopped" if stopped else "Master" if holder is not None and holder.tag == "master" else "Started"
    agent = ":".join(filter(None, (primitive.get(key) for key in ("class", "provider", "type"))))
    shown = ET.SubElement(resources, "resource", {
        "id": name, "resource_agent": agent, "role": role, "active": str(not stopped).lower(),
        "blocked": "false", "managed": "true", "failed": str(bool(reason)).lower()})
    if not stopped:
        ET.SubElement(shown, "node", name=node, id="1")
    if reason:
        ET.SubElement(failures, "failure", {
            "op_key": f"{name}_start_0", "node": node, "exitstatus": "not configured", "exitreason": reason,
            "exitcode": "6"})


def _refusal(primitive: ET.Element, holder: Optional[ET.Element]) -> str:
    """Why ocf:esos:scst does not start; "" where it does. Source: misc/ocf/esos/scst of ESOS."""
    if primitive.get("type") != "scst" or _value(primitive, "alua").lower() not in _YES:
        return ""
    missing = next((key for key in _NEEDED if not _value(primitive, key)), "")
    if missing:
        return f"The '{missing}' parameter is not set!"
    most = _value(holder, "master-max") if holder is not None else ""
    return "" if most in ("", "1") else "The 'master-max' parameter must equal '1'."


def _value(node: ET.Element, name: str) -> str:
    found = next((pair for part in ("instance_attributes", "meta_attributes")
                  for pair in node.iterfind(f"{part}/nvpair") if pair.get("name") == name), None)
    return "" if found is None else found.get("value", "")


def _is_stopped(node: ET.Element) -> bool:
    return _value(node, "target-role") == "Stopped"


def _node(cib: ET.Element) -> str:
    node = cib.find("configuration/nodes/node")
    return "localhost" if node is None else node.get("uname", "")


def _primitives(cib: ET.Element) -> Iterator[tuple[ET.Element, Optional[ET.Element]]]:
    """The primitives, each with the clone that it is in."""
    for outer in cib.iterfind("configuration/resources/*"):
        holder = outer if outer.tag in ("clone", "master") else None
        yield from ((primitive, holder) for primitive in outer.iter("primitive"))


def crm_simulate(kernel: Kernel, argv: Sequence[str], stdin: str) -> Output:
    """What the cluster would do with a CIB: start what is new, stop what goes, restart what differs."""
    new = manager.parsed(stdin)
    old = manager.parsed(kernel.tree.read(manager.FILE)) if runs(kernel.tree) else None
    if new is None or old is None:
        return Output(66, err="crm_simulate: there is no CIB\n")
    node = _node(old)
    lines = [f"  * {verb:10} {name}   ( {node} )\n" for verb, name in _moves(_texts(old), _texts(new))]
    return Output(0, "Transition Summary:\n" + "".join(lines))


def _texts(cib: ET.Element) -> dict[str, bytes]:
    """What each resource that runs is started with."""
    return {primitive.get("id", ""): b"".join(map(ET.tostring, primitive.iterfind("instance_attributes")))
            for primitive, holder in _primitives(cib) if not _is_stopped(primitive)}


def _moves(old: dict[str, bytes], new: dict[str, bytes]) -> Iterator[tuple[str, str]]:
    yield from (("Stop", name) for name in old if name not in new)
    yield from (("Restart", name) for name, text in new.items() if name in old and old[name] != text)
    yield from (("Start", name) for name in new if name not in old)


