"""Two that commit at the same time: no commit is lost, and a conflict is refused."""

from __future__ import annotations

from boxes import root_of
from rivals import commit_different_objects, commit_same_object


def test_two_that_commit_different_objects_at_once_lose_nothing(box):
    assert commit_different_objects(box, root_of(box), 8) == "16/16 commits in the history"


def test_two_that_commit_the_same_object_at_once_win_or_are_refused(box):
    commit_same_object(box, root_of(box), 8)
