"""The interfaces and bonds of the running system, as sysfs and ip(8) show them.

Source: kernel Documentation/networking/bonding.rst; observed with Linux 6.1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ...config import Config
from ...config.net import Bond
from ...errors import Refused
from ...host import Host
from ...language.numbers import number_in
from ...records import NOTHING, Record, replace
from .options import DEFAULTS, effective

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
    """The interfaces and bonds of the running system; `bonding` tells whether the driver is loaded."""

    bonding: bool = False
    links: Mapping[str, Link] = NOTHING
    bonds: Mapping[str, Running] = NOTHING


def facts(host: Host) -> Facts:
    """What runs now."""
    if not host.exists(MASTERS):
        return Facts()
    return Facts(True, _links(host), {name: _bond(host, name) for name in host.read(MASTERS).split()})


def _links(host: Host) -> dict[str, Link]:
    addresses = _addresses(host.run(("ip", "-4", "-o", "addr", "show")).out)
    names = [name for name in host.list(NET) if host.exists(f"{NET}/{name}/flags")]
    return {name: _link(host, name, addresses.get(name, [])) for name in names}


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
    """The interface that has an IPv4 address, and its slaves; nothing for an address that is not ours."""
    names: list[str] = []
    for name, link in facts.links.items():
        if address in (own.partition("/")[0] for own, _ in link.addresses):
            names += (name, *facts.bonds.get(name, Running()).slaves)
    return tuple(names)


def addresses(facts: Facts, config: Config) -> Iterator[str]:
    """The IPv4 addresses that this host has, or gets; none where nobody can look."""
    shown = [address for link in facts.links.values() for address, _ in link.addresses]
    configured = [iface.address for iface in config.net.ifaces.values()]
    configured += [bond.address for bond in config.net.bonds.values()]
    for address in (*shown, *(configured if shown else ())):
        if "/" in address:
            yield address.partition("/")[0]


def configuration_of(name: str, facts: Facts, saved: Bond) -> Bond:
    """A running bond, in the words of its file where they mean the same."""
    link, running = facts.links[name], facts.bonds[name]
    same_slaves = {*saved.slaves} == {*running.slaves}
    return replace(saved, slaves=saved.slaves if same_slaves else running.slaves,
                   options=_configured_options(running.options, saved.options),
                   address=_configured_address(link, saved.address), mtu=link.mtu)


def _configured_options(running: Mapping[str, str], saved: Mapping[str, str]) -> dict[str, str]:
    """The options that the file has, as they run, and the others that run otherwise than the file means."""
    meant = effective(saved)
    options = {key: running.get(key, value) for key, value in saved.items()}
    options.update((key, value) for key, value in running.items() if key not in saved and value != meant[key])
    return options


def _configured_address(link: Link, saved: str) -> str:
    addresses = [address for address, _ in link.addresses]
    if not addresses:
        return "none"
    return saved if saved in ("dhcp", *addresses) else addresses[0]
