"""SCST: scst.conf line by line, and device groups from any configuration to any other, with undo at every step."""

from __future__ import annotations

import difflib

import pytest
from boxes import do, session_on, state
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from places import DATA

from esosh import executors
from esosh.config import Config
from esosh.config.scst import DeviceGroup, Port, Scst, TargetGroup
from esosh.executors.scst import conf, conf_tree, save
from esosh.records import replace
from esosh.transaction import plan
from esosh.transaction.undo import undo

SAMPLES = sorted((DATA / "scst").glob("*.conf"))
LOCAL, REMOTE = "21:00:00:e0:8b:9d:74:49", "21:00:00:1b:32:01:6b:11"


@pytest.mark.parametrize("file", SAMPLES, ids=lambda file: file.stem)
def test_a_file_that_scstadmin_wrote_stays_as_it_is_where_nothing_changes(file):
    text = file.read_text()
    assert conf_tree.parse(text).text() == text
    assert save.amend(text, conf.read(text), conf.read(text)) == text


@pytest.mark.parametrize("file", SAMPLES, ids=lambda file: file.stem)
def test_a_file_that_is_made_anew_says_the_same(file):
    scst = conf.read(file.read_text())
    assert conf.read(save.amend("", Scst(), scst)) == scst


def changed(text: str, **about: object) -> list[str]:
    """The lines that differ when the remote target group of a file changes."""
    scst = conf.read(text)
    group = scst.groups["esos"]
    tgrps = {**group.target_groups, "remote": replace(group.target_groups["remote"], **about)}
    new = save.amend(text, scst, replace(scst, groups={"esos": replace(group, target_groups=tgrps)}))
    return [line for line in difflib.ndiff(text.splitlines(), new.splitlines()) if line[0] in "+-"]


@pytest.mark.parametrize("about, lines", [
    ({"state": "offline"}, ["- \t\tstate nonoptimized", "+ \t\tstate offline"]),
    ({"preferred": True}, ["+ \t\tpreferred 1"]),
    ({"group_id": 7}, ["- \t\tgroup_id 2", "+ \t\tgroup_id 7"]),
    ({"targets": {REMOTE: Port(9)}}, ["- \t\t\trel_tgt_id 5", "+ \t\t\trel_tgt_id 9"]),
    ({"targets": {REMOTE: Port(5), "iqn.2026-01.lab:r": Port()}}, ["+ \t\tTARGET iqn.2026-01.lab:r"]),
], ids=str)
def test_one_fact_is_one_line_of_the_file(about, lines):
    assert changed((SAMPLES[0].parent / "mid.conf").read_text(), **about) == lines


def test_comments_and_unknown_lines_survive():
    text = "# mine\nDEVICE_GROUP esos {\n\t# keep\n\tunknown thing\n\tDEVICE d1\n}\n\nSTRANGE x {\n\ty 1\n}\n"
    scst = conf.read(text)

    amended = save.amend(text, scst, replace(scst, groups={"esos": DeviceGroup(frozenset({"d2"}))}))

    assert amended == text.replace("DEVICE d1", "DEVICE d2")


def test_a_device_that_is_absent_keeps_its_block_and_is_shown_so(box):
    box.replace("/etc/scst.conf", "HANDLER vdisk_fileio {\n\tDEVICE gone {\n\t\tfilename /gone.img\n\t}\n}\n")
    session = session_on(box)
    do(session, "alua dgrp add esos", "commit")

    assert "DEVICE gone {\n\t\tfilename /gone.img\n" in box.read("/etc/scst.conf")
    assert "gone  vdisk_fileio  /gone.img  does not run" in do(session, "status scst")


def test_with_scst_stopped_the_file_is_all(box):
    session = session_on(box)
    do(session, "scst set max_tasklet_cmd=11", "commit", "svc stop scst", "alua pair add esos host1 21:00:00:e0:8b:9d:74:49 host2 21:00:00:1b:32:01:6b:11 local=host1")
    assert "echo" not in do(session, "plan")

    do(session, "commit")
    shown = do(session, "show alua")
    do(session, "svc start scst")

    assert do(session, "show alua") == shown


def groups(devices: st.SearchStrategy[frozenset[str]]) -> st.SearchStrategy[DeviceGroup]:
    numbers = st.sampled_from([0, 1, 2, 700])
    tgrps = st.builds(TargetGroup, numbers, st.sampled_from(["active", "standby", "offline"]), st.booleans())
    ports = st.dictionaries(st.sampled_from([LOCAL, REMOTE, "iqn.2026-01.lab:r"]), st.tuples(st.sampled_from("ab"), numbers))

    def join(devices: frozenset[str], tgrps: dict[str, TargetGroup], ports: dict[str, tuple[str, int]]) -> DeviceGroup:
        placed = {name: {port: Port(0 if port == LOCAL else number) for port, (tgrp, number) in ports.items() if tgrp == name}
                  for name in tgrps}
        return DeviceGroup(devices, {name: replace(tgrp, targets=placed[name]) for name, tgrp in tgrps.items()})

    return st.builds(join, devices, st.dictionaries(st.sampled_from("ab"), tgrps), ports)


@st.composite
def layouts(draw: st.DrawFn) -> dict[str, DeviceGroup]:
    """Device groups that the kernel takes: a device in one at most."""
    places = draw(st.dictionaries(st.sampled_from(["disk01", "disk02", "disk03"]), st.sampled_from("xy")))
    names = draw(st.sets(st.sampled_from("xy")))
    return {name: draw(groups(st.just(frozenset(device for device, place in places.items() if place == name)))) for name in sorted(names)}


def having(config: Config, layout: dict[str, DeviceGroup], number: int) -> Config:
    targets = {**config.scst.targets, LOCAL: replace(config.scst.targets[LOCAL], rel_tgt_id=number)}
    return config.having(scst=Scst(config.scst.devices, targets, layout, config.scst.drivers))


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(layouts(), layouts(), st.sampled_from([0, 1, 5]))
def test_from_any_groups_to_any_others_and_back_from_every_step(new_box, old, new, number):
    box = new_box()
    fresh = executors.read(box)
    for step in plan.plan(fresh, having(fresh, old, 1), plan.look(box)).steps:
        step.do.perform(box)
    before, bytes_before = executors.read(box), state(box)
    assert before.scst == having(fresh, old, 1).scst

    wanted = having(before, new, number)
    steps = plan.plan(before, wanted, plan.look(box)).steps
    for at, step in enumerate(steps):
        assert step.failed_precondition(box) is None
        step.do.perform(box)
        assert step.after is None or step.after.holds(box)
        if at in (len(steps) // 2, len(steps) - 2):
            assert undo(box, steps[: at + 1]) == []
            assert state(box) == bytes_before
            for again in steps[: at + 1]:
                again.do.perform(box)
    assert executors.read(box).scst == wanted.scst
    assert undo(box, steps) == []
    assert state(box) == bytes_before
