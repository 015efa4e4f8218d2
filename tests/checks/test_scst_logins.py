"""What esosh does not do to initiators that are logged in unless it is forced, and what it takes for a disruption."""

from __future__ import annotations

import pytest
from boxes import do, session_on
from logins import ESX1, ESX2, EXPORTS, FC, SCST, T, log_in

from esosh.errors import ChecksRefuse, Declined, Refused
from esosh.shell.menu import Menu


@pytest.fixture
def served(box, session):
    """A session on a box that serves one initiator the target's own LUNs, and another one those of a group."""
    do(session, *EXPORTS)
    log_in(box, ESX1)
    log_in(box, ESX2, "esx")
    return session


BOTH = "would lose LUN 0 (disk01), LUN 1 (disk03): it would see group esx in their place"


@pytest.mark.parametrize("lines, who, said", [
    ([f"scst initiator add {T} group esx {ESX1}"], ESX1, BOTH), ([f"scst initiator add {T} group esx *:ESX1"], ESX1, BOTH),
    ([f"scst initiator del {T} group esx {ESX2}"], ESX2, "would lose LUN 0 (disk02): it would see the target's own LUNs in their place"),
    ([f"scst group del {T} esx"], ESX2, "would lose LUN 0 (disk02)"),
    (["scst driver disable iscsi"], ESX1, "would lose its target"), ([f"scst target disable {T}"], ESX2, "would lose its target"),
    ([f"scst lun del {T} 1"], ESX1, "would lose LUN 1 (disk03)"),
    ([f"scst lun set {T} 1 device=disk02"], ESX1, "would lose LUN 1 (disk03)"),
    (["scst device del disk03"], ESX1, "would lose LUN 1 (disk03)"),
    ([f"scst lun del {T} 0", f"scst lun add {T} 0 disk01 read_only=1"], ESX1, "would have LUN 0 (disk01) recreated under it"),
    (["scst device set disk01 blocksize=4096"], ESX1, "would have disk01 recreated under it"),
])
def test_what_a_logged_in_initiator_would_lose_must_be_forced(served, lines, who, said):
    do(served, *lines)
    with pytest.raises(ChecksRefuse) as refused:
        do(served, "commit allow reboot")
    assert f"{who} is logged in and {said}" in "\n".join(refused.value.details)


@pytest.mark.parametrize("line", [f"scst target del {T}", f"scst target rename {T} iqn.2026-11.lab:other"])
def test_no_iscsi_target_is_taken_away_under_a_session_for_the_kernel_would_refuse_it(served, line):
    do(served, line)
    with pytest.raises(ChecksRefuse) as refused:
        do(served, "commit allow reboot force gone")
    assert f"E366 scst {T}: {ESX1} is logged in, and SCST does not delete an iSCSI target that has a session" in "\n".join(refused.value.details)


def test_what_was_forced_once_is_not_asked_for_again(served):
    do(served, f"scst target disable {T}", "commit allow io force moving", "scst device add vdisk_nullio temp", "commit")
    with pytest.raises(ChecksRefuse) as refused:
        do(served, f"scst lun del {T} 1", "commit allow io")
    assert "would lose LUN 1 (disk03)" in "\n".join(refused.value.details)


@pytest.mark.parametrize("typed, hint", [
    ("check", 'commit allow io force "REASON"'), ("commit", 'commit allow io force "REASON"'),
    ("commit allow io", 'commit allow io force "REASON"'), ("commit allow link", 'commit allow io force "REASON"'),
    ("commit comment out allow reboot", 'commit comment out allow reboot force "REASON"'),
    ('commit force "it is mine" comment out', 'commit force "it is mine" comment out allow io'),
])
def test_the_line_that_would_help_is_whole_and_helps(served, typed, hint):
    told = do(served, f"scst target disable {T}"), do(served, "plan")
    assert all('or all the same: commit allow io force "REASON"\n' in each for each in told)
    with pytest.raises(ChecksRefuse) as refused:
        do(served, typed)
    assert hint in (refused.value.hint, *(line.partition(": ")[2] for line in refused.value.details))
    assert "committed" in do(served, hint)


def test_where_a_person_is_asked_the_line_that_forces_gives_no_leave(served):
    served.ask = lambda view, question: "yes"
    assert 'or all the same: commit force "REASON"\n' in do(served, f"scst target disable {T}")


@pytest.mark.parametrize("lines, worst", [
    ([f"scst initiator add {T} group esx iqn.1998-01.com.vmware:esx9"], "none"), ([f"scst lun add {T} 5 disk02"], "none"),
    ([f"scst initiator del {T} group esx {ESX2}", f"scst initiator add {T} group also {ESX2}"], "io"),
    (["svc enable sbd"], "none"),
])
def test_what_takes_nothing_away_is_not_forced(served, lines, worst):
    do(served, *lines)
    assert f"worst: {worst}." in do(served, "plan")
    assert "committed" in do(served, "commit allow io")


@pytest.mark.parametrize("lines, worst", [
    ([f"scst initiator add {T} group also {ESX1}"], "io"), ([f"scst target set {T} black_hole=1"], "io"),
    ([f"scst target set {T} redirect=\"10.0.0.9:3260 temp\""], "io"), ([f"scst target set {T} allowed_portal=10.0.0.1"], "io"),
    ([f'scst target set {T} IncomingUser="joe secretsecret12"'], "io"),
    ([f'scst target set {FC} rel_tgt_id=7'], "none"), ([f"scst group set {T} esx black_hole=1"], "io"),
    (["scst device set disk01 naa_id=0x5000000000000001"], "io"), (["scst device set disk01 active=0"], "io"),
    (["alua dgrp add g", "alua tgrp add g t group_id=1 state=offline", f"alua target add g t {T}", "alua device add g disk01"],
     "failover"),
    (["alua dgrp add g", "alua tgrp add g t group_id=1", f"alua target add g t {T}", "alua device add g disk01"], "none"),
])
def test_what_initiators_notice_is_a_disruption(served, lines, worst):
    do(served, *lines)
    assert f"worst: {worst}." in do(served, "plan")


@pytest.mark.parametrize("text, first", [("trace ", [ESX1, ESX2]), (f"scst initiator add {T} group esx ", [ESX1])])
def test_who_is_logged_in_and_in_no_group_is_offered_first(served, text, first):
    assert [entry.text for entry in Menu(served).at(text) if entry.text][: len(first)] == first


def test_a_device_that_joins_ports_in_another_state_is_a_failover(served):
    do(served, "alua dgrp add g", "alua tgrp add g t group_id=1 state=nonoptimized", f"alua target add g t {T}", "commit")
    do(served, "alua device add g disk01")
    assert "failover echo 'add disk01'" in do(served, "plan")


def test_an_error_that_the_box_has_already_refuses_nothing_else(box, session):
    group = f"{SCST}/targets/iscsi/{T}/ini_groups"
    for name in ("a", "b"):
        box.write(f"{group}/mgmt", f"create {name}")
        box.write(f"{group}/{name}/initiators/mgmt", f"add {ESX1}")
    do(session, "svc enable sbd")
    assert f"initiator {ESX1} is in two groups (the box has it already)" in do(session, "check")
    assert "committed" in do(session, "commit")
    do(session, f"scst group add {T} c", f"scst initiator add {T} group c {ESX2}", f"scst group add {T} d", "commit")


def test_nothing_of_scst_is_changed_while_two_drivers_have_targets_of_one_name(box, session):
    box.replace("/hardware", box.read("/hardware") + "module scst_local\n")
    for action in ("stop", "start"):
        box.run(("/etc/rc.d/rc.scst", action))
    for driver in ("iscsi", "scst_local"):
        box.write(f"{SCST}/targets/{driver}/mgmt", "add_target twin")
    again = session_on(box)
    do(again, "scst device add vdisk_nullio n1")
    with pytest.raises(ChecksRefuse) as refused:
        do(again, "commit")
    assert "E319" in "\n".join(refused.value.details)
    do(again, "abort", "svc enable sbd")
    assert "committed" in do(again, "commit")


@pytest.mark.parametrize("before, line, said", [
    ([], f"scst target rename {T} {T.upper()}x", None), (["scst target add iscsi iqn.2026-11.lab:t2"], f"scst target rename {T} iqn.2026-11.LAB:t2", "both names as one"),
    (["alua dgrp add g", "alua tgrp add g t", f"alua target add g t {T} iqn.2026-11.lab:far"], f"scst target rename {T} iqn.2026-11.lab:far", "both are in target groups"),
])
def test_a_target_is_renamed_to_no_name_that_is_taken(session, before, line, said):
    do(session, *before)
    if said is None:
        do(session, line)
        return
    with pytest.raises(Refused, match=said):
        do(session, line)


LOSSES = f"{ESX1} is logged in to {T} and loses disk01 disk03"


def test_stopping_scst_tells_first_who_loses_what_and_asks(served):
    asked = []
    served.ask = lambda view, question: asked.append("\n".join(line.text for line in view.lines))
    with pytest.raises(Declined, match="nothing was done"):
        do(served, "svc stop scst")
    assert LOSSES in asked[0]
    served.ask = lambda view, question: "yes"
    assert "scst: stopped" in do(served, "svc stop scst")


@pytest.mark.parametrize("line", ["svc stop scst", "svc restart scst", "svc stop scst allow link"])
def test_where_nobody_can_be_asked_nobody_is_cut_off_unless_that_is_allowed(served, line):
    with pytest.raises(ChecksRefuse, match="disrupts io, which was not allowed") as refused:
        do(served, line)
    assert LOSSES in refused.value.details
    assert refused.value.hint.replace('"', "") == f"{line.partition(' allow')[0]} allow io"
    assert "running" in do(served, "status svc scst")
    told = do(served, refused.value.hint)
    assert told.startswith(LOSSES) and told.endswith(f"scst: {'running' if 'restart' in line else 'stopped'}\n")


def test_who_has_allowed_it_is_not_asked_before_scst_stops(served):
    served.ask = lambda view, question: pytest.fail("nobody is asked")
    assert LOSSES in do(served, "svc stop scst allow failover")


def test_where_nobody_can_be_asked_stopping_scst_tells_what_went(session):
    assert "not saved, so it does not come back: devices disk01 disk02 disk03" in do(session, "svc stop scst")


def test_status_tells_what_runs_and_is_not_saved(session, box):
    assert "not saved: devices disk01 disk02 disk03, target" in do(session, "status")
    do(session, "scst set poll_us=1", "commit")
    assert "not saved" not in do(session, "status")
    box.write(f"{SCST}/handlers/vdisk_nullio/mgmt", "add_device null9 size=1048576")
    assert "not saved: device null9" in do(session, "status")


def test_an_attribute_that_runs_and_is_not_saved_is_told_by_status_drift_which_reads_them(session, box):
    do(session, "scst set poll_us=1", "commit")
    box.write(f"{SCST}/devices/disk01/threads_num", "3")
    assert "not saved" not in do(session, "status")
    assert "scst disk01" in do(session, "status drift")


@pytest.mark.more_changes  # its driver is in the file then
def test_a_target_of_a_driver_that_is_not_loaded_can_be_prepared_while_scst_is_stopped(session):
    do(session, "svc stop scst", "scst target add ib_srpt fe80:0000:0000:0000:0002:c903:0012:3456", "commit force card_comes")
    assert "scst target add ib_srpt" in do(session, "show scst")
    with pytest.raises(Refused, match="no target driver ib_srtp"):
        do(session, "scst target add ib_srtp fe80::1")


def test_with_scst_stopped_the_checks_tell_what_it_would_not_find(session, box):
    do(session, "svc stop scst", "scst device add vdisk_fileio f1 filename=/nowhere", "scst target add qla2x00t 21:00:00:00:00:00:00:99")
    with pytest.raises(ChecksRefuse) as refused:
        do(session, "check")
    found = "\n".join(refused.value.details)
    assert "E365 scst f1: SCST will not start: /nowhere does not exist now" in found
    assert f"E337 scst 21:00:00:00:00:00:00:99: SCST will not start: qla2x00t has no such port on this box now; there are: {FC} " in found


@pytest.mark.parametrize("line, hint", [
    (f"scst group set {T} esx adr_method=FLAT", f"scst group unset {T} esx adr_method"), ("scst set pol_us=1", "scst unset pol_us"),
    (f"scst target set {T} aen_disable=1", f"scst target unset {T} aen_disable"),
    ("scst device set disk01 thread_num=4", "scst device unset disk01 thread_num"),
    ("scst driver set iscsi link_locl=1", "scst driver unset iscsi link_locl"),
])
def test_an_attribute_that_scst_does_not_have_comes_with_the_line_that_takes_it_back(served, line, hint):
    do(served, line)
    with pytest.raises(ChecksRefuse) as refused:
        do(served, "check")
    assert f"hint: {hint}" in "\n".join(refused.value.details)
    do(served, hint)
    assert do(served, "plan") == "nothing to do\n"


def test_a_group_takes_what_sysfs_has_of_it(served, box):
    (box.path(f"{SCST}/targets/iscsi/{T}/ini_groups/esx") / "strange").write_text("0\n")
    assert "committed" in do(served, f"scst group set {T} esx strange=7", "commit")
