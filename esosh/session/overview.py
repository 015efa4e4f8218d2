"""The whole box on one page: what needs a look comes first, each with the line that would help."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterable, Iterator
from typing import Optional

from .. import executors
from ..commands import field
from ..config import Config
from ..errors import Damaged, EsoshError, Refused
from ..host import Host
from ..language.source import sections
from ..transaction import git, journal, notices, pending, recovery, repository
from ..transaction.guard import time_left
from ..transaction.journal import Journal
from ..views import Item, Items, Line, Lines, counted, few, topic

_MARKS = {"ok": ("ok ", "ok"), "off": ("-- ", "dim"), "warn": (" ! ", "warn"), "error": (" ! ", "error")}


def overview(host: Host, config: Config, edits: int, damage: Optional[Damaged] = None) -> Items:
    """The page: commits, the boot medium, edits, then each section; what needs a look comes first.

    `damage`: why the edits cannot be read.
    """
    medium = git.medium_commit(host)
    own = [*_commit(host), *_history(host, medium), *_sync(host, medium), _edits(edits, damage)]
    section_topics = list(_sections(host, config))
    urgent = [*_not_in_state(own, ("ok",)), *_not_in_state(section_topics, ("ok", "off"))]
    others = [item for item in (*own, *section_topics) if item not in urgent]
    to_look_at = sum(1 + len(item["details"]) for item in urgent)
    return Items(Item("box", host.name, {"to_look_at": to_look_at, "topics": [*urgent, *others]}), _page)


def _not_in_state(topics: Iterable[Item], states: Collection[str]) -> list[Item]:
    return [item for item in topics if item["state"] not in states]


def _page(box: Item) -> Lines:
    to_look_at = box["to_look_at"]
    title = f"{box.name:50}{to_look_at} to look at" if to_look_at else box.name
    return Lines((Line(title, "title"), *(line for item in box["topics"] for line in _lines(item))))


def _lines(item: Item) -> Iterator[Line]:
    """A topic: how it is, what it is about, in words, and the line that would help."""
    mark, style = _MARKS[item["state"]]
    yield Line(f"{mark} {item.name:8} {item['text']}  {item['hint'] or ''}", style)
    yield from (Line(f"             {detail}", style) for detail in item["details"])


def _sections(host: Host, config: Config) -> Iterator[Item]:
    for section in sections():
        try:
            yield from executors.viewer(field(section), section).overview(host, config)
        except EsoshError as error:  # the others are shown all the same
            yield topic(section, "error", str(error))
    for problem in executors.unread(host):
        yield topic("file", "warn", problem)


def _commit(host: Host) -> Iterator[Item]:
    """How the last commit ended, where nobody has read that yet, or what it waits for."""
    notice = notices.notice(host)
    try:
        waiting = journal.awaiting(host)
    except Refused as error:
        yield topic("commit", "error", str(error), error.hint)
        return
    if notice:
        yield topic("commit", "warn", notice)
    if waiting:
        yield from _waiting(host, waiting)
    else:
        yield from _unfinished(host)


def _waiting(host: Host, waiting: Journal) -> Iterator[Item]:
    """The commit that waits; without a guard, nobody undoes it."""
    subject = f"{waiting.id} by {waiting.who.user}"
    if journal.unguarded(host):
        yield topic("commit", "error", f"{subject} waits for its confirm, and its guard has died", "recover")
    else:
        undone = f"{subject} is undone in {time_left(waiting)} unless confirmed"
        yield topic("commit", "warn", undone, "confirm")


def _unfinished(host: Host) -> Iterator[Item]:
    """The commit that was cut short, or what remains of one that could not be undone at once."""
    commit = journal.unfinished(host)
    if commit is None:
        return
    if commit.stands:
        yield topic("commit", "error", f"{commit.id} stands, and could not be ended", "recover")
    elif commit.back:
        text = f"{commit.id} {recovery.state(host, commit)}"
        yield topic("commit", "error", text, "recover", recovery.left(host, commit))
    else:
        position = f"step {commit.begun} of {len(commit.steps)}"
        yield topic("commit", "error", f"{commit.id} was cut short at {position}", "recover")


def _history(host: Host, medium: Optional[str]) -> Iterator[Item]:
    """What keeps commits out of the history; `medium`: the newest commit of the boot medium, if git tells."""
    reason = "" if medium else repository.problem(host)
    if reason:
        advice = "" if repository.is_work_tree(host) else "history init"
        yield topic("history", "warn", f"none: {reason}", advice)
        return
    try:
        waiting = pending.commits(host)
    except Refused as error:
        yield topic("history", "warn", str(error))
        return
    if waiting:
        held = repository.held_lock(host) or "the next commit, or sync, gives them to git"
        yield topic("history", "warn", f"{counted(len(waiting), 'commit')} not in git yet: {held}")


def _sync(host: Host, medium: Optional[str]) -> Iterator[Item]:
    """What of /etc the boot medium lacks: commits, and files that changed behind them.

    Nothing where git cannot tell.
    """
    if _waits(host):
        yield topic("sync", "off", "not before the commit is confirmed")
    elif not medium and not repository.problem(host):
        yield topic("sync", "warn", "nothing was saved to the boot medium yet", "sync")
    elif medium:
        yield _lacking(host)


def _lacking(host: Host) -> Item:
    unsaved = git.count_unsaved(host)
    commits = f"{counted(unsaved, 'commit')} not on the boot medium" if unsaved else ""
    try:
        files = few(git.changed_files(host))
    except Refused as error:
        return topic("sync", "warn", str(error))
    lacks = "; ".join(filter(None, (commits, f"not on the boot medium: {files}" if files else "")))
    return topic("sync", "warn", lacks, "sync") if lacks else topic("sync", "ok", "saved")


def _waits(host: Host) -> bool:
    """Whether a commit waits for its confirm, as far as its journal tells."""
    with contextlib.suppress(Refused):
        return journal.awaiting(host) is not None
    return False


def _edits(edits: int, damage: Optional[Damaged]) -> Item:
    if damage:
        return topic("edits", "error", str(damage), damage.hint)
    if edits:
        return topic("edits", "warn", f"{edits} not committed", "diff, commit")
    return topic("edits", "ok", "none pending")
