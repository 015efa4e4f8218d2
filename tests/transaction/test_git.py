"""git in /etc: as old as on ESOS, absent, without a repository, damaged, locked; no commit loses its place."""

from __future__ import annotations

import json
import os
import shutil
import stat
import time

import pytest
from boxes import do, session_on

from esosh.errors import Refused
from esosh.session.history import config_of
from esosh.transaction import git, messages, pending, repository
from esosh.transaction.messages import NO_COMMENT, Message

LOCK = "/etc/.git/index.lock"
OF_ESOSH = "Esosh-Commit: 3\nEsosh-User: anna"


def run(box, *words):
    """Somebody uses git in /etc."""
    done = box.run(("git", "-C", "/etc", *words))
    assert not done.status, done
    return done.out


def numbers(box):
    return [commit.number for commit in git.commits(box)]


def enabled(box, commit):
    """The services that are enabled in a commit."""
    return {name for name, service in config_of(box, commit).svc.items() if service.enabled} - {"sshd", "scst"}


# the git of ESOS 4


@pytest.mark.parametrize("words", [
    ("log", "--format=%(trailers:key=Esosh-Commit)"), ("log", "--diff-merges=off"), ("switch", "-c", "x"), ("status", "--porcelain=v3"),
])
def test_the_git_of_the_tests_refuses_what_git_2_21_does_not_know(box, words):
    done = box.run(("git", "-C", "/etc", *words))
    assert (done.status, done.err.startswith("git 2.21: ")) == (129, True)


@pytest.mark.parametrize("text, message", [
    (f"bond\n\n{OF_ESOSH}\n", Message("bond", 3, "anna")),
    (f"bond\nof two\n\n{OF_ESOSH}\nSigned-off-by: bert\n", Message("bond of two", 3, "anna")),
    (f"{OF_ESOSH}\n", Message("Esosh-Commit: 3 Esosh-User: anna", 3, "anna")),  # of a comment of blanks, before
    (f"Esosh-Commit: 7\n\nEsosh-Commit: 8\n\n\n{OF_ESOSH}\n", Message("Esosh-Commit: 7", 3, "anna")),
    (f"revert\n\n{OF_ESOSH}\n\nbecause\n", Message("revert")), ("by hand\n", Message("by hand")), ("", Message("")),
    ("x\n\nEsosh-User: anna\n", Message("x")), ("x\n\nEsosh-Commit: ²\n", Message("x")), ("x\n\n> Esosh-Commit: 3\n", Message("x")),
    (f"x\n\nEsosh-Commit: {'9' * 5000}\n", Message("x")), ("one\x1ftwo\u2028three\n", Message("one\x1ftwo\u2028three")),
])
def test_a_message_is_read_whole_and_its_last_paragraph_alone_has_trailers(text, message):
    assert messages.parse(text) == message


@pytest.mark.parametrize("comment", [" ", "Esosh-Commit: 9", "# 5", "--amend", "-", "a  b"])
def test_any_comment_gives_a_commit_its_number_and_its_user(session, box, comment):
    do(session, "svc enable sbd", f"commit comment '{comment}'")
    assert [(commit.number, commit.who, commit.subject) for commit in git.commits(box)] == [(1, "root", comment.strip() or NO_COMMENT)]


def test_whoever_quotes_a_commit_of_esosh_s_does_not_count_as_one(session, box):
    do(session, "svc enable sbd", "commit", "svc enable nut", "commit")
    run(box, "commit", "-q", "--allow-empty", "-m", "back\n\nEsosh-Commit: 1\nEsosh-User: root\n\nwas wrong")
    assert (git.last(box), numbers(box)) == (2, [2, 1])
    do(session, "svc enable drbd", "commit")
    assert numbers(box) == [3, 2, 1]


# a git that is locked


def lock(box, age):
    box.replace(LOCK, "")
    os.utime(box.path(LOCK), (time.time() - age,) * 2)


@pytest.mark.parametrize("age, told", [(90 * 60, "90 minutes"), (3 * 3600 + 5, "3 hours"), (9 * 86400, "9 days"), (130, "2 minutes")])
def test_a_lock_that_a_git_left_behind_is_told_with_its_age(session, box, age, told):
    lock(box, age)
    text = do(session, "svc enable sbd", "commit")
    reason = f"{LOCK} was made {told} ago by a git that still runs, or died; if none runs: rm {LOCK}"
    assert f"committed, and not yet in the history: git add: {reason}" in text
    assert f" !  history  1 commit not in git yet: {reason}" in do(session, "status")


def test_a_git_that_is_at_work_is_waited_for(session, box, monkeypatch):
    lock(box, 0)
    pauses = []

    def pause(seconds):
        pauses.append(seconds)
        if len(pauses) == 3:
            box.remove(LOCK)

    monkeypatch.setattr(repository.time, "sleep", pause)
    assert "history" not in do(session, "svc enable sbd", "commit")
    assert (len(pauses), numbers(box)) == (3, [1])


@pytest.mark.parametrize("then", ["commit", "sync"])
def test_commits_that_git_did_not_take_keep_their_order_their_content_and_their_people(session, box, then):
    lock(box, 1000)
    do(session, "svc enable sbd", 'commit comment "first"', "svc enable nut", 'commit comment "second"', "svc disable sbd", 'commit comment "third"')
    assert [commit.number for commit in pending.commits(box)] == [1, 2, 3]
    box.replace("/etc/motd", "by hand\n")
    box.remove(LOCK)

    do(session, *(["svc enable drbd", "commit"] if then == "commit" else ["sync"]))

    kept = git.commits(box)[::-1]
    assert [(commit.number, commit.subject) for commit in kept][:3] == [(1, "first"), (2, "second"), (3, "third")]
    assert [enabled(box, commit.hash) - enabled(box, f"{kept[0].hash}~") for commit in kept[:3]] == [{"sbd"}, {"sbd", "nut"}, {"nut"}]
    assert not any("motd" in run(box, "ls-tree", "-r", "--name-only", commit.hash) for commit in kept[:3])
    assert (pending.commits(box), run(box, "status", "--porcelain")) == ([], "")
    do(session, "rollback 0" if then == "sync" else "rollback 1")
    assert do(session, "diff svc") == ("no differences\n" if then == "sync" else "- svc enable drbd\n+ svc disable drbd\n")


def test_a_lock_that_goes_between_two_commits_lets_no_commit_overtake_another(session, box):
    lock(box, 1000)
    do(session, "svc enable sbd", "commit", "svc enable nut")
    box.path("/faults").write_text("run git -C /etc status* 1\n")
    box.remove(LOCK)
    do(session_on(type(box)(str(box.path("/")))), "commit")
    assert numbers(box) == [2, 1]


@pytest.mark.parametrize("end", ["", "\n"])
def test_the_commit_that_an_older_version_kept_is_taken_over(session, box, end):
    do(session, "svc enable sbd")
    box.replace(pending.PENDING, json.dumps([1, "anna", "before"]) + end, 0o600)
    box.replace("/etc/motd", "of that commit\n")
    box.replace("/var/lib/esosh/number", "1\n")
    lock(box, 1000)
    do(session, "commit")
    assert [commit.number for commit in pending.commits(box)] == [1, 2]
    box.remove(LOCK)
    do(session, "svc enable nut", "commit")
    assert [(commit.number, commit.who) for commit in git.commits(box)] == [(3, "root"), (2, "root"), (1, "anna")]


@pytest.mark.parametrize("line", ["x", "[]", "{}", "[1, 2, 3]", '["x", "a", "b"]', '[1, "a", "b", 5]', "null", '[1, "a"'])
def test_a_line_of_theirs_that_is_damaged_is_named_and_stops_nothing(session, box, line):
    box.replace("/var/lib/esosh/owed", line + "\n", 0o600)
    damaged = "line 1 of /var/lib/esosh/owed, the commits that git did not take, is damaged"
    assert damaged in do(session, "status")
    assert "line 1 of /var/lib/esosh/owed was damaged" in do(session, "svc enable sbd", "commit")
    assert "rc.sbd_enable=YES" in box.read("/etc/rc.conf")
    do(session, "svc enable nut", "commit")
    assert numbers(box) == [2, 1]


# no git, no repository, a damaged one


def no_repository(box, monkeypatch):
    shutil.rmtree(box.path("/etc/.git"))


def no_git(box, monkeypatch):
    monkeypatch.setenv("PATH", str(box.path("/opt")))


def damaged(box, monkeypatch):
    box.path("/etc/.git/HEAD").write_text("what is this\n")


WITHOUT = [(no_repository, "/etc is no git repository"), (no_git, "git is not installed"), (damaged, "not a git repository")]


@pytest.mark.parametrize("happen, reason", WITHOUT, ids=["no repository", "no git", "damaged"])
def test_a_box_without_a_history_is_told_so_and_commits_all_the_same(session, box, monkeypatch, happen, reason):
    do(session, "svc enable sbd", "commit")
    happen(box, monkeypatch)

    status = do(session, "status")
    assert " !  history  none: " in status and reason in status
    assert "saved" not in status.replace("not saved", "")
    for line in ("history", "history 0", "blame svc", "rollback 0", "history diff 0 live"):
        with pytest.raises(Refused, match="there is no history: ") as refused:
            do(session, line)
        assert reason in str(refused.value)
        assert (refused.value.hint == "history init") == (happen is no_repository)
    for number, service in enumerate(("nut", "drbd"), 2):
        told = do(session, f"svc enable {service}", "commit")
        assert told.startswith(f"committed: number {number}, ") and reason in told
    assert "rc.drbd_enable=YES" in box.read("/etc/rc.conf")
    assert do(session, "diff") == "no differences\n"


@pytest.mark.parametrize("happen", [no_git, damaged])
def test_once_git_works_again_it_gets_every_commit(session, box, happen):
    do(session, "svc enable sbd", "commit")
    with pytest.MonkeyPatch.context() as patch:
        head = box.read("/etc/.git/HEAD")
        happen(box, patch)
        do(session, "svc enable nut", "commit", "svc enable drbd", "commit")
    box.replace("/etc/.git/HEAD", head)
    do(session, "svc enable opensm", "commit")
    assert numbers(box) == [4, 3, 2, 1]


def test_a_history_goes_on_from_the_boot_medium_where_that_is_at_hand(session, box, monkeypatch):
    do(session, "svc enable sbd", "commit", "sync", "svc enable nut")
    no_repository(box, monkeypatch)
    assert "goes on from that of the boot medium" in do(session, "history init")
    do(session, "commit")
    assert numbers(box) == [2, 1]
    assert do(session, "sync") == "saved to the boot medium\n"
    assert "ok  sync     saved" in do(session, "status")


@pytest.mark.parametrize("happen", [no_repository, damaged])
def test_a_sync_without_a_repository_saves_nothing_and_says_so(session, box, monkeypatch, happen):
    happen(box, monkeypatch)
    with pytest.raises(Refused, match="git could not commit /etc; nothing was saved"):
        do(session, "sync")


def test_a_medium_with_another_history_is_named_as_what_fails(session, box, monkeypatch):
    no_repository(box, monkeypatch)
    medium = box.path("/mnt/conf/etckeeper.git")
    medium.rename(medium.with_suffix(".away"))
    do(session, "history init")
    shutil.rmtree(medium, ignore_errors=True)
    medium.with_suffix(".away").rename(medium)
    with pytest.raises(Refused, match="git could not push to it; the commit is in /etc only"):
        do(session, "sync")


def test_a_history_begins_where_somebody_asks_for_it(session, box, monkeypatch):
    no_repository(box, monkeypatch)
    shutil.rmtree(box.path("/mnt/conf/etckeeper.git"))
    os.umask(before := os.umask(0))
    assert "history init" in do(session, "svc enable sbd", "commit")

    assert "git repository now" in do(session, "history init")

    assert stat.S_IMODE(box.stat("/etc/.git").mode) == 0o700
    assert "nothing was saved to the boot medium yet" in do(session, "status")
    assert "  yes  " not in do(session, "history")
    assert run(box, "status", "--porcelain") == ""
    do(session, "svc enable nut", "commit")
    assert numbers(box) == [2]
    assert "+ svc enable nut" in do(session, "history 0")
    with pytest.raises(Refused, match="is a git repository already"):
        do(session, "history init")
    os.umask(before)


@pytest.mark.parametrize("with_medium", [True, False], ids=["medium", "no medium"])
def test_commits_that_git_did_not_take_are_older_than_what_a_history_begins_with(session, box, monkeypatch, with_medium):
    lock(box, 1000)
    do(session, "svc enable sbd", 'commit comment "first"', "svc enable nut", 'commit comment "second"')
    no_repository(box, monkeypatch)
    if not with_medium:
        shutil.rmtree(box.path("/mnt/conf/etckeeper.git"))
    do(session, "svc enable opensm", "commit", "history init")

    history = git.log(box, 10)
    assert [commit.subject for commit in history][:3] == ["the history begins here", "second", "first"]
    assert [enabled(box, commit.hash) & {"sbd", "nut", "opensm"} for commit in history] == [
        {"sbd", "nut", "opensm"}, {"sbd", "nut"}, {"sbd"}, *[set()] * with_medium,
    ]
    assert (run(box, "status", "--porcelain"), box.exists(pending.PENDING)) == ("", False)


def test_a_sync_that_has_such_commits_to_save_tells_how_to_begin_a_history(session, box, monkeypatch):
    lock(box, 1000)
    do(session, "svc enable sbd", "commit")
    no_repository(box, monkeypatch)
    with pytest.raises(Refused, match="there is no history: /etc is no git repository") as refused:
        do(session, "sync")
    assert refused.value.hint == "history init"


def test_a_history_begins_beside_a_commit_that_can_be_read_no_more(session, box, monkeypatch):
    no_repository(box, monkeypatch)
    box.replace(pending.PENDING, "x\n", 0o600)
    do(session, "history init")
    assert f"line 1 of {pending.PENDING} was damaged" in str(session.notices[-1])


def test_making_a_repository_may_be_cut_short_and_is_finished_when_asked_again(session, box, monkeypatch):
    no_repository(box, monkeypatch)
    for number in range(14):
        box.path("/faults").write_text(f"run git -C /etc * 1 after {number}\n")
        try:
            do(session_on(type(box)(str(box.path("/")))), "history init")
        except Refused:
            continue
        finally:
            box.path("/faults").unlink()
        break
    do(session, "svc enable sbd", "commit")
    assert (numbers(box), run(box, "symbolic-ref", "HEAD")) == ([1], "refs/heads/master\n")


def test_a_medium_that_was_never_written_is_not_called_saved(session, box):
    run(box, "update-ref", "-d", "refs/remotes/origin/master")
    status = do(session, "status")
    assert " !  sync     nothing was saved to the boot medium yet  sync" in status


# links in /etc


@pytest.mark.parametrize("to, tells", [("rc.real", True), ("/etc/rc.real", True), ("/opt/rc.real", False)])
def test_what_a_link_leads_to_is_in_the_history_where_it_is_in_etc(session, box, to, tells):
    box.replace(to if to.startswith("/") else f"/etc/{to}", box.read("/etc/rc.conf"))
    box.remove("/etc/rc.conf")
    box.path("/etc/rc.conf").symlink_to(to)
    do(session, "svc enable sbd", "commit", "svc enable nut", "commit")
    if tells:
        assert do(session, "rollback 1", "diff svc") == "- svc enable nut\n+ svc disable nut\n"
    else:
        with pytest.raises(Refused, match=r"as a link to /opt/rc\.real: what that held is in no history"):
            do(session, "rollback 1")


def test_a_damaged_line_of_theirs_keeps_no_sync_from_saving(session, box):
    do(session, "svc enable sbd", "commit")
    box.replace(pending.PENDING, "x\n", 0o600)
    assert do(session, "sync") == "saved to the boot medium\n"
    assert [line.text for line in session.notices] == [
        f"line 1 of {pending.PENDING} was damaged, and is kept in {pending.DAMAGED}: the history lacks its commit"
    ]
    assert box.read(pending.DAMAGED) == "x\n"
