"""Lines are read as Lark reads them: the same words, the same terminals, the same that may follow, the same trees."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lark_reading import LarkReading
from places import MAN
from strategies import Sentence, sentences, typed

from esosh.errors import LineError
from esosh.language.grammar import Reading, grammar, interpretations
from esosh.language.source import sections
from esosh.language.words import split

LEVELS = ("", *sections())
WORDS = st.sampled_from((*sorted(grammar().keywords), "x", "10", "bond0", "a=b", "k=", "=", "1.2.3.4", "'q q'", '"add"', "é"))
EXAMPLES = sorted({line.replace("\\e", "\\").replace("\\-", "-") for page in MAN.glob("*.[78]")
                   for block in re.findall(r"^\.EX\n(.*?)^\.EE", page.read_text(), re.S | re.M) for line in block.splitlines()})


def tree(rule: str, parts: list[Any]) -> tuple[str, tuple[Any, ...]]:
    return rule, tuple(parts)


def assert_read_as_lark_does(line: str, level: str = "") -> None:
    try:
        words = split(line)
    except LineError:
        return
    for reading in interpretations(words, level):
        ours, theirs = Reading(reading), LarkReading(reading)
        assert (ours.read, ours.wrong, ours.accepts()) == (theirs.read, theirs.wrong, theirs.accepts())
        if ours.wrong is None and "$END" in ours.accepts():
            assert ours.tree(tree) == theirs.tree()


def prefixes(line: str) -> Iterator[str]:
    return (line[:end] for end in (0, *(match.end() for match in re.finditer(r"\S+", line))))


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_prefix_of_an_example_in_the_manual_is_read_as_lark_reads_it(example: str) -> None:
    for line in prefixes(example):
        for level in LEVELS:
            assert_read_as_lark_does(line, level)


def test_the_manual_has_examples() -> None:
    assert len(EXAMPLES) > 100


@settings(max_examples=300, deadline=None)
@given(sentences())
def test_every_prefix_of_a_sentence_is_read_as_lark_reads_it(drawn: tuple[str, Sentence]) -> None:
    for line in prefixes(" ".join(typed(drawn[1]))):
        assert_read_as_lark_does(line)


@settings(max_examples=400, deadline=None)
@given(sentences(), st.data())
def test_a_sentence_that_is_broken_is_read_as_far_as_lark_reads_it(drawn: tuple[str, Sentence], data: st.DataObject) -> None:
    words = typed(drawn[1])
    first = data.draw(st.integers(0, len(words)))
    last = data.draw(st.integers(first, min(first + 2, len(words))))
    words[first:last] = data.draw(st.lists(WORDS, max_size=2))
    assert_read_as_lark_does(" ".join(words), data.draw(st.sampled_from(LEVELS)))


@settings(max_examples=300, deadline=None)
@given(st.lists(WORDS, max_size=8).map(" ".join), st.sampled_from(LEVELS))
@example("show", "net")
@example("alua tgrp set a b group_id=", "")
def test_any_words_are_read_as_far_as_lark_reads_them(line: str, level: str) -> None:
    assert_read_as_lark_does(line, level)


def test_a_long_list_is_read_whole_and_in_order() -> None:
    names = [f"s{number}" for number in range(2000)]
    lists = []
    Reading(split(" ".join(["svc", "enable", *names]))).tree(lambda rule, parts: lists.append((rule, parts)))
    assert lists[0] == ("service_list", names)
