"""The states of a box: its past, what runs, what its files and its boot medium say; and the ways back to one of them."""

from __future__ import annotations

import itertools
import re
import shutil

import pytest
from boxes import changed, do, root_of, session_on, snapshot, state

from esosh.commands.session import SessionBlame
from esosh.errors import Refused
from esosh.sandbox import Sandbox
from esosh.session import Session
from esosh.transaction import git as history
from esosh.transaction.journal import Who

MIIMON = "/sys/class/net/bond0/bonding/miimon"
CONF = "HANDLER vdisk_nullio {\n\tDEVICE null1\n}\nTARGET_DRIVER iscsi {\n\tTARGET iqn.2026-01.lab:t1 {\n\t\tLUN 0 null1\n\t}\n}\n"
STATE = "/sys/kernel/scst_tgt/device_groups/esos/target_groups/local/state"
LINES = ("alua pair add esos host1 21:00:00:e0:8b:9d:74:49 host2 21:00:00:1b:32:01:6b:11", "alua device add esos disk01",
         "net bond bond0 slaves eth1 eth2 mode=active-backup miimon=100")


def amend(box, file, was, to_be):
    """Somebody edits a file with vi."""
    assert was in box.read(file)
    box.replace(file, box.read(file).replace(was, to_be))


def enabled(box, service):
    amend(box, "/etc/rc.conf", f"rc.{service}_enable=NO", f"rc.{service}_enable=YES")


def git(box, *words):
    """Somebody uses git in /etc."""
    done = box.run(("git", "-C", "/etc", "-c", "user.name=bert", *words))
    assert not done.status, done
    return done.out


def drifted(session):
    return [tuple(re.split("  +", line)) for line in do(session, "status drift").splitlines()[1:]]


def as_person(box, name):
    return Session(box, Who(name, "pts/1", 2, "now"), wait=0)


@pytest.fixture(scope="module")
def agreed(booted, tmp_path_factory):
    """A box whose kernel, files, last commit and boot medium say the same."""
    place = tmp_path_factory.mktemp("agreed") / "box"
    shutil.copytree(booted("esos1"), place, symlinks=True)
    session = session_on(Sandbox(str(place)))
    do(session, *LINES, 'commit comment "first"', "sync")
    assert do(session, "status drift") == "nothing has drifted\n"
    return place


@pytest.fixture
def box(agreed, tmp_path):
    shutil.copytree(agreed, tmp_path / "agreed", symlinks=True)
    return Sandbox(str(tmp_path / "agreed"))


# the past


NOISE = {
    "a sync": lambda box, session: (box.append("/etc/motd", "hello"), do(session, "sync")),
    "a commit": lambda box, session: (box.append("/etc/motd", "hello"), git(box, "add", "-A"), git(box, "commit", "-qm", "by hand")),
    "a subject of several lines": lambda box, session: git(box, "commit", "-q", "--allow-empty", "-m", "one\x0btwo\u2028three"),
    "a subject with a separator": lambda box, session: git(box, "commit", "-q", "--allow-empty", "-m", "one\x1ftwo"),
}


@pytest.mark.parametrize("noise", NOISE)
def test_numbers_count_back_over_esosh_s_own_commits_and_what_was_before_them(session, box, noise):
    NOISE[noise](box, session)
    do(session, "svc enable sbd", 'commit comment "second"')
    NOISE[noise](box, session)

    rows = [line.split() for line in do(session, "history").splitlines() if line[0].isdigit()]
    assert [row[:2] for row in rows[:2]] == [["0", "2"], ["1", "1"]]
    assert [(row[0], len(row[1])) for row in rows[2:]] == [("2", 12)]  # a hash, and no number of ours
    assert re.match(r"commit 2 by root, 20.*: second\n- svc disable sbd\n\+ svc enable sbd\n$", do(session, "history 0"))
    assert re.match(r"commit 1 by root, 20.*: first\n(\+ scst .*\n)+\+ alua dgrp add esos\n", do(session, "history 1"))


def test_a_comment_of_somebody_else_may_hold_any_character_and_history_still_reads(session, box):
    do(session, "svc enable sbd", "commit comment ours")
    box.run(("git", "-C", "/etc", "commit", "-q", "--allow-empty", "-m", "one\x1ftwo\u2028three"))
    text = do(session, "history")
    assert "three" in text and "ours" in text


@pytest.mark.parametrize("name", ["2", "99", "abcdef0"])
def test_a_commit_that_is_not_there_is_refused(session, name):
    for line in (f"history {name}", f"history diff {name} live", f"history diff 0 {name}"):
        with pytest.raises(Refused, match=f"no commit {name}; esosh made 1"):
            do(session, line)


def test_a_commit_is_saved_when_the_boot_medium_has_it(session, box):
    do(session, "svc enable sbd", "commit")
    box.replace("/etc/motd", "hello\n")
    do(session, "svc enable nut", "commit")
    on_medium = set(git(box, "rev-list", "origin/master").split())
    for hash, saved in re.findall(r"([0-9a-f]{12})  \S+ \S+  .*  (yes|no) ", do(session, "history")):
        assert (saved == "yes") == any(one.startswith(hash) for one in on_medium), do(session, "history")


def test_of_many_names_in_a_group_a_difference_is_the_one_that_came_or_went(session):
    target, esx = "iqn.2026-11.local.esos1:target1", "iqn.1998-01.com.vmware:esx{}"
    lines = [f"scst group add {target} esx", f"scst initiator add {target} group esx {' '.join(map(esx.format, range(100, 800)))}"]
    do(session, *lines, 'commit comment "all"', f"scst initiator add {target} group esx {esx.format('100a')}",
       f"scst initiator del {target} group esx {esx.format(700)}", "alua device del esos disk01", "alua device add esos disk03")
    told = (f"- scst initiator add {target} group esx {esx.format(700)}\n+ scst initiator add {target} group esx {esx.format('100a')}\n"
            "- alua device add esos disk01\n+ alua device add esos disk03\n")
    assert sorted(do(session, "diff").splitlines()) == sorted(told.splitlines())
    do(session, "commit allow failover")
    assert sorted(do(session, "history 0").splitlines()[1:]) == sorted(told.splitlines())
    assert max(map(len, do(session, "show").splitlines())) < 130
    assert blamed(session, f"scst initiator add {target} group esx {esx.format('100a')}") == [("3", "root")]
    assert blamed(session, f"scst initiator add {target} group esx {esx.format('799')}") == [("2", "root")]


def test_the_number_that_a_commit_tells_is_its_own_in_the_history(session, box):
    box.write(MIIMON, "50\n")
    do(session, "reapply net")
    told = [do(session, *lines, "commit") for lines in ([], ["svc enable sbd"])]
    numbers = [int(re.match(r"committed: number (\d+)", text)[1]) for text in told]
    assert numbers == [2, 3] == [commit.number for commit in history.commits(box)][1::-1]


def compared(box):
    """A session on a box whose states differ in the services that are enabled, and these, by the state's name."""
    session = session_on(box)
    do(session, "svc enable sbd", "commit", "sync", "svc enable nut", "commit", "svc enable drbd")
    enabled(box, "iscsid")
    states = {"1": {"sbd"}, "0": {"sbd", "nut"}, "saved": {"sbd"}, "live": {"sbd", "nut", "iscsid"},
              "candidate": {"sbd", "nut", "iscsid", "drbd"}}
    ours = history.commits(box)
    return session, {**states, ours[0].hash: states["0"], ours[1].hash[:7]: states["1"], history.log(box, 99)[-1].hash: set()}


def test_any_two_states_are_compared(box):
    session, states = compared(box)
    for old, new in itertools.product(states, repeat=2):
        told = do(session, f"history diff {old} {new}").splitlines()
        come, go = states[new] - states[old], states[old] - states[new]
        assert {line for line in told if "able" in line} == {
            *(f"{sign} svc {word} {name}" for name in come for sign, word in (("-", "disable"), ("+", "enable"))),
            *(f"{sign} svc {word} {name}" for name in go for sign, word in (("-", "enable"), ("+", "disable"))),
        }, f"{old} {new}"
        assert (told == ["no differences"]) == (states[old] == states[new])


def test_where_nothing_was_saved_there_is_nothing_to_compare_it_with(session, box):
    git(box, "update-ref", "-d", "refs/remotes/origin/master")
    with pytest.raises(Refused, match="nothing was saved to the boot medium yet"):
        do(session, "history diff saved live")
    box.write(MIIMON, "50\n")
    assert drifted(session) == [("net bond0", "options miimon", "50", "100", "100")]


# who did it


def blamed(session, begin):
    """The commits and the people that the lines which begin so are blamed on."""
    lines = session.run(SessionBlame(begin.split()[0])).data
    return [(str(line["number"] or line["commit"]), line["who"] or "") for line in lines if line["line"].startswith(begin)]


def test_each_line_is_blamed_on_the_commit_and_the_person_that_it_is_from(session, box):
    do(as_person(box, "anna"), "svc enable opensm", "commit")
    do(session, "svc enable sbd", "commit")

    assert blamed(session, "svc enable opensm") == [("2", "anna")]
    assert blamed(session, "svc enable sbd") == [("3", "root")]
    assert blamed(session, LINES[-1]) == [("1", "root")]
    assert all(line["line"].startswith("svc ") for line in session.run(SessionBlame("svc")).data)


@pytest.mark.parametrize("meanwhile", [
    lambda box, session: None, lambda box, session: do(session, "sync"),
    lambda box, session: (git(box, "add", "-A"), git(box, "commit", "-qm", "by hand")),
], ids=["nothing", "a sync", "a commit by hand"])
@pytest.mark.parametrize("was, to_be, line", [
    ("hostname = localhost", "hostname = handy", "net general hostname=handy"), ("miimon=100", "miimon=70", "net bond bond0"),
])
def test_an_edit_by_hand_is_not_blamed_on_the_next_who_commits(session, box, meanwhile, was, to_be, line):
    amend(box, "/etc/network.conf", was, to_be)
    meanwhile(box, session)
    do(as_person(box, "anna"), "svc enable sbd", "commit")

    [(commit, who)] = blamed(session, line)
    assert (commit.isdigit() and len(commit) < 7, who) == (False, ""), do(session, "blame net")
    assert blamed(session, "svc enable sbd") == [("2", "anna")]
    assert to_be not in do(session, "history 0")


def test_before_the_first_commit_there_is_nobody_to_blame(new_box):
    assert do(session_on(new_box()), "blame net") == "no commit of esosh's has lines of net\n"


# where they differ


def service_runs(box, session):
    do(session, "svc start nut")


def kernel(box, session):
    box.write(MIIMON, "50\n")


def group(box, session):
    box.write(STATE, "nonoptimized\n")


def file(box, session):
    amend(box, "/etc/network.conf", "miimon=100", "miimon=70")


@pytest.mark.parametrize("drift, row", [
    (kernel, ("net bond0", "options miimon", "50", "100", "100", "100")),
    (group, ("alua esos", "target_groups local state", "nonoptimized", "active", "active", "active")),
    (file, ("net bond0", "options miimon", "100", "70", "100", "100")),
    (lambda box, session: amend(box, "/etc/network.conf", "= localhost", "= handy"), ("net general", "hostname", "handy", "handy", "localhost", "localhost")),
    (lambda box, session: amend(box, "/etc/network.conf", "[bond0]", "[eth5]\nmtu = 1500\n\n[bond0]"), ("net eth5", "itself", "there", "there", "-", "-")),
    (lambda box, session: do(session, "net bond bond0 miimon=50", "commit"), ("net bond0", "options miimon", "50", "50", "50", "100")),
    (service_runs, ("svc nut", "enabled", "yes", "no", "no", "no")),
    (lambda box, session: do(session, "svc enable nut", "commit", "sync"), ("svc nut", "enabled", "no", "yes", "yes", "yes")),
])
def test_each_state_that_says_something_else_is_a_column_of_its_own(session, box, drift, row):
    drift(box, session)
    assert do(session, "status drift").split()[:6] == ["what", "fact", "running", "files", "commit", "medium"]
    assert drifted(session) == [row]


def test_what_one_state_has_nothing_of_is_one_row_for_scst_itself_too(session):
    do(session, "scst set poll_us=1 max_tasklet_cmd=12", "commit")
    assert drifted(session) == [("scst scst_tgt", "attributes", "there", "there", "there", "-")]
    do(session, "sync", "scst set poll_us=2", "scst unset max_tasklet_cmd", "commit")
    assert drifted(session) == [("scst scst_tgt", "attributes max_tasklet_cmd", "-", "-", "-", "12"),
                                ("scst scst_tgt", "attributes poll_us", "2", "2", "2", "1")]


# and back


BACK = [
    (kernel, "adopt net", "commit", MIIMON, "50", "miimon=50"), (kernel, "reapply net", "commit", MIIMON, "100", "miimon=100"),
    (file, "adopt net", "commit", MIIMON, "100", "miimon=100"), (file, "reapply net", "commit", MIIMON, "70", "miimon=70"),
    (group, "adopt alua", "commit", STATE, "nonoptimized", "state nonoptimized"),
    (group, "reapply alua", "commit allow failover", STATE, "active", "state active"),
    (kernel, "adopt", "commit", MIIMON, "50", "miimon=50"), (kernel, "reapply", "commit", MIIMON, "100", "miimon=100"),
    (group, "adopt", "commit", STATE, "nonoptimized", "state nonoptimized"),
]


@pytest.mark.parametrize("drift, line, commit, attribute, value, said", BACK)
def test_adopt_and_reapply_bring_kernel_and_files_together_through_a_commit(session, box, drift, line, commit, attribute, value, said):
    drift(box, session)
    before = snapshot(root_of(box), ("var/lib/esosh/",))
    told = do(session, line)
    assert changed(before, snapshot(root_of(box), ("var/lib/esosh/",))) == []
    assert told.splitlines()[-1].split() == do(session, "plan").splitlines()[-1].split() and "nothing" not in told

    do(session, commit)

    assert value in box.read(attribute).split()
    assert said in box.read("/etc/network.conf" if attribute == MIIMON else "/etc/scst.conf")
    do(session, "sync")
    assert do(session, "status drift") == "nothing has drifted\n"


@pytest.mark.parametrize("line, edits", [("reapply scst", []), ("reapply scst", ["svc enable sbd"]), ("reapply", []), ("adopt", []), ("adopt scst", [])])
def test_the_steps_that_adopt_and_reapply_tell_are_those_of_plan(new_box, line, edits):
    box = new_box()
    box.replace("/etc/scst.conf", CONF)
    session = session_on(box)
    do(session, *edits)
    told, planned = ([row for row in do(session, each).splitlines() if re.match(r"  *\d+ (none|io) ", row)] for each in (line, "plan"))
    assert told == planned != []
    assert "qla2x00t/mgmt" not in " ".join(told)


def test_adopt_takes_a_service_that_runs_and_reapply_names_what_is_to_be_stopped(session, box):
    service_runs(box, session)
    assert "svc stop nut" in do(session, "reapply svc")
    assert do(session, "plan") == "nothing to do\n"

    do(session, "adopt svc", "commit", "sync")

    assert "rc.nut_enable=YES" in box.read("/etc/rc.conf")
    assert do(session, "status drift") == "nothing has drifted\n"


@pytest.mark.parametrize("line", [f"{word}{section}" for word in ("adopt", "reapply") for section in ("", " net", " alua", " svc", " scst")])
def test_where_nothing_has_drifted_it_is_already_so(session, box, line):
    before = snapshot(root_of(box))
    assert do(session, line) == "already so\n"
    assert (session.candidate.count, changed(before, snapshot(root_of(box)))) == (0, [])


@pytest.mark.parametrize("edit, line", [
    ("net general hostname=san1", "adopt alua"), ("net general hostname=san1", "reapply svc"), ("alua dgrp add more", "adopt svc"),
    ("alua dgrp add more", "reapply net"), ("svc enable sbd", "adopt net"), ("svc enable sbd", "reapply alua"),
])
def test_edits_of_another_section_are_no_drift_of_this_one(session, edit, line):
    do(session, edit)
    assert do(session, line) == "already so\n"
    assert [str(each) for each in session.candidate.edits] == [edit]


@pytest.mark.parametrize("drift, line, back", [*((drift, line, "undo") for drift, line, *_ in BACK), (kernel, "adopt", "abort")])
def test_undo_takes_it_back_before_it_is_committed(session, box, drift, line, back):
    drift(box, session)
    rows, before = drifted(session), state(box)
    do(session, line, back)

    assert (session.candidate.count, drifted(session), do(session_on(box), "diff")) == (0, rows, "no differences\n")
    assert do(session, "commit") == "nothing to do\n"
    assert [name for name in changed(before, state(box)) if not name.startswith("var/lib/esosh")] == []


def test_looking_at_states_writes_nothing(session, box):
    kernel(box, session)
    amend(box, "/etc/network.conf", "= localhost", "= handy")
    do(session, "svc enable sbd")
    before = snapshot(root_of(box))
    do(session, "history", "history 0", "history diff 0 live", "history diff saved candidate", "blame net", "blame svc", "status drift")
    assert changed(before, snapshot(root_of(box))) == []
