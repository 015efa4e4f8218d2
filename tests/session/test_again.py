"""A script that runs again: what it removed is gone already, and that is told and no error."""

from __future__ import annotations

import pytest
from boxes import do

T = "iqn.2026-11.local.esos1:target1"
SCRIPTS = {
    "del": "scst device set disk02 threads_num=3\nscst device del disk02\nscst device del disk03 disk01\ncommit force x\n",
    "unset": "scst device set disk02 threads_num=3 usn=X\nscst device unset disk02 threads_num usn\nsvc set nut opts=-D\nsvc unset nut opts\n"
             "alua dgrp add g\nalua tgrp add g t group_id=1\nalua tgrp set g t preferred=1\nalua tgrp unset g t preferred\n"
             "net general gateway=10.0.0.1\nnet general unset gateway\ncommit allow failover\n",
    "lun": f"scst group add {T} esx\nscst lun add {T} 00 disk01\nscst lun add {T} 1 disk02\nscst lun del {T} 00 1\n"
           f"scst initiator add {T} group esx a b\nscst initiator del {T} group esx a b\nscst group del {T} esx\ncommit\n",
    "net": "net bond bond1 slaves eth1 eth2 mtu=9000\nnet bond bond1 slaves -eth2\ncommit\nnet bond bond1 mtu=1400 slaves -eth1\nnet bond unset bond1 mtu\n"
           "net iface eth3 mtu=9000\ncommit\nnet iface del eth3\ncommit\n",
    "slave": "net bond bond1 slaves eth1 eth2\nnet bond bond1 slaves -eth2\ncommit\nnet bond del bond1\ncommit\n",
    "user": f"scst target set {T} allowed_portal=10.0.0.1 comment=x\nscst target unset {T} allowed_portal=10.0.0.1 comment\ncommit\n",
    "rename": f"scst target set {T} comment=x\nscst target rename {T} iqn.2026-11.lab:new\ncommit allow io\n",
    "target": f"scst target set {T} comment=x\nscst target enable {T}\ncommit\nscst target disable {T}\nscst target del {T}\ncommit allow io\n",
    "alua": "alua dgrp add g\nalua tgrp add g t\nalua target add g t far rel_tgt_id=3\nalua device add g disk01\ncommit\nalua target unset g t far rel_tgt_id\n"
            "alua target del g t far\nalua device del g disk01\nalua tgrp del g t\nalua dgrp del g\ncommit allow io\n",
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_with_del_unset_and_set_runs_twice_and_ends_alike(esosh, session, name):
    first = esosh("-f", "-", stdin=SCRIPTS[name])
    assert (first.status, first.err) == (0, "")
    shown = do(session, "show")
    for again in (("--again",), ("--again", "--check")):
        done = esosh("-f", "-", *again, stdin=SCRIPTS[name])
        assert (done.status, done.err) == (0, "")
        session.candidate.refresh()
        assert do(session, "show") == shown


def test_what_is_gone_or_so_already_is_told(esosh):
    script = "scst device del disk01 disk09\nscst device unset disk02 usn threads_num\ncommit allow io\n"
    assert esosh("-f", "-", stdin=script).status == 1
    told = esosh("-f", "-", "--again", stdin=script).out
    assert "gone already: no SCST device disk09; there are: disk01 disk02 disk03\n" in told
    assert "so already: device disk02 has no usn of its own\nso already: device disk02 has no threads_num of its own\n" in told
    assert "disk01" not in esosh("show", "scst").out


@pytest.mark.parametrize("script, code", [
    ("scst device set dsik01 threads_num=3\n", "E202"), ("scst device set disk09 threads_num=3\nscst device del disk08\n", "E202"),
    ("scst device del disk08\nscst device set disk08 threads_num=3\n", "E202"), ("scst device unset disk01 filename\n", "E218"),
    ("scst device add vdisk_blockio disk01 filename=/dev/sdc\n", "E203"), ("net bond bond0 slaves eth1\nnet bond bond1 slaves eth1\n", "E207"),
    (f"scst target rename {T}x iqn.2026-11.lab:new\n", "E202"), ("svc enable nosuch\n", "E202"),
])
def test_what_was_never_so_is_refused_again_too(esosh, script, code):
    done = esosh("-f", "-", "--again", "--commit", stdin=script)
    assert (done.status, f" {code} " in done.err) == (1, True)


GROUP = "alua dgrp add g\nalua tgrp add g t group_id=1 state=nonoptimized\n"


def test_a_target_group_whose_state_a_cluster_changed_is_there_already(esosh, box):
    assert esosh("-f", "-", "--commit", stdin=GROUP).status == 0
    box.write("/sys/kernel/scst_tgt/device_groups/g/target_groups/t/state", "active\n")
    refused = esosh("-f", "-", "--commit", stdin=GROUP)
    assert (refused.status, "its state is active now: -f FILE --again leaves it so" in refused.err) == (1, True)
    again = esosh("-f", "-", "--again", "--commit", stdin=GROUP)
    assert (again.status, again.err) == (0, "")
    assert "target group g t is there already, its state is now active\n" in again.out
    assert box.read("/sys/kernel/scst_tgt/device_groups/g/target_groups/t/state").startswith("active\n")


@pytest.mark.parametrize("pairs", ["group_id=2", "group_id=1 preferred=1", "group_id=2 state=nonoptimized"])
def test_a_target_group_with_other_settings_than_its_state_is_refused_again_too(esosh, pairs):
    assert esosh("-f", "-", "--commit", stdin=GROUP).status == 0
    assert " E203 " in esosh("-f", "-", "--again", stdin=f"alua tgrp add g t {pairs}\n").err


def test_a_slave_that_left_the_bond_is_gone_already(esosh):
    esosh("-f", "-", "--commit", stdin="net bond bond1 slaves eth1\n")
    done = esosh("-f", "-", "--again", "--commit", stdin="net bond bond1 slaves -eth2\nnet bond bond1 slaves -eth2 +eth3 mtu=9000\n")
    assert done.out.count("gone already: no slave of bond1: eth2\n") == 2
    assert "net bond bond1 slaves eth1 eth3 mtu=9000" in esosh("show", "net").out


def test_without_again_what_is_gone_is_refused(esosh):
    assert "E202" in esosh("-f", "-", "--commit", stdin="scst device del disk09\n").err


def test_again_goes_with_a_file(esosh):
    done = esosh("--again", "show")
    assert (done.status, "--again goes with -f FILE" in done.err) == (2, True)


HINT = "hint: if it has run before: esosh -f -{} --again\n"


@pytest.mark.parametrize("words, script, helps", [
    ((), SCRIPTS["del"], True), ((), SCRIPTS["alua"], True), ((), "scst device del disk01\ncommit allow io\n", True),
    (("--commit",), "alua dgrp add g\nalua dgrp del g\nscst device del disk01\n", True),
    ((), "scst device del disk01\nscst device set disk01 threads_num=2\ncommit allow io\n", False),
    ((), "scst device del disk01\nscst device add vdisk_blockio disk02 filename=/dev/sdz\ncommit allow io\n", False),
    ((), "svc enable nosuch\ncommit\n", False), ((), "svc enabel sbd\n", False), ((), "svc enable sbd\n", False),
])
def test_a_script_that_does_not_fit_names_again_where_that_helps_and_only_there(esosh, words, script, helps):
    esosh("-f", "-", "--commit", stdin="scst device del disk01\ncommit allow io\n")
    done = esosh("-f", "-", *words, stdin=script)
    if not done.status:  # the first run
        done = esosh("-f", "-", *words, stdin=script)
    assert done.status and done.err.count("--again") == helps
    assert not helps or done.err.endswith(HINT.format("".join(f" {word}" for word in words)))
    again = esosh("-f", "-", *words, "--again", stdin=script)
    assert bool(again.status) != helps and "--again" not in again.err
