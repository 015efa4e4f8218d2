"""Records: what they are made of, and that they never change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Callable, ClassVar

import pytest

from esosh.records import NOTHING, Record, replace


class Shelf(Record):
    width: int
    colour: str = "white"


class Cupboard(Shelf):
    doors: Mapping[str, str] = NOTHING
    made_of: ClassVar[str] = "wood"


WIDE = Cupboard(80, "red", {"left": "open"})


@pytest.mark.parametrize("made, parts", [
    (Shelf(80), {"width": 80, "colour": "white"}), (Shelf(80, "red"), {"width": 80, "colour": "red"}),
    (Shelf(colour="red", width=80), {"width": 80, "colour": "red"}),
    (Cupboard(80), {"width": 80, "colour": "white", "doors": {}}), (WIDE, {"width": 80, "colour": "red", "doors": {"left": "open"}}),
])
def test_a_record_has_its_parts_in_their_order_and_defaults_where_none_is_given(made, parts):
    assert vars(made) == parts
    assert tuple(parts) == made.PARTS


@pytest.mark.parametrize("make", [
    lambda: Shelf(), lambda: Shelf(1, "red", 3), lambda: Shelf(1, width=2), lambda: Shelf(1, height=2), lambda: Shelf(colour="red"),
    lambda: Shelf(height=2, colour="red"), lambda: replace(WIDE, height=2),
])
def test_parts_that_are_missing_unknown_or_given_twice_are_an_error(make: Callable[[], Record]):
    with pytest.raises(TypeError, match="has the parts width, colour"):
        make()


@pytest.mark.parametrize("one, other, equal", [
    (Shelf(80), Shelf(80, "white"), True), (Shelf(80), Shelf(81), False), (Shelf(80), Cupboard(80), False), (Shelf(80), 80, False),
    (Cupboard(80), Cupboard(80, doors={}), True),
])
def test_records_of_a_class_are_equal_when_their_parts_are(one, other, equal):
    assert (one == other) is equal


def test_equal_records_have_one_hash_and_a_record_shows_its_parts():
    assert hash(Shelf(80)) == hash(Shelf(80, "white"))
    assert repr(Shelf(80)) == "Shelf(width=80, colour='white')"


def test_a_record_does_not_change_and_another_one_is_made_of_it():
    with pytest.raises(AttributeError, match="does not change: width"):
        WIDE.width = 81
    assert (replace(WIDE, width=81), WIDE.width) == (Cupboard(81, "red", {"left": "open"}), 80)
    with pytest.raises(TypeError, match="stays empty"):
        NOTHING["a"] = "b"
