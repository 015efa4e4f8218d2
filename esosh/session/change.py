"""Runs the words that change the candidate, load it from a file and save it to one."""

from __future__ import annotations

import os
from collections.abc import Sequence

from ..commands import Command, Edit, Object, Word
from ..commands.session.change import (
    SessionAbort,
    SessionLoad,
    SessionRedo,
    SessionResolve,
    SessionSave,
    SessionUndo,
)
from ..commands.session.topic import section_and_name
from ..config import Config
from ..errors import Damaged, Refused
from ..host.local import LocalHost
from ..transaction.undo import reason_of
from ..views import Line, Lines, Script, View, counted
from ..views.secrets import masked
from . import Session, listing, script, store
from .candidate import Candidate
from .edits import (
    changed_objects,
    cleared,
    edits_between,
    edits_without,
    effective_edits,
    section_of,
    with_objects_from,
)
from .merge import Merge, settled, without_unfit
from .secrets import filled, read_file

_STANDARD_OUTPUT = ("-", "/dev/stdout")  # of save: the words for it


def session_undo(session: Session, line: SessionUndo) -> View:
    """Take back the last moves."""
    session.require_unlocked()
    return session.move([line])


def session_redo(session: Session, line: SessionRedo) -> View:
    """Make again what undo took back."""
    session.require_unlocked()
    return session.move([line])


def session_abort(session: Session, line: SessionAbort) -> View:
    """Drop the edits: of all sections, of one, or of one object."""
    session.require_unlocked()
    if line.name:
        return session.move([SessionAbort(), *_edits_of_others(session, line)])
    if line.section is None:
        try:
            session.candidate.require_sound()
        except Damaged:
            return put_aside(session.candidate)
    return session.move([line])


def put_aside(candidate: Candidate) -> View:
    """Drop the edits of a damaged candidate; its files are kept."""
    candidate.put_aside()
    title = f"the edits of {candidate.name} could not be read, and are dropped"
    return Lines.of(title, *store.trashed_text(candidate.host, candidate.name), style="warn")


def _edits_of_others(session: Session, line: SessionAbort) -> Sequence[Command]:
    """The edits that stay when those of one object go. Raises Refused where they need what goes."""
    assert line.section and line.name
    dropped = {(line.section, line.name)}
    current, unfit = session.candidate.current, session.candidate.merge.unfit
    gone = [edit for edit, _ in unfit if (section_of(edit), edit.subject()) in dropped]
    if not gone and not dropped & changed_objects(current, session.config):
        raise Refused(f"no edit changes {line.section} {line.name}", word=line.name, code="E202")
    fitting = without_unfit(session.candidate.edits, unfit)
    try:
        return [*edits_without(current, fitting, dropped), *(edit for edit, _ in unfit if edit not in gone)]
    except Refused as error:
        message = f"other edits need {line.section} {line.name}: {error}"
        raise Refused(message, word=line.name, hint=f"abort {line.section}", code="E202") from None


def session_resolve(session: Session, line: SessionResolve) -> View:
    """End a conflict: take what the edits made of an object, or what somebody else did."""
    session.require_unlocked()
    merge, current = session.candidate.merge, session.candidate.current
    clashing = set(merge.clashes_by_object())
    if merge.unfit and not clashing:
        return _without_unfit(session, merge, line)
    objects = _objects_about(line, clashing)
    edits = settled(merge, current, session.candidate.edits, objects, line.party == "mine")
    base = current if objects == clashing else with_objects_from(session.candidate.base, current, objects)
    return session.move([SessionAbort(), *edits], base)


def _without_unfit(session: Session, merge: Merge, line: SessionResolve) -> View:
    """Drop the edits that fit no more. Raises Refused where they are to be kept."""
    section, name = section_and_name(line.topic)
    unfit = [(edit, reason) for edit, reason in merge.unfit
             if section in (None, section_of(edit)) and name in (None, edit.subject())]
    if not unfit:
        raise _no_conflict(line)
    edit, reason = unfit[0]
    if line.party == "mine":
        raise Refused(f"{reason}: {masked(str(edit))} needs it", hint="resolve theirs", code="E202")
    edits = without_unfit(session.candidate.edits, unfit)
    return session.move([SessionAbort(), *edits], session.candidate.current)


def _objects_about(line: SessionResolve, clashing: set[Object]) -> set[Object]:
    """The objects in conflict that a line is about. Raises Refused where there are none."""
    section, name = section_and_name(line.topic)
    objects = {
        (owner, clashing_name) for owner, clashing_name in clashing
        if section in (None, owner) and name in (None, clashing_name)
    }
    if not objects:
        raise _no_conflict(line)
    return objects


def _no_conflict(line: SessionResolve) -> Refused:
    section, name = section_and_name(line.topic)
    topic = " ".join(filter(None, ("about" if section else "", section, name)))
    return Refused(f"no conflict {topic}".rstrip(), word=name or "", code="E202")


def session_load(session: Session, line: SessionLoad) -> View:
    """Put the lines of a file into the candidate, all of them or none."""
    session.require_unlocked()
    entries = script.read(read_file(line.file), line.file)
    before, replacing = session.config, line.replace is not None
    config = cleared(before) if replacing else before
    config, edits = _folded(session, config, entries)
    count = session.keep(edits_between(before, config) if replacing else effective_edits(before, edits))
    return Lines.of(counted(count, "edit") if count else "no edits: all of it is so already", style="dim")


def _folded(session: Session, config: Config, entries: Sequence[script.Entry]) -> tuple[Config, list[Edit]]:
    """The configuration with the edits of a file, and the edits.

    Raises Refused with all lines that do not fit.
    """
    edits: list[Edit] = []
    refusals = script.Refusals()

    def fold_one(command: Command) -> None:
        nonlocal config
        edit = _edit(session, command).behind(edits[-1] if edits else None)
        config = edit.edit(config)
        edits.append(edit)

    for entry in entries:
        refusals.collect(entry, lambda: fold_one(entry.command))  # noqa: B023 - called at once
    refusals.tell()
    return config, edits


def _edit(session: Session, command: Command) -> Edit:
    """The edit of a line in a file to load. Raises Refused for a line that is not an edit."""
    if isinstance(command, Word) or not isinstance(command, Edit):
        raise Refused(f"{command} is not an edit: a file to load holds configuration only", code="E209")
    edit: Edit = filled(command, session.ask_secret, read_file)
    return edit


def session_save(session: Session, line: SessionSave) -> View:
    """Write the candidate as a file of lines, secrets in plain. Raises Refused for what is no file."""
    texts = list(listing.loadable(session.config))
    if line.file in _STANDARD_OUTPUT:
        return Script(tuple(map(Line, texts)))
    path = os.path.abspath(line.file)
    if not LocalHost().exists(os.path.dirname(path)):
        message = f"there is no folder {os.path.dirname(path)}"
        raise Refused(message, word=line.file, hint=f"mkdir -p {os.path.dirname(path)}", code="E224")
    try:
        LocalHost().replace(path, "".join(f"{text}\n" for text in texts), 0o600)
    except OSError as error:
        raise Refused(reason_of(error), word=line.file, code="E224") from None
    return Lines.of(f"{len(texts)} lines", style="dim")
