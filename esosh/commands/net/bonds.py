"""net bond: bonds and their slaves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Optional

from ...config import Config
from ...config.lazy import without
from ...config.net import Bond, Iface, Net
from ...errors import Refused
from ...executors.net.conf import listed
from ...executors.net.options import canonical
from ...records import replace
from .. import Edit, Keyword, Pair, Pairs, Removal, Value, values_by_key
from ..names import require
from .edits import bond_of, bond_with, put_bond
from .values import COMMON, check_handled, with_common, with_default

_FIELDS = (*COMMON, "slaves")  # keys that are fields of Bond; all others are options of the kernel's


class NetBond(Edit):
    """Make or change a bond. A slave loses its own settings."""

    bond: str
    pairs: Pairs = ()

    def edit(self, config: Config) -> Config:
        values = values_by_key(self.pairs)
        bond = config.net.bonds.get(self.bond, Bond())
        slaves = _slaves(config.net, self.bond, bond.slaves, tuple(values.get("slaves") or ()))
        bond = with_common(replace(bond, slaves=slaves, options=_options(bond, values)), values)
        ifaces = without(config.net.ifaces, *slaves)
        return put_bond(config.having(net=replace(config.net, ifaces=ifaces)), self.bond, bond)

    def remainder(self, config: Config) -> tuple[Optional[Edit], tuple[str, ...]]:
        """What is left to do: slaves that are to leave may have left already."""
        slaves = config.net.bonds.get(self.bond, Bond()).slaves
        words = tuple(values_by_key(self.pairs).get("slaves") or ())
        gone = [word for word in words if word.startswith("-") and word[1:] not in slaves]
        if not gone:
            return super().remainder(config)
        left = tuple(word for word in words if word not in gone)
        others = tuple(pair for pair in self.pairs if pair.key != "slaves")
        pairs = (*others, Pair("slaves", left)) if left else others
        told = tuple(f"gone already: no slave of {self.bond}: {word[1:]}" for word in gone)
        return (replace(self, pairs=pairs) if pairs else None), told

    def note(self, config: Config) -> str:
        """What its slaves lose."""
        ifaces = config.net.ifaces
        slaves = [word.lstrip("+") for word in values_by_key(self.pairs).get("slaves") or ()]
        losers = [slave for slave in slaves if slave in ifaces]
        return "; ".join(f"{name} loses its own settings: {_described(ifaces[name])}" for name in losers)


def _options(bond: Bond, values: Mapping[str, Value]) -> dict[str, str]:
    """The bond's options with those values, in the order in which they are written at boot.

    The kernel refuses options that belong to another mode, and delays without miimon.
    """
    new = {key: _option(key, str(values[key])) for key in values if key not in _FIELDS}
    options = {**bond.options, **new}
    first = [key for key in ("mode", "miimon") if key in options]
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


def _slaves(net: Net, bond: str, old: tuple[str, ...], words: tuple[str, ...]) -> tuple[str, ...]:
    """The list of slaves after the words: plain names replace it, +x and -x change it."""
    changes_list = not words or words[0].startswith(("+", "-"))
    slaves = old if changes_list else ()
    for word in words:
        name = word.lstrip("+-")
        if word.startswith("-"):
            require(f"slave of {bond}:", name, slaves, NetBond(bond, (Pair("slaves", words),)))
            slaves = tuple(slave for slave in slaves if slave != name)
        elif name not in slaves:
            _check_free(net, bond, name)
            slaves = (*slaves, name)
    return slaves


def _check_free(net: Net, bond: str, name: str) -> None:
    """Raises Refused for an interface that cannot become a slave of the bond."""
    other = bond_with(name, without(net.bonds, bond))
    if other:
        raise Refused(f"{name} is a slave of {other}", hint=f"net bond {other} slaves -{name}", code="E207")
    for section, keys in net.other.items():
        if name in listed(keys.get("brmembers", "")):
            raise Refused(f"{name} is a member of bridge {section}", code="E207")
    check_handled(name)


class NetBondUnset(Removal):
    """Reset keys of a bond to their defaults."""

    bond: str
    keys: tuple[Keyword, ...]

    def edit(self, config: Config) -> Config:
        bond = bond_of(config, self.bond, self)
        for key in self.keys:
            bond = self._unset(bond, key)
        return put_bond(config, self.bond, bond)

    def _unset(self, bond: Bond, key: str) -> Bond:
        what = f"bond {self.bond}"
        if key in _FIELDS:
            unset: Bond = with_default(bond, key, Bond(), what)
            return unset
        if key not in bond.options:
            raise Refused(f"{what} has no {key} of its own", code="E202")
        return replace(bond, options=without(bond.options, key))


class NetBondDel(Removal):
    """Delete a bond."""

    bond: str

    def edit(self, config: Config) -> Config:
        bond_of(config, self.bond, self)
        return config.having(net=replace(config.net, bonds=without(config.net.bonds, self.bond)))
