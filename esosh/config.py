"""Every fact that may be configured: frozen dataclasses, one per section.

Config's field order is the order in which sections are applied. Four shapes only: a dataclass, a mapping from
name to object, a scalar in canonical form, and a tuple (whole) or a frozenset (merged per element). What a
file holds and esosh does not know is kept in `other` and survives.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Optional

STATES = ("active", "nonoptimized", "standby", "unavailable", "offline", "transitioning")


@dataclass(frozen=True)
class Device:
    """An SCST device. `absent`: it stands in scst.conf only. Attributes are those worth saving ("[key]" in sysfs)."""

    handler: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    absent: bool = False


@dataclass(frozen=True)
class Lun:
    """A device behind a number of a target or of an initiator group."""

    device: str
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class InitiatorGroup:
    """What a set of initiators sees of a target."""

    luns: Mapping[str, Lun] = field(default_factory=dict)
    initiators: frozenset[str] = frozenset()
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Target:
    """A target of this host. `rel_tgt_id` 0 means that SCST chooses one when it is enabled."""

    driver: str
    rel_tgt_id: int = 0
    attributes: Mapping[str, str] = field(default_factory=dict)
    luns: Mapping[str, Lun] = field(default_factory=dict)
    groups: Mapping[str, InitiatorGroup] = field(default_factory=dict)
    absent: bool = False


@dataclass(frozen=True)
class Port:
    """A target in a target group. `rel_tgt_id` is a remote port's; a local one's stands in its Target."""

    rel_tgt_id: int = 0


@dataclass(frozen=True)
class TargetGroup:
    """A target port group. `group_id` 0 means that none was given yet; the kernel takes 1 to 65535."""

    group_id: int = 0
    state: str = "active"
    preferred: bool = False
    targets: Mapping[str, Port] = field(default_factory=dict)


@dataclass(frozen=True)
class DeviceGroup:
    """Devices that share the states of their target groups. A device is in one device group at most."""

    devices: frozenset[str] = frozenset()
    target_groups: Mapping[str, TargetGroup] = field(default_factory=dict)


@dataclass(frozen=True)
class Scst:
    """SCST: what it exports is read from the machine, its device groups (ALUA) are configured."""

    devices: Mapping[str, Device] = field(default_factory=dict)
    targets: Mapping[str, Target] = field(default_factory=dict)
    groups: Mapping[str, DeviceGroup] = field(default_factory=dict)
    drivers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class General:
    """The box itself: the section [general] of network.conf."""

    hostname: str = "localhost"
    domainname: str = ""
    gateway: str = ""
    nameservers: tuple[str, ...] = ()
    other: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Iface:
    """A network interface. `address` is "IP/PREFIX", "dhcp" or "none"; `broadcast` only where it is not the usual one."""

    address: str = "none"
    mtu: int = 1500
    broadcast: Optional[str] = None
    ethtool: tuple[str, ...] = ()
    other: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Bond:
    """A bonding interface; `options` are the kernel's own names and words, in order, `mode` first."""

    slaves: tuple[str, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)
    address: str = "none"
    mtu: int = 1500
    broadcast: Optional[str] = None
    other: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Net:
    """The network: /etc/network.conf. `other` holds the sections of kinds that have no commands yet."""

    general: General = General()
    bonds: Mapping[str, Bond] = field(default_factory=dict)
    ifaces: Mapping[str, Iface] = field(default_factory=dict)
    other: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Service:
    """A service of rc.conf; `opts` None means the script's own."""

    enabled: bool = False
    opts: Optional[str] = None


@dataclass(frozen=True)
class Config:
    """The whole configuration of a box."""

    scst: Scst = Scst()
    net: Net = Net()
    svc: Mapping[str, Service] = field(default_factory=dict)


def blank(config: Config) -> Config:
    """The configuration with all that can be made taken away: what is left is what the box itself brings."""
    scst = replace(config.scst, groups={})
    services = {name: Service() for name in config.svc}
    return Config(scst, Net(General(other=config.net.general.other), other=config.net.other), services)
