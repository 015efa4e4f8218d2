"""The fifteen traps that other shells fell into, one after the other, and esosh at each of them."""

from __future__ import annotations

import contextlib
import itertools
import os
import pty
import select
import subprocess
import sys
import time

import pytest
from boxes import Esosh, changed, do, environment, root_of, session_on, snapshot
from terminal import edits, read_terminal, run_shell

from esosh.commands.parse import parse
from esosh.errors import Conflict, EsoshError, LineError, Refused
from esosh.language.source import keywords, sections
from esosh.shell.menu import SIZE, Menu
from esosh.transaction.apply import BOOT_ID

EDIT = {  # one of each section
    "scst": "scst set setup_id=0x12", "alua": "alua dgrp add esos", "net": "net general hostname=san1", "svc": "svc enable opensm",
    "ha": "ha property stonith-enabled=false",
}
IO = ("alua dgrp add esos", "alua device add esos disk01", "commit", "alua device del esos disk01")  # the last one disrupts io
LATE = ("net bond bond0 slaves eth1 eth2 miimon=100", "commit", "cib new late", "net bond bond0 miimon=50", "svc enable nut", "cib use live")
LINES = ("alua dgrp del esos", "alua device add esos disk01", "svc disable sshd", "commit", "undo", "abort", "cib commit work", "cib del work",
         "rollback 0", "revert", "sync", "load replace x", "net bond del bond0", "adopt net", "quit")


def machine(box):
    """All that a commit may change."""
    found = snapshot(root_of(box), ("var/lib/esosh/", "var/log/", "var/lock/", ".git/"))
    return {name: about for name, about in found.items() if name != "etc/esosh/"}


def kept(box):
    """The machine and the candidates on it; not who held them last."""
    return {name: about for name, about in snapshot(root_of(box)).items() if not name.endswith("/lock")}


def wait_for(happened, seconds=30.0):
    until = time.monotonic() + seconds
    while not happened() and time.monotonic() < until:
        time.sleep(0.02)
    return happened()


def on_terminal(argv, **variables):
    """A process on a terminal of its own; its keyboard and screen, and itself."""
    master, slave = pty.openpty()
    process = subprocess.Popen(argv, stdin=slave, stdout=slave, stderr=slave, env={**environment(), **variables}, start_new_session=True,
                               preexec_fn=lambda: os.close(os.open(os.ttyname(0), os.O_RDWR)))
    os.close(slave)
    return master, process


def test_trap_01_there_is_one_commit(new_box):
    ways = {level: [*EDIT.values(), *level.split(), "commit"] for level in ("", "cib", *sections(), "scst")}
    ways.update(named=["cib new work", *EDIT.values(), "cib use live", "cib commit work"], used=["cib new work", *EDIT.values(), "commit"])
    left = {}
    for way, lines in ways.items():
        box = new_box()
        before = machine(box)
        assert "committed: number 1" in run_shell(session_on(box), *lines)[1].text, way
        left[way] = {name: about for name, about in machine(box).items() if before.get(name) != about}
    assert len(left[""]) > len(EDIT) and [way for way in left if left[way] != left[""]] == []


@pytest.mark.parametrize("line", [
    "alua device add esos nodisk", "alua tgrp add esos more group_id=65536", "alua tgrp add nogroup local", "alua dgrp del nogroup",
    "svc enable nothing", 'svc set opensm opts="a=b"', "net bond bond1 slaves eth1", "net iface eth4 mtu=99999", "net general gateway=10.0.0.999",
])
def test_trap_02_what_can_be_known_is_refused_when_it_is_typed(session, line):
    do(session, "alua dgrp add esos", "alua tgrp add esos local group_id=1", "net bond bond0 slaves eth1")
    with pytest.raises(Refused):
        do(session, line)
    assert session.candidate.count == 3
    assert do(session, "alua target add esos local 21:00:00:1b:32:01:6b:11") == "21:00:00:1b:32:01:6b:11: remote (not on this host)\n"


@pytest.mark.parametrize("line, about", [
    ("net bond bond0 slaves eth9", "eth9"), ("net bond bond0 slaves eth1 primary=eth5", "eth5"), ("alua tgrp add esos more group_id=1", "local"),
])
def test_trap_02_no_edit_that_the_commit_will_refuse_is_taken_in_silence(session, line, about):
    do(session, "alua dgrp add esos", "alua tgrp add esos local group_id=1")
    try:
        assert about in do(session, line)
    except Refused as refused:
        assert about in str(refused)


@pytest.mark.parametrize("line", [
    "svc enable nut nosuch", "alua device add esos disk01 nodisk", "net bond bond0 slaves eth1 mtu=9000 mtu=1500", "net bond bond0 slaves +eth2 -eth7",
    "alua target add esos local 21:00:00:1b:32:01:6b:11 21:00:00:e0:8b:9d:74:49 rel_tgt_id=1", "load {file}",
])
def test_trap_03_an_error_has_no_side_effect(session, box, tmp_path, line):
    file = tmp_path / "some.esh"
    file.write_text("svc enable nut\nsvc enable nosuch\n")
    do(session, "alua dgrp add esos", "alua tgrp add esos local", "net bond bond0 slaves eth1")
    before, candidate = snapshot(root_of(box)), session.config
    with pytest.raises(EsoshError):
        do(session, line.format(file=file))
    assert (session.config, changed(before, snapshot(root_of(box)))) == (candidate, [])


@pytest.mark.parametrize("end", ["eof", "hangup", "kill"])
def test_trap_04_the_end_of_a_terminal_neither_commits_nor_discards(box, esosh, end):
    before = machine(box)
    master, process = on_terminal(esosh.argv(), TERM="dumb")
    os.write(master, b"svc enable sbd\n")
    assert wait_for(lambda: edits(session_on(box)))
    os.write(master, b"\x04" if end == "eof" else b"")
    os.kill(process.pid, 9 if end == "kill" else 0)
    assert end != "eof" or "1 edit is kept" in read_terminal(master)
    os.close(master)
    process.wait(30)
    assert (edits(session_on(box)), changed(before, machine(box))) == (["svc enable sbd"], [])


@pytest.mark.parametrize("words, stdin, status", [
    ([], "", 0), ([], "svc enable nut\n", 1), (["-f", "-"], "svc enable nut\nquit\n", 1), (["commit"], "", 3), (["commit"], "yes\n", 3),
])
def test_trap_04_without_a_terminal_nothing_is_committed_and_nothing_discarded(session, box, esosh, words, stdin, status):
    do(session, *IO)
    before = kept(box)
    assert (esosh(*words, stdin=stdin).status, changed(before, kept(box))) == (status, [])
    assert edits(session_on(box)) == [IO[-1]]


def test_trap_05_the_timer_of_a_confirm_needs_neither_its_shell_nor_a_reboot(box, esosh):
    esosh("svc", "enable", "sbd")
    before, started = machine(box), box.read(BOOT_ID)
    done = esosh("commit", "confirmed", "1s")  # its process has ended now
    assert (done.status, "applied, not confirmed" in done.out) == (0, True)
    assert wait_for(lambda: changed(before, machine(box)) == [] and not box.exists("/var/lib/esosh/journal"))
    assert (edits(session_on(box)), box.read(BOOT_ID)) == (["svc enable sbd"], started)


@pytest.mark.parametrize("was, to_be, clash", [
    ("mtu = 1500", "mtu = 9000", 0), ("hostname = localhost", "hostname = a", 0), ("mode=active-backup", "mode=802.3ad", 0), ("miimon=100", "miimon=70", 1),
])
def test_trap_06_a_conflict_is_about_a_fact_and_not_about_a_file(session, box, was, to_be, clash):
    do(session, "net bond bond0 slaves eth1 eth2 mode=active-backup miimon=100", "commit", "net bond bond0 miimon=50")
    box.replace("/etc/network.conf", box.read("/etc/network.conf").replace(was, to_be))
    with pytest.raises(Conflict, match="1 object was changed by you and by someone else") if clash else contextlib.nullcontext():
        do(session, "commit")
    assert [to_be in box.read("/etc/network.conf"), "miimon=50" in box.read("/etc/network.conf")] == [True, not clash]


def test_trap_07_nothing_that_a_shell_left_behind_changes_a_script(new_box):
    found = []
    for past in ([], ["cib new work", "svc enable nut", "alua", "dgrp add two", "quit"], ["svc enable nut", "net", "quit"]):
        box = new_box()
        run_shell(session_on(box), *past)
        before = machine(box)
        done = Esosh(root_of(box))("-f", "-", stdin="alua dgrp add esos\nsvc enable sbd\nplan\ncommit\nshow\nup\nshow svc nut\n")
        found.append((done, {name: machine(box)[name] for name in changed(before, machine(box))}))
    assert found[0][0].status == 0 and len(found[0][1]) > 2 and found == [found[0]] * 3


@pytest.mark.parametrize("line, wrong", [
    ("alua dgrp addd esos", "addd"), ("frob", "frob"), ("net bond bond0 mod=1", "mod=1"), ("cib nwe x", "nwe"), ("commit commnt x", "commnt"),
    ("svc enable opensm nothing", "nothing"), ("alua device add esos nodisk", "nodisk"), ("help frob", "frob"), ("history diff 0 now", "now"),
])
def test_trap_08_an_error_is_told_and_no_help_in_its_place(esosh, line, wrong):
    done = [esosh(*each.split()) for each in ("alua dgrp add esos", line)][1]
    told = done.err.splitlines()
    assert done.status in (1, 2) and done.out == "" and 2 < len(told) < 5 and wrong in told[2], done
    assert told[0].strip() == line and told[1].index("^") == told[0].index(wrong) and told[1].count("^") == len(wrong)


def fuzzy(word):
    """What other shells would take for the word: some of its letters in order, itself with one twice, or with two exchanged."""
    some = {"".join(letters) for length in range(1, len(word)) for letters in itertools.combinations(word, length)}
    slips = {f"{word[:at]}{slip}" for at in range(len(word) - 1) for slip in (word[at] + word[at:], word[at + 1] + word[at] + word[at + 2 :])}
    return sorted((some | slips) - keywords())


@pytest.mark.parametrize("line", LINES)
def test_trap_09_no_word_is_run_for_another(line):
    words = line.split()
    for at, word in enumerate(words):
        for other in fuzzy(word) if word.isalpha() and word in keywords() else ():
            with pytest.raises(LineError):
                parse(" ".join([*words[:at], other, *words[at + 1 :]]))
                pytest.fail(f"{other} was read for {word} in: {line}")


@pytest.mark.parametrize("words", [
    ["alua", "dgrp", "del", "eso"], ["svc", "enable", "sb"], ["cib", "use", "wor"], ["cib", "commit", "wor"], ["net", "bond", "del", "bond"],
    ["--cand", "x", "commit"], ["--js", "commit"], ["--comm", "-f", "-"],
])
def test_trap_09_no_name_and_no_option_is_taken_for_another(box, esosh, words):
    do(session_on(box), "cib new work", "svc enable sbd", "cib use live", "alua dgrp add esos", "net bond bond0 slaves eth1")
    before = kept(box)
    assert (esosh(*words).status in (1, 2), changed(before, kept(box))) == (True, [])


@pytest.mark.parametrize("words, status", [
    (["commit"], 3), (["commit", "allow", "link"], 3), (["commit", "force", "yes"], 3), (["commit", "allow", "io"], 0), (["cib", "commit"], 3),
])
def test_trap_10_a_script_is_asked_nothing(session, esosh, words, status):
    do(session, *IO)
    process = subprocess.Popen(esosh.argv(*words), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment())
    assert process.wait(30) == status  # with a keyboard on which nobody types
    out, err = process.communicate()
    assert (b"allow io" in err, b"yes:" in out + err) == (status == 3, False)


@pytest.mark.parametrize("options, variables, coloured", [
    ([], {"TERM": "xterm"}, True), (["--no-color"], {"TERM": "xterm"}, False), (["--json"], {"TERM": "xterm"}, False),
    ([], {"TERM": "xterm", "NO_COLOR": "1"}, False), ([], {"TERM": "dumb"}, False),
])
def test_trap_11_colour_is_for_terminals_that_want_it(session, esosh, options, variables, coloured):
    do(session, "svc enable sbd", "commit")
    master, process = on_terminal(esosh.argv(*options, "status"), **variables)
    text = read_terminal(master)
    assert (process.wait(30), "sbd" in text, "\x1b" in text) == (0, True, coloured)


def test_trap_11_no_colour_is_in_a_pipe_or_in_the_log(box, esosh):
    esosh("svc", "enable", "sbd")
    done = [esosh("commit", "comment", "red"), esosh("history"), esosh("commit", "comment", "\x1b[31mred"), esosh("status"), esosh("frob"), esosh("svc", "enable", "\x1b[31mred")]
    log = box.read("/var/log/esosh.log")
    assert "commit 1 by root" in log and "red" in done[1].out
    assert [text for text in (*(each.out + each.err for each in done), log) if "\x1b" in text] == []


@pytest.mark.parametrize("section", sections())
@pytest.mark.parametrize("candidate", ["", "cib new work"])
def test_trap_12_the_guards_of_edits_hold_for_every_section_and_candidate(box, esosh, section, candidate):
    session = session_on(box)
    do(session, *filter(None, [candidate]), EDIT[section])  # a new section needs its edit there
    run_shell(session, *sections(), "cib", "scst", "up", "top", "cib new other", "cib use live", "quit")
    assert edits(session_on(box, name="work" if candidate else "")) == [EDIT[section]]
    batch = esosh("-f", "-", stdin=f"{candidate.replace('work', 'more')}\n{EDIT[section]}\nsync\ncommit\n")
    assert (batch.status, "E232 sync acts at once" in batch.err) == (1, True)
    waiting = session_on(box, name="work" if candidate else "")
    do(waiting, "commit confirmed 60s")
    for line in (*EDIT.values(), "undo", "abort", "commit"):
        with pytest.raises(Refused, match="made these edits and waits"):
            do(waiting, line)
    do(waiting, "revert")


def test_trap_13_a_candidate_that_is_committed_late_overwrites_nobody(session, box):
    do(session, *LATE)
    do(session_on(box), "svc enable sbd", "alua dgrp add esos", "net bond bond0 mtu=9000", "commit")
    box.replace("/etc/network.conf", box.read("/etc/network.conf").replace("hostname = localhost", "hostname = san9"))
    assert do(session, "cib diff late").count("\n") == 4
    assert "committed: number 3" in do(session, "cib commit late")
    files = box.read("/etc/network.conf") + box.read("/etc/rc.conf") + box.read("/etc/scst.conf")
    assert [part for part in ("hostname = san9", "mtu = 9000", "miimon=50", "sbd_enable=YES", "nut_enable=YES", "DEVICE_GROUP esos") if part not in files] == []


def test_trap_13_what_both_changed_is_a_conflict_and_nothing_is_applied(session, box):
    do(session, *LATE)
    do(session_on(box), "net bond bond0 miimon=70", "commit")
    before = kept(box)
    with pytest.raises(Conflict) as conflict:
        do(session, "cib commit late")
    assert "it was 100, is now 70, yours is 50" in conflict.value.details[0] and changed(before, kept(box)) == []


def test_trap_14_a_list_ends_and_the_likely_comes_first(session):
    do(session, *(f"alua dgrp add group{at:03}" for at in range(150)), "net bond bond0 slaves eth1 mode=802.3ad")
    with pytest.raises(Refused) as refused:
        do(session, "alua dgrp del group0750")
    there = str(refused.value).rpartition(": ")[2].split()
    assert (len(there) <= 12, there[0], refused.value.hint) == (True, "group075", "alua dgrp del group075")
    with pytest.raises(LineError, match=r"(, \S+){11} and \d+ more$"):
        do(session, "frob")
    every, some, modes = (Menu(session).at(head) for head in ("alua dgrp del ", "alua dgrp del group14", "net bond bond0 mode="))
    assert len([entry for entry in every if entry.text]) == SIZE and "... 50 more" in [entry.shown for entry in every]
    assert [entry.text for entry in some if entry.text] == [f"group14{at}" for at in range(10)]
    assert [entry.text for entry in modes if entry.meaning == "now"] == ["802.3ad"]


def test_trap_15_a_menu_that_the_machine_left_empty_says_why(session, box):
    box.path("/etc/network.conf").unlink()
    box.path("/etc/network.conf").mkdir()
    assert "is a directory" in str(Menu(session).at("net bond del ")).lower()


def test_trap_15_a_bug_in_completion_is_told_in_the_shell_which_goes_on(box):
    bug = "import sys, esosh.completions as c; c.names = lambda *_: 1 // 0; from esosh.shell.cli import main; main(sys.argv[1:])"
    master, process = on_terminal([sys.executable, "-c", bug, "--sandbox", root_of(box)], TERM="xterm")
    text, deadline = b"", time.monotonic() + 60
    for keys, awaited in ((b"", b"esosh("), (b"alua dgrp del ", b"division"), (b"\x03", b"esosh("), (b"svc enable sbd\r", b"\n")):
        start = len(text)
        os.write(master, keys)
        while awaited not in text[start:] and select.select([master], [], [], max(deadline - time.monotonic(), 0))[0]:
            part = os.read(master, 4096)
            text += part
            os.write(master, b"\x1b[1;1R" * part.count(b"\x1b[6n"))  # where the cursor is, which prompt_toolkit asks
    went_on = wait_for(lambda: edits(session_on(box)), 30)
    process.kill()
    process.wait()
    os.close(master)
    assert b"division" in text and b"Traceback" not in text and went_on
