"""Values of SCST that boxes have: digests in any order, secrets of any letters, drivers before SCST runs."""

from __future__ import annotations

import pytest
from boxes import do, session_on
from stopped import T, stopped_box

from esosh.errors import ChecksRefuse, Refused

DIGEST = (
    "HANDLER vdisk_nullio {\n\tDEVICE d\n}\n\nTARGET_DRIVER iscsi {\n\tenabled 1\n\n"
    f"\tTARGET {T} {{\n\t\tHeaderDigest CRC32C,None\n\t\tenabled 1\n\t\trel_tgt_id 1\n\n\t\tLUN 0 d\n\t}}\n}}\n"
)
USERS = DIGEST.replace("HeaderDigest CRC32C,None", "IncomingUser \"joe p\\#ssw0rd12345\"\n\t\tIncomingUser1 \"eve semi;colon12345\"")
MINE = "iqn.2026-11.local.esos1:target1"
KERNEL = f"/sys/kernel/scst_tgt/targets/iscsi/{MINE}"


def test_both_orders_of_a_digest_are_one_value(tmp_path):
    box = stopped_box(tmp_path, DIGEST)
    assert f"scst target add iscsi {T} rel_tgt_id=1 HeaderDigest=None,CRC32C" in do(session_on(box), f"show scst {T}")
    do(session_on(box), "svc start scst")
    assert "otherwise" not in do(session_on(box), "status")
    assert do(session_on(box), f"scst target set {T} HeaderDigest=CRC32C,None") == "already so\n"


@pytest.mark.parametrize("secret", ["p#ssw0rd12345", "semi;colon12345", "it'ssecret123", "back\\slash1234", "#begins12345"])
def test_a_secret_may_have_what_the_daemon_and_the_file_hold(session, box, secret, tmp_path):
    file = tmp_path / "secret"
    file.write_text(secret)
    do(session, f'scst target set {MINE} IncomingUser="joe @{file}"', "commit")
    assert box.read(f"{KERNEL}/IncomingUser").startswith(f"joe {secret}\n")
    saved = tmp_path / "all.esh"
    do(session, f"save {saved}", f"scst target unset {MINE} IncomingUser", "commit", "rollback 1", "commit")
    assert box.read(f"{KERNEL}/IncomingUser").startswith(f"joe {secret}\n")
    assert do(session, f"load {saved}") == "no edits: all of it is so already\n"
    assert secret not in do(session, "show") + do(session, "history 0") + box.read("/etc/esosh/config.esh")


@pytest.mark.parametrize("secret", ["with{brace1234", "with}brace1234", 'with"quote1234', "atitsend1234\\"])
def test_a_secret_that_the_file_cannot_hold_is_refused_at_the_commit(session, secret, tmp_path):
    file = tmp_path / "secret"
    file.write_text(secret)
    do(session, f'scst target set {MINE} IncomingUser="joe @{file}"')
    with pytest.raises(ChecksRefuse) as refused:
        do(session, "commit")
    assert any("E372" in detail for detail in refused.value.details)
    assert secret not in str(refused.value.details)


@pytest.mark.parametrize("secret", ["equal=sign1234", "short", "@secretsecret"])
def test_a_secret_that_the_daemon_cannot_take_is_refused_at_once(session, secret, tmp_path):
    file = tmp_path / "secret"
    file.write_text(secret)
    with pytest.raises(Refused, match="12 letters or more"):
        do(session, f'scst target set {MINE} IncomingUser="joe @{file}"')


def test_a_driver_that_comes_with_scst_is_enabled_and_set_before(tmp_path):
    box = stopped_box(tmp_path, "")
    do(session_on(box), "scst driver set iscsi iSNSServer=10.1.2.9", "scst driver enable iscsi", f"scst target add iscsi {T}", "commit")
    assert "iSNSServer 10.1.2.9" in box.read("/etc/scst.conf")
    with pytest.raises(Refused, match="no target driver qla2x00t"):
        do(session_on(box), "scst driver enable qla2x00t")
    do(session_on(box), "scst target add qla2x00t 21:00:00:e0:8b:9d:74:49", "scst driver enable qla2x00t")
    with pytest.raises(Refused, match="no target driver fcst"):
        do(session_on(box), "scst driver disable fcst")
