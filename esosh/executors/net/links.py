"""The interfaces and bonds of the running system, as sysfs and ip(8) show them.

Source: kernel Documentation/networking/bonding.rst; observed with Linux 6.1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ...config import Config
from ...config.lazy import Lazy
from ...config.net import parent_of
from ...errors import Refused
from ...host import Host
from ...language.numbers import decimal, number_in
from ...records import NOTHING, Record
from . import ethtool, limits, route
from .limits import Limits
from .options import DEFAULTS
from .route import Route

VLANS = "/proc/net/vlan"
NET = "/sys/class/net"
MASTERS = f"{NET}/bonding_masters"
UP = 1  # the flag IFF_UP
_ADDRESS = 3  # the place of the address in a line of `ip -o addr show`: number, name, "inet", address


class Link(Record):
    """An interface as it is: its flags as sysfs shows them, its mtu and its IPv4 addresses."""

    flags: int = 0x1002
    mtu: int = 1500
    addresses: tuple[tuple[str, str], ...] = ()  # "IP/PREFIX" and the broadcast address or ""

    @property
    def up(self) -> bool:
        """Whether it was brought up."""
        return bool(self.flags & UP)


class Running(Record):
    """A bond as it is."""

    options: Mapping[str, str] = DEFAULTS
    slaves: tuple[str, ...] = ()


class Facts(Record):
    """The links of the running system; `bonding` tells whether the bonding driver is loaded.

    `bridges` are the ports of each bridge, `vlans` the egress map of each VLAN, `routes` those of the table
    that `ip route` calls main, `settings` what ethtool shows of an interface, by the words of `ethtool -s`,
    `clients` the processes that ask for an address, and `limits` the mtu that a link can have.
    """

    bonding: bool = False
    links: Mapping[str, Link] = NOTHING
    bonds: Mapping[str, Running] = NOTHING
    bridges: Mapping[str, tuple[str, ...]] = NOTHING
    vlans: Mapping[str, tuple[str, ...]] = NOTHING
    routes: Mapping[str, tuple[Route, ...]] = NOTHING
    settings: Mapping[str, Mapping[str, str]] = NOTHING
    clients: Mapping[str, tuple[str, ...]] = NOTHING
    limits: Mapping[str, Limits] = NOTHING

    def is_slave(self, name: str) -> bool:
        """Whether a link is a slave of a bond."""
        return any(name in bond.slaves for bond in self.bonds.values())

    def below(self, name: str) -> tuple[str, ...]:
        """What a link is on: the slaves of a bond, the ports of a bridge, the parent of a VLAN."""
        bond = self.bonds.get(name)
        parent = (parent_of(name),) if name in self.vlans else ()
        return (*(bond.slaves if bond else ()), *self.bridges.get(name, ()), *parent)

    def masters(self) -> dict[str, str]:
        """The bond or the bridge of each link that is part of one."""
        parts = {**{name: bond.slaves for name, bond in self.bonds.items()}, **self.bridges}
        return {part: name for name, own in parts.items() for part in own}


def facts(host: Host) -> Facts:
    """What runs now; routes, settings, clients and limits are read when somebody asks for them."""
    if not host.exists(NET):
        return Facts()
    bonding = host.exists(MASTERS)
    bonds = {name: _bond(host, name) for name in host.read(MASTERS).split()} if bonding else {}
    shown = _links(host)
    ports = {name: f"{NET}/{name}/brif" for name in shown if host.exists(f"{NET}/{name}/brif")}
    vlans = {name: _egress(host, name) for name in shown if "." in name and host.exists(f"{VLANS}/{name}")}
    return Facts(
        bonding, shown, bonds, {name: _ports(host, folder) for name, folder in ports.items()}, vlans,
        Lazy((route.MAIN,), lambda table: route.read(host)),
        Lazy(shown, lambda name: ethtool.settings(host, name)),
        Lazy(shown, lambda name: _clients(host, name)),
        Lazy(shown, lambda name: limits.limits(host, name)),
    )


def _ports(host: Host, folder: str) -> tuple[str, ...]:
    """The ports of a bridge, in the order in which they joined."""
    paths = {port: f"{NET}/{port}/brport/port_no" for port in host.list(folder)}
    numbers = {port: number_in(path, _first_word(host, path)) for port, path in paths.items()}
    return tuple(sorted(numbers, key=numbers.__getitem__))


def _egress(host: Host, vlan: str) -> tuple[str, ...]:
    """What each priority becomes, where that is not 0.

    Source: /proc/net/vlan/NAME, "EGRESS priority mappings: 0:1 5:5"; what was mapped once stays there.
    """
    for line in host.read(f"{VLANS}/{vlan}").split("\n"):
        if "EGRESS" in line:
            pairs = [pair for pair in line.partition("mappings:")[2].split() if not pair.endswith(":0")]
            return tuple(sorted(pairs, key=lambda pair: decimal(pair.partition(":")[0]) or 0))
    return ()


def _clients(host: Host, name: str) -> tuple[str, ...]:
    """The processes of udhcpc that ask for an address of an interface."""
    processes = host.run(("pidof", "udhcpc")).out.split()
    return tuple(process for process in processes if name in _arguments(host, process))


def _arguments(host: Host, process: str) -> list[str]:
    path = f"/proc/{process}/cmdline"
    return host.read(path).split("\0") if host.exists(path) else []


def _links(host: Host) -> dict[str, Link]:
    addresses = addresses_by_name(host)
    names = [name for name in host.list(NET) if is_there(host, name)]
    return {name: _link(host, name, addresses.get(name, [])) for name in names}


def is_there(host: Host, name: str) -> bool:
    """Whether the box has an interface of that name now."""
    return host.exists(f"{NET}/{name}/flags")


def addresses_by_name(host: Host) -> dict[str, list[tuple[str, str]]]:
    """The addresses of each interface that has some, each with its broadcast address. Raises Refused."""
    return _addresses(host.run(("ip", "-4", "-o", "addr", "show")).out)


def _addresses(text: str) -> dict[str, list[tuple[str, str]]]:
    """The addresses of each interface, each with its broadcast address, in what `ip -o addr show` prints.

    Raises Refused for a line that is none of its.
    """
    addresses: dict[str, list[tuple[str, str]]] = {}
    for line in filter(None, text.split("\n")):
        words = line.split()
        if len(words) <= _ADDRESS:
            raise Refused(f"ip addr show printed a line that cannot be read: {line}", code="E243")
        broadcast = words[words.index("brd") + 1] if "brd" in words[:-1] else ""
        addresses.setdefault(words[1], []).append((words[_ADDRESS], broadcast))
    return addresses


def _link(host: Host, name: str, addresses: list[tuple[str, str]]) -> Link:
    paths = f"{NET}/{name}/flags", f"{NET}/{name}/mtu"
    flags, mtu = (number_in(path, _first_word(host, path)) for path in paths)
    return Link(flags, mtu, tuple(addresses))


def _bond(host: Host, name: str) -> Running:
    options = dict(_options(host, f"{NET}/{name}/bonding"))
    targets = host.read(f"{NET}/{name}/bonding/arp_ip_target").split()
    slaves = host.read(f"{NET}/{name}/bonding/slaves").split()
    return Running({**options, "arp_ip_target": ",".join(targets)}, tuple(slaves))


def _options(host: Host, folder: str) -> Iterator[tuple[str, str]]:
    for key, default in DEFAULTS.items():
        if host.exists(f"{folder}/{key}"):  # the options of 802.3ad show nothing in other modes
            yield key, _first_word(host, f"{folder}/{key}") or default


def _first_word(host: Host, path: str) -> str:
    return "".join(host.read(path).split()[:1])


def carriers(facts: Facts, address: str) -> tuple[str, ...]:
    """The interface that has an IPv4 address, and all that it is on; nothing for one that is not ours."""
    names = [name for name, link in facts.links.items()
             if address in (own.partition("/")[0] for own, _ in link.addresses)]
    for name in names:  # it grows
        names += (lower for lower in facts.below(name) if lower not in names)
    return tuple(names)


def addresses(facts: Facts, config: Config) -> Iterator[str]:
    """The IPv4 addresses that this host has, or gets; none where nobody can look."""
    shown = [address for link in facts.links.values() for address, _ in link.addresses]
    configured = [link.address for link in config.net.links.values()]
    for address in (*shown, *(configured if shown else ())):
        if "/" in address:
            yield address.partition("/")[0]
