"""A short version of damaged.py: a few damages of each kind to every file of esosh's own; and that it finds what is wrong."""

from __future__ import annotations

import random
from pathlib import Path

import damaged
import pytest

from esosh.errors import Damaged
from esosh.session import store
from esosh.transaction import pending

KINDS = ("empty", "a folder", "NULs", "other lines", "JSON [", "cut at", "line 1: ('version',) is", "line 2: (0, 0", "by chance")
EACH = 1  # damage of a kind


@pytest.fixture(scope="module")
def box(tmp_path_factory):
    folder = tmp_path_factory.mktemp("damaged") / "box"
    damaged.prepare(folder)
    return folder


def some():
    """Whether a damage is one of those that are played: a few of each kind."""
    chance, left = random.Random(7), dict.fromkeys(KINDS, EACH)

    def chosen(damage):
        kind = next((kind for kind in KINDS if damage.name.startswith(kind)), None)
        if kind is None or not left[kind] or chance.random() < 0.2:
            return False
        left[kind] -= 1
        return True

    return chosen


@pytest.mark.parametrize("file", [file for file in damaged.FILES if not file.startswith(damaged.OTHER)])
def test_a_damaged_file_is_named_and_the_ways_out_work(box, file, capsys):
    if file == "journal":
        damaged.cut_short(box)
    assert damaged.play_file(box, file, some(), 2, random.Random(3)) == []
    assert (box / damaged.STATE / file).is_file()
    assert capsys.readouterr().out.startswith(f"{file}: ")


def raising(error):
    def function(*arguments):
        raise error

    return function


@pytest.mark.parametrize("file, place, error, found", [
    ("owed", (pending, "_parse"), TypeError("x"), "a bug"),
    (f"{damaged.OWN}/edits.esh", (store, "load"), Damaged("something is damaged"), "does not name the file"),
    (f"{damaged.OWN}/edits.esh", (store, "trash"), Damaged("no"), "does not work"),
])
def test_what_is_wrong_is_found(box, file, place, error, found, monkeypatch):
    trials = damaged.Trials(Path(box), file)
    monkeypatch.setattr(*place, raising(error))
    problems = trials.play(damaged.Damage("NULs", b"\0\n"))
    trials.reset()
    assert any(f": {found}: " in problem for problem in problems), problems
