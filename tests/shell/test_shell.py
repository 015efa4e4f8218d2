from __future__ import annotations

import os
import pty
import subprocess
import sys
import threading
import time

import pytest
from boxes import do, environment, root_of, session_on
from prompt_toolkit.application import create_app_session
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput
from terminal import Screen, edits, read_terminal, run_shell

from esosh.errors import BUG, Locked
from esosh.shell import loop
from esosh.shell.editor import Editor, Highlighter, MenuCompleter, StoredHistory, fitting
from esosh.shell.lookups import Lookups
from esosh.shell.loop import Shell, prompt
from esosh.transaction import git
from esosh.views import Lines

ENTER, CTRL_C, CTRL_D, CTRL_R, PASTE = "\r", "\x03", "\x04", "\x12", "\x1b[200~{}\x1b[201~"


def typed(session, *keys, pause=0.0):
    """Type keys into a shell on a session, then leave it; give its exit status and its screen."""
    screen = Screen()
    with create_pipe_input() as keyboard, create_app_session(keyboard, DummyOutput()):
        hands = threading.Thread(target=press, args=(keyboard, (*keys, CTRL_C, CTRL_D), pause))
        hands.start()
        status = Shell(session, screen.display, Editor(session, screen.display).read, lambda text: "").loop()
        hands.join()
    return status, screen


def press(keyboard, keys, pause):
    for key in keys:
        keyboard.send_text(key)
        time.sleep(pause)


def test_lines_are_run_and_ctrl_d_leaves_with_the_edits_kept(session, box):
    status, screen = typed(session, "alua dgrp add esos", ENTER, "alua", ENTER, "dgrp add two", ENTER)

    assert status == 0
    assert edits(session_on(box)) == ["alua dgrp add esos", "alua dgrp add two"]
    assert "2 edits are kept for the next session" in screen.err.getvalue()


@pytest.mark.parametrize("word", ["quit", "exit", "bye"])
def test_quit_leaves_and_runs_nothing_behind_it(session, word):
    status, screen = typed(session, PASTE.format(f"{word}\nalua dgrp add esos"), ENTER)

    assert (status, edits(session)) == (0, [])
    assert "1 more line not run" in screen.text


def test_ctrl_c_clears_the_line_and_the_shell_goes_on(session):
    typed(session, "alua dgrp add one", CTRL_C, "alua dgrp add two", ENTER)

    assert edits(session) == ["alua dgrp add two"]


@pytest.mark.parametrize("hint, room, shown", [
    ("<a device group>", 16, "<a device group>"), ("<a name for it: up to 64 letters>", 20, "<a name for it:...>"),
    ("<a name>", 2, "...>"), ("", 40, ""),
])
def test_a_hint_is_shown_as_far_as_there_is_room(hint, room, shown):
    assert fitting(hint, room) == shown


def test_tab_takes_what_the_menu_offers(session):
    do(session, "alua dgrp add esos")

    typed(session, "alua dgrp del e\t", ENTER)

    assert edits(session)[-1] == "alua dgrp del esos"


def test_a_question_mark_where_a_word_begins_helps_and_is_not_typed(session):
    _, screen = typed(session, "alua dgrp ?", "add esos", ENTER)

    assert edits(session) == ["alua dgrp add esos"]
    assert "del   delete a device group and all that is in it" in screen.out.getvalue()


@pytest.mark.parametrize("line", ["alua pair add esos host1 a?", 'svc set opensm opts="?'])
def test_a_question_mark_within_a_word_or_quotes_is_typed(session, line):
    _, screen = typed(session, line, ENTER)

    assert "meaning" not in screen.out.getvalue()
    assert "?" in screen.err.getvalue()


def test_a_pasted_block_is_run_line_by_line_as_far_as_it_fits(session):
    block = "alua dgrp add one\nalua dgrp \\\n  add two\n\n# a comment\nalua dgrp addd three\nalua dgrp add four\n"

    _, screen = typed(session, PASTE.format(block), ENTER)

    assert edits(session) == ["alua dgrp add one", "alua dgrp add two"]
    assert "did you mean: alua dgrp add three" in screen.text and "1 more line not run" in screen.text


def test_a_line_that_ends_in_a_backslash_goes_on_behind_enter(session):
    typed(session, "alua dgrp \\", ENTER, "add esos", ENTER)

    assert edits(session) == ["alua dgrp add esos"]


def test_an_error_is_shown_with_its_place_and_the_shell_goes_on(session):
    _, screen = typed(session, "alua device add esos disk01", ENTER, "alua dgrp add esos", ENTER)

    assert "  alua device add esos disk01\n                  ^^^^\nE202 column 17: " in screen.err.getvalue()
    assert edits(session) == ["alua dgrp add esos"]


def test_while_a_commit_waits_nothing_offers_to_keep_it_for_a_word_that_is_another(session):
    lines = ("svc enable sbd", "commit confirmed 5", "drbdadm", "config", "brctl addbr br0", "reset", "comfirm", "revert")
    status, screen = run_shell(session, *lines)
    assert (status, screen.text.count(" does not fit")) == (0, 5)
    assert [line.strip() for line in screen.text.splitlines() if "did you mean" in line] == ["did you mean: confirm"]


def test_what_the_machine_refuses_is_an_error_and_no_bug(session, box):
    box.path("/etc/network.conf").unlink()
    box.path("/etc/network.conf").mkdir()

    status, screen = run_shell(session, "show net")

    assert status == 0 and "E224" in screen.text


def test_any_other_exception_ends_the_shell_with_70(session):
    status, screen = run_shell(session, ValueError("surprise"))

    assert status == BUG
    assert screen.err.getvalue().splitlines()[-1].startswith("bug: ValueError: surprise")


def test_lines_typed_before_are_found_with_ctrl_r_in_the_next_shell(session, box):
    typed(session, "alua dgrp add esos", ENTER, "undo", ENTER)
    after = session_on(box)

    typed(after, CTRL_R, "dgrp add", ENTER, ENTER, pause=0.3)

    assert edits(after) == ["alua dgrp add esos"]
    assert box.stat("/var/lib/esosh/history.root").mode == 0o600


def test_history_comes_newest_first_and_keeps_a_block_as_lines(box):
    past = StoredHistory(box, "anna")
    past.store_string("one")
    past.store_string("two \\\nmore\n\nthree")

    assert list(StoredHistory(box, "anna").load_history_strings()) == ["three", "two  more", "one"]
    assert list(StoredHistory(box, "nobody").load_history_strings()) == []


def test_history_that_cannot_be_kept_stops_nothing(session, box):
    box.path("/var/lib/esosh").mkdir(parents=True, exist_ok=True)
    box.path("/var/lib/esosh/history.root").mkdir()

    status, _ = typed(session, "alua dgrp add esos", ENTER)

    assert (status, edits(session)) == (0, ["alua dgrp add esos"])


def test_the_prompt_says_candidate_host_level_edits_and_what_is_unsaved(session, box):
    assert prompt(session) == "esosh(live/sandbox:esos1)# "

    do(session, "alua", "alua dgrp add esos", "svc enable opensm")
    assert prompt(session) == "esosh(live/sandbox:esos1)alua*2# "

    do(session, "commit")
    assert git.count_unsaved(box) and prompt(session) == "esosh(live/sandbox:esos1)alua!sync# "
    assert prompt(session_on(box, name="draft")) == "esosh(draft/sandbox:esos1)!sync# "


def test_what_is_pending_is_told_at_the_start(session, box):
    do(session, "alua dgrp add esos")

    _, screen = run_shell(session_on(box))

    assert "1 edit pending by root on tty1, " in screen.text
    assert "1 edit is kept for the next session" in screen.text


def test_a_commit_that_was_cut_short_is_told_at_the_start(esosh, box):
    esosh("alua", "dgrp", "add", "esos")
    esosh("commit", faults="write */device_groups/mgmt crash\n")

    _, screen = run_shell(session_on(box))

    assert "was cut short at step" in screen.text and "or: recover" in screen.text


@pytest.mark.parametrize("answer", ["yes", " yes ", "y", ""])
def test_what_is_asked_is_shown_and_the_answer_given_as_it_was_typed(session, answer):
    screen, asked = Screen(), []
    Shell(session, screen.display, input, lambda text: asked.append(text) or answer)

    assert session.ask(Lines.of("2 io"), "sure? ") == answer.strip()
    assert (screen.out.getvalue(), asked) == ("2 io\n", ["sure? "])


@pytest.mark.parametrize("error", [EOFError, KeyboardInterrupt])
def test_no_answer_is_no(session, error):
    def ask(text):
        raise error

    Shell(session, Screen().display, input, ask)

    assert session.ask(Lines.of("2 io"), "sure? ") == "no"


def test_a_no_is_no_error_keeps_the_edits_and_lets_no_line_behind_it_run(session):
    do(session, "alua dgrp add esos", "alua device add esos disk01", "commit", "alua device del esos disk01", "svc enable nut")
    _, screen = run_shell(session, "commit\nsvc enable sbd", "svc stop scst", ask=lambda text: "no")
    assert "not committed, 2 edits are kept\n1 more line not run\n" in screen.text
    assert not any(word in screen.text for word in ("E301", "E239", "hint"))
    assert edits(session) == ["alua device del esos disk01", "svc enable nut"]


def test_a_candidate_that_somebody_holds_is_refused(session, box):
    with session_on(box).hold(), pytest.raises(Locked):
        loop.run(session, Screen().display)


@pytest.mark.parametrize("text, start, expected", [
    ("al", -2, {"alua": "alua"}),
    ("alua dgrp del ", 0, {"esos": "esos", '"add"': "add"}),
    ("alua dgrp del a", -1, {'"add"': "add"}),
    ("alua tgrp add esos local st", -2, {"state=": "state="}),
    ("alua tgrp add esos local state=of", -2, {"offline": "offline"}),
    ("undo ", 0, {"": "<how many>"}),
    ("sync\nalua dgrp \\\n d", -1, {"del": "del"}),
])
def test_a_completion_replaces_the_begun_word(session, text, start, expected):
    do(session, "alua dgrp add esos", 'alua dgrp add "add"')
    found = list(MenuCompleter(Lookups(session), session).get_completions(Document(text), CompleteEvent()))

    assert expected.items() <= {completion.text: completion.display_text for completion in found}.items()
    assert {completion.start_position for completion in found if completion.text} <= {start}


@pytest.mark.parametrize("text, expected", [
    ("alua dgrp add esos", "keyword keyword keyword new"),
    ("alua tgrp add esos local group_id=1", "keyword keyword keyword name new key name"),
    ("alua dgrp addd esos", "keyword keyword wrong"),
    ("alua dgrp ad", "keyword keyword"),
    ("alua dgrp ax", "keyword keyword wrong"),
    ("net bond bo", "keyword keyword"),
    ("net bond bo mtu", "keyword keyword wrong"),
    ("net iface eth0 address=10.", "keyword keyword name key"),
    ("net iface eth0 mtu=x ", "keyword keyword name key wrong"),
    ("sync # now", "keyword comment"),
    ("alua\ndgrp add esos", "keyword"),
])
def test_words_have_the_colour_of_what_they_are_and_the_first_wrong_one_is_marked(session, text, expected):
    lexed = Highlighter(Lookups(session), session).lex_document(Document(text))
    lines = [lexed(number) for number in range(text.count("\n") + 1)]

    styles = [fragment[0] for line in lines for fragment in line if fragment[1].strip() and fragment[0]]
    assert " ".join(style.replace("class:", "") for style in styles) == expected
    assert "\n".join("".join(fragment[1] for fragment in line) for line in lines) == text


def test_a_terminal_that_can_do_nothing_gets_plain_text(box):
    master, slave = pty.openpty()
    process = subprocess.Popen([sys.executable, "-m", "esosh", "--sandbox", root_of(box)], stdin=slave, stdout=slave, stderr=slave,
                               env={**environment(), "TERM": "dumb"})
    os.close(slave)
    os.write(master, b"alua dgrp add esos\nquit\n")

    text = read_terminal(master)

    assert process.wait(10) == 0
    assert "esosh(live/sandbox:esos1)# " in text and "1 edit is kept" in text
    assert "\x1b" not in text

