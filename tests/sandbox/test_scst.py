"""The simulated SCST against what the real one was seen to do."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Optional

import pytest
from places import DATA

from esosh.sandbox import scst
from esosh.sandbox.kernel import Kernel
from esosh.sandbox.scst.scstadmin import apply

ROOT = "/sys/kernel/scst_tgt"
CONF = (DATA / "scst.conf").read_text()
T1, T2 = "iqn.2026-01.lab:t1", "iqn.2026-01.lab:t2"
PORT, FAR = "21:00:00:24:ff:00:00:01", "21:00:00:1b:32:01:6b:11"
DGROUPS, DEVICES = "device_groups/mgmt", "device_groups/esos/devices/mgmt"
TGROUPS = "device_groups/esos/target_groups/mgmt"
LOCAL, REMOTE = "device_groups/esos/target_groups/local", "device_groups/esos/target_groups/remote"
NULLIO, FILEIO, BLOCKIO = (f"handlers/vdisk_{kind}/mgmt" for kind in ("nullio", "fileio", "blockio"))
ISCSI, TARGET = "targets/iscsi/mgmt", f"targets/iscsi/{T1}"
LUNS, INI_GROUPS, G1 = f"{TARGET}/luns/mgmt", f"{TARGET}/ini_groups/mgmt", f"{TARGET}/ini_groups/g1"

BASE = [
    (NULLIO, "add_device n0"), (NULLIO, "add_device n1"), (NULLIO, "add_device n2"),
    (ISCSI, f"add_target {T1}"), (ISCSI, f"add_target {T2}"),
    (DGROUPS, "create esos"), (DEVICES, "add n0"), (TGROUPS, "create local"), (TGROUPS, "create remote"),
    (f"{LOCAL}/mgmt", f"add {T1}"), (f"{REMOTE}/mgmt", f"add {FAR}"),
    (DGROUPS, "create dg2"), ("device_groups/dg2/devices/mgmt", "add n2"),
    (LUNS, "add n0 0"), (INI_GROUPS, "create g1"), (f"{G1}/luns/mgmt", "add n1 0"),
    (f"{G1}/initiators/mgmt", "add ini"),
]


def write(kernel: Kernel, path: str, text: str) -> None:
    kernel.write(f"{ROOT}/{path}", text)


def read(kernel: Kernel, path: str) -> str:
    return kernel.read(f"{ROOT}/{path}")


def refusal(kernel: Kernel, path: str, text: str) -> Optional[str]:
    try:
        write(kernel, path, text)
    except OSError as error:
        assert error.filename == f"{ROOT}/{path}"
        return errno.errorcode[error.errno or 0]
    return None


def snapshot(kernel: Kernel) -> dict[str, tuple[str, int, str]]:
    """Every file, link and folder of SCST with its mode and content, the result of the last write left out."""
    base = kernel.tree.path(ROOT)
    return {str(place.relative_to(base)): _entry(place) for place in base.rglob("*") if place.name != "last_sysfs_mgmt_res"}


def _entry(place: Path) -> tuple[str, int, str]:
    if place.is_symlink():
        return "link", 0, os.readlink(place)
    return ("file", place.stat().st_mode, place.read_text()) if place.is_file() else ("folder", 0, "")


def _load(root: Path) -> Kernel:
    kernel = Kernel(root, {f"{ROOT}/": scst.write})
    scst.load(kernel, [PORT])
    for name in ("vd/f0.img", "dev/loop0"):
        kernel.tree.path(name).parent.mkdir()
        kernel.tree.path(name).write_bytes(bytes(1 << 20))
    return kernel


@pytest.fixture
def loaded(tmp_path: Path) -> Kernel:
    return _load(tmp_path)


@pytest.fixture(scope="module")
def configured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("configured")
    kernel = _load(root)
    for path, text in BASE:
        write(kernel, path, text)
    return root


@pytest.fixture
def kernel(configured: Path, tmp_path: Path) -> Kernel:
    root = tmp_path / "box"
    shutil.copytree(configured, root, symlinks=True)
    return Kernel(root, {f"{ROOT}/": scst.write})


@pytest.fixture(scope="module")
def unchanged(configured: Path) -> Iterator[Kernel]:
    kernel = Kernel(configured, {f"{ROOT}/": scst.write})
    before = snapshot(kernel)
    yield kernel
    assert snapshot(kernel) == before


@pytest.fixture
def box(request: pytest.FixtureRequest, expected: Optional[str]) -> Kernel:
    """One of its own for a write that succeeds; the refused ones share one, which must stay as it is."""
    chosen: Kernel = request.getfixturevalue("unchanged" if expected else "kernel")
    return chosen


@pytest.mark.parametrize(("path", "text", "expected"), [
    (DGROUPS, "create esos", "EEXIST"), (DGROUPS, "add g2", None), (DGROUPS, "CREATE ESOS", None),
    (DGROUPS, " create=g2 more\ncreate g3", None), (DGROUPS, "create mgmt", "EEXIST"), (DGROUPS, "create", "EINVAL"),
    (DGROUPS, "create " + "g" * 1000, None), (DGROUPS, "del nope", "EINVAL"), (DGROUPS, "del mgmt", "EINVAL"),
    (DGROUPS, "frob x", "EINVAL"), (DGROUPS, " ", "EINVAL"), (DGROUPS, "", None), (DGROUPS, "clear", "EINVAL"),
    (DGROUPS, "del esos", None), (TGROUPS, "add local", "EEXIST"), (TGROUPS, "create a/b", None),
    (TGROUPS, "del local", None), (TGROUPS, "del nope", "EINVAL"), (TGROUPS, "create", "EINVAL"),
    (DEVICES, "add n0", "EEXIST"), (DEVICES, "add n2", "EEXIST"), (DEVICES, "add nope", "EINVAL"),
    (DEVICES, "add n1 n2", None), (DEVICES, "create n1", "EINVAL"), (DEVICES, "del n1", "EINVAL"),
    (DEVICES, "del mgmt", "EINVAL"), (DEVICES, "add", "EINVAL"), (DEVICES, "del n0", None),
    (f"{LOCAL}/mgmt", f"add {T1}", "EEXIST"), (f"{REMOTE}/mgmt", f"add {T1}", "EEXIST"),
    (f"{LOCAL}/mgmt", f"add {FAR}", "EEXIST"), (f"{LOCAL}/mgmt", f"create {T2}", "EINVAL"),
    (f"{LOCAL}/mgmt", f"add {T2}", None), (f"{REMOTE}/mgmt", f"add {T1.upper()}", None),
    (f"{LOCAL}/mgmt", "add state", "EEXIST"), (f"{LOCAL}/mgmt", "del state", "EINVAL"),
    (f"{LOCAL}/mgmt", "del nope", "EINVAL"), (f"{LOCAL}/mgmt", "add", "EINVAL"),
    (f"{LOCAL}/group_id", "0", "EINVAL"), (f"{LOCAL}/group_id", "65536", "EINVAL"),
    (f"{LOCAL}/group_id", "-1", "EINVAL"),
    (f"{LOCAL}/group_id", "1 2", "EINVAL"), (f"{LOCAL}/group_id", " 7", "EINVAL"), (f"{LOCAL}/group_id", " ", "EINVAL"),
    (f"{LOCAL}/group_id", "00000008", "EINVAL"), (f"{LOCAL}/group_id", "08", "EINVAL"),
    (f"{LOCAL}/preferred", "2", "EINVAL"), (f"{LOCAL}/preferred", "yes", "EINVAL"),
    (f"{LOCAL}/state", "Active", "EINVAL"), (f"{LOCAL}/state", "active ", "EINVAL"),
    (f"{LOCAL}/state", "lba_dependent", "EINVAL"), (f"{LOCAL}/state", "active\n\n", "EINVAL"),
    (f"{LOCAL}/nonexistent", "1", "ENOENT"), (LOCAL, "1", "EISDIR"),
    (f"{REMOTE}/{FAR}/rel_tgt_id", "0", "EINVAL"), (f"{REMOTE}/{FAR}/rel_tgt_id", "65536", "EINVAL"),
])
def test_device_groups_answer_as_the_kernel_does(box: Kernel, path: str, text: str, expected: Optional[str]) -> None:
    assert refusal(box, path, text) == expected


@pytest.mark.parametrize(("path", "text", "then"), [
    (f"{LOCAL}/group_id", "0x10\n", "16\n[key]\n"), (f"{LOCAL}/group_id", "010", "8\n[key]\n"),
    (f"{LOCAL}/group_id", "0000007", "7\n[key]\n"), (f"{LOCAL}/preferred", "01", "1\n[key]\n"),
    (f"{LOCAL}/preferred", "0", "0\n"), (f"{LOCAL}/state", "nonoptimized\n", "nonoptimized\n[key]\n"),
    (f"{REMOTE}/{FAR}/rel_tgt_id", "65535", "65535\n[key]\n"), (f"{TARGET}/rel_tgt_id", "0x10", "16\n[key]\n"),
    (f"{TARGET}/HeaderDigest", "CRC32C", "CRC32C\n[key]\n\n"), (f"{TARGET}/HeaderDigest", "None", "None\n"),
    (f"{TARGET}/comment", "two words\n", "two words\n[key]\n"), ("targets/iscsi/enabled", "1\n", "1\n\n"),
    (f"{G1}/addr_method", "FLAT", "FLAT\n[key]\n"), ("setup_id", "0x1234", "0x1234\n[key]\n"),
    ("devices/n0/size_mb", "8", "8\n"), ("devices/n0/threads_num", "4", "4\n[key]\n"),
    ("devices/n0/usn", "ABC123\n", "ABC123\n[key]\n"),
])
def test_an_attribute_worth_saving_reads_with_a_key(kernel: Kernel, path: str, text: str, then: str) -> None:
    write(kernel, path, text)
    assert read(kernel, path) == then


def test_a_local_target_is_a_link_and_a_remote_one_a_folder(kernel: Kernel) -> None:
    entries = snapshot(kernel)
    assert entries[f"{LOCAL}/{T1}"] == ("link", 0, f"../../../../targets/iscsi/{T1}")
    assert entries["device_groups/esos/devices/n0"] == ("link", 0, "../../../devices/n0")
    assert read(kernel, f"{REMOTE}/{FAR}/rel_tgt_id") == "0\n[key]\n"
    write(kernel, f"{LOCAL}/{T1}/rel_tgt_id", "7")
    assert read(kernel, f"{TARGET}/rel_tgt_id") == "7\n[key]\n"


@pytest.mark.parametrize(("path", "text", "expected"), [
    (f"{TARGET}/rel_tgt_id", "2", "EBADSLT"), (f"{TARGET}/rel_tgt_id", "0", "EBADSLT"),
    (f"{TARGET}/rel_tgt_id", "65536", "EBADSLT"), (f"{LOCAL}/{T1}/rel_tgt_id", "65537", "EINVAL"),
    (f"{TARGET}/rel_tgt_id", "3", None), (f"{TARGET}/rel_tgt_id", "1", None), (f"{TARGET}/rel_tgt_id", "abc", "EINVAL"),
    (f"targets/qla2x00t/{PORT}/rel_tgt_id", "2", None), (f"targets/qla2x00t/{PORT}/rel_tgt_id", "0", None),
    (f"targets/qla2x00t/{PORT}/rel_tgt_id", "65536", "EINVAL"), (f"{TARGET}/enabled", "yes", "EINVAL"),
])
def test_enabled_targets_differ_in_rel_tgt_id(kernel: Kernel, path: str, text: str, expected: Optional[str]) -> None:
    for name in (T1, T2):  # which gives them 1 and 2
        write(kernel, f"targets/iscsi/{name}/enabled", "1")
    assert refusal(kernel, path, text) == expected


def test_enabling_a_target_shows_a_clash_that_was_there(kernel: Kernel) -> None:
    for name in (T1, T2):
        write(kernel, f"targets/iscsi/{name}/rel_tgt_id", "5")
    assert refusal(kernel, f"targets/iscsi/{T1}/enabled", "1") is None
    assert refusal(kernel, f"targets/iscsi/{T2}/enabled", "1") == "EBADSLT"


def test_a_target_gets_an_id_that_no_enabled_target_has(kernel: Kernel) -> None:
    write(kernel, f"targets/iscsi/{T1}/rel_tgt_id", "1")
    for name in (T1, T2):
        write(kernel, f"targets/iscsi/{name}/enabled", "1")
    assert read(kernel, f"targets/iscsi/{T2}/rel_tgt_id") == "2\n[key]\n"


def test_a_target_leaves_through_any_target_group_and_a_local_one_leaves_a_stale_link(kernel: Kernel) -> None:
    write(kernel, f"{LOCAL}/mgmt", f"del {FAR}")
    write(kernel, f"{REMOTE}/mgmt", f"del {T1}")
    assert f"{REMOTE}/{FAR}" not in snapshot(kernel)
    assert f"{LOCAL}/{T1}" in snapshot(kernel)
    assert refusal(kernel, f"{LOCAL}/mgmt", f"add {T1}") == "EEXIST"
    assert refusal(kernel, f"{REMOTE}/mgmt", f"add {T1}") is None
    write(kernel, TGROUPS, "del local")
    write(kernel, f"{REMOTE}/mgmt", f"del {T1}")
    write(kernel, TGROUPS, "create local")
    assert refusal(kernel, f"{LOCAL}/mgmt", f"add {T1}") is None


def test_a_name_with_a_slash_shows_another_one_and_is_still_the_only_one(kernel: Kernel) -> None:
    write(kernel, f"{REMOTE}/mgmt", "add x/y")
    assert read(kernel, f"{REMOTE}/x!y/rel_tgt_id") == "0\n[key]\n"
    assert refusal(kernel, f"{REMOTE}/mgmt", "del x!y") == "EINVAL"
    assert refusal(kernel, f"{REMOTE}/mgmt", "del x/y") is None


@pytest.mark.parametrize(("path", "text", "expected"), [
    (NULLIO, "add_device n0", "EEXIST"), (FILEIO, "add_device n0 filename=/vd/f0.img", "EEXIST"),
    (NULLIO, "add_device=d1 size_mb=8; read_only=2;", None), (NULLIO, "add_device d1 filename=/vd/f0.img", "EINVAL"),
    (NULLIO, "add_device " + "d" * 64, None), (NULLIO, "add_device " + "d" * 65, "EINVAL"),
    (NULLIO, "add_device a.b", "EINVAL"), (NULLIO, "add_device a\nadd_device b", "EINVAL"),
    (NULLIO, "add_device mgmt", "EEXIST"), (NULLIO, "add_device a bogus=1", "EINVAL"),
    (FILEIO, "add_device f0 filename=/vd/f0.img", None), (FILEIO, "add_device f0", "EINVAL"),
    (FILEIO, "add_device f0 filename=vd/f0.img", "EINVAL"), (FILEIO, "add_device f0 filename=/vd/none", "ENOENT"),
    (FILEIO, "add_device f0 filename=/vd", "EINVAL"), (FILEIO, "add_device f0 filename=/vd/f0.img size_mb=8", "EINVAL"),
    (FILEIO, "add_device f0 filename=/vd/f0.img; size_mb=8", None),
    (BLOCKIO, "add_device b0 filename=/dev/loop0", None),
    (BLOCKIO, "add_device b0 filename=/vd/f0.img", "ENOTBLK"), (BLOCKIO, "del_device n0", None),
    (NULLIO, "del_device nope", "EINVAL"), (NULLIO, "del_device n0 more", "EINVAL"),
    ("handlers/dev_disk/mgmt", "add_device 2:0:0:0", "EINVAL"),
    (ISCSI, f"add_target {T1.upper()}", "EEXIST"), (ISCSI, "add_target mgmt", "EBUSY"), (ISCSI, "add_target", "EINVAL"),
    (ISCSI, "del_target nope", "ENOENT"), (ISCSI, f"add_target_attribute {T1} IncomingUser joe secretsecret", None),
    (ISCSI, f"add_target_attribute {T1} Bogus joe", "EINVAL"), (ISCSI, "add_target a;b", "EINVAL"),
    (LUNS, "add n1 0", "EEXIST"), (LUNS, "add n0 1", None), (LUNS, "add nope 1", "EINVAL"), (LUNS, "add n1", "EINVAL"),
    (LUNS, "add n1 16384", "EINVAL"), (LUNS, "add n1 1 bogus=1", "EINVAL"), (LUNS, "del 1", "EINVAL"),
    (LUNS, "del 0 more", "EINVAL"), (LUNS, "replace n1 0", None), (LUNS, "replace n1 5", None), (LUNS, "clear", None),
    (INI_GROUPS, "create g1", "EEXIST"), (INI_GROUPS, "add g2", "EINVAL"), (INI_GROUPS, "del g1", None),
    (f"{G1}/initiators/mgmt", "add ini", "EEXIST"), (f"{G1}/initiators/mgmt", "move ini g2", "EINVAL"),
    (f"{G1}/initiators/mgmt", "del nope", "EINVAL"), ("version", "1", "EACCES"),
    ("targets/qla2x00t/mgmt", "x", "ENOENT"),
])
def test_devices_and_targets_answer_like_the_kernel(box: Kernel, path: str, text: str, expected: Optional[str]) -> None:
    assert refusal(box, path, text) == expected


def test_a_device_in_use_leaves_its_luns_and_its_device_group(kernel: Kernel) -> None:
    write(kernel, NULLIO, "del_device n0")
    assert not [path for path, (_, _, to) in snapshot(kernel).items() if "/n0" in (path[-3:], to[-3:])]


def test_a_target_in_use_leaves_its_target_groups_and_does_not_return(kernel: Kernel) -> None:
    write(kernel, ISCSI, f"del_target {T1}")
    assert f"{LOCAL}/{T1}" not in snapshot(kernel)
    assert kernel.tree.list(f"{ROOT}/devices/n1/exported") == ["export0"]
    write(kernel, f"{REMOTE}/mgmt", f"add {T1}")
    write(kernel, ISCSI, f"add_target {T1}")
    assert read(kernel, f"{REMOTE}/{T1}/rel_tgt_id") == "0\n[key]\n"


def test_creating_and_deleting_everything_leaves_nothing(loaded: Kernel) -> None:
    before = snapshot(loaded)
    for path, text in BASE:
        write(loaded, path, text)
    for path, text in [
        (f"{REMOTE}/mgmt", f"del {T1}"), (f"{LOCAL}/mgmt", "add x/y"), (DGROUPS, "del esos"), (DGROUPS, "del dg2"),
        (NULLIO, "del_device n1"), (ISCSI, f"del_target {T1}"), (ISCSI, f"del_target {T2}"),
        (NULLIO, "del_device n0"), (NULLIO, "del_device n2"),
    ]:
        write(loaded, path, text)
    assert snapshot(loaded) == before
    assert not list(loaded.tree.path("/.kernel/scst").rglob(".name"))


def test_undoing_a_replaced_lun_brings_back_all_but_the_number_of_the_export(kernel: Kernel) -> None:
    before = snapshot(kernel)
    for text in ("replace n1 0 read_only=1", "replace n1 0", "replace n0 0"):
        write(kernel, LUNS, text)
    after = snapshot(kernel)
    assert before.pop("devices/n0/exported/export1") == after.pop("devices/n0/exported/export2")
    assert after == before


def test_numbers_that_were_given_never_return(kernel: Kernel) -> None:
    write(kernel, LUNS, "del 0")
    write(kernel, LUNS, "add n0 0")
    assert kernel.tree.list(f"{ROOT}/devices/n0/exported") == ["export0", "export2"]
    write(kernel, NULLIO, "del_device n2")
    write(kernel, NULLIO, "add_device n2")
    assert kernel.tree.list(f"{ROOT}/targets/copy_manager/copy_manager_tgt/luns") == ["0", "1", "3", "mgmt"]
    assert kernel.tree.list(f"{ROOT}/devices/n2/exported") == ["export0"]


def test_unloading_takes_everything_away(kernel: Kernel) -> None:
    scst.unload(kernel)
    assert not kernel.tree.exists(ROOT)
    assert refusal(kernel, DGROUPS, "create esos") == "ENOENT"


def test_a_configuration_is_applied_but_for_a_refused_value_and_a_second_time_changes_nothing(loaded: Kernel) -> None:
    assert apply(loaded, CONF) == []
    for path, then in [
        ("devices/disk0/usn", "ABC123\n[key]\n"), (f"{TARGET}/IncomingUser", "joe secretsecret12\n[key]\n\n"),
        (f"{TARGET}/enabled", "1\n"), (f"{TARGET}/rel_tgt_id", "3\n[key]\n"), ("targets/iscsi/enabled", "1\n\n"),
        (f"{TARGET}/luns/0/read_only", "1\n[key]\n"), (f"{LOCAL}/group_id", "0\n[key]\n"),
        (f"{LOCAL}/state", "nonoptimized\n[key]\n"), (f"{REMOTE}/{FAR}/rel_tgt_id", "5\n[key]\n"),
    ]:
        assert read(loaded, path) == then
    assert f"{TARGET}/ini_groups/hosts/initiators/iqn.1993-08.org.debian:*" in snapshot(loaded)
    assert loaded.tree.list(f"{ROOT}/targets/copy_manager/copy_manager_tgt/luns") == ["0", "mgmt"]
    before = snapshot(loaded)
    assert apply(loaded, CONF) == []
    assert snapshot(loaded) == before


@pytest.mark.parametrize(("text", "errors"), [
    ("", []), ("setup_id 1", ["FATAL: configuration has no handler and no target driver"]),
    (CONF.replace("f0.img", "none"), ["FATAL: add_device disk0 filename=/vd/none: No such file or directory"]),
    ("TARGET_DRIVER qla2x00t {\nTARGET nope {\n}\n}", ["FATAL: target nope of qla2x00t is not there"]),
    (f"TARGET_DRIVER qla2x00t {{\nTARGET {PORT} {{\nenabled 1", []),
])
def test_a_configuration_fails_at_an_object_that_cannot_be_made(loaded: Kernel, text: str, errors: list[str]) -> None:
    assert apply(loaded, text) == errors
