"""net: bonds, interfaces and the box itself, as /etc/network.conf holds them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Optional

from ...config import Config
from ...config.net import Bond, General
from ...config.paths import Path
from .. import Command, Pair, Pairs, selected
from .bonds import NetBond, NetBondDel, NetBondUnset
from .ifaces import NetGeneral, NetGeneralUnset, NetIface, NetIfaceDel, NetIfaceUnset
from .values import COMMON, GENERAL, default_iface

__all__ = (
    "NetBond", "NetBondDel", "NetBondUnset", "NetGeneral", "NetGeneralUnset", "NetIface", "NetIfaceDel",
    "NetIfaceUnset", "clear", "lines", "names", "owns",
)


def lines(config: Config, name: Optional[str] = None) -> Iterator[Command]:
    """The box, then bonds, then interfaces; values at their defaults are left out."""
    general = _general_pairs(config, name)
    if general:
        yield NetGeneral(general)
    for bond, settings in selected(config.net.bonds, name).items():
        yield NetBond(bond, _bond_pairs(settings))
    for iface, own in selected(config.net.ifaces, name).items():
        yield NetIface(iface, _pairs(own, default_iface(iface), (*COMMON, "ethtool")))


def clear(config: Config, name: Optional[str] = None) -> Iterator[Command]:
    """No bond, no interface, and all keys of the box at their defaults."""
    yield from map(NetBondDel, selected(config.net.bonds, name))
    yield from map(NetIfaceDel, selected(config.net.ifaces, name))
    general = _general_pairs(config, name)
    if general:
        yield NetGeneralUnset(tuple(pair.key.rstrip("=") for pair in general))


def _general_pairs(config: Config, name: Optional[str]) -> Pairs:
    """The box's own keys, where they are asked for."""
    return _pairs(config.net.general, General(), GENERAL) if name in (None, "general") else ()


def _bond_pairs(bond: Bond) -> Pairs:
    options = tuple(Pair(f"{key}=", value) for key, value in bond.options.items())
    return (*_pairs(bond, Bond(), ("slaves",)), *options, *_pairs(bond, Bond(), COMMON))


def _pairs(settings: object, default: object, keys: tuple[str, ...]) -> Pairs:
    """The keys whose values differ from the default's."""
    values = {key: getattr(settings, key) for key in keys}
    return tuple(_pair(key, value) for key, value in values.items() if value != getattr(default, key))


def _pair(key: str, value: object) -> Pair:
    return Pair(key, value) if isinstance(value, tuple) else Pair(f"{key}=", str(value))


def owns(path: Path, *configs: Config) -> Optional[str]:
    """A bond, an interface, or the box."""
    if path[0] != "net":
        return None
    return "general" if path[1] == "general" else path[2]


def names(config: Config) -> tuple[str, ...]:
    """The box, the bonds, the interfaces."""
    return ("general", *config.net.bonds, *config.net.ifaces)
