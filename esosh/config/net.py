"""The network: /etc/network.conf and /etc/xtra_hosts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Optional, Union

from ..records import NOTHING, Record

SMALLEST_MTU, LARGEST_MTU = 68, 65535  # bytes


class General(Record):
    """The box itself: the section [general] of network.conf."""

    hostname: str = "localhost"
    domainname: str = ""
    gateway: str = ""
    nameservers: tuple[str, ...] = ()
    other: Mapping[str, str] = NOTHING

    @property
    def full_name(self) -> str:
        """The name of the box with its domain, as rc.network gives it."""
        return ".".join(filter(None, (self.hostname, self.domainname)))


class Iface(Record):
    """A network interface. `address` is "IP/PREFIX", "dhcp" or "none"; `broadcast` None is the usual one.

    `lacking` are keys of its section that rc.network needs and does not find, or cannot take: it passes over
    the section, or ends there.
    """

    address: str = "none"
    mtu: int = 1500
    broadcast: Optional[str] = None
    ethtool: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()
    other: Mapping[str, str] = NOTHING


class Bond(Record):
    """A bonding interface; `options` are the kernel's own names and words, in order, `mode` first."""

    slaves: tuple[str, ...] = ()
    options: Mapping[str, str] = NOTHING
    address: str = "none"
    mtu: int = 1500
    broadcast: Optional[str] = None
    lacking: tuple[str, ...] = ()
    other: Mapping[str, str] = NOTHING


class Vlan(Record):
    """A VLAN; its name is its parent's and its number, `egress` what each priority of a packet becomes."""

    egress: tuple[str, ...] = ()  # "PRIORITY:PCP"
    address: str = "none"
    mtu: int = 1500
    broadcast: Optional[str] = None
    lacking: tuple[str, ...] = ()
    other: Mapping[str, str] = NOTHING


class Bridge(Record):
    """An Ethernet bridge, and the interfaces, bonds and VLANs that are its ports."""

    members: tuple[str, ...] = ()
    address: str = "none"
    mtu: int = 1500
    broadcast: Optional[str] = None
    lacking: tuple[str, ...] = ()
    other: Mapping[str, str] = NOTHING


Link = Union[Bond, Vlan, Bridge, Iface]


class Net(Record):
    """The network: network.conf, and `hosts`, the names of other hosts' addresses in xtra_hosts.

    `other` holds the sections that nothing of ESOS reads.
    """

    general: General = General()
    hosts: Mapping[str, tuple[str, ...]] = NOTHING
    bonds: Mapping[str, Bond] = NOTHING
    vlans: Mapping[str, Vlan] = NOTHING
    bridges: Mapping[str, Bridge] = NOTHING
    ifaces: Mapping[str, Iface] = NOTHING
    other: Mapping[str, Mapping[str, str]] = NOTHING

    @property
    def links(self) -> dict[str, Link]:
        """All that has an address of its own, by name, what others are built on first."""
        return {**self.ifaces, **self.bonds, **self.vlans, **self.bridges}

    def masters(self) -> Iterator[tuple[str, str, tuple[str, ...]]]:
        """Kind and name of what has interfaces as its parts, and their names."""
        yield from (("bond", name, bond.slaves) for name, bond in self.bonds.items())
        yield from (("bridge", name, bridge.members) for name, bridge in self.bridges.items())

    @property
    def slaves(self) -> set[str]:
        """The slaves of all bonds."""
        return {slave for bond in self.bonds.values() for slave in bond.slaves}


KIND, EMPTY = Net, Net()
ROLES = {"bond": "slave", "bridge": "member"}  # what is part of such a link
KINDS = {"bond": "bonds", "vlan": "vlans", "bridge": "bridges", "iface": "ifaces"}  # the field of each kind


def parent_of(vlan: str) -> str:
    """The interface that a VLAN is on."""
    return vlan.rpartition(".")[0]


def blank(net: Net) -> Net:
    """The network without links, hosts and settings of the box; what esosh cannot make stays."""
    return Net(General(other=net.general.other), other=net.other)
