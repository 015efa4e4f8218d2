"""`recover` where somebody else is at it."""

from __future__ import annotations

import threading

import pytest
from boxes import do, root_of, session_on

from esosh.errors import Locked
from esosh.sandbox import Sandbox
from esosh.transaction import apply, journal, recovery

CALM = ("alua dgrp add esos", "alua device add esos disk01", "svc enable opensm")


def test_recover_waits_for_who_undoes_it_and_tells_what_that_one_did(session, box):
    do(session, *CALM)
    commit = journal.Journal(1, session.who, apply.boot(box), "", "", session.commit_plan(session.config).steps)
    journal.open_journal(box, commit)
    other, held, go = Sandbox(root_of(box)), threading.Event(), threading.Event()

    def undo_slowly():
        with journal.commit_lock(other, 0):
            held.set()
            go.wait(30)
            recovery.recover(other)

    thread = threading.Thread(target=undo_slowly)
    thread.start()
    held.wait(30)
    threading.Timer(0.3, go.set).start()
    assert "commit 1 by root was cut short at step 0 of 5: everything was undone and checked" in do(session_on(box, wait=30), "recover")
    thread.join()


def test_recover_tells_of_a_commit_that_ended_meanwhile(session, box):
    do(session, *CALM)
    commit = journal.Journal(1, session.who, apply.boot(box), "", "", session.commit_plan(session.config).steps)
    journal.open_journal(box, commit)
    other, held = Sandbox(root_of(box)), threading.Event()

    def end():
        with journal.commit_lock(other, 0):
            held.set()
            threading.Event().wait(0.3)
            journal.close_journal(other)

    thread = threading.Thread(target=end)
    thread.start()
    held.wait(30)
    assert do(session_on(box, wait=30), "recover") == "commit 1 has ended\n"
    thread.join()


def test_a_commit_that_got_the_lock_late_does_not_overwrite_the_journal_of_one_that_died(session, box, monkeypatch):
    do(session, *CALM)
    steps = session.commit_plan(session.config).steps
    died = journal.Journal(1, session.who, apply.boot(box), "", "", steps)
    monkeypatch.setattr(type(session), "recover_if_needed", lambda self: journal.open_journal(box, died) or "")
    with pytest.raises(Locked, match="has not ended; nothing was done"):
        do(session, "commit")
    assert journal.journal(box).id == 1
