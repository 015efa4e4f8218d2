"""net: links and the box itself, as /etc/network.conf holds them, and the names in /etc/xtra_hosts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Optional

from ...config import Config
from ...config.net import Bond, Bridge, General, Vlan
from ...config.paths import Path
from .. import Command, Pair, Pairs, selected
from .bonds import NetBond
from .bridges import NetBridge
from .general import NetGeneral, NetGeneralUnset
from .hosts import NetHostsAdd, NetHostsDel
from .ifaces import NetIface
from .links import (
    NetBondDel,
    NetBondUnset,
    NetBridgeDel,
    NetBridgeUnset,
    NetIfaceDel,
    NetIfaceUnset,
    NetVlanDel,
    NetVlanUnset,
)
from .values import COMMON, GENERAL, default_iface
from .vlans import NetVlan

__all__ = (
    "NetBond", "NetBondDel", "NetBondUnset", "NetBridge", "NetBridgeDel", "NetBridgeUnset", "NetGeneral",
    "NetGeneralUnset", "NetHostsAdd", "NetHostsDel", "NetIface", "NetIfaceDel", "NetIfaceUnset", "NetVlan",
    "NetVlanDel", "NetVlanUnset", "clear", "lines", "names", "owns", "removals",
)


def lines(config: Config, name: Optional[str] = None) -> Iterator[Command]:
    """The box, its hosts, and the links from below; values at their defaults are left out."""
    net, general = config.net, _general_pairs(config, name)
    if general:
        yield NetGeneral(general)
    for address, names_of in selected(net.hosts, name).items():
        yield NetHostsAdd(address, names_of)
    for bond, settings in selected(net.bonds, name).items():
        yield NetBond(bond, _bond_pairs(settings))
    for vlan, tagged in selected(net.vlans, name).items():
        yield NetVlan(vlan, _pairs(tagged, Vlan(), (*COMMON, "egress")))
    for bridge, switch in selected(net.bridges, name).items():
        yield NetBridge(bridge, _pairs(switch, Bridge(), ("members", *COMMON)))
    for iface, own in selected(net.ifaces, name).items():
        yield NetIface(iface, _pairs(own, default_iface(iface), (*COMMON, "ethtool")))


def clear(config: Config, name: Optional[str] = None) -> Iterator[Command]:
    """No link, no host, and all keys of the box at their defaults; VLANs would go with what they are on."""
    net = config.net
    yield from map(NetVlanDel, selected(net.vlans, name))
    yield from map(NetBridgeDel, selected(net.bridges, name))
    yield from map(NetBondDel, selected(net.bonds, name))
    yield from map(NetIfaceDel, selected(net.ifaces, name))
    hosts = tuple(selected(net.hosts, name))
    if hosts:
        yield NetHostsDel(hosts)
    general = _general_pairs(config, name)
    if general:
        yield NetGeneralUnset(tuple(pair.key.rstrip("=") for pair in general))


def removals(old: Config, new: Config) -> Iterator[Command]:
    """The commands that remove what differs, in the order of `clear`."""
    net = old.net
    for name in (*net.vlans, *net.bridges, *net.bonds, *net.ifaces, *net.hosts, "general"):
        if list(lines(old, name)) != list(lines(new, name)):
            yield from clear(old, name)


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
    """A link, the address of a host, or the box."""
    if path[0] != "net":
        return None
    return "general" if path[1] == "general" else path[2]


def names(config: Config) -> tuple[str, ...]:
    """The box, its hosts, the links from below."""
    net = config.net
    return ("general", *net.hosts, *net.bonds, *net.vlans, *net.bridges, *net.ifaces)
