"""The grammar's own house: no word has two meanings, every rule its class and its help."""

from __future__ import annotations

import importlib
import itertools
import pkgutil
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lark_reading import lark_parser
from strategies import NAMES, commands, pattern, productions

from esosh import commands as commands_package
from esosh.commands import Command, Edit
from esosh.commands.parse import command_class, parse
from esosh.language import usage
from esosh.language.follow import follow
from esosh.language.grammar import grammar
from esosh.language.source import acting, help_texts, sections, source, synonyms

SECTIONS = ("session", "cib", *sections())
SAMPLES = (
    *(name for names in NAMES.values() for name in names), "1", "7", "100", "10.1.2.3", "10.1.2.3/24", "10.1.2.3,10.1.2.4",
    "02:00:00:00:00:01", "a.b", "/etc/x", "x y", "", "autoneg", "dhcp", "é", "+", "-", "a=b",
)


def together() -> set[tuple[str, str]]:
    """The pairs of patterns that one state of the parser tells apart: by what it does, or where it goes."""
    pairs = set()
    for row in lark_parser().parser.parser._parse_table.states.values():
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
    assert max(map(len, alternatives(rule))) == len(command_class(rule).PARTS)


@pytest.mark.parametrize("rule", commands())
def test_the_fields_whose_words_belong_to_the_language_are_marked(rule: str) -> None:
    names = command_class(rule).PARTS
    complete = [parts for parts in alternatives(rule) if len(parts) == len(names)]
    derived = {name for parts in complete for name, part in zip(names, parts) if has_keyword(part)}
    assert {name for name in names if command_class(rule).is_keyword(name)} == derived


def test_some_fields_are_marked_and_others_not() -> None:
    assert [has_keyword(part) for part in max(alternatives("alua_tgrp_unset"), key=len)] == [False, False, True]
    assert any(has_keyword(parts[0]) for parts in alternatives("scst_device_add"))
    assert not any(map(has_keyword, max(alternatives("net_bond"), key=len)))


def alternatives(rule: str) -> list[tuple[Any, ...]]:
    """The alternatives of a rule, each with the parts that it keeps; a part named "_rule" stands for its own parts."""
    return [parts for expansion in productions()[rule] for parts in _kept_parts(expansion)]


def _kept_parts(expansion: list[Any]) -> Iterator[tuple[Any, ...]]:
    choices = [alternatives(part.name) if part.name.startswith("_") else [(part,)] for part in _kept(expansion)]
    return (tuple(itertools.chain.from_iterable(choice)) for choice in itertools.product(*choices))


def _kept(expansion: list[Any]) -> list[Any]:
    """An expansion without the keywords that are no part of the tree."""
    return [part for part in expansion if not (part.is_term and part.filter_out)]


def has_keyword(part: Any) -> bool:
    """Whether a word of a part may belong to the language: a keyword, or an attribute's name; what a pair has is apart."""
    if part.is_term:
        return part.name in grammar().texts or part.name.endswith("_KEY")
    if part.name.endswith("_pair") or part.name in commands():
        return False
    inner = [other for expansion in productions()[part.name] for other in _kept(expansion)]
    return any(has_keyword(other) for other in inner if other != part)  # what repeats has itself as a part


@pytest.mark.parametrize("rule", commands())
def test_a_command_removes_if_its_verb_says_so(rule: str) -> None:
    verb = rule.rpartition("_")[2]
    assert command_class(rule).removes == (verb in ("del", "unset", "disable", "stop", "restart", "lip", "resync"))


@pytest.mark.parametrize("rule", commands())
def test_a_command_that_acts_or_takes_away_has_a_word_that_says_so(rule: str) -> None:
    kind = command_class(rule)
    acts = kind.removes or (kind.changes and not issubclass(kind, Edit))
    assert acting().intersection(rule.split("_")) or not acts


def test_a_word_that_acts_is_a_keyword() -> None:
    assert acting() - grammar().keywords.keys() == set()


def test_every_command_has_a_rule() -> None:
    written = {command_class(rule) for rule in commands()}
    modules = [importlib.import_module(info.name) for info in pkgutil.walk_packages(commands_package.__path__, "esosh.commands.")]
    there = {kind for module in modules for kind in vars(module).values() if isinstance(kind, type)
             and issubclass(kind, Command) and kind.__module__ == module.__name__ and not kind.__name__.startswith("_")}
    assert written <= there
    assert [kind for kind in there - written if not kind.__subclasses__()] == []
    assert set(usage.forms()) == set(commands())


def test_every_rule_and_every_word_of_the_user_s_is_used_and_explained() -> None:
    written = set(re.findall(r"^!?(\w+):", source(), re.M))
    used = set(re.findall(r"\b[a-z_]\w*\b|\b[A-Z][A-Z_]+\b", "\n".join(body for body, _ in usage.rules().values())))
    assert written - used - {"start"} == set()
    assert [name for name in (*commands(), *grammar().patterns) if not help_texts().get(name)] == []


@pytest.mark.parametrize("alias, ours, head, tail", [
    ("delete", "del", "alua dgrp", "esos"), ("delete", "del", "net bond", "bond0"), ("exit", "quit", "", ""), ("bye", "quit", "", ""),
    ("end", "up", "", ""), ("..", "up", "", ""),
])
def test_a_word_that_is_read_as_another_is_not_offered(alias: str, ours: str, head: str, tail: str) -> None:
    line = " ".join(filter(None, (head, alias, tail)))
    assert str(parse(line)) == line.replace(alias, ours)
    assert {alias, ours} & follow(head).keywords == {ours}


def test_a_word_of_other_tools_stands_for_one_of_ours() -> None:
    assert {ours for ours in synonyms().values() if ours not in grammar().keywords} == set()
    assert {word for word in synonyms() if word in follow("").keywords} == set()  # no line begins with it as it is
