"""What a running SCST was seen to answer besides the recorded writes (SCST 3.11.0-pre, 2026-11)."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Optional

import pytest

from esosh.sandbox.conformance import recorded_box
from esosh.sandbox.kernel import Kernel
from esosh.sandbox.scst.names import ROOT

T, LOC = "targets/iscsi/iqn.2026-01.lab:t1", "targets/scst_local/loc1"
FILEIO, BLOCKIO = "handlers/vdisk_fileio/mgmt", "handlers/vdisk_blockio/mgmt"
SETUP = [
    (FILEIO, "add_device f0 filename=/vd/f0.img"), (BLOCKIO, "add_device b0 filename=/dev/loop0"),
    (FILEIO, "add_device k0 filename=/vd/f1.img; blocksize=4096"),
    ("targets/iscsi/mgmt", "add_target iqn.2026-01.lab:t1"), ("targets/scst_local/mgmt", "add_target loc1"),
    (f"{T}/ini_groups/mgmt", "create g"), (f"{LOC}/ini_groups/mgmt", "create g"),
]


@pytest.fixture(scope="module")
def kernel(tmp_path_factory) -> Kernel:
    kernel = recorded_box(tmp_path_factory.mktemp("facts"))
    os.symlink("loop0", kernel.tree.path("/dev/other"))
    for path, text in SETUP:
        kernel.write(f"{ROOT}/{path}", f"{text}\n")
    return kernel


def refusal(kernel: Kernel, path: str, text: str) -> Optional[str]:
    try:
        kernel.write(f"{ROOT}/{path}", f"{text}\n")
    except OSError as error:
        return errno.errorcode[error.errno or 0]
    return None


def read(kernel: Kernel, path: str) -> str:
    return kernel.read(f"{ROOT}/{path}")


@pytest.mark.parametrize("path, text, shown", [
    (f"{T}/redirect", "10.0.0.1:3260 TEMP", "10.0.0.1 temp\n[key]\n\n"), (f"{T}/redirect", "[FE80::1]:3261 perm", "[fe80::1]:3261 perm\n[key]\n\n"),
    (f"{T}/redirect", "", "\n"),
    (f"{T}/cpu_mask", "2", "2\n[key]\n"), (f"{T}/cpu_mask", "00000003", "3\n"),
    ("devices/f0/opt_trans_len", "1024", "1024\n[key]\n"), ("devices/k0/opt_trans_len", "8192", "8192\n[key]\n"),
    ("devices/f0/naa_id", "0x6001405ABCDEF0000000000000000001", "0x6001405abcdef0000000000000000001\n[key]\n"),
    ("devices/f0/eui64_id", "00A0B0C0D0E0F001", "0x00a0b0c0d0e0f001\n[key]\n"), ("devices/f0/vend_specific_id", "mine", "mine\n[key]\n"),
    ("cluster_name", "x" * 63, f"{'x' * 63}\n[key]\n"), ("targets/iscsi/isns_entity_name", "san1 and more", "san1\n[key]\n"),
    ("targets/iscsi/isns_entity_name", "", "\n"), ("targets/iscsi/link_local", "0", "0\n[key]\n\n"), ("targets/iscsi/link_local", "1", "1\n\n"),
    ("setup_id", "0x100000001", "0x1\n[key]\n"), ("setup_id", "0", "0x0\n"),
    ("targets/iscsi/iSNSServer", "", "\n\n"), (f"{T}/ini_groups/g/per_sess_dedicated_tgt_threads", "1", "1\n[key]\n"),
])
def test_a_value_is_shown_in_scst_s_own_form(kernel, path, text, shown):
    assert refusal(kernel, path, text) is None
    assert read(kernel, path) == shown


@pytest.mark.parametrize("path, text, expected", [
    *((f"{T}/redirect", text, "EINVAL") for text in ("10.0.0.1", "10.0.0.1:3260", "10.0.0.1 later", "10.0.0.999 temp", "::1 temp", "10.0.0.1:0 temp", "a b c")),
    (FILEIO, "add_device f9 filename=/vd/f2.img; o_direct=1", "EINVAL"), (FILEIO, "add_device f9 filename=/vd/f2.img; o_direct=1; async=0", "EINVAL"),
    (BLOCKIO, "add_device b9 filename=/dev/loop0", "EBUSY"), (BLOCKIO, "add_device b9 filename=/dev/loop0; read_only=1", "EBUSY"),
    (BLOCKIO, "add_device b9 filename=/dev/other", "EBUSY"),
    ("devices/f0/opt_trans_len", "1000", "EINVAL"), ("devices/k0/opt_trans_len", "512", "EINVAL"),
    ("cluster_name", "x" * 64, "EINVAL"), (f"{T}/cpu_mask", "4", "EOVERFLOW"), (f"{T}/ini_groups/g/cpu_mask", "ff", "EOVERFLOW"),
    (f"{T}/cpu_mask", "0,1", None), (f"{T}/cpu_mask", "1,1", "EOVERFLOW"), (f"{T}/cpu_mask", "000000001", "EOVERFLOW"),
    ("targets/iscsi/iSNSServer", "10.0.0.9", "ECONNREFUSED"), ("targets/iscsi/iSNSServer", "10.0.0.9 more", "EINVAL"),
    (f"{LOC}/ini_groups/g/per_sess_dedicated_tgt_threads", "1", "ENOENT"),
    ("devices/f0/zero_copy", "1", "ENOENT"), (FILEIO, "add_device f9 filename=/vd/f2.img; zero_copy=1", "EINVAL"),
    ("devices/f0/async", "2", "EINVAL"), ("devices/f0/inq_vend_specific", "x" * 161, "EINVAL"),
])
def test_a_value_is_refused_as_scst_refuses_it(kernel, path, text, expected):
    assert refusal(kernel, path, text) == expected


def test_direct_io_is_accepted_with_asynchronous_io(kernel):
    assert refusal(kernel, FILEIO, "add_device f8 filename=/vd/f2.img; o_direct=1; async=1") is None


def test_forwarding_and_forward_dst_are_one_switch(kernel):
    for name, other in (("forward_dst", "forwarding"), ("forwarding", "forward_dst")):
        assert refusal(kernel, f"{T}/{name}", "1") is None
        assert read(kernel, f"{T}/{other}") == "1\n[key]\n"
        assert refusal(kernel, f"{T}/{name}", "2") == "EINVAL"
        assert refusal(kernel, f"{T}/{name}", "0") is None
        assert read(kernel, f"{T}/{other}") == "0\n"


def test_a_target_of_scst_local_takes_an_id_as_it_runs_and_does_not_go_back_to_0(kernel):
    assert refusal(kernel, f"{LOC}/rel_tgt_id", "7") is None
    assert refusal(kernel, f"{LOC}/rel_tgt_id", "8") is None
    assert refusal(kernel, f"{LOC}/rel_tgt_id", "0") == "EBADSLT"


@pytest.mark.parametrize("parameters, shown", [
    ("", "1\n"), ("; read_only=1", "0\n"), ("; read_only=1; thin_provisioned=1", "0\n[key]\n"), ("; thin_provisioned=1", "1\n[key]\n"),
    ("; thin_provisioned=0", "0\n[key]\n"), ("; active=0", "0\n"), ("; active=0; thin_provisioned=1", "1\n[key]\n"),
])
def test_blocks_are_not_unmapped_in_what_is_never_written(tmp_path, parameters, shown):
    kernel = recorded_box(tmp_path)
    assert refusal(kernel, BLOCKIO, f"add_device b1 filename=/dev/sda{parameters}") is None
    assert read(kernel, "devices/b1/thin_provisioned") == shown


def test_a_disk_is_open_for_the_device_that_is_active(tmp_path: Path):
    kernel = recorded_box(tmp_path)
    for name in ("a", "b"):
        assert refusal(kernel, BLOCKIO, f"add_device {name} filename=/dev/sda; active=0") is None
    assert refusal(kernel, "devices/a/active", "1") is None
    assert refusal(kernel, "devices/b/active", "1") == "EBUSY"
    assert read(kernel, "devices/b/active") == "0\n[key]\n"
    assert refusal(kernel, "devices/a/active", "0") is None
    assert refusal(kernel, "devices/b/active", "1") is None
    assert refusal(kernel, BLOCKIO, "del_device b") is None
    assert refusal(kernel, BLOCKIO, "add_device c filename=/dev/sda") is None
    assert refusal(kernel, FILEIO, "add_device f filename=/dev/sda") is None


@pytest.mark.parametrize("setup_id, name, identity, number", [
    ("0x0", "d3", "cc5665cd-d3", "cc5665cd"), ("0x1", "d3", "1cc5665cd-d3", "1cc5665cd"),
    ("0x1234", "d" * 20, None, None),
])
def test_an_identity_has_the_setup_id_in_front_of_the_name_s_number(tmp_path, setup_id, name, identity, number):
    kernel = recorded_box(tmp_path)
    assert refusal(kernel, "setup_id", setup_id) is None
    assert refusal(kernel, "handlers/vdisk_nullio/mgmt", f"add_device {name}") is None
    shown = {key: read(kernel, f"devices/{name}/{key}").strip() for key in ("t10_dev_id", "vend_specific_id", "usn", "prod_id")}
    if identity is not None:
        assert shown == {"t10_dev_id": identity, "vend_specific_id": identity, "usn": number, "prod_id": name}
    else:
        assert shown["t10_dev_id"] == f"{shown['usn']}-{name}"[:25]
        assert len(shown["usn"]) == 12 and shown["prod_id"] == name[:16]


def test_a_device_of_a_cluster_keeps_its_identity(tmp_path):
    kernel = recorded_box(tmp_path)
    assert refusal(kernel, "handlers/vdisk_nullio/mgmt", "add_device n cluster_mode=1; t10_dev_id=MINE") is None
    assert read(kernel, "devices/n/t10_dev_id") == "MINE\n[key]\n"
    assert refusal(kernel, "devices/n/t10_dev_id", "OTHER") == "EPERM"
    assert refusal(kernel, "devices/n/usn", "OTHER") is None
    assert refusal(kernel, "devices/n/cluster_mode", "0") is None
    assert refusal(kernel, "devices/n/t10_dev_id", "OTHER") is None
