"""The guard: what is undone or kept when nobody is there any more who could see to it."""

from __future__ import annotations

import os
import re
import signal

import pytest
from boxes import Esosh, do, root_of, session_on
from guarded import (
    Box,
    abandon_commit,
    box_with_edits,
    confirm_in_time,
    guard_processes,
    kill_commit,
    wait_until,
)
from terminal import run_shell

from esosh.errors import Locked, Refused
from esosh.sandbox import Sandbox
from esosh.shell.loop import prompt
from esosh.transaction import guard, recovery
from esosh.transaction import journal as store

BOND = "net bond bond0 slaves eth1 eth2 miimon=100"


@pytest.fixture
def doomed(booted):
    """A box with edits of class link."""
    with box_with_edits(booted("esos1")) as box:
        yield box


@pytest.mark.parametrize("moment", [0.0, 0.4, 0.9])
def test_a_committer_that_is_killed_is_followed_by_its_guard(doomed, moment):
    kill_commit(doomed, moment)


def test_a_commit_that_nobody_confirms_is_undone_though_its_shell_and_its_terminal_are_gone(doomed):
    abandon_commit(doomed, seconds=8)


def test_a_commit_that_is_confirmed_in_time_stays_though_its_shell_and_its_terminal_are_gone(doomed):
    confirm_in_time(doomed, seconds=60)


@pytest.fixture
def waiting(session, box):
    """A session whose commit waits a minute for its confirm."""
    do(session, BOND, "commit confirmed 60s")
    yield session
    if store.awaiting(box):
        do(session, "revert")
    wait_until(lambda: store.journal(box) is None, "the end")


def test_a_commit_that_waits_is_there_and_says_so(waiting, box):
    assert box.read("/sys/class/net/bond0/bonding/slaves").split() == ["eth1", "eth2"]
    assert "is undone in 1:00 unless confirmed" in do(waiting, "status")


def test_confirm_keeps_it_and_brings_it_into_history(waiting, box):
    assert do(waiting, "confirm") == "commit 1 by root is confirmed\n"
    assert re.search(r"^0 +1 ", do(waiting, "history"), re.M)
    assert do(waiting, "diff") == "no differences\n"
    assert store.journal(box) is None


def test_revert_takes_it_back_and_the_edits_are_pending_again(waiting, box):
    assert "commit 1 by root was taken back: everything was undone and checked" in do(waiting, "revert")
    assert not box.exists("/sys/class/net/bond0")
    assert [str(edit) for edit in waiting.candidate.edits] == [BOND]


@pytest.mark.parametrize("line, error, said", [
    ("svc enable sbd", Refused, "commit 1 made these edits and waits"), ("undo", Refused, "waits"), ("abort", Refused, "waits"),
    ("rollback 0", Refused, "waits"), ("commit", Refused, "waits"), ("sync", Refused, "is not saved before"),
])
def test_while_it_waits_its_edits_are_not_touched_and_nothing_is_saved(waiting, line, error, said):
    with pytest.raises(error, match=said):
        do(waiting, line)


def test_while_it_waits_nobody_else_commits_and_they_are_told_whose_it_is(waiting, box):
    other = session_on(Sandbox(root_of(box)), name="other")
    do(other, "svc enable sbd")
    with pytest.raises(Locked, match=r"commit 1 by root on tty1 \(pid 1\) since .* waits for: confirm; nothing was done"):
        do(other, "commit")
    assert [str(edit) for edit in other.candidate.edits] == ["svc enable sbd"]


def test_while_it_waits_no_sync_saves_it(waiting, box):
    box.path("/.kernel/conf_sync_wait").write_text("0.1")
    assert box.run(("/usr/local/sbin/conf_sync.sh",)).status == 200


def test_while_it_waits_no_service_starts_whose_script_saves(waiting, box):
    box.path("/etc/sysconfig").mkdir(exist_ok=True)
    box.path("/etc/sysconfig/sbd").write_text("SBD_DEVICE=/dev/sda\n")
    with pytest.raises(Refused, match=r"rc\.sbd saves to the boot medium"):
        do(waiting, "svc start sbd")
    do(waiting, "revert", "svc start sbd")


def test_no_lock_is_held_while_a_script_saves(session, box):
    box.path("/etc/sysconfig").mkdir(exist_ok=True)
    box.path("/etc/sysconfig/sbd").write_text("SBD_DEVICE=/dev/sda\n")
    box.path("/.kernel/conf_sync_wait").write_text("0.1")
    do(session, "svc enable sbd", "commit")
    assert "not on the boot medium" in do(session, "status")
    do(session, "svc start sbd")
    assert "sync     saved" in do(session, "status")


@pytest.mark.parametrize("word", ["confirm", "revert"])
def test_where_nothing_waits_there_is_nothing_to_say(session, word):
    with pytest.raises(Refused, match=f"no commit waits: nothing to {word}"):
        do(session, word)


def test_a_confirm_that_comes_when_somebody_has_taken_it_back_is_told_so_and_leaves_no_journal(waiting, box, esosh, monkeypatch):
    monkeypatch.setattr(recovery, "is_late", lambda host, journal: bool(esosh("revert").status))
    with pytest.raises(Refused, match="ended, not by this confirm"):
        do(waiting, "confirm")
    assert not box.exists(store.JOURNAL)


@pytest.mark.parametrize("text", ["confirm\n", "{}\n", "[]\n", '{"id": 1}\nbegun 1\n', "\0\0\0"])
@pytest.mark.parametrize("line", ["svc enable nut", "commit"])
def test_a_journal_that_is_damaged_stops_all_changes_and_is_named(esosh, box, line, text):
    box.replace(store.JOURNAL, text)
    done = esosh(*line.split())
    assert (done.status, done.out) == (1, ""), done
    assert done.err.startswith("E226 the journal of a commit that did not end, /var/lib/esosh/journal, is damaged")
    assert esosh("diff").out == "no differences\n"


def test_a_guard_that_dies_is_followed_by_another_one_when_somebody_comes(waiting, box):
    [first] = guard_processes(box)
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: not guard_processes(box), "the death")

    do(session_on(box, name="other"), "svc enable sbd")

    assert len(guard_processes(box)) == 1
    with pytest.raises(Locked):
        do(session_on(box, name="other"), "commit")
    do(waiting, "confirm")


@pytest.fixture
def unguarded(waiting, box):
    """A session whose commit waits, and whose guard has died."""
    kill_guards(box)
    return waiting


def kill_guards(box):
    for number in guard_processes(box):
        os.kill(number, signal.SIGKILL)
    wait_until(lambda: not guard_processes(box), "the death")


def test_a_guard_that_died_is_told_by_status_and_by_the_prompt(unguarded):
    assert "!  commit   1 by root waits for its confirm, and its guard has died  recover" in do(unguarded, "status")
    assert re.search(r" confirm (1:00|0:\d\d)!guard# $", prompt(unguarded))


@pytest.mark.parametrize("words", [("show", "net"), ("status",), ("-f", "-")])
def test_every_esosh_that_starts_puts_another_guard_in_its_place_and_tells_so(unguarded, box, esosh, words):
    told = "the guard of commit 1 had died; another one has taken its place"
    assert told in esosh(*words, stdin="show net\n").err
    assert len(guard_processes(box)) == 1
    assert told not in esosh(*words, stdin="show net\n").err
    assert "is undone in" in do(unguarded, "status") and prompt(unguarded).endswith("# ") and "!guard" not in prompt(unguarded)


def test_so_does_the_shell_at_its_prompt_and_recover(waiting, box):
    for line in ("show net", "recover"):
        kill_guards(box)
        _, screen = run_shell(session_on(box), line)
        assert "the guard of commit 1 had died" in screen.text
        assert len(guard_processes(box)) == 1


def test_a_guard_that_died_keeps_nobody_from_looking(unguarded, box, esosh):
    lock = box.path(store.COMMIT_LOCK)
    lock.unlink()
    lock.mkdir()
    assert esosh("show", "net").status == 0
    lock.rmdir()


def test_a_wait_that_ended_while_no_guard_lived_ends_with_the_next_change(session, box):
    do(session, BOND, "commit confirmed 60s")
    for number in guard_processes(box):
        os.kill(number, signal.SIGKILL)
    wait_until(lambda: not guard_processes(box), "the death")
    store.mark(box, store.UNTIL, 0)
    assert guard.time_left(store.awaiting(box)) == "0:00"
    other = session_on(Sandbox(root_of(box)), name="other")

    do(other, "svc enable sbd")

    assert "commit 1 by root was not confirmed within 60 s: everything was undone and checked" in other.notices[0].text
    assert not box.exists("/sys/class/net/bond0")


@pytest.mark.parametrize("word, there", [("confirm", True), ("revert", False)])
def test_without_a_guard_confirm_and_revert_do_it_themselves(waiting, box, word, there):
    for number in guard_processes(box):
        os.kill(number, signal.SIGKILL)
    do(waiting, word)
    assert box.exists("/sys/class/net/bond0") == there


def test_a_probe_that_succeeds_confirms(session, box):
    do(session, BOND, 'commit confirmed 60s probe "ip link show bond0"')
    wait_until(lambda: store.journal(box) is None, "the confirm by the probe")
    assert box.exists("/sys/class/net/bond0")
    session.take_notice()
    assert "commit 1 by root is confirmed" in session.notices[0].text


def test_a_probe_that_fails_to_the_end_does_not(session, box):
    do(session, BOND, 'commit confirmed 1s probe "ip link show bond9"')
    wait_until(lambda: store.journal(box) is None, "the undoing")
    assert not box.exists("/sys/class/net/bond0")


@pytest.mark.parametrize("line, said", [
    ("commit confirmed 0", "waits 1 second to"), ("commit confirmed 5 sync", "not saved before"), ('commit probe "ip link"', "confirmed"),
    ("commit confirmed 5 probe \"ip 'x\"", "no command"),
])
def test_what_cannot_be_waited_for_is_refused_before_anything_begins(session, box, line, said):
    do(session, BOND)
    with pytest.raises(Refused, match=said):
        do(session, line)
    assert not box.exists("/sys/class/net/bond0")


def test_every_terminal_is_told_before_it_is_undone(session, box):
    do(session, BOND, "commit confirmed 61s")
    wait_until(lambda: box.exists("/var/log/wall"), "the announcement")
    assert re.search(r"commit 1 by root is undone in (60|5\d) s unless: confirm", box.read("/var/log/wall"))
    do(session, "revert")


def test_a_commit_that_disturbs_nothing_has_no_guard(session, box):
    do(session, "svc enable opensm", "commit")
    assert guard_processes(box) == []


def test_in_a_batch_a_commit_that_waits_is_the_last_one(esosh, box):
    done = esosh("--lock-timeout", "0.5", "-f", "-", stdin=f"{BOND}\ncommit confirmed 60s\nsvc enable sbd\ncommit\n")
    assert (done.status, "waits for: confirm; nothing was done" in done.err) == (7, True), done
    assert esosh("confirm").status == 0
    assert "rc.sbd_enable=YES" not in box.read("/etc/rc.conf")


def test_a_box_is_what_the_trials_say(booted):
    with box_with_edits(booted("esos1")) as box:
        assert isinstance(box, Box) and isinstance(box.esosh, Esosh) and box.differs() == []
