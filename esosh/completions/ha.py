"""ha: the cluster's resources and nodes."""

from __future__ import annotations

from collections.abc import Iterator

from ..config.ha import Element, Ha
from . import Context, Name, Names, except_typed, merged


def resource(context: Context) -> Names:
    """Whatever has a name, without those that the line has."""
    current, candidate = context.live_and_candidate(_elements)
    return except_typed(context.words_of("RESOURCE"), merged(current, candidate, _described))


def resource_role(context: Context) -> Names:
    """Resources."""
    current, candidate = context.live_and_candidate(lambda config: config.ha.resources)
    return except_typed(context.words_of("RESOURCE_ROLE"), merged(current, candidate, _described))


def resource_action(context: Context) -> Names:
    """Resources."""
    current, candidate = context.live_and_candidate(lambda config: config.ha.resources)
    return except_typed(context.words_of("RESOURCE_ACTION"), merged(current, candidate, _described))


def cluster_node(context: Context) -> Iterator[Name]:
    """The nodes of the cluster."""
    for node in context.candidate.ha.nodes.values():
        yield Name(node.attributes.get("uname", ""), "live")


def _elements(config: object) -> dict[str, Element]:
    ha: Ha = config.ha  # type: ignore[attr-defined]
    return {name: element for part in Ha.PARTS for name, element in getattr(ha, part).items()}


def _described(name: str, element: Element) -> str:
    names = [element.attributes.get(key, "") for key in ("class", "provider", "type")]
    return ":".join(filter(None, names)) or " ".join((element.tag, *element.members))
