"""Runs the words about past commits, and the rollback to one of them."""

from __future__ import annotations

import collections
import itertools
from collections.abc import Collection, Iterator, Sequence

from .. import executors
from ..commands.session.history import SessionBlame, SessionHistory, SessionHistoryDiff, SessionRollback
from ..config import Config
from ..errors import Refused
from ..host import Host
from ..transaction import git
from ..transaction.git import Commit
from ..views import Line, Lines, Table, View, counted
from . import Session, listing
from .edits import edits_between

_LISTED = 1000  # commits


def session_history(session: Session, line: SessionHistory) -> View:
    """Past commits, the newest first; or what one of them changed."""
    host = session.host
    if line.commit is None:
        return _history_table(git.log(host, _LISTED), git.unsaved_hashes(host))
    commit = git.commit(host, line.commit)
    changes = listing.changes(config_of(host, f"{commit.hash}~"), config_of(host, commit.hash))
    return Lines((_commit_title(commit), *changes.lines))


def _history_table(commits: Sequence[Commit], unsaved: Collection[str]) -> Table:
    """Past commits, the newest first: those of esosh count back; the boot medium has those that are saved."""
    rows: list[tuple[str, ...]] = []
    counter = itertools.count()
    for commit in commits:
        number, back = (str(commit.number), str(next(counter))) if commit.number else ("", "")
        saved = "no" if commit.hash in unsaved else "yes"
        rows.append((back, number, commit.hash, commit.when, commit.who, saved, commit.subject))
    return Table(("back", "number", "hash", "when", "who", "saved", "what"), tuple(rows))


def _commit_title(commit: Commit) -> Line:
    name = f"commit {commit.number}" if commit.number else commit.hash
    return Line(f"{name} by {commit.who}, {commit.when}: {commit.subject}", "title")


def commits(host: Host) -> Iterator[tuple[str, str]]:
    """How far each commit of esosh's counts back, and a summary of it."""
    for back, commit in enumerate(git.commits(host)):
        yield str(back), f"{commit.when[:16]} {commit.who}: {commit.subject}"


def config_of(host: Host, commit: str) -> Config:
    """The configuration that a commit has, by its hash."""
    return executors.read(git.snapshot(host, commit))


def session_history_diff(session: Session, line: SessionHistoryDiff) -> View:
    """The difference of two states: a commit, live, candidate, or saved."""
    return listing.changes(_state(session, line.old), _state(session, line.new))


def _state(session: Session, name: str) -> Config:
    """Raises Refused where there is no such state."""
    if name == "live":
        return session.candidate.current
    if name == "candidate":
        return session.config
    if name != "saved":
        return config_of(session.host, git.commit(session.host, name).hash)
    medium = git.medium_commit(session.host)
    if medium is None:
        raise Refused("nothing was saved to the boot medium yet", word=name, hint="sync", code="E202")
    return config_of(session.host, medium)


def session_blame(session: Session, line: SessionBlame) -> View:
    """Each line of a section with the commit that it is from."""
    prefix = f"{line.section} "
    lines = git.blame(session.host)
    rows = tuple(_blame_row(commit, text) for commit, text in lines if text.startswith(prefix))
    if not rows:
        return Lines.of(f"no commit of esosh's has lines of {line.section}", style="dim")
    return Table(("commit", "when", "who", "line"), rows)


def _blame_row(commit: Commit, text: str) -> tuple[str, ...]:
    if commit.number:
        return str(commit.number), commit.when, commit.who, text
    return commit.hash, commit.when, "", text


def session_rollback(session: Session, line: SessionRollback) -> View:
    """Put what a past commit saved into the candidate; the machine changes with the next commit."""
    session.require_unlocked()
    commit = git.commit(session.host, line.commit)
    session.keep(edits_between(session.config, config_of(session.host, commit.hash)))
    changes = listing.changes(session.candidate.current, session.config)
    return Lines((_rollback_title(git.commits_after(session.host, commit)), *changes.lines))


def _rollback_title(commits: Sequence[Commit]) -> Line:
    """How many commits a rollback undoes, and whose they are."""
    text = f"would undo {counted(len(commits), 'commit')}"
    counts = collections.Counter(commit.who for commit in commits)
    people = ", ".join(f"{count} by {name}" for name, count in counts.items())
    return Line(f"{text}: {people}" if people else text, "title")
