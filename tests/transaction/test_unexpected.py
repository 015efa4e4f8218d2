"""What nobody expects: exceptions that are no errors, probes and texts that are no commands; nothing is left half done."""

from __future__ import annotations

import errno
import json
import os
import time

import pytest
from boxes import changed, do, session_on, state
from guarded import guard_processes, wait_until

from esosh.commands.parse import parse
from esosh.errors import LineError, Refused, StepFailed
from esosh.executors.step import Replace, Run
from esosh.transaction import apply, git, journal, pending, recovery, undo

BOND = "net bond bond0 slaves eth1 mode=active-backup"
CALM = ("alua dgrp add esos", "alua device add esos disk01", "svc enable opensm")


def is_whole(box, before):
    """Whether the box is as it was, but for the count of what was exported, which only goes up."""
    return [path for path in changed(before, state(box)) if "/.count" not in path] == []


def raising(monkeypatch, kind, when, error=None):
    """Let a kind of action raise what no machine raises, for some of them."""
    perform = kind.perform

    def wrong(self, host):
        if when(self):
            raise error or ValueError("embedded null byte")
        perform(self, host)

    monkeypatch.setattr(kind, "perform", wrong)


@pytest.mark.parametrize("error", [ValueError("x"), MemoryError(), RecursionError(), AssertionError()], ids=lambda error: type(error).__name__)
def test_a_bug_in_a_step_undoes_the_commit_and_is_told_with_its_place(session, box, monkeypatch, error):
    do(session, *CALM)
    before = state(box)
    raising(monkeypatch, Replace, lambda action: action.path == "/etc/rc.conf", error)
    with pytest.raises(StepFailed, match="the box is as before") as failed:
        do(session, "commit")
    assert is_whole(box, before) and journal.journal(box) is None
    assert failed.value.details[1].startswith(f"bug: {type(error).__name__}") and "(test_unexpected.py:" in failed.value.details[1]


def test_what_ends_the_process_undoes_the_commit_before(session, box, monkeypatch):
    do(session, *CALM)
    before = state(box)
    raising(monkeypatch, Replace, lambda action: action.path == "/etc/rc.conf", SystemExit(3))
    with pytest.raises(SystemExit):
        do(session, "commit")
    assert is_whole(box, before) and journal.journal(box) is None


def test_a_bug_while_undoing_leaves_that_step_and_no_other(box, monkeypatch):
    session = session_on(box)
    do(session, BOND, *CALM)
    steps = session.commit_plan(session.config).steps
    before = state(box)
    for step in steps:
        step.do.perform(box)
    with monkeypatch.context() as patch:
        raising(patch, Run, lambda action: True)
        remains = undo.undo(box, steps)
    assert remains and all("bug: ValueError" in line for line in remains)
    assert undo.undo(box, steps) == [] and changed(before, state(box)) == []


def test_a_terminal_that_is_gone_stops_no_commit(session, box):
    def gone(*step):
        raise OSError(errno.EIO, "input/output error")

    session.progress = gone
    assert "committed" in do(session, *CALM, "commit")


def test_a_guard_survives_what_it_does_not_expect(session, box, monkeypatch):
    recover, calls = recovery.recover, []

    def fails_twice(host):
        calls.append(host)
        if len(calls) < 3:
            raise RuntimeError("nobody expects this")
        return recover(host)

    monkeypatch.setattr(recovery, "recover", fails_twice)
    do(session, BOND, "commit confirmed 1s")
    monkeypatch.undo()
    wait_until(lambda: journal.journal(box) is None, "the undoing")
    assert not box.exists("/sys/class/net/bond0")
    assert "bug: RuntimeError: nobody expects this" in box.read("/var/log/wall")


@pytest.mark.parametrize("probe", ["   ", "\0", "ip\0 link", "'", "no-such-program"])
def test_a_probe_that_an_earlier_version_accepted_kills_no_guard(session, box, probe):
    do(session, BOND, "commit confirmed 60s")
    head, marks = box.read(journal.JOURNAL).split("\n", 1)
    for number in guard_processes(box):
        os.kill(number, 9)
    wait_until(lambda: not guard_processes(box), "the death")
    box.replace(journal.JOURNAL, json.dumps({**json.loads(head), "probe": probe}) + f"\n{marks}", 0o600)
    do(session_on(box, name="other"), "svc enable sbd")
    [number] = guard_processes(box)

    time.sleep(1.3)  # two probes

    assert guard_processes(box) == [number]
    do(session, "revert")
    assert not box.exists("/sys/class/net/bond0")


@pytest.mark.parametrize("letter", ["\0", "\x01", "\x1b", "\t", "\x7f", "\x85", "\u2028", "\u202e"])
@pytest.mark.parametrize("line", [
    'commit comment "a{}b"', 'commit force "a{}b"', 'commit confirmed 5 probe "ip {} link"', 'svc set opensm opts="-d {} 1"', 'recover force "a{}b"',
])
def test_a_control_character_is_refused_in_every_text(line, letter):
    with pytest.raises(LineError):
        parse(line.format(letter))
    assert parse(line.format(" é "))


@pytest.mark.parametrize("line, said", [
    ('commit confirmed 5 probe "  "', "there is no word in it"), ('commit confirmed 5 probe "no-such-program -c 1"', "there is no program no-such-program"),
])
def test_a_probe_that_cannot_run_is_refused_when_it_is_given(session, box, line, said):
    do(session, BOND)
    with pytest.raises(Refused, match=said):
        do(session, line)
    assert journal.journal(box) is None


def test_a_comment_that_git_does_not_take_is_got_rid_of(session, box):
    do(session, *CALM)
    commit = journal.Journal(1, session.who, apply.boot(box), "a\0b", "", (), session.candidate.files)
    journal.open_journal(box, commit)
    journal.mark(box, journal.STANDS)
    do(session_on(box), "svc enable sbd")
    assert journal.journal(box) is None
    assert [commit.subject for commit in git.commits(box)] == [r"a\x00b"]


def test_a_comment_that_git_did_not_take_is_got_rid_of_by_the_next_commit(session, box):
    box.replace(pending.PENDING, json.dumps([1, "root", "a\0b"]))  # as an earlier version left it
    do(session, *CALM, "commit")
    assert [commit.number for commit in git.commits(box)] == [2, 1]
