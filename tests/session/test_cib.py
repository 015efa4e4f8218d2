"""Named candidates, as a crm user types them: made, used, committed, dropped, and what each keeps to itself."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import time

import pytest
from boxes import changed, do, environment, root_of, session_on, snapshot, state
from terminal import run_shell

from esosh.commands.parse import parse
from esosh.config import blank
from esosh.errors import ChecksRefuse, LineError, Locked, Refused
from esosh.shell.loop import prompt
from esosh.transaction import git

GROUPS = "/sys/kernel/scst_tgt/device_groups"
EDITS = ("alua", "dgrp add esos", "up", "svc enable opensm")
BLOCK = ("cib", "new scst", "up", *EDITS, "cib list", "cib diff", "cib use live", "diff", "cib commit scst")
CHANGES = ("+ alua dgrp add esos", "- svc disable opensm", "+ svc enable opensm")


def edits(session):
    return [str(edit) for edit in session.candidate.edits]


def names(box):
    """The candidates that there are, as `cib list` shows them."""
    return [candidate.name for candidate in session_on(box).run(parse("cib list")).data]


def shell(box, *lines):
    """Type lines into a shell that holds its candidate, as a real one does."""
    session = session_on(box)
    with session.hold():
        return session, run_shell(session, *lines)[1]


def batch(esosh, *lines):
    return esosh("--lock-timeout", "0.2", "-f", "-", stdin="".join(f"{line}\n" for line in lines))


@pytest.fixture
def made(box):
    """A session in its own candidate, beside one named scst with an edit."""
    session = session_on(box)
    do(session, "cib new scst", "svc enable sbd", "cib use live")
    return session


# the walkthrough


def test_the_walkthrough_of_a_crm_user_commits_the_candidate_and_runs_a_second_time(box):
    before = state(box)

    session, screen = shell(box, *BLOCK[:-1])
    said = screen.out.getvalue().splitlines()
    assert [line.split()[:3] for line in said[:4]] == [["scst", "is", "in"], ["candidate", "edits", "last"], ["live", "0"], ["*", "scst", "2"]]
    assert said[4:] == [*CHANGES, "live is in use: no edits", "no differences"]
    assert [name for name in changed(before, state(box)) if not name.startswith("var/lib/esosh")] == []

    _, screen = shell(box, BLOCK[-1])
    assert "committed: number 1" in screen.text
    assert box.exists(f"{GROUPS}/esos") and "rc.opensm_enable=YES" in box.read("/etc/rc.conf")
    assert names(box) == ["live"] and prompt(session_on(box)) == "esosh(live/sandbox:esos1)!sync# "

    session, screen = shell(box, *BLOCK)
    assert screen.out.getvalue().count("already so") == 2 and screen.out.getvalue().endswith("nothing to do\n")
    assert (names(box), session.title, git.last(box)) == (["live"], "live", 1)


def test_the_walkthrough_is_a_batch_and_runs_a_second_time(box, esosh):
    for done, numbers in ((batch(esosh, *BLOCK), [1]), (batch(esosh, *BLOCK), [1])):
        assert (done.status, done.err) == (0, "")
        assert [commit.number for commit in git.commits(box)] == numbers
        assert names(box) == ["live"]
    assert box.exists(f"{GROUPS}/esos") and "nothing to do" in done.out


@pytest.mark.parametrize("last", [["commit"], ["up", "commit"], ["cib commit scst"], ["cib use scst", "cib commit"], ["cib use scst", "commit"], ["use scst", "commit"]])
def test_the_candidate_in_use_is_used_and_committed_by_its_name_too(box, esosh, last):
    _, screen = shell(box, "cib new scst", "svc enable sbd", "cib", *last)
    assert "committed: number 1" in screen.text, screen.text

    done = batch(esosh, "cib new scst", "svc enable nut", "cib", *last)
    assert (done.status, git.last(box)) == (0, 2), done.err


def test_one_s_own_candidate_is_used_twice(box):
    _, screen = shell(box, "cib use live", "svc enable sbd")
    assert screen.err.getvalue().count("\n") == 2, screen.text  # the greeting and the farewell


# making


def test_an_empty_candidate_takes_everything_away_that_can_be_made(session):
    do(session, "alua dgrp add esos", "net bond bond0 slaves eth1 miimon=100", "commit", "cib new bare empty")
    assert session.config == blank(session.candidate.current) != session.candidate.current

    do(session, "svc enable sshd", 'commit force "a box to start anew"')

    assert do(session, "show alua") + do(session, "show net") == ""
    assert [line for line in do(session, "show svc").splitlines() if "disable" not in line] == ["svc enable sshd"]


@pytest.mark.parametrize("line, error, said", [
    ("cib new scst", Refused, "there is a candidate scst"), ("cib new live", Refused, "there is a candidate live"),
    ("cib new default@root", Refused, "there is a candidate default@root"), ("cib new scst empty", Refused, "there is a candidate scst"),
    ("cib new .x", LineError, "does not fit"), ("cib new ../x", LineError, "does not fit"), ("cib new -x", LineError, "does not fit"),
    ("cib new a/b", LineError, "does not fit"), ('cib new "a b"', LineError, "does not fit"), ('cib new ""', LineError, "does not fit"),
    *((f"cib {verb} nosuch", Refused, "no candidate nosuch; there are: live scst") for verb in ("use", "diff", "commit", "reset", "del")),
])
def test_a_name_that_is_taken_or_none_or_nobody_s_is_refused(made, box, line, error, said):
    before = snapshot(root_of(box))
    with pytest.raises(error, match=re.escape(said)):
        do(made, line)
    assert (made.title, changed(before, snapshot(root_of(box)))) == ("live", [])


# dropping


def test_reset_drops_the_edits_of_one_and_undo_there_brings_them_back(made, box):
    do(made, "svc enable nut")
    assert do(made, "cib reset scst") == "- svc enable sbd\n"
    assert (edits(made), do(made, "cib diff scst")) == (["svc enable nut"], "no differences\n")
    assert do(made, "cib reset scst") == "no edits\n"

    do(made, "cib use scst", "undo")
    assert edits(session_on(box, name="scst")) == ["svc enable sbd"]


@pytest.mark.parametrize("word", ["del", "delete"])
def test_what_is_deleted_is_listed_and_undo_brings_it_back_as_often_as_one_likes(made, box, word):
    assert do(made, f"cib {word} scst") == "- svc enable sbd\nscst is gone; undo brings it back\n"
    assert names(box) == ["live"]

    assert do(made, "undo") == "+ candidate scst\n"
    assert edits(session_on(box, name="scst")) == ["svc enable sbd"]

    assert do(made, "redo") == "- candidate scst\n"
    assert (do(made, "undo"), names(box)) == ("+ candidate scst\n", ["live", "scst"])


def test_undo_in_another_process_brings_the_deleted_one_back(made, esosh, box):
    esosh("cib", "delete", "scst")
    assert names(box) == ["live"]
    assert esosh("undo").out == "+ candidate scst\n"
    assert esosh("cib", "diff", "scst").out == "- svc disable sbd\n+ svc enable sbd\n"


def test_what_a_batch_deletes_comes_back_if_that_is_what_it_says(made, esosh, box):
    if "undo brings it back" in batch(esosh, "cib del scst").out:
        esosh("undo")
        assert "scst" in names(box)


def test_a_deleted_one_does_not_replace_another_of_its_name(made, box):
    do(made, "cib del scst")
    do(session_on(box), "cib new scst", "svc enable nut")
    with pytest.raises(Refused, match="there is another candidate scst by now"):
        do(made, "undo")
    assert edits(session_on(box, name="scst")) == ["svc enable nut"]


@pytest.mark.parametrize("line, hint", [("cib del scst", "cib use live"), ("cib del live", "abort")])
def test_the_one_in_use_and_one_s_own_are_not_deleted(made, box, line, hint):
    do(made, "cib use scst")
    with pytest.raises(Refused, match="is in use") as refused:
        do(made, line)
    assert (refused.value.hint, names(box)) == (hint, ["live", "scst"])


# between sessions


@pytest.mark.parametrize("words, stdin", [
    (["--candidate", "scst", "svc", "enable", "nut"], ""), (["--candidate", "scst", "commit"], ""), (["--candidate", "scst", "undo"], ""),
    (["cib", "commit", "scst"], ""), (["cib", "reset", "scst"], ""), (["cib", "del", "scst"], ""), (["-f", "-"], "cib use scst\ncommit\n"),
])
def test_one_that_another_session_uses_names_its_holder(made, esosh, box, words, stdin):
    other = session_on(box)
    with other.hold():
        do(other, "cib use scst")
        before = snapshot(root_of(box))
        done = esosh("--lock-timeout", "0.1", *words, stdin=stdin)
        assert (done.status, "candidate scst is in use by root on tty1 (pid 1) since 2026-01-01" in done.err) == (7, True), done
        assert changed(before, snapshot(root_of(box))) == []
        assert esosh("cib", "diff", "scst").out == "- svc disable sbd\n+ svc enable sbd\n"


def test_a_session_that_goes_on_with_another_lets_the_first_one_go(made, esosh, box):
    other = session_on(box)
    with other.hold():
        do(other, "cib use scst")
        assert esosh("--lock-timeout", "0.1", "svc", "enable", "nut").status == 0
        do(other, "cib use live")
        assert edits(other) == ["svc enable nut"]
        assert esosh("--lock-timeout", "0.1", "--candidate", "scst", "undo").status == 0
        with session_on(box, name="scst").hold(), pytest.raises(Locked):
            do(other, "cib use scst")
        assert other.title == "live"


def test_the_edits_of_one_are_never_another_s(session, box):
    do(session, "svc enable nut", "cib new a", "svc enable sbd", "cib new b", "alua dgrp add esos", "cib use a", "undo", "svc enable drbd")
    do(session, "cib use live", "abort", "undo", "cib commit b")

    assert do(session_on(box), "show alua") == "alua dgrp add esos\n"
    found = {name: edits(session_on(box, name=name)) for name in ("", "a", "b")}
    assert found == {"": ["svc enable nut"], "a": ["svc enable drbd"], "b": []}
    assert names(box) == ["live", "a"]


@pytest.mark.parametrize("lines", [
    ("svc enable nut", "cib use scst"), ("svc enable nut", "cib new other"), ("svc enable nut", "cib use scst", "cib use live", "commit"),
    ("svc enable nut", "cib commit scst", "commit"),
])
def test_a_batch_loses_no_edit_of_its_own_when_it_goes_on_with_another(made, esosh, box, lines):
    """It says no, or the edit is committed: gone without a word it is never."""
    done = batch(esosh, *lines)
    assert done.status or "rc.nut_enable=YES" in box.read("/etc/rc.conf"), done


def test_one_that_the_checks_refuse_is_still_there_and_in_use(session, box):
    do(session, "cib new scst", "net bond bond0 slaves eth9", "cib use live")
    with pytest.raises(ChecksRefuse):
        do(session, "cib commit scst")
    assert (session.title, names(box), edits(session)) == ("scst", ["live", "scst"], ["net bond bond0 slaves eth9"])


def test_a_shell_that_was_killed_leaves_its_edits_to_the_next_with_who_and_when(box, esosh):
    master, slave = pty.openpty()
    process = subprocess.Popen(esosh.argv(), stdin=slave, stdout=slave, stderr=slave, env={**environment(), "TERM": "dumb"})
    terminal = os.ttyname(slave).replace("/dev/", "")
    os.close(slave)
    os.write(master, b"cib new scst\nsvc enable sbd\nalua dgrp add esos\n")
    until = time.monotonic() + 30
    while len(edits(session_on(box, name="scst"))) < 2 and time.monotonic() < until:
        time.sleep(0.02)
    process.kill()
    process.wait()
    os.close(master)

    who = rf"root on {terminal}"
    when = r"20\d\d-\d\d-\d\d \d\d:\d\d:\d\d"
    assert re.search(rf"^   scst       2      {when}  {who}", esosh("cib", "list").out, re.M)
    _, screen = run_shell(session_on(box, name="scst"))
    assert re.search(rf"2 edits pending by {who}, {when}; show with: diff", screen.text)
    assert esosh("--lock-timeout", "0.1", "--candidate", "scst", "diff").out.splitlines() == ["+ alua dgrp add esos", "- svc disable sbd", "+ svc enable sbd"]
    assert esosh("--lock-timeout", "0.1", "cib", "commit", "scst").status == 0


# from the command line


@pytest.mark.parametrize("words, stdin, status", [
    (["cib", "new", "other"], "", 0), (["cib", "new", "other", "empty"], "", 0), (["cib", "new", "scst"], "", 1), (["cib", "use", "scst"], "", 0),
    (["cib", "commit", "scst"], "", 0), (["cib", "commit", "nosuch"], "", 1), (["cib", "reset", "scst"], "", 0), (["cib", "del", "scst"], "", 0),
    (["--candidate", "scst", "undo"], "", 0), (["--candidate", "scst", "commit"], "", 0), (["--candidate", "other", "svc", "enable", "nut"], "", 0),
    (["-f", "-"], "\n".join(BLOCK[3:]), 1), (["-f", "-"], "\n".join(BLOCK).replace("scst", "other"), 0),
    (["-f", "-"], "cib del scst\nundo\ncib use scst\nundo\nredo\ncib commit\n", 0), (["-f", "-"], "cib del scst\ncib use scst\n", 1),
])
def test_a_rehearsal_writes_nothing(made, esosh, box, words, stdin, status):
    before = snapshot(root_of(box))
    done = esosh("--check", *words, stdin=stdin)
    assert (done.status, changed(before, snapshot(root_of(box)))) == (status, []), done


def test_a_line_of_the_command_line_goes_to_the_candidate_that_is_named(esosh, box):
    assert esosh("svc", "enable", "nut").status == esosh("--candidate", "work", "svc", "enable", "sbd").status == 0
    assert esosh("--candidate", "work", "diff").out == "- svc disable sbd\n+ svc enable sbd\n"
    assert (esosh("diff").out, names(box)) == ("- svc disable nut\n+ svc enable nut\n", ["live", "work"])

    assert esosh("--candidate", "work", "commit").status == 0
    assert (names(box), esosh("diff").out) == (["live"], "- svc disable nut\n+ svc enable nut\n")


def test_the_name_live_is_one_s_own_candidate_on_the_command_line_too(esosh, box):
    esosh("--candidate", "live", "svc", "enable", "sbd")
    assert (esosh("diff").out, names(box)) == ("- svc disable sbd\n+ svc enable sbd\n", ["live"])
