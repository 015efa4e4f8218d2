"""The way from one SCST to another: what is there at each moment of it, and what undoing gives back."""

from __future__ import annotations

import pytest
from boxes import do, session_on
from logins import ESX1, EXPORTS, FC, SCST, T, log_in

from esosh.errors import StepFailed
from esosh.executors.scst import facts


@pytest.mark.parametrize("before, lines", [
    ([f"scst initiator add {T} group esx {ESX1}"],
     [f"scst group del {T} esx", f"scst group add {T} new", f"scst lun add {T} group new 0 disk02", f"scst initiator add {T} group new {ESX1}"]),
    ([f"scst initiator add {T} group esx *:esx1"], [f"scst initiator del {T} group esx *:esx1", f"scst initiator add {T} group esx {ESX1}"]),
    ([f"scst initiator add {T} group esx *:esx1"], [f"scst initiator del {T} group esx *:esx1", f"scst initiator add {T} group also {ESX1}"]),
    ([f"scst initiator add {T} group esx {ESX1}"],
     [f"scst initiator del {T} group esx {ESX1}", f"scst lun del {T} group esx 0", f"scst initiator add {T} group also {ESX1}"]),
    ([], [f"scst lun del {T} 0", f"scst lun add {T} group also 1 disk01", f"scst initiator add {T} group also {ESX1}"]),
], ids=["group renamed", "name for pattern", "pattern to name elsewhere", "moved with its LUN", "out of the target's own"])
def test_on_the_way_an_initiator_sees_what_it_saw_or_what_it_will_see(box, session, before, lines):
    do(session, *EXPORTS, *before, *(["commit"] if before else []))
    log_in(box, ESX1, "esx" if before else "")
    seen = []
    session.progress = lambda *about: seen.append(next(tuple(each.luns.items()) for each in facts(box).sessions if each.initiator == ESX1))
    first = tuple(facts(box).sessions[0].luns.items())
    do(session, *lines, "commit allow io force moving")
    assert len(seen) > 2
    assert {*seen} <= {first, tuple(facts(box).sessions[0].luns.items())}


@pytest.mark.parametrize("key", ["usn", "t10_dev_id", "vend_specific_id", "prod_id"])
@pytest.mark.parametrize("core", ["", "0x1234"])
def test_an_identity_is_given_in_place_to_a_device_that_is_seen_and_taken_back_without_a_trace(session, box, key, core):
    do(session, *EXPORTS)
    log_in(box, ESX1)
    do(session, *([f"scst set setup_id={core}", "commit force intended"] if core else []), f"scst device set disk01 {key}=ABC")
    made, file = box.read(f"{SCST}/devices/disk01/{key}"), f"{SCST}/devices/disk01/{key}"
    assert str(session.commit_plan(session.config).steps[0].do) == f"echo ABC > {file}"
    box.path("/faults").write_text("replace /etc/scst.conf EIO\n")
    with pytest.raises(StepFailed):
        do(session_on(type(box)(str(box.path("/")))), "commit allow io force intended")
    box.path("/faults").unlink()
    assert box.read(file).split("\n")[0] == made.split("\n")[0]
    assert f"{key}=" not in do(session_on(box, name="other"), "show scst disk01")
    do(session, "commit allow io force intended")
    assert box.read(file).startswith("ABC\n")


@pytest.mark.parametrize("before, lines, order", [
    ([f'scst target set {T} IncomingUser="joe secretsecret12" allowed_portal=10.0.0.1'],
     [f'scst target set {T} IncomingUser="ann secretsecret12" allowed_portal=10.0.0.2',
      f"scst target unset {T} IncomingUser=joe allowed_portal=10.0.0.1"],
     ["add IncomingUser ann", "add allowed_portal 10.0.0.2", "del IncomingUser joe", "del allowed_portal 10.0.0.1"]),
    ([f"scst target enable {T}", f'scst target set {T} IncomingUser="joe secretsecret12" OutgoingUser="box secretsecret12"'],
     [f'scst target set {T} IncomingUser="joe secretsecret13" OutgoingUser="san secretsecret12"'],
     ["add IncomingUser joe.old", "del IncomingUser joe", "add IncomingUser joe", "del IncomingUser joe.old", "del OutgoingUser box", "add OutgoingUser san"]),
])
def test_who_may_log_in_is_added_before_others_go(session, before, lines, order):
    do(session, *before, "commit", *lines)
    steps = [step.do.text.split() for step in session.commit_plan(session.config).steps if hasattr(step.do, "path")
             and "attribute" in getattr(step.do, "text", "").split()[:1][0]]
    assert [f"{words[0][:3]} {words[2]} {words[3]}" for words in steps] == order
    do(session, "commit allow io")
    assert "nothing to do" in do(session, "plan")


@pytest.mark.parametrize("before, line, unwanted", [
    (["alua dgrp add g", "alua tgrp add g t state=standby preferred=1", f"alua target add g t {FC} 21:00:00:1b:32:01:6b:11"],
     "alua tgrp set g t group_id=3", "del"),
    (["alua dgrp add g", "alua tgrp add g t group_id=1", "alua target add g t 21:00:00:1b:32:01:6b:11"],
     "alua target set g t 21:00:00:1b:32:01:6b:11 rel_tgt_id=4", "del"),
])
def test_a_first_id_is_given_in_place_and_taken_back(box, session, before, line, unwanted):
    do(session, *before, "commit")
    shown = do(session, "show")
    box.path("/faults").write_text("replace /etc/scst.conf ENOSPC\n")
    again = session_on(type(box)(str(box.path("/"))))
    do(again, line)
    assert f"'{unwanted} " not in do(again, "plan")
    with pytest.raises(StepFailed, match="undone and checked"):
        do(again, "commit allow io")
    do(again, "abort")
    assert do(again, "show") == shown
    do(again, line)
    assert "committed" in do(again, "commit allow io")


def test_a_new_target_that_is_always_enabled_gives_back_the_id_that_it_took(box, session):
    do(session, f"scst target enable {T}", f"scst target set {T} rel_tgt_id=3", "commit")
    box.replace("/hardware", box.read("/hardware") + "module scst_local\n")
    for action in ("stop", "start"):
        box.run(("/etc/rc.d/rc.scst", action))
    box.path("/faults").write_text("replace /etc/scst.conf ENOSPC\n")
    again = session_on(type(box)(str(box.path("/"))))
    do(again, f"scst target set {T} rel_tgt_id=4", "scst target add scst_local loc2 rel_tgt_id=3")
    with pytest.raises(StepFailed, match="undone and checked"):
        do(again, "commit allow io")
    assert box.read(f"{SCST}/targets/iscsi/{T}/rel_tgt_id").startswith("3\n")


def test_a_lun_of_a_read_only_device_is_writable_once_the_device_is(box, session):
    do(session, f"scst lun add {T} 0 disk01", "scst device set disk01 read_only=1", "commit allow io")
    assert box.read(f"{SCST}/targets/iscsi/{T}/luns/0/read_only").startswith("1")
    assert f"scst lun add {T} 0 disk01\n" in do(session, "show")
    do(session, "scst device unset disk01 read_only", "commit allow io")
    assert box.read(f"{SCST}/targets/iscsi/{T}/luns/0/read_only") == "0\n"


@pytest.mark.parametrize("line, told", [
    (f"scst target set {T} cpu_mask=02", "cpu_mask=2"), ("scst device set disk01 eui64_id=0X1234567890ABCDEF", "eui64_id=0x1234567890abcdef"),
])
def test_a_value_is_kept_as_scst_shows_it(session, line, told):
    do(session, line, "commit allow io")
    assert told in do(session, "show")
    assert "nothing to do" in do(session, "plan")
