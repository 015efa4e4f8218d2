"""Bridges of the running system, through ip(8). Source: ip-link(8), bridge(8); observed with Linux 6.1."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Optional

from ...config.net import Bridge
from ..step import Expect, Run, Step
from .addressing import NEW, addressed, brought_up, deleted, made, mtu_set, unaddressed
from .links import NET, Facts
from .writes import ip, step


def removed(bridge: str, old: Optional[Bridge], facts: Facts, hostname: str) -> Iterator[Step]:
    """The bridge goes, and its members stay."""
    yield from unaddressed(bridge, old, facts, hostname)
    yield from _left(bridge, facts.bridges[bridge])
    yield deleted(bridge, facts.links[bridge], _added(bridge))


def _added(bridge: str) -> Run:
    return ip("link", "add", bridge, "type", "bridge")


def released(bridge: str, new: Bridge, facts: Facts) -> Iterator[Step]:
    """The members that are to leave leave."""
    yield from _left(bridge, [port for port in facts.bridges.get(bridge, ()) if port not in new.members])


def _left(bridge: str, ports: Collection[str]) -> Iterator[Step]:
    for port in reversed([*ports]):  # they join again in the order in which they did
        yield step(ip("link", "set", port, "nomaster"), (ip("link", "set", port, "master", bridge),),
                   Expect(f"{NET}/{port}/master", "links_to", bridge),
                   Expect(f"{NET}/{port}/master", "absent"), stage="remove", disruption="link")


def configured(
    bridge: str, old: Optional[Bridge], new: Bridge, facts: Facts, hostname: str
) -> Iterator[Step]:
    """The steps that make a bridge, without what is to leave it, as it is configured."""
    link = facts.links.get(bridge, NEW)
    if bridge not in facts.links:
        yield made(bridge, _added(bridge), stage="create")
    for member in new.members:
        if member not in facts.bridges.get(bridge, ()):
            yield from _joined(bridge, member, facts)
    yield from mtu_set(bridge, link, new.mtu, disruption="none" if link is NEW else "link")
    yield from brought_up(bridge, link)
    yield from addressed(bridge, old, new, link, facts, hostname)


def _joined(bridge: str, member: str, facts: Facts) -> Iterator[Step]:
    """A member joins, and is up."""
    yield step(ip("link", "set", member, "master", bridge), (ip("link", "set", member, "nomaster"),),
               Expect(f"{NET}/{member}/master", "absent"),
               Expect(f"{NET}/{member}/master", "links_to", bridge), disruption="link")
    if member in facts.links:
        yield from brought_up(member, facts.links[member])
