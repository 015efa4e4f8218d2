"""SCST: what it exports, to whom, and its device groups (ALUA)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..records import NOTHING, Record
from .lazy import differing

STATES = ("active", "nonoptimized", "standby", "unavailable", "offline", "transitioning")
SWITCHLESS = ("scst_local",)  # target drivers whose targets are always enabled
DRIVERS = (  # the target drivers that ESOS loads
    "iscsi", "qla2x00t", "ib_srpt", "fcst", "scst_local", "atto_scst", "chfcoe", "ocs_fc_scst",
)
COPY_MANAGER = "copy_manager"  # SCST's own target driver: it has no switch, and its target is SCST's own
ALWAYS_LOADED = ("iscsi", COPY_MANAGER)  # the drivers that SCST has on every box
PARENT = "parent_host"  # the attribute of a virtual Fibre Channel port that names the port it is on
OF_VIRTUAL_PORTS = (PARENT, "node_name")  # what add_target of SCST's qla2x00t-32gbit (scst_qla2xxx) takes
VIRTUAL = ("iscsi", "scst_local")  # drivers whose targets are made; those of others are ports of the box
CORE = "scst_tgt"  # the name of SCST itself, as its folder in sysfs has it


class Device(Record):
    """An SCST device. Attributes are those that are saved: "[key]" in sysfs, or a line of scst.conf."""

    handler: str
    attributes: Mapping[str, str] = NOTHING


class Lun(Record):
    """The device that a LUN of a target or of an initiator group shows."""

    device: str
    attributes: Mapping[str, str] = NOTHING


class InitiatorGroup(Record):
    """The LUNs that a set of initiators sees of a target."""

    luns: Mapping[str, Lun] = NOTHING
    initiators: frozenset[str] = frozenset()
    attributes: Mapping[str, str] = NOTHING


class Target(Record):
    """A target of this host. `rel_tgt_id` 0: none set; SCST gives one to an enabled target.

    `users`: the secret of each IncomingUser. `outgoing`: the OutgoingUser, "NAME SECRET".
    `portals`: each allowed_portal.
    """

    driver: str
    enabled: bool = False
    rel_tgt_id: int = 0
    attributes: Mapping[str, str] = NOTHING
    users: Mapping[str, str] = NOTHING
    outgoing: str = ""
    portals: frozenset[str] = frozenset()
    luns: Mapping[str, Lun] = NOTHING
    groups: Mapping[str, InitiatorGroup] = NOTHING


class Driver(Record):
    """A target driver; `users` and `outgoing` are for discovery, in the form of a target's."""

    enabled: bool = False
    attributes: Mapping[str, str] = NOTHING
    users: Mapping[str, str] = NOTHING
    outgoing: str = ""


class Port(Record):
    """A target in a target group. `rel_tgt_id` is for a remote port; a local port has it in its Target."""

    rel_tgt_id: int = 0


class TargetGroup(Record):
    """A target port group. `group_id` 0: none set; the kernel accepts 1 to 65535."""

    group_id: int = 0
    state: str = "active"
    preferred: bool = False
    targets: Mapping[str, Port] = NOTHING


class DeviceGroup(Record):
    """Devices that share the states of their target groups. A device is in one device group at most."""

    devices: frozenset[str] = frozenset()
    target_groups: Mapping[str, TargetGroup] = NOTHING


class Scst(Record):
    """SCST: what it exports, to whom, and its device groups (ALUA). It has also what only scst.conf holds."""

    devices: Mapping[str, Device] = NOTHING
    targets: Mapping[str, Target] = NOTHING
    groups: Mapping[str, DeviceGroup] = NOTHING
    drivers: Mapping[str, Driver] = NOTHING
    attributes: Mapping[str, str] = NOTHING


KIND, EMPTY = Scst, Scst()


def beyond(scst: Scst, other: Scst) -> Scst:
    """What of SCST is not the same object in the other."""
    return Scst(**{part: _beyond(getattr(scst, part), getattr(other, part)) for part in Scst.PARTS})


def _beyond(objects: Mapping[str, Any], others: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: objects[name] for name in differing(others, objects) if name in objects}


def is_virtual_port(target: Target) -> bool:
    """Whether a target is a virtual port of a Fibre Channel card (NPIV): it names the port that it is on."""
    return PARENT in target.attributes


def is_local(scst: Scst, target: str) -> bool:
    """Whether a target is a port of this host; any other name is a port of the other host."""
    return target in scst.targets


def all_ports(scst: Scst) -> list[Mapping[str, Port]]:
    """The ports of each target group of each device group."""
    return [tgrp.targets for group in scst.groups.values() for tgrp in group.target_groups.values()]


def rel_tgt_id(scst: Scst, target: str, port: Port) -> int:
    """The relative target id of a port; a local port has that of its target."""
    return port.rel_tgt_id or (scst.targets[target].rel_tgt_id if is_local(scst, target) else 0)


def blank(scst: Scst) -> Scst:
    """The ports of the box's cards, and the target drivers, all at their defaults."""
    drivers = {name: target.driver for name, target in scst.targets.items() if target.driver not in VIRTUAL}
    ports = {name: Target(driver) for name, driver in drivers.items()}
    return Scst(targets=ports, drivers={name: Driver() for name in scst.drivers})
