"""Two hosts that offer the same devices, in memory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from esosh.checks.scst import peer
from esosh.config.scst import Device, DeviceGroup, InitiatorGroup, Lun, Port, Scst, Target, TargetGroup
from esosh.records import replace

X, Y, Z = "21:00:00:e0:8b:9d:74:49", "21:00:00:1b:32:01:6b:11", "21:00:00:1b:32:01:6b:12"
DISK = Device("vdisk_blockio", {"filename": "/dev/drbd0"})
Groups = Mapping[str, TargetGroup]


def host(port: str, tgrps: Groups, rel_tgt_id: int = 1, **parts: Any) -> Scst:
    """A host with one Fibre Channel port that exports one device of the device group esos."""
    target = Target("qla2x00t", True, rel_tgt_id, luns={"0": Lun("disk01")})
    group = DeviceGroup(frozenset({"disk01"}), tgrps)
    return Scst(**{"devices": {"disk01": DISK}, "targets": {port: target}, "groups": {"esos": group}, **parts})


def tgrp(group_id: int, *ports: str, rel_tgt_id: int = 0, **parts: Any) -> TargetGroup:
    return TargetGroup(group_id, targets={port: Port(rel_tgt_id) for port in ports}, **parts)


A = {"local": tgrp(1, X), "remote": tgrp(2, Y, rel_tgt_id=2)}
B = {"local": tgrp(2, Y), "remote": tgrp(1, X, rel_tgt_id=1)}
MINE, THEIRS = host(X, A), host(Y, B, 2)


def summaries(mine: Scst, theirs: Scst) -> list[str]:
    """The code and the subject of each finding."""
    return [f"{finding.code} {finding.subject}" for finding in peer.findings(mine, theirs)]


def hints(mine: Scst, theirs: Scst) -> list[str]:
    return [finding.hint for finding in peer.findings(mine, theirs) if finding.hint]


def with_tgrps(scst: Scst, **tgrps: TargetGroup) -> Scst:
    """The host with other target groups; an empty TargetGroup() removes one."""
    group = scst.groups["esos"]
    merged = {**group.target_groups, **tgrps}
    kept = {name: target_group for name, target_group in merged.items() if target_group != TargetGroup()}
    return replace(scst, groups={"esos": replace(group, target_groups=kept)})


def with_disk(scst: Scst, handler: str = "vdisk_blockio", **attributes: str) -> Scst:
    return replace(scst, devices={"disk01": Device(handler, {**DISK.attributes, **attributes})})


def with_luns(scst: Scst, luns: Mapping[str, str], **groups: Mapping[str, str]) -> Scst:
    """The host with other LUNs on its target, and with groups for one initiator each, named as the group."""
    (name, target), = scst.targets.items()
    initiator_groups = {group: InitiatorGroup(_luns(devices), frozenset({group})) for group, devices in groups.items()}
    return replace(scst, targets={name: replace(target, luns=_luns(luns), groups=initiator_groups)})


def _luns(devices: Mapping[str, str]) -> dict[str, Lun]:
    return {number: Lun(device) for number, device in devices.items()}


def with_targets(scst: Scst, targets: Mapping[str, Target]) -> Scst:
    return replace(scst, targets={**scst.targets, **targets})
