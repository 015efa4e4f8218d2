"""A batch: read all of it, rehearse all of it without touching anything, then run it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

from .commands.cib import CibCommit
from .commands.session import SessionCommit, SessionQuit
from .errors import EsoshError, Refused
from .script import Entry
from .session import Session
from .views import View


def rehearse(session: Session, entries: Sequence[Entry], commit: bool) -> None:
    """See that every edit fits, that nothing acts over edits, and that no edit is left over.

    `session` is one of its own, not kept. Raises EsoshError with the place in the file.
    """
    own, left = session.open(session.own), None
    for entry in before_quit(entries):
        before = own.moves
        entry.do(lambda: rehearse_one(session, entry.command))  # noqa: B023 - called at once
        if own.moves is not before:
            left = entry if own.count else None
    if left and own.config != own.current and not (commit and session.draft is own):
        left.do(_left_over)


def before_quit(entries: Sequence[Entry]) -> Iterator[Entry]:
    """The lines that run: quit ends a batch, as it ends a shell."""
    return itertools.takewhile(lambda entry: not isinstance(entry.command, SessionQuit), entries)


def _left_over() -> None:
    raise Refused("edits are left over at the end: end with a commit line, or give --commit", code="E231")


def rehearse_one(session: Session, command: Any) -> None:
    """Do what a line does to the candidate, and nothing else. Raises EsoshError when it does not fit."""
    if isinstance(command, CibCommit) and command.name:
        session.cib.use(command.name)
    if isinstance(command, (SessionCommit, CibCommit)):
        if not (isinstance(command, SessionCommit) and command.option("force")):
            session.looking.check(None)
        session.assume()
        session.use(session.own)
    elif command.rehearsed or not hasattr(command, "act"):
        session.run(command, fresh=False)
    elif command.changes and session.draft.config != session.draft.current:
        raise Refused(f"{command} acts at once, and edits before it are not committed", mend="commit", code="E232")


def run(session: Session, entries: Sequence[Entry], commit: bool) -> Iterator[View]:
    """Run the lines in order, each line's view as it comes. Raises EsoshError: what it says stands, stands."""
    commits = 0
    last = Entry("", 0, "commit", SessionCommit()) if commit and entries else None  # it stands in no file
    todo = [*before_quit(entries), *([last] if last else [])]
    for at, entry in enumerate(todo):
        try:
            yield entry.do(lambda: session.run(entry.command, fresh=not at or hasattr(entry.command, "act")))  # noqa: B023 - at once
        except EsoshError as error:
            where = [f"--commit, behind the last line of {entries[-1].file}"] if entry is last else []
            error.details = (*error.details, *where, *_left(commits, len(todo) - at - 1))
            raise
        commits += isinstance(entry.command, (SessionCommit, CibCommit))


def _left(commits: int, lines: int) -> Iterator[str]:
    """What stands and what did not run."""
    if commits:
        yield "the commit before it stands" if commits == 1 else f"the {commits} commits before it stand"
    if lines:
        yield "the line behind it did not run" if lines == 1 else f"the {lines} lines behind it did not run"
