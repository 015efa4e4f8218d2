"""Who is named where edits clash with what somebody else did."""

from __future__ import annotations

import re

import pytest
from boxes import do, session_on

from esosh.errors import ChecksRefuse, Conflict, Refused

SCST = "/sys/kernel/scst_tgt"
T = "iqn.2026-11.local.esos1:target1"
GROUP = f"{SCST}/targets/iscsi/{T}/ini_groups/esx"
SERVED = (f"scst group add {T} esx", f"scst lun add {T} group esx 0 disk01", "net bond bond0 slaves eth1 miimon=100", "commit")
LUN, BOND = f"scst lun add {T} group esx 1 disk02", "net bond bond0 miimon=50"
KERNEL = "it was changed in the kernel, by hand"


def kernel(box):
    box.write(f"{GROUP}/luns/mgmt", "add disk03 1\n")


def file(box):
    box.replace("/etc/network.conf", box.read("/etc/network.conf").replace("miimon=100", "miimon=70"))


def both(box):
    kernel(box)
    lun = "\t\t\tLUN 0 disk01"
    assert lun in box.read("/etc/scst.conf")
    box.replace("/etc/scst.conf", box.read("/etc/scst.conf").replace(lun, f"{lun}\n\t\t\tLUN 1 disk03"))


def other(*lines):
    return lambda box: do(session_on(box, name="other"), *lines, "commit")


@pytest.mark.parametrize("line, meanwhile, told", [
    (LUN, [kernel], KERNEL), (LUN, [both], "/etc/scst.conf was written .*, your first edit is of .*"),
    (LUN, [other(f"scst lun add {T} group esx 1 disk03")], "commit 2 by root, .*"),
    (LUN, [other("svc enable sbd"), kernel], KERNEL), (LUN, [kernel, other("scst set poll_us=1")], KERNEL),
    (BOND, [file], "/etc/network.conf was written .*, your first edit is of .*"),
    (BOND, [file, other("svc enable sbd")], "it was changed by hand, before commit 2 by root, .*"),
    (BOND, [file, kernel], "/etc/network.conf was written .*, your first edit is of .*"),
])
def test_a_conflict_says_where_the_other_change_is_from(session, box, line, meanwhile, told):
    do(session, *SERVED, line)
    for happens in meanwhile:
        happens(box)
    with pytest.raises(Conflict) as conflict:
        do(session, "commit")
    assert [row for row in conflict.value.details if re.fullmatch(f"theirs: {told}", row)]


@pytest.fixture
def unfit(session, box):
    """A session with an edit of a device that somebody deletes, and edits of other things."""
    do(session, "adopt scst", "commit", "scst device set disk01 threads_num=3")
    other("scst device del disk01")(box)
    do(session, "svc enable nfsd", "scst device set disk02 threads_num=4")
    return session


@pytest.mark.parametrize("line", ["plan", "plan svc", "check", "commit"])
def test_where_an_edit_fits_no_more_plan_and_check_say_what_commit_says(unfit, line):
    with pytest.raises(Conflict, match="the machine changed, and 1 edit fits no more") as conflict:
        do(unfit, line)
    assert conflict.value.details == ("scst device set disk01 threads_num=3: no SCST device disk01; there are: disk02 disk03",)


@pytest.mark.parametrize("line", ["diff", "cib diff"])
def test_diff_shows_the_edits_that_fit_and_the_others(unfit, line):
    text = do(unfit, line)
    assert text.startswith("1 edit fits no more: resolve theirs drops them\nscst device set disk01 threads_num=3: no SCST device")
    assert "nfsd" in text and "threads_num=4" in text


@pytest.mark.parametrize("lines, left", [
    (["undo"], ["scst device set disk01 threads_num=3", "svc enable nfsd"]),
    (["undo", "redo"], ["scst device set disk01 threads_num=3", "svc enable nfsd", "scst device set disk02 threads_num=4"]),
    (["abort svc"], ["scst device set disk01 threads_num=3", "scst device set disk02 threads_num=4"]),
    (["abort scst"], ["svc enable nfsd"]),
    (["abort"], []),
    (["resolve theirs"], ["svc enable nfsd", "scst device set disk02 threads_num=4"]),
    (["resolve theirs scst disk01"], ["svc enable nfsd", "scst device set disk02 threads_num=4"]),
    (["resolve theirs", "undo"], ["scst device set disk01 threads_num=3", "svc enable nfsd", "scst device set disk02 threads_num=4"]),
])
def test_edits_are_taken_back_although_one_fits_no_more(unfit, lines, left):
    do(unfit, *lines)
    assert [str(edit) for edit in unfit.candidate.edits] == left
    assert [str(edit) for edit in session_on(unfit.host).candidate.edits] == left


def test_lines_are_loaded_and_go_back_although_an_edit_fits_no_more(unfit, tmp_path):
    (tmp_path / "more.esh").write_text("svc enable sbd\n")
    do(unfit, f"load {tmp_path}/more.esh")
    assert "svc enable sbd" in map(str, unfit.candidate.edits)


def test_theirs_drops_the_edits_that_fit_no_more_what_they_made(session, box):
    do(session, "adopt scst", "commit", "scst device del disk02")
    box.write(f"{SCST}/targets/iscsi/{T}/luns/mgmt", "add disk02 0\n")
    with pytest.raises(Conflict) as conflict:
        do(session, "commit")
    assert f"take one: resolve mine scst {T}, or: resolve theirs scst {T}" in conflict.value.details
    assert do(session, f"resolve theirs scst {T}") == "- scst device del disk02\n"
    assert do(session, "commit") == "nothing to do\n"


def test_mine_brings_back_the_edits_that_fit_what_is_mine(session, box):
    do(session, "adopt scst", "commit", "scst device del disk02")
    box.write(f"{SCST}/targets/iscsi/{T}/luns/mgmt", "add disk02 0\n")
    do(session, f"resolve mine scst {T}")
    assert "committed" in do(session, "commit allow io force because")
    assert not box.exists(f"{SCST}/devices/disk02") and not box.exists(f"{SCST}/targets/iscsi/{T}/luns/0")


def test_what_changes_while_a_question_waits_is_not_lost(session, box):
    do(session, "adopt scst", "commit", *SERVED[:2], "commit", f"scst group del {T} esx")

    def answer(view, question):
        kernel(box)
        return "yes"

    session.ask = answer
    with pytest.raises((Conflict, ChecksRefuse)):
        do(session, "commit")
    assert box.readlink(f"{GROUP}/luns/1/device").endswith("/disk03")


@pytest.mark.parametrize("line, left", [
    ("resolve theirs", []), ("resolve mine", ["net bond bond0 mtu=9000"]), ("abort scst disk01", ["net bond bond0 mtu=9000"]),
])
def test_an_edit_that_fits_no_more_stands_in_the_way_of_no_other_conflict(session, box, line, left):
    do(session, "adopt scst", *SERVED[2:3], "commit", "net bond bond0 mtu=9000", "scst device set disk01 threads_num=3")
    other("net bond bond0 mtu=4000", "scst device del disk01")(box)
    do(session, line)
    assert [str(edit) for edit in session.candidate.edits if "disk01" in str(edit)] == []
    assert bool(session.candidate.edits) == bool(left)


def test_an_object_that_other_edits_need_is_not_dropped_alone_and_that_is_said(session):
    do(session, "scst device add vdisk_nullio a", f"scst lun add {T} 0 a")
    with pytest.raises(Refused, match="other edits need scst a: "):
        do(session, "abort scst a")
