"""The arguments of the command line: what each says, and what is said where they are wrong."""

from __future__ import annotations

import re

import pytest

from esosh import __version__
from esosh.shell.arguments import Options, parse_arguments

DEFAULT = "/state/esosh/sandbox"


def said(options: Options) -> dict[str, object]:
    """The options that differ from their defaults."""
    defaults = vars(Options())
    return {name: value for name, value in vars(options).items() if value != defaults[name]}


@pytest.mark.parametrize("argv, options", [
    ([], {}),
    (["show", "alua"], {"words": ["show", "alua"]}),
    (["--json", "show", "--check"], {"json": True, "words": ["show", "--check"]}),
    (["--check", "--commit", "--no-color", "-f", "-"], {"check": True, "commit": True, "no_color": True, "file": "-"}),
    (["-ffile"], {"file": "file"}), (["-f=file"], {"file": "file"}), (["-f", "-5"], {"file": "-5"}), (["-f", "-a b"], {"file": "-a b"}),
    (["--candidate", "work", "diff"], {"candidate": "work", "words": ["diff"]}), (["--candidate="], {}),
    (["--lock-timeout", "1.5"], {"lock_timeout": 1.5}), (["--lock-timeout=3"], {"lock_timeout": 3}),
    (["--sandbox", "/box", "--as", "esos2"], {"sandbox": "/box", "box": "esos2"}),
    (["--sandbox=/box", "show"], {"sandbox": "/box", "words": ["show"]}), (["--sandbox", "box", "show"], {"sandbox": "box", "words": ["show"]}),
    (["--sandbox"], {"sandbox": DEFAULT}), (["--sandbox", "--json"], {"sandbox": DEFAULT, "json": True}),
    (["--sandbox", "show"], {"sandbox": DEFAULT, "words": ["show"]}), (["show", "--sandbox"], {"words": ["show", "--sandbox"]}),
    (["--", "--json"], {"words": ["--", "--json"]}), (["-"], {"words": ["-"]}), (["-5"], {"words": ["-5"]}), ([""], {"words": [""]}),
    (["-x y", "--json"], {"words": ["-x y", "--json"]}),
])
def test_options_come_first_and_the_rest_is_the_line(argv, options, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", "/state")
    assert said(parse_arguments(argv)) == options


@pytest.mark.parametrize("argv, message", [
    (["--frob", "show"], "unrecognized arguments: --frob"), (["--frob", "--json", "-x", "--can=1"], "unrecognized arguments: --frob -x --can=1"),
    (["--candid", "a"], "unrecognized arguments: --candid"),
    (["-f"], "argument -f: expected one argument"), (["-f", "--json"], "argument -f: expected one argument"),
    (["--candidate", "--", "a"], "argument --candidate: expected one argument"), (["--as", "-x"], "argument --as: expected one argument"),
    (["--as", "esos3"], "argument --as: invalid choice: 'esos3' (choose from 'esos1', 'esos2')"),
    (["--lock-timeout", "soon"], "argument --lock-timeout: invalid float value: 'soon'"),
    (["--lock-timeout", "nan"], "argument --lock-timeout: invalid float value: 'nan'"),
    (["--json=1"], "argument --json: ignored explicit argument '1'"),
])
def test_arguments_that_are_wrong_end_the_program_with_2_and_the_usage(argv, message, capsys):
    with pytest.raises(SystemExit) as ended:
        parse_arguments(argv)
    usage, error = capsys.readouterr().err.splitlines()
    assert (ended.value.code, error) == (2, f"esosh: error: {message}")
    assert usage.startswith("usage: esosh [--sandbox [DIR]")


@pytest.mark.parametrize("argv", [["--version"], ["--frob", "--json", "--version", "-f"]])
def test_the_version_is_all_that_is_said(argv, capsys):
    with pytest.raises(SystemExit) as ended:
        parse_arguments(argv)
    assert (ended.value.code, capsys.readouterr().out) == (None, f"esosh {__version__}\n")


@pytest.mark.parametrize("option", ["-h", "--help"])
def test_help_has_every_option(option, capsys):
    with pytest.raises(SystemExit):
        parse_arguments([option])
    listed = set(re.findall(r"^  (-[\w-]+)", capsys.readouterr().out, re.M))
    assert listed == {"-h", "--sandbox", "--as", "-f", "--again", "--check", "--commit", "--json", "--candidate", "--lock-timeout", "--no-color", "--version"}
