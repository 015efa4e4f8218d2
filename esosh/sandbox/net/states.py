"""What follows from how the links stand: carrier, state, speed, and flags that one passes on to another."""

from __future__ import annotations

from .links import ALLMULTI, LOOP, PROMISC, Bond, Link
from .network import Network
from .options import ACTIVE_BACKUP, AD, PRIMARY_MODES


def live_slaves(network: Network, link: Link, bond: Bond) -> list[str]:
    """The slaves whose link counts as up. Links are monitored only while the bond is up."""
    if not bond.monitored:
        return [slave.name for slave in network.lowers(link) if slave.up]
    return [slave.name for slave in network.lowers(link) if is_running(network, slave)] if link.up else []


def has_carrier(network: Network, link: Link) -> bool:
    """Whether the link has a carrier; every NIC has its cable in, and 802.3ad its partner."""
    if link.bond:
        needed = link.bond.numbers["min_links"] if link.bond.mode == AD else 1
        return len(live_slaves(network, link, link.bond)) >= max(needed, 1)
    if link.bridge:
        works = link.up and any(is_running(network, port) for port in network.lowers(link))
        return works or link.bridge.fresh
    return link.up and all(has_carrier(network, parent) for parent in network.lowers(link))


def is_running(network: Network, link: Link) -> bool:
    """Whether the link is up and has a carrier."""
    return link.up and has_carrier(network, link)


def operstate(network: Network, link: Link) -> str:
    """What the attribute of that name reads as."""
    if not is_running(network, link):
        return "lowerlayerdown" if link.up and link.vlan else "down"
    is_unknown = link.type == LOOP or (link.bridge and link.bridge.fresh)
    return "unknown" if is_unknown else "up"


def speed(network: Network, link: Link) -> int:
    """Megabits a second, -1 where it is unknown."""
    if link.settings:
        return link.settings.speed
    if link.bond and has_carrier(network, link):
        return _bond_speed(network, link, link.bond)
    running = (lower for lower in network.lowers(link) if is_running(network, lower))
    return max((speed(network, lower) for lower in running), default=-1)


def _bond_speed(network: Network, link: Link, bond: Bond) -> int:
    senders = [bond.active] if bond.mode == ACTIVE_BACKUP else live_slaves(network, link, bond)
    return sum(speed(network, network.links[name]) for name in senders)


def duplex(network: Network, link: Link) -> str:
    """What the attribute of that name reads as while the link is up."""
    if link.settings:
        return link.settings.duplex
    if link.vlan and has_carrier(network, link):
        return duplex(network, network.links[link.vlan.parent])
    return "full" if link.bond and has_carrier(network, link) else "unknown"


def shown_flags(network: Network, link: Link) -> int:
    """The flags as the attribute shows them: the port of a bridge takes every frame, and all below it do."""
    return link.flags | (PROMISC | ALLMULTI if _takes_every_frame(network, link) else 0)


def _takes_every_frame(network: Network, link: Link) -> bool:
    return any(_asks_for_every_frame(network, upper, link) for upper in network.uppers(link))


def _asks_for_every_frame(network: Network, upper: Link, link: Link) -> bool:
    if upper.bridge and link.master == upper.name:
        return True
    if upper.bond and upper.bond.mode in PRIMARY_MODES and upper.bond.active != link.name:
        return False
    return (upper.up or not upper.vlan) and _takes_every_frame(network, upper)
