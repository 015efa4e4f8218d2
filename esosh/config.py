"""Every fact that may be configured: frozen dataclasses, one per section.

Config's field order is the order in which sections are applied. Four shapes only: a dataclass, a mapping from
name to object, a scalar in canonical form, and a tuple (whole) or a frozenset (merged per element). What a
file holds and esosh does not know is kept in `other` and survives.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Optional

STATES = ("active", "nonoptimized", "standby", "unavailable", "offline", "transitioning")
SWITCHLESS = ("scst_local",)  # target drivers whose targets are always enabled
DRIVERS = ("iscsi", "qla2x00t", "ib_srpt", "fcst", "scst_local", "atto_scst", "chfcoe", "ocs_fc_scst")  # those that ESOS loads
COPY_MANAGER = "copy_manager"  # a target driver that looks after itself
VIRTUAL = ("iscsi", "scst_local")  # target drivers whose targets are made; those of others are ports of the box


@dataclass(frozen=True)
class Device:
    """An SCST device. Attributes are those that are saved: "[key]" in sysfs, or a line of scst.conf."""

    handler: str
    attributes: Mapping[str, str] = field(default_factory=dict)


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
    """A target of this host. `rel_tgt_id` 0: none given yet; SCST gives an enabled target one.

    `users`: the secret of each IncomingUser; `outgoing`: OutgoingUser, "NAME SECRET"; `portals`: allowed_portal.
    """

    driver: str
    enabled: bool = False
    rel_tgt_id: int = 0
    attributes: Mapping[str, str] = field(default_factory=dict)
    users: Mapping[str, str] = field(default_factory=dict)
    outgoing: str = ""
    portals: frozenset[str] = frozenset()
    luns: Mapping[str, Lun] = field(default_factory=dict)
    groups: Mapping[str, InitiatorGroup] = field(default_factory=dict)


@dataclass(frozen=True)
class Driver:
    """A target driver; `users` and `outgoing` as a target's, for discovery."""

    enabled: bool = False
    attributes: Mapping[str, str] = field(default_factory=dict)
    users: Mapping[str, str] = field(default_factory=dict)
    outgoing: str = ""


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
    """SCST: what it exports, to whom, and its device groups (ALUA). Objects that stand in scst.conf only are in here too."""

    devices: Mapping[str, Device] = field(default_factory=dict)
    targets: Mapping[str, Target] = field(default_factory=dict)
    groups: Mapping[str, DeviceGroup] = field(default_factory=dict)
    drivers: Mapping[str, Driver] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)


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
    ports = {name: Target(target.driver) for name, target in config.scst.targets.items() if target.driver not in VIRTUAL}
    scst = Scst(targets=ports, drivers={name: Driver() for name in config.scst.drivers})
    services = {name: Service() for name in config.svc}
    return Config(scst, Net(General(other=config.net.general.other), other=config.net.other), services)
