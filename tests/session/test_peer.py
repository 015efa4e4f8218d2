"""check peer: the other host's configuration from its files, from its lines, and from the host itself."""

from __future__ import annotations

import pytest
from boxes import Esosh, do, root_of, session_on
from places import EXAMPLES

from esosh.checks.scst import peer
from esosh.errors import ChecksRefuse, LineError, Refused
from esosh.executors import scst
from esosh.session import peer as peers

HOSTS = EXAMPLES / "two-host-alua"


@pytest.fixture
def pair(new_box):
    """Both hosts of the layout in examples/, each with its own file applied."""
    boxes = new_box("esos1"), new_box("esos2")
    for box, file in zip(boxes, ("first.esh", "second.esh")):
        assert Esosh(root_of(box))("-f", str(HOSTS / file)).status == 0
    boxes[0].path("/peers").write_text(f"esos2 {root_of(boxes[1])}\n")
    return boxes


@pytest.mark.parametrize("how", ["by ssh", "its scst.conf", "its lines"])
def test_two_hosts_that_fit_together_are_found_so_however_the_other_one_is_read(how, pair, tmp_path):
    here, there = pair
    (tmp_path / "there.esh").write_text("# saved\n" + do(session_on(there), "show"))
    peer = {"by ssh": "esos2", "its scst.conf": f"{root_of(there)}/etc/scst.conf", "its lines": f"{tmp_path}/there.esh"}[how]
    assert do(session_on(here), f"check peer {peer}") == "nothing found\n"


@pytest.mark.parametrize("line, code", [
    ("alua tgrp set esos local group_id=7", "E346"), ("alua device del esos disk02", "E353"),
    ("alua target set esos remote 21:00:00:1b:32:01:6b:11 rel_tgt_id=9", "E349"), ("scst device set disk01 usn=OTHER", "E355"),
])
def test_what_does_not_fit_is_told_with_its_code(line, code, pair):
    session = session_on(pair[0])
    do(session, line)
    with pytest.raises(ChecksRefuse) as refused:
        do(session, "check peer esos2")
    assert code in "\n".join(refused.value.details)


@pytest.mark.parametrize("peer, said", [
    ("/nowhere/scst.conf", "no such file"), ("esos3", "cannot be asked"), ("-oProxyCommand=x", "neither a file nor the name"),
])
def test_a_peer_that_cannot_be_read_is_refused(peer, said, session):
    with pytest.raises(Refused, match=said):
        do(session, f"check peer {peer}")


def test_masked_secrets_of_the_other_host_make_no_difference(pair, tmp_path):
    do(session_on(pair[1]), 'scst target set iqn.2026-11.local.esos2:target1 IncomingUser="joe secretsecret12"', "commit")
    (tmp_path / "there.esh").write_text(Esosh(root_of(pair[1]))("show").out)
    assert do(session_on(pair[0]), f"check peer {tmp_path}/there.esh") == "nothing found\n"


@pytest.mark.parametrize("how", ["lines of alua", "show", "scst.conf", "ssh"])
@pytest.mark.parametrize("here, there", [(0, 1), (1, 0)])
def test_the_two_hosts_of_the_examples_fit_in_both_directions(here, there, how, pair, tmp_path):
    (tmp_path / "shown").write_text(do(session_on(pair[there]), "show"))
    pair[1].path("/peers").write_text(f"esos1 {root_of(pair[0])}\n")
    peer = {"lines of alua": str(HOSTS / ("first.esh", "second.esh")[there]), "show": f"{tmp_path}/shown",
            "scst.conf": f"{root_of(pair[there])}/etc/scst.conf", "ssh": ("esos1", "esos2")[there]}[how]
    assert do(session_on(pair[here]), f"check peer {peer}") == "nothing found\n"


ALUA = """\
{0}dgrp add esos
{0}tgrp add esos local group_id={1}
{0}target add esos local 21:00:00:1b:32:01:6b:11 rel_tgt_id=2
{0}tgrp add esos remote group_id=1
{0}target add esos remote 21:00:00:e0:8b:9d:74:49 \\
    rel_tgt_id=1
"""
DEVICES = "alua device add esos disk01 disk02\n"
PAIR = "alua pair add esos host1 21:00:00:e0:8b:9d:74:49 host2 21:00:00:1b:32:01:6b:11\n"


@pytest.mark.parametrize("text, codes", [
    (ALUA.format("alua ", 2) + DEVICES, []),
    ("# mine\n\nalua\n" + ALUA.format("", 2) + "up\n" + DEVICES + "commit comment x\n", []),
    ("  alua  # the groups\n" + ALUA.format("", 2) + DEVICES, []),
    ("net general set hostname=x\nalua\n" + ALUA.format("  ", 2) + "net\ngeneral set hostname=y\n" + DEVICES, []),
    ("svc start x of=another version\ncib\nuse x\nalua\n" + ALUA.format("", 2) + DEVICES, []),
    (PAIR + DEVICES, []),
    (PAIR + DEVICES + "scst target lip 21:00:00:1b:32:01:6b:11\nalua\nreapply alua\n", []),
    ("alua\n" + ALUA.format("", 7) + DEVICES, ["E346"]),
    (ALUA.format("alua ", 2), ["E353"]),
])
def test_a_script_of_the_other_host_s_is_read_with_levels_and_without(text, codes, pair, tmp_path):
    (tmp_path / "there.esh").write_text(text)
    told = peer.findings(scst.read(pair[0]), peers.read(pair[0], f"{tmp_path}/there.esh", "scst", peer))
    assert [finding.code for finding in told] == codes


def test_lines_name_drivers_that_this_host_does_not_have(new_box, tmp_path):
    lines = [f"scst target add {driver} {driver}.port" for driver in ("fcst", "ocs_fc_scst", "chfcoe")]
    (tmp_path / "there.esh").write_text("\n".join([*lines, "scst driver set iscsi link_local=0"]))
    theirs = peers.read(new_box(), f"{tmp_path}/there.esh", "scst", peer)
    assert [target.driver for target in theirs.targets.values()] == ["fcst", "ocs_fc_scst", "chfcoe"]


@pytest.mark.parametrize("text, taken", [
    ("", False), ("some prose, and HANDLER too\n", False), ("prose\nalua dgrp add esos\n", False), ("HANDLER x\n", False), ("PROJECT {\n\tHANDLER x\n}\n", False),
    ("[general]\nhostname = x\n", False), ("svc enable sshd\n", False), ("# alua\n", False), ("check\nconfirm\n", False),
    ("setup_id 0x1\n", True), ("HANDLER vdisk_blockio {\n}\n", True), ("TARGET_DRIVER iscsi {\n", True), ("DEVICE_GROUP x {\n}\n", True),
    ("alua dgrp add esos\n", True), ("status\nalua dgrp add esos\n", True),
])
def test_a_text_is_taken_for_a_configuration_where_it_has_something_of_scst(text, taken, new_box, tmp_path):
    (tmp_path / "text").write_text(text)
    if taken:
        peers.read(new_box(), f"{tmp_path}/text", "scst", peer)
    else:
        with pytest.raises(Refused, match=f"^{tmp_path}/text is not a configuration of SCST$"):
            peers.read(new_box(), f"{tmp_path}/text", "scst", peer)


def test_the_readme_is_no_configuration(session):
    with pytest.raises(Refused, match="is not a configuration of SCST"):
        do(session, f"check peer {HOSTS.parent.parent / 'README.md'}")


def test_a_line_of_the_other_host_s_that_is_wrong_is_told_with_its_place(session, tmp_path):
    (tmp_path / "there.esh").write_text("net\nbogus\nalua\ndgrp ad esos\n")
    with pytest.raises(LineError) as raised:
        do(session, f"check peer {tmp_path}/there.esh")
    assert str(raised.value.place) == f"{tmp_path}/there.esh:4:6"


@pytest.mark.parametrize("how", ["scst.conf", "show", "ssh"])
def test_this_host_s_own_configuration_is_refused(how, pair, tmp_path):
    (tmp_path / "shown").write_text(do(session_on(pair[0]), "show"))
    pair[0].path("/peers").write_text(f"esos1 {root_of(pair[0])}\n")
    own = {"scst.conf": f"{root_of(pair[0])}/etc/scst.conf", "show": f"{tmp_path}/shown", "ssh": "esos1"}[how]
    with pytest.raises(Refused, match="has exactly the targets of this host"):
        do(session_on(pair[0]), f"check peer {own}")


def test_hosts_without_targets_are_not_taken_for_one(new_box, tmp_path):
    box = new_box()
    box.run(("/etc/rc.d/rc.scst", "stop"))
    for place in (box.path("/etc/scst.conf"), tmp_path / "scst.conf"):
        place.write_text("TARGET_DRIVER scst_local {\n\tTARGET here {\n\t}\n}\n")
    assert list(peers.read(box, f"{tmp_path}/scst.conf", "scst", peer).targets) == ["here"]
