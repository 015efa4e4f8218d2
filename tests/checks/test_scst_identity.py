"""What initiators know a disk by: no change of it goes unnoticed, whoever or whatever brought it."""

from __future__ import annotations

import pytest
from boxes import do, session_on
from stopped import SCST_CONF, K, T, stopped_box

from esosh.checks.scst import identity
from esosh.config.scst import Scst
from esosh.errors import ChecksRefuse
from esosh.executors.scst import conf
from esosh.sandbox import Sandbox

FILE = f"""setup_id 0x0

HANDLER vdisk_blockio {{
	DEVICE a {{
		filename /dev/sdb
		# more
	}}

	DEVICE unseen {{
		filename /dev/sdc
	}}
}}

TARGET_DRIVER iscsi {{
	enabled 1

	TARGET {T} {{
		enabled 1
		rel_tgt_id 1
		LUN 0 a
		GROUP one {{
			LUN 1 a
			INITIATOR i
		}}
		GROUP two {{
			INITIATOR j
		}}
	}}

	TARGET {T}2 {{
		LUN 9 unseen
	}}
}}
"""
MADE_UP = "t10_dev_id 933ebd71-a\n\t\tusn 933ebd71\n\t\tvend_specific_id 933ebd71-a\n\t\tprod_id a\n\t\tt10_vend_id SCST_BIO"


def changed(*pairs: str) -> Scst:
    """What the file says with some words in place of others."""
    text = FILE
    for old, new in zip(pairs[::2], pairs[1::2]):
        assert old in text
        text = text.replace(old, new)
    return conf.read(text)


@pytest.mark.parametrize("new, texts", [
    (("# more", "t10_dev_id x"), ["t10_dev_id 933ebd71-a, then x"]),
    (("# more", "naa_id 0x6000000000000001\n\t\tusn y"), ["usn 933ebd71, then y; naa_id not set, then 0x6000000000000001"]),
    (("# more", "blocksize 4096"), ["blocksize 512, then 4096"]),
    (("# more", MADE_UP), []),
    (("# more", "prod_rev_lvl 9\n\t\tthreads_num 3"), []),
    (("/dev/sdc", "/dev/sdc\n\t\tusn y"), []),
    (("vdisk_blockio", "vdisk_fileio"), ["t10_vend_id SCST_BIO, then SCST_FIO"]),
    (("setup_id 0x0", "setup_id 0x10"), ["setup_id 0x0, then 0x10, of which SCST makes the identity of a when it starts again"]),
    (("setup_id 0x0", "setup_id 0x10", "# more", MADE_UP), []),
    (("LUN 0 a", "LUN 5 a"), ["a is LUN 0, then LUN 5"]),
    (("LUN 0 a", "LUN 0 a\n\t\tLUN 5 a"), []),
    (("LUN 0 a\n", "\n"), []),
    (("LUN 0 a\n", "LUN 0 unseen\n"), []),
    (("LUN 1 a", "LUN 2 a"), ["a is LUN 1, then LUN 2"]),
    (("LUN 1 a\n", "\n", "INITIATOR i", "INITIATOR k", "INITIATOR j", "INITIATOR i\n\t\t\tLUN 3 a"), ["a is LUN 1, then LUN 3"]),
    (("LUN 9 unseen", "LUN 8 unseen"), []),
    (("DEVICE a", "DEVICE b", "LUN 0 a", "LUN 0 b", "LUN 1 a", "LUN 1 b"),
     [f"LUN {number}: b is the disk of a, with prod_id a, then b; t10_dev_id 933ebd71-a, then a7d915e8-b; usn 933ebd71, then a7d915e8; "
      "vend_specific_id 933ebd71-a, then a7d915e8-b" for number in (0, 1)]),
    (("enabled 1\n\n", "enabled 0\n\n", "LUN 0 a", "LUN 5 a"), []),
])
def test_what_initiators_would_see_changed_is_named(new, texts):
    found = list(identity.findings(changed(), changed(*new)))

    assert [finding.text for finding in found] == [f"identity: initiators would see another disk: {text}" for text in texts]
    assert all(finding.code == "E368" and finding.overridable for finding in found)


@pytest.fixture
def old_box(tmp_path) -> Sandbox:
    """A box that runs from a file of an older ESOS, with an identity below the remark."""
    noted = "\n\t\t# Non-key attributes\n\t\tt10_dev_id 0badcafe-a\n\t\tthin_provisioned 1\n\t\tusn 0badcafe\n\t\tprod_rev_lvl \" 320\""
    box = stopped_box(tmp_path, "# Non-key attributes\nthreads 24\n\n" + FILE.replace("setup_id 0x0\n", "").replace("# more", noted))
    box.run(("/etc/rc.d/rc.scst", "start"))
    return box


def test_a_file_that_scst_started_from_is_what_runs(old_box):
    session = session_on(old_box)
    assert "not saved" not in do(session, "status")
    do(session, "reapply scst")
    assert [line for line in do(session, "diff").splitlines() if not line.startswith("+ scst target add qla2x00t")] == []


def test_a_rollback_keeps_the_identity_that_stands_below_the_remark(old_box):
    session = session_on(old_box)
    do(session, "scst set poll_us=1", "commit", "scst device set a threads_num=4", "commit", "rollback 1")
    assert "del_device" not in do(session, "plan")
    do(session, "commit")
    assert old_box.read(f"{K}/devices/a/t10_dev_id").startswith("0badcafe-a\n")
    assert "t10_dev_id 0badcafe-a" in old_box.read("/etc/scst.conf")


def test_what_runs_so_already_is_not_remade_for_a_file_that_notes_it(old_box):
    text = old_box.read("/etc/scst.conf")
    old_box.run(("/etc/rc.d/rc.scst", "stop"))
    old_box.replace("/etc/scst.conf", text.replace("\t\tthin_provisioned 1\n", ""))
    old_box.run(("/etc/rc.d/rc.scst", "start"))
    value = old_box.read(f"{K}/devices/a/thin_provisioned").partition("\n")[0]
    old_box.replace("/etc/scst.conf", text.replace("thin_provisioned 1", f"thin_provisioned {value}"))

    assert "del_device" not in do(session_on(old_box), "reapply scst", "plan")


def test_an_identity_that_changes_is_named_by_plan_and_check_and_is_forced_or_not_made(old_box):
    session = session_on(old_box)
    do(session, "scst device unset a t10_dev_id")
    said = "E368 scst a: identity: initiators would see another disk: t10_dev_id 0badcafe-a, then 933ebd71-a"
    assert said in do(session, "plan")
    for line in ("check", "commit allow io"):
        with pytest.raises(ChecksRefuse) as refused:
            do(session, line)
        assert said in "\n".join(refused.value.details)
    assert "committed" in do(session, "commit allow io force intended")
    assert old_box.read(f"{K}/devices/a/t10_dev_id").startswith("933ebd71-a\n")


def test_a_file_that_brings_another_identity_is_not_taken_without_force(tmp_path):
    box = stopped_box(tmp_path, SCST_CONF)
    box.run(("/etc/rc.d/rc.scst", "start"))
    box.replace("/etc/scst.conf", SCST_CONF.replace("\tDEVICE d\n", "\tDEVICE d {\n\t\t# Non-key attributes\n\t\tusn 0042\n\t}\n", 1))
    session = session_on(box)
    do(session, "reapply scst")
    with pytest.raises(ChecksRefuse, match="refuse"):
        do(session, "commit allow io")
