"""The network in a few lines: configured bonds, bridges and VLANs, and the links that do not work."""

from __future__ import annotations

from collections.abc import Iterator

from ...config import Config
from ...config.net import Bond, Link, Net
from ...host import Host
from ...views import Item, few, topic
from . import items, links
from .options import DEFAULTS


def overview(host: Host, config: Config) -> Iterator[Item]:
    """A line for each kind of link, and one for links that are down."""
    net, facts = config.net, links.facts(host)
    states = {name: _state(host, name, facts) for name in _concerned(net)} if facts.links else {}
    for text in filter(None, _texts(net, states)):
        yield topic("net", "ok", text)
    for state in ("down", "no link", "not there"):
        names = [name for name, own in states.items() if own == state]
        if names:
            yield topic("net", "warn", f"{state}: {few(names)}", "status net")
    others = [name for name in (*facts.bonds, *facts.bridges, *facts.vlans) if name not in net.links]
    if others:
        yield topic("net", "warn", f"runs and is not in network.conf: {few(others)}", "status net")
    elif not (net.bonds or net.bridges or net.vlans):
        yield topic("net", "ok", "no bonds")


def _concerned(net: Net) -> dict[str, None]:
    """The links that are configured, and their parts."""
    parts = (name for _, _, names in net.masters() for name in names)
    return dict.fromkeys((*net.links, *parts))


def _state(host: Host, name: str, facts: links.Facts) -> str:
    if name not in facts.links:
        return "not there"
    if not facts.links[name].up:
        return "down"
    return "up" if items.has_carrier(host, name) else "no link"


def _texts(net: Net, states: dict[str, str]) -> Iterator[str]:
    """The bonds with the states of their slaves, the bridges with their members, the VLANs."""
    yield "; ".join(_bond(name, bond, states) for name, bond in net.bonds.items())
    yield "; ".join(f"{_addressed(name, bridge)}: {few(bridge.members) or 'no members'}"
                    for name, bridge in net.bridges.items())
    yield ", ".join(_addressed(name, vlan) for name, vlan in net.vlans.items())


def _bond(name: str, bond: Bond, states: dict[str, str]) -> str:
    slaves = ", ".join(f"{slave} {states.get(slave, 'down')}" for slave in bond.slaves)
    return f"{name} {bond.address} {bond.options.get('mode', DEFAULTS['mode'])}: {slaves or 'no slaves'}"


def _addressed(name: str, link: Link) -> str:
    return name if link.address == "none" else f"{name} {link.address}"
