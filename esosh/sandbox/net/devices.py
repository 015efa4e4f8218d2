"""Links that are made and deleted: bonds, bridges, VLAN devices.

Source: the kernel's answers to `ip link add` and `del`, observed with Linux 6.1.
"""

from __future__ import annotations

import errno
from collections.abc import Mapping

from .links import BROADCAST, LOOP, MASTER, MULTICAST, Bond, Bridge, Link, Vlan, own_address
from .masters import leave
from .network import Network
from .options import Refusal
from .tables import flush

_LAST_VLAN = 4094


def add_bond(network: Network, name: str) -> None:
    """Add a bond. A real one gets a random MAC address; here it follows from the name."""
    network.add(name, own_address(name), BROADCAST | MULTICAST | MASTER).bond = Bond()
    network.bonds.append(name)


def add_bridge(network: Network, name: str) -> None:
    """Add a bridge; its MAC address is as that of a bond."""
    network.add(name, own_address(name)).bridge = Bridge()


def add_vlan(network: Network, name: str, parent: Link, number: int, egress: Mapping[int, int]) -> None:
    """Add a VLAN device to a link; Refusal when the link, the number or the name cannot be had."""
    check_vlan(number)
    if parent.type == LOOP:
        raise Refusal(errno.EOPNOTSUPP, "8021q: VLANs not supported on device")
    if any(vlan.vlan and vlan.vlan.id == number for vlan in network.vlans(parent)):
        raise Refusal(errno.EEXIST, "8021q: VLAN device already exists")
    link = network.add(name, parent.address)
    link.mtu = parent.mtu
    link.vlan = network.vlan_config[name] = Vlan(parent.name, number, dict(egress))
    parent.vlans.append(name)


def check_vlan(number: int) -> None:
    """Refusal ERANGE when it cannot be the number of a VLAN."""
    if number > _LAST_VLAN:
        raise Refusal(errno.ERANGE, "8021q: Invalid VLAN id")


def delete(network: Network, link: Link) -> None:
    """Delete a bond, a bridge or a VLAN device, up or not: VLAN devices on it go, its members are released.

    Refusal EOPNOTSUPP when it is none of them.
    """
    if not (link.bond or link.bridge or link.vlan):
        raise Refusal(errno.EOPNOTSUPP)
    for vlan in network.vlans(link):
        delete(network, vlan)
    leave(network, link)
    _detach(network, link)
    flush(network, lambda route: route.device == link.name)
    del network.links[link.name]


def _detach(network: Network, link: Link) -> None:
    """Part a link from all below it."""
    if link.vlan:
        del network.vlan_config[link.name]
        return network.links[link.vlan.parent].vlans.remove(link.name)
    for member in network.lowers(link):
        leave(network, member)
    if link.bond:
        network.bonds.remove(link.name)
