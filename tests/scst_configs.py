"""Configurations of SCST for tests: random ones that a box with two Fibre Channel ports takes, each value as the kernel
shows it; edits of a sample file; and what two of them have in common."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Optional

from hypothesis import strategies as st

from esosh.config import STATES, Device, DeviceGroup, Driver, InitiatorGroup, Lun, Port, Scst, Target, TargetGroup
from esosh.executors.scst import conf

PORTS = ("21:00:00:e0:8b:9d:74:49", "21:01:00:e0:8b:bd:74:49")  # of qla2x00t: always there
VIRTUAL_TARGETS = {"iscsi": ("iqn.2026-01.lab:t1", "iqn.2026-01.lab:t2", "iqn.2026-01.lab:t3"), "scst_local": ("loc", "local2")}
REMOTE = ("21:00:00:1b:32:01:6b:11", "iqn.2026-01.lab:other")
INITIATORS = ("iqn.1993-08.org.debian:*", "iqn.1993-08.org.debian:01:aaa", "21:00:00:24:ff:5c:1c:88", "!iqn.1993-08.org.debian:01:b?b",
              "*#10.1.*")
DISKS = tuple(f"disk{number}" for number in range(6))
FILES: Mapping[str, Sequence[str]] = {
    "vdisk_fileio": [f"/mnt/vdisks/vd1/f{number}.img" for number in range(1, 5)],
    "vdisk_blockio": [f"/dev/sd{letter}" for letter in "bcde"],
}

_IDENTITY = {"usn": ["ABC123", "0042"], "t10_dev_id": ["0xDEADBEEF", "lun a"], "prod_id": ["disk of x"]}
_ANY = {"read_only": ["1"], "rotational": ["0"], "threads_num": ["4", "12"], "threads_pool_type": ["shared"], "blocksize": ["4096"]}
_OF_FILES = {**_ANY, **_IDENTITY, "expl_alua": ["1"]}
DEVICES: Mapping[str, Mapping[str, Sequence[str]]] = {
    "vdisk_fileio": {**_OF_FILES, "nv_cache": ["1"], "bind_alua_state": ["1"]},
    "vdisk_blockio": {**_OF_FILES, "write_through": ["1"], "bind_alua_state": ["0"]},
    "vdisk_nullio": {**_ANY, **_IDENTITY, "read_zero": ["1"], "size": ["16777216", "104857600"]},
}
_TARGET = {"comment": ["two words", "one", "50% #1"], "addr_method": ["FLAT", "LUN"], "io_grouping_type": ["never", "3"]}
TARGETS: Mapping[str, Mapping[str, Sequence[str]]] = {
    "iscsi": {**_TARGET, "HeaderDigest": ["CRC32C"], "QueuedCommands": ["64"], "InitialR2T": ["Yes"], "per_portal_acl": ["1"]},
    "scst_local": _TARGET,
    "qla2x00t": _TARGET,
}
_GROUP = {"addr_method": ["LUN"], "io_grouping_type": ["this_group_only"]}
_CORE = {"setup_id": ["0x1234"], "max_tasklet_cmd": ["20"], "cluster_name": ["lab"]}

some_ids = st.integers(1, 8) | st.integers(1, 65535)  # few, so that targets take over each other's
users = st.dictionaries(st.sampled_from(["joe", "ann"]), st.sampled_from(["secretsecret", "otherother12"]))
outgoing = st.sampled_from(["", "box outoutoutout", "rack outoutout222"])
portals = st.frozensets(st.sampled_from(["10.0.0.1", "10.0.1.*"]))


@st.composite
def some(draw: st.DrawFn, values: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """A few attributes of these, each with one of its values."""
    keys = draw(st.lists(st.sampled_from(sorted(values)), unique=True, max_size=3))
    return {key: draw(st.sampled_from(values[key])) for key in keys}


@st.composite
def devices(draw: st.DrawFn) -> dict[str, Device]:
    free = {handler: list(draw(st.permutations(files))) for handler, files in FILES.items()}
    found = {}
    for name in draw(st.lists(st.sampled_from(DISKS), unique=True)):
        handler = draw(st.sampled_from([handler for handler in sorted(DEVICES) if free.get(handler, "any")]))
        file = {"filename": free[handler].pop()} if handler in free else {}
        told = draw(some(DEVICES[handler]))
        if "read_only" in told:  # SCST makes no read-only device that is told how to write
            told = {key: value for key, value in told.items() if key not in ("nv_cache", "write_through")}
        found[name] = Device(handler, {**file, **told})
    return found


@st.composite
def luns(draw: st.DrawFn, there: Sequence[str]) -> dict[str, Lun]:
    """LUNs by number, of these devices."""
    numbers = draw(st.sets(st.sampled_from([0, 1, 2, 10, 255]), max_size=3)) if there else set()
    attributes = st.sampled_from([{}, {}, {"read_only": "1"}])
    return {str(number): Lun(draw(st.sampled_from(there)), draw(attributes)) for number in sorted(numbers)}


@st.composite
def initiator_groups(draw: st.DrawFn, there: Sequence[str]) -> dict[str, InitiatorGroup]:
    """An initiator is in one group of a target at most."""
    homes = draw(st.dictionaries(st.sampled_from(INITIATORS), st.sampled_from(["hosts", "others"])))
    names = draw(st.sets(st.sampled_from(["hosts", "others"]), max_size=2))
    return {name: InitiatorGroup(draw(luns(there)), frozenset(one for one, home in homes.items() if home == name), draw(some(_GROUP)))
            for name in sorted(names)}


@st.composite
def targets(draw: st.DrawFn, driver: str, there: Sequence[str], number: int) -> Target:
    """A target; one that is enabled has its id."""
    enabled = driver != "scst_local" and draw(st.booleans())
    about: dict[str, Any] = {}
    if driver == "iscsi":
        about = {"users": draw(users), "outgoing": draw(outgoing), "portals": draw(portals)}
    return Target(driver, enabled, number if enabled or draw(st.booleans()) else 0, draw(some(TARGETS[driver])),
                  luns=draw(luns(there)), groups=draw(initiator_groups(there)), **about)


@st.composite
def all_targets(draw: st.DrawFn, there: Sequence[str]) -> dict[str, Target]:
    drivers = {**dict.fromkeys(PORTS, "qla2x00t"), **{name: driver for driver, names in VIRTUAL_TARGETS.items() for name in names}}
    names = [*PORTS, *sorted(draw(st.sets(st.sampled_from([name for name in drivers if name not in PORTS]))))]
    numbers = draw(st.lists(some_ids, min_size=len(names), max_size=len(names), unique=True))
    return {name: draw(targets(drivers[name], there, number)) for name, number in zip(names, numbers)}


@st.composite
def device_groups(draw: st.DrawFn, there: Sequence[str], local: Sequence[str]) -> dict[str, DeviceGroup]:
    """A device is in one group at most, a target in one target group of each, an id stands for one target group of each."""
    names = sorted(draw(st.sets(st.sampled_from(["esos", "east"]))))
    homes = {device: draw(st.sampled_from(["", *names])) for device in there}
    return {name: DeviceGroup(frozenset(device for device in there if homes[device] == name), draw(target_groups(local))) for name in names}


@st.composite
def target_groups(draw: st.DrawFn, local: Sequence[str]) -> dict[str, TargetGroup]:
    names = sorted(draw(st.sets(st.sampled_from(["here", "there"]))))
    numbers = draw(st.lists(some_ids, min_size=2, max_size=2, unique=True))
    homes: dict[str, Optional[str]] = {port: draw(st.sampled_from([None, *names])) for port in (*local, *REMOTE)}
    return {name: TargetGroup(draw(st.sampled_from([0, number])), draw(st.sampled_from(STATES)), draw(st.booleans()),
                              {port: Port(0 if port in local else draw(st.just(0) | some_ids))
                               for port, home in homes.items() if home == name})
            for name, number in zip(names, numbers)}


@st.composite
def scsts(draw: st.DrawFn) -> Scst:
    """A configuration of SCST that a box takes."""
    disks = draw(devices())
    there = draw(all_targets(sorted(disks)))
    iscsi = Driver(draw(st.booleans()), draw(some({"link_local": ["0"]})), draw(users), draw(outgoing))
    drivers = {"iscsi": iscsi, "qla2x00t": Driver(), "scst_local": Driver()}
    return Scst(disks, there, draw(device_groups(sorted(disks), sorted(there))), drivers, draw(some(_CORE)))


def filed(scst: Scst) -> Scst:
    """What a file says of a configuration: a driver that has nothing to say does not stand in it."""
    used = {target.driver for target in scst.targets.values()}
    return replace(scst, drivers={name: driver for name, driver in scst.drivers.items() if name in used or driver != Driver()})


def lines(before: str, after: str) -> list[str]:
    """The lines that differ."""
    return [line for line in difflib.ndiff(before.splitlines(), after.splitlines()) if line[0] in "+-"]


def holds(said: Scst, old: Scst, new: Scst) -> None:
    """All of `new` is in `said`, nothing that `old` only has, and no device in two groups."""
    for name, device in new.devices.items():
        assert said.devices[name].handler == device.handler
        assert device.attributes.items() <= said.devices[name].attributes.items()
    for name, about in new.targets.items():
        there = said.targets[name]
        assert (about.driver, about.enabled, about.rel_tgt_id, about.outgoing) == (there.driver, there.enabled, there.rel_tgt_id, there.outgoing)
        assert about.users.items() <= there.users.items()
        assert about.portals <= there.portals
        assert about.attributes.items() <= there.attributes.items()
        assert all(lun == there.luns[number] for number, lun in about.luns.items())
        assert all(group.initiators <= there.groups[key].initiators for key, group in about.groups.items())
    for name, group in new.groups.items():
        assert group.devices <= said.groups[name].devices
        assert all(tgrp.targets.items() <= said.groups[name].target_groups[key].targets.items() for key, tgrp in group.target_groups.items())
    assert not (old.devices.keys() - new.devices.keys()) & used(said)
    assert not (old.targets.keys() - new.targets.keys()) & said.targets.keys()
    members = [device for group in said.groups.values() for device in group.devices]
    assert len(members) == len(set(members))


def used(scst: Scst) -> set[str]:
    """The devices, and those that something refers to."""
    mapped = [lun.device for about in scst.targets.values() for luns in (about.luns, *(group.luns for group in about.groups.values()))
              for lun in luns.values()]
    return {*scst.devices, *mapped, *(device for group in scst.groups.values() for device in group.devices)}


Steps = tuple[str, ...]


def blocks(node: conf.Node, path: Steps = ()) -> Iterator[Steps]:
    """The place of each block."""
    for child in node.children or ():
        if len(child.words) > 1 and child.words[0].isupper():
            here = (*path, " ".join(child.words[:2]))
            yield here
            yield from blocks(child, here)


def strange_lines(node: conf.Node, amended: conf.Node) -> set[tuple[Steps, str]]:
    """The lines that are nobody's in blocks that an amended file still has; a LUN that changes is made anew."""
    left = {(), *blocks(amended)}
    lasting = {path[:1] for path, _ in _strange(node) if path and path[0].startswith(("HANDLER", "TARGET_DRIVER"))}
    return {(path, raw) for path, raw in _strange(node) if path in left | lasting and not any(step.startswith("LUN") for step in path)}


def _strange(node: conf.Node, path: Steps = ()) -> Iterator[tuple[Steps, str]]:
    """Each line that is nobody's, with the place of the block that it stands in."""
    for child in node.children or ():
        if child.words[:1] == ("ODD",) or child.raw.startswith("# mine"):
            yield path, child.text()
        elif len(child.words) > 1:
            yield from _strange(child, (*path, " ".join(child.words[:2])))


SAMPLES = {file.stem: file.read_text() for file in sorted((Path(__file__).parent / "data" / "scst").glob("*.conf"))}
MID = SAMPLES["mid"]
T1, T2 = "iqn.2026-01.lab:t1", "iqn.2026-01.lab:t2"


def with_target(scst: Scst, name: str, **about: object) -> Scst:
    return replace(scst, targets={**scst.targets, name: replace(scst.targets[name], **about)})


def with_device(scst: Scst, name: str, **attributes: str) -> Scst:
    device = scst.devices[name]
    return replace(scst, devices={**scst.devices, name: replace(device, attributes={**device.attributes, **attributes})})


def with_group(scst: Scst, **about: object) -> Scst:
    return replace(scst, groups={"esos": replace(scst.groups["esos"], **about)})


SAID = conf.read(MID)
LUNS = SAID.targets[T1].luns
EDITS = [  # what is new in MID, and the lines that differ then
    (replace(SAID, attributes={"setup_id": "0x1"}), ["- setup_id 0x1234", "+ setup_id 0x1"]),
    (replace(SAID, attributes={}), ["- ", "- setup_id 0x1234"]),
    (replace(SAID, attributes={**SAID.attributes, "poll_us": "9"}), ["+ poll_us 9"]),
    (with_device(SAID, "disk0", rotational="0"), ["+ \t\trotational 0"]),
    (with_device(SAID, "disk0", threads_num="5"), ["- \t\tthreads_num 4", "+ \t\tthreads_num 5"]),
    (with_target(SAID, T1, enabled=False), ["- \t\tenabled 1", "+ \t\tenabled 0"]),
    (with_target(SAID, T1, rel_tgt_id=0), ["- \t\trel_tgt_id 1"]),
    (with_target(SAID, "loc", rel_tgt_id=3), ["+ \t\trel_tgt_id 3", "+ "]),
    (with_target(SAID, T1, users={"joe": "x"}), ['- \t\tIncomingUser "joe secretsecret12"', '+ \t\tIncomingUser "joe x"']),
    (with_target(SAID, T1, users={"joe": "secretsecret12", "ann": "y"}), ['+ \t\tIncomingUser "ann y"']),
    (with_target(SAID, T1, outgoing="a b"), ['+ \t\tOutgoingUser "a b"']),
    (with_target(SAID, T1, portals=frozenset({"10.0.0.1"})), ["+ \t\tallowed_portal 10.0.0.1"]),
    (with_target(SAID, T1, attributes={}), ["- \t\tHeaderDigest CRC32C"]),
    (with_target(SAID, T1, luns={**LUNS, "0": Lun("null0")}), ["- \t\tLUN 0 disk0", "+ \t\tLUN 0 null0"]),
    (with_target(SAID, T1, luns={"1": LUNS["1"]}), ["- \t\tLUN 0 disk0"]),
    (with_target(SAID, T1, luns={**LUNS, "1": Lun("disk1")}), ["- \t\tLUN 1 disk1 {", "+ \t\tLUN 1 disk1", "- \t\t\tread_only 1", "- \t\t}"]),
    (with_target(SAID, "loc", luns={"0": Lun("null0"), "10": Lun("disk0"), "9": Lun("disk1", {"read_only": "1"})}),
     ["+ \t\tLUN 9 disk1 {", "+ \t\t\tread_only 1", "+ \t\t}", "+ ", "+ \t\tLUN 10 disk0"]),
    (with_target(SAID, T2, groups={"hosts": replace(SAID.targets[T2].groups["hosts"], initiators=frozenset(
        {"iqn.1993-08.org.debian:*", "iqn.1993-08.org.debian:01:aaa", "new"}))}), ["+ ", "+ \t\t\tINITIATOR new"]),
    (with_target(SAID, T2, groups={}), [
        "- ", "- \t\tGROUP hosts {", "- \t\t\tLUN 0 null0", "- \t\t\tLUN 1 disk0", "- ", "- \t\t\tINITIATOR iqn.1993-08.org.debian:*",
        "- ", "- \t\t\tINITIATOR iqn.1993-08.org.debian:01:aaa", "- \t\t}"]),
    (replace(SAID, drivers={**SAID.drivers, "iscsi": Driver(False)}), ["- \tenabled 1", "+ \tenabled 0"]),
    (replace(SAID, drivers={**SAID.drivers, "ib_srpt": Driver()}), []),
    (with_group(SAID, devices=frozenset({"disk0", "disk1", "null0"})), ["+ \tDEVICE null0"]),
    (with_group(SAID, devices=frozenset({"disk0"})), ["- \tDEVICE disk1"]),
    (replace(SAID, groups={**SAID.groups, "east": DeviceGroup()}), ["+ DEVICE_GROUP east {", "+ }", "+ "]),
    (replace(SAID, targets={**SAID.targets, "iqn.2026-01.lab:t0": Target("iscsi", rel_tgt_id=7)}),
     ["+ ", "+ \tTARGET iqn.2026-01.lab:t0 {", "+ \t\tenabled 0", "+ \t\trel_tgt_id 7", "+ \t}"]),
    (replace(SAID, targets={**SAID.targets, "21:00": Target("qla2x00t", True, 9)}, drivers={**SAID.drivers, "qla2x00t": Driver()}),
     ["+ TARGET_DRIVER qla2x00t {", "+ \tTARGET 21:00 {", "+ \t\tenabled 1", "+ \t\trel_tgt_id 9", "+ \t}", "+ }", "+ "]),
    (replace(SAID, targets={**SAID.targets, "z": Target("scst_local")}), ["+ ", "+ \tTARGET z"]),
]
