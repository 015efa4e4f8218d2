"""Bridges of the running system, through ip(8). Source: ip-link(8), bridge(8); observed with Linux 6.1."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Optional

from ...config.net import Bridge, Net
from ..step import Expect, Run, Step
from .addressing import NEW, addressed, brought_up, deleted, made, mtu_kept, mtu_of, unaddressed
from .links import NET, Facts
from .writes import ip, step


def removed(bridge: str, old: Optional[Bridge], facts: Facts, net: Net) -> Iterator[Step]:
    """The bridge goes, and its members stay."""
    yield from unaddressed(bridge, old, facts, net)
    yield from _left(bridge, facts.bridges[bridge], facts)
    yield deleted(bridge, facts.links[bridge], _added(bridge))


def _added(bridge: str) -> Run:
    return ip("link", "add", bridge, "type", "bridge")


def released(bridge: str, new: Bridge, facts: Facts) -> Iterator[Step]:
    """The members that are to leave leave."""
    leaving = [port for port in facts.bridges.get(bridge, ()) if port not in new.members]
    yield from _left(bridge, leaving, facts)


def _left(bridge: str, ports: Collection[str], facts: Facts) -> Iterator[Step]:
    for port in reversed([*ports]):  # they join again in the order in which they did
        back = (ip("link", "set", port, "master", bridge),
                ip("link", "set", bridge, "mtu", str(facts.links[bridge].mtu)))  # joining may change it
        yield step(ip("link", "set", port, "nomaster"), back,
                   Expect(f"{NET}/{port}/master", "links_to", bridge),
                   Expect(f"{NET}/{port}/master", "absent"), stage="remove", disruption="link")


def configured(
    bridge: str, old: Optional[Bridge], new: Bridge, facts: Facts, net: Net
) -> Iterator[Step]:
    """The steps that make a bridge, without what is to leave it, as it is configured."""
    link = facts.links.get(bridge, NEW)
    if bridge not in facts.links:
        yield made(bridge, _added(bridge), stage="create")
    for member in new.members:
        if member not in facts.bridges.get(bridge, ()):
            yield from _joined(bridge, member, facts)
    yield from with_mtu(bridge, new, facts, net)
    yield from brought_up(bridge, facts)
    yield from addressed(bridge, old, new, link, facts, net)


def _joined(bridge: str, member: str, facts: Facts) -> Iterator[Step]:
    """A member joins, and is up."""
    yield step(ip("link", "set", member, "master", bridge), (ip("link", "set", member, "nomaster"),),
               Expect(f"{NET}/{member}/master", "absent"),
               Expect(f"{NET}/{member}/master", "links_to", bridge), disruption="link")
    if member in facts.links:
        yield from brought_up(member, facts)


def with_mtu(bridge: str, new: Bridge, facts: Facts, net: Net) -> Iterator[Step]:
    """The bridge's mtu: until somebody sets it, it is the smallest of its members'.

    Source: kernel net/bridge/br_if.c, br_mtu_auto_adjust.
    """
    link = facts.links.get(bridge, NEW)
    smallest = min((mtu_of(member, facts, net) for member in new.members), default=NEW.mtu)
    if new.mtu != link.mtu or (new.mtu != smallest and _is_disturbed(bridge, new, facts, net)):
        old, disruption = (None, "none") if link is NEW else (link.mtu, "link")
        yield mtu_kept(bridge, old, new.mtu, disruption=disruption)


def _is_disturbed(bridge: str, new: Bridge, facts: Facts, net: Net) -> bool:
    """Whether the bridge has other members than it had, or one of them another mtu."""
    if {*facts.bridges.get(bridge, ())} != {*new.members}:
        return True
    members = [member for member in new.members if member in facts.links]
    return any(mtu_of(member, facts, net) != facts.links[member].mtu for member in members)
