"""net bond: bonds and their slaves."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Union

from ...config import Bond, Config, Iface, Net
from ...errors import Refused
from ...executors.net.options import canonical
from .. import Change, Command, Pair, Pairs, given, missing, without
from .values import COMMON, common, handled, unset


def _put_bond(config: Config, name: str, bond: Bond) -> Config:
    return replace(config, net=replace(config.net, bonds={**config.net.bonds, name: bond}))


def _bond(config: Config, name: str, line: Command) -> Bond:
    if name not in config.net.bonds:
        raise missing("bond", name, config.net.bonds, line)
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
        given_options = {key: _option(key, str(value)) for key, value in values.items() if key not in (*COMMON, "slaves")}
        bond = common(replace(there, slaves=slaves, options=_ordered({**there.options, **given_options})), values)
        ifaces = {name: iface for name, iface in config.net.ifaces.items() if name not in slaves}
        return _put_bond(replace(config, net=replace(config.net, ifaces=ifaces)), self.bond, bond)

    def note(self, config: Config) -> str:
        """What its slaves lose."""
        words = given(self.pairs).get("slaves") or ()
        names = [word.lstrip("+") for word in words if word.lstrip("+") in config.net.ifaces]
        return "; ".join(f"{name} loses its own settings: {described(config.net.ifaces[name])}" for name in names)


def _option(key: str, value: str) -> str:
    known = canonical(key, value)
    if known is None:
        raise Refused(f"{value} is no {key} that the kernel takes", word=value, code="E206")
    return known


def _ordered(options: Mapping[str, str]) -> dict[str, str]:
    # written in this order at boot: what belongs to another mode is refused, and so are delays without miimon
    return {**{key: options[key] for key in ("mode", "miimon") if key in options}, **options}


def described(iface: Iface) -> str:
    """An interface's settings in words."""
    return f"address {iface.address}, mtu {iface.mtu}" + (f", ethtool {' '.join(iface.ethtool)}" if iface.ethtool else "")


def _slaves(net: Net, bond: str, there: tuple[str, ...], words: Union[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The list of slaves after the words: plain names replace it, +x and -x change it."""
    if not words:
        return there
    slaves = tuple(there) if words[0][0] in "+-" else ()
    for word in words:
        name = word.lstrip("+-")
        if word[0] == "-":
            if name not in slaves:
                raise missing(f"slave of {bond}:", name, slaves, NetBond(bond, (Pair("slaves", tuple(words)),)))
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
    return handled(name)


@dataclass(frozen=True)
class NetBondUnset(Change):
    """Give keys of a bond their defaults again."""

    bond: str
    keys: tuple[str, ...]

    def edit(self, config: Config) -> Config:
        bond = _bond(config, self.bond, self)
        for key in self.keys:
            if key in (*COMMON, "slaves"):
                bond = unset(bond, key, Bond(), f"bond {self.bond}")
            elif key in bond.options:
                bond = replace(bond, options=without(bond.options, key))
            else:
                raise Refused(f"bond {self.bond} has no {key} of its own", code="E202")
        return _put_bond(config, self.bond, bond)


@dataclass(frozen=True)
class NetBondDel(Change):
    """Take a bond away."""

    bond: str

    def edit(self, config: Config) -> Config:
        _bond(config, self.bond, self)
        return replace(config, net=replace(config.net, bonds=without(config.net.bonds, self.bond)))
