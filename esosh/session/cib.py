"""Runs the words of named candidates: make, use, list and drop them. `live` is the user's own."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable

from ..commands.cib import CibCommit, CibDel, CibDiff, CibList, CibNew, CibReset, CibUse
from ..commands.names import missing
from ..commands.session.change import SessionAbort
from ..commands.session.commit import SessionCommit
from ..config import blank
from ..errors import Damaged, Refused
from ..views import Item, Items, Line, Lines, Table, View, counted
from . import Session, listing, store
from .candidate import Candidate
from .change import put_aside
from .commit import session_commit
from .conflict import with_warnings
from .edits import edits_between
from .reports import removed_lines
from .store import StoredMove
from .workspace import OWN


def cib_new(session: Session, line: CibNew) -> View:
    """Make a candidate, and use it."""
    if line.name == OWN or session.exists(line.name):
        hint = f"cib use {line.name}"
        raise Refused(f"there is a candidate {line.name}", word=line.name, hint=hint, code="E236")
    with contextlib.ExitStack() as way_back:  # where it cannot be made, nothing of it is
        way_back.callback(session.use, session.candidate.name)
        session.use(line.name)
        way_back.callback(store.drop, session.host, session.candidate.name)
        session.candidate.create_empty()
        count = session.keep(edits_between(session.config, blank(session.config))) if line.empty else 0
        way_back.pop_all()
    if not line.empty:
        return Lines.of(f"{line.name} is in use", style="dim")
    takes = counted(count, "edit takes", "edits take")
    done = f"{takes} everything away" if count else "there is nothing to take away"
    return Lines.of(f"{line.name} is in use, and empty: {done}", style="dim")


def cib_use(session: Session, line: CibUse) -> View:
    """Go on with another candidate; the edits of each stay with it."""
    session.use(_stored_name(session, line.name))
    return Lines.of(f"{session.title} is in use: {_edit_count(session.candidate)}", style="dim")


def cib_list(session: Session, line: CibList) -> View:
    """The candidates: how many edits, whose, since when, and what they start from."""
    names = dict.fromkeys((session.own, *session.names(), session.candidate.name))
    return Items([_candidate(session, name) for name in names if name], _table)


def _candidate(session: Session, name: str) -> Item:
    """A candidate; nobody knows how many edits a damaged one has."""
    in_use = name == session.candidate.name
    candidate = session.candidate if in_use else session.open(name)
    last = candidate.last() or StoredMove(())
    return Item("candidate", OWN if name == session.own else name, {
        "in_use": in_use, "damaged": bool(candidate.damage),
        "edits": None if candidate.damage else candidate.count, "last_edit": last.when or None,
        "by": last.who or None, "from_commit": candidate.commit or None,
    })


def _table(candidates: Iterable[Item]) -> Table:
    columns = ("", "candidate", "edits", "last edit", "by", "from commit")
    return Table(columns, tuple(map(_row, candidates)))


def _row(candidate: Item) -> tuple[str, ...]:
    mark = "*" if candidate["in_use"] else ""
    edits = "damaged" if candidate["damaged"] else str(candidate["edits"])
    last = (candidate["last_edit"] or "", candidate["by"] or "")
    return mark, candidate.name, edits, *last, str(candidate["from_commit"] or "")


def cib_diff(session: Session, line: CibDiff) -> View:
    """What a candidate changes."""
    candidate = session.open(_stored_name(session, line.name)) if line.name else session.candidate
    return with_warnings(candidate, listing.changes(candidate.current, candidate.config))


def cib_commit(session: Session, line: CibCommit) -> View:
    """Use it, commit it, and go on with one's own."""
    if line.name:
        session.use(_stored_name(session, line.name))
    return session_commit(session, SessionCommit())


def cib_reset(session: Session, line: CibReset) -> View:
    """Drop a candidate's edits; undo, in that candidate, brings them back."""
    name = _stored_name(session, line.name)
    if name == session.candidate.name:
        return _reset(session.candidate)
    candidate = session.open(name)
    with candidate.hold(session.wait):
        candidate.reload()
        return _reset(candidate)


def _reset(candidate: Candidate) -> View:
    try:
        candidate.require_sound()
    except Damaged:
        return put_aside(candidate)
    dropped = candidate.edits
    if not dropped:
        return Lines.of("no edits", style="dim")
    candidate.keep([SessionAbort()])
    return Lines(tuple(removed_lines(dropped)))


def cib_del(session: Session, line: CibDel) -> View:
    """Drop a candidate; undo brings it back."""
    name = _stored_name(session, line.name)
    if name in (session.candidate.name, session.own):
        hint = "abort" if name == session.own else "cib use live"
        raise Refused(f"candidate {line.name} is in use", word=line.name, hint=hint, code="E236")
    candidate = session.open(name)
    with candidate.hold(session.wait):
        candidate.reload()
        is_link = candidate.damage and store.is_link(session.host, name)
        session.trash(name)
        if is_link:
            return Lines.of(f"the symbolic link {store.folder(name)} is gone", style="dim")
        dropped = () if candidate.damage else candidate.edits
        if session.candidate.damage:  # it can keep no move
            kept = (Line(text, "warn") for text in store.trashed_text(session.host, name))
            return Lines((*removed_lines(dropped), *kept))
        with contextlib.ExitStack() as way_back:
            way_back.callback(session.restore, name)
            session.candidate.keep([line])
            way_back.pop_all()
    back = "; undo brings it back" if session.candidate.name else ""
    return Lines((*removed_lines(dropped), Line(f"{line.name} is gone{back}", "dim")))


def _stored_name(session: Session, name: str) -> str:
    """The name of an existing candidate, as it is on disk. Raises Refused."""
    if name == OWN:
        return session.own
    if session.exists(name):
        return name
    others = (other for other in session.names() if other != session.own)
    raise missing("candidate", name, (OWN, *others), CibUse(name))


def _edit_count(candidate: Candidate) -> str:
    if candidate.damage:
        return f"{candidate.damage}; abort puts it aside"
    return counted(candidate.count, "edit") if candidate.count else "no edits"
