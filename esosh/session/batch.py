"""A batch: read all of it, rehearse all of it without touching anything, then run it."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator, Sequence

from ..commands import Command, Edit, Word
from ..commands.cib import CibCommit, CibUse
from ..commands.session.commit import SessionCommit
from ..commands.session.levels import SessionQuit
from ..commands.session.show import SessionCheck
from ..errors import EsoshError, Refused
from ..views import View
from . import Session
from .rehearsal import require_possible
from .reports import reading_lines
from .script import Entry, Refusals


def rehearse(session: Session, entries: Sequence[Entry], commit: bool, alone: bool = False) -> None:
    """See that every edit fits, that nothing acts over edits, and that no edit is left over.

    `session` is one of its own, a rehearsal. `alone`: nothing runs behind it, so that it asks for what the
    first commit itself would ask for. Raises EsoshError with the places in the file.
    """
    own, unfinished, refusals, acted = session.open(session.own), None, Refusals(), False
    for number, entry in enumerate(before_quit(entries)):
        before = own.moves
        _count(session, number)
        refusals.collect(entry, functools.partial(_rehearse_entry, session, entry, refusals, acted, alone))
        acted = acted or (entry.command.changes and not entry.command.rehearsed)
        if own.moves is not before:
            unfinished = entry if own.count else None
    refusals.tell()
    if unfinished and own.config != own.current:
        if not (commit and session.candidate is own):
            unfinished.do(_refuse_leftovers)
        if alone and not acted:
            require_possible(session, SessionCommit())


def _count(session: Session, number: int) -> None:
    """Tell a script that runs again which of its lines comes."""
    if session.again:
        session.again.line = number


def before_quit(entries: Sequence[Entry]) -> Iterator[Entry]:
    """The lines that run: quit ends a batch, as it ends a shell."""
    return itertools.takewhile(lambda entry: not isinstance(entry.command, SessionQuit), entries)


def _refuse_leftovers() -> None:
    raise Refused("edits are left over at the end: end with a commit line, or give --commit", code="E231")


def _rehearse_entry(session: Session, entry: Entry, refusals: Refusals, acted: bool, alone: bool) -> None:
    """Rehearse a line; after a line that was refused, a commit is not checked, for not all of it is there.

    `acted`: a line before it will have changed the machine, so that only then it is known whether it may act.
    """
    command = entry.command
    if refusals.errors and isinstance(command, (SessionCommit, CibCommit)):
        session.pretend_committed()
        session.use(session.own)
    elif command.rehearsed or not command.changes or isinstance(command, (SessionCommit, CibCommit)):
        rehearse_one(session, command, alone and not acted)
    elif session.candidate.config != session.candidate.current:
        text = f"{command} acts at once, and edits before it are not committed"
        raise Refused(text, hint="commit", code="E232")
    elif not acted:
        rehearse_one(session, command)


def rehearse_one(session: Session, command: Command, permitted: bool = False) -> None:
    """Do what a line does to the candidate, and nothing else. Raises EsoshError when it does not fit.

    `permitted`: a commit also has to be one that may run on the machine as it is now.
    """
    if isinstance(command, CibCommit) and command.name:
        session.run(CibUse(command.name), fresh=False)
    if isinstance(command, (SessionCommit, CibCommit)):
        if not (isinstance(command, SessionCommit) and command.option("force")):
            session.run(SessionCheck(), fresh=False)
        if permitted:
            require_possible(session, command if isinstance(command, SessionCommit) else SessionCommit())
        session.pretend_committed()
        session.use(session.own)
    elif command.rehearsed:
        session.run(command, fresh=False)
    elif command.changes:
        require_possible(session, command)


def run(session: Session, entries: Sequence[Entry], commit: bool) -> Iterator[View]:
    """Run the lines in order, and give the view of each. Raises EsoshError, which says what stands."""
    commits = 0
    final_commit = _final_commit() if commit and entries else None
    lines = [*before_quit(entries), *([final_commit] if final_commit else [])]
    for number, entry in enumerate(lines):
        _count(session, number)
        session.notices.extend(reading_lines(entry.line))
        try:
            fresh = not number or not _only_edits(entry.command)
            yield entry.do(lambda: session.run(entry.command, fresh))  # noqa: B023 - called at once
        except EsoshError as error:
            place = [f"--commit, behind the last line of {entries[-1].file}"] if entry is final_commit else []
            error.details = (*error.details, *place, *_what_stands(commits, len(lines) - number - 1))
            raise
        commits += isinstance(entry.command, (SessionCommit, CibCommit))


def _final_commit() -> Entry:
    """The commit of --commit, which stands in no file."""
    return Entry("", 0, "commit", SessionCommit())


def _only_edits(command: Command) -> bool:
    return isinstance(command, Edit) and not isinstance(command, Word)


def _what_stands(commits: int, lines: int) -> Iterator[str]:
    """What stands and what did not run."""
    if commits:
        yield "the commit before it stands" if commits == 1 else f"the {commits} commits before it stand"
    if lines:
        yield "the line behind it did not run" if lines == 1 else f"the {lines} lines behind it did not run"
