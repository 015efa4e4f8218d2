"""Two hosts' configurations side by side: what an initiator would stumble over, and the line for this host."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pair import (
    MINE,
    THEIRS,
    A,
    B,
    X,
    Y,
    Z,
    hints,
    host,
    summaries,
    tgrp,
    with_disk,
    with_luns,
    with_targets,
    with_tgrps,
)
from places import MAN
from strategies import with_reversed_mappings

from esosh.checks.scst import peer
from esosh.commands.parse import parse
from esosh.config import Config
from esosh.config.scst import Device, DeviceGroup, Lun, Port, Target, TargetGroup
from esosh.records import replace


def test_the_manual_s_two_hosts_fit():
    assert summaries(MINE, THEIRS) == summaries(THEIRS, MINE) == []


def test_hosts_without_device_groups_have_nothing_to_compare():
    apart = replace(with_disk(MINE, usn="1"), groups={}), replace(with_disk(THEIRS, usn="2"), groups={})
    assert summaries(*apart) == []


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
    assert summaries(mine, theirs) == findings
    assert hints(mine, theirs) == lines


SPLIT = replace(host(Y, {"local": tgrp(2, Y), "more": tgrp(2, Z), "remote": B["remote"]}, 2),
                targets={**THEIRS.targets, Z: Target("qla2x00t", True, 3)})
WHOLE = with_tgrps(MINE, remote=TargetGroup(2, targets={Y: Port(2), Z: Port(3)}))


@pytest.mark.parametrize("mine, theirs, told", [
    (MINE, replace(THEIRS, groups={}), "the other host has no such device group"),
    (replace(MINE, groups={}), THEIRS, "only the other host has this device group"),
    (MINE, with_tgrps(THEIRS, remote=TargetGroup()), "in local here, and in no target group of the other host"),
    (with_tgrps(MINE, local=tgrp(1)), THEIRS, "in remote of the other host, and in no target group here"),
    (with_tgrps(MINE, remote=tgrp(2, Y, Z, rel_tgt_id=2)), with_tgrps(THEIRS, local=tgrp(2, Y, Z)),
     "a port of neither host, in remote here and in local of the other host"),
    (MINE, with_tgrps(THEIRS, local=tgrp(2, Y, Z)), "a port of neither host, in local of the other host"),
    (with_tgrps(MINE, local=tgrp(0, X)), THEIRS, "group_id none here, 1 on the other host, for the same ports"),
    (MINE, with_tgrps(THEIRS, remote=tgrp(0, X, rel_tgt_id=1)), "group_id 1 here, none on the other host, for the same ports"),
    (MINE, with_tgrps(THEIRS, remote=tgrp(1, X)), "rel_tgt_id 1 here, none on the other host"),
    (host(X, A, 0), THEIRS, "rel_tgt_id none here, 1 on the other host"),
    (WHOLE, SPLIT, "its ports are in local and more of the other host"),
    (SPLIT, WHOLE, "the ports of remote of the other host are in local and more here"),
    (MINE, host(Y, {"here": B["local"], "there": B["remote"]}, 2), "this host's own ports are in local, the other host's own in here"),
    (with_luns(MINE, {"0": "disk01", "1": "alone"}), with_luns(THEIRS, {}), "exported by this host alone: disk01"),
    (with_luns(MINE, {}), with_luns(THEIRS, {"0": "disk01"}), "exported by the other host alone: disk01"),
    (with_luns(MINE, {"10": "disk01", "2": "disk01"}), with_luns(THEIRS, {"1": "disk01"}),
     "LUN 2 and 10 here, 1 on the other host, for those that no group takes"),
    (with_luns(MINE, {}, esx={"2": "disk01"}), with_luns(THEIRS, {}, esx={"1": "disk01"}), "LUN 2 here, 1 on the other host, for esx"),
    (with_disk(MINE, usn="1"), with_disk(THEIRS, t10_dev_id="2"),
     "t10_dev_id not set here, 2 on the other host; usn 1 here, not set on the other host"),
    (with_disk(MINE, usn="1"), with_disk(THEIRS, "vdisk_fileio", usn="1"), "handler vdisk_blockio here, vdisk_fileio on the other host"),
    (MINE, replace(THEIRS, attributes={"setup_id": "0x1"}), "setup_id 0x0 here, 0x1 on the other host: initiators would take disk01 for other disks there"),
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
    assert list(peer.findings(with_reversed_mappings(mine), with_reversed_mappings(theirs))) == told
    for code in {finding.code for finding in told}:
        names = [finding.subject.split()[-1] for finding in told if finding.code == code]
        assert names == sorted(names)
    assert "only this host has j k l in it" in [finding.text for finding in told]
    assert "setup_id 0x0 here, 0x1 on the other host: initiators would take a b c d e f g h and 1 more for other disks there" in [
        finding.text for finding in told]
    assert {finding.code for finding in told} >= {"E342", "E344", "E346", "E349", "E353", "E354", "E355", "E356", "W350"}


def test_ids_that_were_not_crossed_are_mended_on_one_host():
    alike = host(Y, {"local": tgrp(1, Y), "remote": tgrp(2, X, rel_tgt_id=2)}, 1)
    assert summaries(MINE, alike) == [
        "E346 alua esos local", "E346 alua esos remote", f"E349 alua esos remote {Y}", f"E349 alua esos local {X}"]
    config = Config(scst=MINE)
    for line in hints(MINE, alike):
        config = parse(line).edit(config)
    assert summaries(config.scst, alike) == []


def test_ports_of_one_target_group_that_stand_in_two_are_told_once():
    own = {name: Target("qla2x00t", True, number) for number, name in ((2, Y), (3, Z))}
    whole = with_tgrps(MINE, remote=TargetGroup(2, targets={Y: Port(2), Z: Port(3)}))
    split = replace(host(Y, {"local": tgrp(2, Y), "more": tgrp(3, Z), "remote": B["remote"]}, 2), targets=own)
    assert [finding for finding in summaries(whole, split) if "W" not in finding[0]] == ["E347 alua esos remote"]
    assert [finding for finding in summaries(split, whole) if "W" not in finding[0]] == ["E347 alua esos"]


def test_one_group_id_for_different_ports_is_told_where_the_ports_have_no_like():
    theirs = with_tgrps(host(Y, {"local": tgrp(1, Y)}, 2))
    mine = with_tgrps(MINE, remote=TargetGroup())
    assert summaries(mine, theirs) == [f"E343 alua esos {Y}", f"E343 alua esos {X}", "E348 alua esos local"]
    unlike = with_tgrps(host(Y, {"local": tgrp(2, Y)}, 2))
    assert "E348 alua esos local" not in summaries(mine, unlike)


def test_one_relative_target_id_for_different_ports_is_told_where_the_ports_have_no_like():
    mine, theirs = with_tgrps(MINE, remote=TargetGroup()), host(Y, {"local": tgrp(2, Y)}, 1)
    assert f"E352 alua esos local {X}" in summaries(mine, theirs)
    assert f"E352 alua esos local {X}" not in summaries(mine, host(Y, {"local": tgrp(2, Y)}, 2))
    none = host(X, {"local": tgrp(1, X)}, 0), host(Y, {"local": tgrp(2, Y)}, 0)
    assert [finding for finding in summaries(*none) if finding.startswith("E352")] == []


def test_a_port_of_both_hosts_is_told_whether_in_a_group_of_one_or_of_both():
    both = {**THEIRS.targets, X: Target("qla2x00t")}
    assert summaries(MINE, replace(THEIRS, targets=both)) == [f"E345 alua esos {X}"]
    free = {**THEIRS.targets, Z: Target("qla2x00t")}
    assert summaries(replace(MINE, targets={**MINE.targets, Z: Target("qla2x00t")}), replace(THEIRS, targets=free)) == []


def test_the_port_of_an_exchanged_hba_is_nobody_s_and_the_new_one_is_missing():
    theirs = host(Z, {"local": tgrp(2, Z), "remote": B["remote"]}, 2)
    assert summaries(MINE, theirs) == [f"E344 alua esos {Y}", f"E343 alua esos {Z}"]
    assert hints(MINE, theirs) == [f"alua target del esos remote {Y}", f"alua target add esos remote {Z} rel_tgt_id=2"]


FREE = Target("qla2x00t", True, 7, luns={"0": Lun("disk01")})


@pytest.mark.parametrize("mine, theirs, findings, lines", [
    (with_targets(MINE, {Z: FREE}), THEIRS, [f"W359 alua esos {Z}"], [f"alua target add esos local {Z} rel_tgt_id=7"]),
    (with_targets(MINE, {Z: replace(FREE, rel_tgt_id=0)}), THEIRS, [f"W359 alua esos {Z}"], [f"alua target add esos local {Z}"]),
    (MINE, with_targets(THEIRS, {Z: FREE}), [f"W359 alua esos {Z}"], [f"alua target add esos remote {Z} rel_tgt_id=7"]),
    (MINE, with_targets(THEIRS, {Z: replace(FREE, luns={})}), [], []),
    (MINE, with_targets(THEIRS, {Z: replace(FREE, driver="scst_local")}), [], []),
    (MINE, with_targets(THEIRS, {Z: replace(FREE, rel_tgt_id=1)}), [f"E352 alua esos local {X}", f"W359 alua esos {Z}"], []),
    (with_targets(MINE, {Z: replace(FREE, rel_tgt_id=2)}), THEIRS, [f"E352 alua esos {Z}", f"W359 alua esos {Z}"], []),
    (with_targets(MINE, {Z: FREE}), with_targets(THEIRS, {"w": FREE}), [f"E352 alua esos {Z}", f"W359 alua esos {Z}", "W359 alua esos w"],
     [f"alua target add esos local {Z} rel_tgt_id=7", "alua target add esos remote w rel_tgt_id=7"]),
    (with_targets(MINE, {Z: FREE}), with_targets(THEIRS, {Z: FREE}), [f"E345 scst {Z}"], []),
    (with_targets(MINE, {Z: FREE}), with_targets(THEIRS, {Z: replace(FREE, luns={})}), [f"E345 scst {Z}"], []),
    (with_targets(MINE, {Z: replace(FREE, luns={})}), with_targets(THEIRS, {Z: replace(FREE, luns={})}), [], []),
    (with_targets(MINE, {Z: replace(FREE, driver="scst_local")}), with_targets(THEIRS, {Z: replace(FREE, driver="scst_local")}), [], []),
])
def test_a_port_that_exports_a_common_device_is_in_a_target_group_and_one_host_s_alone(mine, theirs, findings, lines):
    assert summaries(mine, theirs) == findings
    assert hints(mine, theirs) == lines


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
    assert hints(mine, theirs) == lines


def test_a_finding_is_of_the_topic_peer_and_an_error_by_its_code():
    told = list(peer.findings(with_luns(MINE, {}), with_disk(THEIRS, usn="1")))
    assert [(finding.topic, finding.code, finding.error) for finding in told] == [("peer", "W351", False), ("peer", "E355", True)]


def test_every_finding_stands_in_the_manual():
    sources = "".join(file.read_text() for file in Path(peer.__file__).parent.glob("*.py") if file.stem != "other")
    manual = (MAN / "esosh-alua.7").read_text()
    assert set(re.findall(r'"([EW]\d{3})"', sources)) == set(re.findall(r"^\.B ([EW]\d{3})$", manual.partition(".SH FINDINGS")[2], re.M))
