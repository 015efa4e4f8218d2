"""net iface: plain interfaces."""

from __future__ import annotations

from ...config import Config
from ...errors import Refused
from ...records import replace
from .. import Edit, Pairs, values_by_key
from .edits import master_of, with_link
from .values import check_handled, default_iface, ethtool, with_common


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
        return with_link(config, "iface", self.iface, replace(iface, ethtool=words))
