"""What a line costs on a box with 3, 100 and 1,000 devices: what is read, listed, written, run and imported."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable

import pytest
from boxes import Esosh, do, environment, session_on
from counting import SCST, Counting

from esosh.errors import EsoshError
from esosh.sandbox import Sandbox
from esosh.shell.menu import Menu

COUNTS = (3, 100, 1000)
T, X, NEW = "iqn.2026-11.local.esos1:target1", "d00001", "another"
MENU = "menu of "  # in front of a line: what may follow it

SCRIPT = (  # each line on the box as the lines before it left it
    "alua dgrp addd more", "show svc", "show net", "status", "show scst", "show alua", f"show scst {X}", "diff",
    f"{MENU}scst device set ", f"{MENU}scst device set d0", f"{MENU}scst device set {X} ", f"{MENU}scst lun add {T} 5 ", f"{MENU}alua device add big ",
    "net iface eth1 mtu=9000", "commit (net)",
    f"scst device set {X} threads_num=4", "diff (set)", "plan (set)", "commit (set)",
    f"scst device add vdisk_nullio {NEW} size=1048576", "commit (add)",
    f"scst lun add {T} 5000 {NEW}", "commit (lun)", f"alua device add big {NEW}", "commit (member)",
    f"alua device del big {NEW}", "commit (no member)", f"scst lun del {T} 5000", "commit (no lun)", f"scst device del {NEW}", "commit (del)",
)
Costs = dict[str, Counting]


def batch(count: int) -> list[str]:
    """The lines for so many devices, each a LUN of one target and a member of one device group."""
    names = [f"d{number:05}" for number in range(count)]
    devices = [f"scst device add vdisk_nullio {name} size=16777216" for name in names]
    luns = [f"scst lun add {T} {number} {name}" for number, name in enumerate(names)]
    return [*devices, *luns, "alua dgrp add big", f"alua device add big {' '.join(names)}"]


def run(host: Counting, line: str) -> None:
    """Run a line of the script in a session of its own."""
    session = session_on(host)  # type: ignore[arg-type]
    if line.startswith(MENU):
        assert Menu(session).at(line[len(MENU) :])
    else:
        words = line.partition(" (")[0]
        do(session, f"{words} allow reboot" if words == "commit" else words)


@pytest.fixture(scope="module")
def costs(tmp_path_factory) -> Callable[[int], Costs]:
    """What each line of the script costs on a box with so many devices; "load" and "batch" are what made them."""
    known: dict[int, Costs] = {}

    def of(count: int) -> Costs:
        if count not in known:
            known[count] = measured(tmp_path_factory.mktemp(f"box{count}"), count)
        return known[count]

    return of


def measured(folder, count: int) -> Costs:
    box, file = Sandbox(str(folder / "box")), folder / "batch.esh"
    file.write_text("\n".join(batch(count)) + "\n")
    found = {line: Counting(box) for line in ("load", "batch", *SCRIPT)}
    do(session_on(found["load"]), f"load {file}")  # type: ignore[arg-type]
    run(found["batch"], "commit")
    for line in SCRIPT:
        try:
            run(found[line], line)
        except EsoshError:
            assert line == SCRIPT[0]
    return found


each_count = pytest.mark.parametrize("count", COUNTS)


# nothing at all


@each_count
@pytest.mark.parametrize("line", ["alua dgrp addd more", "show svc", "show net", "diff", "net iface eth1 mtu=9000", "commit (net)"])
def test_a_line_about_something_else_touches_nothing_of_scst(costs, count, line):
    assert not costs(count)[line].touches_scst


@each_count
def test_a_refused_line_reads_nothing_and_starts_nothing(costs, count):
    refused = costs(count)["alua dgrp addd more"]
    assert (refused.reads, refused.writes, refused.programs) == ([], [], [])


@each_count
@pytest.mark.parametrize("line", ["show svc", "show net", "show scst", "show alua", f"show scst {X}"])
def test_what_is_configured_is_shown_without_a_program(costs, count, line):
    assert (costs(count)[line].programs, costs(count)[line].writes) == ([], [])


# what is about one object


@each_count
@pytest.mark.parametrize("line, devices", [
    (f"scst device set {X} threads_num=4", {X}), ("diff (set)", {X}), ("plan (set)", {X}), ("commit (set)", {X}), (f"show scst {X}", {X}),
    (f"scst device add vdisk_nullio {NEW} size=1048576", set()), ("commit (add)", {NEW}),
    (f"scst lun add {T} 5000 {NEW}", set()), ("commit (lun)", set()), (f"alua device add big {NEW}", set()), ("commit (member)", set()),
    (f"alua device del big {NEW}", set()), ("commit (no member)", set()), (f"scst lun del {T} 5000", set()), ("commit (no lun)", set()),
    (f"scst device del {NEW}", {NEW}), ("commit (del)", {NEW}), ("status", set()), ("show alua", set()),
    (f"{MENU}scst device set ", set()), (f"{MENU}scst device set d0", set()), (f"{MENU}scst device set {X} ", {X}),
    (f"{MENU}scst lun add {T} 5 ", set()), (f"{MENU}alua device add big ", set()),
])
def test_attributes_are_read_of_those_devices_alone(costs, count, line, devices):
    assert costs(count)[line].devices <= devices


LINEAR = ("load", "batch", "show scst", "show alua", "commit (lun)", "commit (no lun)")  # they show, or make anew, the lines of all


@pytest.mark.parametrize("line", [line for line in SCRIPT if line not in LINEAR])
def test_what_is_asked_of_scst_does_not_grow_with_its_devices(costs, line):
    few, some, many = (costs(count)[line].numbers for count in COUNTS)
    assert few == some == many


@pytest.mark.parametrize("line", ["commit (lun)", "commit (no lun)"])
def test_a_commit_of_a_lun_reads_one_attribute_more_for_each_lun_of_its_target(costs, line):
    few, some, many = (costs(count)[line].numbers for count in COUNTS)
    assert (some["reads"] - few["reads"], many["reads"] - few["reads"]) == (COUNTS[1] - COUNTS[0], COUNTS[2] - COUNTS[0])
    assert (few["writes"], few["programs"]) == (some["writes"], some["programs"]) == (many["writes"], many["programs"])


@each_count
@pytest.mark.parametrize("line, path", [
    ("commit (set)", f"{SCST}/devices/{X}/threads_num"), ("commit (add)", f"{SCST}/handlers/vdisk_nullio/mgmt"),
    ("commit (lun)", f"{SCST}/targets/iscsi/{T}/luns/mgmt"), ("commit (member)", f"{SCST}/device_groups/big/devices/mgmt"),
    ("commit (no member)", f"{SCST}/device_groups/big/devices/mgmt"), ("commit (no lun)", f"{SCST}/targets/iscsi/{T}/luns/mgmt"),
    ("commit (del)", f"{SCST}/handlers/vdisk_nullio/mgmt"),
])
def test_one_change_is_one_write(costs, count, line, path):
    assert costs(count)[line].writes == [path]


# menus


@each_count
@pytest.mark.parametrize("line", [f"{MENU}scst device set ", f"{MENU}scst device set d0", f"{MENU}scst lun add {T} 5 ", f"{MENU}alua device add big "])
def test_a_menu_of_names_lists_folders_and_reads_nothing_of_scst(costs, count, line):
    asked = costs(count)[line]
    assert (asked.reads_below(), asked.programs, asked.writes) == ([], [], [])
    assert not [path for path in asked.lists if path.startswith(f"{SCST}/devices/")]


# all


@each_count
def test_every_attribute_is_read_once_to_show_all(costs, count):
    shown = costs(count)["show scst"]
    assert shown.read_again == set()
    assert len([name for name in shown.devices if name.startswith("d0")]) == count


@each_count
def test_a_batch_is_loaded_without_an_attribute_of_what_it_makes(costs, count):
    assert not [name for name in costs(count)["load"].devices if name.startswith("d0")]
    assert costs(count)["load"].writes == []


@each_count
def test_a_batch_writes_three_times_for_each_device_and_looks_at_each_once(costs, count):
    made = costs(count)["batch"]
    assert sum(path == f"{SCST}/handlers/vdisk_nullio/mgmt" for path in made.writes) == count
    assert sum(path == f"{SCST}/targets/iscsi/{T}/luns/mgmt" for path in made.writes) == count
    assert sum(path == f"{SCST}/device_groups/big/devices/mgmt" for path in made.writes) == count
    assert len(made.writes) == 3 * count + 1  # and one makes the group
    assert len([path for path in made.reads_below(f"{SCST}/devices") if path.split("/")[5].startswith("d0")]) <= count


def test_a_batch_costs_the_same_for_each_device_however_many_there_are(costs):
    few, some, many = (costs(count)["batch"].numbers for count in COUNTS)
    for kind in ("reads", "lists", "writes"):
        each = (some[kind] - few[kind]) / (COUNTS[1] - COUNTS[0])
        assert many[kind] - some[kind] == each * (COUNTS[2] - COUNTS[1]), kind
    assert few["programs"] == some["programs"] == many["programs"]


# what is imported


SLOW = ("lark", "prompt_toolkit", "rich", "pygments", "asyncio", "dataclasses", "inspect", "subprocess", "argparse", "logging", "json")


def imported(esosh: Esosh, *words: str) -> set[str]:
    """The modules that a process of its own imports for a line."""
    argv = esosh.argv(*words, python=("-X", "importtime"))
    done = subprocess.run(argv, capture_output=True, text=True, env=environment(), check=False)
    return set(re.findall(r"^import time: .*\| +(\S+)$", done.stderr, re.M))


def below(modules: set[str], *packages: str) -> list[str]:
    return sorted(name for name in modules if name.startswith(tuple(f"{package}." for package in packages)) or name in packages)


@pytest.mark.parametrize("words", [("alua", "dgrp", "addd", "more"), ("shwo",), ("net", "iface", "eth1", "mtu=x")], ids=" ".join)
def test_a_refused_line_imports_the_language_and_nothing_that_is_slow_or_of_a_machine(esosh, words):
    modules = imported(esosh, *words)
    assert "esosh.commands.parse" in modules
    assert below(modules, *SLOW) == []
    assert below(modules, "esosh.config.scst", "esosh.commands.scst", "esosh.executors", "esosh.session", "esosh.transaction", "esosh.sandbox") == []


@pytest.mark.parametrize("words", [("show", "svc"), ("show", "net"), ("status", "svc"), ("svc", "enable", "sbd"), ("diff",)], ids=" ".join)
def test_a_line_about_another_section_imports_nothing_of_scst(esosh, words):
    modules = imported(esosh, *words)
    assert "esosh.session" in modules
    assert below(modules, "esosh.config.scst", "esosh.executors.scst", "esosh.commands.scst", "esosh.checks.scst", "esosh.completions") == []


@pytest.mark.parametrize("words", [
    ("show", "svc"), ("show", "net"), ("show", "scst"), ("show", "alua"), ("diff",), ("plan",), ("svc", "enable", "sbd"), ("scst", "device", "del", "disk02"),
], ids=" ".join)
def test_a_line_of_its_own_imports_no_shell_and_no_compiler_of_the_grammar(esosh, words):
    modules = imported(esosh, *words)
    assert below(modules, "lark", "prompt_toolkit", "rich", "pygments", "asyncio", "dataclasses", "esosh.completions", "esosh.language.compiler") == []
