"""The language: words, lines, what may follow, and what an error says."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from esosh.commands import Edit, Pair
from esosh.commands.alua import AluaDeviceAdd, AluaDgrpAdd, AluaDgrpDel, AluaPairAdd, AluaTgrpAdd
from esosh.commands.net import NetBond, NetIface
from esosh.commands.parse import parse
from esosh.commands.session import (
    SessionAbort,
    SessionCommit,
    SessionExplain,
    SessionHelp,
    SessionLevel,
    SessionLoad,
    SessionQuit,
    SessionShow,
    SessionUndo,
)
from esosh.commands.svc import SvcEnable, SvcSet
from esosh.errors import LineError, Refused
from esosh.language import diagnostics, words
from esosh.language.follow import follow, tokens
from esosh.language.source import acting, keywords, sections, synonyms

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
    ("abort alua", SessionAbort(Pair("alua"))),
    ("alua dgrp delete esos", AluaDgrpDel("esos")),
    ("bye", SessionQuit()),
    ("undo 2", SessionUndo("2")),
    ("svc \\\n enable sbd  # the watchdog", SvcEnable(("sbd",))),
    ("svc enable a#b", None),
    ('net iface "delete"', NetIface("delete")),
    ("alua pair add e host1 a b host2 c local=host1",
     AluaPairAdd("e", Pair("host1", ("a", "b")), Pair("host2", ("c",)), Pair("local=", "host1"))),
    ('load "replace"', SessionLoad(None, "replace")),
    ("load replace replace", SessionLoad("replace", "replace")),
    ("show alua alua", SessionShow(Pair("alua", "alua"))),
    ("explain svc enable enable", SessionExplain(SvcEnable(("enable",)))),
    ("help show", SessionHelp(("show",))),
    (r"svc set x opts=a\ 'b  c'\"d", SvcSet("x", Pair("opts=", 'a b  c"d'))),
    ("svc set x opts=", SvcSet("x", Pair("opts=", ""))),
    ('svc set x "opts=a"', None),
    (r"svc set x opts\=a", None),
    ("svc set x opts =a", None),
    ('"alua" dgrp add x', None),
    ("ALUA dgrp add x", None),
    ("net bond bond0 slaves eth1 +eth2", None),
]


@pytest.mark.parametrize("line, command", LINES, ids=[line for line, _ in LINES])
def test_a_line_is_a_command(line, command):
    if command is None:
        with pytest.raises(LineError):
            parse(line)
    else:
        assert parse(line) == command
        assert parse(str(command)) == command


@pytest.mark.parametrize("line", ["", "   ", "# only a remark", "\\\n"])
def test_an_empty_line_is_none(line):
    assert parse(line) is None


@pytest.mark.parametrize("level, line, command", [
    ("alua", "dgrp add x", "alua dgrp add x"), ("alua", "alua dgrp add x", "alua dgrp add x"), ("alua", "svc enable sbd", "svc enable sbd"),
    ("alua", "show", "show alua"), ("alua", "show esos", "show alua esos"), ("alua", "show net", "show net"), ("net", "abort", "abort net"),
    ("net", "abort svc", "abort svc"), ("net", "commit", "commit"), ("net", "delete", None), ("svc", "enable sbd", "svc enable sbd"),
    ("net", "bond del bond0", "net bond del bond0"), ("net", "alua", "alua"), ("svc", "history 3", "history 3"),
])
def test_a_level_goes_without_saying(level, line, command):
    if command is None:
        with pytest.raises(LineError):
            parse(line, level)
    else:
        assert str(parse(line, level)) == command


BAD = [
    ("alua dgrp addd esos", 11, "addd", "expected: add, del", "alua dgrp add esos"),
    ("frob", 1, "frob", "expected: abort, adopt, alua", ""),
    ("alua dgrp", 10, "", "incomplete; expected: add, del", ""),
    ("alua tgrp set a b state=optimized", 25, "optimized", "expected: active, nonoptimized", "alua tgrp set a b state=active"),
    ("alua tgrp set a b stat=active", 19, "stat=active", "state=", "alua tgrp set a b state=active"),
    ("net bond bond0 mode=77", 21, "77", "802.3ad", ""),
    ("net bond eth0", 10, "eth0", "a bond", ""),
    ("alua tgrp set a b state=active/optimized", 25, "active/optimized", "after alua tgrp set a b state=; expected", "alua tgrp set a b state=active"),
    ("alua tgrp set a b state=ANO", 25, "ANO", "", "alua tgrp set a b state=nonoptimized"),
    ("scst device set d filename /dev/sdb", 19, "filename", "", "scst device set d filename=/dev/sdb"),
    ("scst device set d threads_num  4 usn=1", 19, "threads_num", "", "scst device set d threads_num=4 usn=1"),
    ("scst device set d filename x", 19, "filename", "", ""), ("scst device set d filename", 19, "filename", "", ""),
    ("scst device add vdisk_nullio a.b", 30, "a.b", "up to 64 letters without dots", ""),
    ("scst device set d t10_dev_id=" + "x" * 25, 30, "x" * 25, "up to 24 letters without blanks", ""),
    ("scst group add t 'a b'", 18, "'a b'", "up to 255 letters without blanks", ""),
    ("alua dgrp create esos", 11, "create", "expected: add, del", "alua dgrp add esos"),
    ('alua dgrp "add" esos', 11, '"add"', "expected: add, del", ""),
    ("svc set x opts='a b", 16, "'a b", "no closing quotation mark", ""),
    ("commit comment", 15, "", "a text", ""),
    ("sync now", 6, "now", "nothing more was expected", ""),
    ("svc enable sbd \\\n  a=b", 3, "a=b", "", ""),
    ("alua\tdgrp\taddd\tx", 11, "addd", "", "alua\tdgrp\tadd\tx"),
    ("alua tgrp set a b group_id= state=active", 28, "", "incomplete; expected: a number from 1 to 65535", ""),
    ("net bond bond0 mode=", 21, "", "incomplete; expected: 802.3ad", ""),
    ('commit comment "a\nb"', 16, '"a', "a text", ""),
    ("alua dgrp add x\\", 16, "\\", "nothing follows the backslash", ""),
    ("alua dgrp add \\\n\tx \\\n y", 2, "y", "nothing more was expected", ""),
]


@pytest.mark.parametrize("line, column, wrong, text, hint", BAD, ids=[bad[0] for bad in BAD])
def test_an_error_says_where_what_was_expected_and_what_is_near(line, column, wrong, text, hint):
    with pytest.raises(LineError) as error:
        parse(line)
    place = error.value.place
    assert (place.column, place.line[place.column - 1 : place.column - 1 + place.width].strip()) == (column, wrong)
    assert text in str(error.value)
    assert error.value.hint == hint


@st.composite
def slips(draw, word):
    """A word with one letter or two changed."""
    letters = list(word)
    for _ in range(draw(st.integers(1, 2))):
        place = draw(st.integers(0, len(letters)))
        letters[place : place + draw(st.integers(0, 1))] = draw(st.sampled_from(("", "e", "t")))
    return "".join(letters)


def is_slip(typed, word):
    """Whether a word stands for another, or is it with one letter more, less or changed, or two swapped."""
    read_as = {"delete": "del", "end": "up", "..": "up", "exit": "quit", "bye": "quit", **synonyms()}
    typed = typed.casefold()
    shorter = {typed[:at] + typed[at + 1 :] for at in range(len(typed))}
    shortened = {word[:at] + word[at + 1 :] for at in range(len(word))}
    swapped = {typed[:at] + typed[at + 1 : at + 2] + typed[at : at + 1] + typed[at + 2 :] for at in range(len(typed))}
    same = typed == word or read_as.get(typed) == word
    return same or word in shorter or typed in shortened or bool(shorter & shortened) or word in swapped


OFFERED = [  # in which level, what was typed, and the line that is offered
    ("", "brctl addbr br0", ""), ("", "SHOW", "show"), ("", "Show net", "show net"), ("", "ls", "show"), ("", "ls -l", ""),
    ("", "conf_sync.sh", "sync"), ("", "conf_sync.sh -f", ""), ("", "delete net bond bond0", "net bond del bond0"),
    ("net", "delete bond bond0", "bond del bond0"), ("", "remove alua dgrp x", "alua dgrp del x"), ("", "start svc opensm", "svc start opensm"),
    ("", "svc status scst", "status svc scst"), ("", "svc stat scst", ""), ("", "svc strt scst", "svc start scst"), ("", "svc stp scst", "svc stop scst"),
    ("", "svc stpo scst", "svc stop scst"), ("", "svc reset scst", ""), ("", "svc rstrt scst", ""), ("", "svc able scst", "svc enable scst"),
    ("", "config", ""), ("", "configure primitive p", ""), ("", "conform", "confirm"), ("", "comfirm", "confirm"), ("", "confirmd", "confirm"),
    ("", "confirmedd", ""), ("", "reset", ""), ("", "revrt", "revert"), ("", "rever", "revert"), ("", "comment", ""), ("", "COMMIT", "commit"), ("", "comit", "commit"),
    ("", "committ now", ""), ("", "commit confirm 5", "commit confirmed 5"), ("", "commit allow no", ""), ("", "commit alow io", "commit allow io"),
    ("", "apply", "commit"), ("", "abrt net", "abort net"), ("", "abot addbr", ""), ("", "snyc", "sync"), ("", "recovr", "recover"), ("", "rcvr", ""),
    ("", "alua dgrp addd a b c", ""), ("", "scst device dlet disk01", ""), ("", "scst device dl disk01", "scst device del disk01"),
    ("", "stauts", "status"), ("", "sttus", "status"), ("", "alua show", "show alua"), ("", '"SHOW"', ""), ("", "delete # net bond bond0", ""),
]


@pytest.mark.parametrize("level, line, offered", OFFERED, ids=[f"{level} {line}" for level, line, _ in OFFERED])
def test_a_line_is_offered_that_is_whole_and_acts_no_more_than_what_was_typed(level, line, offered):
    with pytest.raises(LineError) as error:
        parse(line, level)
    assert error.value.hint == offered


WORDS = sorted({*keywords(), "crm", "brctl", "ls", "sh", "config", "start", "cat", "vi", "ip", "x", "bond0", "0"})


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(WORDS) | st.sampled_from(WORDS).flatmap(slips), min_size=1, max_size=4).map(" ".join), st.sampled_from(("", *sections())))
def test_what_is_offered_is_whole_and_acts_only_by_a_word_that_was_typed_but_for_one_slip(line, level):
    try:
        parse(line, level)
    except LineError as error:
        offered = parse(error.hint, level)
        if offered is not None and (offered.removes or (offered.changes and not isinstance(offered, Edit))):
            assert all(any(is_slip(typed, word) for typed in line.split()) for word in error.hint.split() if word in acting())


@pytest.mark.parametrize("level, line, column, text", [
    ("alua", "foo", 1, '"foo" does not fit'), ("alua", "dgrp addd x", 6, '"addd" does not fit'), ("net", "bond bond0 mod=1", 12, '"mod=1"'),
    ("scst", "devices x", 1, '"devices" does not fit'), ("svc", "show a b", 8, '"b" does not fit'),
])
def test_an_error_in_a_level_stands_in_the_line_as_it_was_typed(level, line, column, text):
    with pytest.raises(LineError) as error:
        parse(line, level)
    assert error.value.place.column == column
    assert text in str(error.value)


@pytest.mark.parametrize("head, keywords, terminals", [
    ("alua ", {"dgrp", "tgrp", "target", "device", "pair"}, set()),
    ("alua dgrp del ", set(), {"DGRP"}),
    ("alua tgrp set esos local state=", {"active", "nonoptimized", "standby", "unavailable", "offline", "transitioning"}, set()),
    ("net bond ", {"unset", "del"}, {"BOND"}),
    ("svc set opensm ", {"opts="}, set()),
    ("alua pair add esos host1 x ", {"host2"}, {"TARGET"}),
    ("explain svc start ", set(), {"SERVICE"}),
    ("load", {"replace"}, {"FILE"}),
    ("svc set opensm opts=", set(), {"OPTS"}),
    ("svc set opensm opts=x", set(), set()),
    ("net bond bond0 primary=", set(), {"SLAVE"}),
    ("net iface eth1 address=", {"dhcp", "none"}, {"IP_PREFIX"}),
    ("nonsense ", set(), set()),
    ("alua 'open ", set(), set()),
])
def test_what_may_follow_comes_from_the_grammar(head, keywords, terminals):
    found = follow(head)
    assert (found.keywords, found.terminals) == (keywords, terminals)


@pytest.mark.parametrize("level, head, keywords, terminals", [
    ("alua", "", {"dgrp", "commit", "net"}, set()), ("alua", "show", {"alua", "net", "svc", "scst"}, {"DGRP"}),
    ("svc", "enable", set(), {"SERVICE"}), ("net", "bond bond0 mode=", {"802.3ad"}, {"MODE_NUMBER"}),
])
def test_a_level_adds_its_own_words_to_what_may_follow(level, head, keywords, terminals):
    found = follow(head, level)
    assert found.keywords >= keywords
    assert found.terminals == terminals


@pytest.mark.parametrize("head, complete", [("show", True), ("alua dgrp", False), ("svc enable", False), ("svc enable sbd", True), ("", False)])
def test_it_is_known_whether_a_line_may_end(head, complete):
    assert follow(head).complete == complete


@pytest.mark.parametrize("line, kinds", [
    ("alua dgrp add esos", ["keyword", "keyword", "keyword", "new"]),
    ("net bond bond0 mode=1", ["keyword", "keyword", "name", "key", "name"]),
    ("alua dgrp addd esos", ["keyword", "keyword", "wrong", "wrong"]),
    ("alua device del esos add", ["keyword", "keyword", "keyword", "name", "name"]),
    ("alua tgrp set a b state=activ x", ["keyword", "keyword", "keyword", "name", "name", "key", "wrong", "wrong"]),
    ("alua tgrp set a b state=", ["keyword", "keyword", "keyword", "name", "name", "key"]),
    ("svc set x optt=1", ["keyword", "keyword", "name", "wrong"]),
    ("alua dgrp add 'x y", ["keyword", "keyword", "keyword", "wrong", "wrong"]),
    ("", []),
])
def test_every_word_has_its_colour(line, kinds):
    assert [kind for _, kind in tokens(line)] == kinds


@pytest.mark.parametrize("line, kinds", [
    ("dgrp add x", ["keyword", "keyword", "new"]), ("show x", ["keyword", "name"]), ("foo bar", ["wrong", "wrong"]),
    ("net bond bond0", ["keyword", "keyword", "name"]),
])
def test_in_a_level_only_the_typed_words_have_colours(line, kinds):
    assert [(word.text, kind) for word, kind in tokens(line, "alua")] == list(zip(line.split(), kinds))


@pytest.mark.parametrize("argv, line", [
    (["svc", "set", "x", "opts=-a -b"], 'svc set x opts="-a -b"'), (["commit", "comment", "two words"], 'commit comment "two words"'),
    (["load", "a b.esh"], 'load "a b.esh"'), (["load", 'say "x"'], r'load "say \"x\""'), (["svc", "enable", "sbd"], "svc enable sbd"),
])
def test_arguments_are_not_cut_again(argv, line):
    assert words.join(argv) == line
    assert [word.text for word in words.split(words.join(argv))] == argv


@pytest.mark.parametrize("text, split", [
    ("a  b", ["a", "b"]), ("'a b' c", ["a b", "c"]), (r'"a\"b" a\ b', ['a"b', "a b"]), ("a'b'c", ["abc"]), ("a #b", ["a"]), ("a#b", ["a#b"]),
    ("a \\\n b", ["a", "b"]), ('""', [""]), ("a\tb", ["a", "b"]), ("k='x y'z", ["k=x yz"]),
])
def test_words_are_cut_as_a_posix_shell_does(text, split):
    assert [word.text for word in words.split(text)] == split


@pytest.mark.parametrize("text, lines", [
    ("", [(1, "")]),
    ("one\ntwo \\\nmore\n\nend", [(1, "one"), (2, "two \\\nmore"), (4, ""), (5, "end")]),
    ("escaped\\\\\nend", [(1, "escaped\\\\"), (2, "end")]),
    ("both\\\\\\\nend", [(1, "both\\\\\\\nend")]),
    ("# a remark\\\nend", [(1, "# a remark\\"), (2, "end")]),
    ("a # remark \\\nend", [(1, "a # remark \\"), (2, "end")]),
    ("'a # text \\\nend'", [(1, "'a # text \\\nend'")]),
    ("last \\", [(1, "last \\")]),
    ("'open\nend'", [(1, "'open"), (2, "end'")]),
])
def test_a_line_that_ends_in_a_backslash_goes_on_in_the_next(text, lines):
    assert list(words.logical_lines(text)) == lines


@pytest.mark.parametrize("line, word, column", [
    ("alua device add esos dsik01", "dsik01", 22), ("net iface eth1 address=1.1.1.1/8", "1.1.1.1/8", 24), ("net bond bond0 slaves +eth9", "eth9", 23),
    ("svc enable sbd", "", 1), ("svc enable sbd", "elsewhere", 1), ("alua dgrp del alua", "alua", 15), ("alua tgrp del g g", "g", 15),
    ("svc enable x", "x", 12), ("\tsvc enable\tx", "x", 13),
])
def test_an_error_finds_the_word_that_is_to_blame(line, word, column):
    error = diagnostics.located(Refused("no", word=word), line, "x.esh", 7)
    assert str(error.place) == f"x.esh:7:{column}"


@pytest.mark.parametrize("line, word, place", [
    ("svc enable a \\\n  sbd", "sbd", ("x.esh:8:3", "  sbd", 3)), ("svc enable a \\\n  sbd", "", ("x.esh:7:1", "svc enable a \\", 14)),
    ("\\\nsvc enable sbd", "sbd", ("x.esh:8:12", "svc enable sbd", 3)),
])
def test_a_continued_line_counts_each_of_its_lines(line, word, place):
    found = diagnostics.located(Refused("no", word=word), line, "x.esh", 7).place
    assert (str(found), found.line, found.width) == place


def test_the_place_of_a_bad_line_is_kept_in_its_file():
    with pytest.raises(LineError) as bad:
        parse("svc enable a \\\n b=c")
    assert str(diagnostics.located(bad.value, "", "x.esh", 7).place) == "x.esh:8:2"
