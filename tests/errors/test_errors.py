"""Errors: the tree of errors.py's docstring, their data, and the marks below a wrong word."""

from __future__ import annotations

import json
import re

import pytest

from esosh import errors
from esosh.errors import BUG, EsoshError, LineError, LineErrors, Place, Refused, UndoFailed

KINDS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, EsoshError)]
STATUSES = {name: int(status) for name, status in re.findall(r"── (\w+) +(\d)", errors.__doc__ or "")}
CODES = {"EsoshError": "E200", "LineError": "E101", "LineErrors": "E101", "Refused": "E200", "Damaged": "E241", "ChecksRefuse": "E301", "Declined": "E239", "Conflict": "E401",
         "StepFailed": "E501", "UndoFailed": "E601", "Locked": "E701"}


def test_every_error_has_its_own_status_as_the_docstring_says() -> None:
    assert {kind.__name__: kind.status for kind in EsoshError.__subclasses__()} == STATUSES
    assert len(set(STATUSES.values())) == len(STATUSES)
    assert BUG not in STATUSES.values()
    assert f"exit status {BUG}" in (errors.__doc__ or "")


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_has_its_code(kind: type[EsoshError]) -> None:
    assert kind("no").code == CODES[kind.__name__]


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_can_be_raised_and_says_its_message(kind: type[EsoshError]) -> None:
    with pytest.raises(EsoshError) as raised:
        raise kind("no such thing", hint="help")
    assert str(raised.value) == "no such thing"


@pytest.mark.parametrize("error, data", [
    (Refused("no disk", hint="help", code="E202", word="disk"),
     {"code": "E202", "status": 1, "message": "no disk", "where": None, "expected": [], "hint": "help", "details": []}),
    (LineError("no", Place("a b", 3, 1, "x.esh", 7), ("c",)),
     {"code": "E101", "status": 2, "message": "no", "where": {"file": "x.esh", "line": 7, "column": 3, "text": "a b"}, "expected": ["c"],
      "hint": "", "details": []}),
    (UndoFailed("no", details=("/etc/rc.conf",)),
     {"code": "E601", "status": 6, "message": "no", "where": None, "expected": [], "hint": "", "details": ["/etc/rc.conf"]}),
])
def test_an_error_is_data(error: EsoshError, data: dict[str, object]) -> None:
    assert json.loads(json.dumps(error.data())) == data


def test_the_errors_of_a_file_are_one_error() -> None:
    assert LineErrors("2 lines", errors=(LineError("a"), LineError("b"))).status == LineError.status


@pytest.mark.parametrize("place, shown", [(Place("a b", 3), "column 3"), (Place("a b", 3, 1, "x.esh", 7), "x.esh:7:3")])
def test_a_place_says_where_as_editors_read_it(place: Place, shown: str) -> None:
    assert str(place) == shown


@pytest.mark.parametrize("place, marks", [
    (Place("alua dgrp addd x", 11, 4), "          ^^^^"), (Place("a", 1, 1), "^"), (Place("alua", 5, 1), "    ^"), (Place("", 1, 0), "^"),
    (Place("\ta\tb c", 5, 1), "\t \t ^"), (Place("é b", 3, 1), "  ^"),
])
def test_marks_stand_below_the_wrong_word(place: Place, marks: str) -> None:
    assert place.caret() == (place.line, marks)
