"""Targets that nobody reaches: by an address that the box has not, or by a card that cannot have them."""

from __future__ import annotations

import pytest
from boxes import do
from stopped import T, stopped_box

T1 = "iqn.2026-11.local.esos1:target1"
ADDRESS = "net iface eth1 address=10.1.2.3/24"
NPIV = (
    "TARGET_DRIVER qla2x00t {{\n\tTARGET 50:00:00:00:00:00:00:01 {{\n\t\tnode_name {0}\n\t\tparent_host {0}\n"
    "\t\trel_tgt_id 5001\n\t\tenabled 1\n\t}}\n}}\n"
)
PORT = "21:00:00:e0:8b:9d:74:49"


def found(session):
    return [line for line in do(session, "check").splitlines() if line.startswith(("W38", "W340", "W337", "E34"))]


@pytest.mark.parametrize("portals, lines, told", [
    ("allowed_portal=10.9.9.9", [], "fits allowed_portal 10.9.9.9 (there is none but the loopback's)"),
    ("allowed_portal=10.9.9.9", [ADDRESS], "fits allowed_portal 10.9.9.9 (there are: 10.1.2.3)"),
    ("allowed_portal=10.1.2.4 allowed_portal=10.1.2.5", [ADDRESS], "fits allowed_portal 10.1.2.4 10.1.2.5 (there are: 10.1.2.3)"),
    ("allowed_portal=10.1.2.3", [ADDRESS], ""), ("allowed_portal=10.1.*", [ADDRESS], ""), ("allowed_portal=127.0.0.1", [], ""),
    ("allowed_portal=10.9.9.9 allowed_portal=10.1.2.3", [ADDRESS], ""), ("allowed_portal=fe80::1", [], ""), ("alias=x", [], ""),
])
def test_a_portal_that_no_interface_has_is_told(session, portals, lines, told):
    do(session, f"scst target set {T1} {portals}", *lines)
    findings = [line for line in found(session) if line.startswith("W380")]
    assert findings == ([f"W380 scst {T1}: no interface has an address that {told}"] if told else [])


def test_a_virtual_port_is_no_port_that_is_missing(tmp_path):
    from boxes import session_on

    box = stopped_box(tmp_path, NPIV.format(PORT))
    assert found(session_on(box)) == [
        "W381 scst 50:00:00:00:00:00:00:01: SCST makes this virtual port when it starts, if its driver is scst_qla2xxx; qla2x00tgt cannot",
    ]
    box.replace("/etc/scst.conf", NPIV.format("21:00:00:00:00:00:00:99"))
    assert found(session_on(box))[1].startswith("W381 scst 50:00:00:00:00:00:00:01: its parent_host 21:00:00:00:00:00:00:99 is no port")


def test_a_virtual_port_is_taken_where_scst_runs(session):
    do(session, f"scst target add qla2x00t 50:00:00:00:00:00:00:01 parent_host={PORT} node_name={PORT}")
    assert [line[:4] for line in found(session)] == ["W381"]
    assert T not in do(session, "show")
