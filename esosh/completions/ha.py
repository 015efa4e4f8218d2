"""ha: agents and their parameters, as they describe themselves; the cluster's resources and nodes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..config import Config
from ..config.ha import Element, Ha
from ..executors.ha import agents
from . import Context, Name, Names, except_typed, merged

_META = {
    "target-role": "Started, Stopped, Master or Slave", "is-managed": "false: the cluster leaves it alone",
    "resource-stickiness": "how much it stays where it is", "migration-threshold": "failures until it moves",
    "failure-timeout": "seconds until a failure is forgotten", "priority": "which runs where not all can",
    "clone-max": "how many instances run", "clone-node-max": "how many run on one node",
    "master-max": "how many are Master", "master-node-max": "how many are Master on one node",
    "notify": "true: each is told of what the others do",
    "interleave": "true: others wait for the instance beside them",
}
_OF_OPERATION = {
    "interval": "seconds between two of them, 0 for one that is done once",
    "timeout": "seconds that it may take", "role": "Master or Slave: only where it is that",
    "on-fail": "ignore, block, stop, restart, standby or fence",
    "enabled": "false: it is not done",
}
_PROPERTIES = {
    "stonith-enabled": "true: a node that is lost is switched off",
    "no-quorum-policy": "ignore, stop, freeze or suicide",
    "maintenance-mode": "true: the cluster leaves all resources alone",
    "stonith-timeout": "seconds that fencing may take",
    "cluster-recheck-interval": "time between looks at what time changes",
    "symmetric-cluster": "false: nothing runs where no constraint allows it",
}


def resource(context: Context) -> Names:
    """Whatever the line may be about, without what it has."""
    found = _resources(context)
    if not _HOLDING.intersection(context.texts[:3]):
        current, candidate = context.live_and_candidate(_elements)
        found = merged(current, candidate, _described)
    return except_typed(context.words_of("RESOURCE"), found)


def resource_role(context: Context) -> Names:
    """Resources."""
    return except_typed(context.words_of("RESOURCE_ROLE"), _resources(context))


def resource_action(context: Context) -> Names:
    """Resources."""
    return except_typed(context.words_of("RESOURCE_ACTION"), _resources(context))


def _resources(context: Context) -> Names:
    current, candidate = context.live_and_candidate(lambda config: config.ha.resources)
    return merged(current, candidate, _described)


def cluster_node(context: Context) -> Iterator[Name]:
    """The nodes of the cluster."""
    for node in context.candidate.ha.nodes.values():
        yield Name(node.attributes.get("uname", ""), "live")


def agent(context: Context) -> Iterator[Name]:
    """The OCF agents that this host has."""
    if context.host is not None:
        yield from map(Name, agents.installed(context.host))


def option_key(context: Context) -> Iterator[Name]:
    """The keys that may stand in this part of the line, those of an agent as it describes them."""
    typed = {text for text in context.texts if text.endswith("=")}
    for key, meaning in _keys(context).items():
        if f"{key}=" not in typed:
            yield Name(f"{key}=", "", meaning)


def _keys(context: Context) -> Mapping[str, str]:
    parts = [text for terminal, text in context.words if terminal in _PARTS]
    if not parts:
        return _PROPERTIES if "PROPERTY" in context.terminals else {}
    if parts[-1] == "params":
        found = agents.metadata(context.host, _agent(context)).parameters if context.host else {}
        return {key: str(parameter) for key, parameter in found.items()}
    return {"meta": _META, "op": _OF_OPERATION}.get(parts[-1], {})


_HOLDING = frozenset(("group", "clone", "ms", "location", "tag"))  # lines that name resources only
_PARTS = ("PARAMS", "META", "OP", "UTILIZATION", "ATTRIBUTES")


def _agent(context: Context) -> str:
    """The agent of the line, or of the resource that it names."""
    element = context.candidate.ha.resources.get(context.word("RESOURCE") or "", Element(""))
    return context.word("AGENT") or _agent_of(element)


def values(context: Context) -> Mapping[str, str]:
    """The attributes of the resource that the line names."""
    element = context.candidate.ha.resources.get(context.word("RESOURCE") or "", Element(""))
    pairs = [pair.attributes for options in element.children.values() for pair in options.children.values()]
    return {pair["name"]: pair["value"] for pair in pairs if "value" in pair and "name" in pair}


def _elements(config: Config) -> dict[str, Element]:
    return {name: element for part in Ha.PARTS for name, element in getattr(config.ha, part).items()}


def _described(name: str, element: Element) -> str:
    return _agent_of(element) or " ".join((element.tag, *element.members))


def _agent_of(element: Element) -> str:
    names = [element.attributes.get(key, "") for key in ("class", "provider", "type")]
    return ":".join(filter(None, names))
