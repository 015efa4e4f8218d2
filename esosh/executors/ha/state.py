"""The cluster as it lives: nodes, resources and their roles, what failed."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator, Sequence
from typing import Optional

from ...config import Config
from ...host import Host
from ...views import Item, Items, Table, topic
from . import cib, tree, working

_ROLES = {"Promoted": "Master", "Unpromoted": "Slave"}  # of Pacemaker 2.1, as 1.1 calls them
_STATES = ("unclean", "pending", "maintenance", "standby")


def status(host: Host, config: Config, name: Optional[str]) -> Items:
    """The nodes and the resources, each with its state."""
    root = _monitor(host)
    found = [*_idle(config)] if root is None else [*_nodes(root), *_resources(root), *_failures(host)]
    return Items([item for item in found if name in (None, item.name)], _table)


def _monitor(host: Host) -> Optional[ET.Element]:
    """What crm_mon says; None where no cluster runs."""
    if not host.exists(cib.FILE) or not host.finds("crm_mon"):
        return None
    output = host.run(("crm_mon", "-1", "-r", "--as-xml"), limit=20.0)
    try:
        return None if output.status else tree.parse(output.out)
    except ValueError:
        return None


def _idle(config: Config) -> Iterator[Item]:
    """The resources while no cluster runs."""
    for name in config.ha.resources:
        yield _resource(name, None)


def _resource(name: str, role: Optional[str], nodes: Sequence[str] = (), flags: Sequence[str] = ()) -> Item:
    failed, blocked = "failed" in flags, "blocked" in flags
    return Item("resource", name, {"role": role, "nodes": list(nodes), "failed": failed, "blocked": blocked})


def _nodes(root: ET.Element) -> Iterator[Item]:
    for node in root.iterfind("nodes/node"):
        states = [state for state in _STATES if node.get(state) == "true"]
        online = "online" if node.get("online") == "true" else "offline"
        fields = {"state": " ".join((online, *states)), "coordinator": node.get("is_dc") == "true"}
        yield Item("node", node.get("name", ""), fields)


def _resources(root: ET.Element) -> Iterator[Item]:
    for resource in root.iterfind("resources//resource"):
        role, name = resource.get("role", ""), resource.get("id", "").partition(":")[0]
        flags = [flag for flag in ("failed", "blocked") if resource.get(flag) == "true"]
        nodes = [node.get("name", "") for node in resource.iterfind("node")]
        yield _resource(name, _ROLES.get(role, role), nodes, flags)


def _failures(host: Host) -> Iterator[Item]:
    for text in sorted(working.failures(host)):
        yield Item("failure", re.split(r"_(?=[a-z]+_\d+ )| ", text)[0], {"text": text})


def _table(items: Iterable[Item]) -> Table:
    return Table(("what", "name", "state", "where"), tuple(map(_row, items)))


def _row(item: Item) -> tuple[str, ...]:
    if item.kind == "node":
        return item.kind, item.name, item["state"], "coordinator" if item["coordinator"] else ""
    if item.kind == "failure":
        return item.kind, item.name, item["text"], ""
    flags = [flag for flag in ("failed", "blocked") if item[flag]]
    state = " ".join((item["role"] or "no cluster runs", *flags))
    return item.kind, item.name, state, " ".join(item["nodes"])


def overview(host: Host, config: Config) -> Iterator[Item]:
    """The nodes that are online, and what failed."""
    root = _monitor(host)
    if root is None:
        text = "no cluster runs" if config.ha.resources else "not configured"
        yield topic("ha", "off", text)
        return
    failed = sorted(working.failures(host))
    if failed:
        yield topic("ha", "error", failed[0], "status ha", failed[1:])
        return
    nodes = [*root.iterfind("nodes/node")]
    online = [node.get("name", "") for node in nodes if node.get("online") == "true"]
    state = "ok" if len(online) == len(nodes) else "warn"
    yield topic("ha", state, f"{' '.join(online) or 'no node'} online", "" if state == "ok" else "status ha")
