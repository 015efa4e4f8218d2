"""What runs of the network, as a table, and in one line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Optional

from ...config import Config
from ...config.net import Bond
from ...host import Host
from ...views import Line, Table
from . import links
from .options import DEFAULTS


def status(host: Host, config: Config, name: Optional[str]) -> Table:
    """The interfaces of the box, each with its state, its addresses, and the bond that it is part of."""
    facts = links.facts(host)
    names = [link for link in facts.links if name in (None, link)]
    return Table(("interface", "state", "mtu", "address", "role"), tuple(_row(link, facts) for link in names))


def _row(name: str, facts: links.Facts) -> tuple[str, ...]:
    link = facts.links[name]
    addresses = " ".join(address for address, _ in link.addresses)
    return name, _state(name, facts), str(link.mtu), addresses or "-", _role(name, facts)


def _state(name: str, facts: links.Facts) -> str:
    return "up" if facts.links.get(name, links.Link()).up else "down"


def _role(name: str, facts: links.Facts) -> str:
    if name in facts.bonds:
        bond = facts.bonds[name]
        return f"bond {bond.options.get('mode', '')}: {' '.join(bond.slaves) or 'no slaves'}"
    return next((f"slave of {master}" for master, bond in facts.bonds.items() if name in bond.slaves), "")


def overview(host: Host, config: Config) -> Iterator[Line]:
    """The bonds, with the state of their slaves."""
    facts = links.facts(host)
    bonds = [_summary(name, bond, facts) for name, bond in config.net.bonds.items()]
    yield Line(f"ok  net      {'; '.join(bonds) or 'no bonds'}", "ok")


def _summary(name: str, bond: Bond, facts: links.Facts) -> str:
    slaves = ", ".join(f"{slave} {_state(slave, facts)}" for slave in bond.slaves)
    return f"{name} {bond.address} {bond.options.get('mode', DEFAULTS['mode'])}: {slaves}"
