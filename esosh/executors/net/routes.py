"""Which routes of the running system a change takes away, and which ones come back.

The kernel drops a route when its interface goes down or loses the address that the route needs, and never
brings it back; routes to connected networks come and go with the addresses. Source: observed with Linux 6.1.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from ipaddress import IPv4Address, IPv4Interface
from typing import Optional

from ..step import Expect, Run, Step
from .route import DEFAULT, SHOW, Route
from .writes import ip, step

Networks = Mapping[str, Collection[IPv4Interface]]


def added(route: Route, gateway: str) -> Step:
    """It comes, as one of the last steps; network.conf has none but the default one by the gateway."""
    come, go = (_command(verb, route) for verb in ("replace", "del"))
    is_saved = route.to == DEFAULT and bool(gateway) and route.word("via") == gateway
    notes = () if is_saved else ("network.conf cannot hold this route: it is gone at the next start",)
    return step(come, (go,), None, _expected(route, "has"), stage="enable", notes=notes)


def removed(route: Route) -> Step:
    """It goes, as one of the first steps, so that undoing brings it back last."""
    return step(_command("del", route), (_command("replace", route),), _expected(route, "has"),
                _expected(route, "lacks"), stage="remove", disruption="link")


def _command(verb: str, route: Route) -> Run:
    return ip("route", verb, route.to, *route.words)


def _expected(route: Route, how: str) -> Expect:
    return Expect((*SHOW, route.to, "dev", min(route.devices)), how, route.to)


def changed(
    shown: Collection[Route], disturbed: Collection[str], networks: Networks, gateway: str, new_gateway: str
) -> tuple[list[Route], list[Route]]:
    """The routes that go, and those that come, with what happens to some interfaces and to the gateway.

    `networks` are the addresses of each interface as they are to be.
    """
    going = [route for route in shown if _goes(route, disturbed, gateway if gateway != new_gateway else "")]
    back = [possible(route, networks) for route in going if not _leads_by(route, gateway, new_gateway)]
    coming = [route for route in back if route]
    if not any(route.to == DEFAULT for route in (*coming, *(route for route in shown if route not in going))):
        coming += _default(new_gateway, networks)
    return going, coming


def _goes(route: Route, disturbed: Collection[str], gateway: str) -> bool:
    is_lost = not route.is_connected and bool(route.devices.intersection(disturbed))
    return is_lost or _leads_by(route, gateway, "")


def _leads_by(route: Route, gateway: str, new_gateway: str) -> bool:
    """Whether it is the default route by a gateway that another one replaces."""
    return gateway not in ("", new_gateway) and route.to == DEFAULT and route.word("via") == gateway


def _default(gateway: str, networks: Networks) -> Iterator[Route]:
    """The default route by a gateway, where an interface has its network."""
    for device, addresses in networks.items() if gateway else ():
        if any(IPv4Address(gateway) in own.network for own in addresses):
            yield Route(DEFAULT, ("via", gateway, "dev", device))
            return


def possible(route: Route, networks: Networks) -> Optional[Route]:
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
