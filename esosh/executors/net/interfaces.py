"""What runs of the network, as a table, and in one line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Optional

from ...config import Config
from ...config.net import Bond
from ...host import Host
from ...views import Item, Items, Table, topic
from . import links
from .options import DEFAULTS


def status(host: Host, config: Config, name: Optional[str]) -> Items:
    """The interfaces of the box, each with its state, its addresses, and the bond that it is part of."""
    facts = links.facts(host)
    names = [link for link in facts.links if name in (None, link)]
    return Items([_interface(link, facts) for link in names], _table)


def _interface(name: str, facts: links.Facts) -> Item:
    """An interface; `mode` and `slaves` are a bond's, `master` is the bond that it is a slave of."""
    link, bond = facts.links[name], facts.bonds.get(name)
    masters = (master for master, other in facts.bonds.items() if name in other.slaves)
    return Item("interface", name, {
        "up": link.up, "mtu": link.mtu, "addresses": [address for address, _ in link.addresses],
        "bond": bond is not None, "mode": bond.options.get("mode") if bond else None,
        "slaves": list(bond.slaves) if bond else [], "master": None if bond else next(masters, None),
    })


def _table(interfaces: Iterable[Item]) -> Table:
    columns = ("interface", "state", "mtu", "address", "role")
    return Table(columns, tuple(map(_row, interfaces)))


def _row(link: Item) -> tuple[str, ...]:
    state, addresses = "up" if link["up"] else "down", " ".join(link["addresses"]) or "-"
    return link.name, state, str(link["mtu"]), addresses, _role(link)


def _state(name: str, facts: links.Facts) -> str:
    return "up" if facts.links.get(name, links.Link()).up else "down"


def _role(link: Item) -> str:
    if link["bond"]:
        return f"bond {link['mode'] or ''}: {' '.join(link['slaves']) or 'no slaves'}"
    return f"slave of {link['master']}" if link["master"] else ""


def overview(host: Host, config: Config) -> Iterator[Item]:
    """The bonds, with the state of their slaves."""
    facts = links.facts(host)
    bonds = [_summary(name, bond, facts) for name, bond in config.net.bonds.items()]
    yield topic("net", "ok", "; ".join(bonds) or "no bonds")


def _summary(name: str, bond: Bond, facts: links.Facts) -> str:
    slaves = ", ".join(f"{slave} {_state(slave, facts)}" for slave in bond.slaves)
    return f"{name} {bond.address} {bond.options.get('mode', DEFAULTS['mode'])}: {slaves}"
