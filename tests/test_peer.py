"""Two hosts' configurations side by side: what an initiator would stumble over, and the line for this host."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from test_exports import turned

from esosh import language, peer
from esosh.config import Config, Device, DeviceGroup, InitiatorGroup, Lun, Port, Scst, Target, TargetGroup

X, Y, Z = "21:00:00:e0:8b:9d:74:49", "21:00:00:1b:32:01:6b:11", "21:00:00:1b:32:01:6b:12"
DISK = Device("vdisk_blockio", {"filename": "/dev/drbd0"})
Groups = Mapping[str, TargetGroup]


def host(port: str, tgrps: Groups, rel_tgt_id: int = 1, **parts: Any) -> Scst:
    """A host with one Fibre Channel port that exports one device of the device group esos."""
    about = {
        "devices": {"disk01": DISK}, "targets": {port: Target("qla2x00t", True, rel_tgt_id, luns={"0": Lun("disk01")})},
        "groups": {"esos": DeviceGroup(frozenset({"disk01"}), tgrps)}, **parts}
    return Scst(**about)


def tgrp(group_id: int, *ports: str, rel_tgt_id: int = 0, **parts: Any) -> TargetGroup:
    return TargetGroup(group_id, targets={port: Port(rel_tgt_id) for port in ports}, **parts)


A = {"local": tgrp(1, X), "remote": tgrp(2, Y, rel_tgt_id=2)}
B = {"local": tgrp(2, Y), "remote": tgrp(1, X, rel_tgt_id=1)}
MINE, THEIRS = host(X, A), host(Y, B, 2)


def found(mine: Scst, theirs: Scst) -> list[str]:
    """The findings, each as its code and its subject."""
    return [f"{finding.code} {finding.subject}" for finding in peer.findings(mine, theirs)]


def mends(mine: Scst, theirs: Scst) -> list[str]:
    return [finding.mend for finding in peer.findings(mine, theirs) if finding.mend]


def with_tgrps(scst: Scst, **tgrps: TargetGroup) -> Scst:
    """The host with other target groups; one without an id and ports goes."""
    group = scst.groups["esos"]
    kept = {name: about for name, about in {**group.target_groups, **tgrps}.items() if about != TargetGroup()}
    return replace(scst, groups={"esos": replace(group, target_groups=kept)})


def with_disk(scst: Scst, handler: str = "vdisk_blockio", **attributes: str) -> Scst:
    return replace(scst, devices={"disk01": Device(handler, {**DISK.attributes, **attributes})})


def with_luns(scst: Scst, luns: Mapping[str, str], **groups: Mapping[str, str]) -> Scst:
    """The host with other LUNs on its target and in groups of it, each for one initiator that is called as the group."""
    (name, target), = scst.targets.items()
    inner = {group: InitiatorGroup({number: Lun(device) for number, device in about.items()}, frozenset({group}))
             for group, about in groups.items()}
    return replace(scst, targets={name: replace(target, luns={number: Lun(device) for number, device in luns.items()}, groups=inner)})


def plus(scst: Scst, targets: Mapping[str, Target]) -> Scst:
    return replace(scst, targets={**scst.targets, **targets})


def test_the_manual_s_two_hosts_fit():
    assert found(MINE, THEIRS) == found(THEIRS, MINE) == []


def test_hosts_without_device_groups_have_nothing_to_compare():
    apart = replace(with_disk(MINE, usn="1"), groups={}), replace(with_disk(THEIRS, usn="2"), groups={})
    assert found(*apart) == []


@pytest.mark.parametrize("mine, theirs, findings, lines", [
    (MINE, replace(THEIRS, groups={}), ["E342 alua esos"], []),
    (replace(MINE, groups={}), THEIRS, ["E342 alua esos"], ["alua dgrp add esos"]),
    (MINE, with_tgrps(THEIRS, remote=TargetGroup()), [f"E343 alua esos {X}"], []),
    (with_tgrps(MINE, remote=tgrp(2)), THEIRS, [f"E343 alua esos {Y}"], [f"alua target add esos remote {Y} rel_tgt_id=2"]),
    (with_tgrps(MINE, remote=TargetGroup()), THEIRS, [f"E343 alua esos {Y}"], []),
    (with_tgrps(MINE, local=tgrp(1)), THEIRS, [f"E343 alua esos {X}"], [f"alua target add esos local {X} rel_tgt_id=1"]),
    (with_tgrps(MINE, remote=tgrp(2, Y, Z, rel_tgt_id=2)), THEIRS, [f"E344 alua esos {Z}"], [f"alua target del esos remote {Z}"]),
    (MINE, with_tgrps(THEIRS, local=tgrp(2, Y, Z)), [f"E344 alua esos {Z}"], []),
    (host(Y, A, 2), THEIRS, [f"E345 alua esos {Y}", f"E344 alua esos {X}"], [f"alua target del esos local {X}"]),
    (with_tgrps(MINE, remote=tgrp(3, Y, rel_tgt_id=2)), THEIRS, ["E346 alua esos remote"], ["alua tgrp set esos remote group_id=2"]),
    (with_tgrps(MINE, local=tgrp(0, X)), THEIRS, ["E346 alua esos local"], ["alua tgrp set esos local group_id=1"]),
    (MINE, with_tgrps(THEIRS, remote=tgrp(0, X, rel_tgt_id=1)), ["E346 alua esos local"], []),
    (with_tgrps(MINE, remote=tgrp(2, Y, rel_tgt_id=7)), THEIRS,
     [f"E349 alua esos remote {Y}"], [f"alua target set esos remote {Y} rel_tgt_id=2"]),
    (host(X, A, 9), THEIRS, [f"E349 alua esos local {X}"], [f"alua target set esos local {X} rel_tgt_id=1"]),
    (MINE, with_tgrps(THEIRS, remote=tgrp(1, X)), [f"E349 alua esos local {X}"], []),
    (MINE, host(Y, {"here": B["local"], "there": B["remote"]}, 2), ["W350 alua esos"], []),
    (host(X, {"san1": A["local"], "san2": A["remote"]}), host(Y, {"san1": B["remote"], "san2": B["local"]}, 2), ["W350 alua esos"], []),
])
def test_a_device_group_that_does_not_fit_is_told_with_the_line_for_this_host(mine, theirs, findings, lines):
    assert found(mine, theirs) == findings
    assert mends(mine, theirs) == lines


SPLIT = replace(host(Y, {"local": tgrp(2, Y), "more": tgrp(2, Z), "remote": B["remote"]}, 2),
                targets={**THEIRS.targets, Z: Target("qla2x00t", True, 3)})
WHOLE = with_tgrps(MINE, remote=TargetGroup(2, targets={Y: Port(2), Z: Port(3)}))


@pytest.mark.parametrize("mine, theirs, told", [
    (MINE, replace(THEIRS, groups={}), "the other host has no such device group"),
    (replace(MINE, groups={}), THEIRS, "a device group of the other host alone"),
    (MINE, with_tgrps(THEIRS, remote=TargetGroup()), "in local here, and in no target group of the other host"),
    (with_tgrps(MINE, local=tgrp(1)), THEIRS, "in remote of the other host, and in no target group here"),
    (with_tgrps(MINE, remote=tgrp(2, Y, Z, rel_tgt_id=2)), with_tgrps(THEIRS, local=tgrp(2, Y, Z)),
     "a port of neither host, in remote here and in local of the other host"),
    (MINE, with_tgrps(THEIRS, local=tgrp(2, Y, Z)), "a port of neither host, in local of the other host"),
    (with_tgrps(MINE, local=tgrp(0, X)), THEIRS, "group_id none here, 1 on the other host, for the same ports"),
    (MINE, with_tgrps(THEIRS, remote=tgrp(0, X, rel_tgt_id=1)), "group_id 1 here, none on the other host, for the same ports"),
    (MINE, with_tgrps(THEIRS, remote=tgrp(1, X)), "rel_tgt_id 1 here, none on the other host"),
    (host(X, A, 0), THEIRS, "rel_tgt_id none here, 1 on the other host"),
    (WHOLE, SPLIT, "its ports stand in local and more of the other host"),
    (SPLIT, WHOLE, "the ports of remote of the other host stand in local and more here"),
    (MINE, host(Y, {"here": B["local"], "there": B["remote"]}, 2), "this host's own ports are in local, the other host's own in here"),
    (with_luns(MINE, {"0": "disk01", "1": "alone"}), with_luns(THEIRS, {}), "exported by this host alone: disk01"),
    (with_luns(MINE, {}), with_luns(THEIRS, {"0": "disk01"}), "exported by the other host alone: disk01"),
    (with_luns(MINE, {"10": "disk01", "2": "disk01"}), with_luns(THEIRS, {"1": "disk01"}),
     "LUN 2 and 10 here, 1 on the other host, for those that no group takes"),
    (with_luns(MINE, {}, esx={"2": "disk01"}), with_luns(THEIRS, {}, esx={"1": "disk01"}), "LUN 2 here, 1 on the other host, for esx"),
    (with_disk(MINE, usn="1"), with_disk(THEIRS, t10_dev_id="2"),
     "t10_dev_id not set here, 2 on the other host; usn 1 here, not set on the other host"),
    (with_disk(MINE, usn="1"), with_disk(THEIRS, "vdisk_fileio", usn="1"), "handler vdisk_blockio here, vdisk_fileio on the other host"),
    (MINE, replace(THEIRS, attributes={"setup_id": "0x1"}), "setup_id 0x0 here, 0x1 on the other host: disk01 would seem to be other disks there"),
])
def test_a_finding_says_how_it_is_on_both_hosts(mine, theirs, told):
    assert next(peer.findings(mine, theirs)).text == told


def test_the_order_of_a_configuration_does_not_show():
    names = "abcdefghijkl"
    disks = {name: Device("vdisk_blockio", {"usn": name}) for name in names}
    about = {"local": tgrp(1, X, Z), "more": tgrp(1), "remote": tgrp(2, Y, "p", "q", "r", "s")}
    mine = replace(with_luns(MINE, dict(zip("123456789", names)), b={"1": "a"}, a={"1": "a"}), devices=disks,
                   groups={"esos": DeviceGroup(frozenset(names), about), "b": DeviceGroup(), "a": DeviceGroup()})
    theirs = replace(with_luns(THEIRS, dict(zip("234567891", names)), a={"2": "a"}, b={"2": "a"}), attributes={"setup_id": "0x1"},
                     devices={name: replace(disk, attributes={"usn": "1"}) for name, disk in disks.items()},
                     groups={"esos": DeviceGroup(frozenset(names[:-3]), {"remote": tgrp(2, X), "here": tgrp(1, Y, "t", "u", "v", "w")})})
    told = list(peer.findings(mine, theirs))
    assert list(peer.findings(turned(mine), turned(theirs))) == told
    for code in {finding.code for finding in told}:
        names = [finding.subject.split()[-1] for finding in told if finding.code == code]
        assert names == sorted(names)
    assert "on this host alone it has j k l" in [finding.text for finding in told]
    assert "setup_id 0x0 here, 0x1 on the other host: a b c d e f g h and 1 more would seem to be other disks there" in [
        finding.text for finding in told]
    assert {finding.code for finding in told} >= {"E342", "E344", "E346", "E349", "E353", "E354", "E355", "E356", "W350"}


def test_ids_that_were_not_crossed_are_mended_on_one_host():
    alike = host(Y, {"local": tgrp(1, Y), "remote": tgrp(2, X, rel_tgt_id=2)}, 1)
    assert found(MINE, alike) == [
        "E346 alua esos local", "E346 alua esos remote", f"E349 alua esos remote {Y}", f"E349 alua esos local {X}"]
    config = Config(MINE)
    for line in mends(MINE, alike):
        config = language.parse(line).edit(config)
    assert found(config.scst, alike) == []


def test_ports_of_one_target_group_that_stand_in_two_are_told_once():
    own = {name: Target("qla2x00t", True, number) for number, name in ((2, Y), (3, Z))}
    whole = with_tgrps(MINE, remote=TargetGroup(2, targets={Y: Port(2), Z: Port(3)}))
    split = replace(host(Y, {"local": tgrp(2, Y), "more": tgrp(3, Z), "remote": B["remote"]}, 2), targets=own)
    assert [finding for finding in found(whole, split) if "W" not in finding[0]] == ["E347 alua esos remote"]
    assert [finding for finding in found(split, whole) if "W" not in finding[0]] == ["E347 alua esos"]


def test_one_group_id_for_different_ports_is_told_where_the_ports_have_no_like():
    theirs = with_tgrps(host(Y, {"local": tgrp(1, Y)}, 2))
    mine = with_tgrps(MINE, remote=TargetGroup())
    assert found(mine, theirs) == [f"E343 alua esos {Y}", f"E343 alua esos {X}", "E348 alua esos local"]
    unlike = with_tgrps(host(Y, {"local": tgrp(2, Y)}, 2))
    assert "E348 alua esos local" not in found(mine, unlike)


def test_one_relative_target_id_for_different_ports_is_told_where_the_ports_have_no_like():
    mine, theirs = with_tgrps(MINE, remote=TargetGroup()), host(Y, {"local": tgrp(2, Y)}, 1)
    assert f"E352 alua esos local {X}" in found(mine, theirs)
    assert f"E352 alua esos local {X}" not in found(mine, host(Y, {"local": tgrp(2, Y)}, 2))
    none = host(X, {"local": tgrp(1, X)}, 0), host(Y, {"local": tgrp(2, Y)}, 0)
    assert [finding for finding in found(*none) if finding.startswith("E352")] == []


def test_a_port_of_both_hosts_is_told_whether_in_a_group_of_one_or_of_both():
    both = {**THEIRS.targets, X: Target("qla2x00t")}
    assert found(MINE, replace(THEIRS, targets=both)) == [f"E345 alua esos {X}"]
    free = {**THEIRS.targets, Z: Target("qla2x00t")}
    assert found(replace(MINE, targets={**MINE.targets, Z: Target("qla2x00t")}), replace(THEIRS, targets=free)) == []


def test_the_port_of_an_exchanged_hba_is_nobody_s_and_the_new_one_is_missing():
    theirs = host(Z, {"local": tgrp(2, Z), "remote": B["remote"]}, 2)
    assert found(MINE, theirs) == [f"E344 alua esos {Y}", f"E343 alua esos {Z}"]
    assert mends(MINE, theirs) == [f"alua target del esos remote {Y}", f"alua target add esos remote {Z} rel_tgt_id=2"]


FREE = Target("qla2x00t", True, 7, luns={"0": Lun("disk01")})


@pytest.mark.parametrize("mine, theirs, findings, lines", [
    (plus(MINE, {Z: FREE}), THEIRS, [f"W359 alua esos {Z}"], [f"alua target add esos local {Z} rel_tgt_id=7"]),
    (plus(MINE, {Z: replace(FREE, rel_tgt_id=0)}), THEIRS, [f"W359 alua esos {Z}"], [f"alua target add esos local {Z}"]),
    (MINE, plus(THEIRS, {Z: FREE}), [f"W359 alua esos {Z}"], [f"alua target add esos remote {Z} rel_tgt_id=7"]),
    (MINE, plus(THEIRS, {Z: replace(FREE, luns={})}), [], []),
    (MINE, plus(THEIRS, {Z: replace(FREE, driver="scst_local")}), [], []),
    (MINE, plus(THEIRS, {Z: replace(FREE, rel_tgt_id=1)}), [f"E352 alua esos local {X}", f"W359 alua esos {Z}"], []),
    (plus(MINE, {Z: replace(FREE, rel_tgt_id=2)}), THEIRS, [f"E352 alua esos {Z}", f"W359 alua esos {Z}"], []),
    (plus(MINE, {Z: FREE}), plus(THEIRS, {"w": FREE}), [f"E352 alua esos {Z}", f"W359 alua esos {Z}", "W359 alua esos w"],
     [f"alua target add esos local {Z} rel_tgt_id=7", "alua target add esos remote w rel_tgt_id=7"]),
    (plus(MINE, {Z: FREE}), plus(THEIRS, {Z: FREE}), [f"E345 scst {Z}"], []),
    (plus(MINE, {Z: FREE}), plus(THEIRS, {Z: replace(FREE, luns={})}), [f"E345 scst {Z}"], []),
    (plus(MINE, {Z: replace(FREE, luns={})}), plus(THEIRS, {Z: replace(FREE, luns={})}), [], []),
    (plus(MINE, {Z: replace(FREE, driver="scst_local")}), plus(THEIRS, {Z: replace(FREE, driver="scst_local")}), [], []),
])
def test_a_port_that_exports_a_common_device_is_in_a_target_group_and_one_host_s_alone(mine, theirs, findings, lines):
    assert found(mine, theirs) == findings
    assert mends(mine, theirs) == lines


@pytest.mark.parametrize("local, remote, findings, lines", [
    ({}, {}, [], []),
    ({"state": "nonoptimized"}, {"state": "nonoptimized"}, [], []),
    ({"state": "nonoptimized"}, {}, ["state nonoptimized here, active on the other host, for the same ports"],
     ["alua tgrp set esos local state=active"]),
    ({"preferred": True}, {"state": "standby"},
     ["state active here, standby on the other host; preferred 1 here, 0 on the other host, for the same ports"],
     ["alua tgrp set esos local state=standby preferred=0"]),
])
def test_the_states_of_the_same_ports_are_the_same_on_both_hosts(local, remote, findings, lines):
    mine = with_tgrps(MINE, local=tgrp(1, X, **local))
    theirs = with_tgrps(THEIRS, remote=tgrp(1, X, rel_tgt_id=1, **remote))
    assert [finding.text for finding in peer.findings(mine, theirs) if finding.code == "W379"] == findings
    assert mends(mine, theirs) == lines


def test_a_finding_is_of_the_topic_peer_and_an_error_by_its_code():
    told = list(peer.findings(with_luns(MINE, {}), with_disk(THEIRS, usn="1")))
    assert [(finding.topic, finding.code, finding.error) for finding in told] == [("peer", "W351", False), ("peer", "E355", True)]


def test_every_finding_stands_in_the_manual():
    sources = "".join(file.read_text() for file in Path(peer.__file__).parent.glob("*.py"))
    manual = (Path(__file__).parent.parent / "man" / "esosh-alua.7").read_text()
    assert set(re.findall(r'"([EW]\d{3})"', sources)) == set(re.findall(r"^\.B ([EW]\d{3})$", manual.partition(".SH FINDINGS")[2], re.M))
