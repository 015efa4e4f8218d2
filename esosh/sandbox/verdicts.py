"""The results of a replay: how a tree differs from the recorded one, and the score."""

from __future__ import annotations

import collections
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Optional

from .recording import Case, Change, Entry, State, comparable


@dataclass(frozen=True)
class Verdict:
    """A case, or the start of a run, and its differences in lines of text."""

    run: str
    case: Case
    differences: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether it is as recorded."""
        return not self.differences


def with_changes(state: State, changes: Iterable[Change]) -> State:
    """The state after some changes."""
    after = dict(state)
    for change in changes:
        _apply(after, change)
    return after


def _apply(state: dict[str, Entry], change: Change) -> None:
    if change.entry is not None:
        state[change.path] = change.entry
    elif change.content is None:
        state.pop(change.path, None)
    elif change.path in state:
        state[change.path] = replace(state[change.path], content=change.content)


def differing_paths(recorded: State, actual: State) -> tuple[str, ...]:
    """The paths at which two states differ, sorted."""
    paths = sorted({*recorded, *actual})
    return tuple(path for path in paths if not _same(path, recorded.get(path), actual.get(path)))


def tree_difference(path: str, recorded: State, actual: State) -> str:
    """The line that says what is at a path, and what was recorded there."""
    return f"{path}: {_description(actual.get(path))}, recorded {_description(recorded.get(path))}"


def answer_difference(answer: str, case: Case) -> tuple[str, ...]:
    """The line that says how an answer differs from the recorded one, if it does."""
    return () if answer == case.errno else (f"answer {answer}, recorded {case.errno}",)


def _same(path: str, recorded: Optional[Entry], actual: Optional[Entry]) -> bool:
    return recorded == actual or _comparable(path, recorded) == _comparable(path, actual)


def _comparable(path: str, entry: Optional[Entry]) -> Optional[Entry]:
    return entry and replace(entry, content=comparable(path, entry.content))


def _description(entry: Optional[Entry]) -> str:
    return "nothing" if entry is None else " ".join((entry.kind, entry.mode, repr(entry.content)))


def report(verdicts: Sequence[Verdict]) -> bool:
    """Print the differences, case by case, and the score of each section; give whether all is as recorded."""
    failed = [verdict for verdict in verdicts if not verdict.passed]
    for verdict in failed:
        _print_differences(verdict)
    _print_scores(verdicts)
    return not failed


def _print_differences(verdict: Verdict) -> None:
    case = verdict.case
    print(f"{verdict.run} {case.number}: {case.file} <- {case.text!r}")
    for difference in verdict.differences:
        print(f"    {difference}")


def _print_scores(verdicts: Iterable[Verdict]) -> None:
    scores: Mapping[str, list[bool]] = collections.defaultdict(list)
    passed = []
    for verdict in verdicts:
        scores[verdict.case.section].append(verdict.passed)
        if verdict.case.number >= 0:
            passed.append(verdict.passed)
    for section, results in scores.items():
        print(f"{sum(results):5} of {len(results):4}  {section}")
    print(f"{sum(passed):5} of {len(passed):4}  cases pass")
