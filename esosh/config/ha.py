"""The cluster: the configuration that the cluster information base (CIB) of Pacemaker has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Optional

from ..records import NOTHING, Record, replace


class Element(Record):
    """An element of the CIB; its own id is its name in the mapping that it stands in.

    A child without an id is named "#" and its tag. `members`: the ids of what it holds, or refers to, in
    their order: the resources of a group or a clone, of a set, of a tag, the roles of a user.
    """

    tag: str
    attributes: Mapping[str, str] = NOTHING
    children: Mapping[str, Element] = NOTHING
    members: tuple[str, ...] = ()


Elements = Mapping[str, Element]


class Ha(Record):
    """The sections of the CIB's configuration, each with its elements by their ids.

    A resource within another one stands beside it, before it.
    """

    nodes: Elements = NOTHING
    resources: Elements = NOTHING
    tags: Elements = NOTHING
    constraints: Elements = NOTHING
    fencing_topology: Elements = NOTHING
    acls: Elements = NOTHING
    alerts: Elements = NOTHING
    crm_config: Elements = NOTHING
    rsc_defaults: Elements = NOTHING
    op_defaults: Elements = NOTHING


KIND, EMPTY = Ha, Ha()
OWNED = frozenset((  # options that the cluster itself writes
    "cluster-infrastructure", "cluster-name", "dc-version", "have-watchdog", "last-lrm-refresh",
))


def section_of(ha: Ha, name: str) -> str:
    """The section that has an element of that id; "" for none."""
    return next((section for section in Ha.PARTS if name in getattr(ha, section)), "")


def holder_of(ha: Ha, resource: str) -> str:
    """The group or the clone that a resource is in; "" for none."""
    return next((name for name, element in ha.resources.items() if resource in element.members), "")


def is_owned(option: Element) -> bool:
    """Whether an option is one of those that the cluster itself writes."""
    return option.attributes.get("name") in OWNED


def remainder(element: Element) -> Optional[Element]:
    """What the cluster itself writes of an element, which stays when it is removed; None for nothing."""
    children = {key: option for key, option in element.children.items() if is_owned(option)}
    return replace(element, children=children) if children or element.tag == "node" else None


def blank(ha: Ha) -> Ha:
    """What the cluster itself writes: its nodes, without attributes of theirs, and some options."""
    return Ha(nodes=_remainders(ha.nodes), crm_config=_remainders(ha.crm_config))


def _remainders(elements: Elements) -> Elements:
    left = {name: remainder(element) for name, element in elements.items()}
    return {name: element for name, element in left.items() if element}
