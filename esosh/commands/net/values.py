"""Values of the network, checked and in canonical form."""

from __future__ import annotations

import ipaddress
import itertools
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Optional

from ...config.net import LARGEST_MTU, SMALLEST_MTU, Bond, Bridge, Iface, Link, Vlan
from ...errors import Refused
from ...executors.net.conf import ADDRESS, LONGEST, AnyLink, is_handled
from ...language.numbers import decimal
from ...records import replace

_EXAMPLES = "eth0, eno1, ens1f0, enp1s0f0, ib0, m1p1, s1p1, priv1"

class _Values(NamedTuple):
    """The values of a word of ethtool's: a pattern, and what they are in words."""

    pattern: str
    meaning: str


_ETHTOOL = {
    "speed": _Values("[0-9]{1,7}", "megabits a second"),
    "duplex": _Values("half|full", "half or full"),
    "autoneg": _Values("on|off", "on or off"),
    "advertise": _Values("(0x)?[0-9a-fA-F]{1,16}", "a hexadecimal mask of link modes"),
    "port": _Values("tp|aui|bnc|mii|fibre|da", "tp, aui, bnc, mii, fibre or da"),
    "mdix": _Values("auto|on|off", "auto, on or off"),
    "phyad": _Values("[0-9]{1,3}", "the address of a PHY"),
    "xcvr": _Values("internal|external", "internal or external"),
    "wol": _Values("[pumbagsfd]+", "letters of p, u, m, b, a, g, s, f and d"),
    "sopass": _Values("([0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}", "a password such as 00:11:22:33:44:55"),
    "msglvl": _Values("(0x)?[0-9a-fA-F]{1,8}", "a number of message types"),
}
_DEFAULTS: Mapping[str, Link] = {"bond": Bond(), "vlan": Vlan(), "bridge": Bridge()}
COMMON = ("address", "mtu", "broadcast")
GENERAL = ("hostname", "domainname", "gateway", "nameservers")


def check_handled(name: str) -> None:
    """Raises Refused for the name of an interface that rc.network ignores, or that is too long."""
    check_length(name)
    if not is_handled(name):
        message = f"{name} is not an interface that rc.network handles: {_EXAMPLES}"
        raise Refused(message, word=name, code="E212")


def check_length(name: str) -> None:
    """Raises Refused for a name that no interface can have."""
    if len(name) > LONGEST:
        message = f"{name} has {len(name)} letters: the name of an interface has {LONGEST} at the most"
        raise Refused(message, word=name, code="E212")


def ipv4(value: object) -> str:
    """An IPv4 address. Raises Refused."""
    try:
        return str(ipaddress.IPv4Address(str(value)))
    except ValueError:
        raise Refused(f"{value} is not an IPv4 address", word=str(value), code="E213") from None


def ethtool(words: Sequence[str]) -> tuple[str, ...]:
    """Words of ethtool -s, each with its value. Raises Refused. Source: ethtool(8) 5.0, as ESOS has it."""
    for word, value in itertools.zip_longest(words[::2], words[1::2]):
        if word not in _ETHTOOL:
            message = f"{word} is no word of ethtool -s; there are: {' '.join(_ETHTOOL)}"
            raise Refused(message, word=word, expected=tuple(_ETHTOOL), code="E206")
        values = _ETHTOOL[word]
        if value is None or not re.fullmatch(values.pattern, value):
            given = "" if value is None else f", not {value}"
            raise Refused(f"{word} is {values.meaning}{given}", word=value or word, code="E206")
    return tuple(words)


def default_iface(name: str) -> Iface:
    """An interface with the defaults of ESOS's TUI."""
    return Iface(mtu=65520 if name.startswith("ib") else 1500)


def default_link(kind: str, name: str) -> Link:
    """A link of a kind with its defaults, which may depend on its name."""
    return default_iface(name) if kind == "iface" else _DEFAULTS[kind]


def with_common(link: AnyLink, values: Mapping[str, Any], keys: Sequence[str] = ()) -> AnyLink:
    """The link with the given address, mtu and broadcast; a new address brings its own broadcast.

    It lacks no more what it is given: `keys` are those of network.conf that belong to the link's own kind.
    """
    address = _address(values["address"]) if "address" in values else link.address
    if address != link.address:
        link = replace(link, address=address, broadcast=None)
    if "mtu" in values:
        link = replace(link, mtu=_mtu(values["mtu"]))
    if "broadcast" in values:
        link = replace(link, broadcast=_broadcast(link, ipv4(values["broadcast"])))
    given = (*keys, *values, *(ADDRESS if "address" in values else ()))
    return replace(link, lacking=tuple(key for key in link.lacking if key not in given))


def _address(value: str) -> str:
    if value in ("dhcp", "none"):
        return value
    interface = _interface(value)
    network = interface.network
    is_reserved = interface.ip in (network.network_address, network.broadcast_address)
    if is_reserved and network.prefixlen < 31:
        message = f"{value} is the address of the whole network {network}, or its broadcast address"
        raise Refused(message, word=value, code="E213")
    return str(interface)


def _interface(value: str) -> ipaddress.IPv4Interface:
    try:
        return ipaddress.IPv4Interface(value)
    except ValueError:
        message = f"{value} is not an IPv4 address with a prefix, such as 10.1.2.3/24"
        raise Refused(message, word=value, code="E213") from None


def _mtu(value: object) -> int:
    mtu = decimal(str(value), SMALLEST_MTU, LARGEST_MTU)
    if mtu is None:
        message = f"{value} is not a valid mtu: {SMALLEST_MTU} to {LARGEST_MTU} bytes"
        raise Refused(message, word=str(value), code="E206")
    return mtu


def _broadcast(link: Link, broadcast: str) -> Optional[str]:
    """The broadcast address to store: None for the one that follows from the link's address."""
    if "/" not in link.address:
        raise Refused("a broadcast address needs address=IP/PREFIX", code="E214")
    default = ipaddress.IPv4Interface(link.address).network.broadcast_address
    return None if broadcast == str(default) else broadcast


def with_default(link: Any, key: str, default: Any, what: str) -> Any:
    """The link, or the box, with the default of a key. Raises Refused where the key is at its default."""
    if getattr(link, key) == getattr(default, key):
        raise Refused(f"{what} has no {key} of its own", code="E202")
    if key == "address":
        link = replace(link, broadcast=None)
    return replace(link, **{key: getattr(default, key)})
