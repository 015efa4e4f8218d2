"""The network links of the box as its kernel knows them: NICs, bonds, and who is whose slave.

Source: recordings from Linux 6.1, and Documentation/networking/bonding.rst of the kernel.
"""

from __future__ import annotations

import errno
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Interface
from typing import Optional

from .net_options import ACTIVE_BACKUP, AD, OPTIONS, PRIMARY_MODES, Refusal

UP, BROADCAST, LOOPBACK, MASTER, SLAVE, MULTICAST = 0x1, 0x2, 0x8, 0x400, 0x800, 0x1000
ETHER, LOOP = 1, 772  # ARPHRD numbers, as in the attribute `type`
SPEED = 1000
_FAIL_OVER_ACTIVE = 1
_MTUS = {"lo": (0, 2**31 - 1), "bond": (68, 65535), "nic": (46, 16110)}


@dataclass(frozen=True)
class Address:
    """An IPv4 address of a link; its text is what the box's own file of addresses has."""

    own: IPv4Interface
    broadcast: Optional[IPv4Address] = None

    def __str__(self) -> str:
        return self.own.with_prefixlen + (f" brd {self.broadcast}" if self.broadcast else "")


@dataclass
class Settings:
    """What `ethtool -s` sets on a NIC."""

    autoneg: str = "on"
    speed: int = SPEED
    duplex: str = "full"


@dataclass
class Bond:
    """What makes a link a bond. Delays are kept as multiples of miimon; `primary` may name no slave yet."""

    numbers: dict[str, int] = field(default_factory=lambda: {name: rule.default for name, rule in OPTIONS.items()})
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
        """Whether links are watched; without, the bond takes every slave's link for up."""
        return bool(self.numbers["miimon"] or self.numbers["arp_interval"])


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
        """Whether it is set up, whatever the cable says."""
        return bool(self.flags & UP)

    def check_mtu(self, mtu: int) -> None:
        """Refusal EINVAL when the device does not take that MTU."""
        least, most = _MTUS["bond" if self.bond else "lo" if self.type == LOOP else "nic"]
        if mtu < least:
            raise Refusal(errno.EINVAL, "mtu less than device minimum")
        if mtu > most:
            raise Refusal(errno.EINVAL, "mtu greater than device maximum")

    def secondary(self, address: Address) -> bool:
        """Whether an address in the same network came before it."""
        before = self.addresses[: self.addresses.index(address)] if address in self.addresses else self.addresses
        return any(other.own.network == address.own.network for other in before)


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

    def each_bond(self) -> Iterator[tuple[Link, Bond]]:
        """Every bond's link, with what makes it a bond."""
        for name in self.bonds:
            link = self.links[name]
            assert link.bond
            yield link, link.bond

    def add(self, name: str, address: str, flags: int = BROADCAST | MULTICAST) -> Link:
        """Make a link, numbered after all others."""
        index = 1 + max((link.index for link in self.links.values()), default=0)
        self.links[name] = Link(name, index, address, flags)
        return self.links[name]

    def add_bond(self, name: str) -> None:
        """Make a bond. A real one gets a random MAC address; here it follows from the name."""
        self.add(name, _own_address(name), BROADCAST | MULTICAST | MASTER).bond = Bond()
        self.bonds.append(name)

    def delete_bond(self, name: str) -> None:
        """Take a bond away, up or not; its slaves are released."""
        link = self.links[name]
        assert link.bond
        for slave in list(link.bond.slaves):
            self.release(link, link.bond, self.links[slave])
        self.bonds.remove(name)
        del self.links[name]

    def join(self, link: Link, bond: Bond, slave: Link) -> None:
        """Make a slave; Refusal when it cannot be one."""
        self._check_joins(link, slave)
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

    def _check_joins(self, link: Link, slave: Link) -> None:
        if slave.master:
            raise Refusal(errno.EBUSY)
        if slave.bond or slave.up:  # a bond in a bond, which real ones allow, is not simulated
            raise Refusal(errno.EPERM)
        if slave.type != link.type:
            raise Refusal(errno.EINVAL)

    def release(self, link: Link, bond: Bond, slave: Link) -> None:
        """Let a slave go: down, and with its own MAC address and MTU again."""
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
        concerned = self.links[link.master] if link.master else link
        if concerned.bond:
            concerned.bond.active = ""

    def set_mtu(self, link: Link, mtu: int) -> None:
        """Set the MTU of a link and of its slaves; Refusal EINVAL when one does not take it."""
        link.check_mtu(mtu)
        slaves = [self.links[name] for name in link.bond.slaves] if link.bond else []
        for slave in slaves:
            slave.check_mtu(mtu)
        for one in [link, *slaves]:
            one.mtu = mtu

    def live(self, link: Link, bond: Bond) -> list[str]:
        """The slaves whose link counts as up. Links are watched only while the bond is up."""
        watching = link.up or not bond.monitored
        return [name for name in bond.slaves if watching and self.links[name].up]

    def carrier(self, link: Link) -> bool:
        """Whether the link carries; every NIC has its cable in, and 802.3ad its partner."""
        if link.bond:
            live = len(self.live(link, link.bond))
            return live > 0 and (link.bond.mode != AD or live >= link.bond.numbers["min_links"])
        return link.up

    def speed(self, link: Link) -> int:
        """Megabits a second, -1 where it is not known."""
        if link.settings:
            return link.settings.speed
        if not link.bond or not self.carrier(link):
            return -1
        sending = [link.bond.active] if link.bond.mode == ACTIVE_BACKUP else self.live(link, link.bond)
        return sum(self.speed(self.links[name]) for name in sending)

    def settle(self) -> None:
        """Choose active slaves anew where there is none: the primary, else the first whose link is up.

        A real bond keeps the one it has until that fails; here it must follow from the configuration.
        """
        for link, bond in self.each_bond():
            live = self.live(link, bond) if bond.mode in PRIMARY_MODES else []
            if bond.active not in live:
                bond.active = bond.primary if bond.primary in live else live[0] if live else ""
            if bond.active and bond.mode == ACTIVE_BACKUP and bond.numbers["fail_over_mac"] == _FAIL_OVER_ACTIVE:
                link.address = self.links[bond.active].permanent


def _own_address(name: str) -> str:
    """A locally administered MAC address that follows from the name."""
    digest = hashlib.blake2b(name.encode(), digest_size=5).digest().hex(":")
    return f"02:{digest}"
