"""A short version of `make campaign`; and that it finds a wrong recovery."""

from __future__ import annotations

import functools
import json

import campaign
import pytest
from campaign_boxes import reference_run


@pytest.fixture(scope="module")
def reference_of(tmp_path_factory):
    """An undisturbed commit of each kind."""
    return functools.lru_cache(lambda kind: reference_run(kind, tmp_path_factory.mktemp(kind)))


@pytest.mark.parametrize("kind", ["sandbox", "scratch"])
def test_a_commit_ends_before_or_after_wherever_it_is_killed(reference_of, kind, capsys):
    reference = reference_of(kind)
    point, calls = reference.commit_point, len(reference.calls)
    assert reference.steps > 40 and calls > point > 3 * reference.steps

    twice = [f"{point // 2}:9", f"{point - 1}:99"] if kind == "scratch" else []  # a guard recovers the other one at once
    places = [str(point // 2), str(point - 1), str(point), str(calls - 2), "0.7001", *twice]

    assert campaign.play_part(reference, "killed", places) == []
    assert f"killed: {len(places)}/{len(places)}" in capsys.readouterr().out


@pytest.mark.parametrize("wrong", [[], None])
def test_a_wrong_inverse_is_found(reference_of, wrong, capsys):
    reference = reference_of("scratch")
    place = str(len(reference.calls) // 4)

    def tamper(box):
        journal = box / "var/lib/esosh/journal"
        head, marks = journal.read_text().split("\n", 1)
        data = json.loads(head)
        data["steps"][0]["undo"] = wrong
        journal.write_text(json.dumps(data) + "\n" + marks)

    failed = campaign.play_part(reference, "killed", [place], tamper)

    assert "killed: 0/1" in capsys.readouterr().out
    assert failed[0].startswith(f"scratch:{place} ")
