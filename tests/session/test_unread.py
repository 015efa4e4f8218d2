"""One odd line: it is told where it stands, and all the rest is shown."""

from __future__ import annotations

import pytest
from boxes import do, session_on
from hostile import Answering

from esosh import views
from esosh.commands.parse import parse
from esosh.errors import Refused

NETWORK, RC = "/etc/network.conf", "/etc/rc.conf"
T = "iqn.2026-11.local.esos1:target1"


@pytest.mark.parametrize("line, problem", [
    ("mtu = \u00b2", "mtu = \u00b2: expected 68 to 65535 bytes"), ("mtu = 5" + "0" * 5000, ": expected 68 to 65535 bytes"), ("mtu=67", "mtu = 67: expected 68 to 65535 bytes"),
    ("ipaddr = 1.2.3", "ipaddr = 1.2.3: expected an IPv4 address, and its netmask"), ("nonsense", "nonsense: expected [SECTION] or KEY = VALUE"),
])
def test_a_line_of_network_conf_is_told_with_its_number_and_the_rest_is_shown(box, session, line, problem):
    text = f"[eth7]\nbootproto = static\n{line}\n[eth8]\nmtu = 9000\n"
    box.replace(NETWORK, text)
    for shown in (do(session, "show"), do(session, "show net")):
        assert f"# line 3 of {NETWORK} cannot be read: " in shown and problem in shown
        assert "net iface eth8 mtu=9000" in shown
    assert f"line 3 of {NETWORK} cannot be read" in do(session, "status")
    assert "eth0" in do(session, "status net")
    assert [notice.text for notice in session.notices] == [f"line 3 of {NETWORK} cannot be read: {problem if problem[0] != ':' else line + problem}"]


def test_options_that_the_bonding_driver_does_not_take_are_told(box, session):
    box.replace(NETWORK, "[bond0]\nslaves = eth0\nbondopts = mode=1 miimon=\u00b2\n")
    assert f"line 3 of {NETWORK} cannot be read: bondopts = mode=1 miimon=\u00b2: expected options of the bonding driver, and not miimon=\u00b2" in do(session, "show net")


def test_a_flag_that_is_neither_yes_nor_no_is_told(box, session):
    box.replace(RC, "rc.a_enable=maybe\nrc.b_enable=YES\n")
    shown = do(session, "show svc")
    assert f"# line 1 of {RC} cannot be read: rc.a_enable=maybe: expected one line for it, with YES or NO; it counts as NO" in shown
    assert "svc enable b" in shown


@pytest.mark.parametrize("text", ["", "# nothing\n", "\x00\x01"])
def test_an_rc_conf_without_a_service_is_told(box, session, text):
    box.replace(RC, text)
    assert f"line 1 of {RC} cannot be read: no service is in it, so ESOS starts none" in do(session, "status")


def test_nothing_is_told_of_lines_that_can_be_read(box, session):
    box.replace(NETWORK, "# remark\n\n[eth7]\nmtu = 9000\nbootproto = dhcp\nipaddr = any\n[br0]\nstp = on\n")
    assert "#" not in do(session, "show net") and "cannot be read" not in do(session, "status")


def test_what_is_shown_with_a_line_that_cannot_be_read_is_still_a_script(box, session):
    box.replace(NETWORK, "[eth7]\nmtu = \u00b2\n")
    assert [parse(line) for line in do(session, "show").split("\n") if line.startswith("#")] == [None]


@pytest.fixture
def odd(box):
    """A box on which a kernel file shows what is no number."""
    host = Answering(box)
    host.answer({f"/sys/kernel/scst_tgt/targets/iscsi/{T}/rel_tgt_id": "abc\n[key]\n"})
    return host


def test_a_section_that_cannot_be_read_stands_as_an_error_between_the_others(odd):
    session = session_on(odd)
    shown = do(session, "show")
    assert f'# scst: /sys/kernel/scst_tgt/targets/iscsi/{T}/rel_tgt_id cannot be read: "abc" is no number' in shown
    assert "svc enable" in shown
    with pytest.raises(Refused, match="rel_tgt_id cannot be read"):
        do(session, "show scst")


def test_the_overview_has_a_line_for_a_section_that_cannot_be_read(box):
    host = Answering(box)
    host.answer({}, ip=lambda argv, output: type(output)(0, "1: lo\n"))
    page = do(session_on(host), "status")
    assert " !  net      ip addr show printed a line that cannot be read: 1: lo" in page
    assert "ok  scst" in page or " !  scst" in page


@pytest.mark.parametrize("line, word", [
    ("scst driver set iscsi threads_num=abc", "threads_num"), ('scst device add "vdisk_nullio" d size_mb=abc', "size_mb"),
    ('scst device add "vdisk_nullio" d blocksize=abc', "blocksize"), ('scst device add "vdisk_fileio" d filename=/x o_direct=2', "o_direct"),
    ("scst driver set iscsi threads_num=" + "9" * 5000, "threads_num"),
])
def test_a_key_that_is_typed_where_the_grammar_knows_no_form_of_it_is_held_to_its_own(session, line, word):
    with pytest.raises(Refused, match=f"^{word} is "):
        do(session, line)


def test_a_lun_of_5000_digits_in_a_file_is_shown_and_is_no_bug(box, session):
    box.run(("/etc/rc.d/rc.scst", "stop"))
    box.replace("/etc/scst.conf", f"HANDLER vdisk_nullio {{\n\tDEVICE d\n}}\nTARGET_DRIVER iscsi {{\n\tTARGET {T} {{\n\t\tLUN {'9' * 5000} d\n\t}}\n}}\n")
    assert "9" * 5000 in do(session, "show scst")
    for line in ("status", "status scst", "plan", "check scst"):
        try:
            assert views.text(session.run(parse(line)))
        except Refused:
            pass
