"""What ends scstadmin when SCST starts: check says so, with the line, and the box does as check says."""

from __future__ import annotations

import pytest
from boxes import do, session_on
from stopped import SCST_CONF, K, T, stopped_box

from esosh.errors import ChecksRefuse
from esosh.sandbox import Sandbox

PORT = "21:01:00:e0:8b:bd:74:49"
GID = "fe80:0000:0000:0000:0002:c903:0000:0301"
NULLIO = "HANDLER vdisk_nullio {\n\tDEVICE d\n}\n\n"


def port(driver: str, name: str) -> str:
    return f"{NULLIO}TARGET_DRIVER {driver} {{\n\tTARGET {name} {{\n\t\tenabled 1\n\t\tLUN 0 d\n\t}}\n}}\n"


ENDS = {
    "a missing file": (NULLIO + "HANDLER vdisk_fileio {\n\tDEVICE late {\n\t\tfilename /nofile\n\t}\n}\n",
                       "E365 scst late: line 6 of scst.conf: SCST will not start: /nofile does not exist now, and without it there is no d either", "scst device set late active=0"),
    "a missing disk": ("HANDLER vdisk_blockio {\n\tDEVICE late {\n\t\tfilename /dev/sdz\n\t}\n}\n", "E365 scst late: line 2 of scst.conf", "scst device del late"),
    "a port in upper case": (port("qla2x00t", PORT.upper()), f"E337 scst {PORT.upper()}: line 6 of scst.conf: SCST will not start: qla2x00t knows this port as {PORT}",
                             f"scst target rename {PORT.upper()} {PORT}"),
    "a port of no card": (port("qla2x00t", "21:00:00:00:00:00:00:99"), "E337 scst 21:00:00:00:00:00:00:99: line 6 of scst.conf: SCST will not start",
                          "scst target del 21:00:00:00:00:00:00:99"),
    "a driver without a card": (port("ib_srpt", GID), f"E337 scst {GID}: line 6 of scst.conf: SCST will not start: ib_srpt has no such port", f"scst target del {GID}"),
    "a driver that ESOS has not": (port("isct", "t"), "E336 scst t: line 6 of scst.conf: SCST will not start", "scst target del t"),
    "a name with a dot": ("HANDLER vdisk_nullio {\n\tDEVICE vol.1\n}\n", "E369 scst vol.1: line 2 of scst.conf: SCST will not start", "scst device del vol.1"),
    "a name of 65 letters": (f"HANDLER vdisk_nullio {{\n\tDEVICE {'x' * 65}\n}}\n", f"E369 scst {'x' * 65}: line 2 of scst.conf", f"scst device del {'x' * 65}"),
    "an initiator in two groups": (SCST_CONF.replace("LUN 0 d", "GROUP a {\n\t\t\tINITIATOR i\n\t\t}\n\t\tGROUP b {\n\t\t\tINITIATOR i\n\t\t}"),
                                   f"E334 scst {T}: SCST will not start", f"scst initiator del {T} group a i"),
    "a value of two words": (SCST_CONF.replace("LUN 0 d", "comment two words"), f"E373 scst {T}: line 12 of scst.conf: SCST will not start", ""),
    "a block that is none": (SCST_CONF + "ODD 1 {\n\ty 1\n}\n", "E373 scst: line 33 of scst.conf: SCST will not start", ""),
    "a LUN of two devices": (SCST_CONF.replace("LUN 0 d", "LUN 0 d\n\t\tLUN 0 e"), f"E374 scst {T}: line 13 of scst.conf: SCST will not start", ""),
    "device groups alone": ("DEVICE_GROUP g\n", "E364 scst: SCST will not start", "scst device add vdisk_nullio d"),
}


def start(box: Sandbox) -> bool:
    """Whether SCST runs after its start."""
    box.run(("/etc/rc.d/rc.scst", "start"))
    return box.exists(K)


@pytest.mark.more_changes
@pytest.mark.parametrize("text, found, mend", ENDS.values(), ids=ENDS)
def test_what_would_end_scstadmin_is_an_error_and_the_start_fails(tmp_path, text, found, mend):
    box = stopped_box(tmp_path, text)

    assert found in do(session_on(box), "check")
    assert not start(box)

    if mend:
        do(session_on(box), mend, "commit force removed")
        assert "will not start" not in do(session_on(box), "check")
        assert start(box)


def test_a_device_that_opens_nothing_and_a_port_of_infiniband_that_is_there_are_no_errors(tmp_path):
    srp = "/sys/class/infiniband/mlx4_0"
    box = stopped_box(tmp_path, port("ib_srpt", GID) + "HANDLER vdisk_fileio {\n\tDEVICE late {\n\t\tfilename /nofile\n\t\tactive 0\n\t}\n}\n")
    box.replace(f"{srp}/ports/1/gids/0", f"{GID}\n")
    assert "will not start" not in do(session_on(box), "check")


def test_what_would_not_start_is_refused_unless_it_is_said_to_come(tmp_path):
    box = stopped_box(tmp_path, SCST_CONF)
    session = session_on(box)
    do(session, "scst device add vdisk_fileio late filename=/nofile")
    with pytest.raises(ChecksRefuse):
        do(session, "commit")
    assert "committed" in do(session, "commit force mounted_later")
    assert "committed" in do(session, "scst set poll_us=1", "commit")  # the box has it already


def test_a_box_that_runs_is_told_that_it_will_not_start_again(tmp_path):
    box = stopped_box(tmp_path, SCST_CONF + "HANDLER vdisk_fileio {\n\tDEVICE f {\n\t\tfilename /f.img\n\t}\n}\n")
    box.replace("/f.img", "")
    assert start(box)
    assert "will not start" not in do(session_on(box), "check")

    box.remove("/f.img")
    box.replace("/etc/scst.conf", box.read("/etc/scst.conf") + port("qla2x00t", "21:00:00:00:00:00:00:99")[len(NULLIO):])

    found = do(session_on(box), "check")
    assert "E365 scst f: line 34 of scst.conf: SCST will not start: /f.img does not exist now" in found
    assert "E337 scst 21:00:00:00:00:00:00:99: line 39 of scst.conf: SCST will not start" in found


def test_of_many_devices_that_do_not_start_with_one_some_are_named(tmp_path):
    devices = "".join(f"\tDEVICE d{number} {{\n\t}}\n" for number in range(9))
    late = "HANDLER vdisk_fileio {\n\tDEVICE late {\n\t\tfilename /nofile\n\t}\n}\n"
    box = stopped_box(tmp_path, f"HANDLER vdisk_nullio {{\n{devices}}}\n{late}")
    assert "/nofile does not exist now, and without it there is no d0 d1 d2 ... either" in do(session_on(box), "check")
