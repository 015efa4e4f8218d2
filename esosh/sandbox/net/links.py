"""A network link of the box as its kernel knows it: a NIC, a bond, a bridge, a VLAN device, or lo.

Source: recordings from Linux 6.1, and Documentation/networking/bonding.rst of the kernel.
"""

from __future__ import annotations

import errno
import hashlib
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Interface
from itertools import takewhile
from typing import Optional

from .options import ACTIVE_BACKUP, OPTIONS, Refusal

UP, BROADCAST, LOOPBACK, MASTER, SLAVE, MULTICAST = 0x1, 0x2, 0x8, 0x400, 0x800, 0x1000
PROMISC, ALLMULTI = 0x100, 0x200
ETHER, LOOP = 1, 772  # ARPHRD numbers, as in the attribute `type`
SPEED = 1000
MODES = {0x1: (10, "half"), 0x2: (10, "full"), 0x4: (100, "half"), 0x8: (100, "full"), 0x20: (1000, "full")}
ALL_MODES = sum(MODES)  # of a NIC, as bits of its link modes
ZERO = "00:00:00:00:00:00"  # the hardware address of who has none
_FAIL_OVER_ACTIVE = 1
_LEAST_IPV4_MTU = 68
_MTUS = {
    "lo": (0, 2**31 - 1), "bond": (68, 65535), "bridge": (68, 65535), "vlan": (0, 65535), "nic": (46, 16110),
    "ib": (0, 65520),
}


@dataclass(frozen=True)
class Address:
    """An IPv4 address of a link; str() gives the line that the box's own file of addresses has."""

    interface: IPv4Interface
    broadcast: Optional[IPv4Address] = None

    def __str__(self) -> str:
        broadcast = f" brd {self.broadcast}" if self.broadcast else ""
        return self.interface.with_prefixlen + broadcast


@dataclass
class Settings:
    """The settings of a NIC that `ethtool -s` changes."""

    autoneg: str = "on"
    speed: int = SPEED
    duplex: str = "full"
    advertise: int = ALL_MODES
    mdix: str = "auto"


def _default_numbers() -> dict[str, int]:
    return {name: option.default for name, option in OPTIONS.items()}


@dataclass
class Bond:
    """What makes a link a bond. Delays are kept as multiples of miimon; `primary` may name no slave yet."""

    numbers: dict[str, int] = field(default_factory=_default_numbers)
    slaves: list[str] = field(default_factory=list)
    active: str = ""
    primary: str = ""
    targets: list[str] = field(default_factory=list)
    system: str = "00:00:00:00:00:00"

    @property
    def mode(self) -> int:
        """The number of its mode."""
        return self.numbers["mode"]

    @property
    def monitored(self) -> bool:
        """Whether links are monitored; without, the bond takes the link of every slave for up."""
        return bool(self.numbers["miimon"] or self.numbers["arp_interval"])

    @property
    def has_address_of_active(self) -> bool:
        """Whether the bond has the MAC address of its active slave."""
        return self.mode == ACTIVE_BACKUP and self.numbers["fail_over_mac"] == _FAIL_OVER_ACTIVE


@dataclass
class Bridge:
    """What makes a link a bridge: its ports by number, and whether its MTU is its own or that of its ports.

    A bridge that never had a port is `fresh`: it has a carrier, but no state.
    """

    ports: dict[int, str] = field(default_factory=dict)
    own_mtu: bool = False
    fresh: bool = True

    def number(self, port: str) -> int:
        """The number of a port."""
        return next(number for number, name in self.ports.items() if name == port)


@dataclass
class Vlan:
    """What makes a link a VLAN device: its parent, and the priorities that a frame leaves with."""

    parent: str
    id: int
    egress: dict[int, int] = field(default_factory=dict)


@dataclass
class Link:
    """A network interface. `permanent`, `former_mtu` and `queue` have a meaning only while it is a slave.

    `vlans` are the VLAN devices on it.
    """

    name: str
    index: int
    address: str
    flags: int
    mtu: int = 1500
    type: int = ETHER
    master: str = ""
    permanent: str = ""
    former_mtu: int = 0
    queue: int = 0
    addresses: list[Address] = field(default_factory=list)
    settings: Optional[Settings] = None
    bond: Optional[Bond] = None
    bridge: Optional[Bridge] = None
    vlan: Optional[Vlan] = None
    vlans: list[str] = field(default_factory=list)

    @property
    def up(self) -> bool:
        """Whether it is set up, with or without a carrier."""
        return bool(self.flags & UP)

    @property
    def kind(self) -> str:
        """What it is: a bond, a bridge, a vlan, lo or a nic."""
        if self.type == LOOP:
            return "lo"
        return next((kind for kind in ("bond", "bridge", "vlan") if getattr(self, kind)), "nic")

    @property
    def lowers(self) -> list[str]:
        """The links below it: the slaves of a bond, the ports of a bridge, the parent of a VLAN device."""
        if self.bond:
            return self.bond.slaves
        if self.bridge:
            return list(self.bridge.ports.values())
        return [self.vlan.parent] if self.vlan else []

    @property
    def uppers(self) -> list[str]:
        """The links above it: its master, and the VLAN devices on it."""
        return [*filter(None, [self.master]), *self.vlans]

    @property
    def enslaved(self) -> bool:
        """Whether it is the slave of a bond; a port of a bridge is none."""
        return bool(self.flags & SLAVE)

    @property
    def takes_ipv4(self) -> bool:
        """Whether its MTU is large enough for IPv4."""
        return self.mtu >= _LEAST_IPV4_MTU

    @property
    def mtus(self) -> tuple[int, int]:
        """The smallest and the largest MTU that the device accepts."""
        is_ib = self.kind == "nic" and self.name.startswith("ib")
        return _MTUS["ib" if is_ib else self.kind]

    def check_mtu(self, mtu: int) -> None:
        """Refusal EINVAL when the device does not accept that MTU."""
        least, most = self.mtus
        if mtu < least:
            raise Refusal(errno.EINVAL, "mtu less than device minimum")
        if mtu > most:
            raise Refusal(errno.EINVAL, "mtu greater than device maximum")

    def find_address(self, interface: IPv4Interface) -> Optional[Address]:
        """The address with this prefix length; None when the link has none."""
        return next((address for address in self.addresses if address.interface == interface), None)

    def is_secondary(self, address: Address) -> bool:
        """Whether an address in the same network comes before it."""
        earlier = takewhile(lambda other: other != address, self.addresses)
        return any(other.interface.network == address.interface.network for other in earlier)

    def add_address(self, address: Address) -> None:
        """Add an address: loopback ones first, secondary ones last; Refusal EEXIST when the link has it."""
        if self.find_address(address.interface):
            raise Refusal(errno.EEXIST)
        if not self.takes_ipv4:
            raise Refusal(errno.ENOBUFS)
        before = [other for other in self.addresses if self._rank(other) <= self._rank(address)]
        self.addresses.insert(len(before), address)

    def _rank(self, address: Address) -> int:
        return 2 if self.is_secondary(address) else int(not address.interface.is_loopback)

    def delete_address(self, interface: IPv4Interface) -> list[Address]:
        """Delete an address, and give all that went: a primary one takes the others of its network along.

        That is so while promote_secondaries is 0. Refusal EADDRNOTAVAIL when the link does not have it.
        """
        address = self.find_address(interface)
        if address is None:
            raise Refusal(errno.EADDRNOTAVAIL)
        gone = [address] if self.is_secondary(address) else self._in_network(address)
        self.addresses = [other for other in self.addresses if other not in gone]
        return gone

    def _in_network(self, address: Address) -> list[Address]:
        network = address.interface.network
        return [other for other in self.addresses if other.interface.network == network]


def own_address(name: str) -> str:
    """A locally administered MAC address that follows from the name; a real link has a random one."""
    digest = hashlib.blake2b(name.encode(), digest_size=5).digest().hex(":")
    return f"02:{digest}"
