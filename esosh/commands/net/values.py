"""Values of the network, checked and in canonical form."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Optional, TypeVar, Union

from ...config import Bond, Iface
from ...errors import Refused

Link = TypeVar("Link", Bond, Iface)
# The names that rc.network handles; it passes over any other without a word. Source: etc/rc.d/rc.network of ESOS.
_HANDLED = re.compile(r"enp\d+s\d+|eno\d+|ens\d+|eth\d+|ib\d+|m\d+p\d+|s\d+p\d+|priv\d+")
COMMON = ("address", "mtu", "broadcast")
GENERAL = ("hostname", "domainname", "gateway", "nameservers")


def handled(name: str) -> str:
    """A name of an interface. Raises Refused for one that rc.network passes over."""
    if not _HANDLED.fullmatch(name):
        raise Refused(f"{name} is no interface that rc.network handles: eth0, eno1, ens1, enp1s0, ib0, m1p1, s1p1, priv1",
                      word=name, code="E212")
    return name


def ip(value: object) -> str:
    """An IPv4 address. Raises Refused."""
    try:
        return str(ipaddress.IPv4Address(str(value)))
    except ValueError:
        raise Refused(f"{value} is no IPv4 address", word=str(value), code="E213") from None


def _address(value: str) -> str:
    if value in ("dhcp", "none"):
        return value
    try:
        interface = ipaddress.IPv4Interface(value)
    except ValueError:
        raise Refused(f"{value} is no IPv4 address with a prefix, such as 10.1.2.3/24", word=value, code="E213") from None
    network = interface.network
    if network.prefixlen < 31 and interface.ip in (network.network_address, network.broadcast_address):
        raise Refused(f"{value} is the address of the whole network {network}, or its broadcast address", word=value, code="E213")
    return str(interface)


def _mtu(value: object) -> int:
    if not 68 <= int(str(value)) <= 65535:
        raise Refused(f"{value} is no mtu: 68 to 65535 bytes", word=str(value), code="E206")
    return int(str(value))


def common(link: Link, values: Mapping[str, Any]) -> Link:
    """The link with the address, mtu and broadcast that are given; another address has its own broadcast."""
    address = _address(values["address"]) if "address" in values else link.address
    if address != link.address:
        link = replace(link, address=address, broadcast=None)
    if "mtu" in values:
        link = replace(link, mtu=_mtu(values["mtu"]))
    if "broadcast" in values:
        link = replace(link, broadcast=_broadcast(link, ip(values["broadcast"])))
    return link


def _broadcast(link: Union[Bond, Iface], broadcast: str) -> Optional[str]:
    if "/" not in link.address:
        raise Refused("a broadcast address needs address=IP/PREFIX", code="E214")
    usual = ipaddress.IPv4Interface(link.address).network.broadcast_address
    return None if broadcast == str(usual) else broadcast


def unset(link: Any, key: str, default: Any, what: str) -> Any:
    """The link, or the box, with the default of a key. Raises Refused where it has none of its own."""
    if getattr(link, key) == getattr(default, key):
        raise Refused(f"{what} has no {key} of its own", code="E202")
    if key == "address":
        link = replace(link, broadcast=None)
    return replace(link, **{key: getattr(default, key)})


def fresh(name: str) -> Iface:
    """An interface with the defaults of ESOS's TUI."""
    return Iface(mtu=65520 if name.startswith("ib") else 1500)
