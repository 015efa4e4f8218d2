"""The table of bonding options: the same keys and words as the grammar, and values that it accepts itself."""

from __future__ import annotations

import re

import pytest

from esosh.executors.net.options import BY_NAME, DEFAULTS, MODES, OPTIONS, Option, canonical
from esosh.language.source import source

VALUES = re.compile(r'"(\w+)=" (\w+)')
TERMINALS = {"number": ("NUMBER",), "switch": ("switch",), "addresses": ("IPS",), "mac": ("MAC",), "interface": ("SLAVE",)}
each_option = pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.name)


def rule(name: str) -> str:
    """The body of a rule of the grammar."""
    found = re.search(rf"^!?{name}: (.*(?:\n  .*)*)$", source(), re.M)
    assert found, name
    return found[1]


def grammar_values() -> dict[str, str]:
    """Each bonding key of the grammar with what its value is."""
    return dict(VALUES.findall(rule("_bond_option")))


def test_every_option_of_the_grammar_has_a_row_and_the_reverse() -> None:
    assert grammar_values().keys() == BY_NAME.keys()
    assert len(BY_NAME) == len(OPTIONS)


@each_option
def test_the_grammar_has_the_kind_and_the_words_of_the_table(option: Option) -> None:
    value = grammar_values()[option.name]
    if option.kind == "words":
        assert sorted(re.findall(r'"([^"]+)"', rule(value))) == sorted(option.words)
    else:
        assert value in TERMINALS[option.kind]


@each_option
def test_a_default_is_a_value_that_the_kernel_accepts(option: Option) -> None:
    assert DEFAULTS[option.name] == option.default
    assert option.default == "" or canonical(option.name, option.default) == option.default


@each_option
def test_a_word_may_be_its_number_and_a_number_is_in_its_range(option: Option) -> None:
    words = [str(number) for number in range(len(option.words))] or ["none"]
    if option.kind == "words":
        assert tuple(canonical(option.name, word) for word in words) == option.words
        assert canonical(option.name, str(len(option.words))) is None
    elif option.kind in ("number", "switch"):
        limits = [option.least - 1, option.least, option.most, option.most + 1]
        accepted = [canonical(option.name, str(number)) for number in limits]
        assert accepted == [None, str(option.least), str(option.most), None]


@each_option
def test_modes_are_modes(option: Option) -> None:
    assert {*option.modes} <= {*MODES}
    assert [mode for mode in MODES if option.belongs_to(mode)] == [*(option.modes or MODES)]
