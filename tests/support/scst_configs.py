"""Random configurations of SCST that a box with two Fibre Channel ports accepts, each value as the kernel shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Optional

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from esosh.config.scst import (
    STATES,
    Device,
    DeviceGroup,
    Driver,
    InitiatorGroup,
    Lun,
    Port,
    Scst,
    Target,
    TargetGroup,
)
from esosh.records import replace

PORTS = ("21:00:00:e0:8b:9d:74:49", "21:01:00:e0:8b:bd:74:49")  # of qla2x00t: always present
VIRTUAL_TARGETS = {
    "iscsi": ("iqn.2026-01.lab:t1", "iqn.2026-01.lab:t2", "iqn.2026-01.lab:t3"), "scst_local": ("loc", "local2"),
}
REMOTE = ("21:00:00:1b:32:01:6b:11", "iqn.2026-01.lab:other")
INITIATORS = (
    "iqn.1993-08.org.debian:*", "iqn.1993-08.org.debian:01:aaa", "21:00:00:24:ff:5c:1c:88",
    "!iqn.1993-08.org.debian:01:b?b", "*#10.1.*",
)
DISKS = tuple(f"disk{number}" for number in range(6))
FILES: Mapping[str, Sequence[str]] = {
    "vdisk_fileio": [f"/mnt/vdisks/vd1/f{number}.img" for number in range(1, 5)],
    "vdisk_blockio": [f"/dev/sd{letter}" for letter in "bcde"],
}

_IDENTITY = {"usn": ["ABC123", "0042"], "t10_dev_id": ["0xDEADBEEF", "lun a"], "prod_id": ["disk of x"], "naa_id": ["0x5001405abcdef001"]}
_ANY = {
    "read_only": ["1"], "rotational": ["0"], "threads_num": ["4", "12"], "threads_pool_type": ["shared"], "blocksize": ["4096"],
    "cluster_mode": ["1"], "opt_trans_len": ["8192"],
}
_OF_FILES = {**_ANY, **_IDENTITY, "expl_alua": ["1"]}
DEVICES: Mapping[str, Mapping[str, Sequence[str]]] = {
    "vdisk_fileio": {**_OF_FILES, "nv_cache": ["1"], "bind_alua_state": ["1"]},
    "vdisk_blockio": {**_OF_FILES, "write_through": ["1"], "bind_alua_state": ["0"]},
    "vdisk_nullio": {**_ANY, **_IDENTITY, "read_zero": ["1"], "size": ["16777216", "104857600"]},
}
_TARGET = {"comment": ["two words", "one", "50% #1"], "addr_method": ["FLAT", "LUN"], "io_grouping_type": ["never", "3"], "cpu_mask": ["1"]}
TARGETS: Mapping[str, Mapping[str, Sequence[str]]] = {
    "iscsi": {
        **_TARGET, "HeaderDigest": ["CRC32C"], "QueuedCommands": ["64"], "InitialR2T": ["Yes"], "per_portal_acl": ["1"],
        "redirect": ["10.0.0.1 temp", "[fe80::1]:99 perm"],
    },
    "scst_local": _TARGET,
    "qla2x00t": _TARGET,
}
_GROUP = {"addr_method": ["LUN"], "io_grouping_type": ["this_group_only"]}
_CORE = {"setup_id": ["0x1234"], "max_tasklet_cmd": ["20"], "cluster_name": ["lab"]}

target_ids = st.integers(1, 8) | st.integers(1, 65535)  # often a small one, so that targets take over ids
users = st.dictionaries(st.sampled_from(["joe", "ann"]), st.sampled_from(["secretsecret", "otherother12"]))
outgoing = st.sampled_from(["", "box outoutoutout", "rack outoutout222"])
portals = st.frozensets(st.sampled_from(["10.0.0.1", "10.0.1.*"]))


@st.composite
def some_attributes(draw: st.DrawFn, values: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """A few of these attributes, each with one of its values."""
    keys = draw(st.lists(st.sampled_from(sorted(values)), unique=True, max_size=3))
    return {key: draw(st.sampled_from(values[key])) for key in keys}


@st.composite
def devices(draw: st.DrawFn) -> dict[str, Device]:
    free = {handler: list(draw(st.permutations(files))) for handler, files in FILES.items()}
    drawn = {}
    for name in draw(st.lists(st.sampled_from(DISKS), unique=True)):
        handler = draw(st.sampled_from([handler for handler in sorted(DEVICES) if free.get(handler, "any")]))
        file = {"filename": free[handler].pop()} if handler in free else {}
        attributes = draw(some_attributes(DEVICES[handler]))
        if "read_only" in attributes:  # SCST refuses attributes about writing on a read-only device
            attributes = {key: value for key, value in attributes.items() if key not in ("nv_cache", "write_through")}
        drawn[name] = Device(handler, {**file, **attributes})
    return drawn


def accepted_after(old: Scst, new: Scst) -> Scst:
    """What SCST accepts of a configuration after another one: a device of a cluster keeps its identity."""
    devices = dict(new.devices)
    for name in old.devices.keys() & devices.keys():
        before, after = old.devices[name].attributes, devices[name].attributes
        if "cluster_mode" in before and before.get("t10_dev_id") != after.get("t10_dev_id"):
            devices[name] = replace(devices[name], attributes={k: v for k, v in after.items() if k != "cluster_mode"})
    return replace(new, devices=devices)


@st.composite
def luns(draw: st.DrawFn, disks: Sequence[str]) -> dict[str, Lun]:
    """LUNs by number, of these devices."""
    numbers = draw(st.sets(st.sampled_from([0, 1, 2, 10, 255]), max_size=3)) if disks else set()
    attributes = st.sampled_from([{}, {}, {"read_only": "1"}])
    return {str(number): Lun(draw(st.sampled_from(disks)), draw(attributes)) for number in sorted(numbers)}


@st.composite
def initiator_groups(draw: st.DrawFn, disks: Sequence[str]) -> dict[str, InitiatorGroup]:
    """Groups of a target; an initiator is in at most one of them."""
    homes = draw(st.dictionaries(st.sampled_from(INITIATORS), st.sampled_from(["hosts", "others"])))
    names = draw(st.sets(st.sampled_from(["hosts", "others"]), max_size=2))
    return {
        name: InitiatorGroup(
            draw(luns(disks)),
            frozenset(initiator for initiator, home in homes.items() if home == name),
            draw(some_attributes(_GROUP)),
        )
        for name in sorted(names)
    }


@st.composite
def targets(draw: st.DrawFn, driver: str, disks: Sequence[str], number: int) -> Target:
    """A target; an enabled one has an id."""
    enabled = driver != "scst_local" and draw(st.booleans())
    iscsi: dict[str, Any] = {}
    if driver == "iscsi":
        iscsi = {"users": draw(users), "outgoing": draw(outgoing), "portals": draw(portals)}
    rel_tgt_id = number if enabled or draw(st.booleans()) else 0
    attributes = draw(some_attributes(TARGETS[driver]))
    return Target(
        driver, enabled, rel_tgt_id, attributes, luns=draw(luns(disks)), groups=draw(initiator_groups(disks)), **iscsi
    )


@st.composite
def all_targets(draw: st.DrawFn, disks: Sequence[str]) -> dict[str, Target]:
    virtual = {name: driver for driver, names in VIRTUAL_TARGETS.items() for name in names}
    drivers = {**dict.fromkeys(PORTS, "qla2x00t"), **virtual}
    names = [*PORTS, *sorted(draw(st.sets(st.sampled_from([*virtual]))))]
    numbers = draw(st.lists(target_ids, min_size=len(names), max_size=len(names), unique=True))
    return {name: draw(targets(drivers[name], disks, number)) for name, number in zip(names, numbers)}


@st.composite
def device_groups(draw: st.DrawFn, disks: Sequence[str], local: Sequence[str]) -> dict[str, DeviceGroup]:
    """Device groups: a device is in at most one, and in each a target and an id are in at most one target group."""
    names = sorted(draw(st.sets(st.sampled_from(["esos", "east"]))))
    homes = {disk: draw(st.sampled_from(["", *names])) for disk in disks}
    return {
        name: DeviceGroup(frozenset(disk for disk in disks if homes[disk] == name), draw(target_groups(local)))
        for name in names
    }


@st.composite
def target_groups(draw: st.DrawFn, local: Sequence[str]) -> dict[str, TargetGroup]:
    names = sorted(draw(st.sets(st.sampled_from(["here", "there"]))))
    numbers = draw(st.lists(target_ids, min_size=2, max_size=2, unique=True))
    homes: dict[str, Optional[str]] = {port: draw(st.sampled_from([None, *names])) for port in (*local, *REMOTE)}
    return {
        name: TargetGroup(
            draw(st.sampled_from([0, number])),
            draw(st.sampled_from(STATES)),
            draw(st.booleans()),
            {
                port: Port(0 if port in local else draw(st.just(0) | target_ids))
                for port, home in homes.items() if home == name
            },
        )
        for name, number in zip(names, numbers)
    }


@st.composite
def scsts(draw: st.DrawFn) -> Scst:
    """A configuration of SCST that a box accepts."""
    disks = draw(devices())
    named_targets = draw(all_targets(sorted(disks)))
    iscsi = Driver(draw(st.booleans()), draw(some_attributes({"link_local": ["0"]})), draw(users), draw(outgoing))
    copy_manager = Driver(attributes=draw(some_attributes({"allow_not_connected_copy": ["1"]})))
    drivers = {"iscsi": iscsi, "qla2x00t": Driver(), "scst_local": Driver(), "copy_manager": copy_manager}
    groups = draw(device_groups(sorted(disks), sorted(named_targets)))
    return Scst(disks, named_targets, groups, drivers, draw(some_attributes(_CORE)))


def as_saved(scst: Scst) -> Scst:
    """The configuration as scst.conf has it, which omits drivers without targets and settings."""
    used = {target.driver for target in scst.targets.values()}
    drivers = {name: driver for name, driver in scst.drivers.items() if name in used or driver != Driver()}
    return replace(scst, drivers=drivers)


many_examples = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
