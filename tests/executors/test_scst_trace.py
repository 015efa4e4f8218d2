"""The way of a LUN, from an initiator, a device or a target: what is seen, in which state, and what ends it."""

from __future__ import annotations

from typing import Any

import pytest
from scst_views import indented, text, warned
from strategies import with_reversed_mappings

from esosh import views
from esosh.config import Config
from esosh.config.scst import (
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
from esosh.errors import Refused
from esosh.executors.scst.facts import Facts, Session
from esosh.executors.scst.initiators import takes
from esosh.executors.scst.tracing import paths
from esosh.records import replace
from esosh.sandbox.scst.patterns import matches

T1, T2, FC, REMOTE = "iqn.2026-01.lab:t1", "iqn.2026-01.lab:t2", "21:00:00:e0:8b:9d:74:49", "21:00:00:1b:32:01:6b:11"
HOST, OTHER = "iqn.1998-01.com.vmware:esx1", "iqn.1993-08.org.debian:01:aaa"
ESX = InitiatorGroup({"0": Lun("disk1"), "1": Lun("null0", {"read_only": "1"})}, frozenset({HOST, "iqn.1993-08.org.debian:*"}))
SCST = Scst(
    {"disk1": Device("vdisk_blockio", {"filename": "/dev/drbd0"}), "null0": Device("vdisk_nullio", {"size": "104857600"})},
    {T1: Target("iscsi", True, 1, luns={"0": Lun("disk1")}), T2: Target("iscsi", True, 2, groups={"esx": ESX}), FC: Target("qla2x00t", True, 3)},
    {"esos": DeviceGroup(frozenset({"disk1"}), {
        "local": TargetGroup(1, "active", True, {T1: Port(), T2: Port()}), "remote": TargetGroup(2, "nonoptimized", targets={REMOTE: Port(5)})})},
    {"iscsi": Driver(True), "qla2x00t": Driver()})
CONFIG = Config(scst=SCST)
DRIVERS = {name: about.driver for name, about in SCST.targets.items()}
FACTS = Facts(loaded=True, devices=frozenset(SCST.devices), targets=DRIVERS,
              logins={T2: (Session(OTHER, T2, "esx", {"0": "disk1", "1": "null0"}),)})
LOCAL = "esos local (1) active, preferred"
ELSEWHERE = f"""\
  the other host's paths
    {REMOTE} (5)  esos remote (2) nonoptimized
"""


def config(**parts: Any) -> Config:
    return Config(scst=replace(SCST, **parts))


def target(name: str, **parts: Any) -> Config:
    """The configuration with another target of that name."""
    return config(targets={**SCST.targets, name: replace(SCST.targets[name], **parts)})


@pytest.mark.parametrize("pattern, initiator, taken", [
    (HOST, HOST, True),
    (HOST, HOST.upper(), True),
    (HOST.upper(), HOST, True),
    (HOST, HOST + "0", False),
    (HOST + "0", HOST, False),
    ("iqn.*", HOST, True),
    ("*", HOST, True),
    ("*", "", True),
    ("", HOST, False),
    ("*:esx1", HOST, True),
    ("*:esx", HOST, False),
    ("iqn.*:esx?", HOST, True),
    ("iqn.*:esx??", HOST, False),
    ("i*e*1", HOST, True),
    ("iqn?1998*", HOST, True),
    ("iqn.1998-01.com.vmware:esx1*", HOST, True),
    ("iqn.1998-01.com.vmware:esx[12]", HOST, False),
    ("iqn+1998*", HOST, False),
    ("!" + HOST, HOST, False),
    ("!" + HOST, OTHER, True),
    ("!*vmware*", HOST, False),
    ("!*vmware*", OTHER, True),
    ("!", HOST, True),
    ("iqn.1998!*esx1", HOST, False),
    ("iqn.1998!*esx2", HOST, True),
    ("iqn.1998!*esx2", OTHER, False),
    ("iqn.*:!esx1", HOST, False),
    ("iqn.*:!esx2", HOST, True),
    (HOST + "!x", HOST, False),
    ("!!x", "!x", False),
    ("!!x", "x", True),
])
def test_an_entry_takes_an_initiator_as_scst_s_own_comparison_does(pattern, initiator, taken):
    assert takes(pattern, initiator) == taken
    assert matches(pattern.lower(), initiator.lower()) == taken


def test_an_initiator_that_is_logged_in_is_followed_to_the_disks_and_their_states():
    assert text(paths(CONFIG, FACTS, OTHER)) == f"""\
initiator {OTHER}
  target {T1}  iscsi  rel_tgt_id 1
    for those that no group takes
      LUN 0 disk1  /dev/drbd0  {LOCAL}
  target {T2}  iscsi  rel_tgt_id 2  logged in
    group esx, taken by its entry iqn.1993-08.org.debian:*
      LUN 0 disk1  /dev/drbd0  {LOCAL}
      LUN 1 null0 read-only  100 MiB  no device group: no ALUA state
{ELSEWHERE}"""


def test_a_device_is_followed_to_all_who_see_it():
    assert text(paths(CONFIG, FACTS, "disk1")) == f"""\
device disk1  vdisk_blockio  /dev/drbd0
  target {T1}  iscsi  rel_tgt_id 1
    {LOCAL}
    LUN 0  for those that no group takes
  target {T2}  iscsi  rel_tgt_id 2
    {LOCAL}
    LUN 0  group esx
      initiators
        iqn.1993-08.org.debian:*  {HOST}
      logged in
        {OTHER}
  device group esos
    local (1) active, preferred
      {T1}  local
      {T2}  local
    remote (2) nonoptimized
      {REMOTE}  remote
"""


def test_a_target_is_followed_both_ways():
    assert text(paths(CONFIG, FACTS, T2)) == f"""\
target {T2}  iscsi  rel_tgt_id 2
  group esx
    initiators
      iqn.1993-08.org.debian:*  {HOST}
    logged in
      {OTHER}
    LUN 0 disk1  /dev/drbd0  {LOCAL}
    LUN 1 null0 read-only  100 MiB  no device group: no ALUA state
  target groups
    {LOCAL}
"""


def test_a_target_is_reached_through_its_portals_only():
    target = replace(SCST.targets[T2], portals=frozenset({"10.9.9.9", "10.1.*"}))
    config = Config(scst=replace(SCST, targets={**SCST.targets, T2: target}))
    for name in (T2, HOST, "disk1"):
        assert "  only through 10.1.* 10.9.9.9\n" in text(paths(config, FACTS, name))
        assert "only through" not in text(paths(CONFIG, FACTS, name))


def test_the_other_host_s_port_has_its_target_group():
    assert text(paths(CONFIG, FACTS, REMOTE)) == f"""\
target {REMOTE}  the other host's
  target groups
    esos remote (2) nonoptimized
"""


@pytest.mark.parametrize("name, entry", [
    (HOST, HOST), ("iqn.1993-08.org.debian:01:new", "iqn.1993-08.org.debian:*"), ("iqn.1993-08.org.debian:*", "iqn.1993-08.org.debian:*"),
])
def test_the_entry_that_takes_an_initiator_is_told_its_own_before_a_pattern(name, entry):
    wide = replace(ESX, initiators=ESX.initiators | {"!x"}) if name == HOST else ESX
    shown = text(paths(target(T2, groups={"esx": wide}), FACTS, name))
    assert f"    group esx, taken by its entry {entry}\n" in shown
    assert "  not logged in\n" in shown


@pytest.mark.parametrize("name", ["iqn.2001-04.com.example:new", "eui.02004567A425678D", "IQN.x"])
def test_of_an_initiator_that_nobody_knows_it_is_told_what_it_would_see(name):
    shown = text(paths(CONFIG, FACTS, name))
    assert shown.startswith(f"initiator {name}\n  not logged in\n  no group takes it\n  target {T1}  iscsi")
    assert f"LUN 0 disk1  /dev/drbd0  {LOCAL}" in shown and T2 not in shown


def test_an_initiator_of_fibre_channel_sees_nothing_of_iscsi():
    assert T1 not in text(paths(CONFIG, FACTS, "21:00:00:24:ff:00:00:01"))


@pytest.mark.parametrize("name", ["dsk1", "iqn.2026-01.lab:t3"])
def test_a_name_that_nobody_has_is_refused_with_the_near_ones(name):
    with pytest.raises(Refused, match=f"no initiator, target or device {name}; there are: .*disk1") as raised:
        paths(CONFIG, FACTS, name)
    assert (raised.value.word, raised.value.code) == (name, "E202")


def test_a_pattern_does_not_take_what_is_the_name_of_something():
    everyone = target(T2, groups={"all": InitiatorGroup({"0": Lun("disk1")}, frozenset({"*"}))})
    assert text(paths(everyone, FACTS, "disk1")).startswith("device disk1")
    assert text(paths(everyone, FACTS, "dsk1")).startswith("initiator dsk1\n")


def test_a_device_and_a_target_of_one_name_are_both_followed():
    shown = text(paths(config(devices={**SCST.devices, T1: Device("vdisk_nullio")}), FACTS, T1))
    assert indented(shown, 2) == [f"device {T1}  vdisk_nullio", f"target {T1}  iscsi  rel_tgt_id 1"]


def test_who_is_in_no_group_and_in_a_session_sees_the_target_s_own_luns():
    facts = FACTS.having(logins={T1: (Session("iqn.x", T1, "", {"0": "disk1"}),), T2: (Session("iqn.x", T2, ""),)})
    assert text(paths(CONFIG, facts, "iqn.x")) == f"""\
initiator iqn.x
  target {T1}  iscsi  rel_tgt_id 1  logged in
    for those that no group takes
      LUN 0 disk1  /dev/drbd0  {LOCAL}
  target {T2}  iscsi  rel_tgt_id 2  logged in
    for those that no group takes
      no LUNs: there is nothing to see
{ELSEWHERE}"""
    assert "  for those that no group takes\n    logged in\n      iqn.x\n" in text(paths(CONFIG, facts, T2))


def test_the_own_luns_of_targets_of_another_driver_are_no_way():
    fibre = target(FC, luns={"0": Lun("disk1")})
    assert FC not in text(paths(fibre, FACTS, HOST))
    assert FC in text(paths(fibre, FACTS, "disk1"))


def test_devices_of_a_group_that_does_not_take_it_are_not_an_initiator_s():
    apart = {"esx": replace(ESX, luns={}), "others": InitiatorGroup({"0": Lun("disk1")}, frozenset({"iqn.y"}))}
    shown = text(paths(config(targets={T2: replace(SCST.targets[T2], groups=apart)}), FACTS, OTHER))
    assert "others" not in shown
    assert "disk1" not in shown
    assert REMOTE not in shown


def test_two_groups_that_take_it_are_told_until_it_is_logged_in():
    groups = {"esx": ESX, "all": InitiatorGroup({"0": Lun("null0")}, frozenset({"*"}))}
    both = target(T2, groups=groups)
    clash = "groups all and esx take it: it sees the one that was made first"
    assert clash in warned(paths(both, FACTS, HOST))
    shown = paths(both, FACTS, OTHER)
    assert clash not in warned(shown)
    assert "group all" not in text(shown)


def test_a_session_whose_group_is_gone_is_told():
    assert "group esx of its session is not in this configuration" in warned(paths(target(T2, groups={}), FACTS, OTHER))


@pytest.mark.parametrize("name, there, facts, ends", [
    (T2, CONFIG, FACTS, []),
    (T1, target(T1, enabled=False), FACTS, ["disabled"]),
    (T1, config(drivers={"iscsi": Driver()}), FACTS, ["its driver iscsi is disabled"]),
    (T1, CONFIG, FACTS.having(targets={T2: "iscsi"}), ["not there"]),
    (T1, CONFIG, FACTS.having(devices=frozenset({"null0"})), ["LUN 0 disk1  does not run"]),
    ("disk1", CONFIG, FACTS.having(devices=frozenset({"null0"})), ["does not run"]),
    ("disk1", CONFIG, Facts(), []),
    (HOST, CONFIG, FACTS.having(devices=frozenset({"disk1"})), ["LUN 1 null0 read-only  does not run"]),
    (T1, target(T1, luns={"3": Lun("disk1")}), FACTS, ["no LUN 0: many initiators look no further"]),
    (T1, target(T1, luns={}), FACTS, ["no LUNs: there is nothing to see"]),
    (T2, target(T2, groups={"esx": replace(ESX, luns={"1": Lun("disk1")})}), FACTS, ["no LUN 0: many initiators look no further"]),
    (T2, target(T2, groups={"esx": replace(ESX, initiators=frozenset())}), FACTS, ["no initiators: nobody sees it"]),
    ("null0", target(T2, groups={"esx": replace(ESX, initiators=frozenset())}), FACTS, ["no initiators: nobody sees it"]),
    ("null0", target(T2, groups={}), FACTS, ["exported nowhere"]),
    ("disk1", target(T1, enabled=False), FACTS, ["disabled"]),
    (HOST, target(T2, enabled=False), FACTS, ["disabled"]),
    (HOST, target(T2, groups={"esx": replace(ESX, luns={})}), FACTS, ["no LUNs: there is nothing to see"]),
    (T1, config(groups={"esos": DeviceGroup(frozenset({"disk1"}))}), FACTS, ["LUN 0 disk1  /dev/drbd0  no target group of esos: no ALUA state"]),
    ("disk1", config(targets={FC: replace(SCST.targets[FC], luns={"0": Lun("disk1")})}), FACTS, ["no target group of esos: no ALUA state"]),
])
def test_what_ends_the_way_is_told(name, there, facts, ends):
    assert list(warned(paths(there, facts, name))) == ends


@pytest.mark.parametrize("name, told", [(FC, "no target group: no ALUA state"), (HOST, "not logged in")])
def test_what_is_no_fault_is_told_dimly(name, told):
    assert [line.text.strip() for line in views.lines(paths(target(FC, luns={"0": Lun("null0")}), FACTS, name)) if line.style == "dim"] == [told]


@pytest.mark.parametrize("name", [T1, T2, "disk1", HOST])
def test_the_order_of_a_configuration_does_not_show(name):
    groups = {"a": InitiatorGroup({"0": Lun("disk1")}, frozenset({HOST, *"zyxw"})), **SCST.targets[T2].groups}
    there = target(T2, groups=groups)
    facts = FACTS.having(logins={T2: tuple(Session(each, T2, "a") for each in "cab")})
    shown = text(paths(there, facts, name))
    assert text(paths(with_reversed_mappings(there), facts, name)) == shown
    assert name not in ("disk1", T2) or ("w  x  y  z" in shown and "a  b  c" in shown)


def big(number: int) -> Config:
    names = [f"d{each:04}" for each in range(number)]
    about = Target("iscsi", True, 1, luns={str(each): Lun(name) for each, name in enumerate(names)})
    group = DeviceGroup(frozenset(names[1:]), {"local": TargetGroup(1, targets={T1: Port()})})
    return Config(scst=Scst({name: Device("vdisk_nullio") for name in names}, {T1: about}, {"esos": group}, {"iscsi": Driver(True)}))


@pytest.mark.parametrize("name", [T1, "iqn.x", "d0500"])
def test_a_thousand_luns_are_followed_by_their_states(name):
    facts = Facts(loaded=True, devices=frozenset(f"d{each:04}" for each in range(1000) if each != 7), targets={T1: "iscsi"},
                  logins={T1: (Session("iqn.x", T1),)})
    lines = text(paths(big(1000), facts, name)).splitlines()
    assert len(lines) < 200
    if name != "d0500":
        marks = [line.strip() for line in lines if "LUN" in line]
        assert marks == ["LUN 7 d0007  does not run", "1 LUN  no device group: no ALUA state", "998 LUNs  esos local (1) active"]


def test_a_line_for_each_lun_as_long_as_there_are_few():
    lines = text(paths(big(50), Facts(), T1)).splitlines()
    assert "    LUN 49 d0049  esos local (1) active" in lines
