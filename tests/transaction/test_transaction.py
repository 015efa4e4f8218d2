"""All or nothing: steps under a journal, undone when one fails, recovered when one is cut short."""

from __future__ import annotations

import errno
import json

import pytest
from boxes import do, root_of, session_on, state
from guarded import wait_until

from esosh import executors
from esosh.errors import Conflict, Damaged, Locked, StepFailed, UndoFailed
from esosh.executors.step import Expect, Replace, Run, Step, Write
from esosh.records import replace
from esosh.sandbox import Sandbox
from esosh.session import store as shelf
from esosh.transaction import apply, encoding, git, notices, plan, recovery
from esosh.transaction import journal as store
from esosh.transaction.journal import Journal, Who
from esosh.transaction.undo import undo

LINES = (
    "alua pair add esos host1 21:00:00:e0:8b:9d:74:49 host2 21:00:00:1b:32:01:6b:11", "alua device add esos disk01",
    "net bond bond0 slaves eth1 eth2 mode=active-backup miimon=100 primary=eth1", "svc enable opensm",
)
GROUPS = "/sys/kernel/scst_tgt/device_groups"


@pytest.fixture
def session(box):
    """A session with edits of three sections."""
    session = session_on(box)
    do(session, *LINES)
    return session


def faulty(box: Sandbox, *lines: str) -> Sandbox:
    """The box as a process that starts now sees it, with these faults."""
    box.path("/faults").write_text("\n".join(lines) + "\n")
    return Sandbox(root_of(box))


def journal_of(session) -> Journal:
    steps = session.commit_plan(session.config).steps
    return Journal(1, session.who, apply.boot(session.host), "a test", "", steps)


def test_steps_that_were_written_to_the_journal_are_the_same_steps(box, session):
    written = journal_of(session)
    store.open_journal(box, written)
    steps = len(written.steps)
    del written, session

    read = store.journal(Sandbox(root_of(box)))
    assert apply.apply(box, read, list) == ""

    assert len(read.steps) == steps
    assert box.read(f"{GROUPS}/esos/target_groups/local/group_id").startswith("1")
    assert box.read("/sys/class/net/bond0/bonding/slaves").split() == ["eth1", "eth2"]


@pytest.mark.parametrize("step", [
    Step(Write("/sys/a", "1"), None), Step(Run(("ip", "a b")), (), (Expect(("ip", "x"), "lacks", "y"),), stage="create"),
    Step(Replace("/etc/x", "é\udce9\n"), (Replace("/etc/x", None, 0o600),), (Expect("/etc/x", "absent"),), Expect("/etc/x", "is", "é\udce9\n"),
         "save", "svc", "reboot", ("a note",)),
], ids=["a write", "a program", "a file"])
def test_a_step_survives_json(step):
    assert encoding.decode(json.loads(json.dumps(encoding.encode([step])))) == (step,)


def test_undoing_any_number_of_steps_gives_back_every_file(box, session):
    before = state(box)
    journal = journal_of(session)
    for number in range(1, len(journal.steps) + 1):
        for step in journal.steps[:number]:
            step.do.perform(box)

        assert undo(box, journal.steps[:number]) == []

        assert state(box) == before, f"after step {number}"


def test_undoing_twice_changes_nothing_more(box, session):
    before = state(box)
    journal = journal_of(session)
    for step in journal.steps:
        step.do.perform(box)
    undo(box, journal.steps)

    assert undo(box, journal.steps) == []

    assert state(box) == before


@pytest.mark.parametrize("fault, error", [
    ("write */esos/target_groups/remote/group_id EIO", StepFailed), ("run ip link set eth2 down 1", StepFailed),
    ("replace /etc/scst.conf ENOSPC", StepFailed),
])
def test_a_step_that_fails_undoes_itself_and_those_before(box, session, fault, error):
    before = state(box)
    again = session_on(faulty(box, fault))

    with pytest.raises(error, match="undone and checked"):
        do(again, "commit")

    box.path("/faults").unlink()
    assert state(box) == before
    assert store.journal(box) is None


def test_what_cannot_be_undone_is_listed_and_gone_on_with(box, session):
    faults = ["write */target_groups/remote/group_id EIO", "write */scst_tgt/device_groups/mgmt EIO after 1"]

    with pytest.raises(UndoFailed) as failed:
        do(session_on(faulty(box, *faults)), "commit")

    assert "what remains:" in failed.value.details and any("create esos" in line or "del esos" in line for line in failed.value.details)
    wait_until(lambda: store.journal(box) is None, "the undoing by the guard")
    assert not box.exists(f"{GROUPS}/esos") and session_on(box).candidate.count == len(LINES)


def test_a_machine_that_is_not_as_planned_is_a_conflict_and_stays_as_it_is(box, session):
    journal = journal_of(session)
    box.write(f"{GROUPS}/mgmt", "create esos\n")
    before = state(box)

    with pytest.raises(Conflict, match="not as it was"):
        apply.apply(box, journal, list)

    assert state(box) == before


def test_a_machine_that_reads_back_otherwise_is_undone(box, session):
    before = state(box)

    with pytest.raises(StepFailed) as failed:
        apply.apply(box, journal_of(session), lambda: ["scst groups esos"])

    assert "scst groups esos" in failed.value.details[1]
    assert state(box) == before


@pytest.mark.parametrize("number", ["ENOSPC", "EIO", "EROFS", "EACCES"])
def test_nothing_starts_without_a_journal(box, session, number):
    before = state(box)

    with pytest.raises(OSError) as failed:
        do(session_on(faulty(box, f"replace {store.JOURNAL} {number}")), "commit")

    box.path("/faults").unlink()
    assert failed.value.errno == getattr(errno, number)
    assert state(box) == before


def cut(box: Sandbox, session, begun: int, **changed: object) -> Journal:
    """Leave the machine as a process does that dies after so many steps."""
    journal = replace(journal_of(session), **changed)
    store.open_journal(box, journal)
    for number, step in enumerate(journal.steps[:begun], 1):
        store.mark(box, store.BEGUN, number)
        step.do.perform(box)
    return journal


@pytest.mark.parametrize("begun", [0, 1, 7, 15])
def test_what_was_cut_short_is_undone_before_the_next_change(box, session, begun):
    before = state(box)
    cut(box, session, begun)

    recovery.recover(box)

    assert notices.take_notice(box) == f"commit 1 by root was cut short at step {begun} of {len(journal_of(session).steps)}: everything was undone and checked"
    assert state(box) == before


def test_a_step_that_had_begun_and_not_happened_is_left_alone(box, session):
    before = state(box)
    cut(box, session, 5)
    store.mark(box, store.BEGUN, 6)

    recovery.recover(box)

    assert state(box) == before


def test_what_was_cut_short_after_its_last_step_stands(box, session):
    journal = cut(box, session, len(journal_of(session).steps), candidate=session.candidate.name, drops=session.candidate.files)
    store.mark(box, store.STANDS)

    recovery.recover(box)
    assert notices.take_notice(box) == "commit 1 by root was cut short after its last step: it stands"

    assert store.journal(box) is None
    assert shelf.load(box, session.candidate.name) == shelf.StoredCandidate()
    assert journal.steps[-1].after.holds(box)


@pytest.mark.parametrize("gone", [0, 1, 2])
def test_what_was_cut_short_while_its_candidate_went_stands_and_ends(box, session, gone):
    files = session.candidate.files
    assert len(files) == 2
    journal = cut(box, session, len(journal_of(session).steps), drops=files)
    store.mark(box, store.STANDS, sync=True)
    for path in journal.drops[:gone]:
        box.remove(path)

    assert recovery.recover(box)

    assert store.journal(box) is None
    assert [path for path in files if box.exists(path)] == []
    assert notices.take_notice(box) == "commit 1 by root was cut short after its last step: it stands"


def test_after_a_reboot_only_files_are_put_back(box, session):
    journal = cut(box, session, len(journal_of(session).steps), boot="an earlier start")

    recovery.recover(box)

    assert box.exists(f"{GROUPS}/esos")
    assert all(step.failed_precondition(box) is None for step in journal.steps if isinstance(step.do, Replace))


def test_a_git_that_fails_is_told_and_no_reason_to_undo_and_the_next_commit_makes_up_for_it(box, session):
    text = do(session_on(faulty(box, "run git -C /etc commit* 128", "run git -C /etc commit* 128")), 'commit comment "bond"')

    assert "committed, and not yet in the history: git commit" in text
    assert box.read(f"{GROUPS}/esos/target_groups/local/group_id").startswith("1")
    assert [commit.number for commit in git.commits(box)] == []
    box.path("/faults").unlink()

    do(session_on(box), "svc enable sbd", "commit")

    assert [(commit.number, commit.subject) for commit in git.commits(box)] == [(2, "configuration by esosh"), (1, "bond")]


def test_ctrl_c_in_a_commit_undoes_it(box, session, monkeypatch):
    before = state(box)
    perform = Run.perform

    def interrupted(self, host):
        if "eth2" in self.argv and "down" in self.argv:
            raise KeyboardInterrupt
        perform(self, host)

    monkeypatch.setattr(Run, "perform", interrupted)
    with pytest.raises(StepFailed) as failed:
        do(session, "commit")

    assert failed.value.details[1] == "interrupted"
    assert state(box) == before


def test_a_plan_from_a_configuration_to_itself_is_empty(session):
    config = session.config
    assert plan.plan(config, config, plan.look(session.host), "anything").steps == ()


def test_nobody_else_commits_meanwhile(box, session):
    with store.commit_lock(box, 0), pytest.raises(Locked, match=r"a sync \(conf_sync.sh\) is running; nothing was done"):
        do(session_on(Sandbox(root_of(box))), "commit")


def test_a_running_commit_is_not_one_that_was_cut_short(box, session):
    cut(box, session, 3)
    with store.commit_lock(Sandbox(root_of(box)), 0):
        assert store.cut_short(box) is None
    assert store.cut_short(box).begun == 3


def test_a_candidate_in_use_names_who_uses_it(box):
    anna, bert = Who("anna", "pts/3", 42, "10:41"), Who("bert", "pts/4", 43, "10:42")

    with shelf.hold(box, "x", anna, 0), pytest.raises(Locked) as failed, shelf.hold(Sandbox(root_of(box)), "x", bert, 0):
        pass

    assert str(failed.value) == "candidate x is in use by anna on pts/3 (pid 42) since 10:41"


def test_foreign_changes_of_etc_get_a_commit_of_their_own(box, session):
    box.replace("/etc/motd", "hello\n")
    do(session, 'commit comment "mine"')

    history = do(session, "history")

    assert [line.split("  ")[-1].strip() for line in history.splitlines()[1:3]] == ["mine", "changes found before a commit by esosh"]


def test_reading_and_planning_write_nothing(box, session):
    before = state(box)
    do(session, "show", "status", "diff", "check", "plan", "history", "explain svc enable sbd", "help", "status net", "status svc")
    assert state(box) == before
    assert executors.read(box) == session.candidate.current


def test_a_broken_line_of_the_candidate_on_disk_is_an_error_not_a_traceback(box, session):
    box.append(f"{store.ROOT}/candidates/{session.candidate.name}/edits.esh", "alua dgrp nonsense")
    with pytest.raises(Damaged):
        do(session_on(box), "diff")
