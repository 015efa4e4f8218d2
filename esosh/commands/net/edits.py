"""Bonds and interfaces of a candidate: found and replaced."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Optional

from ...config import Config
from ...config.lazy import having
from ...config.net import Bond, Iface
from ...records import replace
from .. import Command
from ..names import look_up


def bond_of(config: Config, name: str, line: Command) -> Bond:
    """A bond by its name. Raises Refused."""
    return look_up("bond", name, config.net.bonds, line)


def iface_of(config: Config, name: str, line: Command) -> Iface:
    """The settings of an interface by its name. Raises Refused."""
    return look_up("settings of interface", name, config.net.ifaces, line)


def put_bond(config: Config, name: str, bond: Bond) -> Config:
    """The configuration with that bond."""
    return config.having(net=replace(config.net, bonds=having(config.net.bonds, {name: bond})))


def put_iface(config: Config, name: str, iface: Iface) -> Config:
    """The configuration with those settings of an interface."""
    return config.having(net=replace(config.net, ifaces=having(config.net.ifaces, {name: iface})))


def bond_with(slave: str, bonds: Mapping[str, Bond]) -> Optional[str]:
    """The bond of which an interface is a slave; None for no bond."""
    return next((name for name, bond in bonds.items() if slave in bond.slaves), None)
