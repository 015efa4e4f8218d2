"""The agents that this host has, and what they say of themselves."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping

from ...host import Host
from ...records import Record
from . import tree

FOLDER = "/usr/lib/ocf/resource.d"
_SECONDS = 20.0


class Parameter(Record):
    """A parameter of an agent: what it is, its type, its default as the agent advertises it."""

    meaning: str
    kind: str = "string"
    default: str = ""
    required: bool = False

    def __str__(self) -> str:
        default = f"default {self.default}" if self.default else "must be given" if self.required else ""
        return ", ".join(filter(None, (self.meaning, self.kind, default)))


class Metadata(Record):
    """What an agent says of itself: its parameters, and the timeout that it advises for each action."""

    parameters: Mapping[str, Parameter]
    timeouts: Mapping[str, str]


def installed(host: Host) -> Iterator[str]:
    """The OCF agents of this host."""
    for provider in host.list(FOLDER):
        yield from (f"ocf:{provider}:{name}" for name in host.list(f"{FOLDER}/{provider}") if name[0] != ".")


def has(host: Host, agent: str) -> bool:
    """Whether an agent is installed on this host; True where nobody can tell."""
    return not host.finds("crm_resource") or _shown(host, agent) is not None


def metadata(host: Host, agent: str) -> Metadata:
    """What an agent says of itself; nothing where it is not installed, or says nothing that can be read."""
    text = _shown(host, agent) if agent and host.finds("crm_resource") else None
    try:
        root = ET.Element("none") if text is None else tree.parse_agent(text)
    except ValueError:
        root = ET.Element("none")
    actions = {each.get("name", ""): each.get("timeout", "") for each in root.iterfind("actions/action")}
    parameters = {each.get("name", ""): _parameter(each) for each in root.iterfind("parameters/parameter")}
    return Metadata(parameters, actions)


def _shown(host: Host, agent: str) -> str | None:
    output = host.run(("crm_resource", "--show-metadata", agent), limit=_SECONDS)
    return None if output.status else output.out


def _parameter(node: ET.Element) -> Parameter:
    meaning = " ".join((node.findtext("shortdesc") or "").split())
    content = node.find("content")
    content = ET.Element("content", type="string") if content is None else content
    required = node.get("required") in ("1", "true")
    return Parameter(meaning, content.get("type", ""), content.get("default", ""), required)
