"""What is seen of the links of the running system: state, speed, addresses, routes, parts, errors, drift.

Source: kernel Documentation/ABI/testing/sysfs-class-net and sysfs-class-net-statistics,
Documentation/networking/bonding.rst. The speed of a link that is down cannot be read.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Optional

from ...config.net import Link, Net, parent_of
from ...config.paths import HERE, Scalar, diff
from ...host import Host
from ...language.numbers import decimal
from ...views import Item
from . import live
from .links import NET, Facts
from .links import Link as Shown
from .route import MAIN

Fields = dict[str, object]
LACP = "802.3ad"
_EITHER = "adopt net or reapply net"
_COUNTERS = ("rx_errors", "tx_errors", "rx_dropped", "tx_dropped")
_WORKING = ("up", "unknown")  # states of a link that has a carrier, or whose driver does not tell
_FASTEST = 10_000_000  # megabits a second; what cannot be known is shown as a number near 2^32


def interfaces(host: Host, facts: Facts, net: Net) -> Iterator[Item]:
    """Each link that runs, and each that is configured."""
    running, masters = live.running(facts, net).links, facts.masters()
    for name in dict.fromkeys((*facts.links, *net.links)):
        saved, master = net.links.get(name), masters.get(name)
        drift = partial(_drift, saved, running.get(name), name in facts.links)
        yield Item("interface", name, {
            **_state(host, name, facts.links.get(name)),
            **_parts(host, name, facts, master), "routes": partial(_routes, name, facts),
            "saved": saved is not None, "dhcp": saved is not None and saved.address == "dhcp",
            "drift": drift,
        })


def _state(host: Host, name: str, shown: Optional[Shown]) -> Fields:
    """How a link is."""
    link = shown or Shown()
    return {
        "there": shown is not None, "up": link.up, "link": lambda: link.up and has_carrier(host, name),
        "speed": partial(_speed, host, name), "duplex": partial(_duplex, host, name), "mtu": link.mtu,
        "addresses": [address for address, _ in link.addresses], "errors": partial(_errors, host, name),
    }


def _parts(host: Host, name: str, facts: Facts, master: Optional[str]) -> Fields:
    """What a link is made of, and part of; `parent` is what a VLAN is on.

    `mode`, `active`, `slaves` and `lacp` are a bond's, `aggregator` is a slave's.
    """
    bond, mode = facts.bonds.get(name), _mode(facts, name)
    own = master if master and _mode(facts, master) == LACP else None
    return {
        "bond": bond is not None, "mode": mode, "slaves": list(bond.slaves) if bond else [],
        "active": partial(_bonding, host, name, "active_slave") if bond else None,
        "lacp": partial(_lacp, host, name) if mode == LACP else None,
        "bridge": name in facts.bridges, "members": list(facts.bridges.get(name, ())),
        "master": master, "parent": parent_of(name) if name in facts.vlans else None,
        "aggregator": partial(_text, host, f"{NET}/{name}/bonding_slave/ad_aggregator_id") if own else None,
        "active_aggregator": partial(_bonding, host, own, "ad_aggregator") if own else None,
    }


def _mode(facts: Facts, name: str) -> Optional[str]:
    """The mode of a bond; None for what is none."""
    return facts.bonds[name].options.get("mode") if name in facts.bonds else None


def has_carrier(host: Host, name: str) -> bool:
    """Whether a link that was brought up works."""
    return _text(host, f"{NET}/{name}/operstate") in _WORKING


def _text(host: Host, path: str) -> str:
    """The text of an attribute; "" where there is none, or none now."""
    with contextlib.suppress(OSError):
        return host.read(path).strip()
    return ""


def _bonding(host: Host, name: str, attribute: str) -> str:
    return _text(host, f"{NET}/{name}/bonding/{attribute}")


def _speed(host: Host, name: str) -> Optional[int]:
    """Megabits a second; None where the link does not tell."""
    return decimal(_text(host, f"{NET}/{name}/speed"), 1, _FASTEST)


def _duplex(host: Host, name: str) -> Optional[str]:
    duplex = _text(host, f"{NET}/{name}/duplex")
    return duplex if duplex in ("half", "full") else None


def _lacp(host: Host, name: str) -> Mapping[str, object]:
    """The aggregator that works, how many slaves it has, and the partner; None where none answers."""
    partner = _bonding(host, name, "ad_partner_mac")
    return {"aggregator": _bonding(host, name, "ad_aggregator"),
            "ports": decimal(_bonding(host, name, "ad_num_ports")) or 0,
            "partner": partner if partner.strip("0:") else None}


def _routes(name: str, facts: Facts) -> list[str]:
    """The routes that lead through a link, but for those that its addresses bring."""
    routes = [route for route in facts.routes.get(MAIN, ()) if name in route.devices]
    return [" ".join((route.to, *route.words)).replace(f" dev {name}", "")
            for route in routes if not route.is_connected]


def _errors(host: Host, name: str) -> Mapping[str, int]:
    """The counters of errors that are not 0."""
    texts = {counter: _text(host, f"{NET}/{name}/statistics/{counter}") for counter in _COUNTERS}
    counts = {counter: decimal(text) or 0 for counter, text in texts.items()}
    return {counter: count for counter, count in counts.items() if count}


def _drift(saved: Optional[Link], running: Optional[Link], is_there: bool) -> list[Item]:
    """What of a link runs otherwise than network.conf says, each with the lines that help.

    An item without a name is about the link itself.
    """
    if saved is None and running is None:
        return []
    if saved is None or running is None or not is_there:
        hint = _EITHER if saved is None else "reapply net"
        return [Item("drift", "", {"saved": saved is not None, "running": is_there, "hint": hint})]
    return [Item("drift", path[-1], {"saved": _plain(before), "running": _plain(after), "hint": _EITHER})
            for path, (before, after) in diff(saved, running).items()]


def _plain(value: Scalar) -> str:
    if isinstance(value, tuple):
        return " ".join(value) or "none"
    return "none" if value in (None, HERE, "") else str(value)
