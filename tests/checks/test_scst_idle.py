"""Groups and devices that stand in scst.conf and do not run, and what runs and stands in no file."""

from __future__ import annotations

import pytest
from boxes import do, session_on
from hypothesis import HealthCheck, given, settings
from scst_compare import changed_lines
from scst_configs import scsts
from stopped import SCST_CONF, K, T, stopped_box

from esosh.config.scst import DeviceGroup, InitiatorGroup, Scst
from esosh.errors import ChecksRefuse
from esosh.executors.scst import conf
from esosh.executors.scst.facts import Facts
from esosh.executors.scst.idle import SavedOnly, running_part, saved_only, with_saved
from esosh.sandbox import Sandbox

LEFT = SCST_CONF.replace("\t\tLUN 0 d\n", "\t\tLUN 0 d\n\t\tGROUP old {\n\t\t\tLUN 5 d\n\t\t\tINITIATOR zz\n\t\t}\n").replace(
    "\tTARGET_GROUP there", "\tTARGET_GROUP left {\n\t\tgroup_id 5\n\t}\n\n\tTARGET_GROUP there") + "\nDEVICE_GROUP east {\n\tDEVICE e\n}\n"
IDLE = ["east", "left", "old"]


@pytest.fixture
def left(tmp_path) -> Sandbox:
    """A box whose scst.conf has groups that do not run."""
    box = stopped_box(tmp_path, SCST_CONF)
    box.run(("/etc/rc.d/rc.scst", "start"))
    box.replace("/etc/scst.conf", LEFT)
    return box


def there(box: Sandbox) -> list[str]:
    """The groups of those left that the kernel has."""
    folders = (f"{K}/device_groups", f"{K}/device_groups/g/target_groups", f"{K}/targets/iscsi/{T}/ini_groups")
    return [name for folder, name in zip(folders, IDLE) if name in box.list(folder)]


def test_groups_of_the_file_alone_are_shown_and_told_and_never_made(left):
    session = session_on(left)
    assert all(f" {name}" in do(session, "show") for name in IDLE)
    assert do(session, "check").count("W377") == 3
    before = left.read("/etc/scst.conf")
    do(session, "scst set poll_us=7", "commit")
    assert there(left) == []
    assert [line for line in changed_lines(before, left.read("/etc/scst.conf")) if "21:0" not in line and "qla" not in line][:1] == ["+ poll_us 7"]
    assert "nothing to do" in do(session, "plan")


def test_groups_of_the_file_alone_can_be_deleted_and_leave_nothing(left):
    do(session_on(left), "alua dgrp del east", "alua tgrp del g left", f"scst group del {T} old", "commit")
    text = left.read("/etc/scst.conf")
    assert not [word for word in ("east", "left", "GROUP old", "zz", "LUN 5") if word in text]
    left.run(("/etc/rc.d/rc.scst", "stop"))
    left.run(("/etc/rc.d/rc.scst", "start"))
    assert there(left) == []


def test_groups_of_the_file_alone_can_be_brought_up(left):
    session = session_on(left)
    do(session, "reapply scst")
    assert do(session, "diff").splitlines() == [
        f"+ scst group add {T} old", f"+ scst lun add {T} group old 5 d", f"+ scst initiator add {T} group old zz",
        "+ alua dgrp add east", "+ alua device add east e", "+ alua tgrp add g left group_id=5"]
    assert do(session, "check").count("W377") == 0
    do(session, "commit allow io")
    assert there(left) == IDLE


def test_a_device_that_is_brought_up_without_its_file_is_refused_before_the_kernel_does(left):
    left.replace("/etc/scst.conf", "HANDLER vdisk_fileio {\n\tDEVICE late {\n\t\tfilename /nofile\n\t}\n}\n\n" + left.read("/etc/scst.conf"))
    session = session_on(left)
    do(session, "reapply scst")
    with pytest.raises(ChecksRefuse) as refused:
        do(session, "commit allow io")
    assert any("E363 scst late: /nofile does not exist" in line for line in refused.value.details)


def test_a_group_that_is_made_in_place_of_one_of_the_file_alone_takes_nothing_over(left):
    do(session_on(left), f"scst group del {T} old", f"scst group add {T} old", "alua dgrp del east", "alua dgrp add east", "commit")
    said = conf.read(left.read("/etc/scst.conf"))
    assert said.targets[T].groups["old"] == InitiatorGroup()
    assert said.groups["east"] == DeviceGroup()


def test_a_scsi_device_of_the_file_that_no_handler_has_does_not_run_and_can_be_changed_and_deleted(left):
    with open(left.path("/hardware"), "a") as hardware:
        hardware.write("scsi 2:0:1:0\n")
    left.run(("/etc/rc.d/rc.scst", "stop"))
    left.run(("/etc/rc.d/rc.scst", "start"))
    left.replace("/etc/scst.conf", SCST_CONF + "HANDLER dev_disk {\n\tDEVICE 2:0:1:0\n}\n")
    session = session_on(left)
    do(session, "scst device set 2:0:1:0 threads_num=3", "commit")
    assert "\tDEVICE 2:0:1:0 {\n\t\tthreads_num 3\n" in left.read("/etc/scst.conf")
    do(session, "scst device del 2:0:1:0", "commit")
    assert "2:0:1:0" not in left.read("/etc/scst.conf")


# laws

@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(scsts(), scsts())
def test_what_runs_and_the_file_are_completed_and_taken_apart_again(live, said):
    whole = with_saved(live, said)
    facts = Facts(loaded=True, devices=frozenset(live.devices), targets={name: target.driver for name, target in live.targets.items()},
                  exists=lambda path: path in paths(live))
    rest = running_part(whole, saved_only(whole, whole, facts))
    assert (rest.targets, rest.devices, rest.groups) == (live.targets, live.devices, live.groups)
    assert running_part(whole, SavedOnly()) == whole


def paths(scst: Scst) -> set[str]:
    """Where the kernel has the groups of a configuration."""
    groups = {f"{K}/device_groups/{name}" for name in scst.groups}
    tgrps = {f"{K}/device_groups/{name}/target_groups/{tgrp}" for name, group in scst.groups.items() for tgrp in group.target_groups}
    return groups | tgrps | {f"{K}/targets/{target.driver}/{name}/ini_groups/{group}" for name, target in scst.targets.items() for group in target.groups}


# modes and remarks

def test_a_file_with_secrets_is_closed_at_every_commit(tmp_path):
    text = SCST_CONF.replace("\t\tLUN 0 d\n", '\t\tIncomingUser "joe secretsecret12"\n\t\tLUN 0 d\n')
    box = stopped_box(tmp_path, text)
    box.path("/etc/scst.conf").chmod(0o644)
    do(session_on(box), "scst set poll_us=7", "commit")
    assert box.stat("/etc/scst.conf").mode == 0o600


def test_the_plan_names_all_that_runs_and_is_saved_with_it(left):
    left.write(f"{K}/handlers/vdisk_nullio/mgmt", "add_device hand")
    left.write(f"{K}/targets/iscsi/{T}/luns/mgmt", "add hand 9")
    left.write(f"{K}/device_groups/mgmt", "create byhand")
    session = session_on(left)
    do(session, "scst set poll_us=7")
    saved = [line.strip() for line in do(session, "plan").splitlines() if "was not saved" in line]
    assert saved == [f"saves what runs and was not saved: {what}" for what in ("device hand", "device group byhand")]
    do(session, "commit")
    said = conf.read(left.read("/etc/scst.conf"))
    assert said.devices.keys() >= {"hand"} and "byhand" in said.groups
    assert "9" not in said.targets[T].luns  # the edit is not about that target


STATES = {"local": "nonoptimized", "remote": "active"}  # as a cluster changed them


@pytest.mark.parametrize("edits, saved", [
    (["alua tgrp add esos third group_id=3"], []), (["scst set poll_us=7"], []), (["alua device add esos disk02"], []),
    (["alua tgrp set esos local preferred=1"], ["local"]), ([f"alua target add esos remote {T}x"], ["remote"]),
    (["alua tgrp set esos local preferred=1", "alua tgrp set esos remote group_id=7"], ["local", "remote"]),
    (["alua tgrp set esos local state=standby"], []), (["alua tgrp del esos remote"], []),
])
def test_the_plan_names_the_states_that_run_and_are_saved_with_an_edit_of_their_groups(box, edits, saved):
    session = session_on(box)
    do(session, "alua dgrp add esos", "alua tgrp add esos local group_id=1", "alua tgrp add esos remote group_id=2 state=nonoptimized",
       "commit allow failover")
    for tgrp, state in STATES.items():
        box.write(f"{K}/device_groups/esos/target_groups/{tgrp}/state", state)
    do(session, *edits)
    told = [line.strip() for line in do(session, "plan").splitlines() if "was not saved" in line and " state" in line]
    states = ", ".join(f"{tgrp} {STATES[tgrp]}" for tgrp in saved)
    assert told == [f"saves what runs and was not saved: states of device group esos ({states})"][:len(saved)]
    do(session, "commit allow failover")
    in_file = conf.read(box.read("/etc/scst.conf")).groups["esos"].target_groups
    assert [tgrp for tgrp in STATES if tgrp in in_file and in_file[tgrp].state == STATES[tgrp]] == saved
