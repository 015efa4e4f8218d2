"""What status and trace tell of a box whose SCST and scst.conf are not the same."""

from __future__ import annotations

import pytest
from boxes import do, session_on

T = "iqn.2026-11.local.esos1:target1"
SCST = "/sys/kernel/scst_tgt"
ALUA = ("alua dgrp add esos", "alua tgrp add esos local group_id=1", f"alua target add esos local {T}", "alua device add esos disk01")
NULL = "HANDLER vdisk_nullio {\n\tDEVICE null1 {\n\t\tsize 1048576\n\t}\n}\n"
GROUP = "DEVICE_GROUP more {\n\tDEVICE disk02\n\tTARGET_GROUP far {\n\t\tgroup_id 7\n\t}\n}\n"


@pytest.fixture
def saved(session):
    """A session on a box whose SCST runs as it is saved."""
    do(session, *ALUA, "scst set poll_us=1", f"scst lun add {T} 0 disk01", "commit allow failover")
    return session


def filed(*blocks):
    return lambda box: box.replace("/etc/scst.conf", box.read("/etc/scst.conf") + "".join(blocks))


def said(was, to_be):
    return lambda box: box.replace("/etc/scst.conf", box.read("/etc/scst.conf").replace(was, to_be))


def written(path, *texts):
    return lambda box: [box.write(f"{SCST}/{path}", f"{text}\n") for text in texts]


def stopped(box):
    box.run(("/etc/rc.d/rc.scst", "stop"))


BY_HAND = [
    (filed(), [], ["3 devices, 3 targets, 0 enabled", "esos: local (1) active"]),
    (filed(NULL, GROUP), ["in scst.conf and not running: device null1, device group more  status drift, reapply scst"],
     ["3 devices, 3 targets, 0 enabled", "esos: local (1) active"]),
    (written("handlers/vdisk_blockio/mgmt", "del_device disk02"),
     ["in scst.conf and not running: device disk02  status drift, reapply scst"], ["2 devices, 3 targets, 0 enabled", "esos: local (1) active"]),
    (written("device_groups/mgmt", "del esos"), ["in scst.conf and not running: device group esos  status drift, reapply scst"],
     ["3 devices, 3 targets, 0 enabled"]),
    (written("device_groups/esos/target_groups/mgmt", "del local"),
     ["runs otherwise than in scst.conf: device group esos  status drift, adopt scst or reapply scst"],
     ["3 devices, 3 targets, 0 enabled", "esos: no target groups"]),
    (said("group_id 1", "group_id 7"), ["runs otherwise than in scst.conf: device group esos  status drift, adopt scst or reapply scst"],
     ["3 devices, 3 targets, 0 enabled", "esos: local (1) active"]),
    (said("poll_us 1\n", ""), ["not saved: attribute poll_us  status drift, adopt scst"], ["3 devices, 3 targets, 0 enabled", "esos: local (1) active"]),
    (said("poll_us 1\n", NULL),
     ["not saved: attribute poll_us  status drift, adopt scst or reapply scst",
      "in scst.conf and not running: device null1  status drift, adopt scst or reapply scst"],
     ["3 devices, 3 targets, 0 enabled", "esos: local (1) active"]),
    (filed("TARGET_DRIVER ib_srpt {\n}\n"), ["in scst.conf and not on this box: driver ib_srpt  status drift, check scst"],
     ["3 devices, 3 targets, 0 enabled", "esos: local (1) active"]),
    (written("targets/iscsi/enabled", "1"), ["runs otherwise than in scst.conf: driver iscsi  status drift, adopt scst or reapply scst"],
     ["3 devices, 3 targets, 0 enabled", "esos: local (1) active"]),
    (stopped, [], []),
]


@pytest.mark.parametrize("by_hand, apart, fine", BY_HAND)
def test_status_says_where_scst_and_its_file_differ_and_counts_what_runs(saved, box, by_hand, apart, fine):
    by_hand(box)
    shown = [line.split(maxsplit=2) for line in do(saved, "status").splitlines()]
    assert [text for mark, what, text in shown if mark == "!" and what == "scst"] == apart
    assert [text for mark, what, text in shown if mark == "ok" and what in ("scst", "alua")] == fine


def test_status_of_a_stopped_scst_says_so(saved, box):
    stopped(box)
    assert "--  scst     stopped\n--  alua     stopped\n" in do(saved, "status")


@pytest.mark.parametrize("by_hand, line, marked", [
    (filed(GROUP), "status alua", ["more"]), (filed(GROUP), "trace disk02", ["device group more"]),
    (written("device_groups/mgmt", "del esos"), f"trace {T}", ["esos local (1) active"]),
    (written("device_groups/esos/target_groups/mgmt", "del local"), "status alua", ["local (1) active"]),
    (written("device_groups/esos/target_groups/mgmt", "del local"), "trace disk01", ["local (1) active"]),
    (written("device_groups/esos/target_groups/mgmt", "del local"), f"trace {T}", ["esos local (1) active"]),
    (said("LUN 0 disk01", "GROUP esx {\n}"), f"status scst {T}", ["group esx"]), (stopped, "status alua", []),
])
def test_a_group_that_stands_in_the_file_only_is_marked(saved, box, by_hand, line, marked):
    by_hand(box)
    shown = [row.strip() for row in do(saved, line).splitlines()]
    assert [row.partition("  does not run")[0].partition(" does not run: ")[0] for row in shown if " does not run" in row
            and not row.startswith("LUN")] == marked


def test_initiators_are_told_no_state_of_a_group_that_does_not_run(saved, box):
    box.write(f"{SCST}/device_groups/mgmt", "del esos\n")
    assert "LUN 0 disk01  /dev/sdb  device group esos does not run: no ALUA state" in do(session_on(box), f"trace {T}")


SAID = (f'scst target set {T} comment="for esx" addr_method=FLAT allowed_portal=10.0.0.1 IncomingUser="joe secretsecret12"',
        f'scst target set {T} OutgoingUser="box secretsecret13"', f"scst group add {T} esx", f"scst group set {T} esx addr_method=LUN",
        'scst driver set iscsi IncomingUser="ann secretsecret14"', "scst set poll_us=1", "commit allow io")


@pytest.mark.parametrize("line, there, not_there", [
    ("status scst", ["scst_tgt", "poll_us=1", 'IncomingUser="ann ****"', "group esx", "addr_method=LUN"], []),
    (f"status scst {T}", ['addr_method=FLAT  comment="for esx"  IncomingUser="joe ****"', 'OutgoingUser="box ****"  allowed_portal=10.0.0.1'],
     ["scst_tgt", "ann"]),
    ("status scst scst_tgt", ["scst_tgt", "poll_us=1"], ["devices", "iscsi"]), ("status scst iscsi", ['IncomingUser="ann ****"'], ["scst_tgt"]),
])
def test_status_shows_what_targets_groups_drivers_and_scst_itself_are_told(session, line, there, not_there):
    do(session, *SAID)
    shown = do(session, line)
    rows = [row.strip() for row in shown.splitlines()]
    assert [row for row in there if row not in rows] == []
    assert [word for word in (*not_there, "secretsecret") if word in shown] == []


def test_scst_itself_has_a_status_where_all_is_as_by_default(session):
    assert do(session, "status scst scst_tgt") == "scst (running)\n  scst_tgt\n"
