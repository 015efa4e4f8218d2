"""The campaign of `make campaign`, a short one; and that it finds what is wrong."""

from __future__ import annotations

import functools
import json

import campaign
import pytest


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """What an undisturbed commit of a kind does."""
    return functools.lru_cache(lambda kind: campaign.course(kind, tmp_path_factory.mktemp(kind)))


@pytest.mark.parametrize("kind", ["sandbox", "scratch"])
def test_a_commit_ends_before_or_after_wherever_it_is_killed(course, kind, capsys):
    known = course(kind)
    stands, calls = known.stands, len(known.calls)
    assert known.steps > 40 and calls > stands > 3 * known.steps

    twice = [f"{stands // 2}:9", f"{stands - 1}:99"] if kind == "scratch" else []  # a guard recovers the other one at once
    places = [str(stands // 2), str(stands - 1), str(stands), str(calls - 2), "0.7001", *twice]

    assert campaign.part(known, "killed", places) == []
    assert f"killed: {len(places)}/{len(places)}" in capsys.readouterr().out


@pytest.mark.parametrize("wrong", [[], None])
def test_a_wrong_inverse_is_found(course, wrong, capsys):
    known = course("scratch")
    place = str(len(known.calls) // 4)

    def tamper(box):
        journal = box / "var/lib/esosh/journal"
        head, marks = journal.read_text().split("\n", 1)
        data = json.loads(head)
        data["steps"][0]["undo"] = wrong
        journal.write_text(json.dumps(data) + "\n" + marks)

    failed = campaign.part(known, "killed", [place], tamper)

    assert "killed: 0/1" in capsys.readouterr().out
    assert failed[0].startswith(f"scratch:{place} ")
