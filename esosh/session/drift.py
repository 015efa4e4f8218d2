"""Runs the words about drift: where what runs and the files differ, and how one is made like the other."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from .. import executors
from ..commands import fields, object_of
from ..commands.session.drift import SessionAdopt, SessionReapply, SessionStatusDrift
from ..config import Config
from ..config.paths import HERE, Facts, Path, Scalar, flatten, is_below
from ..transaction import git
from ..views import Lines, Table, View
from . import Session
from .edits import edits_between, fold
from .past import config_of
from .reports import added_lines, fact_text, follow_up_lines, step_lines, value_text


def session_status_drift(session: Session, line: SessionStatusDrift) -> View:
    """Where what runs, what the files say, the last commit and the boot medium are not the same."""
    host, current = session.host, session.candidate.current
    newest, medium = git.newest(host), git.medium_commit(host)
    versions = {"running": executors.running(host, current), "files": executors.saved(host, current)}
    if newest:
        versions["commit"] = config_of(host, newest.hash)
    if medium:
        versions["medium"] = config_of(host, medium)
    rows = tuple(_differences({name: _facts(config) for name, config in versions.items()}, current))
    return Table(("what", "fact", *versions), rows) if rows else Lines.of("nothing has drifted", style="ok")


def _facts(config: Config) -> dict[Path, Scalar]:
    """The facts of a configuration, in which attributes of a section itself are an object, too."""
    paths = flatten(config)
    sections = {path[0] for path in paths if path[1:2] == ("attributes",)}
    return {**{(section, "attributes"): HERE for section in sections}, **paths}


def _differences(versions: Mapping[str, Facts], current: Config) -> Iterator[tuple[str, ...]]:
    """A row for each fact that is not the same in all versions that have the object it is of."""
    missing: dict[str, set[Path]] = {name: set() for name in versions}  # objects that a version has not
    for path in sorted(set().union(*versions.values())):
        values = _values(path, versions, missing)
        if len(set(values.values())) > 1:
            yield _row(path, {name: values.get(name) for name in versions}, current)
        if HERE in values.values():
            for name in _without_value(values):
                missing[name].add(path)


def _values(
    path: Path, versions: Mapping[str, Facts], missing: Mapping[str, Collection[Path]]
) -> dict[str, Scalar]:
    """The values of a fact, by version; without those that lack its object, or leave it open."""
    left_open = executors.optional(path[0], "left_open") or (lambda path, value: False)
    values = {name: facts.get(path) for name, facts in versions.items() if not is_below(path, missing[name])}
    return {name: value for name, value in values.items() if not left_open(path, value)}


def _without_value(values: Mapping[str, Scalar]) -> list[str]:
    return [name for name, value in values.items() if value is None]


def _row(path: Path, values: Mapping[str, Scalar], current: Config) -> tuple[str, ...]:
    section, owner = object_of(path, current)
    cells = ("-" if value is None else value_text(value, path) for value in values.values())
    return f"{section} {owner}", fact_text(path, owner), *cells


def session_adopt(session: Session, line: SessionAdopt) -> View:
    """Put what runs into the candidate."""
    running = executors.running(session.host, session.candidate.current, fields(line.section))
    return _adopt(session, line, running)


def session_reapply(session: Session, line: SessionReapply) -> View:
    """Put what the files say into the candidate, so that a commit makes it run; nothing is started here."""
    host, parts = session.host, fields(line.section)
    saved = executors.saved(host, session.candidate.current, parts)
    running = executors.running(host, saved, parts)
    follow_ups: list[tuple[str, str]] = []
    for part in parts:
        follow_ups += executors.executor(part).follow_ups(running, saved, host)
    return Lines((*_adopt(session, line, saved).lines, *follow_up_lines(follow_ups)))


def _adopt(session: Session, line: SessionAdopt, source: Config) -> Lines:
    """Put some sections of a configuration into the candidate, and show the steps to it."""
    session.require_unlocked()
    wanted = session.config.having(**{part: getattr(source, part) for part in fields(line.section)})
    edits = list(edits_between(session.config, wanted))
    config = fold(session.config, edits)
    steps = session.commit_plan(config, line).steps
    if not edits and steps == session.commit_plan(config).steps:
        return Lines.of("already so", style="dim")
    session.candidate.keep([line, *edits], config)
    return Lines((*added_lines(edits), *step_lines(steps)))
