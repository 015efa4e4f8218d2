"""Runs the words about past commits, and the rollback to one of them."""

from __future__ import annotations

import collections
import contextlib
from collections.abc import Collection, Iterator, Sequence
from typing import Optional

from .. import executors
from ..commands import Object, object_of, section_module, typed_name
from ..commands.names import missing
from ..commands.sayable import unsayable
from ..commands.session.history import (
    SessionBlame,
    SessionHistory,
    SessionHistoryDiff,
    SessionHistoryInit,
    SessionRollback,
)
from ..commands.session.topic import section_and_name
from ..config import Config
from ..config.paths import Facts, Path, Scalar, diff, with_facts
from ..errors import Refused
from ..host import Host
from ..transaction import git, journal, pending, repository
from ..transaction.git import Commit
from ..views import Item, Items, Line, Lines, Table, View, counted
from . import Session, listing
from .edits import changed_objects, edits_between, with_objects_from
from .past import config_of
from .reports import fact_text, value_text

_LISTED = 1000  # commits


def session_history(session: Session, line: SessionHistory) -> View:
    """Past commits, the newest first; or what one of them changed."""
    host = session.host
    repository.require_history(host)
    if line.commit is None:
        return _past(git.log(host, _LISTED), git.unsaved_hashes(host))
    commit = git.commit(host, line.commit)
    changes = listing.changes(config_of(host, f"{commit.hash}~"), config_of(host, commit.hash))
    return Lines((_commit_title(commit), *listing.drawn(changes.data).lines), changes.data)


def _past(commits: Sequence[Commit], unsaved: Collection[str]) -> Items:
    """Past commits, the newest first: those of esosh count back, and what was there before the first of them.

    The boot medium has those that are saved.
    """
    back = {commit.hash: place for place, commit in enumerate(git.reached(commits))}
    return Items([Item("commit", commit.hash, {
        "back": back.get(commit.hash), "number": commit.number, "when": commit.when, "who": commit.who,
        "saved": commit.hash not in unsaved, "what": commit.subject,
    }) for commit in commits], _history_table)


def _history_table(commits: Sequence[Item]) -> Table:
    columns = ("back", "number", "hash", "when", "who", "saved", "what")
    return Table(columns, tuple(map(_history_row, commits)))


def _history_row(commit: Item) -> tuple[str, ...]:
    back = "" if commit["back"] is None else str(commit["back"])
    number, saved = str(commit["number"] or ""), "yes" if commit["saved"] else "no"
    return back, number, commit.name, commit["when"], commit["who"], saved, commit["what"]


def _commit_title(commit: Commit) -> Line:
    name = f"commit {commit.number}" if commit.number else commit.hash
    return Line(f"{name} by {commit.who}, {commit.when}: {commit.subject}", "title")


def commits(host: Host) -> Iterator[tuple[str, str]]:
    """How far each commit counts back that esosh reaches by its number, and a summary of it."""
    with contextlib.suppress(Refused):  # where git fails there is none to offer
        yield from _summaries(git.reached(git.log(host, git.ALL)))


def _summaries(commits: Sequence[Commit]) -> Iterator[tuple[str, str]]:
    for back, commit in enumerate(commits):
        yield str(back), f"{commit.when[:16]} {commit.who}: {commit.subject}"


def session_history_diff(session: Session, line: SessionHistoryDiff) -> View:
    """The difference of two states: a commit, live, candidate, or saved."""
    return listing.changes(_state(session, line.old), _state(session, line.new))


def session_history_init(session: Session, line: SessionHistoryInit) -> View:
    """Make /etc a git repository, so that commits have a history. Raises Refused where it is one."""
    host = session.host
    with journal.commit_lock(host, session.wait, session.who):
        goes_on = repository.start(host)
        damage = pending.put_damage_aside(host)
        pending.save(host)  # they are older than what /etc has now
        repository.save_beginning(host)
    session.notices.extend(Lines.of(damage, style="warn").lines if damage else ())
    begin = "goes on from that of the boot medium" if goes_on else "begins with what is there"
    return Lines.of(f"/etc is a git repository now: its history {begin}", style="ok")


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
    found = [_blamed(commit, text) for commit, text in lines if text.startswith(prefix)]
    if not found:
        return Lines.of(f"no commit of esosh's has lines of {line.section}", style="dim", data=[])
    return Items(found, _blame_table)


def _blamed(commit: Commit, text: str) -> Item:
    """A line and the commit that it is from; `who` is known of esosh's own."""
    number, who = commit.number, commit.who if commit.number else None
    known = {"commit": commit.hash, "number": number, "when": commit.when, "who": who}
    return Item("line", "", {**known, "line": text})


def _blame_table(lines: Sequence[Item]) -> Table:
    return Table(("commit", "when", "who", "line"), tuple(map(_blame_row, lines)))


def _blame_row(blamed: Item) -> tuple[str, ...]:
    return str(blamed["number"] or blamed["commit"]), blamed["when"], blamed["who"] or "", blamed["line"]


def session_rollback(session: Session, line: SessionRollback) -> View:
    """Put what a past commit saved into the candidate; the machine changes with the next commit."""
    session.require_unlocked()
    commit = git.commit(session.host, line.commit)
    then = config_of(session.host, commit.hash)
    kept = _kept_as_driven(session, then)
    wanted = _wanted(session.config, with_facts(then, kept), line)
    try:
        session.keep(edits_between(session.config, wanted))
    except Refused as error:
        raise _obstructed(session.config, wanted, line.commit) or error from None
    changes = listing.changes(session.candidate.current, session.config)
    title = _rollback_title(git.commits_after(session.host, commit))
    kept_lines = _kept_lines(kept, session.candidate.current, line)
    return Lines((title, *kept_lines, *listing.drawn(changes.data).lines), changes.data)


def _kept_as_driven(session: Session, then: Config) -> dict[Path, Scalar]:
    """What differs now and something else drives: it stays.

    Where it is all that commits have changed since, only what no commit has changed stays.
    """
    current = session.candidate.current
    changes = diff(current, then)
    driven = {path: now for path, (now, was) in changes.items()
              if executors.is_driven(path) and None not in (now, was)}
    if not driven:
        return {}
    committed = diff(executors.saved(session.host, current), then)
    if not all(map(executors.is_driven, committed)):
        return driven
    return {path: now for path, now in driven.items() if path not in committed}


def _kept_lines(kept: Facts, current: Config, line: SessionRollback) -> Iterator[Line]:
    """A line for each object that a rollback is about and that keeps something as it runs."""
    topics = set(map(section_and_name, line.topics or ()))
    facts: dict[Object, list[str]] = {}
    for path, value in kept.items():
        owner = object_of(path, current)
        facts.setdefault(owner, []).append(f"{fact_text(path, owner[1])} {value_text(value, path)}")
    for (section, name), texts in facts.items():
        if _is_asked((section, name), topics, line.scope):
            yield Line(f"{section} {name} keeps what runs: {', '.join(texts)}", "dim")


def _wanted(current: Config, then: Config, line: SessionRollback) -> Config:
    """What a rollback leads to: what was then, of the parts that are asked for."""
    if not line.topics:
        return then
    topics = set(map(section_and_name, line.topics))
    for section, name in topics:
        if section is None or name is None:
            continue
        names = (*section_module(section).names(current), *section_module(section).names(then))
        if name not in names:
            raise missing(section, name, dict.fromkeys(names), line)
    chosen = {owner for owner in changed_objects(current, then) if _is_asked(owner, topics, line.scope)}
    return with_objects_from(current, then, chosen)


def _is_asked(owner: Object, topics: set[tuple[Optional[str], Optional[str]]], scope: Optional[str]) -> bool:
    """Whether a rollback is about an object; one without topics is about all."""
    return not topics or topics.isdisjoint({owner, (owner[0], None)}) == (scope == "except")


def _obstructed(current: Config, wanted: Config, commit: str) -> Optional[Refused]:
    """The error about the objects of a past commit that no line can say; None where there are none."""
    items = [item for section, name in sorted(changed_objects(current, wanted))
             for item in unsayable(wanted, section, name)]
    if not items:
        return None
    first = items[0]
    message = f"{first.section} {first.name} stands in the way: no line can say {first.line} ({first.reason})"
    others = tuple(f"so does {item.section} {item.name}: {item.line} ({item.reason})" for item in items[1:])
    parts = dict.fromkeys(f"{item.section} {typed_name(item.name)}" for item in items)
    hint = f"rollback {commit} except {' '.join(parts)}"
    return Refused(message, details=others, hint=hint, code="E240")


def _rollback_title(commits: Sequence[Commit]) -> Line:
    """How many commits a rollback undoes, and whose they are."""
    if not commits:
        return Line("no commit to undo since then", "title")
    counts = collections.Counter(commit.who for commit in commits)
    people = ", ".join(f"{count} by {name}" for name, count in counts.items())
    return Line(f"would undo {counted(len(commits), 'commit')}: {people}", "title")
