"""A short version of the fuzz campaign of `make campaign`; and that it finds what it is for."""

from __future__ import annotations

import time

import fuzz
import pytest
from fuzz_parts import PARTS, Case, Part, fields
from strategies import is_key

from esosh.language.grammar import grammar

SHARE = {"lines": 0.01, "values": 0.004}


@pytest.mark.parametrize("part", PARTS)
def test_esosh_answers_whatever_it_is_given(part, capsys):
    assert [*map(str, fuzz.play_part(part, SHARE.get(part, 0.005), seed=1))] == []
    right, _, total = capsys.readouterr().out.split()[1].partition("/")
    assert right == total


def test_the_campaign_reaches_every_word_of_the_user_s():
    reached = {words[place][1] for words, place in fields()}
    assert {terminal for terminal in grammar().patterns if terminal not in reached and not is_key(terminal)} == set()


@pytest.fixture
def broken(monkeypatch):
    """A part whose seventh case fails in a given way."""
    def plant(fail):
        monkeypatch.setitem(PARTS, "broken", Part(lambda: 9, lambda rng, number: Case(f"input {number}", fail if number == 7 else lambda: None)))
    return plant


def raise_bug():
    raise ValueError("a bug")


def spin():
    while time.process_time():
        pass


@pytest.mark.parametrize("fail, problem", [(raise_bug, "ValueError: a bug"), (spin, "Hang: more than 1 s of the processor")])
def test_a_failure_is_told_with_its_seed_and_its_input(broken, fail, problem, capsys):
    broken(fail)
    failures = fuzz.play_part("broken", 1, seed=5)
    told = capsys.readouterr().out
    assert told.endswith("broken: 8/9\n") and "again: --seed 5 --only broken:7" in told and "given: 'input 7'" in told
    assert [failure.case for failure in failures] == ["broken:7"]
    assert f"(seed 5) {problem}" in str(failures[0]) and "given: 'input 7'" in str(failures[0])


def test_a_case_is_made_again_from_its_seed_and_its_number():
    one, again, other = (fuzz.case_of("lines", 12, seed).given for seed in (3, 3, 4))
    assert one == again != other
