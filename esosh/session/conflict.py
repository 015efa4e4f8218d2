"""What the edits and somebody else changed differently, and who it was."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence

from .. import executors
from ..commands import Object, fields
from ..config import Config
from ..config.paths import Path, value_at
from ..errors import Conflict
from ..host import Host
from ..records import replace
from ..transaction import git
from ..views import Items, counted
from ..views.secrets import masked
from . import Session, store
from .candidate import Candidate
from .merge import Clash, Merge
from .reports import fact_text, value_text

_BY_HAND = "it was changed in the kernel, by hand"


def merged(session: Session, consequence: str) -> Config:
    """The machine's configuration with the edits.

    Raises Conflict, with its consequence, where somebody else changed the same.
    """
    merge = session.candidate.merge
    if merge.clashes or merge.result is None:
        raise _conflict(session, merge, consequence)
    return merge.result


def _conflict(session: Session, merge: Merge, consequence: str) -> Conflict:
    """The error that names each object on which the two sides differ, and who changed it."""
    objects = merge.clashes_by_object()
    unfit, details = _unfit_texts(merge)
    if not objects:
        message = f"the machine changed, and {unfit}; {consequence}"
        return Conflict(message, details=tuple(details), hint="resolve theirs")
    for changed, clashes in objects.items():
        details += _object_details(changed, clashes, _author(session, changed, clashes))
    subject = counted(len(objects), "object was", "objects were")
    message = f"{subject} changed by you and by someone else; {consequence}"
    return Conflict(message, details=tuple(details))


def with_warnings(candidate: Candidate, changes: Items) -> Items:
    """What edits change, after those that somebody else's changes get in the way of."""
    merge = candidate.merge
    unfit, texts = _unfit_texts(merge)
    if texts:
        texts.insert(0, f"{unfit}: resolve theirs drops them")
    texts += (f"{section} {name} was changed by someone else, too: plan has it" for section, name in
              merge.clashes_by_object())
    fields = {**changes.data.fields, "warnings": texts}
    return replace(changes, data=replace(changes.data, fields=fields))


def _unfit_texts(merge: Merge) -> tuple[str, list[str]]:
    """How many edits fit no more, and each of them with its reason."""
    texts = [f"{masked(str(edit))}: {reason}" for edit, reason in merge.unfit]
    return f"{counted(len(texts), 'edit fits', 'edits fit')} no more", texts


def _object_details(changed: Object, clashes: Mapping[Path, Clash], author: str) -> Iterator[str]:
    section, name = changed
    for path, clash in clashes.items():
        if not clash.base == clash.theirs == clash.mine:  # part of what differs, and the same
            yield f"{section} {name}: {fact_text(path, name)}: {_clash_text(path, clash)}"
    yield f"theirs: {author}"
    yield f"take one: resolve mine {section} {name}, or: resolve theirs {section} {name}"


def _clash_text(path: Path, clash: Clash) -> str:
    base, theirs, mine = (value_text(value, path) for value in (clash.base, clash.theirs, clash.mine))
    return f"it was {base}, is now {theirs}, yours is {mine}"


def _author(session: Session, changed: Object, clashes: Mapping[Path, Clash]) -> str:
    """Who changed an object since the edits began, as far as what runs, git and the files tell."""
    host, candidate = session.host, session.candidate
    section, name = changed
    parts = fields(section)
    saved = executors.saved(host, candidate.current, parts)
    if any(value_at(saved, path) != clash.theirs for path, clash in clashes.items()):
        return _BY_HAND
    commit = git.last_change(host, candidate.commit, section, name)
    return commit or ", ".join(_written_later(session, parts)) or _before_commit(session) or _BY_HAND


def _written_later(session: Session, parts: Sequence[str]) -> Iterator[str]:
    """The files that others wrote after the edits began."""
    host, moves = session.host, session.candidate.stored_moves
    first_edit = moves[0].when if moves else ""
    if not first_edit:
        return
    for file in _foreign_files(host, parts):
        written = time.localtime(host.stat(file).changed)
        if time.strftime(store.TIME, written) >= first_edit:
            clock = time.strftime("%H:%M:%S", written)
            yield f"{file} was written {clock}, your first edit is of {first_edit[11:]}"


def _foreign_files(host: Host, parts: Sequence[str]) -> Iterator[str]:
    """The files of some sections that are not as our newest commit has them."""
    newest = git.newest(host)
    for part in parts:
        for file in executors.executor(part).FILES:
            if host.exists(file) and not (newest and git.is_same(host, newest.hash, file)):
                yield file


def _before_commit(session: Session) -> str:
    newest = git.newest(session.host)
    if newest is None or (newest.number or 0) <= session.candidate.commit:
        return ""
    return f"it was changed by hand, before commit {newest.number} by {newest.who}, {newest.when}"
