"""The simulated SCST's work queue, its counting, and the names that must not lead out of its tree."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from esosh.errors import Refused
from esosh.sandbox import Sandbox, scst
from esosh.sandbox.faults import Faults
from esosh.sandbox.kernel import Kernel

ROOT = "/sys/kernel/scst_tgt"
LAST = f"{ROOT}/last_sysfs_mgmt_res"
NULLIO, ISCSI = f"{ROOT}/handlers/vdisk_nullio/mgmt", f"{ROOT}/targets/iscsi/mgmt"


def answer(box: Sandbox | Kernel, path: str, text: str) -> str:
    try:
        box.write(path, text)
    except OSError as error:
        return errno.errorcode[error.errno or 0]
    return "OK"


def last(box: Sandbox | Kernel) -> str:
    try:
        return box.read(LAST).strip()
    except OSError as error:
        return errno.errorcode[error.errno or 0]


@pytest.fixture
def kernel(tmp_path: Path) -> Kernel:
    kernel = Kernel(tmp_path, {f"{ROOT}/": scst.write}, {LAST: scst.read})
    scst.load(kernel, (), local=True)
    for path, text in ((NULLIO, "add_device n0"), (ISCSI, "add_target t1"), (f"{ROOT}/device_groups/mgmt", "create g")):
        kernel.write(path, text)
    kernel.write(f"{ROOT}/device_groups/g/target_groups/mgmt", "create tg")
    kernel.write(f"{ROOT}/targets/iscsi/t1/ini_groups/mgmt", "create ig")
    return kernel


@pytest.mark.parametrize(("text", "result"), [("add_device n9", "0"), ("del_device none", "-22")])
def test_a_write_that_takes_long_answers_eagain_and_is_done_all_the_same(tmp_path: Path, text: str, result: str) -> None:
    Sandbox(str(tmp_path / "box"))
    (tmp_path / "box/faults").write_text("write */vdisk_nullio/mgmt EAGAIN for 2\n")
    box = Sandbox(str(tmp_path / "box"))
    assert answer(box, NULLIO, text) == "EAGAIN"
    assert [last(box) for _ in range(2)] == ["EAGAIN", "EAGAIN"]
    assert not box.exists(f"{ROOT}/devices/n9")
    assert [last(box) for _ in range(2)] == [result, result]
    assert box.exists(f"{ROOT}/devices/n9") == (result == "0")
    assert answer(box, NULLIO, "add_device n8") == "OK"


def test_work_is_done_in_the_order_in_which_it_came(tmp_path: Path) -> None:
    Sandbox(str(tmp_path / "box"))
    (tmp_path / "box/faults").write_text("write */vdisk_nullio/mgmt EAGAIN for 9\n")
    box = Sandbox(str(tmp_path / "box"))
    assert [answer(box, NULLIO, text) for text in ("add_device n1", "del_device n1", "add_device n2")] == ["EAGAIN", "OK", "OK"]
    assert last(box) == "0"
    assert (box.exists(f"{ROOT}/devices/n1"), box.exists(f"{ROOT}/devices/n2")) == (False, True)


@pytest.mark.parametrize("path, text", [(f"{ROOT}/device_groups/mgmt", "create g9"), (NULLIO, "")])
def test_what_needs_no_queue_does_not_wait(tmp_path: Path, path: str, text: str) -> None:
    Sandbox(str(tmp_path / "box"))
    (tmp_path / "box/faults").write_text("write *mgmt EAGAIN for 9\n")
    box = Sandbox(str(tmp_path / "box"))
    assert (answer(box, path, text), last(box)) == ("OK", "0")


def test_another_process_waits_for_the_same_result(tmp_path: Path) -> None:
    Sandbox(str(tmp_path / "box"))
    (tmp_path / "box/faults").write_text("write */vdisk_nullio/mgmt EAGAIN for 1 after 1\n")
    box = Sandbox(str(tmp_path / "box"))
    assert [answer(box, NULLIO, f"add_device n{number}") for number in (1, 2, 3)] == ["OK", "EAGAIN", "OK"]
    assert last(Sandbox(str(tmp_path / "box"))) == "0"


@pytest.mark.parametrize("line", ["write * EIO for 2", "run * EAGAIN for 2", "write * EAGAIN for"])
def test_only_a_write_with_eagain_goes_on(tmp_path: Path, line: str) -> None:
    (tmp_path / "faults").write_text(line + "\n")
    with pytest.raises(Refused):
        Faults(tmp_path / "faults")


def test_work_that_never_ends_holds_up_all_other_work_but_nothing_else(kernel: Kernel) -> None:
    assert answer(kernel, f"{ROOT}/devices/n0/threads_num", "100000") == last(kernel) == "EAGAIN"
    assert answer(kernel, NULLIO, "add_device n1") == "EAGAIN"
    assert not kernel.tree.exists(f"{ROOT}/devices/n1")
    assert answer(kernel, f"{ROOT}/device_groups/mgmt", "create g2") == "OK"
    assert last(kernel) == "EAGAIN"


@pytest.mark.parametrize(("path", "text", "expected"), [
    ("handlers/vdisk_nullio/mgmt", "frob", "EAGAIN"), ("targets/iscsi/mgmt", "add_target iqn.x", "EAGAIN"),
    ("targets/iscsi/t1/luns/mgmt", "add n0 0", "EAGAIN"), ("targets/iscsi/t1/enabled", "1", "EAGAIN"),
    ("targets/iscsi/t1/rel_tgt_id", "5", "EAGAIN"), ("targets/iscsi/t1/ini_groups/mgmt", "create g", "EAGAIN"),
    ("targets/iscsi/t1/addr_method", "FLAT", "OK"), ("targets/iscsi/t1/io_grouping_type", "never", "EAGAIN"),
    ("targets/iscsi/t1/cpu_mask", "1", "EAGAIN"), ("targets/iscsi/t1/comment", "c", "OK"),
    ("device_groups/mgmt", "create esos", "OK"), ("device_groups/g/target_groups/mgmt", "create local", "EAGAIN"),
    ("device_groups/g/target_groups/tg/group_id", "1", "OK"), ("device_groups/g/target_groups/tg/preferred", "1", "EAGAIN"),
    ("device_groups/g/target_groups/tg/state", "standby", "EAGAIN"),
    ("device_groups/g/target_groups/tg/state", "bogus", "EAGAIN"), ("device_groups/g/target_groups/tg/mgmt", "add t1", "EAGAIN"),
    ("device_groups/g/devices/mgmt", "add n0", "EAGAIN"), ("devices/n0/threads_num", "2", "EAGAIN"),
    ("devices/n0/t10_dev_id", "x", "OK"), ("devices/n0/size_mb", "32", "EAGAIN"),
    ("devices/n0/max_tgt_dev_commands", "32", "OK"), ("setup_id", "1", "OK"), ("threads", "3", "EAGAIN"),
])
def test_what_goes_through_the_work_queue(kernel: Kernel, path: str, text: str, expected: str) -> None:
    """Seen with a build of SCST that waits for no work at all."""
    answer(kernel, f"{ROOT}/devices/n0/threads_num", "100000")
    assert answer(kernel, f"{ROOT}/{path}", text) == expected


@pytest.mark.parametrize("name", [".", "..", "../..", "/", "a/../..", "../../../etc", "mgmt/..", "./x"])
@pytest.mark.parametrize(("file", "verbs"), [
    (NULLIO, ("add_device", "del_device")), (ISCSI, ("add_target", "del_target")),
    (f"{ROOT}/targets/scst_local/mgmt", ("add_target", "del_target")),
    (f"{ROOT}/targets/scst_local/mgmt", ("add_session scst_local_tgt", "del_session scst_local_tgt")),
    (f"{ROOT}/device_groups/mgmt", ("create", "del")), (f"{ROOT}/device_groups/g/devices/mgmt", ("add", "del")),
    (f"{ROOT}/device_groups/g/target_groups/mgmt", ("create", "del")),
    (f"{ROOT}/device_groups/g/target_groups/tg/mgmt", ("add", "del")),
    (f"{ROOT}/targets/iscsi/t1/ini_groups/mgmt", ("create", "del")),
    (f"{ROOT}/targets/iscsi/t1/ini_groups/ig/initiators/mgmt", ("add", "del")),
    (f"{ROOT}/targets/iscsi/t1/luns/mgmt", ("add n0", "del")), (f"{ROOT}/targets/iscsi/t1/luns/mgmt", ("add", "del")),
    (f"{ROOT}/handlers/dev_disk/mgmt", ("add_device", "del_device")),
])
def test_no_name_leads_out_of_the_tree_or_takes_it_away(kernel: Kernel, file: str, verbs: tuple[str, str], name: str) -> None:
    before = entries(kernel)
    added = answer(kernel, file, f"{verbs[0]} {name}")
    outside = {path for path in entries(kernel) ^ before if not path.startswith(("sys/kernel/scst_tgt/", ".kernel/"))}
    assert outside == set()
    removed = answer(kernel, file, f"{verbs[1]} {name}")
    assert entries(kernel) == before
    assert (added == "OK") == (removed == "OK")


def entries(kernel: Kernel) -> set[str]:
    """Every path of the box but for the counts."""
    root = kernel.tree.root
    places = {os.path.join(folder, name) for folder, _, names in os.walk(root) for name in names}
    return {os.path.relpath(place, root) for place in places if not place.endswith((".count", "/lock"))}


@pytest.mark.parametrize(("text", "then"), [
    ("none", ""), ("add scsi", "out_of_mem | pid | special | scsi | mgmt"), ("del pid", "out_of_mem | special | mgmt"),
    ("value 0x100", "out_of_mem"), ("default", "out_of_mem | pid | special | mgmt"), ("add iov", "EINVAL"), ("x", "EINVAL"),
])
def test_trace_levels_are_a_set_of_words(kernel: Kernel, text: str, then: str) -> None:
    said = answer(kernel, f"{ROOT}/trace_level", text)
    assert then == (kernel.read(f"{ROOT}/trace_level").partition("\n")[0] if said == "OK" else said)
