"""What a replay of a recording found: in what a tree is not as it was recorded, and the score."""

from __future__ import annotations

import collections
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Optional

from .recording import Case, Change, Entry, State, plain


@dataclass(frozen=True)
class Verdict:
    """A case, or the start of a run, and in which lines it differs; none when it passes."""

    run: str
    case: Case
    differences: tuple[str, ...]


def with_changes(state: State, recorded: Iterable[Change]) -> State:
    """The state after some changes."""
    after = dict(state)
    for change in recorded:
        if change.now is not None:
            after[change.path] = change.now
        elif change.content is None:
            after.pop(change.path, None)
        elif change.path in after:
            there = after[change.path]
            after[change.path] = Entry(there.kind, there.mode, change.content)
    return after


def differing(wanted: State, now: State) -> Iterator[str]:
    """The paths at which two states differ, sorted."""
    return (path for path in sorted({*wanted, *now}) if not _same(path, wanted.get(path), now.get(path)))


def line(path: str, wanted: State, now: State) -> str:
    """What is at a path, and what was recorded there."""
    return f"{path}: {_said(now.get(path))}, recorded {_said(wanted.get(path))}"


def _same(path: str, one: Optional[Entry], other: Optional[Entry]) -> bool:
    if one == other:
        return True
    if one is None or other is None or (one.kind, one.mode) != (other.kind, other.mode):
        return False
    return plain(path, one.content) == plain(path, other.content)


def _said(entry: Optional[Entry]) -> str:
    return "nothing" if entry is None else " ".join((entry.kind, entry.mode, repr(entry.content)))


def report(verdicts: Sequence[Verdict]) -> bool:
    """Print what differs, case by case, and the score of each section; whether all is as recorded."""
    scores: Mapping[str, collections.Counter[bool]] = collections.defaultdict(collections.Counter)
    for verdict in verdicts:
        scores[verdict.case.section][not verdict.differences] += 1
        if verdict.differences:
            print(f"{verdict.run} {verdict.case.number}: {verdict.case.file} <- {verdict.case.text!r}")
            print(*(f"    {difference}" for difference in verdict.differences), sep="\n")
    for section, score in scores.items():
        print(f"{score[True]:5} of {sum(score.values()):4}  {section}")
    cases = [verdict for verdict in verdicts if verdict.case.number >= 0]
    print(f"{sum(not verdict.differences for verdict in cases):5} of {len(cases):4}  cases pass")
    return not any(verdict.differences for verdict in verdicts)
