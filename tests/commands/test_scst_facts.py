"""What a running SCST demands of values, of attributes together, and of the order of writes."""

from __future__ import annotations

import pytest
from boxes import do, session_on

from esosh.errors import ChecksRefuse, EsoshError, Refused

T, FC = "iqn.2026-11.local.esos1:target1", "21:00:00:e0:8b:9d:74:49"
ROOT = "/sys/kernel/scst_tgt"


@pytest.fixture
def session(box):
    """A session on the box, which has a disk that no device is on."""
    box.path("/dev/sdd").write_bytes(bytes(1 << 20))
    return session_on(box)


def found(session, *lines: str) -> str:
    """What `check` finds after these lines."""
    try:
        return do(session, *lines, "check")
    except ChecksRefuse as refused:
        return "\n".join(refused.details)


def writes(session) -> list[tuple[str, str]]:
    """The writes to SCST that `plan` shows: the text, and the last names of the path."""
    lines = [line.split("echo ", 1)[1] for line in do(session, "plan").splitlines() if f"> {ROOT}/" in line]
    pairs = [line.split(f" > {ROOT}/") for line in lines]
    return [(text.strip("'"), path.split()[0]) for text, path in pairs]


@pytest.mark.parametrize("line, said", [
    (f"scst target set {T} redirect=10.0.0.1", "temp or perm"), (f'scst target set {T} redirect="10.0.0.1:0 temp"', "ADDRESS[:PORT]"),
    (f'scst target set {T} redirect="fe80::1 perm"', "in brackets"), ("scst target add iscsi iqn.2026-11.x:t redirect=san1", "temp or perm"),
    ("scst device set disk01 opt_trans_len=1000", "multiple of the blocksize"), (f"scst set cluster_name={'x' * 64}", "63 bytes at the most"),
    ("scst device add vdisk_nullio n opt_trans_len=1000", "multiple of the blocksize"),
    (f"scst target set {T} cpu_mask=ff,", "hexadecimal digits"), ("scst device set disk01 eui64_id=0x12", "16, 24 or 32 digits"),
    (f"scst target set {T} QueuedCommands=0", "from 1 to 2048"), (f"scst target set {T} io_grouping_type=0", "or a number from 1"),
    ('scst driver set iscsi isns_entity_name="san 1"', "one word"), ('scst driver set iscsi iSNSServer="10.0.0.9 more"', "AccessControl"),
    (f"scst target set {T} black_hole=5", "from 0 to 4"), ("scst device set disk01 numa_node_id=-7", "or -1 for any"),
])
def test_a_value_that_scst_refuses_is_refused_when_it_is_typed(session, line, said):
    with pytest.raises(Refused) as refused:
        do(session, line)
    assert refused.value.code == "E206" and said in str(refused.value)
    assert do(session, "diff") == "no differences\n"


@pytest.mark.parametrize("key, typed, shown", [
    ("redirect", '"10.0.0.1:3260 temp"', '"10.0.0.1 temp"'), ("redirect", '"[FE80::1]:3261 PERM"', '"[fe80::1]:3261 perm"'),
    ("cpu_mask", "00000001", "1"), ("io_grouping_type", "007", "7"),
])
def test_a_value_is_committed_saved_and_shown_in_the_form_that_the_daemon_shows(session, box, key, typed, shown):
    assert "committed" in do(session, f"scst target set {T} {key}={typed}", "commit")
    assert f"{key}={shown}" in do(session, f"show scst {T}")
    assert f"{key} {shown}\n" in box.read("/etc/scst.conf")
    assert do(session, f"scst target set {T} {key}={typed}", "diff") == "no differences\n"
    assert "runs otherwise" not in do(session, "status")


def test_names_of_a_disk_are_shown_in_lower_case(session):
    do(session, "scst device set disk01 naa_id=0X6001405ABCDEF0000000000000000001 eui64_id=0x00A0B0C0D0E0F001", "commit")
    assert "eui64_id=0x00a0b0c0d0e0f001" in do(session, "show scst disk01")
    assert "naa_id=0x6001405abcdef0000000000000000001" in do(session, "show scst disk01")


@pytest.mark.parametrize("lines, code, said", [
    (["scst device add vdisk_fileio f filename=/mnt/vdisks/vd1/disk03.img o_direct=1"], "E380", "needs async too"),
    (["scst device add vdisk_blockio b filename=/dev/sdd", "scst device add vdisk_blockio c filename=/dev/sdd"], "E381", "for one vdisk_blockio only"),
    (["scst device add vdisk_blockio b filename=/dev/sdd", "scst device add vdisk_blockio c filename=/dev/sdd active=0"], "W362", "lose data"),
    (["scst device add vdisk_fileio a filename=/dev/sdd", "scst device add vdisk_blockio b filename=/dev/sdd",
      "scst device add vdisk_blockio c filename=/dev/sdd"], "E381", "scst c: b is on /dev/sdd too"),
    ([f"scst target set {T} cpu_mask=4"], "E382", "cpu_mask 4 has processors that the box lacks: all it has are 3"),
    ([f"scst group add {T} g cpu_mask=ff"], "E382", "group g: cpu_mask ff"),
    (["scst device add vdisk_blockio b filename=/dev/sdd read_only=1 thin_provisioned=1"], "E360", "cannot have thin_provisioned"),
    (["scst device add vdisk_nullio n blocksize=4096 opt_trans_len=512"], "E361", "opt_trans_len is not a multiple of its blocksize, 4096"),
    ([f"scst group add {FC} g per_sess_dedicated_tgt_threads=1"], "E341", "qla2x00t has no per_sess_dedicated_tgt_threads"),
    ([f"scst target set {T} phys_transport_version=0x1"], "E341", "iscsi has no phys_transport_version"),
    (["scst device set disk03 zero_copy=1"], "E341", "no zero_copy here"),
])
def test_what_scst_refuses_of_attributes_together_is_found_before(session, lines, code, said):
    told = found(session, *lines)
    assert code in told and said in told


@pytest.mark.parametrize("lines", [
    ["scst device add vdisk_fileio f filename=/mnt/vdisks/vd1/disk03.img o_direct=1 async=1"],
    [f"scst target set {T} cpu_mask=3"], [f"scst group add {T} g per_sess_dedicated_tgt_threads=1"],
    ["scst device add vdisk_nullio n blocksize=4096 opt_trans_len=8192"],
    [f"scst target set {T} forward_dst=1"],
])
def test_what_scst_accepts_is_committed(session, lines):
    assert not {"E3"} & {line[:2] for line in found(session, *lines).splitlines()}
    assert "committed" in do(session, "commit")


def test_an_identity_that_scst_made_up_under_a_setup_id_is_no_configuration(session, box):
    name = "a-long-name-of-a-device"
    do(session, "scst set setup_id=0x1", "commit", f"scst device add vdisk_nullio {name}", "commit")
    assert box.read(f"{ROOT}/devices/{name}/t10_dev_id").strip() == f"{box.read(f'{ROOT}/devices/{name}/usn').strip()}-{name}"[:25]
    assert do(session, f"show scst {name}") == f"scst device add vdisk_nullio {name}\n"
    assert "runs otherwise" not in do(session, "status")


def test_a_device_of_a_cluster_has_its_identity_before_it_is_one(session):
    do(session, "scst device add vdisk_nullio n cluster_mode=1 t10_dev_id=MINE usn=5")
    assert writes(session) == [
        ("add_device n t10_dev_id=MINE", "handlers/vdisk_nullio/mgmt"), ("5", "devices/n/usn"), ("1", "devices/n/cluster_mode"),
    ]
    assert "committed" in do(session, "commit")


@pytest.mark.parametrize("before, line, order", [
    ("t10_dev_id=A", "scst device set n cluster_mode=1 t10_dev_id=B", ["t10_dev_id", "cluster_mode"]),
    ("t10_dev_id=A cluster_mode=1", "scst device set n cluster_mode=0 t10_dev_id=B", ["cluster_mode", "t10_dev_id"]),
])
def test_an_identity_changes_while_cluster_mode_is_off(session, box, before, line, order):
    do(session, f"scst device add vdisk_nullio n {before}", "commit")
    lines = do(session, "show")
    do(session, line)
    assert [path.rpartition("/")[2] for _, path in writes(session)] == order
    box.path("/faults").write_text("replace /etc/scst.conf EIO\n")
    with pytest.raises(EsoshError, match="undone and checked"):
        do(session_on(type(box)(str(box.path("/")))), "commit allow io")
    box.path("/faults").unlink()
    assert "committed" in do(session, "commit allow io")
    assert do(session, "show") != lines


def test_an_identity_that_scst_keeps_is_told_with_the_way_out(session):
    do(session, "scst device add vdisk_nullio n t10_dev_id=A cluster_mode=1", "commit")
    told = found(session, "scst device set n t10_dev_id=B")
    assert "E383" in told and "scst device set n cluster_mode=0" in told


@pytest.mark.parametrize("identity", ['"with;mark"', '"a=b"'])
def test_an_identity_that_is_no_word_of_add_device_is_written_afterwards(session, identity):
    do(session, f"scst device add vdisk_nullio n t10_dev_id={identity}")
    assert [path for _, path in writes(session)] == ["handlers/vdisk_nullio/mgmt", "devices/n/t10_dev_id"]
    assert "committed" in do(session, "commit")


def test_an_older_scst_whose_add_device_takes_no_identity_gets_it_afterwards(session, box):
    mgmt = box.path(f"{ROOT}/handlers/vdisk_nullio/mgmt")
    mgmt.write_text(mgmt.read_text().replace(", t10_dev_id", ""))
    do(session, "scst device add vdisk_nullio n t10_dev_id=MINE read_only=1")
    assert writes(session) == [("add_device n read_only=1", "handlers/vdisk_nullio/mgmt"), ("MINE", "devices/n/t10_dev_id")]


def test_a_disk_goes_from_one_device_to_another_in_one_commit(session):
    do(session, "scst device add vdisk_blockio a filename=/dev/sdd", "scst device add vdisk_blockio z filename=/dev/sdd active=0", "commit")
    do(session, "scst device set a active=0", "scst device set z active=1")
    assert "committed" in do(session, "commit allow io")
    do(session, "scst device set a active=1", "scst device set z active=0")
    assert "committed" in do(session, "commit allow io")
    do(session, "scst device set a active=0", "scst device add vdisk_blockio b filename=/dev/sdd")
    assert "committed" in do(session, "commit allow io")


def test_a_disk_that_links_hide_from_the_checks_is_told_by_the_kernel(session, box):
    box.path("/dev/link").symlink_to("sdd")
    do(session, "scst device add vdisk_blockio a filename=/dev/sdd", "commit", "scst device add vdisk_blockio b filename=/dev/link")
    with pytest.raises(EsoshError) as failed:
        do(session, "commit")
    assert "/dev/link is in use (device or resource busy: " in "\n".join(failed.value.details)


@pytest.fixture
def with_local(box):
    """A session on the box with a target of scst_local that has a LUN, a group, and a target group."""
    box.replace("/hardware", box.read("/hardware") + "module scst_local\n")
    session = session_on(box)
    do(session, f"scst lun add {T} 0 disk01", "commit", "svc stop scst", "svc start scst")
    do(session, "scst target add scst_local loc", "scst lun add loc 0 disk01", "scst group add loc g", "scst lun add loc group g 1 disk02",
       "scst initiator add loc group g ini", "alua dgrp add d", "alua tgrp add d t group_id=3", "alua target add d t loc", "commit")
    return session


def test_a_running_target_of_scst_local_takes_its_first_id_in_place(with_local):
    do(with_local, "scst target set loc rel_tgt_id=7")
    assert writes(with_local) == [("7", "targets/scst_local/loc/rel_tgt_id")]
    assert "committed" in do(with_local, "commit allow io")
    assert "rel_tgt_id=7" in do(with_local, "show scst loc")


def test_a_running_target_takes_over_the_id_of_another_and_both_go_back(with_local, box):
    do(with_local, "scst target add scst_local two rel_tgt_id=7", "commit")
    lines = do(with_local, "show")
    again = session_on(box)
    do(again, "scst target set two rel_tgt_id=8", "scst target set loc rel_tgt_id=7")
    box.path("/faults").write_text("replace /etc/scst.conf EIO\n")
    with pytest.raises(EsoshError, match="undone and checked"):
        do(session_on(type(box)(str(box.path("/")))), "commit allow io")
    box.path("/faults").unlink()
    assert do(again, "commit allow io") and do(session_on(box), "show") != lines
    assert [box.read(f"{ROOT}/targets/scst_local/{name}/rel_tgt_id").split()[0] for name in ("loc", "two")] == ["7", "8"]


def test_the_first_id_of_a_running_target_is_taken_back_with_all_that_the_target_has(with_local, box):
    lines = do(with_local, "show")
    again = session_on(box)
    do(again, "scst target set loc rel_tgt_id=7", "scst lun add loc 5 disk03", "scst lun del loc 0", "scst target set loc comment=x")
    box.path("/faults").write_text("replace /etc/scst.conf EIO\n")
    with pytest.raises(EsoshError, match="undone and checked"):
        do(session_on(type(box)(str(box.path("/")))), "commit allow io")
    box.path("/faults").unlink()
    do(again, "abort")
    assert do(session_on(box), "show") == lines
    assert box.read(f"{ROOT}/targets/scst_local/loc/rel_tgt_id") == "0\n"
    assert box.readlink(f"{ROOT}/device_groups/d/target_groups/t/loc") is not None
