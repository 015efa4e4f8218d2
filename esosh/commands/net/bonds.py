"""net bond: bonds and their slaves."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Optional

from ...config import Config
from ...config.lazy import without
from ...config.net import Bond, Iface, Net
from ...errors import Refused
from ...executors.net.options import WRITTEN_FIRST, canonical
from ...records import replace
from .. import Edit, Pairs, Value, values_by_key
from .edits import vlans_on, with_link
from .masters import changed_list, remaining
from .values import COMMON, check_handled, with_common

FIELDS = (*COMMON, "slaves")  # keys that are fields of Bond; all others are options of the kernel's


class NetBond(Edit):
    """Make or change a bond. A slave loses its own settings."""

    bond: str
    pairs: Pairs = ()

    def edit(self, config: Config) -> Config:
        values = values_by_key(self.pairs)
        bond = config.net.bonds.get(self.bond, Bond())
        slaves = changed_list(config.net, self, "bond", bond.slaves, partial(_check_slave, config.net))
        bond = replace(bond, slaves=slaves, options=_options(bond, values))
        bond = with_common(bond, values, _written(values))
        ifaces = without(config.net.ifaces, *slaves)
        return with_link(config.having(net=replace(config.net, ifaces=ifaces)), "bond", self.bond, bond)

    def remainder(self, config: Config) -> tuple[Optional[Edit], tuple[str, ...]]:
        """What is left to do: slaves that are to leave may have left already."""
        return remaining(self, "bond", config.net.bonds.get(self.bond, Bond()).slaves, config)

    def note(self, config: Config) -> str:
        """What its slaves lose."""
        ifaces = config.net.ifaces
        slaves = [word.lstrip("+") for word in values_by_key(self.pairs).get("slaves") or ()]
        losers = [slave for slave in slaves if slave in ifaces]
        return "; ".join(f"{name} loses its own settings: {_described(ifaces[name])}" for name in losers)


def _check_slave(net: Net, name: str) -> None:
    """Raises Refused for what cannot be a slave."""
    check_handled(name)
    vlans = vlans_on(net, name)
    if vlans:
        hint = f"net vlan del {vlans[0]}"
        raise Refused(f"{name} has the VLAN {vlans[0]}: a VLAN goes on the bond", hint=hint, code="E207")


def _written(values: Mapping[str, Value]) -> tuple[str, ...]:
    """The keys of network.conf that the values are written to, besides those of all links."""
    options = ("bondopts",) if any(key not in FIELDS for key in values) else ()
    return ("slaves", *options) if "slaves" in values else options


def _options(bond: Bond, values: Mapping[str, Value]) -> dict[str, str]:
    """The bond's options with those values, in the order in which they are written at boot."""
    new = {key: _option(key, str(values[key])) for key in values if key not in FIELDS}
    options = {**bond.options, **new}
    first = [key for key in WRITTEN_FIRST if key in options]
    return {key: options[key] for key in (*first, *options)}


def _option(key: str, value: str) -> str:
    option = canonical(key, value)
    if option is None:
        raise Refused(f"the kernel does not accept {key}={value}", word=value, code="E206")
    return option


def _described(iface: Iface) -> str:
    """An interface's settings in words."""
    ethtool = f", ethtool {' '.join(iface.ethtool)}" if iface.ethtool else ""
    return f"address {iface.address}, mtu {iface.mtu}{ethtool}"
