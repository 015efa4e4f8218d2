"""net: bonds, interfaces and the box itself, as /etc/network.conf holds them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Optional

from ...config import Bond, Config, General
from ...flat import Path
from .. import Command, Pair, Pairs
from .bonds import NetBond, NetBondDel, NetBondUnset
from .ifaces import NetGeneral, NetGeneralUnset, NetIface, NetIfaceDel, NetIfaceUnset
from .values import COMMON, GENERAL, fresh

__all__ = (
    "NetBond", "NetBondDel", "NetBondUnset", "NetGeneral", "NetGeneralUnset", "NetIface", "NetIfaceDel", "NetIfaceUnset",
    "clear", "lines", "names", "owns",
)


def lines(config: Config, name: Optional[str] = None) -> Iterator[Command]:
    """The box, then bonds, then interfaces; what a default says is left out."""
    pairs = _pairs(config.net.general, General(), GENERAL)
    if pairs and name in (None, "general"):
        yield NetGeneral(pairs)
    for bond, about in config.net.bonds.items():
        if name in (None, bond):
            options = tuple(Pair(f"{key}=", value) for key, value in about.options.items())
            yield NetBond(bond, (*_pairs(about, Bond(), ("slaves",)), *options, *_pairs(about, Bond(), COMMON)))
    for iface, settings in config.net.ifaces.items():
        if name in (None, iface):
            yield NetIface(iface, _pairs(settings, fresh(iface), (*COMMON, "ethtool")))


def _pairs(value: object, default: object, keys: tuple[str, ...]) -> Pairs:
    """The keys whose values differ from the default's."""
    found = ((key, getattr(value, key)) for key in keys if getattr(value, key) != getattr(default, key))
    return tuple(Pair(key, shown) if isinstance(shown, tuple) else Pair(f"{key}=", str(shown)) for key, shown in found)


def owns(path: Path, *configs: Config) -> Optional[str]:
    """A bond, an interface, or the box."""
    if path[0] != "net":
        return None
    return "general" if path[1] == "general" else path[2]


def names(config: Config) -> tuple[str, ...]:
    """The box, the bonds, the interfaces."""
    return ("general", *config.net.bonds, *config.net.ifaces)


def clear(config: Config, name: Optional[str] = None) -> Iterator[Command]:
    """No bond, no interface, nothing said of the box."""
    yield from (NetBondDel(bond) for bond in config.net.bonds if name in (None, bond))
    yield from (NetIfaceDel(iface) for iface in config.net.ifaces if name in (None, iface))
    keys = tuple(pair.key.rstrip("=") for pair in _pairs(config.net.general, General(), GENERAL))
    if keys and name in (None, "general"):
        yield NetGeneralUnset(keys)
