"""Lazy mappings: what is read, when, and that every version keeps what it has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from esosh.config.lazy import Lazy, Parts, changed, differing, fresh, having, without

NAMES = ("a", "b", "c", "d")


class Reader:
    """Reads an object of a name, a new one each time, and remembers the names."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, name: str) -> str:
        self.asked.append(name)
        return f"{name} as it was read"


@pytest.fixture
def reader() -> Reader:
    return Reader()


@pytest.fixture
def lazy(reader: Reader) -> Lazy[str]:
    return Lazy(NAMES, reader)


def unreadable(name: str) -> str:
    raise AssertionError(f"{name} was read")


# what is read


@pytest.mark.parametrize("look", [
    list, len, bool, Lazy.keys, lambda objects: "a" in objects, lambda objects: "z" in objects, lambda objects: objects.get("z"),
    lambda objects: list(objects.keys() & {"a", "z"}), lambda objects: objects == objects, lambda objects: objects != {},
    lambda objects: list(objects.having({"a": "new", "z": "new"})), lambda objects: list(objects.without(["a"])),
    lambda objects: objects.having({"b": "new"})["b"], lambda objects: objects == objects.having({}),
    lambda objects: differing(objects, objects.having({"a": "new"})), lambda objects: differing(objects.without(["a"]), objects),
    lambda objects: differing(objects, {"a": "new"}), lambda objects: fresh(objects, objects.having({"a": "new"})),
    lambda objects: having(objects, {"z": "new"}), lambda objects: without(objects, "a", "z"), Lazy.of,
])
def test_names_and_what_differs_cost_nothing(look):
    look(Lazy(NAMES, unreadable))


@pytest.mark.parametrize("looks, asked", [
    (["a"], ["a"]), (["a", "a"], ["a"]), (["b", "a", "b"], ["b", "a"]), (list(NAMES) * 2, list(NAMES)),
])
def test_an_object_is_read_at_its_first_use_and_once(lazy, reader, looks, asked):
    assert [lazy[name] for name in looks] == [f"{name} as it was read" for name in looks]
    assert reader.asked == asked


def test_versions_share_what_one_of_them_reads(lazy, reader):
    versions = [lazy]
    for name in NAMES[1:]:
        versions.append(versions[-1].having({name: "new"}))
    versions.append(versions[0].without(["b"]))

    objects = [version["a"] for version in reversed(versions)]

    assert reader.asked == ["a"]
    assert all(found is objects[0] for found in objects)


def test_an_object_that_cannot_be_read_is_asked_for_again(reader):
    answers = iter([OSError("busy"), "value"])

    def read(name: str) -> str:
        answer = next(answers)
        if isinstance(answer, OSError):
            raise answer
        return answer

    objects = Lazy(["a"], read)
    with pytest.raises(OSError, match="busy"):
        objects["a"]
    assert objects["a"] == "value"


def test_a_name_that_is_not_there_is_a_key_error_and_nothing_is_read(lazy, reader):
    for objects, name in ((lazy, "z"), (lazy.without(["a"]), "a")):
        with pytest.raises(KeyError):
            objects[name]
    assert reader.asked == []


# versions


Change = tuple[int, Mapping[str, object], list[str]]  # the number of the version it is made of, what comes, what goes
changes = st.tuples(st.integers(0, 99), st.dictionaries(st.sampled_from((*NAMES, "e", "f")), st.builds(object), max_size=3),
                    st.lists(st.sampled_from((*NAMES, "e", "f")), max_size=3))


class Versions:
    """Versions of one mapping, each beside the plain one that it should be; `values` are its objects as they are read."""

    def __init__(self) -> None:
        values = {name: object() for name in NAMES}
        self.lazy: list[Lazy[Any]] = [Lazy(NAMES, values.__getitem__)]
        self.plain: list[dict[str, Any]] = [values]

    def change(self, change: Change) -> None:
        number, come, go = change
        number %= len(self.lazy)
        self.lazy.append(self.lazy[number].having(come).without(go))
        self.plain.append({name: found for name, found in {**self.plain[number], **come}.items() if name not in go})


def differing_plainly(old: Mapping[str, Any], new: Mapping[str, Any]) -> set[str]:
    missing = object()
    return {name for name in {**old, **new} if old.get(name, missing) is not new.get(name, missing)}


@settings(deadline=None)
@given(st.lists(changes, max_size=8), st.randoms(use_true_random=False))
def test_every_version_keeps_what_it_has_whatever_is_made_of_it_or_of_newer_ones(drawn, random):
    versions = Versions()
    for change in drawn:
        versions.change(change)
        looked = random.randrange(len(versions.lazy))
        if random.random() < 0.3:  # in between, some old version is looked at
            assert dict(versions.lazy[looked].items()) == versions.plain[looked]

    numbers = list(range(len(versions.lazy)))
    for number in random.sample(numbers, len(numbers)):
        found, plain = versions.lazy[number], versions.plain[number]
        assert (dict(found.items()), len(found)) == (plain, len(plain))
        assert [name for name in found if name in NAMES] == [name for name in NAMES if name in plain]  # each has its place
        assert [name in found for name in "abcdefz"] == [name in plain for name in "abcdefz"]


@settings(deadline=None)
@given(st.lists(changes, max_size=8), st.randoms(use_true_random=False))
def test_what_differs_between_two_versions_is_exactly_what_is_not_the_same_object(drawn, random):
    versions = Versions()
    for change in drawn:
        versions.change(change)

    pairs = [(old, new) for old in range(len(versions.lazy)) for new in range(len(versions.lazy))]
    for old, new in random.sample(pairs, len(pairs)):
        found = differing(versions.lazy[old], versions.lazy[new])
        assert len(found) == len(set(found))
        assert set(found) == differing_plainly(versions.plain[old], versions.plain[new])



def test_what_was_read_is_the_same_object_as_before_it_was_read(lazy):
    newer = lazy.having({"b": "new"})
    again = Lazy.of({**newer})  # all of it is read, and put into a mapping of its own
    assert differing(lazy, again) == differing(again, lazy) == ["b"]
    assert differing(newer, again) == []


def test_a_mapping_goes_on_through_its_names_while_newer_versions_are_made(lazy):
    newest, seen = lazy, []
    for name, found in lazy.items():
        seen.append((name, found))
        newest = newest.without([name])
    assert seen == [(name, f"{name} as it was read") for name in NAMES]
    assert (len(newest), len(lazy)) == (0, len(NAMES))


def test_what_was_not_read_is_not_the_same_as_an_object_that_is_known(lazy, reader):
    plain = dict(lazy.having({"d": "new"}))
    unread = Lazy(NAMES, reader)
    reader.asked.clear()
    assert differing(plain, unread) == differing(unread, plain) == list(NAMES)
    assert reader.asked == []


# equality


A = {name: f"{name} as it was read" for name in NAMES}


@pytest.mark.parametrize("make, other, equal", [
    (lambda lazy: lazy, A, True),
    (lambda lazy: lazy, dict(reversed(A.items())), True),
    (lambda lazy: lazy, {**A, "a": "else"}, False),
    (lambda lazy: lazy, {**A, "z": "more"}, False),
    (lambda lazy: lazy, {"a": A["a"]}, False),
    (lambda lazy: lazy, {}, False),
    (lambda lazy: lazy, 1, False),
    (lambda lazy: lazy.having({"a": "else"}), {**A, "a": "else"}, True),
    (lambda lazy: lazy.having({"a": "else"}), A, False),
    (lambda lazy: lazy.having({"a": A["a"]}), A, True),
    (lambda lazy: lazy.without(["a"]), A, False),
    (lambda lazy: lazy.without(NAMES), {}, True),
])
def test_mappings_are_equal_when_their_objects_are(lazy, make, other, equal):
    found = make(lazy)
    assert (found == other, other == found, found != other) == (equal, equal, not equal)
    assert lazy == A


def test_equality_reads_what_is_not_shared_and_stops_at_the_first_difference(lazy, reader):
    assert lazy.having({"b": A["b"]}) == lazy
    assert reader.asked == ["b"]
    assert lazy.having({"a": "x", "b": "x", "c": "x"}) != lazy
    assert reader.asked == ["b", "a"]


# functions on any mapping


@pytest.mark.parametrize("act", [
    lambda objects: having(objects, {}), lambda objects: without(objects), lambda objects: without(objects, "z"),
    lambda objects: changed(objects, lambda name, found: found), Lazy.of,
], ids=["having nothing", "without nothing", "without what is not there", "changed into the same", "of"])
def test_what_changes_nothing_gives_the_same_mapping(lazy, act):
    assert act(lazy) is lazy


@pytest.mark.parametrize("make", [dict, Lazy.of, lambda objects: Lazy(objects, objects.__getitem__)], ids=["dict", "of", "lazy"])
@pytest.mark.parametrize("act, result", [
    (lambda objects: having(objects, {"a": 9}), {"a": 9, "b": 2}), (lambda objects: having(objects, {"c": 3}), {"a": 1, "b": 2, "c": 3}),
    (lambda objects: without(objects, "a"), {"b": 2}), (lambda objects: without(objects, "a", "z"), {"b": 2}),
    (lambda objects: changed(objects, lambda name, found: 9 if name == "b" else found), {"a": 1, "b": 9}),
])
def test_what_is_made_of_a_mapping_is_another_and_the_first_stays(make, act, result):
    objects = make({"a": 1, "b": 2})
    assert dict(act(objects)) == result
    assert dict(objects) == {"a": 1, "b": 2}


def test_a_plain_mapping_may_change_without_what_was_made_of_it():
    plain = {"a": 1}
    made = Lazy.of(plain)
    plain["b"] = 2
    assert made == {"a": 1}


@pytest.mark.parametrize("old, new, names", [
    ({}, {}, []), ({"a": 1}, {"a": 1}, []), ({"a": 1}, {"a": 2}, ["a"]), ({}, {"b": 1, "a": 1}, ["b", "a"]),
    ({"a": 1}, {}, []), ({"b": 1, "a": 1}, {"a": 2, "c": 1, "b": 2}, ["a", "c", "b"]),
])
def test_what_is_fresh_is_named_in_the_order_of_the_new_mapping(old, new, names):
    assert fresh(old, new) == fresh(Lazy.of(old), Lazy.of(new)) == names
    assert fresh(Lazy.of(old), new) == fresh(old, Lazy.of(new)) == names


# parts


class Box(Parts):
    PARTS = ("left", "right")

    @classmethod
    def absent(cls, name: str) -> str:
        return f"no {name}"


def test_a_part_is_known_or_comes_from_its_source_once_or_is_absent():
    reader = Reader()
    box = Box(Lazy(Box.PARTS, reader), left="known")
    assert (box.left, reader.asked) == ("known", [])
    assert (box.right, box.right, reader.asked) == (("right as it was read",) * 2 + (["right"],))
    assert (Box().left, Box(right="known").right) == ("no left", "known")


def test_parts_with_others_read_nothing_and_leave_the_first_as_it_was():
    reader = Reader()
    box = Box(Lazy(Box.PARTS, reader))
    other = box.having(left="new")
    assert (other.left, reader.asked) == ("new", [])
    assert (box.left, other.right, box.right) == ("left as it was read", *["right as it was read"] * 2)
    assert reader.asked == ["left", "right"]


def test_parts_do_not_change_and_have_no_others():
    box = Box()
    with pytest.raises(AttributeError, match="left does not change"):
        box.left = "new"
    with pytest.raises(AttributeError, match="middle"):
        box.middle  # noqa: B018
