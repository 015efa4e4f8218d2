"""Undoing what SCST did, half did, refused, or only queued."""

from __future__ import annotations

import errno

import pytest
from boxes import do, session_on

from esosh.errors import EsoshError, UndoFailed
from esosh.executors.scst import queue
from esosh.executors.step import write
from esosh.transaction.undo import undo

ROOT = queue.ROOT


def faulty(box, *lines: str):
    """The box as a process that starts now sees it, with these faults."""
    box.path("/faults").write_text("".join(f"{line}\n" for line in lines))
    return type(box)(str(box.path("/")))


def interrupted(session) -> None:
    """Ctrl-C as soon as something is waited for."""
    def progress(number, steps, step, waited=0.0):
        if waited and not session.cut:
            session.cut = True
            raise KeyboardInterrupt

    session.cut, session.progress = False, progress


@pytest.mark.parametrize("before, line", [
    ([], "scst device add vdisk_nullio n1"), (["scst device add vdisk_nullio n1"], "scst device del n1"),
])
def test_a_write_that_was_queued_when_ctrl_c_came_is_undone_once_it_is_done(box, before, line):
    session = session_on(box)
    do(session, *before, *(["commit"] if before else []))
    devices = box.list(f"{ROOT}/devices")
    again = session_on(faulty(box, "write */handlers/*/mgmt EAGAIN for 4"))
    interrupted(again)
    do(again, line)
    with pytest.raises(EsoshError, match="undone and checked"):
        do(again, "commit")
    assert box.read(f"{ROOT}/last_sysfs_mgmt_res") == "0\n"
    assert box.list(f"{ROOT}/devices") == devices


def test_where_scst_comes_to_no_end_what_is_scst_s_remains_and_the_rest_is_undone(box, monkeypatch):
    monkeypatch.setattr(queue, "PATIENCE", 0.3)
    conf = box.read("/etc/rc.conf")
    session = session_on(faulty(box, "write */devices/n1/threads_num EAGAIN for 9999"))
    do(session, "scst device add vdisk_nullio n1 threads_num=2", "svc enable sbd")
    with pytest.raises(UndoFailed) as failed:
        do(session, "commit")
    told = "\n".join(failed.value.details)
    assert "add_device n1" in told and "SCST still works on it" in told
    assert box.read("/etc/rc.conf") == conf


@pytest.mark.parametrize("lines, gone, fault, remains", [
    (["scst device add vdisk_nullio n1 usn=MINE"], "scst device del n1", "write */devices/n1/usn EIO", "echo MINE"),
    (["alua dgrp add g", "alua tgrp add g t group_id=3 state=standby"], "alua tgrp del g t", "write */t/state EIO", "echo standby"),
])
def test_what_comes_back_but_not_as_it_was_is_told(box, lines, gone, fault, remains):
    do(session_on(box), *lines, "commit")
    again = session_on(faulty(box, fault, "replace /etc/scst.conf ENOSPC"))
    do(again, gone)
    with pytest.raises(UndoFailed) as failed:
        do(again, "commit allow io")
    assert remains in "\n".join(failed.value.details)


def test_what_cannot_be_looked_at_remains_and_the_rest_is_undone(box, monkeypatch):
    paths = [f"{ROOT}/devices/n{number}/threads_num" for number in (1, 2)]
    do(session_on(box), "scst device add vdisk_nullio n1", "scst device add vdisk_nullio n2", "commit")
    steps = [write(path, "4", "1") for path in paths]
    for step in steps:
        step.do.perform(box)
    read = box.read

    def broken(path):
        if path == paths[1]:
            raise OSError(errno.EIO, "Input/output error", path)
        return read(path)

    monkeypatch.setattr(box, "read", broken)
    assert undo(box, steps) == [f"echo 4 > {paths[1]}: input/output error: {paths[1]}"]
    assert read(paths[0]) == "1\n"


@pytest.mark.more_changes
def test_what_somebody_takes_away_while_the_commit_is_read_back_does_not_undo_it(box, monkeypatch):
    mine, others = "21:00:00:e0:8b:9d:74:49", "21:01:00:e0:8b:bd:74:49"
    do(session_on(box), f"scst lun add {others} 5 disk01", "commit")
    rival, leads_to, lun = type(box)(str(box.path("/"))), box.readlink, f"{ROOT}/targets/qla2x00t/{others}/luns"

    def readlink(path):
        is_read_back = box.read("/etc/esosh/config.esh").count(f"scst lun add {mine}")
        if is_read_back and "5" in rival.list(lun):
            rival.write(f"{lun}/mgmt", "del 5")
        return leads_to(path)

    monkeypatch.setattr(box, "readlink", readlink)
    assert "committed" in do(session_on(box), f"scst lun add {mine} 0 disk02", "commit")
    assert "5" not in rival.list(lun) and "0" in rival.list(f"{ROOT}/targets/qla2x00t/{mine}/luns")
