"""What the kernel sees to by itself after a change: active slaves, and what links take from one another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Callable

from .links import Bond, Link
from .network import Network
from .options import PRIMARY_MODES
from .states import live_slaves

_DEFAULT_MTU = 1500


def settle(network: Network) -> None:
    """Go on until nothing changes, in all links that were looked at and all they hang together with."""
    links = _connected(network)
    while sum(_settle(network, link) for link in links):
        pass


def _connected(network: Network) -> list[Link]:
    names = list(network.links.loaded)
    found = dict.fromkeys(names)
    for name in names:  # grows
        link = network.links[name]
        new = [neighbour for neighbour in (*link.lowers, *link.uppers) if neighbour not in found]
        found.update(dict.fromkeys(new))
        names += new
    return [network.links[name] for name in names]


def _settle(network: Network, link: Link) -> bool:
    """Settle one link, and tell whether it changed."""
    before = _taken_over(link)
    if link.kind in _BY_KIND:
        _BY_KIND[link.kind](network, link)
    return before != _taken_over(link)


def _taken_over(link: Link) -> tuple[object, ...]:
    return link.address, link.mtu, link.bond and link.bond.active


def _settle_bond(network: Network, link: Link) -> None:
    """Choose an active slave for a bond without one: the primary, else the first whose link is up.

    A real bond keeps its active slave until that fails; here it must follow from the configuration.
    """
    assert link.bond
    _choose_active(network, link, link.bond)
    if link.bond.active and link.bond.has_address_of_active:
        link.address = network.links[link.bond.active].permanent


def _choose_active(network: Network, link: Link, bond: Bond) -> None:
    live = live_slaves(network, link, bond) if bond.mode in PRIMARY_MODES else []
    if bond.active not in live:
        bond.active = bond.primary if bond.primary in live else next(iter(live), "")


def _settle_bridge(network: Network, link: Link) -> None:
    """A bridge has the lowest MAC address of its ports, and their lowest MTU unless it has one of its own."""
    bridge, ports = link.bridge, network.lowers(link)
    assert bridge
    if ports:
        link.address = min(port.address for port in ports)
    if not bridge.own_mtu:
        link.mtu = min((port.mtu for port in ports), default=_DEFAULT_MTU)


def _settle_vlan(network: Network, link: Link) -> None:
    """A VLAN device has an MTU of its parent's at most, and its parent's MAC address once it is up."""
    assert link.vlan
    parent = network.links[link.vlan.parent]
    link.mtu = min(link.mtu, parent.mtu)
    if link.up and not link.enslaved:
        link.address = parent.address


_BY_KIND: Mapping[str, Callable[[Network, Link], None]] = {
    "bond": _settle_bond, "bridge": _settle_bridge, "vlan": _settle_vlan,
}
