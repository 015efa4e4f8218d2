"""The order of the network's steps: what goes, goes first, from above; the rest comes from below.

A bond goes before a VLAN on it comes, a bridge comes when its members are there. Routes that a change would
lose go first of all and come back last, so that undoing ends with them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from ipaddress import IPv4Interface
from typing import Any, Optional

from ...config.lazy import differing
from ...config.net import KINDS, Net, parent_of
from ...records import Record
from ..step import Run, Step
from . import addressing, bonding, bridging, plain, routes, vlans
from .conf import is_bridge
from .links import Facts
from .route import MAIN
from .writes import step

_FROM_BELOW = (("iface", plain), ("bond", bonding), ("vlan", vlans), ("bridge", bridging))


class _Change(Record):
    """A link that changes, with the module of its kind; None for one that is not there before, or after."""

    name: str
    module: Any
    old: Optional[Any]
    new: Optional[Any]


def steps(old: Net, new: Net, facts: Facts) -> Iterator[Step]:
    """The steps that make the running network as it is configured."""
    changes = [*_changes(old, new)]
    here = [change for change in changes if change.module is not bonding or facts.bonding]
    steps = [*_removals(here, new, facts), *_additions(here, new, facts)]
    shown, disturbed = facts.routes.get(MAIN, ()), _disturbed(steps, facts)
    gateways = old.general.gateway, new.general.gateway
    going, coming = routes.changed(shown, disturbed, _networks(old, new, facts), *gateways)
    yield from map(routes.removed, going)
    yield from steps
    yield from (routes.added(route, new.general.gateway) for route in (coming if facts.links else ()))
    yield from _named(old, new, facts)


def _changes(old: Net, new: Net) -> Iterator[_Change]:
    """The links that change, from below; a VLAN on a bridge is above it."""
    changes = []
    for kind, module in _FROM_BELOW:
        before, after = getattr(old, KINDS[kind]), getattr(new, KINDS[kind])
        for name in differing(before, after):
            if before.get(name) != after.get(name):
                changes.append(_Change(name, module, before.get(name), after.get(name)))
    return iter(sorted(changes, key=_is_on_bridge))


def _is_on_bridge(change: _Change) -> bool:
    return change.module is vlans and is_bridge(parent_of(change.name))


def _removals(changes: list[_Change], new: Net, facts: Facts) -> Iterator[Step]:
    """What goes, and what leaves what stays, from above."""
    slaves = new.slaves
    for change in reversed(changes):
        if change.new is None and change.name in facts.links:
            if change.module is not plain or change.name not in slaves:
                yield from change.module.removed(change.name, change.old, facts, new)
        elif change.new is not None and change.module in (bonding, bridging):
            yield from change.module.released(change.name, change.new, facts)
        elif change.new is not None and change.module is vlans:
            yield from vlans.shrunk(change.name, change.new, facts)


def _additions(changes: list[_Change], new: Net, facts: Facts) -> Iterator[Step]:
    vlans_to_come = [change.name for change in changes if change.new is not None and change.module is vlans]
    for parent in dict.fromkeys(map(parent_of, vlans_to_come)):
        if parent in facts.links and parent not in new.links:
            yield from addressing.brought_up(parent, facts)
    for change in changes:
        if change.new is not None:
            yield from change.module.configured(change.name, change.old, change.new, facts, new)
    names = {change.name for change in changes}
    for name, bridge in new.bridges.items():
        if name not in names and not names.isdisjoint(bridge.members):
            yield from bridging.with_mtu(name, bridge, facts, new)


def _disturbed(steps: list[Step], facts: Facts) -> set[str]:
    """The links whose routes are lost: what goes down, goes away or loses its addresses, and VLANs on it."""
    words = {word for step in steps if isinstance(step.do, Run) and step.worst > 0
             for word in step.do.argv if _disturbs(step.do.argv)}
    above: dict[str, list[str]] = {}
    for vlan in facts.vlans:
        above.setdefault(parent_of(vlan), []).append(vlan)
    names = [name for name in facts.links if name in words]
    for name in names:  # it grows
        names += above.pop(name, ())
    return {*names}


def _disturbs(argv: Sequence[str]) -> bool:
    """Whether what `ip` is told takes routes with it."""
    return argv[-1] == "down" or "flush" in argv or argv[1:3] == ("link", "del")


def _networks(old: Net, new: Net, facts: Facts) -> Mapping[str, list[IPv4Interface]]:
    """The addresses of each link, as they are to be; those that a DHCP server gives are as they are."""
    networks = {name: [IPv4Interface(address) for address, _ in link.addresses]
                for name, link in facts.links.items() if name not in old.links}
    for name, link in new.links.items():
        if link.address == "dhcp" and name in facts.links:
            networks[name] = [IPv4Interface(address) for address, _ in facts.links[name].addresses]
        elif "/" in link.address:
            networks[name] = [IPv4Interface(link.address)]
    return networks


def _named(old: Net, new: Net, facts: Facts) -> Iterator[Step]:
    """The box has its name."""
    before, after = old.general.full_name, new.general.full_name
    if before != after and facts.links:
        yield step(Run(("hostname", after)), (Run(("hostname", before)),), None, None)
