"""What cannot be undone at once: the journal stays, a guard goes on, everybody is told, and nothing is forgotten."""

from __future__ import annotations

import errno
import os
import re

import pytest
from boxes import WHO, changed, do, root_of, session_on, state
from guarded import guard_processes, wait_until

from esosh.errors import Locked, Refused, StepFailed, UndoFailed
from esosh.executors.step import Expect, Replace, Step, Write
from esosh.sandbox import Sandbox
from esosh.shell.loop import greeting, prompt
from esosh.transaction import apply, git, journal, notices, recovery, space, undo
from esosh.transaction.journal import Journal

BOND = ("net bond bond0 slaves eth1 mode=active-backup", "svc enable opensm")
SCST = "/sys/kernel/scst_tgt"
NULLIO = f"{SCST}/handlers/vdisk_nullio/mgmt"
CALM = ("alua dgrp add esos", "alua device add esos disk01", "svc enable opensm")
KEEPS = f"syscall ftruncate {journal.JOURNAL} EIO since 0"  # what was appended in vain
READ_ONLY = "syscall [rul][eni][nl]* /etc/* EROFS since 0"  # link, rename and unlink


@pytest.fixture
def faulty(box):
    """The box as a process that starts now sees it, with these faults, until they are mended."""
    def start(*lines: str) -> Sandbox:
        box.path("/faults").write_text("".join(f"{line}\n" for line in lines))
        return Sandbox(root_of(box))

    yield start
    mend(box)
    wait_until(lambda: not guard_processes(box), "the end of the guards")


def mend(box):
    box.path("/faults").unlink(missing_ok=True)


def stuck(box, faulty, lines=CALM, fault=READ_ONLY):
    """Commit on a box that refuses the second file, and the way back of the first; give its files before, and the error."""
    do(session_on(box), *lines)
    before = state(box)
    session, files = session_on(faulty(fault)), []
    mend(box)

    def begin_to_fail(number, count, step, *waited):
        files.extend([step.do] * isinstance(step.do, Replace))
        if len(files) == 2:
            box.path("/faults").write_text(f"{fault}\n")

    session.progress = begin_to_fail
    with pytest.raises(UndoFailed) as failed:
        do(session, "commit")
    return before, failed.value


def is_whole(box, before):
    """Whether the box is as it was, but for the count of what was exported, which only goes up."""
    return [path for path in changed(before, state(box)) if "/.count" not in path] == []


@pytest.mark.parametrize("lines", [CALM, BOND], ids=["no guard before", "a guard"])
def test_the_journal_stays_until_nothing_remains_and_a_guard_ends_it_when_the_disk_can_be_written(box, faulty, lines):
    before, error = stuck(box, faulty, lines)

    assert "what remains:" in error.details and error.status == 6
    assert journal.journal(box).back and guard_processes(box)
    mend(box)
    wait_until(lambda: journal.journal(box) is None, "the undoing")

    assert is_whole(box, before)
    assert "commit 1 by root was not undone at once: everything was undone and checked" in notices.notice(box)
    assert session_on(box).candidate.count == len(lines)


def test_every_terminal_is_told_why_and_when_it_is_over(box, faulty):
    stuck(box, faulty)
    wait_until(lambda: box.exists("/var/log/wall"), "the first word")
    wall = box.read("/var/log/wall")
    assert "is not undone yet; what remains: " in wall and "read-only file system" in wall and "see: esosh status" in wall

    mend(box)
    wait_until(lambda: "everything was undone and checked" in box.read("/var/log/wall"), "the last word")


def test_status_prompt_and_greeting_say_what_remains(box, faulty):
    stuck(box, faulty)
    session = session_on(box)

    assert re.search(r"commit   1 is not undone, 1 step left  recover\n +replace /etc/scst.conf\n", do(session, "status"))
    assert "!recover# " in prompt(session)
    assert any("is not undone" in line.text for line in greeting(session))


def test_until_then_edits_are_kept_and_nothing_else_changes(box, faulty, esosh):
    stuck(box, faulty)
    session = session_on(box)
    do(session, "svc enable sbd", "abort", "svc enable sbd")
    for line, error, said in (("commit", Locked, "is being undone"), ("sync", Refused, "has not ended"), ("confirm", Refused, "too late")):
        with pytest.raises(error, match=said):
            do(session, line)
    assert session.candidate.count == 1


def test_recover_waits_for_the_guard_that_tries_and_names_what_remains(box, faulty):
    stuck(box, faulty)
    with pytest.raises(Locked, match="is being undone") as locked:
        do(session_on(box, wait=0.2), "recover")
    assert locked.value.details[0] == "what remains, and is tried again and again:"


def test_recover_goes_on_where_no_guard_lives_any_more(box, faulty):
    before, _ = stuck(box, faulty)
    for number in guard_processes(box):
        os.kill(number, 9)
    wait_until(lambda: not guard_processes(box), "the death")
    with pytest.raises(UndoFailed, match="is not undone yet"):
        do(session_on(faulty(READ_ONLY)), "recover")
    assert journal.journal(box) and guard_processes(box)

    mend(box)
    assert "everything was undone and checked" in do(session_on(box, wait=30), "recover")
    assert is_whole(box, before)


def test_a_revert_that_fails_says_so_and_is_gone_on_with(session, box):
    before = state(box)
    do(session, *BOND, "commit confirmed 60s")
    file = box.path("/etc/rc.conf")
    file.unlink()
    file.mkdir()  # no file can take its place
    with pytest.raises(UndoFailed, match=r"is not undone yet; what remains: replace /etc/rc\.conf: is a directory"):
        do(session, "revert")

    file.rmdir()
    wait_until(lambda: journal.journal(box) is None, "the undoing")
    differ = [path for path in changed(before, state(box)) if not path.startswith(("var/lib/esosh/", ".kernel/"))]
    assert [path for path in differ if "/.count" not in path] == []


def test_where_the_lock_cannot_be_opened_status_and_prompt_tell_all_the_same(box, faulty):
    stuck(box, faulty)
    session = session_on(faulty(READ_ONLY, "syscall open /var/lock/* EROFS since 0"))
    assert "is not undone" in do(session, "status") and "!recover# " in prompt(session)


def test_what_never_can_be_undone_is_left_by_a_person_who_says_why(box, faulty):
    stuck(box, faulty)
    text = do(session_on(box), 'recover force "the disk is dead"')

    assert "commit 1 is left as it is: " in text and "replace /etc/" in text
    assert journal.journal(box) is None and box.exists(journal.ABANDONED)
    assert "the disk is dead" in box.read(notices.LOG)
    wait_until(lambda: not guard_processes(box), "the end of the guard")
    mend(box)
    do(session_on(box, wait=10), "abort", "svc enable sbd", "commit")  # who ends may hold the lock a moment longer


def test_a_damaged_journal_is_left_by_a_person_too(box):
    box.replace(journal.JOURNAL, "\0\0\0", 0o600)
    assert "the commit is left as it is" in do(session_on(box), "recover force broken")
    assert box.read(journal.ABANDONED) == "\0\0\0"
    do(session_on(box), "svc enable sbd", "commit")


@pytest.mark.parametrize("line, said", [("recover force x", "nothing to recover")])
def test_where_nothing_remains_nothing_is_left(session, line, said):
    with pytest.raises(Refused, match=said):
        do(session, line)


def test_a_commit_that_waits_is_not_left_so(session, box):
    do(session, BOND[0], "commit confirmed 60s")
    with pytest.raises(Refused, match="confirm keeps it"):
        do(session, "recover force x")
    assert "nothing to recover: commit 1 waits for: confirm" in do(session, "recover")
    do(session, "revert")


def test_a_commit_that_stands_and_cannot_be_ended_is_ended_later_and_never_undone(box, faulty):
    do(session_on(box), *CALM)
    text = do(session_on(faulty(f"syscall unlink {journal.JOURNAL} EROFS since 0")), "commit")
    assert "committed: number 1" in text and "stay for now" in text
    assert "stands, and could not be ended" in do(session_on(box), "status") or notices.notice(box)

    mend(box)
    wait_until(lambda: journal.journal(box) is None, "the end")
    assert "rc.opensm_enable=YES" in box.read("/etc/rc.conf")
    assert [commit.number for commit in git.commits(box)] == [1]
    assert session_on(box).candidate.count == 0


@pytest.mark.parametrize("faults, stands", [
    ((f"syscall fsync {journal.JOURNAL} EIO since 2",), False),  # it says neither "stands" nor "back", for all it knows
    ((f"syscall fsync {journal.JOURNAL} EIO since 2", KEEPS), False),  # it says both, neither for sure
    ((f"syscall fsync {journal.JOURNAL} EIO after 2", KEEPS, f"syscall open {journal.JOURNAL} EROFS since 7"), True),
], ids=["neither", "back", "stands"])
def test_a_journal_that_may_say_that_it_stands_is_not_undone_before_it_says_otherwise(box, faulty, faults, stands):
    do(session_on(box), *CALM)
    with pytest.raises(UndoFailed, match="not everything could be undone") as failed:
        do(session_on(faulty(*faults)), "commit")
    assert "says whether the commit stands" in failed.value.details[3]

    mend(box)
    wait_until(lambda: journal.journal(box) is None, "the end")
    assert ("rc.opensm_enable=YES" in box.read("/etc/rc.conf")) == stands == (session_on(box).candidate.count == 0)
    assert [commit.number for commit in git.commits(box)] == [1] * stands


# what the machine has not ended


@pytest.fixture
def slow(box, faulty):
    """A box whose SCST still works on what was undone last, and whose lock somebody holds who waits for that."""
    do(session_on(box), "alua dgrp add esos")
    step = Step(Write(f"{SCST}/device_groups/mgmt", "create esos"), stage="create", section="scst", undo=(), after=None)
    journal.open_journal(box, Journal(1, WHO, apply.boot(box), "", "default@root", (step,)))
    journal.mark(box, journal.BEGUN, 1)
    journal.mark(box, journal.BACK)
    with pytest.raises(BlockingIOError):
        faulty(f"write {NULLIO} EAGAIN for 1000").write(NULLIO, "add_device n1\n")
    with journal.commit_lock(box, 0, WHO):
        yield box
    journal.close_journal(box)


BUSY = "scst: the machine has not ended what it was told last"


def test_a_recover_that_finds_scst_still_at_work_says_so_and_leads_in_no_circle(slow):
    with pytest.raises(Locked, match="commit 1 by root is being undone") as locked:
        do(session_on(slow), "recover")
    assert locked.value.hint == "status" and BUSY in locked.value.details
    assert locked.value.details[-1].endswith('recover force "REASON"')


def test_status_and_greeting_tell_what_is_left_where_no_step_is(slow):
    session = session_on(slow)
    shown = do(session, "status")
    assert f" !  commit   1 is not undone to its end  recover\n             {BUSY}\n" in shown
    assert any("is not undone to its end; see status" in line.text for line in greeting(session))
    assert "0 steps" not in shown


def test_where_only_the_journal_is_left_that_is_said(slow, monkeypatch):
    monkeypatch.setattr(undo, "busy", lambda host, steps: "")
    assert f"no step; its journal, {journal.JOURNAL}, is there" in do(session_on(slow), "status")
    assert "is left as it is: no step is left to undo" in do(session_on(slow), "recover force x")


# the space for it


class Disk(Sandbox):
    """A box on a disk that somebody else fills when a file is about to be replaced."""

    room = 10_000_000

    def replace(self, path, text, mode=None):
        if path == "/etc/rc.conf" and text and "opensm_enable=YES" in text:
            self.room = self.used()  # not a byte is left
        super().replace(path, text, mode)

    def _change(self, path, call, *arguments, **options):
        if call is os.write and self.used() + len(arguments[1]) > self.room:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), path)
        return super()._change(path, call, *arguments, **options)

    def used(self):
        return sum(os.lstat(os.path.join(folder, file)).st_size for inner in ("/etc", "/var") for folder, _, files in os.walk(self.path(inner))
                   for file in files if ".git" not in folder)


def test_a_disk_that_somebody_fills_meanwhile_does_not_stop_the_undo(box):
    do(session_on(box), *CALM)
    before = state(box)
    with pytest.raises(StepFailed, match="the box is as before"):
        do(session_on(Disk(root_of(box))), "commit")
    assert is_whole(box, before) and not box.exists(space.HELD)


@pytest.mark.parametrize("number", ["ENOSPC", "EROFS"])
def test_without_space_for_the_undo_nothing_begins(box, faulty, number):
    do(session_on(box), *CALM)
    before = state(box)
    with pytest.raises(OSError) as failed:
        do(session_on(faulty(f"append {space.HELD} {number}")), "commit")
    assert failed.value.errno == getattr(errno, number)
    mend(box)
    assert changed(before, state(box)) == []


def test_the_space_goes_with_the_commit(session, box):
    do(session, *CALM, "commit")
    assert not box.exists(space.HELD)


@pytest.mark.parametrize("torn", ["begu", "begun 1", "unti"])
def test_a_mark_that_a_full_disk_cut_is_no_mark_and_hides_no_other(session, box, torn):
    do(session, *CALM)
    commit = journal.Journal(1, session.who, apply.boot(box), "", "", session.commit_plan(session.config).steps)
    journal.open_journal(box, commit)
    journal.mark(box, journal.BEGUN, 12)
    place = box.path(journal.JOURNAL)
    place.write_text(place.read_text() + torn)
    assert journal.journal(box).begun == 12 and not journal.journal(box).back
    journal.mark(box, journal.BACK)
    assert journal.journal(box).back and journal.journal(box).begun == 12


def test_what_cannot_be_looked_at_is_among_what_remains(box, monkeypatch):
    step = Step(Write("/sys/x", "1"), (Write("/sys/x", "0"),), (Expect("/sys/x", "is", "0"),), Expect("/sys/x", "is", "1"))
    monkeypatch.setattr(Sandbox, "read", lambda self, path: 1 / 0)
    assert undo.remaining(box, [step]) == ["echo 1 > /sys/x"]
    assert undo.lasting(box, [step]) == []


def test_what_has_no_inverse_is_told_and_keeps_no_journal(session, box):
    lasting = Step(Replace("/etc/motd", "new\n"), None, (), Expect("/etc/motd", "is", "new\n"), "save")
    failing = Step(Write("/sys/no/such", "1"), (), section="svc")
    commit = journal.Journal(1, session.who, apply.boot(box), "", "", (lasting, failing))
    with pytest.raises(UndoFailed) as failed:
        apply.apply(box, commit, list)
    assert failed.value.details[-1] == "replace /etc/motd (cannot be undone)" and journal.journal(box) is None

    journal.open_journal(box, commit)
    journal.mark(box, journal.BEGUN, 1)
    assert recovery.recover(box) and "replace /etc/motd (cannot be undone)" in notices.take_notice(box)
    assert journal.journal(box) is None
