"""A session: edits taken back and made again, files loaded and saved, conflicts, and what is shown of it all."""

from __future__ import annotations

import pytest
from boxes import changed, do, root_of, session_on, snapshot

from esosh.commands.parse import parse
from esosh.errors import ChecksRefuse, Conflict, Declined, LineError, LineErrors, Locked, Refused
from esosh.executors.step import DISRUPTIONS
from esosh.sandbox import Sandbox
from esosh.transaction import git

TARGET = "iqn.2026-11.local.esos1:target1"
A, B, C = "alua dgrp add esos", "svc enable opensm", "net bond bond0 slaves eth1"


def edits(session):
    return [str(edit) for edit in session.candidate.edits]


@pytest.mark.parametrize("moves, left, said", [
    (["undo"], [A, B], f"- {C}\n"),
    (["undo 2"], [A], f"- {B}\n- {C}\n"),
    (["undo 3"], [], f"- {A}\n- {B}\n- {C}\n"),
    (["undo 0"], [A, B, C], "no edits\n"),
    (["undo", "undo"], [A], f"- {B}\n"),
    (["undo", "redo"], [A, B, C], f"+ {C}\n"),
    (["undo 2", "redo"], [A, B], f"+ {B}\n"),
    (["undo 2", "redo", "redo", "undo"], [A, B], f"- {C}\n"),
    (["abort"], [], f"- {A}\n- {B}\n- {C}\n"),
    (["abort", "undo"], [A, B, C], f"+ {A}\n+ {B}\n+ {C}\n"),
    (["abort svc"], [A, C], f"- {B}\n"),
    (["abort net", "abort alua"], [B], f"- {A}\n"),
    (["abort scst"], [A, B, C], "no edits\n"),
    (["abort svc", "undo", "abort", "undo 2"], [A, B], f"+ {A}\n+ {B}\n"),
    (["abort", "undo", "redo"], [], f"- {A}\n- {B}\n- {C}\n"),
    (["abort", "svc enable nut", "undo 2"], [A, B, C], f"- svc enable nut\n+ {A}\n+ {B}\n+ {C}\n"),
])
def test_edits_are_taken_back_and_made_again(session, moves, left, said):
    do(session, A, B, C)
    assert do(session, *moves) == said
    assert edits(session) == left == edits(session_on(session.host))


@pytest.mark.parametrize("lines, said", [
    (["undo"], "no edits to take back; past commits go back with rollback"), ([A, "undo 2"], "edits to take back: 1"), ([A, "redo"], "nothing was taken back"),
    ([A, "undo", B, "redo"], "nothing was taken back"), ([A, "commit", "undo"], "no edits to take back"),
])
def test_there_is_no_more_to_take_back_than_was_done(session, lines, said):
    do(session, *lines[:-1])
    with pytest.raises(Refused, match=said):
        do(session, lines[-1])


@pytest.mark.parametrize("line, said, hint", [
    ("show alua esoss", "no alua esoss; there are: esos", "show alua esos"), ("show svc nosuch", "no svc nosuch", ""),
    ("show scst disk1", "disk01 disk02 disk03", "show scst disk01"), ("show net bond7", "no net bond7; there are: general", ""),
])
def test_what_is_not_there_is_shown_as_what_is(session, line, said, hint):
    do(session, A)
    with pytest.raises(Refused, match=said) as refused:
        do(session, line)
    assert refused.value.hint == hint


def test_what_is_as_by_default_is_shown_as_nothing(session):
    assert do(session, "show scst qla2x00t") == do(session, "show scst scst_tgt") == ""


def test_an_edit_that_others_need_is_not_aborted(session):
    do(session, "net iface eth4 mtu=9000", "net iface eth4 address=dhcp", "alua dgrp add esos", "alua tgrp add esos a")
    do(session, "abort net")
    assert edits(session) == ["alua dgrp add esos", "alua tgrp add esos a"]


def test_the_candidate_lies_on_disk_and_is_resumed_by_the_next_session(session, box):
    do(session, A, 'alua dgrp add "add"')
    again = session_on(Sandbox(root_of(box)))
    assert edits(again) == edits(session)
    assert again.config == session.config
    assert do(again, "commit").startswith("committed: number 1")
    assert edits(session_on(box)) == []


def test_every_name_is_a_candidate_of_its_own(session, box):
    other = session_on(box, name="other")
    do(session, A)
    do(other, B)
    assert (edits(session), edits(other)) == ([A], [B])
    do(other, "commit")
    assert edits(session_on(box)) == [A]


def test_a_candidate_that_somebody_holds_names_them(session, box):
    with session.hold(), pytest.raises(Locked, match=r"default@root is in use by root on tty1 \(pid 1\)"), session_on(box).hold():
        pass
    with session_on(box).hold(), session_on(box, name="other").hold():
        pass


def foreign(box, was, to_be):
    """Somebody else edits network.conf."""
    text = box.read("/etc/network.conf")
    assert was in text
    box.replace("/etc/network.conf", text.replace(was, to_be))


def test_the_same_fact_changed_by_another_is_a_conflict_and_nothing_is_applied(session, box):
    do(session, "net bond bond0 slaves eth1 miimon=100", "commit", "net bond bond0 miimon=50")
    foreign(box, "miimon=100", "miimon=200")
    before = snapshot(root_of(box))
    with pytest.raises(Conflict) as conflict:
        do(session, "commit")
    fact, theirs, ways = conflict.value.details
    assert fact == "net bond0: options miimon: it was 100, is now 200, yours is 50"
    assert theirs.startswith("theirs: /etc/network.conf was written ")
    assert ways == "take one: resolve mine net bond0, or: resolve theirs net bond0"
    assert changed(before, snapshot(root_of(box))) == []
    do(session, "abort", "undo")
    with pytest.raises(Conflict):
        do(session, "commit")
    do(session, "abort", "net bond bond0 miimon=50", "commit")
    assert "miimon=50" in box.read("/etc/network.conf")


@pytest.mark.parametrize("line, was, to_be", [
    ("net bond bond0 miimon=50", "hostname = localhost", "hostname = san9"),
    ("net bond bond0 miimon=50", "mtu = 1500", "mtu = 9000"),
    ("svc enable opensm", "miimon=100", "miimon=200"),
    ("net bond bond0 miimon=200", "miimon=100", "miimon=200"),
])
def test_other_facts_changed_by_another_stand_beside_ours(session, box, line, was, to_be):
    do(session, "net bond bond0 slaves eth1 miimon=100", "commit", line)
    foreign(box, was, to_be)
    do(session, "commit")
    assert to_be in box.read("/etc/network.conf")
    assert do(session, "diff") == "no differences\n"


def test_an_edit_that_fits_no_more_is_a_conflict_until_it_is_aborted(session, box):
    do(session, "net bond bond0 slaves eth1", "commit", "net bond unset bond0 slaves", "svc enable opensm")
    foreign(box, "[bond0]", "[xbond]")
    with pytest.raises(Conflict) as conflict:
        do(session, "commit")
    assert "no bond bond0" in conflict.value.details[0]
    assert "svc enable opensm" in do(session, "show")
    do(session, "abort net", "commit")
    assert "rc.opensm_enable=YES" in box.read("/etc/rc.conf")


def test_what_differs_and_what_would_be_done_is_shown(session):
    assert do(session, "diff") == "no differences\n"
    assert do(session, "plan") == "nothing to do\n"
    do(session, A, B)
    assert do(session, "diff").splitlines() == [f"+ {A}", "- svc disable opensm", f"+ {B}"]
    assert do(session, "diff svc").splitlines() == ["- svc disable opensm", f"+ {B}"]
    assert "2 edits, 4 steps, worst: none. All steps can be undone." in do(session, "plan")
    assert "1 edit, 2 steps" in do(session, "plan svc")
    assert do(session, "plan net") == "nothing to do\n"


def test_a_plan_has_an_id_that_names_its_steps(session, box):
    do(session, A)
    first = do(session, "plan").split()[-1]
    ids = [each.run(parse("plan")).data["id"] for each in (session, session_on(box))]
    do(session, B)
    assert ids == [ids[0]] * 2 != [session.run(parse("plan")).data["id"]] * 2
    assert first


@pytest.mark.parametrize("allowed", DISRUPTIONS[1:])
def test_a_disruption_must_be_allowed_in_its_class_or_a_worse_one(session, allowed):
    do(session, A, "alua device add esos disk01", "commit", "alua device del esos disk01")
    if DISRUPTIONS.index(allowed) < DISRUPTIONS.index("io"):
        with pytest.raises(ChecksRefuse, match="disrupts io"):
            do(session, f"commit allow {allowed}")
    else:
        assert "committed" in do(session, f"commit allow {allowed}")


@pytest.mark.parametrize("answer", ["yes", "no", "", "y"])
def test_whoever_can_be_asked_is_asked_once_what_they_allow(box, answer):
    shown = []
    session = session_on(box, ask=lambda view, question: shown.append(view) or answer)
    do(session, A, "alua device add esos disk01", "commit", "alua device del esos disk01")
    if answer == "yes":
        do(session, "commit")
    else:
        with pytest.raises(Declined, match=r"^not committed, 1 edit is kept$"):
            do(session, "commit")
    assert len(shown) == 1
    assert "del disk01" in shown[0].lines[0].text


def test_the_checks_refuse_before_anything_is_done(session, box):
    do(session, "net bond bond0 slaves eth9")
    before = snapshot(root_of(box))
    for line in ("check", "commit", 'commit force "x"', "commit allow reboot"):
        with pytest.raises(ChecksRefuse) as refused:
            do(session, line)
        assert any("slave eth9 is not on this box" in detail for detail in refused.value.details)
    assert changed(before, snapshot(root_of(box))) == []
    assert do(session, "check svc") == "nothing found\n"


@pytest.mark.parametrize("lines, warning", [
    (["scst device add vdisk_fileio f1 filename=/mnt/vdisks/vd1/disk03.img"], "W362 scst f1: disk03 is on /mnt/vdisks/vd1/disk03.img too"),
    ([f"scst target enable {TARGET}"], "W332 scst"), (["net bond bond0 slaves eth1 eth2"], "W321 net bond0: miimon is 0"),
    ([f"scst lun add {TARGET} 1 disk01"], "W333 scst"), (["alua dgrp add g", "alua tgrp add g t"], "W310 alua g"),
])
@pytest.mark.parametrize("commit", ["commit", 'commit allow io force "so it is"', "commit confirmed 5"])
def test_a_commit_tells_what_looks_wrong_with_it(session, lines, warning, commit):
    told = do(session, *lines, commit)
    assert f"\n{warning}" in told
    assert "net bond bond0 miimon=100" in told or "W321" not in told
    if "confirmed" in commit:
        do(session, "revert")  # its guard ends with it


@pytest.mark.parametrize("line, code", [("scst device set f1 threads_num=3", "W362"), ("net bond bond0 mtu=9000", "W321")])
def test_a_commit_tells_no_warning_that_the_box_had_before_it(session, line, code):
    do(session, "scst device add vdisk_fileio f1 filename=/mnt/vdisks/vd1/disk03.img", "net bond bond0", "commit")
    assert code in do(session, line, "plan")
    told = do(session, "commit allow io")
    assert "committed" in told and code not in told


def test_who_is_asked_sees_the_warnings_before_and_not_twice(session):
    asked = []
    session.ask = lambda view, question: asked.append("\n".join(line.text for line in view.lines)) or "yes"
    do(session, "alua pair add g host1 21:00:00:e0:8b:9d:74:49 host2 far", "commit")
    told = do(session, "alua tgrp set g local group_id=9", "alua tgrp unset g remote group_id", "commit")
    assert "W310 alua g" in asked[0] and "committed" in told and "W310" not in told


def test_the_reason_of_a_forced_commit_is_in_the_history(session):
    do(session, B, 'commit comment "subnet manager" force "not needed"')
    assert git.log(session.host, 1)[0].subject == "subnet manager (forced: not needed)"


def test_history_shows_commits_with_who_made_them_and_whether_they_are_saved(session):
    do(session, B, 'commit comment "one"', "sync", "svc disable opensm", 'commit comment "two"')
    found = [(commit.number, commit.who, commit.subject) for commit in git.log(session.host, 2)]
    assert found == [(2, "root", "two"), (1, "root", "one")]
    rows = [line.split() for line in do(session, "history").splitlines()]
    assert [row[:2] for row in rows[:3]] == [["back", "number"], ["0", "2"], ["1", "1"]]
    assert ["no" in rows[1], "yes" in rows[2]] == [True, True]


def test_sync_that_fails_says_which_step(session, box):
    do(session, B, "commit")
    box.replace("/hardware", box.read("/hardware").replace("usb esos_conf", "usb none"))
    with pytest.raises(Refused, match=r"boot medium could not be mounted.*the commit is in /etc only"):
        do(session, "sync")
    assert "1 commit not" in do(session, "status")


@pytest.mark.parametrize("line, native", [
    ("explain svc start scst opensm", ["/etc/rc.d/rc.scst start", "/etc/rc.d/rc.opensm start"]),
    ("explain svc restart scst", ["/etc/rc.d/rc.scst stop", "/etc/rc.d/rc.scst start"]),
    ("explain svc enable sshd", ["already so"]),
    ("explain alua dgrp add esos", ["  1 none     echo 'create esos' > /sys/kernel/scst_tgt/device_groups/mgmt"]),
])
def test_a_line_is_explained_in_the_machine_s_own_commands(session, line, native):
    assert do(session, line).splitlines()[: len(native)] == native
    assert not session.candidate.edits


def test_a_line_is_explained_over_the_edits_that_are_pending(session):
    do(session, A)
    steps = do(session, "explain alua tgrp add esos local group_id=1")
    assert "create local" in steps
    assert "create esos" not in steps
    assert "no more: echo 'create esos'" in do(session, "explain alua dgrp del esos")
    with pytest.raises(Refused, match="no device group ecos"):
        do(session, "explain alua dgrp del ecos")


@pytest.mark.parametrize("line, has, lacks", [
    ("show", [A, C, "svc enable sshd"], []),
    ("show alua", [A], ["svc", "net"]),
    ("show alua esos", [A], ["more"]),
    ("show net bond0", [C], ["eth4"]),
    ("show net general", ["net general hostname=san1"], ["bond0"]),
    ("show svc sshd", ["svc enable sshd"], ["scst"]),
    ("show scst", ["scst device add vdisk_blockio disk01", "scst target add iscsi iqn.2026-11.local.esos1:target1"], ["esos more"]),
    ("show scst disk01", ["scst device add vdisk_blockio disk01"], ["disk02"]),
    ("status", ["sandbox:esos1", "opensm is enabled and does not run", "1 not committed", "bond0 none balance-rr: eth1 up"], []),
    ("status alua", ["device groups (running)", "esos", "more"], []),
    ("status alua esos", ["esos"], ["more"]),
    ("status net", ["eth0", "bond0  up  1000 Mb/s full", "    eth1  up"], []),
    ("status net bond0", ["balance-rr", "  eth1  up"], ["eth4"]),
    ("status svc", ["sshd", "running", "stopped", "unknown"], []),
    ("status scst", ["disk01  vdisk_blockio", "21:00:00:e0:8b:9d:74:49  disabled"], []),
    ("status scst disk02", ["disk02"], ["disk01", "targets"]),
])
def test_show_is_configuration_and_status_is_what_lives(session, line, has, lacks):
    do(session, A, "alua dgrp add more", B, C, "net general hostname=san1", "net iface eth4 mtu=9000", "commit", "svc disable opensm")
    text = do(session, line)
    assert [part for part in has if part not in text] == []
    assert [part for part in lacks if part in text] == []


@pytest.mark.parametrize("line", ["show alua x", "show net x", "show svc x", "status alua x", "status net x", "status svc x", "status scst x"])
def test_what_is_not_there_is_not_shown(session, line):
    with pytest.raises(Refused, match=r"no (\w+, \w+ or |device )?\w+ x") as refused:
        do(session, line)
    assert refused.value.word == "x"


def test_what_is_saved_makes_the_same_on_another_box(session, new_box, tmp_path):
    file = tmp_path / "san1.esh"
    do(session, A, "alua tgrp add esos local group_id=1", "alua device add esos disk02", C, 'svc set opensm opts="-g 1"', f"save {file}")
    assert file.stat().st_mode & 0o777 == 0o600
    other = session_on(new_box())
    do(other, f"load {file}", "commit")
    assert do(other, "show") == file.read_text() == do(session, "show")


@pytest.mark.parametrize("text, error, said", [
    ("alua dgrp add esos\ncommit\n", Refused, "commit is not an edit"),
    ("alua dgrp add esos\nalua device add esos nodisk\n", Refused, "no SCST device nodisk"),
    ("alua dgrp addd esos\nsvc enabel x\n", LineErrors, "2 lines"),
    ("# of SCST\nHANDLER vdisk_nullio {\n\tDEVICE n1\n}\n", LineError, "is an scst.conf, and not lines of esosh$"),
    ("setup_id 0x1\n", LineError, "is an scst.conf"), ("svc enable sbd\nsetup_id 0x1\n", LineError, '"setup_id" does not fit'),
    (None, Refused, "no such file"),
])
def test_a_file_that_does_not_fit_is_loaded_not_at_all(session, tmp_path, text, error, said):
    file = tmp_path / "some.esh"
    if text is not None:
        file.write_text(text)
    with pytest.raises(error, match=said):
        do(session, f"load {file}")
    assert edits(session) == []


def test_a_commit_that_was_cut_short_is_told_and_recovered_by_the_next_change(session, box, esosh):
    do(session, A, B)
    assert esosh("commit", faults="replace /etc/rc.conf crash\n").status == -9
    again = session_on(Sandbox(root_of(box)))
    before = snapshot(root_of(box))
    assert "1 was cut short at step 3 of 4" in do(again, "status")
    do(again, "show", "diff", "plan", "check", "history")
    assert changed(before, snapshot(root_of(box))) == []
    do(again, C)
    assert [notice.text for notice in again.notices] == ["commit 1 by root was cut short at step 3 of 4: everything was undone and checked"]
    assert edits(again) == [A, B, C]
    assert do(session_on(box), "recover") == "nothing to recover\n"


@pytest.mark.parametrize("lines, said", [
    ("", "no edits: all of it is so already\n"), ("svc disable nut\n", "no edits: all of it is so already\n"),
    ("svc enable nut\n", "1 edit\n"), ("svc enable nut\nsvc enable sbd\n", "2 edits\n"),
])
def test_load_says_how_many_edits_a_file_made(session, tmp_path, lines, said):
    (tmp_path / "lines.esh").write_text(lines)
    assert do(session, f"load {tmp_path}/lines.esh") == said
