"""Which routes of the running system a change takes away, and which ones come back.

The kernel drops a route when its interface goes down or loses the address that the route needs, and never
brings it back; routes to connected networks come and go with the addresses. Source: observed with Linux 6.1.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from ipaddress import IPv4Address, IPv4Interface
from typing import Optional

from ..step import Expect, Run, Step
from .route import DEFAULT, SHOW, Route
from .writes import ip, step


def added(route: Route) -> Step:
    """It comes, as one of the last steps."""
    come, go = (_command(verb, route) for verb in ("replace", "del"))
    return step(come, (go,), None, _expected(route, "has"), stage="enable")


def removed(route: Route) -> Step:
    """It goes, as one of the first steps, so that undoing brings it back last."""
    return step(_command("del", route), (_command("replace", route),), _expected(route, "has"),
                _expected(route, "lacks"), stage="remove", disruption="link")


def _command(verb: str, route: Route) -> Run:
    return ip("route", verb, route.to, *route.words)


def _expected(route: Route, how: str) -> Expect:
    return Expect((*SHOW, route.to, "dev", min(route.devices)), how, route.to)


def lost(routes: Iterable[Route], affected: Collection[str]) -> list[Route]:
    """The routes that go with what happens to some interfaces, and that nothing brings back."""
    return [route for route in routes if not route.is_connected and route.devices.intersection(affected)]


def possible(route: Route, networks: Mapping[str, Collection[IPv4Interface]]) -> Optional[Route]:
    """The route as it may come back on interfaces with these addresses; None where it cannot."""
    if not all(_is_reached(route, networks.get(device)) for device in route.devices):
        return None
    source = route.word("src")
    if not source or any(str(own.ip) == source for own in networks[route.word("dev")]):
        return route
    words = [(key, value) for key, value in zip(route.words[::2], route.words[1::2]) if key != "src"]
    return Route(route.to, tuple(word for pair in words for word in pair))


def _is_reached(route: Route, addresses: Optional[Collection[IPv4Interface]]) -> bool:
    """Whether an interface that is there, with its addresses, reaches the next hop of a route."""
    if addresses is None:
        return False
    gateway = route.word("via")
    return not gateway or any(IPv4Address(gateway) in own.network for own in addresses)


def gateway_changed(
    routes: Iterable[Route], old: str, new: str, networks: Mapping[str, Collection[IPv4Interface]]
) -> Iterator[Step]:
    """The default route of the box's gateway goes, or comes, where one of the box's networks has the gateway."""
    if old:
        yield from (removed(route) for route in routes if route.to == DEFAULT and route.word("via") == old)
    if new and any(IPv4Address(new) in own.network for addresses in networks.values() for own in addresses):
        come, go = (ip("route", verb, DEFAULT, "via", new) for verb in ("replace", "del"))
        yield step(come, (go,), None, Expect((*SHOW, DEFAULT, "via", new), "has", new), stage="enable")
