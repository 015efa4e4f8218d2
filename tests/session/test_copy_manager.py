"""SCST's own target driver: configured like any other, and not seen where nobody configured it."""

from __future__ import annotations

import pytest
from boxes import do, session_on
from scst_compare import changed_lines
from stopped import K, stopped_box

from esosh.executors.scst import conf

ATTRIBUTE = f"{K}/targets/copy_manager/allow_not_connected_copy"
SET, UNSET = "scst driver set copy_manager allow_not_connected_copy=1", "scst driver unset copy_manager allow_not_connected_copy"
FILE = """HANDLER vdisk_nullio {
	DEVICE d
}

TARGET_DRIVER copy_manager {
	unheard_of 7
	allow_not_connected_copy 0 # why

	TARGET copy_manager_tgt {
		LUN 0 d # as SCST has it
	}
}
"""
UNTOUCHED = FILE.replace("\tunheard_of 7\n", "").replace("allow_not_connected_copy 0 # why", "# Non-key attributes\n\tallow_not_connected_copy 0")
WORDS = ("show", "show scst", "status", "status scst", "status drift", "diff", "plan", "check")


def said(session):
    """All that the words that look at a box say, together."""
    return "".join(do(session, word) for word in WORDS)


def drifted(session):
    return [line.split()[2:] for line in do(session, "status drift").splitlines() if line.startswith("scst copy_manager")]


@pytest.mark.parametrize("file", ["", UNTOUCHED])
@pytest.mark.parametrize("running", [True, False])
def test_a_copy_manager_at_its_defaults_is_not_seen(tmp_path, running, file):
    box = stopped_box(tmp_path, file or "HANDLER vdisk_nullio {\n\tDEVICE d\n}\n")
    if running:
        box.run(("/etc/rc.d/rc.scst", "start"))
    session = session_on(box)
    assert "copy_manager" not in said(session)
    before = box.read("/etc/scst.conf")
    do(session, "scst device set d threads_num=3", "commit")
    assert "copy_manager" not in said(session)
    assert [line for line in changed_lines(before, box.read("/etc/scst.conf")) if "copy_manager" in line or "not_connected" in line] == []


def test_its_attribute_is_set_shown_saved_and_unset(box):
    session = session_on(box)
    do(session, SET)
    assert "+ " + SET in do(session, "diff") and f"echo 1 > {ATTRIBUTE}" in do(session, "plan")
    do(session, "commit")
    assert box.read(ATTRIBUTE).startswith("1\n")
    assert conf.read(box.read("/etc/scst.conf")).drivers["copy_manager"].attributes == {"allow_not_connected_copy": "1"}
    assert SET in do(session, "show scst").splitlines() and do(session, "show scst copy_manager") == f"{SET}\n"
    assert "  copy_manager\n    allow_not_connected_copy=1\n" in do(session, "status scst")
    assert do(session, SET) == "already so\n"

    do(session, UNSET, "commit")
    assert box.read(ATTRIBUTE).startswith("0\n")
    assert "copy_manager" not in said(session)
    do(session, "rollback 1", "commit")
    assert box.read(ATTRIBUTE).startswith("1\n")


@pytest.mark.parametrize("running", [True, False])
def test_its_block_is_amended_and_all_else_of_it_stays(tmp_path, running):
    box = stopped_box(tmp_path, FILE)
    if running:
        box.run(("/etc/rc.d/rc.scst", "start"))
    session = session_on(box)
    do(session, SET, "commit")
    assert box.read("/etc/scst.conf").startswith(FILE.replace("copy 0", "copy 1"))
    do(session, UNSET, "commit")
    assert box.read("/etc/scst.conf").startswith(FILE.replace("\tallow_not_connected_copy 0 # why\n", ""))


def test_a_block_that_is_in_the_file_is_shown_and_comes_with_the_start(tmp_path):
    box = stopped_box(tmp_path, FILE.replace("copy 0", "copy 1").replace("\tunheard_of 7\n", ""))
    session = session_on(box)
    assert SET in do(session, "show scst") and "allow_not_connected_copy=1" in do(session, "status scst")
    do(session, "svc start scst")
    assert box.read(ATTRIBUTE).startswith("1\n")
    assert drifted(session_on(box)) == [["attributes", "allow_not_connected_copy", "1", "1", "-"]]  # not on the medium


def test_its_target_and_luns_are_scst_s_own(tmp_path):
    box = stopped_box(tmp_path, FILE)
    box.run(("/etc/rc.d/rc.scst", "start"))
    session = session_on(box)
    do(session, SET, "commit")
    assert "copy_manager_tgt" not in said(session) + do(session, "status scst copy_manager") + do(session, "trace d")


def test_a_value_that_was_written_by_hand_is_drift_and_goes_either_way(box):
    session = session_on(box)
    do(session, "scst set poll_us=1", "commit", "sync")
    box.write(ATTRIBUTE, "1")
    session = session_on(box)
    assert drifted(session) == [["attributes", "allow_not_connected_copy", "1", "-", "-", "-"]]
    do(session, "reapply scst", "commit")
    assert box.read(ATTRIBUTE).startswith("0\n") and drifted(session) == []

    box.write(ATTRIBUTE, "1")
    session = session_on(box)
    do(session, "adopt scst", "commit")
    assert "allow_not_connected_copy 1" in box.read("/etc/scst.conf")
