"""`ip route`: the main table of IPv4.

Source: the texts of iproute2 5.9, and etc/iproute2/rt_protos of it.
"""

from __future__ import annotations

import errno
from collections.abc import Container, Mapping, Sequence
from ipaddress import AddressValueError, IPv4Address, IPv4Interface, IPv4Network
from typing import Any, Callable

from . import tables
from .ip_arguments import Stop, duplicate, named_link, next_word, number
from .network import Network
from .options import Refusal
from .routes import ANYWHERE, Route

_PROTOCOLS = {
    "redirect": 1, "kernel": 2, "boot": 3, "static": 4, "gated": 8, "ra": 9, "mrt": 10, "zebra": 11,
    "bird": 12, "dnrouted": 13, "xorp": 14, "ntk": 15, "dhcp": 16, "keepalived": 18, "babel": 42, "openr": 99,
    "bgp": 186, "isis": 187, "ospf": 188, "rip": 189, "eigrp": 192,
}
_NAMES = {number: name for name, number in _PROTOCOLS.items()}
_LAST_PROTOCOL = 255
_KEYS = {
    "via": "gateway", "dev": "device", "src": "source", "proto": "protocol", "protocol": "protocol",
    "metric": "metric", "priority": "metric", "preference": "metric", "to": "destination",
    "exact": "destination", "scope": "scope",
}
_USAGE = "Usage: ip route { list | flush } SELECTOR\n       ip route { add | del | change | replace } ROUTE"
Values = dict[str, Any]


def show_routes(network: Network, words: Sequence[str], options: Sequence[str]) -> str:
    """Show the routes that have all named values, which are not shown again."""
    wanted = _values(network, words)
    routes = (route for route in network.routes if tables.matches(route, wanted))
    return "".join(f"{_line(network, route, wanted)}\n" for route in routes)


def _line(network: Network, route: Route, hidden: Container[str]) -> str:
    dead = ("linkdown",) if tables.is_dead(network, route) else ()
    return "".join(f"{word} " for word in (route.target, *route.words(hidden), *dead))


def add_route(network: Network, words: Sequence[str], options: Sequence[str]) -> str:
    """Add a route."""
    tables.add(network, _route(network, words))
    return ""


def replace_route(network: Network, words: Sequence[str], options: Sequence[str]) -> str:
    """Put a route in the place of another one, or add it."""
    tables.replace(network, _route(network, words))
    return ""


def change_route(network: Network, words: Sequence[str], options: Sequence[str]) -> str:
    """Put a route in the place of another one, which there must be."""
    tables.change(network, _route(network, words))
    return ""


def delete_route(network: Network, words: Sequence[str], options: Sequence[str]) -> str:
    """Delete the first route that has all named values."""
    tables.delete(network, _required(network, words))
    return ""


def _route(network: Network, words: Sequence[str]) -> Route:
    return Route(**{"device": "", **_required(network, words)})


def _required(network: Network, words: Sequence[str]) -> Values:
    """The values of a route, its destination among them."""
    values = _values(network, words)
    if "destination" not in values:
        raise Stop(255, _USAGE)
    if isinstance(values["destination"], IPv4Interface):
        raise Refusal(errno.EINVAL, "Invalid prefix for given prefix length")
    return values


def _values(network: Network, words: Sequence[str]) -> Values:
    """The named values by the fields of a route; a word without a key is the destination."""
    values: Values = {}
    rest = iter(words)
    for word in rest:
        key, text = (_KEYS[word], next_word(rest)) if word in _KEYS else ("destination", word)
        if key == "destination" and key in values:
            raise duplicate("to", word)
        values[key] = _PARSERS[key](text)
    values.pop("scope", None)  # it follows from the gateway
    if "device" in values:
        named_link(network, values["device"])
    return values


def _destination(word: str) -> object:
    """The network; the interface in it when the word has bits beyond its prefix length."""
    if word == "default":
        return ANYWHERE
    try:
        interface = IPv4Interface(word)
    except ValueError:
        raise Stop(1, f'Error: any valid prefix is expected rather than "{word}".') from None
    network: IPv4Network = interface.network
    return network if interface.ip == network.network_address else interface


def _address(word: str) -> IPv4Address:
    try:
        return IPv4Address(word)
    except AddressValueError:
        raise Stop(1, f'Error: inet address is expected rather than "{word}".') from None


def _protocol(word: str) -> str:
    if word in _PROTOCOLS:
        return word
    if not word.isdecimal() or int(word) > _LAST_PROTOCOL:
        raise Stop(255, f'Error: argument "{word}" is wrong: "protocol" value is invalid\n')
    return _NAMES.get(int(word), word)


def _metric(word: str) -> int:
    return number(word, '"metric" value is invalid')


_PARSERS: Mapping[str, Callable[[str], object]] = {
    "destination": _destination, "gateway": _address, "source": _address, "device": str,
    "protocol": _protocol, "metric": _metric, "scope": str,
}
