"""Starting the simulated SCST: pass-through devices, sizes of disks, the copy manager."""

from __future__ import annotations

from boxes import do, session_on
from stopped import K, stopped_box

T = "iqn.2026-11.local.esos1:target1"


def test_a_scsi_disk_that_is_saved_runs_after_a_start(session, box):
    hardware = box.path("/hardware")
    hardware.write_text(hardware.read_text() + "scsi 2:0:0:0\n")
    do(session, "adopt scst", "commit", "svc restart scst", "scst device add dev_disk 2:0:0:0", f"scst lun add {T} 0 2:0:0:0", "commit",
       "svc restart scst")
    assert box.readlink(f"{K}/devices/2:0:0:0/handler").endswith("/dev_disk")
    assert "does not run" not in do(session_on(box), "status scst")


def test_a_disk_has_the_size_of_the_hardware_and_resync_takes_a_new_one(session, box):
    assert box.read(f"{K}/devices/disk01/size").startswith(f"{10240 << 20}\n")
    hardware = box.path("/hardware")
    hardware.write_text(hardware.read_text().replace("disk /dev/sdb 10240", "disk /dev/sdb 20480"))
    assert do(session, "scst device resync disk01") == f"disk01: {10240 << 20} bytes, now {20480 << 20}\n"


def test_a_start_sets_the_attributes_of_the_copy_manager_and_leaves_its_target_alone(tmp_path):
    text = "HANDLER vdisk_nullio {\n\tDEVICE d\n}\n\nTARGET_DRIVER copy_manager {\n\tallow_not_connected_copy 1\n\n\tTARGET copy_manager_tgt {\n\t\tLUN 5 d\n\t}\n}\n"
    box = stopped_box(tmp_path, text)
    do(session_on(box), "svc start scst")
    assert box.read(f"{K}/targets/copy_manager/allow_not_connected_copy").startswith("1\n")
    assert "5" not in box.list(f"{K}/targets/copy_manager/copy_manager_tgt/luns")
    do(session_on(box), "scst device add vdisk_nullio e", "commit")
    assert "allow_not_connected_copy 1" in box.read("/etc/scst.conf")
