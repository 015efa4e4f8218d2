"""What `ip link show` and `ip address show` print.

Source: recordings from iproute2 5.9.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import attrgetter

from .ip_arguments import Stop, without_dev
from .links import BROADCAST, LOOP, LOOPBACK, MASTER, MULTICAST, SLAVE, Link
from .network import Network
from .states import has_carrier, operstate

_FLAGS = {
    LOOPBACK: "LOOPBACK", BROADCAST: "BROADCAST", MULTICAST: "MULTICAST", MASTER: "MASTER", SLAVE: "SLAVE",
}
_FOREVER = "       valid_lft forever preferred_lft forever"
_BREAK = "\\"  # stands for a line's end in `ip -o`


def show_links(network: Network, words: Sequence[str], options: Sequence[str]) -> str:
    """Show links, all of them when `words` name none."""
    end = _BREAK if "-o" in options else "\n"
    return "".join(f"{_head(network, link)}{end}{_ether(link)}{_details(link, options)}\n"
                   for link in _links(network, words))


def show_addresses(network: Network, words: Sequence[str], options: Sequence[str]) -> str:
    """Show the addresses of links, of all of them when `words` name none."""
    lines: list[str] = []
    for link in _links(network, words):
        lines += _address_lines(network, link, options)
    return "".join(f"{line}\n" for line in lines)


def existing_link(network: Network, name: str) -> Link:
    """The link of that name; it stops where there is none."""
    if name not in network.links:
        raise Stop(1, f'Device "{name}" does not exist.')
    return network.links[name]


def _links(network: Network, words: Sequence[str]) -> list[Link]:
    names = without_dev(words) or network.links
    return sorted((existing_link(network, name) for name in names), key=attrgetter("index"))


def _address_lines(network: Network, link: Link, options: Sequence[str]) -> list[str]:
    if "-o" in options:
        return [f"{link.index}: {link.name}    {address}{_BREAK}{_FOREVER}" for address in _inet(link)]
    head = _head(network, link).replace(" mode DEFAULT", "")
    if "-4" not in options:
        return [head, _ether(link), *_inet_lines(link)]
    return [head, *_inet_lines(link)] if link.addresses else []


def _inet_lines(link: Link) -> Iterator[str]:
    for address in _inet(link):
        yield f"    {address}"
        yield _FOREVER


def _inet(link: Link) -> Iterator[str]:
    for address in link.addresses:
        scope = "host" if address.interface.is_loopback else "global"
        secondary = " secondary" if link.is_secondary(address) else ""
        yield f"inet {address} scope {scope}{secondary} {link.name}"


def _head(network: Network, link: Link) -> str:
    flags = ",".join(_flags(network, link))
    master = f" master {link.master}" if link.master else ""
    state = operstate(network, link).upper()
    parent = f"@{link.vlan.parent}" if link.vlan else ""
    return (
        f"{link.index}: {link.name}{parent}: <{flags}> mtu {link.mtu} qdisc {_discipline(link)}{master} "
        f"state {state} mode DEFAULT group default qlen 1000"
    )


def _flags(network: Network, link: Link) -> list[str]:
    flags = [name for bit, name in _FLAGS.items() if link.flags & bit]
    if link.up:
        return [*flags, "UP", "LOWER_UP"] if has_carrier(network, link) else ["NO-CARRIER", *flags, "UP"]
    is_lower_down = link.vlan and not network.links[link.vlan.parent].up
    return [*flags, "M-DOWN"] if is_lower_down else flags


def _discipline(link: Link) -> str:
    if link.settings:
        return "pfifo_fast"
    return "noqueue" if link.up else "noop"


def _details(link: Link, options: Sequence[str]) -> str:
    """What -d shows besides."""
    least, most = link.mtus
    return f" promiscuity 0 minmtu {least} maxmtu {most} addrgenmode eui64" if "-d" in options else ""


def _ether(link: Link) -> str:
    if link.type == LOOP:
        return f"    link/loopback {link.address} brd 00:00:00:00:00:00"
    permanent = f" permaddr {link.permanent}" if link.permanent not in ("", link.address) else ""
    return f"    link/ether {link.address} brd ff:ff:ff:ff:ff:ff{permanent}"
