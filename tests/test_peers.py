"""check peer: the other host's configuration from its files, from its lines, and from the host itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from boxes import Esosh, do, root_of, session_on

from esosh.errors import ChecksRefuse, Refused

HOSTS = Path(__file__).parent.parent / "examples" / "two-host-alua"


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
