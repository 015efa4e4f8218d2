"""The links of the running system as a tree: slaves below their bond, members below their bridge.

A VLAN stands below what it is on, and where it is a member of a bridge below that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Optional

from ...config import Config
from ...host import Host
from ...views import Item, Items, Tree
from . import items, links

_Parts = Mapping[Optional[str], Sequence[Item]]  # what stands below each link
_LOOPBACK = "lo"
_NO_PARTNER = "no LACP partner answers"


def status(host: Host, config: Config, name: Optional[str]) -> Items:
    """All links but for the loopback, or one with what is below it."""
    found = [*items.interfaces(host, links.facts(host), config.net)]
    if name is None:
        return Items([link for link in found if link.name != _LOOPBACK], _drawn)
    return Items([*_with_parts([link for link in found if link.name == name], _by_place(found))], _drawn)


def _by_place(found: Sequence[Item]) -> _Parts:
    """What stands below each link, and below none."""
    parts: dict[Optional[str], list[Item]] = {}
    for link in found:
        parts.setdefault(link["master"] or link["parent"], []).append(link)
    return parts


def _with_parts(found: Sequence[Item], parts: _Parts) -> Iterator[Item]:
    """Links, and all below them."""
    for link in found:
        yield link
        yield from _with_parts(_parts(link, parts), parts)


def _parts(link: Item, parts: _Parts) -> list[Item]:
    """What stands below a link: its slaves or members in their order, then VLANs."""
    order = [*link["slaves"], *link["members"]]
    return sorted(parts.get(link.name, ()),
                  key=lambda part: order.index(part.name) if part.name in order else len(order))


def _drawn(found: Sequence[Item]) -> Tree:
    """The tree of a link and its parts, or of all."""
    parts, names = _by_place(found), {link.name for link in found}
    tops = [_tree(link, parts) for place, own in parts.items() if place not in names for link in own]
    return tops[0] if len(tops) == 1 else Tree("net", tuple(tops))


def _tree(link: Item, parts: _Parts) -> Tree:
    below = (_tree(part, parts) for part in _parts(link, parts))
    return Tree("  ".join((link.name, *_state(link))), (*_details(link), *below), _style(link))


def _state(link: Item) -> Iterator[str]:
    """How a link is, on one line."""
    if not link["there"]:
        yield "not there"
        return
    yield _link_state(link)
    if link["speed"]:
        yield " ".join(filter(None, (f"{link['speed']} Mb/s", link["duplex"])))
    yield f"mtu {link['mtu']}"
    yield from link["addresses"] or (["no lease"] if link["dhcp"] else [])


def _link_state(link: Item) -> str:
    if not link["up"]:
        return "down"
    return "up" if link["link"] else "no link"


def _style(link: Item) -> str:
    """A link that does not work is marked where somebody wants it to."""
    if link["link"]:
        return ""
    return "warn" if link["saved"] or link["master"] else "dim"


def _details(link: Item) -> Iterator[Tree]:
    """What else there is to say about a link, one thing on a line."""
    yield from _bond(link) if link["bond"] else ()
    if link["bridge"] and not link["members"]:
        yield Tree("no members", style="warn")
    if link["aggregator"] != link["active_aggregator"]:
        idle = f"in aggregator {link['aggregator']}, and {link['active_aggregator']} is the active one"
        yield Tree(idle, style="warn")
    yield from map(Tree, link["routes"])
    if link["errors"]:
        yield Tree("  ".join(f"{counter} {count}" for counter, count in link["errors"].items()), style="warn")
    yield from (Tree(f"{_otherwise(drift)}: {drift['hint']}", style="warn") for drift in link["drift"])


def _bond(link: Item) -> Iterator[Tree]:
    """How a bond distributes what it sends, through what, and who is at the other end."""
    lacp, mode = link["lacp"], link["mode"] or ""
    yield Tree(f"{mode}, active slave {link['active']}" if link["active"] else mode)
    if not link["slaves"]:
        yield Tree("no slaves", style="warn")
    elif lacp and lacp["partner"]:
        yield Tree(f"aggregator {lacp['aggregator']}, LACP partner {lacp['partner']}")
    elif lacp:
        yield Tree(_NO_PARTNER, style="warn")


def _otherwise(drift: Item) -> str:
    """What differs between the file and what runs, in words."""
    if drift.name:
        return f"{drift.name} is {drift['running']}, in network.conf {drift['saved']}"
    return "in network.conf and not running" if drift["saved"] else "runs and is not in network.conf"
