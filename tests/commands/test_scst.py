"""scst lines: what they make, what they refuse, and what the plan says of those who use what goes."""

from __future__ import annotations

import pytest
from boxes import do, session_on

from esosh.errors import ChecksRefuse, EsoshError, LineError, Refused

T = "iqn.2026-11.local.esos1:target1"
FC, SPARE = "21:00:00:e0:8b:9d:74:49", "21:01:00:e0:8b:bd:74:49"
USED = (  # disk01 as two LUNs, with an initiator, and in a device group
    f"scst lun add {T} 3 disk01", f"scst group add {T} esx", f"scst lun add {T} group esx 0 disk01 read_only=1",
    f"scst initiator add {T} group esx iqn.1998-01.com.vmware:esx1", "alua dgrp add esos", "alua device add esos disk01",
    f"scst target enable {T}", "scst driver enable iscsi",
)


def shown(session, *lines: str) -> list[str]:
    """The lines of SCST that others do not have: those of a new box are left out."""
    fresh = do(session, "show").splitlines()
    do(session, *lines)
    return [line for line in do(session, "show").splitlines() if line not in fresh]


ELSE = f"everyone else sees it: all initiators that are in no group of {T}"


@pytest.mark.parametrize("lines, expected", [
    (["scst device add vdisk_nullio n1"], ["scst device add vdisk_nullio n1"]),
    (["scst device add vdisk_nullio n1 size_mb=16"], ["scst device add vdisk_nullio n1 size=16777216"]),
    (["scst device add vdisk_fileio f1 filename=/mnt/vdisks/vd1/disk03.img nv_cache=1 blocksize=512"],
     ["scst device add vdisk_fileio f1 filename=/mnt/vdisks/vd1/disk03.img nv_cache=1"]),
    (["scst device set disk01 threads_num=08 usn=ABC"], ["scst device add vdisk_blockio disk01 filename=/dev/sdb threads_num=8 usn=ABC"]),
    (["scst device set disk01 threads_num=4", "scst device set disk01 threads_num=1"], []),
    (["scst device set disk01 usn=A", "scst device unset disk01 usn"], []),
    (["scst device set disk01 t10_vend_id=\"my disk\""],
     ["scst device add vdisk_blockio disk01 filename=/dev/sdb t10_vend_id=\"my disk\""]),
    (["scst target add iscsi iqn.2026-11.lab:t2 HeaderDigest=CRC32C allowed_portal=10.0.0.1 allowed_portal=10.0.0.2"],
     ["scst target add iscsi iqn.2026-11.lab:t2 HeaderDigest=CRC32C allowed_portal=10.0.0.1 allowed_portal=10.0.0.2"]),
    ([f"scst target enable {T} {FC}"], [f"scst target set {FC} rel_tgt_id=2", f"scst target enable {FC}",
                                        f"scst target add iscsi {T} rel_tgt_id=1", f"scst target enable {T}"]),
    ([f'scst target set {T} IncomingUser="joe secretsecret12" OutgoingUser="box secretsecret13"'],
     [f'scst target add iscsi {T} IncomingUser="joe ****" OutgoingUser="box ****"']),
    ([f'scst target set {T} IncomingUser="joe secretsecret12" IncomingUser="ann secretsecret12"',
      f"scst target unset {T} IncomingUser=joe"], [f'scst target add iscsi {T} IncomingUser="ann ****"']),
    (["scst set setup_id=0X1234", "scst set cluster_name=lab"], ["scst set cluster_name=lab setup_id=0x1234"]),
    ([f"scst lun add {T} 00 disk01", f"scst lun set {T} 0 device=disk02"], [f"scst lun add {T} 0 disk02"]),
    ([*USED, f"scst target rename {T} iqn.2026-11.lab:new", "alua tgrp add esos local", "scst group del iqn.2026-11.lab:new esx"],
     ["scst driver enable iscsi", "scst target add iscsi iqn.2026-11.lab:new rel_tgt_id=1",
      "scst lun add iqn.2026-11.lab:new 3 disk01", "scst target enable iqn.2026-11.lab:new", "alua dgrp add esos",
      "alua tgrp add esos local", "alua device add esos disk01"]),
], ids=lambda value: value[0][:40] if value else "nothing")
def test_lines_make_what_show_prints(session, lines, expected):
    assert shown(session, *lines) == expected
    do(session, "commit allow io")
    assert [line for line in do(session, "show").splitlines() if line in expected] == expected
    assert "nothing to do" in do(session, "plan")


@pytest.mark.parametrize("line, error, said", [
    ("scst device add vdisk_blockio mgmt filename=/dev/sdb", Refused, "the name of one of SCST's own files"),
    ("scst device add vdisk_blockio type filename=/dev/sdb", Refused, "the name of one of SCST's own files"),
    ("scst device add vdisk_nullio a.b", LineError, "does not fit"), ("scst device add vdisk_nullio a/b", LineError, "does not fit"),
    (f"scst device add vdisk_nullio {'x' * 65}", LineError, "does not fit"),
    (f"scst device add vdisk_nullio {'é' * 33}", Refused, "too long"),
    ("scst device add vdisk_blockio d9", Refused, "needs a file: filename=/..."),
    ("scst device add vdisk_blockio d9 nv_cache=1", Refused, "needs a file"),
    ("scst device add vdisk_fileio d9 filename=x.img", LineError, "does not fit"),
    ('scst device add vdisk_fileio d9 filename="/a;b"', LineError, "does not fit"),
    ("scst device add vdisk_fileio disk01 filename=/x", Refused, "already exists, with handler vdisk_blockio"),
    ("scst device add vdisk_blockio disk01 filename=/x", Refused, "already exists with other settings"),
    ("scst device set disk09 threads_num=2", Refused, "there are: disk01 disk02 disk03"),
    ("scst device set disk01 size=5", Refused, "takes over a new one"), ("scst device unset disk01 usn", Refused, "no usn of its own"),
    ("scst device unset disk01 filename", Refused, "needs its file"), ("scst device del nosuch", Refused, "no SCST device nosuch"),
    ("scst device set disk01 threads_num=2 threads_num=3", Refused, "given twice"),
    (f"scst lun add {T} 16384 disk01", Refused, "0 to 16383"), (f"scst lun add {T} 0 nosuch", Refused, "no SCST device"),
    (f"scst lun add {T} group nosuch 0 disk01", Refused, "no initiator group"), (f"scst lun del {T} 0", Refused, f"no LUN of {T}: 0"),
    ("scst target add iscsi enabled", Refused, "the name of one of SCST's own files"),
    (f"scst target add iscsi {T.upper()}", Refused, "SCST treats both names as one"),
    ("scst driver enable copy_manager", Refused, "no switch"), ("scst driver disable copy_manager", Refused, "no switch"),
    ("scst target add copy_manager x", Refused, "makes no targets"), ("scst target del copy_manager_tgt", Refused, "no target on this host"),
    ("scst driver set copy_manager allow_not_connected_copy=2", LineError, "does not fit"),
    ("scst target add nosuch x", Refused, "no target driver nosuch"), (f"scst target set {T} rel_tgt_id=65536", Refused, "1 to 65535"),
    (f"scst target set {T} forwarding=1", Refused, "forward_dst"), (f"scst target set {T} enabled=1", Refused, "enable and disable"),
    (f'scst target set {T} IncomingUser="joe short"', Refused, "12 letters"), (f'scst target set {T} IncomingUser="joe @secretsecret"', Refused, "no @"),
    ("scst device set disk01 threads_num=100000", Refused, "1000 at the most"), ("scst device add vdisk_nullio a!b", LineError, "does not fit"),
    ("scst device add dev_disk foo", Refused, "has the name of its SCSI device, H:C:I:L"), ("scst set threads=0", Refused, "from 1 to 1000"),
    ("scst device set disk01 naa_id=0x5001", Refused, "0x and 16 digits"), ("scst device set disk01 naa_id=0x6001405000000001", Refused, "or 32"),
    ("scst unset threads", Refused, "no threads"), ("scst set setup_id=ab", LineError, "does not fit"),
    (f'scst target set {T} IncomingUsr="joe secretsecret12"', Refused, "a user is IncomingUser"),
    (f'scst target set {T} IncomingUser="joe ****"', Refused, "masked"), (f'scst target set {T} IncomingUser="joe @ask"', Refused, "nobody"),
    (f"scst target set {T} IncomingUser=joe", LineError, "does not fit"), (f"scst target unset {T} IncomingUser=joe", Refused, "no IncomingUser"),
    (f"scst target rename {T} {FC}", Refused, f"{FC} belongs to qla2x00t, and {T} to iscsi"), (f"scst target rename nosuch {T}", Refused, "no target on this host"), (f"scst target set {T} rel_tgt_id=0", Refused, "1 to 65535"),
    (f"scst target lip {T}", Refused, "not a running Fibre Channel port"), ("scst device resync nosuch", Refused, "no SCST device"),
    ("scst device add vdisk_bockio x filename=/dev/sdb", Refused, "no handler vdisk_bockio"), ("scst device add vdisk_x d", Refused, "no handler"),
    ("scst device add disk09 vdisk_blockio", Refused, "no handler disk09"), ("scst device add dev_dsik 1:0:0:0", Refused, "no handler dev_dsik"),
    (f"scst group add {T} mgmt", Refused, "SCST's own"), (f"scst initiator add {T} group esx x", Refused, "no initiator group"),
], ids=lambda value: value if isinstance(value, str) else "")
def test_what_scst_would_refuse_or_take_amiss_is_refused_before(session, line, error, said):
    with pytest.raises(error) as refused:
        do(session, line)
    assert said in str(refused.value)
    assert do(session, "diff") == "no differences\n"


@pytest.mark.parametrize("line, hint", [
    ("scst device add vdisk_bockio x filename=/dev/sdb", "scst device add vdisk_blockio x filename=/dev/sdb"),
    ("scst device add disk09 vdisk_blockio filename=/dev/sdb", "scst device add vdisk_blockio disk09 filename=/dev/sdb"),
    ("scst device add blockio x filename=/dev/sdb", "scst device add vdisk_blockio x filename=/dev/sdb"), ("scst device add vdisk_x d", ""),
    ("scst device add vdisk bar", "scst device add vdisk_blockio bar"), ("scst device resync disk0", "scst device resync disk01"),
    (f"scst initiator del {T} group esx iqn.1998-01.com.vmware:nope", ""),
    (f"scst initiator del {T} group esx iqn.1998-01.com.vmware:ex1", f"scst initiator del {T} group esx iqn.1998-01.com.vmware:esx1"),
    ("scst device del disk09", ""), ("scst device del dsik01", ""), ("scst device del disk01 disk001", ""), ("scst device del disk001", "scst device del disk01"),
    ("scst device set dsik01 threads_num=2", "scst device set disk01 threads_num=2"), ("scst target lip 21:00:00:e0:8b:9d:74:50", "scst target lip " + FC),
    ("scst target del iqn.2026-11.local.other:disk", ""), ("scst target lip 0x210000E08B9D7449", f"scst target lip {FC}"),
    (f"scst target del {T.upper()}", f"scst target del {T}"), (f"scst target add iscsi {T.upper()}", f"scst target add iscsi {T}"),
    ("scst target add qla2x00t 21:00:00:E0:8B:9D:88:10", "scst target add qla2x00t 21:00:00:e0:8b:9d:88:10"),
    (f"scst target rename {FC} 0x210000e08b9d8810", f"scst target rename {FC} 21:00:00:e0:8b:9d:88:10"),
    (f"scst target rename {FC} {SPARE.upper()}", f"scst target rename {FC} {SPARE}"),
])
def test_what_is_suggested_is_near_and_never_takes_away_what_was_hardly_meant(session, line, hint):
    do(session, f"scst group add {T} esx", f"scst initiator add {T} group esx iqn.1998-01.com.vmware:esx1")
    with pytest.raises(Refused) as refused:
        do(session, line)
    assert refused.value.hint == hint


@pytest.mark.parametrize("handler", ["dev_disk", "dev_tape", "dev_cdrom", "my_disk", "copyd"])
def test_a_handler_that_the_kernel_alone_knows_is_left_to_the_checks(session, handler):
    do(session, f"scst device add {handler} 1:0:0:0")
    assert f"scst device add {handler} 1:0:0:0" in do(session, "diff")


def test_a_vcdrom_gets_a_disc_and_gives_it_back(session):
    do(session, "scst device add vcdrom cd1 filename=/x.iso", "scst device unset cd1 filename")
    assert "+ scst device add vcdrom cd1\n" in do(session, "diff")


def test_a_device_is_looked_at_again_only_where_scst_runs(session):
    do(session, "svc stop scst")
    with pytest.raises(Refused, match="SCST is stopped") as refused:
        do(session, "scst device resync disk01")
    assert refused.value.hint == "svc start scst"


def test_a_forgotten_group_never_touches_another_lun(session):
    do(session, *USED)
    with pytest.raises(Refused) as refused:
        do(session, f"scst lun del {T} 0")
    assert refused.value.hint == f"scst lun del {T} group esx 0"


def test_an_initiator_is_in_one_group_of_a_target(session):
    do(session, *USED, f"scst group add {T} other")
    with pytest.raises(Refused, match="is in group esx"):
        do(session, f"scst initiator add {T} group other iqn.1998-01.com.vmware:esx1")


def test_a_device_in_use_leaves_its_luns_and_its_group_first_and_undo_brings_all_back(session, box):
    do(session, *USED, "commit")
    lines = do(session, "show")
    told = do(session, "scst device del disk01")
    assert "LUN 3 of" in told and "group esx" in told and "device group esos" in told

    planned = do(session, "plan")
    steps = [line for line in planned.splitlines() if "echo" in line]
    assert [step.split("echo ")[1].split(" >")[0] for step in steps] == ["'del disk01'", "'del 3'", "'del 0'", "'del_device disk01'"]
    assert "disk01 was LUN 3 of" in planned and "was in device group esos" in planned and "worst: io" in planned

    with pytest.raises(ChecksRefuse, match="disrupts io"):
        do(session, "commit")
    with pytest.raises(EsoshError, match="undone and checked"):
        do(with_fault(box, "replace /etc/scst.conf EIO"), "commit allow io")
    box.path("/faults").unlink()
    do(session, "abort")
    assert do(session, "show") == lines


def test_a_port_of_a_card_cannot_go(session):
    do(session, f"scst target del {FC}")
    with pytest.raises(ChecksRefuse) as refused:
        do(session, "commit")
    assert "E338" in "\n".join(refused.value.details)


def test_an_exchanged_card_s_settings_go_to_the_new_port(session, box):
    old = "21:00:00:e0:8b:00:00:01"
    target = f"\tTARGET {old} {{\n\t\tenabled 1\n\t\trel_tgt_id 7\n\n\t\tLUN 0 disk01\n\t}}\n"
    box.replace("/etc/scst.conf", f"TARGET_DRIVER qla2x00t {{\n{target}}}\n")
    assert "E337" in do(session, "check")
    do(session, f"scst target rename {old} {SPARE}", "commit allow io")
    assert f"scst target set {SPARE} rel_tgt_id=7" in do(session, "show scst")
    assert f"scst lun add {SPARE} 0 disk01" in do(session, "show scst")
    assert old not in box.read("/etc/scst.conf") + do(session, "show")


def test_a_card_that_was_exchanged_while_scst_was_stopped_is_told_and_its_settings_follow(session, box):
    new = "21:00:00:e0:8b:9d:88:10"
    do(session, f"scst lun add {FC} 0 disk01", f"scst target enable {FC}", "commit", "svc stop scst")
    box.replace("/hardware", box.read("/hardware").replace(FC, new))
    with pytest.raises(EsoshError, match="scst does not run"):
        do(session, "svc start scst")
    assert f"E337 scst {FC}" in do(session, "check")
    assert "E337" not in do(session, f"scst target rename {FC} {new}", "check")
    do(session, "commit allow io", "svc start scst")
    assert do(session, f"scst target lip {new}") == f"{new}: LIP issued\n"
    assert f"scst lun add {new} 0 disk01" in do(session, "show scst")


@pytest.mark.parametrize("line, told", [
    (f"scst lun add {T} 2 disk01", [ELSE, f"for group also alone: scst lun add {T} group also 2 disk01"]),
    (f"scst lun set {T} 5 device=disk02", [ELSE]), (f"scst lun add {T} group esx 2 disk01", []), (f"scst lun add {FC} 2 disk01", []),
    (f"scst lun add {T} 5 disk01", ["already so"]),
])
def test_a_lun_without_its_group_is_said_to_be_everyone_else_s(session, line, told):
    do(session, f"scst lun add {T} 5 disk01", f"scst group add {T} esx", f"scst group add {T} also")
    assert do(session, line).splitlines()[: len(told) or None] == told


@pytest.mark.parametrize("lines, code", [
    (["scst device set disk01 strange=1"], "E341"), (["scst device set disk03 read_zero=1"], "E341"),
    ([f"scst target set {FC} HeaderDigest=CRC32C"], "E341"), ([f"scst target set {FC} allowed_portal=10.0.0.1"], "E341"),
    (["scst device add vdisk_nullio n1 size=1000000"], "E361"), (["svc stop scst", "alua dgrp add esos"], "E364"),
    (["scst device add vdisk_fileio f1 filename=/mnt/vdisks/vd1/disk03.img"], "W362"),
    (["scst driver set qla2x00t iSNSServer=10.1.1.1"], "E341"), (['scst driver set qla2x00t IncomingUser="joe secretsecret12"'], "E341"),
    (["scst set threads=4", "commit", "scst unset threads"], "E367"),
    (["scst device add vdisk_fileio f1 filename=/nowhere"], "E363"), (["scst driver enable qla2x00t"], "E341"),
    (["scst driver set copy_manager link_local=0"], "E341"), (["scst driver set iscsi allow_not_connected_copy=1"], "E341"),
    (['scst driver set copy_manager IncomingUser="joe secretsecret12"'], "E341"), (["scst device set disk01 read_only=1 nv_cache=1"], "E360"), (["scst device add nosuch d9"], "E335"),
    (["scst target add iscsi x"], "W331"), ([f"scst target enable {T}"], "W332"), ([f"scst lun add {T} 1 disk01"], "W333"),
    (["scst target add qla2x00t 21:00:00:00:00:00:00:99"], "E337"),
    ([f"scst target set {T} rel_tgt_id=5", f"scst target set {FC} rel_tgt_id=5", f"scst target enable {T} {FC}"], "E315"),
])
def test_the_checks_find(session, lines, code):
    do(session, *lines)
    try:
        found = do(session, "check")
    except ChecksRefuse as refused:
        found = "\n".join(refused.details)
    assert code in found


def test_what_esosh_does_not_know_is_set_where_sysfs_has_it(session, box):
    box.path("/sys/kernel/scst_tgt/devices/disk01/strange").write_text("0\n")
    do(session, "scst device set disk01 strange=7", "commit")
    assert "strange 7\n" in box.read("/etc/scst.conf")
    assert "strange=7" in do(session, "show scst disk01")


def test_an_initiator_that_is_logged_in_keeps_what_it_sees_unless_forced(session, box):
    do(session, *USED, "commit")
    folder = box.path(f"/sys/kernel/scst_tgt/targets/iscsi/{T}/sessions/iqn.1998-01.com.vmware:esx1")
    folder.mkdir()
    (folder / "initiator_name").write_text("iqn.1998-01.com.vmware:esx1\n")
    (folder / "luns").symlink_to("../../ini_groups/esx/luns")
    do(session, f"scst lun del {T} group esx 0")
    with pytest.raises(ChecksRefuse) as refused:
        do(session, "commit allow io")
    assert "iqn.1998-01.com.vmware:esx1 is logged in and would lose LUN 0 (disk01)" in "\n".join(refused.value.details)
    assert "committed" in do(session, 'commit allow io force "it moves to san2"')


def test_a_device_is_not_made_anew_under_an_initiator_unless_forced(session, box):
    do(session, *USED, "commit")
    folder = box.path(f"/sys/kernel/scst_tgt/targets/iscsi/{T}/sessions/iqn.1998-01.com.vmware:esx1")
    folder.mkdir()
    (folder / "initiator_name").write_text("iqn.1998-01.com.vmware:esx1\n")
    (folder / "luns").symlink_to("../../ini_groups/esx/luns")
    do(session, "scst device set disk01 blocksize=4096")
    with pytest.raises(ChecksRefuse) as refused:
        do(session, "check")
    assert "is logged in and would have disk01 recreated under it" in "\n".join(refused.value.details)


def test_taking_everything_of_a_section_away_must_be_forced(session):
    do(session, "scst device del disk01 disk02 disk03", f"scst target del {T}")
    with pytest.raises(ChecksRefuse) as refused:
        do(session, "commit allow io")
    assert "E303" in "\n".join(refused.value.details)


def with_fault(box, line: str):
    """A session on the box, whose kernel fails as ordered."""
    box.path("/faults").write_text(f"{line}\n")
    return session_on(type(box)(str(box.path("/"))))


def test_a_write_that_scst_queues_is_waited_for_and_looked_at(box):
    session = with_fault(box, "write */handlers/*/mgmt EAGAIN for 3")
    waits: list[float] = []
    session.progress = lambda number, steps, step, waited=0.0: waits.append(waited)
    assert "committed" in do(session, "scst device add vdisk_nullio n1", "commit")
    assert len([seconds for seconds in waits if seconds]) >= 2
    assert "n1" in do(session_on(box), "show scst")


def test_a_write_that_scst_queues_and_then_refuses_is_undone_with_its_result(box):
    session = with_fault(box, "write */handlers/*/mgmt EAGAIN for 2")
    with pytest.raises(EsoshError, match="undone and checked") as failed:
        do(session, "scst device add vdisk_blockio b1 filename=/mnt/vdisks/vd1/disk03.img", "commit")
    assert "SCST queued it, and then its last result was -15" in "\n".join(failed.value.details)


@pytest.mark.parametrize("lines, said", [
    (["scst device add vdisk_blockio b1 filename=/mnt/vdisks/vd1/disk03.img"], "/mnt/vdisks/vd1/disk03.img is not a block device"),
    (["scst driver set iscsi iSNSServer=10.0.0.9"], "no iSNS server answers at 10.0.0.9 (connection refused: /sys/kernel/scst_tgt/targets/iscsi/iSNSServer)"),
])
def test_what_the_kernel_refuses_all_the_same_is_told_in_words(session, lines, said):
    do(session, *lines)
    with pytest.raises(EsoshError) as failed:
        do(session, "commit allow io")
    assert said in "\n".join(failed.value.details)


@pytest.mark.parametrize("line, told", [
    ("scst device resync disk03", "disk03: "), (f"scst target lip {FC}", "LIP issued"),
    ("explain scst device resync disk03", "echo 1 > /sys/kernel/scst_tgt/devices/disk03/resync_size"),
])
def test_what_acts_at_once(session, line, told):
    assert told in do(session, line)
