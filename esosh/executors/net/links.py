"""The interfaces and bonds of the running system, as sysfs and ip(8) show them.

Source: Documentation/networking/bonding.rst and observation of Linux 6.1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ...config import Bond
from ...host import Host
from .options import DEFAULTS, effective

NET = "/sys/class/net"
MASTERS = f"{NET}/bonding_masters"


@dataclass(frozen=True)
class Link:
    """An interface as it is: its flags as sysfs shows them, its mtu and its IPv4 addresses."""

    flags: int = 0x1002
    mtu: int = 1500
    addresses: tuple[tuple[str, str], ...] = ()  # "IP/PREFIX" and the broadcast address or ""

    @property
    def up(self) -> bool:
        """Whether it was brought up."""
        return bool(self.flags & 1)


@dataclass(frozen=True)
class Running:
    """A bond as it is."""

    options: Mapping[str, str] = field(default_factory=lambda: dict(DEFAULTS))
    slaves: tuple[str, ...] = ()


@dataclass(frozen=True)
class Facts:
    """The interfaces and bonds of the running system; `bonding` tells whether the driver is loaded."""

    bonding: bool = False
    links: Mapping[str, Link] = field(default_factory=dict)
    bonds: Mapping[str, Running] = field(default_factory=dict)


def facts(host: Host) -> Facts:
    """What runs now."""
    if not host.exists(MASTERS):
        return Facts()
    addresses: dict[str, list[tuple[str, str]]] = {}
    for line in host.run(("ip", "-4", "-o", "addr", "show")).out.splitlines():
        words = line.split()
        broadcast = words[words.index("brd") + 1] if "brd" in words else ""
        addresses.setdefault(words[1], []).append((words[3], broadcast))
    names = [name for name in host.list(NET) if host.exists(f"{NET}/{name}/flags")]
    links = {name: Link(int(_first(host, f"{NET}/{name}/flags"), 16), int(_first(host, f"{NET}/{name}/mtu")),
                        tuple(addresses.get(name, ()))) for name in names}
    return Facts(True, links, {name: _running(host, name) for name in host.read(MASTERS).split()})


def carrier(facts: Facts, address: str) -> tuple[str, ...]:
    """The interface that has an IPv4 address, and its slaves; nothing for an address that is not ours."""
    found = [name for name, link in facts.links.items() if address in (own.partition("/")[0] for own, _ in link.addresses)]
    return tuple(name for link in found for name in (link, *(facts.bonds[link].slaves if link in facts.bonds else ())))


def _running(host: Host, bond: str) -> Running:
    folder = f"{NET}/{bond}/bonding"
    shown = {key: _first(host, f"{folder}/{key}") for key in DEFAULTS if host.exists(f"{folder}/{key}")}
    options = {key: value or DEFAULTS[key] for key, value in shown.items()}  # those of 802.3ad show nothing in other modes
    targets = host.read(f"{folder}/arp_ip_target").split()
    return Running({**options, "arp_ip_target": ",".join(targets)}, tuple(host.read(f"{folder}/slaves").split()))


def _first(host: Host, path: str) -> str:
    return "".join(host.read(path).split()[:1])


def shown(bond: str, facts: Facts, said: Bond) -> Bond:
    """A running bond, in the words in which its file says it where both mean the same."""
    link, now = facts.links[bond], facts.bonds[bond]
    meant = effective(said.options)
    options = {**{key: now.options.get(key, value) for key, value in said.options.items()},
               **{key: value for key, value in now.options.items() if key not in said.options and value != meant[key]}}
    slaves = said.slaves if set(said.slaves) == set(now.slaves) else now.slaves
    addresses = [address for address, _ in link.addresses]
    kept = said.address in addresses or (said.address == "dhcp" and addresses)
    address = said.address if kept else "".join(addresses[:1]) or "none"
    return replace(said, slaves=slaves, options=options, address=address, mtu=link.mtu)
