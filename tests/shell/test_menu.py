from __future__ import annotations

import pytest

from esosh.commands.parse import parse
from esosh.sandbox import Sandbox
from esosh.session import Session
from esosh.shell.cursor import cursor_after, spans
from esosh.shell.menu import SIZE, Menu, summary
from esosh.transaction.journal import Who

T = "iqn.2026-11.local.esos1:target1"


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    session = Session(Sandbox(str(tmp_path_factory.mktemp("box"))), Who("anna", "tty1", 1, ""), on_disk=False)
    for line in ("alua dgrp add esos", "alua dgrp add add", "alua tgrp add esos local group_id=1", "alua device add esos disk01",
                 "net bond bond0 slaves eth1 eth2 mode=802.3ad"):
        session.run(parse(line))
    return session


@pytest.fixture
def menu(session):
    session.level = ""
    return Menu(session)


def texts(menu, text):
    return [entry.text for entry in menu.at(text) if entry.text]


def meanings(menu, text):
    return {entry.shown: entry.meaning for entry in menu.at(text)}


@pytest.mark.parametrize("text, expected", [
    ("al", ["alua"]),
    ("alua ", ["dgrp", "tgrp", "target", "device", "pair"]),
    ("alua dgrp d", ["del"]),
    ("alua dgrp del ", ["esos", '"add"']),
    ("alua dgrp del a", ['"add"']),
    ('alua dgrp del "a', ['"add"']),
    ("alua tgrp set ", ["esos", '"add"']),
    ("alua tgrp set esos ", ["local"]),
    ("alua tgrp set add ", []),
    ("alua tgrp set esos local s", ["state="]),
    ("alua tgrp set esos local state=", ["active", "nonoptimized", "standby", "unavailable", "offline", "transitioning"]),
    ("alua tgrp set esos local state=non", ["nonoptimized"]),
    ('alua tgrp set esos local state="non', []),
    ("alua device del esos ", ["disk01"]),
    ("net bond bond0 primary=", ["eth1", "eth2"]),
    ("net bond bond0 slaves eth1 s", []),
    ("net bond bond0 slaves eth1 mtu=1400 m", ["mode=", "miimon=", "min_links="]),
    ("net bond bond0 use_carrier=1 all_slaves_active=", ["0", "1"]),
    ("commit comment x sync ", ["plan", "allow", "force", "confirmed", "probe"]),
    ("rollback 1 only alua esos al", ["alua"]),
    (f"scst target set {T} allowed_portal=10.0.0.1 a", ["allowed_portal=", "aen_disabled=", "alias=", "addr_method="]),
    (f"scst target set {T} alias=x comment=y a", ["allowed_portal=", "aen_disabled=", "addr_method="]),
    ("net bond bond0 slaves +", ["+eth0", "+eth3", "+eth4", "+eth5"]),
    ("explain alua device del esos ", ["disk01"]),
    ("help alua dg", ["dgrp"]),
    ("alua dgrp # ", []),
    ("nonsense ", []),
    ("undo ", []),
])
def test_a_menu_has_what_fits_and_nothing_else(menu, text, expected):
    assert texts(menu, text) == expected


@pytest.mark.parametrize("level, text, expected", [
    ("alua", "dgrp del ", ["esos", '"add"']),
    ("alua", "show e", ["esos"]),
    ("alua", "net bond bo", ["bond0", "bond1"]),
    ("net", "bond ", ["bond0", "bond1", "unset", "del"]),
])
def test_in_a_level_a_line_may_be_the_levels_or_a_full_one(menu, session, level, text, expected):
    session.level = level
    assert texts(menu, text) == expected


@pytest.mark.parametrize("text, shown, meaning", [
    ("", "diff", "what the edits change"),
    ("", "alua", "dgrp tgrp target device pair"),
    ("alua ", "tgrp", "add set unset del"),
    ("alua dgrp ", "del", "delete a device group and all that is in it"),
    ("svc ", "start", "!start it now"),
    ("explain svc ", "enable", "start it at boot"),
    ("show ", "alua", ""),
    ("alua dgrp del ", "esos", "candidate · local, 1 device"),
    ("alua tgrp set esos local ", "group_id=", "the id that initiators see of the target group; now 1"),
    ("net bond bond0 mode=", "802.3ad", "now"),
    ("net bond bond0 mode=", "balance-rr", ""),
    ("net bond ", "bond1", "new · the next free name"),
    ("alua dgrp add ", "<a name for the device group>", ""),
    ("alua dgrp add es", "<a name for the device group>", ""),
    ("net bond bond0 mtu=90", "<bytes, 68 to 65535>", ""),
    ("net bond bond0 address=10.", "<an address and its prefix, such as 10.1.2.3/24>", ""),
])
def test_an_entry_says_what_it_means_where_it_is_and_its_value_now(menu, text, shown, meaning):
    assert meanings(menu, text)[shown] == meaning


@pytest.mark.parametrize("text", ["alua dgrp del es", "net bond fo", "alua device add esos disk"])
def test_what_a_word_denotes_is_not_said_where_a_name_is_begun_or_none_can_come(menu, text):
    assert not any(shown.startswith("<") for shown in meanings(menu, text))


def test_a_level_leaves_the_other_lines_their_help(menu, session):
    session.level = "alua"

    assert meanings(menu, "")["show"] == "configuration, as lines that can be typed"
    assert meanings(menu, "")["dgrp"] == "add del"


def test_more_names_than_a_menu_holds_are_counted(tmp_path):
    host = Sandbox(str(tmp_path))
    for number in range(SIZE + 5):
        host.write("/sys/kernel/scst_tgt/device_groups/mgmt", f"create group{number:03}")
    entries = Menu(Session(host, Who("anna", "tty1", 1, ""), on_disk=False)).at("alua dgrp del group")

    assert len(entries) == SIZE + 1
    assert (entries[-1].text, entries[-1].shown) == ("", "... 5 more")


def test_a_menu_reads_the_machine_once_and_leaves_what_the_session_read(tmp_path):
    host = Sandbox(str(tmp_path))
    session = Session(host, Who("anna", "tty1", 1, ""), on_disk=False)
    menu = Menu(session)
    assert texts(menu, "alua dgrp del ") == []

    read = session.candidate.current
    host.write("/sys/kernel/scst_tgt/device_groups/mgmt", "create esos")

    assert texts(menu, "alua dgrp del ") == []
    assert texts(Menu(session), "alua dgrp del ") == ["esos"]
    assert session.candidate.current is read


def test_a_machine_that_cannot_be_read_leaves_menus_without_names(tmp_path):
    host = Sandbox(str(tmp_path))
    menu = Menu(Session(host, Who("anna", "tty1", 1, ""), on_disk=False))
    host.path("/etc/network.conf").unlink()
    host.path("/etc/network.conf").mkdir()

    bond, why = meanings(menu, "net bond del ")
    assert (bond, why.startswith("no names: is a directory")) == ("<a bond that is configured>", True)


def test_help_at_the_cursor_is_a_table_that_says_whether_the_line_may_end(menu):
    assert menu.help("svc unset opensm ").rows == (("opts", ""),)
    assert menu.help("undo ").rows == (("<how many>", ""), ("<Enter>", "the line is complete"))


@pytest.mark.parametrize("text, head, prefix, fresh", [
    ("", "", "", True),
    ("alua dg", "alua ", "dg", False),
    ("alua ", "alua ", "", True),
    ("net bond bond0 mode=", "net bond bond0 mode=", "", True),
    ("net bond bond0 mode=8", "net bond bond0 mode=", "8", False),
    ('svc set opensm opts="--a b', "svc set opensm opts=", "--a b", False),
    ('alua dgrp add "', "alua dgrp add ", "", False),
    ("alua device add esos \\\n di", "alua device add esos \\\n ", "di", False),
])
def test_the_cursor_divides_a_text_at_the_begun_word(text, head, prefix, fresh):
    cursor = cursor_after(text)
    assert (cursor.head, cursor.prefix, cursor.fresh) == (head, prefix, fresh)


def test_there_is_no_cursor_in_a_comment():
    assert cursor_after("alua # why") is None


@pytest.mark.parametrize("words, expected", [
    ("commit", "apply all edits, or none of them"), ("net bond", "a bond: its slaves, mode, address"), ("nonsense", ""),
])
def test_hints_come_from_the_grammar(words, expected):
    assert summary(words.split()) == expected


@pytest.mark.parametrize("line, expected", [
    ("alua dgrp add esos", [("alua", "keyword"), ("dgrp", "keyword"), ("add", "keyword"), ("esos", "new")]),
    ("alua dgrp addd esos", [("alua", "keyword"), ("dgrp", "keyword"), ("addd", "wrong"), ("esos", "wrong")]),
    ("net bond b0 mtu=1", [("net", "keyword"), ("bond", "keyword"), ("b0", "wrong"), ("mtu=1", "wrong")]),
    ("net iface eth0 mtu=x \\\n mtu=1", [("net", "keyword"), ("iface", "keyword"), ("eth0", "name"), ("mtu=", "key"), ("x", "wrong"),
                                         ("mtu=1", "wrong")]),
    ('commit comment "a b', [("commit", "keyword"), ("comment", "keyword"), ('"a b', "name")]),
    ("sync # now", [("sync", "keyword")]),
    ("", []),
])
def test_each_word_of_a_line_is_what_the_grammar_says(line, expected):
    assert [(line[start:end], kind) for start, end, kind in spans(line)] == expected


def test_a_line_that_lacks_a_key_is_not_complete_and_the_key_comes_first(menu):
    rows = menu.help("scst device add vdisk_blockio d1 ").rows
    assert rows[0] == ("filename=", "the file or disk behind it")
    assert "<Enter>" not in dict(rows) and "<Enter>" in dict(menu.help("scst device add vdisk_blockio d1 filename=/dev/sdb ").rows)
    assert dict(rows)["threads_num="] == "the number of its threads; default 1"
    assert texts(menu, "scst device add vdisk_blockio d1 filename=/dev/s") == ["/dev/sdb", "/dev/sdc"]


T, PORT, SPARE = "iqn.2026-11.local.esos1:target1", "21:00:00:e0:8b:9d:74:49", "21:01:00:e0:8b:bd:74:49"


@pytest.mark.parametrize("lines, text, expected", [
    ([f"scst target set {T} rel_tgt_id=7"], f"scst target unset {T} ", ["rel_tgt_id"]),
    ([f"scst target set {T} comment=a", f"scst target enable {T}"], f"scst target unset {T} ", ["comment"]),
    ([], f"scst target rename {PORT} ", [SPARE]), ([], f"scst target rename {T} ", []),
    ([], "scst driver set qla2x00t ", []), ([], "scst driver set iscsi is", ["isns_entity_name="]),
    ([], "scst driver enable ", ["iscsi"]), ([], "scst driver set ", ["copy_manager", "iscsi", "qla2x00t"]),
    ([], "scst driver set copy_manager ", ["allow_not_connected_copy="]), ([], "scst driver set copy_manager allow_not_connected_copy=", ["0", "1"]),
    ([], "scst driver unset copy_manager ", []), ([], "scst driver disable ", ["iscsi"]), ([], "scst target add co", []),
    (["scst driver set copy_manager allow_not_connected_copy=1"], "scst driver unset copy_manager ", ["allow_not_connected_copy"]),
])
def test_what_would_be_refused_is_not_offered(tmp_path, lines, text, expected):
    session = Session(Sandbox(str(tmp_path)), Who("anna", "tty1", 1, ""), on_disk=False)
    for line in lines:
        session.run(parse(line))
    assert texts(Menu(session), text) == expected


@pytest.mark.parametrize("text, shown, meaning", [
    ("scst set ", "threads=", "threads of SCST itself; default one for each processor"),
    ("scst set ", "poll_us=", "microseconds that threads poll for more commands; default 0"), ("net general ", "hostname=", "the name of this host; now localhost"),
    (f"scst target set {T} ", "IncomingUser=", "a user that may log in (CHAP); several times for several"),
    ("scst driver set iscsi ", "OutgoingUser=", "the user that it answers as (CHAP)"),
    ("net bond bond1 ", "miimon=", "milliseconds between checks of the links, 0 for none; default 0, 0 to 2147483647"),
    ("net bond bond0 ", "mode=", "how the slaves share the traffic; now 802.3ad"),
    ("net bond bond0 ", "lacp_rate=", "how often the switch sends LACP packets: slow 30 s, fast 1 s; default slow"),
    ("net iface eth3 ", "mtu=", "bytes of the largest packet; default 1500, 68 to 65535"),
])
def test_each_key_says_what_it_means_once(menu, text, shown, meaning):
    assert meanings(menu, text)[shown] == meaning


@pytest.mark.parametrize("text, offered, hidden", [
    ("net bond bond0 ", "lacp_rate=", "primary="), ("net bond bond1 ", "packets_per_slave=", "lacp_rate="),
    ("net bond bond1 mode=802.3ad ", "lacp_rate=", "packets_per_slave="), ("net bond bond0 mode=1 ", "primary=", "lacp_rate="),
])
def test_a_bond_is_offered_the_keys_that_its_mode_knows(menu, text, offered, hidden):
    shown = texts(menu, text)
    assert offered in shown
    assert hidden not in shown


@pytest.mark.parametrize("text", ["net bond bond0 ", "net bond bond1 ", "net bond bond1 miimon=100 "])
def test_the_mode_of_a_bond_is_always_offered(menu, text):
    assert "mode=" in texts(menu, text)
