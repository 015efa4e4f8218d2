"""Numbers in foreign texts: one place makes them, and says what is none."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import esosh
from esosh.errors import Refused
from esosh.language.numbers import decimal, kernel_number, number_in

ROOT = Path(esosh.__file__).parent
OWN = (  # files whose texts are esosh's own, or which match a pattern of few digits beside it
    "shell/arguments.py", "session/store.py", "transaction/journal.py", "transaction/encoding.py", "language/numbers.py", "language/source.py",
    "executors/scst/conf_tree.py", "executors/scst/packing.py", "executors/scst/values.py", "transaction/pending.py", "transaction/repository.py",
)


@pytest.mark.parametrize("text, number", [
    ("0", 0), ("007", 7), ("18446744073709551615", 2**64 - 1), ("", None), ("\u00b2", None), ("\u0663", None), ("1_0", None), (" 1", None), ("-1", None), ("+1", None),
    ("1\n", None), ("1.5", None), ("0x1", None), ("9" * 5000, None),
])
def test_a_decimal_number_is_digits_and_nothing_else(text, number):
    assert decimal(text) == number


@pytest.mark.parametrize("number, least, most, fits", [("5", 5, 5, True), ("4", 5, 9, False), ("10", 5, 9, False), ("0", 0, None, True)])
def test_a_number_out_of_bounds_is_none(number, least, most, fits):
    assert (decimal(number, least, most) is not None) == fits


@pytest.mark.parametrize("text, number", [
    ("0x10", 16), ("010", 8), ("10", 10), ("-1", -1), ("0", 0), ("00", 0), ("0o17", None), ("0b1", None), ("09", None), ("", None), ("1_0", None), ("\u00b2", None),
    ("0x" + "f" * 17, None), ("9" * 5000, None),
])
def test_a_number_is_read_as_the_kernel_reads_it(text, number):
    assert kernel_number(text) == number


def test_what_is_no_number_is_told_with_its_file():
    with pytest.raises(Refused, match=r'^/sys/x cannot be read: "abc" is no number$'):
        number_in("/sys/x", "abc")


def _makers(file: Path):
    """Where a file makes numbers of texts by Python's own means; int() of a truth value is none."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "int":
            argument = node.args[0]
            if not (isinstance(argument, (ast.Attribute, ast.Name)) and ast.unparse(argument).rpartition(".")[2] in ("preferred", "is_on", "is_empty")):
                yield ast.unparse(node)
        elif isinstance(node, ast.Attribute) and node.attr in ("isdigit", "isdecimal", "isnumeric"):
            yield ast.unparse(node)


def test_no_other_module_makes_numbers_of_foreign_texts():
    files = [file for file in ROOT.rglob("*.py") if "sandbox" not in file.parts and str(file.relative_to(ROOT)) not in OWN]
    assert {str(file.relative_to(ROOT)): [*_makers(file)] for file in files if [*_makers(file)]} == {}


def test_no_text_of_a_file_is_cut_at_other_ends_than_newlines():
    files = [file for file in ROOT.rglob("*.py") if "sandbox" not in file.parts]
    assert [file.name for file in files if ".splitlines(" in file.read_text()] == ["svc.py"]  # what a script printed
