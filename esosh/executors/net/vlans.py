"""VLANs of the running system, through ip(8). Source: ip-link(8), type vlan; observed with Linux 6.1."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Optional

from ...config.net import Vlan, parent_of
from ..step import Expect, Run, Step
from .addressing import addressed, brought_up, mtu_set, unaddressed
from .links import NET, Facts, Link
from .writes import ip, step

_NEW = Link(0x1002)  # a VLAN that was just made


def removed(vlan: str, old: Optional[Vlan], facts: Facts, hostname: str) -> Iterator[Step]:
    """The VLAN goes."""
    link = facts.links[vlan]
    yield from unaddressed(vlan, old, facts, hostname)
    undo = [_made(vlan, facts.vlans[vlan]), ip("link", "set", vlan, "mtu", str(link.mtu))]
    if link.up:
        undo.append(ip("link", "set", vlan, "up"))
    yield step(ip("link", "del", vlan), undo, Expect(f"{NET}/{vlan}", "exists"),
               Expect(f"{NET}/{vlan}", "absent"), stage="remove", disruption="link")


def shrunk(vlan: str, new: Vlan, facts: Facts) -> Iterator[Step]:
    """The VLAN has its smaller mtu before its parent has: the kernel would forget the larger one."""
    link = facts.links.get(vlan)
    if link and new.mtu < link.mtu:
        yield from mtu_set(vlan, link, new.mtu, stage="remove")


def configured(vlan: str, old: Optional[Vlan], new: Vlan, facts: Facts, hostname: str) -> Iterator[Step]:
    """The steps that make a VLAN as it is configured."""
    link = facts.links.get(vlan)
    if link is None:
        yield step(_made(vlan, new.egress), (ip("link", "del", vlan),), Expect(f"{NET}/{vlan}", "absent"),
                   Expect(f"{NET}/{vlan}", "exists"))
        link = _NEW
        yield from mtu_set(vlan, _NEW, new.mtu)
    else:
        yield from _mapped(vlan, facts.vlans.get(vlan, ()), new.egress)
        if new.mtu > link.mtu:
            yield from mtu_set(vlan, link, new.mtu)
    yield from brought_up(vlan, link)
    yield from addressed(vlan, old, new, link, facts, hostname)


def _made(vlan: str, egress: Sequence[str]) -> Run:
    mapped = ("egress-qos-map", *egress) if egress else ()
    number = vlan.rpartition(".")[2]
    return ip("link", "add", "link", parent_of(vlan), "name", vlan, "type", "vlan", "id", str(int(number)),
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
