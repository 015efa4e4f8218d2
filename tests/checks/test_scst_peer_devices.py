"""The devices of two hosts: the same members, the same LUNs for each initiator, the same disks."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from pair import DISK, MINE, THEIRS, A, B, X, hints, summaries, with_disk, with_luns

from esosh.checks.scst import peer
from esosh.config.scst import Device, DeviceGroup, InitiatorGroup, Lun, Scst
from esosh.records import replace


def with_groups(scst: Scst, groups: Mapping[str, tuple[str, str]]) -> Scst:
    """The host with groups of initiators of one letter that see the device as one number, if any; "" are the target's own LUNs."""
    (name, target), = scst.targets.items()
    luns = {group: {number: Lun("disk01")} if number else {} for group, (_, number) in groups.items()}
    inner = {group: InitiatorGroup(luns[group], frozenset(letters)) for group, (letters, _) in groups.items() if group}
    return replace(scst, targets={name: replace(target, luns=luns.get("", {}), groups=inner)})


@pytest.mark.parametrize("here, there, known, texts, lines", [
    ({"disk01"}, {"disk01"}, {"disk01"}, [], []),
    ({"disk01", "a"}, {"disk01"}, {"disk01", "a"}, ["only this host has a in it"], []),
    ({"disk01"}, {"disk01", "b", "a"}, {"disk01", "a", "b"}, ["only the other host has a b in it"], ["alua device add esos a b"]),
    ({"disk01"}, {"disk01", "a"}, {"disk01"}, ["the other host has a in it, which this host does not have"], []),
    ({"disk01"}, {"disk01", *"abcdefghij"}, {"disk01"}, ["the other host has a b c d e f g h and 2 more in it, which this host does not have"], []),
])
def test_devices_that_one_host_alone_has_in_the_group_are_told(here, there, known, texts, lines):
    mine = replace(MINE, groups={"esos": DeviceGroup(frozenset(here), A)}, devices=dict.fromkeys(known, DISK))
    theirs = replace(THEIRS, groups={"esos": DeviceGroup(frozenset(there), B)}, devices=dict.fromkeys(there, DISK))
    told = list(peer.findings(mine, theirs))
    assert [finding.text for finding in told if finding.code == "E353"] == texts
    assert [finding.hint for finding in told if finding.hint] == lines


@pytest.mark.parametrize("here, there, codes", [
    (({"0": "disk01"}, {}), ({"1": "disk01"}, {}), ["E354"]),
    (({"0": "disk01", "1": "disk01"}, {}), ({"0": "disk01"}, {}), ["E354"]),
    (({}, {"esx": {"0": "disk01"}}), ({}, {"esx": {"0": "disk01"}}), []),
    (({}, {"esx": {"0": "disk01"}}), ({}, {"esx": {"5": "disk01"}}), ["E354"]),
    (({}, {"esx": {"0": "disk01"}}), ({}, {"kvm": {"5": "disk01"}}), ["W351", "W351"]),
    (({"0": "disk01"}, {"esx": {"3": "disk01"}}), ({"0": "disk01"}, {}), ["E354"]),
    (({"0": "disk01"}, {"esx": {"0": "disk01"}}), ({"0": "disk01"}, {}), []),
    (({"0": "disk01"}, {}), ({}, {"esx": {"5": "disk01"}}), ["W351", "E354"]),
    (({"0": "other"}, {"esx": {"3": "disk01"}}), ({"5": "other"}, {"esx": {"3": "disk01"}}), []),
    (({"0": "disk01"}, {}), ({}, {}), ["W351"]),
    (({}, {}), ({}, {"esx": {"3": "disk01"}}), ["W351"]),
    (({}, {}), ({}, {}), []),
])
def test_a_device_has_the_same_number_wherever_both_hosts_export_it(here, there, codes):
    (mine, my_groups), (theirs, their_groups) = here, there
    told = list(peer.findings(with_luns(MINE, mine, **my_groups), with_luns(THEIRS, theirs, **their_groups)))
    assert [finding.code for finding in told] == codes


@pytest.mark.parametrize("here, there, told", [
    ({"esx": ("ab", "1")}, {"vmware": ("ab", "1")}, []),
    ({"esx": ("a", "1")}, {"vmware": ("a", "2")}, ["E354 LUN 1 here, 2 on the other host, for a"]),
    ({"esx": ("ab", "1")}, {"one": ("a", "2"), "two": ("b", "2")}, ["E354 LUN 1 here, 2 on the other host, for a b"]),
    ({"esx": ("abcdefghij", "1")}, {"esx": ("abcdefghij", "2")}, ["E354 LUN 1 here, 2 on the other host, for a b c d e f g h and 2 more"]),
    ({"esx": ("A", "1")}, {"esx": ("a", "1")}, []),
    ({"esx": ("*", "1")}, {"esx": ("a", "1"), "all": ("*", "1")}, []),
    ({"esx": ("*", "1")}, {"": ("", "1")}, []),
    ({"esx": ("*", "1")}, {"": ("", "2")}, ["E354 LUN 1 here, 2 on the other host, for *"]),
    ({"esx": ("?", "1")}, {"esx": ("?", "1"), "more": ("a", "2")}, ["E354 LUN 1 here, 1 and 2 on the other host, for a"]),
    ({"esx": ("a", "1"), "": ("", "0")}, {"": ("", "2")},
     ["E354 LUN 0 here, 2 on the other host, for those that no group takes", "E354 LUN 1 here, 2 on the other host, for a"]),
    ({"esx": ("a", "1"), "": ("", "1")}, {"": ("", "2")}, ["E354 LUN 1 here, 2 on the other host, for a and those that no group takes"]),
    ({"esx": ("a", "1"), "": ("", "1")}, {"esx": ("b", "1"), "": ("", "1")}, []),
    ({"esx": ("ab", "1")}, {"esx": ("a", "1")}, ["W351 seen through this host alone by b: disk01"]),
    ({"esx": ("a", "1")}, {"esx": ("ab", "1")}, ["W351 seen through the other host alone by b: disk01"]),
    ({"esx": ("a", "1"), "": ("", "1")}, {"esx": ("a", "1")},
     ["W351 seen through this host alone by those that no group takes: disk01"]),
    ({"esx": ("", "1")}, {"esx": ("", "2")}, []),
])
def test_a_device_is_compared_as_each_initiator_sees_it(here, there, told):
    pair = with_groups(MINE, here), with_groups(THEIRS, there)
    assert [f"{finding.code} {finding.text}" for finding in peer.findings(*pair)] == told


@pytest.mark.parametrize("here, there, lines", [
    ({"esx": ("a", "1")}, {"esx": ("aCB", "1")}, [f"scst initiator add {X} group esx B C"]),
    ({"vmware": ("a", "1")}, {"esx": ("ab", "1")}, []),
    ({"esx": ("a", "1"), "kvm": ("b", "")}, {"esx": ("ab", "1")}, []),
    ({"esx": ("a", ""), "": ("", "1")}, {"esx": ("a", "1"), "": ("", "1")}, []),
    ({"esx": ("a", "1")}, {"esx": ("a", "1"), "": ("", "1")}, []),
    ({"esx": ("a", "1"), "kvm": ("", "1")}, {"esx": ("ab", "1"), "kvm": ("c", "1")}, []),
    ({"esx": ("ab", "1")}, {"esx": ("a", "1")}, []),
    ({"esx": ("", ""), "kvm": ("c", "1")}, {"esx": ("b", "1"), "kvm": ("c", "1")}, []),
    ({"esx": ("", "1"), "kvm": ("c", "1")}, {"esx": ("b", "1"), "kvm": ("c", "1"), "": ("", "1")}, []),
])
def test_an_initiator_that_is_in_a_group_of_the_other_host_alone_is_added_here_where_it_helps(here, there, lines):
    assert hints(with_groups(MINE, here), with_groups(THEIRS, there)) == lines


@pytest.mark.parametrize("drivers, told", [
    (("qla2x00t", "ocs_fc_scst"), ["E354"]), (("iscsi", "iscsi"), ["E354"]), (("qla2x00t", "iscsi"), ["W351", "W351"]),
    (("ib_srpt", "qla2x00t"), ["W351", "W351"]), (("scst_local", "scst_local"), []), (("scst_local", "qla2x00t"), ["W351"]),
])
def test_an_initiator_meets_targets_of_its_own_transport(drivers, told):
    pair = (replace(host, targets={name: replace(target, driver=driver) for name, target in host.targets.items()})
            for host, driver in zip((MINE, with_luns(THEIRS, {"5": "disk01"})), drivers))
    assert [finding.code for finding in peer.findings(*pair)] == told


@pytest.mark.parametrize("here, there, disk, told", [
    ("1", "1", "0", []), ("0", "0", "0", []), ("1", "0", "1", []),
    ("1", "0", "0", ["LUN 0 with read_only 1 here, 0 on the other host, for those that no group takes"]),
    ("0", "1", "0", ["LUN 0 with read_only 0 here, 1 on the other host, for those that no group takes"]),
])
def test_a_lun_can_be_written_on_both_hosts_or_on_neither(here, there, disk, told):
    mine, theirs = (replace(with_disk(host, read_only=disk), targets={
        name: replace(target, luns={"0": Lun("disk01", {"read_only": value} if value == "1" else {})}) for name, target in host.targets.items()})
        for host, value in ((MINE, here), (THEIRS, there)))
    assert [finding.text for finding in peer.findings(mine, theirs) if finding.code == "E358"] == told


@pytest.mark.parametrize("groups, luns, findings, lines", [
    (({"disk01"}, set()), ("0", ""), ["E353 alua esos", "W351 scst"], []),
    ((set(), {"disk01"}), ("", "0"), ["E353 alua esos", "W351 scst"], ["alua device add esos disk01"]),
    (({"disk01"}, set()), ("0", "1"), ["E353 alua esos", "E354 scst disk01"], []),
    ((set(), set()), ("0", "0"), ["W378 alua"], ["alua device add esos disk01"]),
    ((set(), set()), ("", "3"), ["W378 alua"], ["alua device add esos disk01"]),
    ((set(), set()), ("", ""), [], []),
])
def test_an_exported_device_is_in_the_device_group_of_both_hosts(groups, luns, findings, lines):
    pair = [replace(with_luns(host, {number: "disk01"} if number else {}), groups={"esos": replace(host.groups["esos"], devices=frozenset(devices))})
            for host, devices, number in zip((MINE, THEIRS), groups, luns)]
    assert summaries(*pair) == findings
    assert hints(*pair) == lines


def test_of_a_host_that_tells_of_no_devices_the_groups_are_compared_and_no_more():
    untold = replace(with_luns(THEIRS, {}), devices={})
    assert summaries(MINE, untold) == summaries(untold, MINE) == []


def test_a_device_that_one_host_alone_has_and_exports_is_told_as_missing_there():
    mine = replace(with_luns(MINE, {"0": "disk01", "1": "a"}), devices={"disk01": DISK, "a": DISK},
                   groups={"esos": DeviceGroup(frozenset({"disk01", "a"}), A)})
    assert [finding.text for finding in peer.findings(mine, THEIRS)] == ["only this host has a in it", "exported by this host alone: a"]


@pytest.mark.parametrize("here, there, findings, lines", [
    ({"usn": "1"}, {"usn": "1"}, [], []),
    ({"usn": "1"}, {"usn": "2"}, ["E355 scst disk01"], ["scst device set disk01 usn=2"]),
    ({}, {"usn": "two words", "t10_dev_id": "x"}, ["E355 scst disk01"], ['scst device set disk01 t10_dev_id=x usn="two words"']),
    ({"usn": "1"}, {}, ["E355 scst disk01"], []),
    ({"usn": "1"}, {"prod_id": "x"}, ["E355 scst disk01"], []),
    ({}, {"naa_id": "6001405"}, ["E355 scst disk01"], ["scst device set disk01 naa_id=6001405"]),
    ({"t10_vend_id": "SCST_BIO"}, {}, [], []),
    ({"t10_vend_id": "ESOS"}, {}, ["E355 scst disk01"], ["scst device set disk01 t10_vend_id=SCST_BIO"]),
    ({}, {"handler": "vdisk_fileio"}, ["E355 scst disk01"], []),
    ({}, {"handler": "dev_disk"}, ["E355 scst disk01"], []),
    ({"handler": "vdisk_nullio"}, {"handler": "vcdrom"}, ["E355 scst disk01", "E357 scst disk01"], []),
    ({"t10_vend_id": "ESOS", "usn": "1"}, {"handler": "vdisk_fileio", "usn": "2"}, ["E355 scst disk01"], []),
    ({}, {"handler": "vdisk_fileio", "blocksize": "4096"},
     ["E355 scst disk01", "E357 scst disk01"], ["scst device set disk01 blocksize=4096"]),
    ({"t10_vend_id": "ESOS"}, {"handler": "vdisk_fileio", "t10_vend_id": "ESOS"}, [], []),
    ({}, {"blocksize": "4096"}, ["E357 scst disk01"], ["scst device set disk01 blocksize=4096"]),
    ({"blocksize": "4096"}, {}, ["E357 scst disk01"], ["scst device set disk01 blocksize=512"]),
    ({"handler": "vdisk_nullio", "size": "16777216"}, {"handler": "vdisk_nullio"},
     ["E357 scst disk01"], [f"scst device set disk01 size={2621440 << 20}"]),
    ({"read_only": "1"}, {}, ["E358 scst disk01"], ["scst device set disk01 read_only=0"]),
    ({"threads_num": "4"}, {"filename": "/dev/sdb"}, [], []),
])
def test_a_device_is_the_same_disk_on_both_hosts(here, there, findings, lines):
    pair = with_disk(MINE, **here), with_disk(THEIRS, **there)
    assert summaries(*pair) == findings
    assert hints(*pair) == lines


@pytest.mark.parametrize("here, there, disk, lines", [
    ({}, {}, {}, []),
    ({"setup_id": "0x1"}, {"setup_id": "0x1"}, {}, []),
    ({}, {"setup_id": "0x1"}, {}, ["scst set setup_id=0x1"]),
    ({"setup_id": "0x1"}, {}, {}, ["scst set setup_id=0x0"]),
    ({}, {"setup_id": "0x1"}, {"usn": "1"}, ["scst set setup_id=0x1"]),
    ({}, {"setup_id": "0x1"}, {"usn": "1", "t10_dev_id": "1"}, []),
    ({}, {"setup_id": "0x1"}, {"handler": "dev_disk"}, []),
])
def test_setup_id_is_the_same_where_devices_make_up_what_they_call_themselves(here, there, disk, lines):
    mine, theirs = replace(with_disk(MINE, **disk), attributes=here), replace(with_disk(THEIRS, **disk), attributes=there)
    assert hints(mine, theirs) == lines
    assert summaries(mine, theirs) == ["E356 scst"] * len(lines)


def test_a_device_that_is_no_member_on_both_hosts_is_not_compared():
    mine = replace(with_disk(MINE, usn="1"), groups={"esos": DeviceGroup(frozenset(), A)})
    assert summaries(mine, with_disk(THEIRS, usn="2")) == ["E353 alua esos"]


def test_two_hosts_of_a_thousand_devices_are_compared_at_once():
    names = [f"d{number:04}" for number in range(1000)]
    luns = {str(number): name for number, name in enumerate(names)}
    disks = {name: Device("vdisk_blockio", {"filename": f"/dev/{name}"}) for name in names}
    mine = replace(with_luns(MINE, luns), devices=disks, groups={"esos": DeviceGroup(frozenset(names), A)})
    theirs = replace(with_luns(THEIRS, luns), devices=disks, groups={"esos": DeviceGroup(frozenset(names), B)})
    assert summaries(mine, theirs) == []
    assert summaries(mine, with_luns(theirs, {})) == ["W351 scst"]
