"""The address, the mtu and the state of a running link, and its DHCP client."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Interface
from typing import Any, Optional

from ...config import net as config
from ...config.net import Net
from ..step import Expect, Run, Step
from .links import NET, Facts, Link
from .writes import addresses_of, flushed, ip, step

_NO_RENEWAL = "the client quits with its lease, as rc.network starts it: nobody renews the lease"
NEW = Link(0x1002)  # a VLAN or a bridge that was just made


def mtu_set(name: str, link: Link, mtu: int, **details: Any) -> Iterator[Step]:
    """The link's mtu, where it has another."""
    if mtu != link.mtu:
        yield mtu_kept(name, link.mtu, mtu, **details)


def mtu_kept(name: str, old: Optional[int], mtu: int, **details: Any) -> Step:
    """The link's mtu, which others may have changed until then: what it is on, its members, its bond.

    `old` is None where undoing the steps before undoes it, too.
    """
    undo = () if old is None else (ip("link", "set", name, "mtu", str(old)),)
    after = Expect(f"{NET}/{name}/mtu", "is", str(mtu))
    return step(ip("link", "set", name, "mtu", str(mtu)), undo, None, after, **details)


def mtu_of(name: str, facts: Facts, net: Net) -> int:
    """The mtu that a link has when all is as it is to be; 0 where it cannot be told.

    A slave that leaves its bond has again the one that it had before.
    """
    for links in (net.ifaces, net.bonds, net.vlans, net.bridges):
        if name in links:
            return links[name].mtu
    return 0 if facts.is_slave(name) or name not in facts.links else facts.links[name].mtu


def made(name: str, do: Run, **details: Any) -> Step:
    """A link that is not there comes."""
    return step(do, (ip("link", "del", name),), Expect(f"{NET}/{name}", "absent"),
                Expect(f"{NET}/{name}", "exists"), **details)


def deleted(name: str, link: Link, made_again: Run) -> Step:
    """A link goes; undoing makes it again, with its mtu, and up if it was."""
    undo = [made_again, ip("link", "set", name, "mtu", str(link.mtu))]
    if link.up:
        undo.append(ip("link", "set", name, "up"))
    return step(ip("link", "del", name), undo, Expect(f"{NET}/{name}", "exists"),
                Expect(f"{NET}/{name}", "absent"), stage="remove", disruption="link")


def brought_up(name: str, facts: Facts) -> Iterator[Step]:
    """The link is up; a slave that leaves its bond goes down by itself."""
    if not facts.links.get(name, NEW).up or facts.is_slave(name):
        yield step(ip("link", "set", name, "up"), (ip("link", "set", name, "down"),), None, None)


def addressed(
    name: str, old: Optional[config.Link], new: config.Link, link: Link, facts: Facts, net: Net
) -> Iterator[Step]:
    """The link's address: the one that it has goes, and with it the client that asks for one."""
    address, clients = new.address, _clients(name, old, facts)
    if link.addresses == ((address, broadcast_of(new)),) or _keeps_lease(old, new, link, clients):
        return
    yield from _ended(name, clients, net)
    yield from flushed(name, link)
    if address == "dhcp":
        yield step(_client(name, net), (ip("addr", "flush", "dev", name),), None, None,
                   notes=(_NO_RENEWAL,))
    elif address != "none":
        yield step(ip("addr", "add", address, "broadcast", broadcast_of(new), "dev", name),
                   (ip("addr", "del", address, "dev", name),), None,
                   Expect(addresses_of(name), "has", address))


def unaddressed(name: str, old: Optional[config.Link], facts: Facts, net: Net) -> Iterator[Step]:
    """The link that goes has no address, and nothing asks for one."""
    yield from _ended(name, _clients(name, old, facts), net, stage="remove")
    yield from flushed(name, facts.links[name], stage="remove")


def _clients(name: str, old: Optional[config.Link], facts: Facts) -> Sequence[str]:
    """The processes that ask for an address of the link, as it was configured to have one."""
    return facts.clients.get(name, ()) if old is not None and old.address == "dhcp" else ()


def broadcast_of(link: config.Link) -> str:
    """The broadcast address of a link; "" where it has no address of its own."""
    if "/" not in link.address:
        return ""
    return link.broadcast or str(IPv4Interface(link.address).network.broadcast_address)


def _keeps_lease(
    old: Optional[config.Link], new: config.Link, link: Link, clients: Sequence[str]
) -> bool:
    """Whether a link has an address of a DHCP server, or asks for one, and is to have one."""
    return old is not None and old.address == new.address == "dhcp" and bool(link.addresses or clients)


def _ended(name: str, clients: Sequence[str], net: Net, **details: Any) -> Iterator[Step]:
    for process in clients:
        yield step(Run(("kill", process)), (_client(name, net),), None, None, **details)


def _client(name: str, net: Net) -> Run:
    """The client of rc.network's: it goes on in the background where no server answers."""
    return Run(("udhcpc", "-i", name, "-b", "-q", "-S", "-F", net.general.hostname))
