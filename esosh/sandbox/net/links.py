"""The network links of the box as its kernel knows them: NICs, bonds and their slaves.

Source: recordings from Linux 6.1, and Documentation/networking/bonding.rst of the kernel.
"""

from __future__ import annotations

import errno
import hashlib
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Interface
from itertools import takewhile
from typing import Optional

from .options import ACTIVE_BACKUP, AD, OPTIONS, PRIMARY_MODES, Refusal

UP, BROADCAST, LOOPBACK, MASTER, SLAVE, MULTICAST = 0x1, 0x2, 0x8, 0x400, 0x800, 0x1000
ETHER, LOOP = 1, 772  # ARPHRD numbers, as in the attribute `type`
SPEED = 1000
_FAIL_OVER_ACTIVE = 1
_MTUS = {"lo": (0, 2**31 - 1), "bond": (68, 65535), "nic": (46, 16110)}


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
class Link:
    """A network interface. `permanent`, `former_mtu` and `queue` have a meaning only while it is a slave."""

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

    @property
    def up(self) -> bool:
        """Whether it is set up, with or without a carrier."""
        return bool(self.flags & UP)

    @property
    def kind(self) -> str:
        """What it is: a bond, lo or a nic."""
        if self.bond:
            return "bond"
        return "lo" if self.type == LOOP else "nic"

    def check_mtu(self, mtu: int) -> None:
        """Refusal EINVAL when the device does not accept that MTU."""
        least, most = _MTUS[self.kind]
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
        """Add an address, primary ones first; Refusal EEXIST when the link has it."""
        if self.find_address(address.interface):
            raise Refusal(errno.EEXIST)
        if self.is_secondary(address):
            return self.addresses.append(address)
        primary = [other for other in self.addresses if not self.is_secondary(other)]
        self.addresses.insert(len(primary), address)

    def delete_address(self, interface: IPv4Interface) -> None:
        """Delete an address; with a primary one go the others of its network, as promote_secondaries is 0.

        Refusal EADDRNOTAVAIL when the link does not have it.
        """
        address = self.find_address(interface)
        if address is None:
            raise Refusal(errno.EADDRNOTAVAIL)
        if self.is_secondary(address):
            return self.addresses.remove(address)
        self.addresses = [other for other in self.addresses if other.interface.network != interface.network]


@dataclass
class Network:
    """All links by name, and the bonds in the order they were made."""

    links: dict[str, Link] = field(default_factory=dict)
    bonds: list[str] = field(default_factory=list)

    def link(self, name: str) -> Link:
        """The link of that name; Refusal ENODEV when there is none."""
        if name not in self.links:
            raise Refusal(errno.ENODEV)
        return self.links[name]

    def bond(self, name: str) -> tuple[Link, Bond]:
        """The link of the bond of that name, and what makes it a bond."""
        link = self.link(name)
        assert link.bond
        return link, link.bond

    def slaves(self, link: Link) -> list[Link]:
        """The slaves of a bond; none when the link is no bond."""
        names = link.bond.slaves if link.bond else []
        return [self.links[name] for name in names]

    def add(self, name: str, address: str, flags: int = BROADCAST | MULTICAST) -> Link:
        """Add a link, numbered after all others."""
        index = 1 + max((link.index for link in self.links.values()), default=0)
        self.links[name] = Link(name, index, address, flags)
        return self.links[name]

    def add_bond(self, name: str) -> None:
        """Add a bond. A real one gets a random MAC address; here it follows from the name."""
        self.add(name, _own_address(name), BROADCAST | MULTICAST | MASTER).bond = Bond()
        self.bonds.append(name)

    def delete_bond(self, name: str) -> None:
        """Delete a bond, up or not; its slaves are released."""
        link, bond = self.bond(name)
        for slave in self.slaves(link):
            self.release(link, bond, slave)
        self.bonds.remove(name)
        del self.links[name]

    def join(self, link: Link, bond: Bond, slave: Link) -> None:
        """Make a link a slave of a bond; Refusal when it cannot be one."""
        self._check_can_join(link, slave)
        slave.check_mtu(link.mtu)
        if not bond.slaves:
            link.address = slave.address
        slave.permanent, slave.former_mtu = slave.address, slave.mtu
        slave.mtu = link.mtu
        if bond.mode != ACTIVE_BACKUP or not bond.numbers["fail_over_mac"]:
            slave.address = link.address
        slave.flags |= UP | SLAVE
        slave.master = link.name
        bond.slaves.append(slave.name)
        bond.active = ""

    def _check_can_join(self, link: Link, slave: Link) -> None:
        if slave.master:
            raise Refusal(errno.EBUSY)
        if slave.bond or slave.up:  # a bond in a bond, which real ones allow, is not simulated
            raise Refusal(errno.EPERM)
        if slave.type != link.type:
            raise Refusal(errno.EINVAL)

    def release(self, link: Link, bond: Bond, slave: Link) -> None:
        """Release a slave: it is down, and has its own MAC address and MTU again."""
        if slave.name not in bond.slaves:
            raise Refusal(errno.EINVAL)
        slave.address, slave.mtu = slave.permanent, slave.former_mtu
        slave.permanent, slave.former_mtu, slave.queue, slave.master = "", 0, 0, ""
        slave.flags &= ~(UP | SLAVE)
        bond.slaves.remove(slave.name)
        bond.active = ""
        if not bond.slaves:
            link.address = _own_address(link.name)

    def set_up(self, link: Link, up: bool) -> None:
        """Set a link up or down; its addresses stay."""
        link.flags = link.flags | UP if up else link.flags & ~UP
        bond = self.links.get(link.master, link).bond
        if bond:
            bond.active = ""

    def set_mtu(self, link: Link, mtu: int) -> None:
        """Set the MTU of a link and of its slaves; Refusal EINVAL when one does not accept it."""
        links = [link, *self.slaves(link)]
        for member in links:
            member.check_mtu(mtu)
        for member in links:
            member.mtu = mtu

    def live_slaves(self, link: Link, bond: Bond) -> list[str]:
        """The slaves whose link counts as up. Links are monitored only while the bond is up."""
        if bond.monitored and not link.up:
            return []
        return [slave.name for slave in self.slaves(link) if slave.up]

    def has_carrier(self, link: Link) -> bool:
        """Whether the link has a carrier; every NIC has its cable in, and 802.3ad its partner."""
        if not link.bond:
            return link.up
        needed = link.bond.numbers["min_links"] if link.bond.mode == AD else 1
        return len(self.live_slaves(link, link.bond)) >= max(needed, 1)

    def is_running(self, link: Link) -> bool:
        """Whether the link is up and has a carrier."""
        return link.up and self.has_carrier(link)

    def operstate(self, link: Link) -> str:
        """What the attribute of that name reads as."""
        if not self.is_running(link):
            return "down"
        return "unknown" if link.type == LOOP else "up"

    def speed(self, link: Link) -> int:
        """Megabits a second, -1 where it is unknown."""
        if link.settings:
            return link.settings.speed
        if link.bond and self.has_carrier(link):
            return self._bond_speed(link, link.bond)
        return -1

    def _bond_speed(self, link: Link, bond: Bond) -> int:
        senders = [bond.active] if bond.mode == ACTIVE_BACKUP else self.live_slaves(link, bond)
        return sum(self.speed(self.links[name]) for name in senders)

    def settle(self) -> None:
        """Choose an active slave for bonds without one: the primary, else the first whose link is up.

        A real bond keeps its active slave until that fails; here it must follow from the configuration.
        """
        for link, bond in map(self.bond, self.bonds):
            self._choose_active(link, bond)
            if bond.active and bond.has_address_of_active:
                link.address = self.links[bond.active].permanent

    def _choose_active(self, link: Link, bond: Bond) -> None:
        live = self.live_slaves(link, bond) if bond.mode in PRIMARY_MODES else []
        if bond.active not in live:
            bond.active = bond.primary if bond.primary in live else next(iter(live), "")


def _own_address(name: str) -> str:
    """A locally administered MAC address that follows from the name."""
    digest = hashlib.blake2b(name.encode(), digest_size=5).digest().hex(":")
    return f"02:{digest}"
