"""net: bonds, interfaces and the box itself, as /etc/network.conf holds them."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Optional, TypeVar, Union

from ..config import Bond, Config, General, Iface, Net
from ..errors import Refused
from ..executors.net.options import canonical
from . import Change, Command, Pair, Pairs, given, missing, without

Link = TypeVar("Link", Bond, Iface)
# The names that rc.network handles; it passes over any other without a word. Source: etc/rc.d/rc.network of ESOS.
_HANDLED = re.compile(r"enp\d+s\d+|eno\d+|ens\d+|eth\d+|ib\d+|m\d+p\d+|s\d+p\d+|priv\d+")
_COMMON = ("address", "mtu", "broadcast")
_GENERAL = ("hostname", "domainname", "gateway", "nameservers")


def _handled(name: str) -> str:
    if not _HANDLED.fullmatch(name):
        raise Refused(f"{name} is no interface that rc.network handles: eth0, eno1, ens1, enp1s0, ib0, m1p1, s1p1, priv1",
                      word=name, code="E212")
    return name


def _ip(value: object) -> str:
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


def _common(link: Link, values: Mapping[str, Any]) -> Link:
    """The link with the address, mtu and broadcast that are given; another address has its own broadcast."""
    address = _address(values["address"]) if "address" in values else link.address
    if address != link.address:
        link = replace(link, address=address, broadcast=None)
    if "mtu" in values:
        link = replace(link, mtu=_mtu(values["mtu"]))
    if "broadcast" in values:
        link = replace(link, broadcast=_broadcast(link, _ip(values["broadcast"])))
    return link


def _broadcast(link: Union[Bond, Iface], broadcast: str) -> Optional[str]:
    if "/" not in link.address:
        raise Refused("a broadcast address needs address=IP/PREFIX", code="E214")
    usual = ipaddress.IPv4Interface(link.address).network.broadcast_address
    return None if broadcast == str(usual) else broadcast


def _put_bond(config: Config, name: str, bond: Bond) -> Config:
    return replace(config, net=replace(config.net, bonds={**config.net.bonds, name: bond}))


def _bond(config: Config, name: str, line: Command) -> Bond:
    if name not in config.net.bonds:
        raise missing("bond", name, config.net.bonds, str(line))
    return config.net.bonds[name]


@dataclass(frozen=True)
class NetBond(Change):
    """Make a bond, or change it. A slave loses the settings of its own."""

    bond: str
    pairs: Pairs = ()

    def edit(self, config: Config) -> Config:
        values = given(self.pairs)
        there = config.net.bonds.get(self.bond, Bond())
        slaves = _slaves(config.net, self.bond, there.slaves, values.get("slaves") or ())
        given_options = {key: _option(key, str(value)) for key, value in values.items() if key not in (*_COMMON, "slaves")}
        bond = _common(replace(there, slaves=slaves, options=_ordered({**there.options, **given_options})), values)
        ifaces = {name: iface for name, iface in config.net.ifaces.items() if name not in slaves}
        return _put_bond(replace(config, net=replace(config.net, ifaces=ifaces)), self.bond, bond)

    def note(self, config: Config) -> str:
        """What its slaves lose."""
        words = given(self.pairs).get("slaves") or ()
        names = [word.lstrip("+") for word in words if word.lstrip("+") in config.net.ifaces]
        return "; ".join(f"{name} loses its own settings: {described(config.net.ifaces[name])}" for name in names)


def described(iface: Iface) -> str:
    """An interface's settings in words."""
    return f"address {iface.address}, mtu {iface.mtu}" + (f", ethtool {' '.join(iface.ethtool)}" if iface.ethtool else "")


def _option(key: str, value: str) -> str:
    known = canonical(key, value)
    if known is None:
        raise Refused(f"{value} is no {key} that the kernel takes", word=value, code="E206")
    return known


def _ordered(options: Mapping[str, str]) -> dict[str, str]:
    # written in this order at boot: what belongs to another mode is refused, and so are delays without miimon
    return {**{key: options[key] for key in ("mode", "miimon") if key in options}, **options}


def _slaves(net: Net, bond: str, there: tuple[str, ...], words: Union[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The list of slaves after the words: plain names replace it, +x and -x change it."""
    if not words:
        return there
    slaves = tuple(there) if words[0][0] in "+-" else ()
    for word in words:
        name = word.lstrip("+-")
        if word[0] == "-":
            if name not in slaves:
                raise missing(f"slave of {bond}:", name, slaves, f"net bond {bond} slaves {' '.join(words)}")
            slaves = tuple(slave for slave in slaves if slave != name)
        elif name not in slaves:
            slaves = (*slaves, _free(net, bond, name))
    return slaves


def _free(net: Net, bond: str, name: str) -> str:
    """The name, if it may become a slave of the bond. Raises Refused."""
    for other, about in net.bonds.items():
        if name in about.slaves and other != bond:
            raise Refused(f"{name} is a slave of {other}", mend=f"net bond {other} slaves -{name}", code="E207")
    for section, keys in net.other.items():
        if name in re.split(r"[,\s]+", keys.get("brmembers", "")):
            raise Refused(f"{name} is a member of bridge {section}", code="E207")
    return _handled(name)


@dataclass(frozen=True)
class NetBondUnset(Change):
    """Give keys of a bond their defaults again."""

    bond: str
    keys: tuple[str, ...]

    def edit(self, config: Config) -> Config:
        bond = _bond(config, self.bond, self)
        for key in self.keys:
            if key in (*_COMMON, "slaves"):
                bond = _unset(bond, key, Bond(), f"bond {self.bond}")
            elif key in bond.options:
                bond = replace(bond, options=without(bond.options, key))
            else:
                raise Refused(f"bond {self.bond} has no {key} of its own", code="E202")
        return _put_bond(config, self.bond, bond)


def _unset(link: Any, key: str, default: Any, what: str) -> Any:
    if getattr(link, key) == getattr(default, key):
        raise Refused(f"{what} has no {key} of its own", code="E202")
    if key == "address":
        link = replace(link, broadcast=None)
    return replace(link, **{key: getattr(default, key)})


@dataclass(frozen=True)
class NetBondDel(Change):
    """Take a bond away."""

    bond: str

    def edit(self, config: Config) -> Config:
        _bond(config, self.bond, self)
        return replace(config, net=replace(config.net, bonds=without(config.net.bonds, self.bond)))


def _put_iface(config: Config, name: str, iface: Iface) -> Config:
    return replace(config, net=replace(config.net, ifaces={**config.net.ifaces, name: iface}))


def _fresh(name: str) -> Iface:
    """An interface with the defaults of ESOS's TUI."""
    return Iface(mtu=65520 if name.startswith("ib") else 1500)


@dataclass(frozen=True)
class NetIface(Change):
    """Set up an interface: its address, mtu, speed."""

    iface: str
    pairs: Pairs = ()

    def edit(self, config: Config) -> Config:
        _handled(self.iface)
        for bond, about in config.net.bonds.items():
            if self.iface in about.slaves:
                raise Refused(f"{self.iface} is a slave of {bond}, whose settings it has",
                              mend=f"net bond {bond} slaves -{self.iface}", code="E207")
        values = given(self.pairs)
        iface = _common(config.net.ifaces.get(self.iface, _fresh(self.iface)), values)
        words = values.get("ethtool")
        return _put_iface(config, self.iface, replace(iface, ethtool=tuple(words)) if words else iface)


@dataclass(frozen=True)
class NetIfaceUnset(Change):
    """Give keys of an interface their defaults again."""

    iface: str
    keys: tuple[str, ...]

    def edit(self, config: Config) -> Config:
        if self.iface not in config.net.ifaces:
            raise missing("settings of interface", self.iface, config.net.ifaces, str(self))
        iface = config.net.ifaces[self.iface]
        for key in self.keys:
            iface = _unset(iface, key, _fresh(self.iface), f"interface {self.iface}")
        return _put_iface(config, self.iface, iface)


@dataclass(frozen=True)
class NetIfaceDel(Change):
    """Forget an interface's settings."""

    iface: str

    def edit(self, config: Config) -> Config:
        if self.iface not in config.net.ifaces:
            raise missing("settings of interface", self.iface, config.net.ifaces, str(self))
        return replace(config, net=replace(config.net, ifaces=without(config.net.ifaces, self.iface)))


@dataclass(frozen=True)
class NetGeneral(Change):
    """Name the box, its gateway and its name servers."""

    pairs: Pairs

    def edit(self, config: Config) -> Config:
        values: dict[str, Any] = dict(given(self.pairs))
        if "gateway" in values:
            values["gateway"] = _ip(values["gateway"])
        if "nameservers" in values:
            values["nameservers"] = tuple(_ip(server) for server in values["nameservers"])
            if len(values["nameservers"]) > 3:
                raise Refused("three name servers at most: rc.network reads no more", code="E206")
        return replace(config, net=replace(config.net, general=replace(config.net.general, **values)))


@dataclass(frozen=True)
class NetGeneralUnset(Change):
    """Give keys of the box their defaults again."""

    keys: tuple[str, ...]

    def edit(self, config: Config) -> Config:
        general = config.net.general
        for key in self.keys:
            general = _unset(general, key, General(), "general")
        return replace(config, net=replace(config.net, general=general))


def lines(config: Config, name: Optional[str] = None) -> Iterator[Command]:
    """The box, then bonds, then interfaces; what a default says is left out."""
    pairs = _pairs(config.net.general, General(), _GENERAL)
    if pairs and name in (None, "general"):
        yield NetGeneral(pairs)
    for bond, about in config.net.bonds.items():
        if name in (None, bond):
            options = tuple(Pair(f"{key}=", value) for key, value in about.options.items())
            yield NetBond(bond, (*_pairs(about, Bond(), ("slaves",)), *options, *_pairs(about, Bond(), _COMMON)))
    for iface, settings in config.net.ifaces.items():
        if name in (None, iface):
            yield NetIface(iface, _pairs(settings, _fresh(iface), (*_COMMON, "ethtool")))


def _pairs(value: object, default: object, keys: tuple[str, ...]) -> Pairs:
    """The keys whose values differ from the default's."""
    found = ((key, getattr(value, key)) for key in keys if getattr(value, key) != getattr(default, key))
    return tuple(Pair(key, shown) if isinstance(shown, tuple) else Pair(f"{key}=", str(shown)) for key, shown in found)


def clear(config: Config) -> Iterator[Command]:
    """No bond, no interface, nothing said of the box."""
    yield from (NetBondDel(bond) for bond in config.net.bonds)
    yield from (NetIfaceDel(iface) for iface in config.net.ifaces)
    keys = tuple(pair.key.rstrip("=") for pair in _pairs(config.net.general, General(), _GENERAL))
    if keys:
        yield NetGeneralUnset(keys)
