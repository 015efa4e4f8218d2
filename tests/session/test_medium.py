"""What the boot medium lacks, and the way back to what was before the first commit."""

from __future__ import annotations

import pytest
from boxes import do, session_on
from stopped import T, stopped_box

from esosh.errors import Refused
from esosh.transaction import git

LEFT_OPEN = (
    "HANDLER vdisk_nullio {\n\tDEVICE d\n}\n\nTARGET_DRIVER iscsi {\n\tenabled 1\n\n"
    f"\tTARGET {T} {{\n\t\tLUN 0 d\n\t\tenabled 1\n\t}}\n}}\n"
)


def sync_line(box):
    return next(line for line in do(session_on(box), "status").splitlines() if " sync " in line)


def test_files_that_changed_behind_the_last_commit_are_not_on_the_medium(session, box):
    do(session, "svc enable nut", "commit sync")
    assert sync_line(box) == "ok  sync     saved"
    box.replace("/etc/rc.conf", box.read("/etc/rc.conf") + "# by hand\n")
    box.replace("/etc/new.conf", "x\n")
    assert sync_line(box) == " !  sync     not on the boot medium: new.conf rc.conf  sync"
    do(session, "svc disable nut", "commit")
    box.replace("/etc/new.conf", "y\n")
    assert sync_line(box) == " !  sync     1 commit not on the boot medium; not on the boot medium: new.conf  sync"
    do(session, "sync")
    assert sync_line(box) == "ok  sync     saved"


def test_a_name_with_blanks_and_letters_beyond_ascii_is_one_file(session, box):
    do(session, "svc enable nut", "commit sync")
    box.replace("/etc/a file é", "x\n")
    assert git.changed_files(box) == ["a file é"]


def test_rollback_by_the_number_of_commits_is_what_was_there_before_the_first(session, box):
    box.replace("/etc/rc.conf", box.read("/etc/rc.conf").replace("rc.sbd_enable=NO", "rc.sbd_enable=YES"))
    do(session, "svc enable nut", "commit", "svc enable opensm", "commit")
    backs = [(commit["back"], commit["number"]) for commit in session.run(parse_line("history")).data]
    assert backs[:3] == [(0, 2), (1, 1), (2, None)]
    do(session, "rollback 2")
    assert "- svc enable opensm" in do(session, "diff")
    config = session.config.svc
    assert (config["nut"].enabled, config["opensm"].enabled, config["sbd"].enabled) == (False, False, True)


def test_a_number_beyond_the_first_commit_is_told_and_names_the_way(session):
    do(session, "svc enable nut", "commit")
    with pytest.raises(Refused, match="no commit 2; esosh made 1, and others go by their hash") as refused:
        do(session, "rollback 2")
    assert refused.value.hint == "history"


def test_a_box_without_commits_of_esosh_has_nothing_to_count_back_from(session):
    with pytest.raises(Refused, match="no commit 0"):
        do(session, "rollback 0")


def parse_line(text):
    from esosh.commands.parse import parse

    return parse(text)


def test_an_id_that_the_file_leaves_to_scst_is_no_drift_and_no_loss(tmp_path):
    box = stopped_box(tmp_path, LEFT_OPEN)
    do(session_on(box), "svc start scst")
    assert box.read(f"/sys/kernel/scst_tgt/targets/iscsi/{T}/rel_tgt_id").startswith("1\n")
    assert "rel_tgt_id" not in do(session_on(box), "status drift")
    assert "otherwise" not in do(session_on(box), "status")
    assert "not saved" not in do(session_on(box), "svc stop scst")


def test_an_id_that_the_file_has_otherwise_is_drift(tmp_path):
    box = stopped_box(tmp_path, LEFT_OPEN)
    do(session_on(box), "svc start scst")
    box.replace("/etc/scst.conf", LEFT_OPEN.replace("\t\tenabled 1\n\t}", "\t\tenabled 1\n\t\trel_tgt_id 7\n\t}"))
    assert "rel_tgt_id" in do(session_on(box), "status drift")
