"""Changes of a link that others feel: VLAN devices go up and down with their parent, routes with a device.

Source: net/8021q/vlan.c, net/ipv4/devinet.c and fib_frontend.c of Linux 6.1; all of it was observed.
"""

from __future__ import annotations

import contextlib
import errno
from ipaddress import IPv4Interface
from typing import Optional

from .links import LOOP, UP, ZERO, Address, Link
from .network import Network
from .options import Refusal
from .routes import KERNEL, Route
from .tables import append, flush


def set_up(network: Network, link: Link, up: bool) -> None:
    """Set a link up or down, and the VLAN devices on it; Refusal when it cannot go up.

    Addresses stay. The routes to their networks come and go with them; other routes only go.
    """
    if up == link.up:
        return
    if up:
        check_can_go_up(network, link)
    link.flags ^= UP
    _follow(network, link)
    for vlan in network.vlans(link):
        with contextlib.suppress(Refusal):
            set_up(network, vlan, up)
    for master in filter(None, [link.bond, network.links[link.master].bond if link.master else None]):
        master.active = ""


def check_can_go_up(network: Network, link: Link) -> None:
    """Refusal when a VLAN device has no hardware address, or its parent is down."""
    if not link.vlan:
        return
    if link.address == ZERO:
        raise Refusal(errno.EADDRNOTAVAIL)
    if not network.links[link.vlan.parent].up:
        raise Refusal(errno.ENETDOWN)


def _follow(network: Network, link: Link) -> None:
    """Let the routes follow a link that went up or down."""
    if not link.up:
        return flush(network, lambda route: route.device == link.name)
    for address in link.addresses:
        _connect(network, link, address)


def _connect(network: Network, link: Link, address: Address) -> None:
    route = _connected_route(link, address)
    if link.up and route and route not in network.routes:
        append(network, route)


def _connected_route(link: Link, address: Address) -> Optional[Route]:
    """The route to the network of an address; lo, a host's own address and secondary ones have none."""
    target, own = address.interface.network, address.interface.ip
    if link.type == LOOP or target.prefixlen == 32 or target.network_address.packed[0] == 0:
        return None
    return None if link.is_secondary(address) else Route(target, link.name, None, KERNEL, own)


def add_address(network: Network, link: Link, address: Address) -> None:
    """Add an address, and the route to its network; Refusal when the link has it."""
    link.add_address(address)
    _connect(network, link, address)


def delete_address(network: Network, link: Link, interface: IPv4Interface) -> None:
    """Delete an address, and the secondary ones of its network; Refusal when the link does not have it.

    Routes from an address that no other link has go, and with the last one all routes of the device.
    """
    address = link.find_address(interface)
    connected = address and _connected_route(link, address)
    gone = {address.interface.ip for address in link.delete_address(interface)}
    gone -= {address.interface.ip for other in network.links.values() for address in other.addresses}
    if not link.addresses:
        flush(network, lambda route: route.device == link.name)
    flush(network, lambda route: route == connected or route.source in gone)


def flush_addresses(network: Network, link: Link) -> None:
    """Delete all addresses of a link."""
    while link.addresses:
        delete_address(network, link, link.addresses[0].interface)


def set_mtu(network: Network, link: Link, mtu: int) -> None:
    """Set the MTU of a link and of its slaves; Refusal when one does not accept it.

    Where it is too small for IPv4 the addresses go.
    """
    link.check_mtu(mtu)
    slaves = network.lowers(link) if link.bond else []
    for slave in slaves:
        check_slave_mtu(network, slave, mtu)
    _check_parent(network, link, mtu)
    for member in (link, *slaves):
        member.mtu = mtu
        if not member.takes_ipv4:
            flush_addresses(network, member)
    if link.bridge:
        link.bridge.own_mtu = True


def check_slave_mtu(network: Network, slave: Link, mtu: int) -> None:
    """Refusal when a slave does not accept the MTU of its bond: of that the kernel gives no reason."""
    try:
        slave.check_mtu(mtu)
    except Refusal as refusal:
        raise Refusal(refusal.number) from None
    _check_parent(network, slave, mtu)


def _check_parent(network: Network, link: Link, mtu: int) -> None:
    if link.vlan and mtu > network.links[link.vlan.parent].mtu:
        raise Refusal(errno.ERANGE)
