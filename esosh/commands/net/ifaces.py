"""net iface and net general: interfaces, and the box itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from ...config import Config, General, Iface
from ...errors import Refused
from .. import Change, Pairs, given, missing, without
from .values import common, fresh, handled, ip, unset


def _put_iface(config: Config, name: str, iface: Iface) -> Config:
    return replace(config, net=replace(config.net, ifaces={**config.net.ifaces, name: iface}))


@dataclass(frozen=True)
class NetIface(Change):
    """Set up an interface: its address, mtu, speed."""

    iface: str
    pairs: Pairs = ()

    def edit(self, config: Config) -> Config:
        handled(self.iface)
        for bond, about in config.net.bonds.items():
            if self.iface in about.slaves:
                raise Refused(f"{self.iface} is a slave of {bond}, whose settings it has",
                              mend=f"net bond {bond} slaves -{self.iface}", code="E207")
        values = given(self.pairs)
        iface = common(config.net.ifaces.get(self.iface, fresh(self.iface)), values)
        words = values.get("ethtool")
        return _put_iface(config, self.iface, replace(iface, ethtool=tuple(words)) if words else iface)


@dataclass(frozen=True)
class NetIfaceUnset(Change):
    """Give keys of an interface their defaults again."""

    iface: str
    keys: tuple[str, ...]

    def edit(self, config: Config) -> Config:
        if self.iface not in config.net.ifaces:
            raise missing("settings of interface", self.iface, config.net.ifaces, self)
        iface = config.net.ifaces[self.iface]
        for key in self.keys:
            iface = unset(iface, key, fresh(self.iface), f"interface {self.iface}")
        return _put_iface(config, self.iface, iface)


@dataclass(frozen=True)
class NetIfaceDel(Change):
    """Forget an interface's settings."""

    iface: str

    def edit(self, config: Config) -> Config:
        if self.iface not in config.net.ifaces:
            raise missing("settings of interface", self.iface, config.net.ifaces, self)
        return replace(config, net=replace(config.net, ifaces=without(config.net.ifaces, self.iface)))


@dataclass(frozen=True)
class NetGeneral(Change):
    """Name the box, its gateway and its name servers."""

    pairs: Pairs

    def edit(self, config: Config) -> Config:
        values: dict[str, Any] = dict(given(self.pairs))
        if "gateway" in values:
            values["gateway"] = ip(values["gateway"])
        if "nameservers" in values:
            values["nameservers"] = tuple(ip(server) for server in values["nameservers"])
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
            general = unset(general, key, General(), "general")
        return replace(config, net=replace(config.net, general=general))
