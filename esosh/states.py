"""The states that a box was in and is in: past commits, what runs, what the files and the boot medium say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Optional

from . import candidate, executors, history, reports
from .commands import owner
from .commands.session import SessionAdopt, SessionReapply
from .config import Config
from .errors import Refused
from .flat import HERE, Path, Scalar, flatten
from .views import Line, Lines, Table, View
from .work import Work

_LISTED = 1000  # commits


@dataclass(frozen=True)
class States:
    """Looks at the states, and the ways back to one of them."""

    work: Work

    def history(self, commit: Optional[str]) -> View:
        """Past commits, the newest first; or what one of them changed."""
        host = self.work.host
        if commit is None:
            return reports.history(history.log(host, _LISTED), history.lacks(host))
        found = history.commit(host, commit)
        before = history.past(host, f"{found.hash}~")
        changed = self.work.changes(executors.read(before), self._past(found.hash))
        return reports.commit(found, changed.lines)

    def commits(self) -> Iterator[tuple[str, str]]:
        """How far each commit of esosh's counts back, and what it was."""
        for back, commit in enumerate(history.commits(self.work.host)):
            yield str(back), f"{commit.when[:16]} {commit.who}: {commit.subject}"

    def compare(self, old: str, new: str) -> View:
        """What leads from one state to another: a commit, live, candidate, or saved."""
        return self.work.changes(self._state(old), self._state(new))

    def _state(self, name: str) -> Config:
        """Raises Refused where there is no such state."""
        if name == "live":
            return self.work.draft.current
        if name == "candidate":
            return self.work.candidate
        if name != "saved":
            return self._past(history.commit(self.work.host, name).hash)
        medium = history.medium(self.work.host)
        if medium is None:
            raise Refused("nothing was saved to the boot medium yet", word=name, mend="sync", code="E202")
        return self._past(medium)

    def _past(self, commit: str) -> Config:
        return executors.read(history.past(self.work.host, commit))

    def blame(self, section: str) -> View:
        """Each line of a section with the commit that it is from."""
        found = [(commit, line) for commit, line in history.blame(self.work.host) if line.startswith(f"{section} ")]
        return reports.blame(found) if found else Lines.of(f"no commit of esosh's has lines of {section}", style="dim")

    def drift(self) -> View:
        """Where what runs, what the files say, the last commit and the boot medium are not the same."""
        host, current = self.work.host, self.work.draft.current
        newest, medium = history.commits(host)[:1], history.medium(host)
        states = {
            "running": executors.running(host, current), "files": executors.filed(host, current),
        }
        if newest:
            states["commit"] = self._past(newest[0].hash)
        if medium:
            states["medium"] = self._past(medium)
        rows = tuple(_drifted({name: _facts(state) for name, state in states.items()}, current))
        return Table(("what", "fact", *states), rows) if rows else Lines.of("nothing has drifted", style="ok")

    def rollback(self, commit: str) -> View:
        """Put what a past commit saved into the candidate; the machine changes with the next commit."""
        work = self.work
        work.free()
        found = history.commit(work.host, commit)
        work.keep(candidate.leading(work.candidate, self._past(found.hash)))
        changed = work.changes(work.draft.current, work.candidate)
        return Lines((reports.undone(history.behind(work.host, found)), *changed.lines))

    def adopt(self, line: SessionAdopt) -> View:
        """Put what runs into the candidate."""
        return self._take(line, executors.running(self.work.host, self.work.draft.current, executors.parts(line.section)))

    def reapply(self, line: SessionReapply) -> View:
        """Put what the files say into the candidate, so that a commit makes it run; it starts and stops nothing."""
        work, parts = self.work, executors.parts(line.section)
        said = executors.filed(work.host, work.draft.current, parts)
        runs = executors.running(work.host, said, parts)
        follow = [each for part in parts for each in executors.executor(part).follow(runs, said, work.host)]
        return Lines((*self._take(line, said).lines, *reports.follow(follow)))

    def _take(self, line: SessionAdopt, state: Config) -> Lines:
        work, parts = self.work, executors.parts(line.section)
        work.free()
        edits = list(candidate.leading(work.candidate, replace(work.candidate, **{part: getattr(state, part) for part in parts})))
        config = candidate.fold(work.candidate, edits)
        steps = work.commit_plan(config, line).steps
        if not edits and steps == work.commit_plan(config).steps:
            return Lines.of("already so", style="dim")
        work.draft.keep([line, *edits], config)
        return Lines((*(Line(f"+ {edit}", "add") for edit in edits), *reports.steps(steps)))


def _facts(state: Config) -> dict[Path, Scalar]:
    """The facts of a state; what is said of SCST itself is an object, too."""
    return {**flatten(state), **({("scst", "attributes"): HERE} if state.scst.attributes else {})}


def _drifted(states: Mapping[str, dict[Path, Scalar]], current: Config) -> Iterator[tuple[str, ...]]:
    """A row for each fact that is not the same in all states that have the object it is of."""
    missing: dict[str, list[Path]] = {name: [] for name in states}
    for path in sorted({path for state in states.values() for path in state}):
        having = {name: state.get(path) for name, state in states.items()
                  if not any(path[: len(gone)] == gone for gone in missing[name])}
        if len(set(having.values())) == 1:
            continue
        if HERE in having.values():
            for name in (name for name, value in having.items() if value is None):
                missing[name].append(path)
        section, name = owner(path, current)
        values = ("-" if having.get(state) is None else reports.shown(having[state], path) for state in states)
        yield f"{section} {name}", reports.fact(path, name), *values
