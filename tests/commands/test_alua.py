"""ALUA: lines that make device groups, those that do not fit with the line that does, pairs, checks and commits."""

from __future__ import annotations

import pytest
from boxes import do, session_on

from esosh import checks
from esosh.config.scst import rel_tgt_id
from esosh.errors import ChecksRefuse, Refused
from esosh.transaction.plan import look

LOCAL, SECOND, REMOTE = "21:00:00:e0:8b:9d:74:49", "21:01:00:e0:8b:bd:74:49", "21:00:00:1b:32:01:6b:11"
IQN = "iqn.2026-11.local.esos1:target1"
ESOS = ("alua dgrp add esos", "alua tgrp add esos local group_id=1", "alua tgrp add esos remote group_id=2")
PORTS = (*ESOS, f"alua target add esos local {LOCAL} rel_tgt_id=1", f"alua target add esos remote {REMOTE} rel_tgt_id=2")
PAIR = f"alua pair add esos host1 {LOCAL} host2 {REMOTE}"


@pytest.mark.parametrize("lines, shown", [
    (["alua dgrp add esos"], ["alua dgrp add esos"]),
    (["alua dgrp add esos", "alua dgrp del esos"], []),
    (["alua dgrp add esos", "alua tgrp add esos a"], ["alua dgrp add esos", "alua tgrp add esos a"]),
    ([*ESOS, "alua tgrp set esos local group_id=7 state=standby preferred=1"],
     ["alua dgrp add esos", "alua tgrp add esos local group_id=7 state=standby preferred=1", "alua tgrp add esos remote group_id=2"]),
    ([*ESOS, "alua tgrp set esos local state=offline preferred=1", "alua tgrp unset esos local group_id state preferred"],
     ["alua dgrp add esos", "alua tgrp add esos local", "alua tgrp add esos remote group_id=2"]),
    ([*PORTS, "alua tgrp del esos local"], [ESOS[0], ESOS[2], PORTS[4]]),
    ([*PORTS, f"alua target set esos local {LOCAL} rel_tgt_id=9"],
     [*ESOS[:2], f"alua target add esos local {LOCAL} rel_tgt_id=9", ESOS[2], PORTS[4]]),
    ([*PORTS, f"alua target unset esos remote {REMOTE} rel_tgt_id"], [*ESOS[:2], PORTS[3], ESOS[2], f"alua target add esos remote {REMOTE}"]),
    ([*PORTS, f"alua target del esos remote {REMOTE}"], [*ESOS[:2], PORTS[3], ESOS[2]]),
    ([*ESOS, f"alua target add esos local {LOCAL} {SECOND}"],
     [*ESOS[:2], f"alua target add esos local {LOCAL}", f"alua target add esos local {SECOND}", ESOS[2]]),
    (["alua dgrp add esos", "alua device add esos disk02 disk01", "alua device del esos disk02"], ["alua dgrp add esos", "alua device add esos disk01"]),
    (["alua dgrp add a", "alua device add a disk01", "alua device del a disk01", "alua dgrp add b", "alua device add b disk01"],
     ["alua dgrp add a", "alua dgrp add b", "alua device add b disk01"]),
    (['alua dgrp add "add"', 'alua tgrp add "add" "set"'], ['alua dgrp add "add"', 'alua tgrp add "add" "set"']),
])
def test_lines_make_groups_that_are_shown_as_lines(session, lines, shown):
    do(session, *lines)
    assert do(session, "show alua").splitlines() == shown
    do(session, "commit allow failover")
    assert do(session, "show alua").splitlines() == shown
    assert do(session_on(session.host), "show alua").splitlines() == shown


@pytest.mark.parametrize("line", [*PORTS, "alua device add esos disk01", PAIR])
def test_what_is_there_and_equal_is_no_edit(session, line):
    do(session, *PORTS, "alua device add esos disk01 disk02")
    before = session.candidate.edits
    assert do(session, line) == "already so\n"
    assert session.candidate.edits == before


@pytest.mark.parametrize("line, said, hint", [
    ("alua tgrp add esos local group_id=3", "already exists with other settings", "alua tgrp set esos local group_id=3"),
    ("alua tgrp add esos local state=standby preferred=1", "already exists with other settings", "alua tgrp set esos local state=standby preferred=1"),
    (f"alua target add esos local {LOCAL} rel_tgt_id=3", "already in esos local, with other settings", f"alua target set esos local {LOCAL} rel_tgt_id=3"),
    (f"alua target add esos remote {LOCAL}", "is in target group local of esos", f"alua target del esos local {LOCAL}"),
    ("alua device add more disk01", "in device group esos, and a device can be in only one", "alua device del esos disk01"),
    ("alua device add esos dsik02", "no SCST device dsik02; there are: disk01 disk02 disk03", "alua device add esos disk02"),
    ("alua device add esos disk02 dsik03", "no SCST device dsik03", "alua device add esos disk02 disk03"),
    ("alua device del esos disk02", "no device in esos: disk02", ""),
    ("alua dgrp del ecos", "no device group ecos", ""),
    ("alua tgrp add ecos a", "no device group ecos", "alua tgrp add esos a"),
    ("alua tgrp set esos locel group_id=3", "no target group in esos: locel", "alua tgrp set esos local group_id=3"),
    (f"alua target del esos remote {LOCAL}", f"no target in esos remote: {LOCAL}", ""),
    ("alua tgrp set esos local group_id=0", "0 is not a valid id: SCST accepts 1 to 65535", ""),
    ("alua tgrp set esos local group_id=65536", "65536 is not a valid id", ""),
    (f"alua target set esos local {LOCAL} rel_tgt_id=0", "0 is not a valid id", ""),
    ("alua tgrp set esos local group_id=1 group_id=2", "given twice", ""),
    ("alua tgrp unset esos local state", "no state of its own", ""),
    (f"alua target add esos local {SECOND} x rel_tgt_id=5", "belongs to one target", f"alua target add esos local {SECOND} rel_tgt_id=5"),
    ("alua dgrp add mgmt", "one of SCST's own files", ""),
    ("alua tgrp add esos mgmt", "one of SCST's own files", ""),
    ('alua target add esos local "state"', "one of SCST's own files", ""),
    ("alua target add esos local 21:01:00:E0:8B:BD:74:49", "in lower case, with colons", f"alua target add esos local {SECOND}"),
    ("alua target add esos local 0x210100e08bbd7449", "in lower case", f"alua target add esos local {SECOND}"),
    ("alua target add esos local 2101:00e0:8bbd:7449 rel_tgt_id=7", "in lower case", f"alua target add esos local {SECOND} rel_tgt_id=7"),
    ("alua target add esos local 21-01-00-e0-8b-bd-74-49", "in lower case", f"alua target add esos local {SECOND}"),
    ("alua target add esos remote 2100001B32016B22", "in lower case", "alua target add esos remote 21:00:00:1b:32:01:6b:22"),
    (f"alua target add esos local {IQN.upper()}", "SCST treats both names as one", f"alua target add esos local {IQN}"),
    ("alua target del esos local 0x210000e08b9d7449", "no target in esos local", f"alua target del esos local {LOCAL}"),
    (f"alua pair add more host1 {LOCAL.upper()} host2 {REMOTE}", "in lower case", f"alua pair add more host1 {LOCAL} host2 {REMOTE}"),
])
def test_a_line_that_does_not_fit_is_refused_with_the_one_that_does(session, line, said, hint):
    do(session, *PORTS, "alua device add esos disk01", "alua dgrp add more")
    with pytest.raises(Refused) as refused:
        do(session, line)
    assert said in refused.value.message
    assert refused.value.hint == hint
    assert len(session.candidate.edits) == 7


@pytest.mark.parametrize("line, hint", [
    ("alua tgrp add esos local", "alua dgrp add esos"), (f'alua target add "add" local {LOCAL}', 'alua dgrp add "add"'),
    ("alua device add esos disk01", "alua dgrp add esos"), ("alua dgrp del esos", ""), ("alua device del esos disk01", ""),
    ("alua device add : disk01", ""),
])
def test_where_there_is_no_device_group_the_line_that_makes_one_is_offered(session, line, hint):
    with pytest.raises(Refused, match="no device group") as refused:
        do(session, line)
    assert refused.value.hint == hint


def test_a_port_of_infiniband_has_groups_of_four_digits(session):
    guid = "0002:c903:0005:f34a"
    with pytest.raises(Refused, match="in lower case"):
        do(session, *ESOS, f"alua target add esos remote {guid}")
    do(session, "scst target add ib_srpt fe80:0000:0000:0000:0002:c903:0005:f34b", f"alua target add esos remote {guid}")
    assert guid in do(session, "show alua")


@pytest.mark.parametrize("line, said", [
    (f"alua target add esos local {LOCAL} {REMOTE}", f"{LOCAL}: local (exists here)\n{REMOTE}: remote (not on this host)\n"),
    (f"alua target add esos local {LOCAL} rel_tgt_id=4", f"{LOCAL}: local (exists here)\n"),
    ("alua target add esos remote 21:00:00:e0:8b:9d:74:94", "21:00:00:e0:8b:9d:74:94: remote (not on this host)\n"),
])
def test_a_target_is_said_to_be_local_or_remote_as_it_is_added(session, line, said):
    do(session, *ESOS)
    assert do(session, line) == said


@pytest.mark.parametrize("box_name, sides, local, remote", [
    ("esos1", f"host1 {LOCAL} host2 {REMOTE}", f"1 {LOCAL} 1", f"2 {REMOTE} 2"),
    ("esos2", f"host1 {LOCAL} host2 {REMOTE}", f"2 {REMOTE} 2", f"1 {LOCAL} 1"),
    ("esos1", f"host1 {LOCAL} {SECOND} host2 {REMOTE} x", f"1 {LOCAL} 1 {SECOND} 2", f"2 {REMOTE} 3 x 4"),
])
def test_a_pair_is_the_layout_of_two_hosts_seen_from_one(new_box, box_name, sides, local, remote):
    session = session_on(new_box(box_name))
    do(session, f"alua pair add esos {sides}")
    groups = session.config.scst.groups["esos"].target_groups
    targets = session.config.scst.targets
    for name, said in (("local", local), ("remote", remote)):
        ports = [f"{port} {about.rel_tgt_id or targets[port].rel_tgt_id}" for port, about in groups[name].targets.items()]
        assert " ".join([str(groups[name].group_id), *ports]) == said


THIRD = "21:00:00:1b:32:01:6b:12"  # of the other host, as REMOTE


def ids(session, group="esos"):
    """The relative target id of each port of a device group."""
    scst = session.config.scst
    return {port: rel_tgt_id(scst, port, about) for tgrp in scst.groups[group].target_groups.values() for port, about in tgrp.targets.items()}


@pytest.mark.parametrize("sides, numbers", [
    (f"host1 {LOCAL} {SECOND} host2 {REMOTE}", {LOCAL: 1, SECOND: 3, REMOTE: 2}),
    (f"host1 {SECOND} {LOCAL} host2 {THIRD} {REMOTE}", {LOCAL: 1, SECOND: 3, REMOTE: 2, THIRD: 4}),
    (f"host1 {SECOND} host2 {THIRD} local=host1", {LOCAL: 1, SECOND: 3, REMOTE: 2, THIRD: 4}),
])
@pytest.mark.parametrize("box_name", ["esos1", "esos2"])
def test_a_pair_grows_alike_on_both_hosts_and_keeps_the_ids_that_exist(new_box, box_name, sides, numbers):
    session = session_on(new_box(box_name))
    do(session, PAIR, "commit")
    line = f"alua pair add esos {sides}".replace("local=host1", f"local=host{box_name[-1]}")
    told = do(session, line)
    assert ids(session) == numbers
    assert {f"{port}: rel_tgt_id {numbers[port]}" for port in sides.split() if port in (SECOND, THIRD)} <= {*told.splitlines()}
    assert told.count("rel_tgt_id") == len(numbers) - 2
    assert "worst: none." in do(session, "plan")
    assert do(session, line) == "already so\n"


@pytest.mark.parametrize("lines, line, numbers", [
    (["alua target del esos local " + LOCAL], PAIR, {LOCAL: 1, REMOTE: 2}),  # the lowest free id, so what went comes back as it was
    ([f"alua target unset esos remote {REMOTE} rel_tgt_id"], PAIR, {LOCAL: 1, REMOTE: 2}),
    ([f"alua target set esos remote {REMOTE} rel_tgt_id=1", f"alua target set esos local {LOCAL} rel_tgt_id=7"],
     f"{PAIR} {THIRD}", {LOCAL: 7, REMOTE: 1, THIRD: 2}),
])
def test_only_ports_without_an_id_get_one(session, lines, line, numbers):
    do(session, PAIR, *lines, line)
    assert ids(session) == numbers


def test_a_second_device_group_has_the_ids_of_the_first(session):
    do(session, PAIR, f"alua pair add esos host1 {LOCAL} {SECOND} host2 {REMOTE}", f"alua pair add more host1 {LOCAL} {SECOND} host2 {REMOTE}")
    assert ids(session, "more") == ids(session) == {LOCAL: 1, SECOND: 3, REMOTE: 2}


@pytest.mark.parametrize("sides, wrong", [
    (f"host1 {LOCAL} host2 {REMOTE} host3 {THIRD}", "host3"), (f"host1 {LOCAL} host2 {REMOTE} host1 {SECOND}", "host1"),
    (f"host1 {LOCAL} host2 host2 {REMOTE}", "host2"), (f"host1 host0 {LOCAL} host2 {REMOTE}", "host0"),
])
def test_a_pair_has_two_hosts(session, sides, wrong):
    with pytest.raises(Refused, match=f"{wrong} is no port: a pair has two hosts") as refused:
        do(session, f"alua pair add esos {sides}")
    assert refused.value.word == wrong
    assert not session.candidate.edits


@pytest.mark.parametrize("line, said, hint", [
    ("alua pair add esos host1 a host2 b", "neither side has ports of this host", "alua pair add esos host1 a host2 b local=host1"),
    (f"alua pair add esos host1 {LOCAL} host2 {SECOND}", "both sides have ports", f"alua pair add esos host1 {LOCAL} host2 {SECOND} local=host1"),
    (f"alua pair add esos host1 {LOCAL} host2 {LOCAL} local=host1", "named twice", ""),
])
def test_a_pair_that_does_not_say_which_host_this_is_is_refused(session, line, said, hint):
    with pytest.raises(Refused, match=said) as refused:
        do(session, line)
    assert refused.value.hint == hint


def test_a_pair_over_a_group_that_differs_is_refused_and_changes_nothing(session):
    do(session, "alua dgrp add esos", "alua tgrp add esos local group_id=5")
    with pytest.raises(Refused, match="other settings") as refused:
        do(session, PAIR)
    assert refused.value.hint == "alua tgrp set esos local group_id=1"
    assert len(session.candidate.edits) == 2


@pytest.mark.parametrize("lines, codes", [
    (PORTS, []),
    (["alua dgrp add esos", "alua tgrp add esos a"], ["W310"]),
    ([*ESOS, "alua tgrp set esos remote group_id=1"], ["E311"]),
    ([*PORTS, f"alua target set esos remote {REMOTE} rel_tgt_id=1"], ["E312"]),
    ([*ESOS, f"alua target add esos remote {REMOTE}"], ["W314"]),
    (["alua dgrp add a", "alua tgrp add a t group_id=1", "alua dgrp add b", "alua tgrp add b t group_id=1"], []),
])
def test_checks_find_ids_that_are_missing_or_given_twice(session, box, lines, codes):
    do(session, *lines)
    assert [finding.code for finding in checks.findings(session.config, look(box))] == codes


def test_an_id_given_twice_refuses_the_commit_unless_it_is_forced(session):
    do(session, *PORTS, f"alua target set esos remote {REMOTE} rel_tgt_id=1")
    with pytest.raises(ChecksRefuse):
        do(session, "commit")
    do(session, 'commit force "the other host follows"')
    assert "(forced: the other host follows)" in do(session, "history")


def test_a_group_id_given_twice_cannot_be_forced(session):
    do(session, *ESOS, "alua tgrp set esos remote group_id=1")
    with pytest.raises(ChecksRefuse):
        do(session, 'commit force "because"')


def test_an_enabled_target_keeps_an_id_of_its_own(session, box):
    for target in (LOCAL, SECOND):
        box.write(f"/sys/kernel/scst_tgt/targets/qla2x00t/{target}/enabled", "1\n")
    do(session, *ESOS, f"alua target add esos local {LOCAL}")
    with pytest.raises(Refused, match="is enabled"):
        do(session, f"alua target unset esos local {LOCAL} rel_tgt_id")
    do(session, f"alua target set esos local {LOCAL} rel_tgt_id=2")
    assert [finding.code for finding in checks.findings(session.config, look(box))] == ["E315"]

    do(session, f"alua target add esos remote {REMOTE} rel_tgt_id=1")
    (finding,) = checks.findings(session.config, look(box))
    assert finding.hint == f"scst target set {SECOND} rel_tgt_id=3"

    do(session, f"alua target set esos local {LOCAL} rel_tgt_id=7", "commit allow io")
    assert box.read(f"/sys/kernel/scst_tgt/targets/qla2x00t/{LOCAL}/rel_tgt_id").startswith("7\n")


def test_the_lines_that_the_check_of_equal_ids_names_mend_them_all_and_leave_the_pair_as_both_hosts_have_it(session, box):
    others = ("iqn.2026-11.lab:a", "iqn.2026-11.lab:b")
    do(session, *(f"scst target add iscsi {name}" for name in others), f"scst target enable {' '.join(others)} {LOCAL} {SECOND}", "commit")
    do(session, f"alua pair add esos host1 {LOCAL} {SECOND} host2 {REMOTE}")
    pair = do(session, "show alua")
    findings = [finding for finding in checks.findings(session.config, look(box)) if finding.code == "E315"]
    assert [finding.hint.split()[3] for finding in findings] == list(others)

    do(session, *(finding.hint for finding in findings))
    assert [finding.code for finding in checks.findings(session.config, look(box)) if finding.error] == []
    assert do(session, "show alua") == pair
    do(session, "commit allow io")


@pytest.mark.parametrize("lines, worst", [
    (["alua tgrp set esos remote state=offline"], "failover"),
    (["alua tgrp set esos local group_id=7"], "io"),
    (["alua device del esos disk01"], "io"),
    (["alua dgrp del esos"], "io"),
    (["alua tgrp set esos local preferred=1"], "failover"),
    (["alua device add esos disk02"], "none"),
])
def test_what_initiators_notice_must_be_allowed(session, lines, worst):
    do(session, PAIR, "alua device add esos disk01", "commit", *lines)
    assert f"worst: {worst}." in do(session, "plan")
    if worst != "none":
        with pytest.raises(ChecksRefuse, match=f"disrupts {worst}") as refused:
            do(session, "commit")
        assert refused.value.hint == f"commit allow {worst}"
    assert "committed" in do(session, f"commit allow {worst}" if worst != "none" else "commit")


CONF = """\
HANDLER vdisk_fileio {
\tDEVICE gone {
\t\tfilename /gone.img
\t}
}

TARGET_DRIVER iscsi {
\tTARGET iqn.2026-11.lab:gone {
\t\tenabled 0
\t}
}

DEVICE_GROUP esos {
\tDEVICE gone

\tTARGET_GROUP local {
\t\tgroup_id 1
\t\tstate active

\t\tTARGET iqn.2026-11.lab:gone
\t}
}

DEVICE_GROUP other {
\tDEVICE disk03
}
"""


def test_what_stands_in_scst_conf_and_does_not_run_stays_there(session, box):
    box.replace("/etc/scst.conf", CONF)
    do(session, *PORTS, "alua device add esos disk01", "commit")
    saved = box.read("/etc/scst.conf")
    assert "DEVICE_GROUP esos {\n\tDEVICE gone\n\tDEVICE disk01\n" in saved
    assert f"\t\tTARGET {LOCAL}\n\t\tTARGET iqn.2026-11.lab:gone\n" in saved
    assert "DEVICE_GROUP other {\n\tDEVICE disk03\n}\n" in saved
    do(session, "alua device del other disk03", "alua device add esos disk03", f"alua target del esos local {LOCAL}", "commit allow io")
    saved = box.read("/etc/scst.conf")
    assert saved.count("DEVICE disk03\n") == 1
    assert f"\t\tTARGET {LOCAL}\n" not in saved
    do(session, "alua dgrp del esos", "commit allow io")
    assert "DEVICE_GROUP esos" not in box.read("/etc/scst.conf")


@pytest.mark.parametrize("line, shown", [
    ("alua device add esos gone", "alua device add esos gone"), ("scst lun add iqn.2026-11.local.esos1:target1 5 gone", "5 gone"),
])
def test_what_does_not_run_has_its_place_in_the_file_alone(session, box, line, shown):
    box.replace("/etc/scst.conf", CONF.replace("DEVICE_GROUP", "OTHER_GROUP"))
    do(session, "alua dgrp add esos", "commit", line)
    assert "echo" not in do(session, "plan")
    assert "W313" in do(session, "check")
    do(session, "commit")
    assert shown in do(session, "show")
    assert "nothing to do" in do(session, "plan")


def test_target_groups_change_places_without_a_moment_in_which_no_path_is_good(session, box):
    do(session, "alua dgrp add g", "alua tgrp add g a group_id=1", "alua tgrp add g b group_id=2 state=standby", "commit")
    do(session, "alua tgrp set g a state=standby", "alua tgrp set g b state=active")
    writes = [step.do for step in session.commit_plan(session.config).steps if hasattr(step.do, "path") and step.do.path.endswith("state")]
    assert [write.text for write in writes] == ["active", "standby"]
