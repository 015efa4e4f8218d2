"""The whole box on one page: what needs a look comes first, each with the line that would help."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from .. import executors
from ..commands import field
from ..config import Config
from ..host import Host
from ..language.source import sections
from ..transaction import git, journal
from ..transaction.guard import time_left
from ..views import Line, Lines, counted


def overview(host: Host, config: Config, edits: int) -> Lines:
    """The page: commits, the boot medium, edits, then each section; what needs a look comes first."""
    own = [*_commit(host), _sync(host), _edits(edits)]
    section_lines = list(_sections(host, config))
    urgent = [*_not_of_style(own, ("ok",)), *_not_of_style(section_lines, ("ok", "dim"))]
    others = [line for line in (*own, *section_lines) if line not in urgent]
    title = f"{host.name:50}{len(urgent)} to look at" if urgent else host.name
    return Lines((Line(title, "title"), *urgent, *others))


def _not_of_style(lines: Iterable[Line], styles: Collection[str]) -> list[Line]:
    return [line for line in lines if line.style not in styles]


def _sections(host: Host, config: Config) -> Iterator[Line]:
    for section in sections():
        yield from executors.viewer(field(section), section).overview(host, config)


def _commit(host: Host) -> Iterator[Line]:
    """How the last commit ended, where nobody has read that yet, or what it waits for."""
    waiting, notice = journal.awaiting(host), journal.notice(host)
    if notice:
        yield Line(f" !  commit   {notice}", "warn")
    elif waiting:
        undone = f"{waiting.id} by {waiting.who.user} is undone in {time_left(waiting)} unless confirmed"
        yield Line(f" !  commit   {undone}  confirm", "warn")
    else:
        yield from _cut_short(host)


def _cut_short(host: Host) -> Iterator[Line]:
    commit = journal.cut_short(host)
    if commit:
        position = f"step {commit.begun} of {len(commit.steps)}"
        yield Line(f" !  commit   {commit.id} was cut short at {position}  recover", "error")


def _sync(host: Host) -> Line:
    unsaved = git.count_unsaved(host)
    if journal.awaiting(host):
        return Line("--  sync     not before the commit is confirmed", "dim")
    if unsaved:
        return Line(f" !  sync     {counted(unsaved, 'commit')} not on the boot medium  sync", "warn")
    return Line("ok  sync     saved", "ok")


def _edits(edits: int) -> Line:
    if edits:
        return Line(f" !  edits    {edits} not committed  diff, commit", "warn")
    return Line("ok  edits    none pending", "ok")
