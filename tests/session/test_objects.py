"""--json of show, status and diff: objects with fields, and no secret among them."""

from __future__ import annotations

import json

import pytest
from boxes import do, session_on

from esosh import views
from esosh.commands.parse import parse

T = "iqn.2026-11.local.esos1:target1"
DISK = {"kind": "device", "name": "disk01", "handler": "vdisk_blockio", "attributes": {"filename": "/dev/sdb"}}


def data(session, line):
    """What --json shows of a line."""
    return json.loads(json.dumps(views.data(session.run(parse(line)))))


def test_show_has_the_objects_beside_their_lines(session):
    shown = data(session, "show scst disk01")
    assert shown["lines"] == ["scst device add vdisk_blockio disk01 filename=/dev/sdb"]
    assert shown["config"]["scst"]["devices"] == {"disk01": DISK}
    assert data(session, "show")["config"]["svc"]["sshd"] == {"kind": "service", "name": "sshd", "enabled": True, "opts": None}


def test_status_of_scst_tells_what_runs_and_who_is_logged_in(session):
    shown = data(session, "status scst disk01")
    assert shown == {
        "kind": "scst", "name": "disk01", "running": True, "attributes": None, "drivers": [],
        "devices": [{**DISK, "running": True, "filename": "/dev/sdb", "size": None}],
    }


def test_the_overview_has_topic_state_text_and_hint(session):
    do(session, "svc enable opensm")
    shown = data(session, "status")
    assert (shown["kind"], shown["name"]) == ("box", session.host.name)
    assert shown["to_look_at"] == sum(topic["state"] not in ("ok", "off") for topic in shown["topics"])
    edits = {"kind": "topic", "name": "edits", "state": "warn", "text": "1 not committed", "hint": "diff, commit", "details": []}
    assert edits in shown["topics"]


def test_diff_has_paths_with_both_values(session):
    do(session, "svc enable opensm")
    shown = data(session, "diff")
    assert shown["changes"] == [{"kind": "change", "name": "enabled", "path": ["svc", "opensm", "enabled"], "old": False, "new": True}]
    assert shown["objects"] == [{"kind": "object", "name": "opensm", "section": "svc", "blocks": [
        {"removed": ["svc disable opensm"], "added": ["svc enable opensm"]}]}]
    assert data(session, "diff net")["changes"] == []


@pytest.mark.parametrize("line", ["show", f"show scst {T}", "diff", f"status scst {T}"])
def test_no_secret_is_among_them(session, line):
    do(session, f'scst target set {T} IncomingUser="joe verysecretword" OutgoingUser="ann verysecretword"')
    if line.startswith("status"):
        do(session, "commit")
        session = session_on(session.host)
    text = json.dumps(data(session, line))
    assert "joe" in text
    assert "verysecretword" not in text
