"""What SCST exports, as trees: devices, targets, LUNs, groups, sessions; device groups with their states; big ones too."""

from __future__ import annotations

import re
from typing import Any

import pytest
from scst_views import indented, text, warned
from strategies import with_reversed_mappings

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
from esosh.executors.scst import alua, items, labels, packing, status_tree
from esosh.executors.scst.facts import Facts, Session
from esosh.executors.scst.visibility import Box
from esosh.records import replace

T1, T2, REMOTE, HOST = "iqn.2026-01.lab:t1", "iqn.2026-01.lab:t2", "21:00:00:1b:32:01:6b:11", "iqn.1993-08.org.debian:01:aaa"
SCST = Scst(
    {"disk1": Device("vdisk_blockio", {"filename": "/dev/drbd0", "blocksize": "4096"}), "null0": Device("vdisk_nullio", {"size": "104857600"})},
    {T1: Target("iscsi", True, 1, luns={"0": Lun("disk1"), "10": Lun("null0"), "2": Lun("null0", {"read_only": "1"})}),
     T2: Target("iscsi", groups={"hosts": InitiatorGroup({"0": Lun("null0")}, frozenset({HOST, "iqn.*"}))}),
     "loc": Target("scst_local")},
    {"esos": DeviceGroup(frozenset({"disk1", "null0"}), {
        "remote": TargetGroup(2, "nonoptimized", targets={REMOTE: Port(5)}),
        "local": TargetGroup(1, preferred=True, targets={T1: Port(), T2: Port()})})},
    {"iscsi": Driver(True), "scst_local": Driver()})
CONFIG = Config(scst=SCST)
FACTS = Facts(loaded=True, devices=frozenset(SCST.devices), targets={name: about.driver for name, about in SCST.targets.items()},
              logins={T2: (Session(HOST, T2, "hosts", {"0": "null0"}),), T1: (Session("iqn.x", T1, "", {"0": "disk1", "2": "null0"}),)})


def config(**parts: Any) -> Config:
    return Config(scst=replace(SCST, **parts))


def big(number: int) -> Config:
    """A target that exports many devices, all in one device group."""
    names = [f"d{each:04}" for each in range(number)]
    target = Target("iscsi", True, 1, luns={str(each): Lun(name) for each, name in enumerate(names)})
    group = DeviceGroup(frozenset(names), {"local": TargetGroup(1, targets={T1: Port()})})
    return Config(scst=Scst({name: Device("vdisk_nullio") for name in names}, {T1: target}, {"esos": group}, {"iscsi": Driver(True)}))


def test_scst_is_shown_with_its_devices_and_its_targets_by_driver():
    assert text(status_tree.tree(CONFIG, FACTS)) == f"""\
scst (running)
  devices
    disk1  vdisk_blockio  /dev/drbd0  blocksize=4096
    null0  vdisk_nullio  100 MiB
  iscsi
    {T1}  enabled  rel_tgt_id 1
      LUN 0 disk1
      LUN 2 null0 read-only
      LUN 10 null0
      sessions
        iqn.x  no group, 2 LUNs
    {T2}  disabled
      group hosts
        initiators
          iqn.*  {HOST}
        LUN 0 null0
      sessions
        {HOST}  group hosts, 1 LUN
  scst_local
    loc  enabled
"""


def test_alua_is_shown_with_ports_ids_and_states():
    assert text(alua.tree(CONFIG, FACTS)) == f"""\
device groups (running)
  esos
    local (1) active, preferred
      {T1}  1  local
      {T2}  -  local, disabled
    remote (2) nonoptimized
      {REMOTE}  5  remote
    devices (2)
      disk1  null0
"""


@pytest.mark.parametrize("size, shown", [
    ("64M", "64M"), ("512", "512 bytes"), ("1024", "1 KiB"), ("1025", "1025 bytes"), ("1536", "1536 bytes"), (str(3 << 30), "3 GiB"), (str(2 << 40), "2 TiB"),
    ("0", "0 bytes"), ("", ""),
])
def test_a_size_is_told_in_the_largest_unit_that_is_exact(size, shown):
    box = Box(config(devices={"loc": Device("vdisk_nullio", {"size": size})}), FACTS)
    assert labels.source(items.device(box, "loc")) == shown


@pytest.mark.parametrize("name, there, not_there", [
    ("disk1", ["devices", "disk1"], ["null0", "iscsi"]),
    (T2, [T2, "group hosts"], ["devices", T1, "scst_local"]),
    ("iscsi", [T1, T2], ["devices", "loc"]),
    ("scst_local", ["loc"], [T1]),
])
def test_one_object_is_shown_alone(name, there, not_there):
    shown = text(status_tree.tree(CONFIG, FACTS, name))
    assert [word for word in there if word not in shown] == []
    assert [word for word in not_there if word in shown] == []


def test_a_device_and_a_target_of_one_name_are_both_shown():
    shown = text(status_tree.tree(config(devices={"loc": Device("vdisk_nullio")}), FACTS, "loc"))
    assert indented(shown, 2) == ["devices", "scst_local"]


@pytest.mark.parametrize("view, name", [(status_tree.tree, "dsk1"), (alua.tree, "esso")])
def test_a_name_that_is_not_there_is_refused_with_those_that_are(view, name):
    with pytest.raises(Refused, match=f"{name}; there are: .*(disk1|esos)") as raised:
        view(CONFIG, FACTS, name)
    assert (raised.value.word, raised.value.code) == (name, "E202")


def test_one_device_group_is_shown_alone():
    both = config(groups={**SCST.groups, "more": DeviceGroup()})
    assert indented(text(alua.tree(both, FACTS)), 2) == ["esos", "more"]
    assert indented(text(alua.tree(both, FACTS, "more")), 2) == ["more"]


@pytest.mark.parametrize("facts, drivers, lines", [
    (FACTS, SCST.drivers, [f"{T2}  disabled"]),
    (FACTS.having(devices=frozenset({"null0"})), SCST.drivers,
     ["disk1  vdisk_blockio  /dev/drbd0  blocksize=4096  does not run", "LUN 0 disk1  does not run", f"{T2}  disabled"]),
    (FACTS.having(targets={T1: "iscsi", "loc": "scst_local"}), SCST.drivers, [f"{T2}  not there, disabled"]),
    (FACTS, {**SCST.drivers, "iscsi": Driver()}, ["iscsi  disabled", f"{T2}  disabled"]),
    (FACTS, {"iscsi": Driver(True)}, [f"{T2}  disabled", "scst_local  not loaded"]),
    (Facts(), SCST.drivers, [f"{T2}  disabled"]),
], ids=["as it is", "a device gone", "a target gone", "driver off", "driver gone", "stopped"])
def test_what_is_disabled_or_absent_is_marked(facts, drivers, lines):
    assert list(warned(status_tree.tree(config(drivers=drivers), facts))) == lines


@pytest.mark.parametrize("facts, driver, state, lines", [
    (FACTS, Driver(True), "active", [f"{T2}  -  local, disabled"]),
    (FACTS.having(devices=frozenset({"null0"})), Driver(True), "active", [f"{T2}  -  local, disabled", "disk1  does not run"]),
    (FACTS, Driver(), "active", [f"{T1}  1  local, its driver iscsi is disabled", f"{T2}  -  local, disabled, its driver iscsi is disabled"]),
    (FACTS, Driver(True), "offline", ["local (1) offline", f"{T2}  -  local, disabled"]),
    (Facts(), Driver(True), "standby", [f"{T2}  -  local, disabled"]),
], ids=["as it is", "a device gone", "driver off", "offline", "stopped"])
def test_what_keeps_an_alua_path_dark_is_marked(facts, driver, state, lines):
    group = SCST.groups["esos"]
    tgrps = {**group.target_groups, "local": replace(group.target_groups["local"], state=state, preferred=False)}
    there = config(groups={"esos": replace(group, target_groups=tgrps)}, drivers={"iscsi": driver})
    assert list(warned(alua.tree(there, facts))) == lines


@pytest.mark.parametrize("view", [status_tree.tree, alua.tree])
def test_the_order_of_a_configuration_does_not_show(view):
    more = config(devices={**SCST.devices, "disk2": Device("vdisk_fileio", {"usn": "1", "filename": "/f", "a": "b"})},
                  groups={**SCST.groups, "more": DeviceGroup()})
    two = more.having(scst=replace(more.scst, targets={**SCST.targets, T1: replace(SCST.targets[T1], groups={
        "b": InitiatorGroup({}, frozenset("zyxwvut")), "a": InitiatorGroup()})}))
    shown = text(view(two, FACTS))
    assert text(view(with_reversed_mappings(two), FACTS)) == shown
    assert "t  u  v  w  x  y  z" in shown or view is alua.tree
    assert "a=b usn=1" in shown or view is alua.tree


@pytest.mark.parametrize("texts, lines", [
    ([], []),
    (["a"], ["a"]),
    (["a" * 37, "b" * 37], ["a" * 37 + "  " + "b" * 37]),
    (["a" * 37, "b" * 38], ["a" * 37, "b" * 38]),
    (["a" * 100, "b"], ["a" * 100, "b"]),
])
def test_names_fill_lines_of_76_letters(texts, lines):
    assert list(packing.packed(texts)) == lines


def test_a_stopped_scst_is_shown_as_it_is_saved():
    assert text(status_tree.tree(CONFIG, Facts())).startswith("scst (SCST is stopped: as saved)\n")
    assert text(alua.tree(CONFIG, Facts())).startswith("device groups (SCST is stopped: as saved)\n")


@pytest.mark.parametrize("number, alone, together", [
    (packing.ONE_PER_LINE, ["    d0000  vdisk_nullio", "      LUN 0 d0000"], []),
    (packing.ONE_PER_LINE + 1, [], [f"    vdisk_nullio, {packing.ONE_PER_LINE + 1} devices", f"      {packing.ONE_PER_LINE + 1} LUNs"]),
])
def test_names_share_lines_where_there_are_many(number, alone, together):
    shown = text(status_tree.tree(big(number), Facts())).splitlines()
    assert [line in shown for line in ("    d0000  vdisk_nullio", "      LUN 0 d0000")] == [bool(alone)] * 2
    assert [line for line in (*alone, *together) if line not in shown] == []


@pytest.mark.parametrize("view", [status_tree.tree, alua.tree])
def test_a_thousand_devices_are_readable_and_all_there(view):
    shown = text(view(big(1000), Facts()))
    assert len(shown.splitlines()) < 20
    assert max(map(len, shown.splitlines())) <= 88
    there = set(shown.split())
    for first, last in re.findall(r"d(\d+) \.\.\. d(\d+)", shown):
        there |= {f"d{each:04}" for each in range(int(first), int(last))}
    assert {f"d{each:04}" for each in range(1000)} <= there


@pytest.mark.parametrize("names, shown", [
    ("d1 d2 d3 d4", ["d1 ... d4"]), ("d1 d2 d3", ["d1", "d2", "d3"]), ("d08 d09 d10 d11 d13", ["d08 ... d11", "d13"]),
    ("d8 d9 d10 d11", ["d8 ... d11"]), ("d9 d010 d011 d012", ["d9", "d010", "d011", "d012"]), ("a b", ["a", "b"]), ("", []),
    ("a1 b2 c3 d4 d5 d6 d7", ["a1", "b2", "c3", "d4 ... d7"]),
])
def test_names_that_are_numbered_on_are_told_by_the_first_and_the_last(names, shown):
    assert list(packing.ranged(names.split())) == shown


def test_luns_that_are_numbered_on_with_their_devices_are_told_by_the_first_and_the_last():
    luns = [*(f"{number} d{number:04}" for number in range(8, 12)), "12 web", *(f"{number} web read-only" for number in range(13, 17))]
    assert list(packing.ranged(luns)) == ["8 d0008 ... 11 d0011", "12 web", "13 web read-only ... 16 web read-only"]


def test_of_a_thousand_devices_those_that_do_not_run_have_a_line_each():
    gone = ("d0007", "d0042", "d0100", "d0900")
    facts = Facts(loaded=True, devices=frozenset(big(1000).scst.devices) - {*gone}, targets={T1: "iscsi"})
    devices = [f"{name}  vdisk_nullio  does not run" for name in gone]
    assert list(warned(status_tree.tree(big(1000), facts))) == [*devices, *(f"LUN {int(name[1:])} {name}  does not run" for name in gone)]
    assert list(warned(alua.tree(big(1000), facts))) == [f"{name}  does not run" for name in gone]


def test_nothing_configured_is_a_bare_label():
    assert text(status_tree.tree(Config(), Facts(loaded=True))) == "scst (running)\n"
    assert text(alua.tree(Config(), Facts(loaded=True))) == "device groups (running)\n"
