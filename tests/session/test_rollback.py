"""Back to what a past commit saved: into the candidate, by the same edits that anybody could type."""

from __future__ import annotations

import pytest
from boxes import do, root_of, session_on

from esosh.commands.parse import parse
from esosh.errors import Refused, StepFailed
from esosh.session.edits import edits_between, fold
from esosh.transaction import git
from esosh.transaction.journal import Who

GROUPS = "/sys/kernel/scst_tgt/device_groups"
FIRST = ("alua dgrp add esos", "alua tgrp add esos local group_id=1", "alua device add esos disk01", "svc enable opensm")
SECOND = ("alua device del esos disk01", "alua tgrp set esos local group_id=7", "alua dgrp add more", "alua device add more disk01",
          "net bond bond0 slaves eth1 eth2 miimon=100", "svc disable opensm", 'svc set sbd opts="-x"')


@pytest.fixture
def session(box):
    """A session on a box with two commits: a first one, and one that changes it all."""
    session = session_on(box)
    do(session, *FIRST, "commit")
    session.first = do(session, "show")
    do(session, *SECOND, "commit allow io")
    return session


def test_what_no_line_can_say_is_refused_and_the_candidate_stays_usable(session, box):
    box.write("/sys/kernel/scst_tgt/devices/disk01/t10_dev_id", "lun a")
    do(session, "scst device set disk01 threads_num=7", "commit", "scst device del disk01", "commit allow io", "svc enable nut")
    with pytest.raises(Refused, match=r'disk01 stands in the way: no line can say scst device add vdisk_blockio .*t10_dev_id="lun a"'):
        do(session, "rollback 1")
    assert do(session_on(box), "diff").splitlines()[-1] == "+ svc enable nut"


def test_rollback_leads_to_what_the_commit_before_saved(session):
    told = do(session, "rollback 1")

    assert told.splitlines()[0] == "would undo 1 commit: 1 by root"
    assert do(session, "show") == session.first

    do(session, "commit allow io")
    assert do(session, "diff") == "no differences\n"
    assert do(session, "show") == session.first


@pytest.mark.parametrize("line", ['rollback 1 only svc "scst" net scst', 'rollback 1 except net svc "scst"', 'show svc "scst"', "rollback 1 only svc scst"])
def test_an_object_that_has_a_section_s_name_is_typed_in_quotes(line):
    assert str(parse(line)) == line
    assert parse(str(parse(line))) == parse(line)


def test_what_ran_and_was_in_no_file_is_there_after_a_rollback(box):
    assert not box.exists("/etc/scst.conf")
    session = session_on(box)
    before = do(session, "show scst")
    do(session, "net iface eth1 mtu=9000", "commit", "net iface eth1 mtu=4000", "commit")
    assert do(session, "rollback 1") == "would undo 1 commit: 1 by root\n- net iface eth1 mtu=4000\n+ net iface eth1 mtu=9000\n"
    do(session, "abort", "scst device add vdisk_nullio n1", "commit")
    assert do(session, "rollback 1").splitlines()[1:] == ["- scst device add vdisk_nullio n1"]
    do(session, "commit allow io")
    assert do(session, "show scst") == before


def test_rollback_0_drops_what_was_changed_since_the_last_commit_by_hand(session, box):
    saved = do(session, "show")
    box.replace("/etc/rc.conf", box.read("/etc/rc.conf").replace("rc.sshd_enable=YES", "rc.sshd_enable=NO"))

    do(session, "rollback 0", "commit")

    assert do(session, "show") == saved


def test_rollback_changes_nothing_before_commit_and_undo_takes_it_back(session, box):
    before = box.read("/etc/scst.conf")
    do(session, "rollback 1")
    assert box.read("/etc/scst.conf") == before

    do(session, "undo")
    assert do(session, "diff") == "no differences\n"


def test_esos_s_own_commits_do_not_count(session, box):
    box.replace("/etc/motd", "hello\n")
    do(session, "sync", "rollback 1")
    assert do(session, "show") == session.first


def test_a_commit_is_also_named_by_its_hash(session):
    hashes = [commit.hash for commit in git.commits(session.host)]
    do(session, f"rollback {hashes[1]}")
    assert do(session, "show") == session.first


@pytest.mark.parametrize("commit", ["3", "99", "abcdef0"])
def test_a_commit_that_is_not_there_is_refused(session, commit):
    with pytest.raises(Refused, match=f"no commit {commit}; esosh made 2"):
        do(session, f"rollback {commit}")


def test_whose_commits_are_undone_is_told(session, box):
    anna = session_on(box)
    anna.who = Who("anna", "pts/1", 2, "now")
    anna.candidate._who = anna.who
    do(anna, "svc enable sbd", "commit")

    assert do(session_on(box), "rollback 2").splitlines()[0] == "would undo 2 commits: 1 by anna, 1 by root"


def test_edits_that_lead_somewhere_touch_only_what_differs(session):
    config = session.candidate.current
    edited = fold(config, [])
    assert list(edits_between(config, edited)) == []


def test_load_replace_makes_the_candidate_equal_to_the_file(session, tmp_path):
    file = tmp_path / "saved.esh"
    do(session, f"save {file}")
    saved = do(session, "show")
    do(session, "alua dgrp del esos", "net bond del bond0", "svc enable opensm", "net iface eth4 address=dhcp")

    do(session, f"load replace {file}")

    assert do(session, "show") == saved
    assert do(session, "diff") == "no differences\n"


@pytest.mark.parametrize("lines", [
    ("net bridge br0 members eth3", "net vlan br0.7"),
    ("net vlan eth3.5", "net bridge br0 members eth3.5"),
    ("net bond bond0 slaves eth3 eth4", "net vlan bond0.8", "net bridge br0 members bond0", "net vlan br0.7"),
])
def test_load_replace_takes_away_links_that_are_on_one_another(session, tmp_path, lines):
    file = tmp_path / "empty.esh"
    file.write_text("")
    do(session, *lines)

    do(session, f"load replace {file}")

    assert do(session, "show net") == ""


def test_a_rollback_of_a_changed_bond_takes_the_vlan_and_the_bridge_on_it_away(session):
    do(session, "net bond bond0 slaves eth3 eth4 miimon=100", "commit")
    before = do(session, "show net")
    do(session, "net vlan bond0.8", "net bridge br0 members bond0", "net vlan br0.7", "net bond bond0 miimon=50", "commit")

    do(session, "rollback 1", "commit")

    assert do(session, "show net") == before


def test_load_adds_the_file_s_own_lines(session, tmp_path):
    file = tmp_path / "more.esh"
    file.write_text("alua device add esos disk02\nalua dgrp add esos\nsvc\nenable sbd\n")

    do(session, f"load {file}")

    assert [str(edit) for edit in session.candidate.edits] == ["alua device add esos disk02", "svc enable sbd"]


def test_states_that_a_cluster_changed_and_no_commit_saved_stay_where_they_are(box):
    session = session_on(box)
    do(session, "alua dgrp add esos", "alua device add esos disk02", "alua tgrp add esos local group_id=1 state=active",
       "alua tgrp add esos remote group_id=2 state=nonoptimized", "commit allow failover")
    box.write(f"{GROUPS}/esos/target_groups/local/state", "nonoptimized\n")
    box.write(f"{GROUPS}/esos/target_groups/remote/state", "active\n")
    do(session, "scst device set disk02 threads_num=3", "commit", "rollback 1")
    assert [str(edit) for edit in session.candidate.edits if "alua" in str(edit)] == []
    assert "failover" not in do(session, "plan")


def test_a_state_that_a_commit_changed_goes_back(box):
    session = session_on(box)
    do(session, "alua dgrp add esos", "alua tgrp add esos local group_id=1 state=active", "commit allow failover")
    do(session, "alua tgrp set esos local state=nonoptimized", "commit allow failover", "rollback 1", "commit allow failover")
    assert box.read(f"{GROUPS}/esos/target_groups/local/state").startswith("active")


REMOTE = "iqn.2026-11.lab:t9"
SIDES = ("alua dgrp add esos", "alua device add esos disk01", "alua tgrp add esos local group_id=1", "alua tgrp add esos remote group_id=2 state=nonoptimized",
         "commit allow failover")


def failed_over(box):
    """A session on a box whose states a cluster changed after the commit that made them."""
    session = session_on(box)
    do(session, *SIDES)
    box.write(f"{GROUPS}/esos/target_groups/local/state", "nonoptimized\n")
    box.write(f"{GROUPS}/esos/target_groups/remote/state", "active\n")
    return session


def states_left(told):
    return [line for line in told.splitlines() if "keeps what runs" in line]


@pytest.mark.parametrize("edits, left", [
    (["scst device set disk02 threads_num=3"], "local state nonoptimized, target_groups remote state active"),
    ([f"alua target add esos local {REMOTE} rel_tgt_id=9"], "local state nonoptimized, target_groups remote state active"),
    (["alua tgrp set esos local state=standby preferred=1"], "local state standby, target_groups remote state active"),
    (["alua tgrp set esos local state=standby", "svc enable nut"], "local state standby, target_groups remote state active"),
])
def test_states_stay_as_they_run_where_a_commit_changed_something_else_too(box, edits, left):
    session = failed_over(box)
    do(session, *edits, "commit allow failover")
    told = do(session, "rollback 1")
    assert states_left(told) == [f"alua esos keeps what runs: target_groups {left}"]
    assert "/state" not in do(session, "plan")
    do(session, "commit allow failover")
    assert box.read(f"{GROUPS}/esos/target_groups/remote/state").startswith("active")


def test_states_are_all_that_a_commit_changed_and_go_back_alone(box):
    session = failed_over(box)
    do(session, "alua tgrp set esos local state=standby", "commit allow failover")
    told = do(session, "rollback 1")
    assert states_left(told) == ["alua esos keeps what runs: target_groups remote state active"]
    do(session, "commit allow failover")
    assert box.read(f"{GROUPS}/esos/target_groups/local/state").startswith("active")
    assert box.read(f"{GROUPS}/esos/target_groups/remote/state").startswith("active")


def test_a_group_that_comes_back_has_the_state_that_it_had(box):
    session = session_on(box)
    do(session, *SIDES, "alua dgrp del esos", "commit allow io")
    assert states_left(do(session, "rollback 1")) == []
    do(session, "commit allow failover")
    assert box.read(f"{GROUPS}/esos/target_groups/remote/state").startswith("nonoptimized")


def test_a_rollback_of_something_else_says_nothing_of_states(box):
    session = failed_over(box)
    do(session, "scst device set disk02 threads_num=3", "alua tgrp set esos local group_id=7", "commit allow io")
    assert states_left(do(session, "rollback 1 only scst")) == states_left(do(session, "rollback 1 except alua")) == []
    assert len(states_left(do(session, "rollback 1 only alua esos"))) == 1


@pytest.mark.parametrize("line", ["rollback 1 only scst nonsense", "rollback 1 except alua q1"])
def test_a_part_of_a_rollback_that_is_not_there_is_refused(session, line):
    with pytest.raises(Refused, match="there are: "):
        do(session, line)


def test_a_commit_that_failed_leaves_no_file_for_the_medium_and_one_commit_of_what_others_changed(box):
    session = session_on(box)
    do(session, "svc enable opensm")
    box.replace("/etc/network.conf", box.read("/etc/network.conf") + "# by hand\n")
    box.path("/faults").write_text("replace /etc/rc.conf EIO 1\n".replace(" 1\n", " since 0\n"))
    for _ in range(3):
        with pytest.raises(StepFailed):
            do(session_on(type(box)(root_of(box))), "commit")
    box.path("/faults").unlink()
    assert len(git.log(box, 9)) == 2 and git.changed_files(box) == []


@pytest.mark.parametrize("edits", [(), ("svc enable nut",)], ids=["no edits", "an edit"])
def test_a_rollback_to_the_newest_commit_undoes_no_commit_and_says_so(session, edits):
    do(session, *edits)
    assert do(session, "rollback 0") == "no commit to undo since then\nno differences\n"
