"""VLANs of the running system, through ip(8). Source: ip-link(8), type vlan; observed with Linux 6.1."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Optional

from ...config.net import Net, Vlan, parent_of
from ...language.numbers import decimal
from ..step import Run, Step
from .addressing import NEW, addressed, brought_up, deleted, made, mtu_kept, mtu_of, mtu_set, unaddressed
from .links import Facts
from .writes import ip, step


def removed(vlan: str, old: Optional[Vlan], facts: Facts, net: Net) -> Iterator[Step]:
    """The VLAN goes."""
    yield from unaddressed(vlan, old, facts, net)
    yield deleted(vlan, facts.links[vlan], _added(vlan, facts.vlans[vlan]))


def shrunk(vlan: str, new: Vlan, facts: Facts) -> Iterator[Step]:
    """The VLAN has its smaller mtu before its parent has: the kernel would forget the larger one."""
    link = facts.links.get(vlan)
    if link and new.mtu < link.mtu:
        yield from mtu_set(vlan, link, new.mtu, stage="remove")


def configured(vlan: str, old: Optional[Vlan], new: Vlan, facts: Facts, net: Net) -> Iterator[Step]:
    """The steps that make a VLAN as it is configured."""
    link = facts.links.get(vlan)
    if link is None:
        yield made(vlan, _added(vlan, new.egress))
        link = NEW
        if new.mtu != mtu_of(parent_of(vlan), facts, net):
            yield mtu_kept(vlan, None, new.mtu)
    else:
        yield from _mapped(vlan, facts.vlans.get(vlan, ()), new.egress)
        if new.mtu > link.mtu:
            yield from mtu_set(vlan, link, new.mtu)
    yield from brought_up(vlan, facts)
    yield from addressed(vlan, old, new, link, facts, net)


def _added(vlan: str, egress: Sequence[str]) -> Run:
    mapped = ("egress-qos-map", *egress) if egress else ()
    number = decimal(vlan.rpartition(".")[2])
    return ip("link", "add", "link", parent_of(vlan), "name", vlan, "type", "vlan", "id", str(number),
              *mapped)


def _mapped(vlan: str, old: Sequence[str], new: Sequence[str]) -> Iterator[Step]:
    """Each priority becomes what it is to become; one that is given nothing becomes 0."""
    before, after = (dict(pair.split(":") for pair in pairs) for pairs in (old, new))
    changed = [key for key in {**before, **after} if before.get(key, "0") != after.get(key, "0")]
    if changed:
        do, undo = (
            ip("link", "set", "dev", vlan, "type", "vlan", "egress-qos-map",
               *(f"{key}:{values.get(key, '0')}" for key in changed))
            for values in (after, before)
        )
        yield step(do, (undo,), None, None)
