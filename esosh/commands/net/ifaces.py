"""net iface and net general: interfaces, and the box itself."""

from __future__ import annotations

from typing import Any, Callable

from ...config import Config
from ...config.lazy import without
from ...config.net import General
from ...errors import Refused
from ...records import replace
from .. import Edit, Keyword, Pairs, Removal, values_by_key
from .edits import bond_with, iface_of, put_iface
from .values import check_handled, default_iface, ethtool, ipv4, with_common, with_default

_MOST_NAMESERVERS = 3  # rc.network ignores any others


class NetIface(Edit):
    """Set up an interface: its address, mtu, speed."""

    iface: str
    pairs: Pairs = ()

    def edit(self, config: Config) -> Config:
        check_handled(self.iface)
        bond = bond_with(self.iface, config.net.bonds)
        if bond:
            hint = f"net bond {bond} slaves -{self.iface}"
            raise Refused(f"{self.iface} is a slave of {bond} and has its settings", hint=hint, code="E207")
        values = values_by_key(self.pairs)
        iface = with_common(config.net.ifaces.get(self.iface, default_iface(self.iface)), values)
        words = ethtool(values["ethtool"] or ()) if "ethtool" in values else iface.ethtool
        return put_iface(config, self.iface, replace(iface, ethtool=words))


class NetIfaceUnset(Removal):
    """Reset keys of an interface to their defaults."""

    iface: str
    keys: tuple[Keyword, ...]

    def edit(self, config: Config) -> Config:
        iface = iface_of(config, self.iface, self)
        for key in self.keys:
            iface = with_default(iface, key, default_iface(self.iface), f"interface {self.iface}")
        return put_iface(config, self.iface, iface)


class NetIfaceDel(Removal):
    """Delete an interface's settings."""

    iface: str

    def edit(self, config: Config) -> Config:
        iface_of(config, self.iface, self)
        return config.having(net=replace(config.net, ifaces=without(config.net.ifaces, self.iface)))


class NetGeneral(Edit):
    """Set the box's name, its gateway and its name servers."""

    pairs: Pairs

    def edit(self, config: Config) -> Config:
        values: dict[str, Any] = dict(values_by_key(self.pairs))
        for key, canonical in _CANONICAL.items():
            if key in values:
                values[key] = canonical(values[key])
        return config.having(net=replace(config.net, general=replace(config.net.general, **values)))


def _nameservers(servers: tuple[str, ...]) -> tuple[str, ...]:
    addresses = tuple(map(ipv4, servers))
    if len(addresses) > _MOST_NAMESERVERS:
        raise Refused("three name servers at most: rc.network reads no more", code="E206")
    return addresses


_CANONICAL: dict[str, Callable[[Any], Any]] = {"gateway": ipv4, "nameservers": _nameservers}


class NetGeneralUnset(Removal):
    """Reset keys of the box to their defaults."""

    keys: tuple[Keyword, ...]

    def edit(self, config: Config) -> Config:
        general = config.net.general
        for key in self.keys:
            general = with_default(general, key, General(), "general")
        return config.having(net=replace(config.net, general=general))
