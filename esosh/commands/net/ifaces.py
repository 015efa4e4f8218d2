"""net iface: plain interfaces."""

from __future__ import annotations

from ...config import Config
from ...config.lazy import without
from ...errors import Refused
from ...records import replace
from .. import Edit, Keyword, Pairs, Removal, values_by_key
from .edits import link_of, master_of, with_link
from .values import check_handled, default_iface, ethtool, with_common, with_default


class NetIface(Edit):
    """Set up an interface: its address, mtu, speed."""

    iface: str
    pairs: Pairs = ()

    def edit(self, config: Config) -> Config:
        check_handled(self.iface)
        kind, master = master_of(config.net, self.iface) or ("", "")
        if kind == "bond":
            hint = f"net bond {master} slaves -{self.iface}"
            raise Refused(f"{self.iface} is a slave of {master} and has its settings", hint=hint, code="E207")
        values = values_by_key(self.pairs)
        iface = with_common(config.net.ifaces.get(self.iface, default_iface(self.iface)), values)
        words = ethtool(values["ethtool"] or ()) if "ethtool" in values else iface.ethtool
        return config.having(net=with_link(config.net, "iface", self.iface, replace(iface, ethtool=words)))


class NetIfaceUnset(Removal):
    """Reset keys of an interface to their defaults."""

    iface: str
    keys: tuple[Keyword, ...]

    def edit(self, config: Config) -> Config:
        iface = link_of(config, "iface", self.iface, self)
        for key in self.keys:
            iface = with_default(iface, key, default_iface(self.iface), f"interface {self.iface}")
        return config.having(net=with_link(config.net, "iface", self.iface, iface))


class NetIfaceDel(Removal):
    """Delete an interface's settings."""

    iface: str

    def edit(self, config: Config) -> Config:
        link_of(config, "iface", self.iface, self)
        return config.having(net=replace(config.net, ifaces=without(config.net.ifaces, self.iface)))
