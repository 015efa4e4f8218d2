"""Codes of errors and findings: each that the program uses is explained, and no other."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import esosh
from esosh.errors import Refused
from esosh.errors.codes import CODES
from esosh.language import usage

ROOT = Path(esosh.__file__).parent


def used() -> Iterator[str]:
    """Every text in the sources that is a code and nothing else."""
    for file in ROOT.rglob("*.py"):
        if file.name != "codes.py":
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.fullmatch(r"[EW]\d{3}", node.value):
                    yield node.value


def test_every_code_of_the_program_is_explained_and_no_other():
    assert set(used()) == set(CODES)


@pytest.mark.parametrize("code", CODES)
def test_an_explanation_says_in_two_or_three_sentences_what_is_so_and_what_to_do(code):
    assert CODES[code].endswith(".")
    assert 2 <= len(re.findall(r"\.(?= [A-Z]|$)", CODES[code])) <= 3


@pytest.mark.parametrize("code", ["E320", "e320"])
def test_help_explains_a_code(code):
    view = usage.help([code])
    assert view.lines[0].text == "E320"
    assert " ".join(line.text.strip() for line in view.lines[1:]) == CODES["E320"]
    assert view.data == [{"code": "E320", "meaning": CODES["E320"]}]


def test_a_code_that_there_is_not_is_told_with_those_that_there_are_and_the_nearest():
    with pytest.raises(Refused, match="no code E32;") as raised:
        usage.help(["E32"])
    assert " ".join(raised.value.details).split() == list(CODES)
    assert raised.value.hint.startswith("help E32")
    with pytest.raises(Refused) as raised:
        usage.help(["E999999"])
    assert raised.value.hint == ""


def test_every_refusal_of_the_program_has_a_code_of_its_own():
    calls = [(file, node) for file in sorted(ROOT.rglob("*.py")) for node in ast.walk(ast.parse(file.read_text()))
             if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Refused"]
    assert len(calls) > 100
    assert [f"{file.name}:{call.lineno}" for file, call in calls if "code" not in {keyword.arg for keyword in call.keywords}] == []
