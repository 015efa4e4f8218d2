"""A machine that refuses: no space, a broken disk, a read-only one, no leave, at every step and at every system call."""

from __future__ import annotations

import shutil

import pytest
from boxes import changed, do, root_of, session_on, state

from esosh.errors import EsoshError, Refused, StepFailed
from esosh.sandbox import Sandbox
from esosh.session import store
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


# edits


def edits_of(session):
    return [str(edit) for edit in session.candidate.edits]


def kept(box):
    """What a process that starts now finds: the edits, and the candidates."""
    session = session_on(Sandbox(root_of(box)))
    return edits_of(session), session.names()


@pytest.fixture
def edited(box):
    """A box with an edit, and another candidate."""
    do(session_on(box), "cib new other", "svc enable nut", "cib use live", "svc enable opensm")
    return box


@pytest.mark.parametrize("number", ERRORS)
@pytest.mark.parametrize("line", ["svc enable sbd", "undo", "abort", "cib delete other", "cib new third", "cib new third empty"])
def test_a_line_that_the_disk_refuses_at_any_system_call_changes_no_candidate(edited, tmp_path, line, number):
    before, outcomes = kept(edited), set()
    shutil.copytree(edited.path(journal.ROOT), tmp_path / "copy")
    for at in range(24):
        edited.path("/faults").write_text(f"syscall * {number} after {at}\n")
        session = session_on(Sandbox(root_of(edited)))
        try:
            do(session, line)
            outcomes.add("done")
        except OSError:
            edited.path("/faults").unlink()
            outcomes.add("refused")
            assert (edits_of(session), kept(edited)) == (before[0], before), at
        shutil.rmtree(edited.path(journal.ROOT))
        shutil.copytree(tmp_path / "copy", edited.path(journal.ROOT))
    assert outcomes == {"done", "refused"}


def test_an_edit_that_the_disk_has_and_may_lose_is_told_as_one_that_is_kept(edited):
    edits = f"{store.folder('default@root')}/edits.esh"
    edited.path("/faults").write_text(f"syscall fsync {edits} EIO\nsyscall ftruncate {edits} EIO\n")
    session = session_on(Sandbox(root_of(edited)))
    with pytest.raises(Refused, match=r"input/output error: .*; the line is kept, and a power cut may take it") as refused:
        do(session, "svc enable sbd")
    assert (refused.value.code, refused.value.hint) == ("E224", "undo")
    assert edits_of(session) == kept(edited)[0] == ["svc enable opensm", "svc enable sbd"]
