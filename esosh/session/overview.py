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
from ..views import Line, Lines, counted, few

_MARK = len("ok  ")


def overview(host: Host, config: Config, edits: int, damage: Optional[Damaged] = None) -> Lines:
    """The page: commits, the boot medium, edits, then each section; what needs a look comes first.

    `damage`: why the edits cannot be read.
    """
    medium = git.medium_commit(host)
    own = [*_commit(host), *_history(host, medium), *_sync(host, medium), _edits(edits, damage)]
    section_lines = list(_sections(host, config))
    urgent = [*_not_of_style(own, ("ok",)), *_not_of_style(section_lines, ("ok", "dim"))]
    others = [line for line in (*own, *section_lines) if line not in urgent]
    title = f"{host.name:50}{len(urgent)} to look at" if urgent else host.name
    shown = (*urgent, *others)
    return Lines((Line(title, "title"), *shown), {"host": host.name, "to_look_at": len(urgent),
                                                  "lines": list(map(_entry, shown))})


def _entry(line: Line) -> dict[str, str]:
    """A line of the page for programs: what it is about, how it is, in words, and what would help."""
    topic, _, rest = line.text[_MARK:].partition(" ")
    text, _, hint = rest.strip().partition("  ")
    return {"topic": topic, "state": line.style, "text": text, "hint": hint.strip()}


def _not_of_style(lines: Iterable[Line], styles: Collection[str]) -> list[Line]:
    return [line for line in lines if line.style not in styles]


def _sections(host: Host, config: Config) -> Iterator[Line]:
    for section in sections():
        try:
            yield from executors.viewer(field(section), section).overview(host, config)
        except EsoshError as error:  # the others are shown all the same
            yield Line(f" !  {section:8} {error}", "error")
    for problem in executors.unread(host):
        yield Line(f" !  file     {problem}", "warn")


def _commit(host: Host) -> Iterator[Line]:
    """How the last commit ended, where nobody has read that yet, or what it waits for."""
    notice = notices.notice(host)
    try:
        waiting = journal.awaiting(host)
    except Refused as error:
        yield Line(f" !  commit   {error}  {error.hint}".rstrip(), "error")
        return
    if notice:
        yield Line(f" !  commit   {notice}", "warn")
    if waiting:
        yield from _waiting(host, waiting)
    else:
        yield from _unfinished(host)


def _waiting(host: Host, waiting: Journal) -> Iterator[Line]:
    """The commit that waits; without a guard, nobody undoes it."""
    subject = f"{waiting.id} by {waiting.who.user}"
    if journal.unguarded(host):
        yield Line(f" !  commit   {subject} waits for its confirm, and its guard has died  recover", "error")
    else:
        undone = f"{subject} is undone in {time_left(waiting)} unless confirmed"
        yield Line(f" !  commit   {undone}  confirm", "warn")


def _unfinished(host: Host) -> Iterator[Line]:
    """The commit that was cut short, or what remains of one that could not be undone at once."""
    commit = journal.unfinished(host)
    if commit is None:
        return
    if commit.stands:
        yield Line(f" !  commit   {commit.id} stands, and could not be ended  recover", "error")
    elif commit.back:
        yield Line(f" !  commit   {commit.id} {recovery.state(host, commit)}  recover", "error")
        yield from (Line(f"             {what}", "error") for what in recovery.left(host, commit))
    else:
        position = f"step {commit.begun} of {len(commit.steps)}"
        yield Line(f" !  commit   {commit.id} was cut short at {position}  recover", "error")


def _history(host: Host, medium: Optional[str]) -> Iterator[Line]:
    """What keeps commits out of the history; `medium`: the newest commit of the boot medium, if git tells."""
    reason = "" if medium else repository.problem(host)
    if reason:
        advice = "" if repository.is_work_tree(host) else "  history init"
        yield Line(f" !  history  none: {reason}{advice}", "warn")
        return
    try:
        waiting = pending.commits(host)
    except Refused as error:
        yield Line(f" !  history  {error}", "warn")
        return
    if waiting:
        held = repository.held_lock(host) or "the next commit, or sync, gives them to git"
        yield Line(f" !  history  {counted(len(waiting), 'commit')} not in git yet: {held}", "warn")


def _sync(host: Host, medium: Optional[str]) -> Iterator[Line]:
    """What of /etc the boot medium lacks: commits, and files that changed behind them.

    Nothing where git cannot tell.
    """
    if _waits(host):
        yield Line("--  sync     not before the commit is confirmed", "dim")
    elif not medium and not repository.problem(host):
        yield Line(" !  sync     nothing was saved to the boot medium yet  sync", "warn")
    elif medium:
        yield _lacking(host)


def _lacking(host: Host) -> Line:
    unsaved = git.count_unsaved(host)
    commits = f"{counted(unsaved, 'commit')} not on the boot medium" if unsaved else ""
    try:
        files = few(git.changed_files(host))
    except Refused as error:
        return Line(f" !  sync     {error}", "warn")
    lacks = "; ".join(filter(None, (commits, f"not on the boot medium: {files}" if files else "")))
    return Line(f" !  sync     {lacks}  sync", "warn") if lacks else Line("ok  sync     saved", "ok")


def _waits(host: Host) -> bool:
    """Whether a commit waits for its confirm, as far as its journal tells."""
    with contextlib.suppress(Refused):
        return journal.awaiting(host) is not None
    return False


def _edits(edits: int, damage: Optional[Damaged]) -> Line:
    if damage:
        return Line(f" !  edits    {damage}  {damage.hint}", "error")
    if edits:
        return Line(f" !  edits    {edits} not committed  diff, commit", "warn")
    return Line("ok  edits    none pending", "ok")
