"""Who is named where edits clash with what somebody else did."""

from __future__ import annotations

import re

import pytest
from boxes import do, session_on

from esosh.errors import Conflict

T = "iqn.2026-11.local.esos1:target1"
GROUP = f"/sys/kernel/scst_tgt/targets/iscsi/{T}/ini_groups/esx"
SERVED = (f"scst group add {T} esx", f"scst lun add {T} group esx 0 disk01", "net bond bond0 slaves eth1 miimon=100", "commit")
LUN, BOND = f"scst lun add {T} group esx 1 disk02", "net bond bond0 miimon=50"
KERNEL = "it was changed in the kernel, by hand"


def kernel(box):
    box.write(f"{GROUP}/luns/mgmt", "add disk03 1\n")


def file(box):
    box.replace("/etc/network.conf", box.read("/etc/network.conf").replace("miimon=100", "miimon=70"))


def both(box):
    kernel(box)
    lun = "\t\t\tLUN 0 disk01"
    assert lun in box.read("/etc/scst.conf")
    box.replace("/etc/scst.conf", box.read("/etc/scst.conf").replace(lun, f"{lun}\n\t\t\tLUN 1 disk03"))


def other(*lines):
    return lambda box: do(session_on(box, name="other"), *lines, "commit")


@pytest.mark.parametrize("line, meanwhile, told", [
    (LUN, [kernel], KERNEL), (LUN, [both], "/etc/scst.conf was written .*, your first edit is of .*"),
    (LUN, [other(f"scst lun add {T} group esx 1 disk03")], "commit 2 by root, .*"),
    (LUN, [other("svc enable sbd"), kernel], KERNEL), (LUN, [kernel, other("scst set poll_us=1")], KERNEL),
    (BOND, [file], "/etc/network.conf was written .*, your first edit is of .*"),
    (BOND, [file, other("svc enable sbd")], "it was changed by hand, before commit 2 by root, .*"),
    (BOND, [file, kernel], "/etc/network.conf was written .*, your first edit is of .*"),
])
def test_a_conflict_says_where_the_other_change_is_from(session, box, line, meanwhile, told):
    do(session, *SERVED, line)
    for happens in meanwhile:
        happens(box)
    with pytest.raises(Conflict) as conflict:
        do(session, "commit")
    assert [row for row in conflict.value.details if re.fullmatch(f"theirs: {told}", row)]
