"""Several at once: nobody's commit is lost, and who loses is told."""

from __future__ import annotations

from boxes import root_of
from rivals import against, apart


def test_two_that_commit_at_once_on_objects_of_their_own_lose_nothing(box):
    assert apart(box, root_of(box), 8) == "16/16 commits there"


def test_two_that_commit_the_same_at_once_win_or_are_told(box):
    against(box, root_of(box), 8)
