"""The language: words, lines, what may follow, and what an error says."""

from __future__ import annotations

import pytest

from esosh import grammar, language, words
from esosh.commands import Pair
from esosh.commands.alua import AluaDeviceAdd, AluaDgrpAdd, AluaDgrpDel, AluaTgrpAdd
from esosh.commands.net import NetBond, NetIface
from esosh.commands.session import SessionAbort, SessionCommit, SessionLevel, SessionQuit, SessionShow, SessionUndo
from esosh.commands.svc import SvcEnable, SvcSet
from esosh.errors import LineError, Refused

LINES = [
    ("alua dgrp add esos", AluaDgrpAdd("esos")),
    ("alua tgrp add esos local group_id=1 preferred=1",
     AluaTgrpAdd("esos", "local", (Pair("group_id=", "1"), Pair("preferred=", "1")))),
    ("alua device add esos disk01 disk02", AluaDeviceAdd("esos", ("disk01", "disk02"))),
    ('alua device add esos "add" add', AluaDeviceAdd("esos", ("add", "add"))),
    ("net bond bond0 slaves eth1 eth2 mode=802.3ad", NetBond("bond0", (Pair("slaves", ("eth1", "eth2")), Pair("mode=", "802.3ad")))),
    ("net bond bond0 mode=1 slaves +eth3 -eth1", NetBond("bond0", (Pair("mode=", "1"), Pair("slaves", ("+eth3", "-eth1"))))),
    ("net iface eth4 ethtool autoneg off address=dhcp",
     NetIface("eth4", (Pair("ethtool", ("autoneg", "off")), Pair("address=", "dhcp")))),
    ("svc enable corosync pacemaker", SvcEnable(("corosync", "pacemaker"))),
    ('svc set opensm opts="--daemon -F /etc/x"', SvcSet("opensm", Pair("opts=", "--daemon -F /etc/x"))),
    ("svc set opensm opts='-d'", SvcSet("opensm", Pair("opts=", "-d"))),
    ("alua", SessionLevel("alua")),
    ("show net bond0", SessionShow(Pair("net", "bond0"))),
    ('commit comment "two words" allow io', SessionCommit((Pair("comment", "two words"), Pair("allow", "io")))),
    ("abort alua", SessionAbort("alua")),
    ("alua dgrp delete esos", AluaDgrpDel("esos")),
    ("bye", SessionQuit()),
    ("undo 2", SessionUndo("2")),
    ("svc \\\n enable sbd  # the watchdog", SvcEnable(("sbd",))),
    ("svc enable a#b", None),
]


@pytest.mark.parametrize("line, command", LINES, ids=[line for line, _ in LINES])
def test_a_line_is_a_command(line, command):
    if command is None:
        with pytest.raises(LineError):
            language.parse(line)
    else:
        assert language.parse(line) == command
        assert language.parse(str(command)) == command


@pytest.mark.parametrize("line", ["", "   ", "# only a remark", "\\\n"])
def test_an_empty_line_is_none(line):
    assert language.parse(line) is None


@pytest.mark.parametrize("level, line, command", [
    ("alua", "dgrp add x", "alua dgrp add x"), ("alua", "alua dgrp add x", "alua dgrp add x"), ("alua", "svc enable sbd", "svc enable sbd"),
    ("alua", "show", "show alua"), ("alua", "show esos", "show alua esos"), ("alua", "show net", "show net"), ("net", "abort", "abort net"),
    ("net", "abort svc", "abort svc"), ("net", "commit", "commit"), ("net", "delete", None), ("svc", "enable sbd", "svc enable sbd"),
    ("net", "bond del bond0", "net bond del bond0"), ("net", "alua", "alua"), ("svc", "history 3", "history 3"),
])
def test_a_level_goes_without_saying(level, line, command):
    if command is None:
        with pytest.raises(LineError):
            language.parse(line, level)
    else:
        assert str(language.parse(line, level)) == command


BAD = [
    ("alua dgrp addd esos", 11, "addd", "expected: add, del", "alua dgrp add esos"),
    ("frob", 1, "frob", "expected: abort, alua", ""),
    ("alua dgrp", 10, "", "more is needed; expected: add, del", ""),
    ("alua tgrp set a b state=optimized", 25, "optimized", "expected: active, nonoptimized", "alua tgrp set a b state=active"),
    ("alua tgrp set a b stat=active", 19, "stat=active", "state=", "alua tgrp set a b state=active"),
    ("net bond bond0 mode=77", 21, "77", "802.3ad", ""),
    ("net bond eth0", 10, "eth0", "a bond", ""),
    ("alua dgrp create esos", 11, "create", "expected: add, del", "alua dgrp add esos"),
    ('alua dgrp "add" esos', 11, '"add"', "expected: add, del", ""),
    ("svc set x opts='a b", 16, "'a b", "no closing quotation mark", ""),
    ("commit comment", 15, "", "a text", ""),
    ("sync now", 6, "now", "nothing more was expected", ""),
    ("svc enable sbd \\\n  a=b", 3, "a=b", "", ""),
]


@pytest.mark.parametrize("line, column, wrong, text, mend", BAD, ids=[bad[0] for bad in BAD])
def test_an_error_says_where_what_was_expected_and_what_is_near(line, column, wrong, text, mend):
    with pytest.raises(LineError) as error:
        language.parse(line)
    place = error.value.place
    assert (place.column, place.line[place.column - 1 : place.column - 1 + place.width].strip()) == (column, wrong)
    assert text in str(error.value)
    assert error.value.mend == mend


@pytest.mark.parametrize("head, keywords, terminals", [
    ("alua ", {"dgrp", "tgrp", "target", "device", "pair"}, set()),
    ("alua dgrp del ", set(), {"DGRP"}),
    ("alua tgrp set esos local state=", {"active", "nonoptimized", "standby", "unavailable", "offline", "transitioning"}, set()),
    ("net bond ", {"unset", "del"}, {"BOND"}),
    ("svc set opensm ", {"opts="}, set()),
    ("alua pair add esos host1 x ", {"host2"}, {"TARGET"}),
    ("explain svc start ", set(), {"SERVICE"}),
    ("nonsense ", set(), set()),
    ("alua 'open ", set(), set()),
])
def test_what_may_follow_comes_from_the_grammar(head, keywords, terminals):
    found = language.follow(head)
    assert (found.keywords, found.terminals) == (keywords, terminals)


def test_a_level_adds_its_own_words_to_what_may_follow():
    assert {"dgrp", "commit", "net"} <= language.follow("", "alua").keywords


@pytest.mark.parametrize("line, kinds", [
    ("alua dgrp add esos", ["keyword", "keyword", "keyword", "new"]),
    ("net bond bond0 mode=1", ["keyword", "keyword", "name", "key", "name"]),
    ("alua dgrp addd esos", ["keyword", "keyword", "wrong", "wrong"]),
    ("alua device del esos add", ["keyword", "keyword", "keyword", "name", "name"]),
])
def test_every_word_has_its_colour(line, kinds):
    assert [kind for _, kind in language.tokens(line)] == kinds


@pytest.mark.parametrize("argv, line", [
    (["svc", "set", "x", "opts=-a -b"], 'svc set x opts="-a -b"'), (["commit", "comment", "two words"], 'commit comment "two words"'),
    (["load", "a b.esh"], 'load "a b.esh"'), (["load", 'say "x"'], r'load "say \"x\""'), (["svc", "enable", "sbd"], "svc enable sbd"),
])
def test_arguments_are_not_cut_again(argv, line):
    assert language.join(argv) == line
    assert [word.text for word in words.split(language.join(argv))] == argv


@pytest.mark.parametrize("text, split", [
    ("a  b", ["a", "b"]), ("'a b' c", ["a b", "c"]), (r'"a\"b" a\ b', ['a"b', "a b"]), ("a'b'c", ["abc"]), ("a #b", ["a"]), ("a#b", ["a#b"]),
    ("a \\\n b", ["a", "b"]), ('""', [""]), ("a\tb", ["a", "b"]), ("k='x y'z", ["k=x yz"]),
])
def test_words_are_cut_as_a_posix_shell_does(text, split):
    assert [word.text for word in words.split(text)] == split


def test_a_line_that_ends_in_a_backslash_goes_on_in_the_next():
    text = "one\ntwo \\\nmore\n\nlast\\\\\nend"
    assert list(words.logical_lines(text)) == [(1, "one"), (2, "two \\\nmore"), (4, ""), (5, "last\\\\"), (6, "end")]


@pytest.mark.parametrize("line, word, column", [
    ("alua device add esos dsik01", "dsik01", 22), ("net iface eth1 address=1.1.1.1/8", "1.1.1.1/8", 24), ("net bond bond0 slaves +eth9", "eth9", 23),
    ("svc enable sbd", "", 1),
])
def test_an_error_finds_the_word_that_is_to_blame(line, word, column):
    error = language.located(Refused("no", word=word), line, "x.esh", 7)
    assert str(error.place) == f"x.esh:7:{column}"


def test_no_state_of_the_parser_has_two_patterns_for_one_word():
    samples = ["esos", "bond0", "eth1", "+eth1", "-eth1", "1", "7", "100", "10.1.2.3", "10.1.2.3/24", "10.1.2.3,10.1.2.4", "02:00:00:00:00:01",
               "21:00:00:e0:8b:9d:74:49", "iqn.2026-11.lab:t1", "a.b", "a-b", "/etc/x", "x y", "", "autoneg", "dhcp", "é"]
    patterns = grammar.grammar().patterns
    states = grammar.grammar().parser.parser.parser._parse_table.states
    for row in states.values():
        here = [name for name in row if name in patterns]
        for sample in samples:
            assert len([name for name in here if patterns[name](sample)]) < 2, (here, sample)


def test_tables_of_another_grammar_are_not_used(monkeypatch):
    monkeypatch.setattr(grammar, "_file", lambda name: b"lark 0 another\nnonsense" if name == grammar.TABLES else _source())
    grammar.grammar.cache_clear()
    try:
        assert language.parse("svc enable sbd") == SvcEnable(("sbd",))
    finally:
        grammar.grammar.cache_clear()


def _source() -> bytes:
    import pathlib

    import esosh

    return (pathlib.Path(esosh.__file__).parent / "grammar.lark").read_bytes()
