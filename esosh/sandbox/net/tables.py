"""Adding to the table of routes, and taking from it, as `ip route` asks the kernel to.

Source: net/ipv4/fib_trie.c and fib_semantics.c of Linux 6.1; its answers were observed.
"""

from __future__ import annotations

import bisect
import errno
from collections.abc import Mapping
from ipaddress import IPv4Address
from operator import attrgetter
from typing import Any, Callable, Optional

from .network import Network
from .options import Refusal
from .routes import Route
from .states import has_carrier

_place = attrgetter("place")


def append(network: Network, route: Route) -> None:
    """Add a route after all of its place."""
    places = [_place(other) for other in network.routes]
    network.routes.insert(bisect.bisect_right(places, route.place), route)


def flush(network: Network, goes: Callable[[Route], bool]) -> None:
    """Take routes away."""
    network.routes = [route for route in network.routes if not goes(route)]


def add(network: Network, route: Route) -> None:
    """Add a route as `ip route add` does; Refusal when it leads nowhere, or when its place is taken."""
    route = _resolved(network, route)
    if any(other.place == route.place for other in network.routes):
        raise Refusal(errno.EEXIST)
    append(network, route)


def replace(network: Network, route: Route) -> None:
    """Put a route in the place of the first one there, or add it."""
    route = _resolved(network, route)
    first = _first_of_place(network, route)
    if first is None:
        append(network, route)
    elif route != network.routes[first]:
        if route in network.routes:
            raise Refusal(errno.EEXIST)
        network.routes[first] = route


def change(network: Network, route: Route) -> None:
    """Put a route in the place of the first one there; Refusal ENOENT when there is none."""
    if _first_of_place(network, _resolved(network, route)) is None:
        raise Refusal(errno.ENOENT)
    replace(network, route)


def delete(network: Network, wanted: Mapping[str, Any]) -> None:
    """Delete the first route with these values; Refusal ESRCH when there is none."""
    route = next((route for route in network.routes if matches(route, wanted)), None)
    if route is None:
        raise Refusal(errno.ESRCH)
    network.routes.remove(route)


def matches(route: Route, wanted: Mapping[str, Any]) -> bool:
    """Whether a route has all of these values."""
    return all(getattr(route, name) == value for name, value in wanted.items())


def is_dead(network: Network, route: Route) -> bool:
    """Whether the device of a route has no carrier: `ip` calls it `linkdown`."""
    return not has_carrier(network, network.links[route.device])


def _first_of_place(network: Network, route: Route) -> Optional[int]:
    return next((number for number, other in enumerate(network.routes) if other.place == route.place), None)


def _resolved(network: Network, route: Route) -> Route:
    """The route with its device; Refusal when its gateway, its device or its source is of no use."""
    if route.gateway:
        route = _through(network, route, route.gateway)
    elif not route.device:
        raise Refusal(errno.ENODEV)
    elif not network.link(route.device).up:
        raise Refusal(errno.ENETDOWN, "Device for nexthop is not up")
    if route.source and not _owner(network, route.source):
        raise Refusal(errno.EINVAL, "Invalid prefsrc address")
    return route


def _through(network: Network, route: Route, gateway: IPv4Address) -> Route:
    """The route with the device over which its gateway is reached, which must be on a wire of ours."""
    direct = (other for other in network.routes if not other.gateway and gateway in other.destination)
    fitting = (other for other in direct if route.device in ("", other.device))
    best = max(fitting, key=lambda other: other.destination.prefixlen, default=None)
    device = best.device if best else _owner(network, gateway)
    if not device or route.device not in ("", device):
        raise Refusal(errno.ENETUNREACH, "Nexthop has invalid gateway")
    return Route(route.destination, device, gateway, route.protocol, route.source, route.metric)


def _owner(network: Network, address: IPv4Address) -> str:
    """The link that is up and has an address; empty when none has it."""
    for link in network.links.values():
        if link.up and address in (own.interface.ip for own in link.addresses):
            return link.name
    return ""
