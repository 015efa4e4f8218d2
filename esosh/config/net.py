"""The network: /etc/network.conf."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Optional


@dataclass(frozen=True)
class General:
    """The box itself: the section [general] of network.conf."""

    hostname: str = "localhost"
    domainname: str = ""
    gateway: str = ""
    nameservers: tuple[str, ...] = ()
    other: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Iface:
    """A network interface. `address` is "IP/PREFIX", "dhcp" or "none"; `broadcast` None is the usual one."""

    address: str = "none"
    mtu: int = 1500
    broadcast: Optional[str] = None
    ethtool: tuple[str, ...] = ()
    other: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Bond:
    """A bonding interface; `options` are the kernel's own names and words, in order, `mode` first."""

    slaves: tuple[str, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)
    address: str = "none"
    mtu: int = 1500
    broadcast: Optional[str] = None
    other: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Net:
    """The network: /etc/network.conf. `other` holds the sections of kinds that have no commands yet."""

    general: General = General()
    bonds: Mapping[str, Bond] = field(default_factory=dict)
    ifaces: Mapping[str, Iface] = field(default_factory=dict)
    other: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def blank(net: Net) -> Net:
    """The network without bonds, interfaces and settings of the box; what esosh cannot make stays."""
    return Net(General(other=net.general.other), other=net.other)
