from __future__ import annotations

import io
import json
import subprocess
import sys

import pytest

from esosh.errors import ChecksRefuse, LineError, LineErrors, Place, Refused
from esosh.shell.display import Display
from esosh.views import Line, Lines, Table


def shown(do, colour=False, as_json=False):
    out, err = io.StringIO(), io.StringIO()
    do(Display(colour, as_json, out, err))
    return out.getvalue(), err.getvalue()


def told(error):
    return shown(lambda display: display.error(error))[1]


def test_a_view_goes_to_out_and_its_trailing_blanks_do_not():
    assert shown(lambda display: display.view(Table(("name", "is"), (("a", "x  "),)))) == ("name  is\na     x\n", "")


def test_notices_go_to_err():
    assert shown(lambda display: display.notices([Line("undone", "warn")])) == ("", "undone\n")


BAD_WORD = LineError('"addd" does not fit', Place("alua dgrp addd esos", 11, 4), hint="alua dgrp add esos")


@pytest.mark.parametrize("error, lines", [
    (BAD_WORD, ["  alua dgrp addd esos", "            ^^^^", 'E101 column 11: "addd" does not fit',
                "     did you mean: alua dgrp add esos"]),
    (Refused("no device dsik01", Place("  d add dsik01", 9, 6, "first.esh", 7), hint="d add disk01", code="E202"),
     ["first.esh:7:9: E202 no device dsik01", "    d add dsik01", "          ^^^^^^", "     did you mean: d add disk01"]),
    (Refused("bond0 is in use", hint="net bond del bond0"), ["E200 bond0 is in use", "     hint: net bond del bond0"]),
    (ChecksRefuse("the checks refuse", Place("commit", 1, 6), details=("E320 net bond0: no eth7",)),
     ["E301 the checks refuse", "     E320 net bond0: no eth7"]),
    (LineError("no such word", Place("foo", 1, 3)), ["  foo", "  ^^^", "E101 column 1: no such word"]),
    (Refused("all of it", Place("d add", 1, 5, "f", 2)), ["f:2:1: E200 all of it", "  d add"]),
    (LineErrors("2", errors=(LineError("one"), LineError("two"))), ["E101 one", "E101 two"]),
])
def test_an_error_says_where_what_and_what_would_mend_it(error, lines):
    assert told(error).splitlines() == lines


def test_marks_stand_below_the_wrong_word_behind_tabs_and_control_characters():
    text = told(LineError("no", Place("a\t\x1b b\x07d", 6, 3)))
    line, marks, _ = text.splitlines()

    assert line == "  a\t\\x1b b\\x07d"
    assert line.expandtabs()[len(marks.expandtabs()) - 6 : len(marks.expandtabs())] == "b\\x07d"


@pytest.mark.parametrize("do", [
    lambda display: display.view(Lines.of("a\x1b[31mb")),
    lambda display: display.notices([Line("a\x1b[31mb")]),
    lambda display: display.error(Refused("a\x1b[31mb", details=("\x1b]0;x\x07",), hint="\x1b")),
    lambda display: display.bug(ValueError("a\x1b[31mb")),
], ids=["view", "notices", "error", "bug"])
@pytest.mark.parametrize("as_json", [False, True])
def test_no_control_character_reaches_the_terminal(do, as_json):
    assert "\x1b" not in "".join(shown(do, as_json=as_json))


def test_a_bug_is_one_line_with_its_place_and_no_traceback():
    try:
        {}["x\ny"]
    except KeyError as error:
        bug = error
    text = shown(lambda display: display.bug(bug))[1]

    assert text.startswith("bug: KeyError: ") and "(test_display.py:" in text
    assert text.count("\n") == 1


def test_json_is_one_object_a_line_and_all_of_it_on_out():
    def do(display):
        display.notices([Line("undone")])
        display.view(Table(("name",), (("a",),)))
        display.error(BAD_WORD)

    out, err = shown(do, as_json=True)
    first, second = (json.loads(line) for line in out.splitlines())

    assert first == {"version": 2, "view": [{"name": "a"}], "notices": ["undone"]}
    assert second["error"]["code"] == "E101" and second["error"]["where"]["column"] == 11 and second["notices"] == []
    assert err == ""


def test_colour_changes_no_letter():
    coloured, _ = shown(lambda display: display.view(Lines((Line("- gone [red]", "del"), Line("x" * 200)))), colour=True)

    assert coloured == "\x1b[31m- gone [red]\x1b[0m\n" + "x" * 200 + "\n"


def test_without_colour_neither_rich_nor_prompt_toolkit_nor_pydoc_is_imported():
    code = ("import sys; from esosh.shell.display import Display; from esosh.views import Lines; from esosh.errors import Refused;"
            "d = Display(False, False, sys.stdout, sys.stdout); d.page(Lines.of('x')); d.error(Refused('y'));"
            "print(sorted({'rich', 'prompt_toolkit', 'pydoc', 'asyncio'} & set(sys.modules)))")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.splitlines()[-1] == "[]"


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize("lines, paged", [(5, False), (10, True)])
def test_a_view_longer_than_the_terminal_goes_to_a_pager(lines, paged, monkeypatch, capsys):
    monkeypatch.setenv("LINES", "10")
    monkeypatch.setenv("COLUMNS", "80")
    out = Terminal()

    Display(False, False, out, out).page(Lines.of(*map(str, range(lines))))

    assert bool(capsys.readouterr().out) == paged and bool(out.getvalue()) != paged  # no terminal here: it prints


def test_a_long_message_is_folded_between_words_on_a_terminal(monkeypatch):
    monkeypatch.setenv("COLUMNS", "20")
    err = Terminal()

    Display(False, False, err, err).error(Refused("one two three four-five"))

    assert err.getvalue() == "E200 one two three\n     four-five\n"


@pytest.mark.parametrize("steps, json, drawn", [(1000, False, True), (5, False, False), (1000, True, False)])
def test_a_commit_of_more_than_a_screenful_of_steps_shows_how_far_it_is_and_nothing_of_it_stays(steps, json, drawn):
    out, err = Terminal(), Terminal()
    display = Display(colour=False, json=json, out=out, err=err)
    for number in range(1, steps + 1):
        display.progress(number, steps, "echo 1 > /sys/a")
    assert (f"{steps}/{steps}" in err.getvalue()) == drawn
    display.view(Lines.of("committed"))
    assert err.getvalue().endswith("\x1b[2K") == drawn
    assert "committed" in out.getvalue()


@pytest.mark.parametrize("style, lines", [
    ("warn", ["W362 scst kd: disk03", "     is on the same", "     file too"]),
    ("command", ["W362 scst kd: disk03 is on the same file too"]),
])
def test_a_warning_is_folded_between_words_on_a_terminal_and_what_may_be_copied_is_not(style, lines, monkeypatch):
    monkeypatch.setenv("COLUMNS", "20")
    long = Line("W362 scst kd: disk03 is on the same file too", style)
    for show in (lambda display: display.view(Lines((long,))), lambda display: display.notices([long])):
        out = Terminal()
        show(Display(False, False, out, out))
        assert out.getvalue().splitlines() == lines
        assert f"{long.text}\n" in shown(show)  # no terminal: a line stays one
