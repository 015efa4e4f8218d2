"""The network: /etc/network.conf."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Optional

from ..records import NOTHING, Record

SMALLEST_MTU, LARGEST_MTU = 68, 65535  # bytes


class General(Record):
    """The box itself: the section [general] of network.conf."""

    hostname: str = "localhost"
    domainname: str = ""
    gateway: str = ""
    nameservers: tuple[str, ...] = ()
    other: Mapping[str, str] = NOTHING


class Iface(Record):
    """A network interface. `address` is "IP/PREFIX", "dhcp" or "none"; `broadcast` None is the usual one."""

    address: str = "none"
    mtu: int = 1500
    broadcast: Optional[str] = None
    ethtool: tuple[str, ...] = ()
    other: Mapping[str, str] = NOTHING


class Bond(Record):
    """A bonding interface; `options` are the kernel's own names and words, in order, `mode` first."""

    slaves: tuple[str, ...] = ()
    options: Mapping[str, str] = NOTHING
    address: str = "none"
    mtu: int = 1500
    broadcast: Optional[str] = None
    other: Mapping[str, str] = NOTHING


class Net(Record):
    """The network: /etc/network.conf. `other` holds the sections of kinds that have no commands yet."""

    general: General = General()
    bonds: Mapping[str, Bond] = NOTHING
    ifaces: Mapping[str, Iface] = NOTHING
    other: Mapping[str, Mapping[str, str]] = NOTHING


KIND, EMPTY = Net, Net()


def blank(net: Net) -> Net:
    """The network without bonds, interfaces and settings of the box; what esosh cannot make stays."""
    return Net(General(other=net.general.other), other=net.other)
