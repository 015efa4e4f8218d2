"""A machine that refuses: no space, a broken disk, a read-only one, no leave, at every step and at every system call."""

from __future__ import annotations

import pytest
from boxes import changed, do, root_of, session_on, state

from esosh.errors import EsoshError, StepFailed
from esosh.sandbox import Sandbox
from esosh.transaction import journal

LINES = (
    "alua dgrp add esos", "alua device add esos disk01", "net bond bond0 slaves eth1 mode=active-backup", "svc enable opensm",
)
CALLS = ("write /sys/*", "replace /etc/*", "run ip [al]*[dnr]* [as]*")
ERRORS = ("ENOSPC", "EIO", "EROFS", "EACCES")


@pytest.fixture
def pending(box):
    """A commit of three sections, ready to run."""
    do(session_on(box), *LINES)
    return box


def commit(box, fault):
    """Commit, as a process does that meets a fault; give what it raised."""
    box.path("/faults").write_text(f"{fault}\n")
    session = session_on(Sandbox(root_of(box)))
    try:
        do(session, "commit")
    except (EsoshError, OSError) as error:
        return error
    finally:
        box.path("/faults").unlink()
    return None


@pytest.mark.parametrize("number", ERRORS)
@pytest.mark.parametrize("call", CALLS)
def test_a_step_that_is_refused_is_undone_with_all_before_it(pending, call, number):
    before, steps = state(pending), 0
    while True:
        error = commit(pending, f"{call} {'1' if call.startswith('run') else number} after {steps}")
        if error is None:
            break
        assert isinstance(error, StepFailed), error
        assert changed(before, state(pending)) == []
        steps += 1
    assert steps >= 2


@pytest.mark.parametrize("number", ERRORS)
def test_a_journal_that_cannot_be_written_on_stops_the_commit_at_any_step(pending, number):
    before, marks = state(pending), 0
    while commit(pending, f"append {journal.JOURNAL} {number} after {marks}"):
        assert changed(before, state(pending)) == []
        assert journal.journal(pending) is None
        marks += 1
    assert marks > 8


@pytest.mark.parametrize("number", ERRORS)
def test_a_refusal_at_any_system_call_leaves_before_or_after_and_is_told_as_such(pending, number):
    before, outcomes = state(pending), set()
    for at in range(0, 200, 11):
        error = commit(pending, f"syscall * {number} after {at}")
        if error is None:
            break
        outcomes.add(type(error))
        do(session_on(pending), "recover")
        assert changed(before, state(pending)) == [], (at, error)
    assert outcomes
    assert do(session_on(pending), "diff") == "no differences\n"
