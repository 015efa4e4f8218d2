"""How far an amendment of scst.conf goes: to what an edit is about and what the file lacks, and no further."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TypeVar

import pytest
from scst_compare import changed_lines
from scst_edits import MID, MID_SCST, T1, T2

from esosh.config.lazy import Lazy, having, without
from esosh.config.scst import Device, DeviceGroup, Driver, InitiatorGroup, Lun, Port, Scst, Target
from esosh.executors.scst import conf, drift, save
from esosh.records import replace

T = TypeVar("T")
OFF = "21:00:00:e0:8b:9d:74:49"


def guarded(objects: Mapping[str, T], *readable: str) -> Lazy[T]:
    """The objects, of which only some may be read."""
    def read(name: str) -> T:
        assert name in readable, f"{name} was read"
        return objects[name]

    return Lazy(objects, read)


def with_guard(**readable: Collection[str]) -> Scst:
    """SCST as the file has it, of which only these objects may be read."""
    kinds = ("devices", "targets", "groups", "drivers")
    return replace(MID_SCST, **{kind: guarded(getattr(MID_SCST, kind), *readable.get(kind, ())) for kind in kinds})


DEVICE = with_guard(devices=["disk0"])
TARGET = with_guard(targets=[T1])
GROUP = with_guard(groups=["esos"])
DRIVER = with_guard(drivers=["iscsi"])
NOTHING = with_guard()


def with_target(old: Scst, name: str, **parts: object) -> Scst:
    return replace(old, targets=having(old.targets, {name: replace(MID_SCST.targets[name], **parts)}))


T1_LUNS = guarded(MID_SCST.targets[T1].luns)
ALONE = {
    "nothing": (NOTHING, NOTHING, []),
    "an attribute of SCST": (NOTHING, replace(NOTHING, attributes={"setup_id": "0x1"}), ["- setup_id 0x1234", "+ setup_id 0x1"]),
    "an attribute of a device": (
        DEVICE, replace(DEVICE, devices=having(DEVICE.devices, {"disk0": Device("vdisk_fileio", {"filename": "/vd/f0.img", "nv_cache": "1",
                        "t10_dev_id": "0xDEADBEEF", "threads_num": "5", "usn": "ABC123"})})),
        ["- \t\tthreads_num 4", "+ \t\tthreads_num 5"]),
    "a new device": (
        NOTHING, replace(NOTHING, devices=having(NOTHING.devices, {"null1": Device("vdisk_nullio")})), ["+ ", "+ \tDEVICE null1"]),
    "a new target": (
        NOTHING, replace(NOTHING, targets=having(NOTHING.targets, {"z": Target("scst_local")})), ["+ ", "+ \tTARGET z"]),
    "a new device group": (
        NOTHING, replace(NOTHING, groups=having(NOTHING.groups, {"east": DeviceGroup()})), ["+ DEVICE_GROUP east {", "+ }", "+ "]),
    "a driver": (
        DRIVER, replace(DRIVER, drivers=having(DRIVER.drivers, {"iscsi": Driver(False)})), ["- \tenabled 1", "+ \tenabled 0"]),
    "a switch of a target": (TARGET, with_target(TARGET, T1, enabled=False), ["- \t\tenabled 1", "+ \t\tenabled 0"]),
    "members of a device group": (
        GROUP, replace(GROUP, groups=having(GROUP.groups, {"esos": replace(MID_SCST.groups["esos"], devices=frozenset({"disk0"}))})),
        ["- \tDEVICE disk1"]),
}


@pytest.mark.parametrize("old, new, differing", ALONE.values(), ids=ALONE)
def test_an_edit_reads_only_what_it_is_about(old, new, differing):
    assert changed_lines(MID, save.amend(MID, old, new)) == differing


def test_an_edit_of_a_lun_reads_no_other_lun_and_no_group():
    target = replace(MID_SCST.targets[T1], luns=T1_LUNS)
    old = replace(NOTHING, targets=having(NOTHING.targets, {T1: target}))
    new = with_target(old, T1, luns=having(T1_LUNS, {"7": Lun("null0")}))
    assert changed_lines(MID, save.amend(MID, old, new)) == ["+ ", "+ \t\tLUN 7 null0"]


def test_an_edit_of_a_group_of_initiators_reads_no_other_group():
    target = MID_SCST.targets[T2]
    groups = guarded(target.groups)
    old = replace(NOTHING, targets=having(NOTHING.targets, {T2: replace(target, groups=groups)}))
    new = replace(old, targets=having(old.targets, {T2: replace(target, groups=having(groups, {"others": InitiatorGroup()}))}))
    assert changed_lines(MID, save.amend(MID, old, new)) == ["+ ", "+ \t\tGROUP others"]


def test_a_device_that_goes_is_not_read_for_its_neighbours():
    old = with_guard(devices=["null0"])
    new = replace(old, devices=without(old.devices, "null0"))
    amended = save.amend(MID, old, new)
    assert "null0" not in amended and "disk0" in amended


def test_a_renamed_target_leaves_alone_the_groups_that_the_edit_is_not_about():
    old = with_guard(targets=[T1])
    new = replace(old, targets=having(without(old.targets, T1), {"iqn.new": MID_SCST.targets[T1]}))
    assert save.amend(MID, old, new) == MID.replace(f"\tTARGET {T1} {{", "\tTARGET iqn.new {", 1)


# what runs otherwise than the file says

RUNS = replace(
    MID_SCST, attributes={"setup_id": "0x9"},
    devices={**MID_SCST.devices, "disk1": Device("vdisk_blockio", {"filename": "/dev/loop7", "write_through": "1"})},
    targets={**MID_SCST.targets, T2: replace(MID_SCST.targets[T2], enabled=False), T1: replace(
        MID_SCST.targets[T1], luns={"0": Lun("disk0"), "1": Lun("null0"), "2": Lun("null0")})},
)


def edit_of(**parts: object) -> str:
    return save.amend(MID, RUNS, replace(RUNS, **parts))


def with_switch(name: str) -> Mapping[str, Target]:
    target = RUNS.targets[name]
    return {**RUNS.targets, name: replace(target, enabled=not target.enabled)}


@pytest.mark.parametrize("parts, differing", [
    ({}, []),
    ({"attributes": {"setup_id": "0x9", "poll_us": "7"}}, ["+ poll_us 7"]),
    ({"devices": {**RUNS.devices, "disk0": Device("vdisk_fileio", {**MID_SCST.devices["disk0"].attributes, "usn": "X"})}},
     ["- \t\tusn ABC123", "+ \t\tusn X"]),
    ({"targets": with_switch("loc")}, []),
    ({"targets": with_switch(T1)}, ["- \t\tenabled 1", "+ \t\tenabled 0", "+ ", "+ \t\tLUN 2 null0"]),
], ids=["nothing", "an attribute of SCST", "another device", "another target", "a target, whose other LUNs differ"])
def test_what_runs_otherwise_stays_in_the_file_where_the_edit_is_not_about_it(parts, differing):
    assert changed_lines(MID, edit_of(**parts)) == differing


def test_what_an_edit_is_about_is_saved_as_it_runs():
    device = replace(RUNS.devices["disk1"], attributes={**RUNS.devices["disk1"].attributes, "read_only": "1"})
    said = conf.read(edit_of(devices={**RUNS.devices, "disk1": device}))
    assert said.devices["disk1"] == device
    assert said.devices["disk0"] == MID_SCST.devices["disk0"]


def test_an_object_that_is_no_longer_the_same_one_is_saved_though_it_is_equal():
    said = conf.read(save.amend(MID, RUNS, replace(RUNS, devices={**RUNS.devices, "disk1": replace(RUNS.devices["disk1"])})))
    assert said.devices["disk1"] == RUNS.devices["disk1"]


# what runs and was never saved

UNSAVED = replace(
    MID_SCST, devices={**MID_SCST.devices, "new": Device("vdisk_nullio", {"read_zero": "1"}), 'it"s': Device("vdisk_nullio")},
    targets={**MID_SCST.targets, "z": Target("scst_local", luns={"0": Lun("new")}), OFF: Target("qla2x00t")},
    groups={**MID_SCST.groups, "east": DeviceGroup(frozenset({"new"}))},
)


def test_what_the_file_lacks_is_saved_whole():
    said = conf.read(save.amend(MID, UNSAVED, UNSAVED))
    assert said == replace(UNSAVED, devices=without(UNSAVED.devices, 'it"s'), drivers={**MID_SCST.drivers, "qla2x00t": Driver()})


def test_what_is_saved_along_is_told_by_kind():
    new = replace(UNSAVED, devices={**UNSAVED.devices, "more": Device("vdisk_nullio")})
    along = drift.by_kind(save.saved_along(MID, UNSAVED, new))
    assert [*along] == ['devices it"s new', "target z", "device group east"]
    assert [*save.left_out(MID, UNSAVED, new)] == [(("HANDLER", "vdisk_nullio"), ("DEVICE", 'it"s'))]


@pytest.mark.parametrize("old, new, differing", ALONE.values(), ids=ALONE)
def test_nothing_is_saved_along_with_an_edit_of_what_the_file_has(old, new, differing):
    assert [*save.saved_along(MID, old, new)] == []


def test_an_edit_that_is_about_a_target_tells_what_else_of_it_is_saved():
    new = replace(RUNS, targets=with_switch(T1))
    assert [*save.saved_along(MID, RUNS, new)] == [("targets", T1, "luns", "2"), ("targets", T1, "luns", "2", "device")]


# ids of targets of this host in target groups

OWN_ID = MID.replace(f"\t\tTARGET {T1}\n", f"\t\tTARGET {T1} {{\n\t\t\trel_tgt_id 7\n\t\t}}\n")


def test_an_id_in_a_target_group_stays_while_the_edit_is_about_something_else():
    said = conf.read(OWN_ID)
    assert said.targets[T1].rel_tgt_id == 7
    for new in (with_target(said, T2, enabled=False), replace(said, groups={**said.groups, "east": DeviceGroup()})):
        assert "\t\t\trel_tgt_id 7\n" in save.amend(OWN_ID, said, new)


def test_an_id_in_a_target_group_goes_to_its_target_when_the_port_goes():
    said = conf.read(OWN_ID)
    tgrps = said.groups["esos"].target_groups
    here = replace(tgrps["local"], targets={T2: Port()})
    group = replace(said.groups["esos"], target_groups={**tgrps, "local": here})
    amended = save.amend(OWN_ID, said, replace(said, groups={"esos": group}))
    assert conf.read(amended).targets[T1].rel_tgt_id == 7
