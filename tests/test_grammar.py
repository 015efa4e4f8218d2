"""The grammar's own house: no word has two meanings, every rule its class and its help, tables only of this grammar."""

from __future__ import annotations

import dataclasses
import importlib
import itertools
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import NAMES, commands, pattern, productions

import esosh
from esosh import language, usage
from esosh.commands import Command
from esosh.grammar import TABLES, compile_grammar, grammar, source

PACKAGE = Path(esosh.__file__).parent
SECTIONS = ("session", "cib", "scst", "alua", "net", "svc")
SAMPLES = (
    *(name for names in NAMES.values() for name in names), "1", "7", "100", "10.1.2.3", "10.1.2.3/24", "10.1.2.3,10.1.2.4",
    "02:00:00:00:00:01", "a.b", "/etc/x", "x y", "", "autoneg", "dhcp", "é", "+", "-", "a=b",
)


def together() -> set[tuple[str, str]]:
    """The pairs of patterns that one state of the parser tells apart: by what it does, or where it goes."""
    pairs = set()
    for row in grammar().parser.parser.parser._parse_table.states.values():
        here = sorted(name for name in row if name in grammar().patterns)
        pairs |= {(one, other) for one, other in itertools.combinations(here, 2) if _differ(row[one], row[other])}
    return pairs


def _differ(one: Any, other: Any) -> bool:
    # two words that end the same rule are told apart in the state behind it
    return bool(one[0].name == "Shift" or one != other)


@pytest.mark.parametrize("one, other", sorted(together()))
@settings(max_examples=50, deadline=None)
@given(data=st.data())
def test_no_word_fits_two_patterns_of_one_state(one: str, other: str, data: st.DataObject) -> None:
    drawn = [data.draw(st.from_regex(pattern(name), fullmatch=True)) for name in (one, other)]
    fits = [grammar().patterns[name] for name in (one, other)]
    assert [word for word in (*drawn, *SAMPLES) if all(fit(word) for fit in fits)] == []


def test_some_states_do_have_two_patterns() -> None:
    assert ("LESS_SLAVE", "SLAVE") in together()


@pytest.mark.parametrize("rule", commands())
def test_a_command_has_a_field_for_every_part_of_its_rule(rule: str) -> None:
    assert max(_parts(rule)) == len(dataclasses.fields(language.command_class(rule)))


def _parts(rule: str) -> list[int]:
    """How many parts each alternative of a rule keeps; what stands in its place ("_rule") has its own."""
    return [sum(max(_parts(part.name)) if part.name.startswith("_") else 1
                for part in expansion if not (part.is_term and part.filter_out)) for expansion in productions()[rule]]


def test_every_command_has_a_rule() -> None:
    written = {language.command_class(rule) for rule in commands()}
    there = set()
    for section in SECTIONS:
        found = vars(importlib.import_module(f"esosh.commands.{section}")).values()
        there |= {kind for kind in found if isinstance(kind, type) and issubclass(kind, Command)
                  and dataclasses.is_dataclass(kind) and not kind.__name__.startswith("_")}
    assert there == written
    assert set(usage.forms()) == set(commands())


def test_every_rule_and_every_word_of_the_user_s_is_used_and_explained() -> None:
    written = set(re.findall(r"^!?(\w+):", source(), re.M))
    used = set(re.findall(r"\b[a-z_]\w*\b|\b[A-Z][A-Z_]+\b", "\n".join(body for body, _ in usage.rules().values())))
    assert written - used - {"start"} == set()
    assert [name for name in (*commands(), *grammar().patterns) if not grammar().help.get(name)] == []


@pytest.mark.parametrize("alias, ours, head, tail", [
    ("delete", "del", "alua dgrp", "esos"), ("delete", "del", "net bond", "bond0"), ("exit", "quit", "", ""), ("bye", "quit", "", ""),
    ("end", "up", "", ""), ("..", "up", "", ""),
])
def test_a_word_that_is_read_as_another_is_not_offered(alias: str, ours: str, head: str, tail: str) -> None:
    line = " ".join(filter(None, (head, alias, tail)))
    assert str(language.parse(line)) == line.replace(alias, ours)
    assert {alias, ours} & language.follow(head).keywords == {ours}


def test_a_word_of_other_tools_stands_for_one_of_ours() -> None:
    assert {ours for ours in grammar().synonyms.values() if ours not in grammar().keywords} == set()
    assert {word for word in grammar().synonyms if word in grammar().keywords} == set()


# the tables beside the grammar


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A copy of esosh without its tables."""
    shutil.copytree(PACKAGE, tmp_path / "esosh", ignore=shutil.ignore_patterns("__pycache__", "sandbox", TABLES))
    return tmp_path / "esosh"


def read(package: Path, line: str) -> str:
    """What the copy reads a line as."""
    code = f"from esosh import language; print(repr(language.parse({line!r})))"
    done = subprocess.run([sys.executable, "-B", "-c", code], cwd=package.parent, capture_output=True, text=True, check=False)
    return done.stdout.strip() or done.stderr.strip().splitlines()[-1]


@pytest.mark.parametrize("tables", [None, b"", b"nonsense", b"1.0.0 abc\nnonsense"], ids=["none", "empty", "no key", "another Lark's"])
def test_tables_that_are_not_this_grammar_s_are_not_used(package: Path, tables: bytes | None) -> None:
    if tables is not None:
        (package / TABLES).write_bytes(tables)
    assert read(package, "top") == "SessionTop()"


def test_tables_of_an_older_grammar_are_not_used(package: Path) -> None:
    (package / TABLES).write_bytes(compile_grammar())
    assert read(package, "top") == "SessionTop()"
    text = (package / "grammar.lark").read_text()
    (package / "grammar.lark").write_text(text.replace('session_top: "top"', 'session_top: "topmost"'))
    assert read(package, "topmost") == "SessionTop()"


def test_tables_of_this_grammar_are_used(package: Path) -> None:
    key, _, tables = compile_grammar().partition(b"\n")
    (package / TABLES).write_bytes(key + b"\n" + tables)
    assert read(package, "top") == "SessionTop()"
    (package / TABLES).write_bytes(key + b"\nnonsense")
    assert "SessionTop()" not in read(package, "top")
