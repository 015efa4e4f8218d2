"""One person's way through the house: the edits of the candidate, and the wings that look, commit and go back."""

from __future__ import annotations

import functools
import os
from typing import Any, Optional

from . import candidate, commands, reports, script, transaction
from .candidate import differing, fold
from .cib import Cib
from .commands import SECTIONS, Command
from .commands.cib import CibCommit
from .commands.session import SessionAbort, SessionCommit, SessionConfirm, SessionRevert
from .committing import Committing
from .config import Config
from .errors import Refused
from .host import LocalHost
from .looking import Looking
from .merge import settled
from .secrets import filled
from .states import States
from .views import Line, Lines, View
from .work import Work


class Session(Work):
    """A candidate on a host, and all that can be done with it."""

    level = ""
    done = False

    @functools.cached_property
    def looking(self) -> Looking:
        """The wing that looks."""
        return Looking(self)

    @functools.cached_property
    def states(self) -> States:
        """The wing of the states that the box was in and is in."""
        return States(self)

    @functools.cached_property
    def committing(self) -> Committing:
        """The wing that changes the machine."""
        return Committing(self)

    @functools.cached_property
    def cib(self) -> Cib:
        """The wing of named candidates."""
        return Cib(self, self.committing)

    def run(self, command: Any, fresh: bool = True) -> View:
        """Do what a command says; `fresh`: on what the machine has now. Raises EsoshError."""
        if fresh:
            self.draft.refresh()
        if command.changes and fresh and not isinstance(command, (SessionConfirm, SessionRevert)):
            told = self.catch_up()
            if transaction.PENDING in told and isinstance(command, (SessionCommit, CibCommit)):
                raise Refused("its edits were just taken back from the machine: commit again if they are right", code="E238")
        view: View = command.act(self) if hasattr(command, "act") else self.edit(command, fresh)
        return view

    def edit(self, command: Any, fresh: bool) -> View:
        """Put an edit into the candidate, all of it or nothing; what it brings that refuses a commit is told at once."""
        self.free()
        before, command = self.candidate, filled(command, self.secret, read_file)
        after = command.edit(before)
        if after == before:
            return Lines.of("already so", style="dim")
        note = command.note(before) if hasattr(command, "note") else ""
        refusing = self.refusing(before, after) if fresh else ()
        self.draft.keep([command], after)
        return Lines((*Lines.of(*filter(None, note.split("; ")), style="dim").lines, *refusing))

    def move(self, line: Command) -> View:
        """Take edits back, make them again, or drop them."""
        self.free()
        lines = [SessionAbort(), *self._kept(line)] if isinstance(line, SessionAbort) and line.name else [line]
        return self._moved(lines)

    def _kept(self, line: SessionAbort) -> list[Any]:
        """The edits that stay when those about one object go. Raises Refused where they need what goes."""
        assert line.section and line.name
        gone = {(line.section, line.name)}
        if not gone & differing(self.draft.current, self.candidate):
            raise Refused(f"no edit changes {line.section} {line.name}", word=line.name, code="E202")
        return candidate.without(self.draft.current, self.draft.edits, gone)

    def _moved(self, lines: list[Any], base: Optional[Config] = None) -> View:
        """Make a move, from another base where that is given; what it takes away and what it brings back is listed."""
        was, now = self.draft.moves, self.draft.after(lines)
        before, after = was.edits, now.edits
        if before == after and was.deleted == now.deleted and was.base == now.base and base is None:
            return Lines.of("no edits", style="dim")
        for name in was.deleted - now.deleted:
            self.dig(name)
        for name in now.deleted - was.deleted:
            self.bury(name)
        self.draft.keep(lines) if base is None else self.draft.settle(lines, base)
        gone = (*(edit for edit in before if edit not in after), *(f"candidate {name}" for name in now.deleted - was.deleted))
        back = (*(edit for edit in after if edit not in before), *(f"candidate {name}" for name in was.deleted - now.deleted))
        return Lines((*(Line(f"- {each}", "del") for each in gone), *(Line(f"+ {each}", "add") for each in back)))

    def resolve(self, side: str, section: Optional[str], name: Optional[str]) -> View:
        """End a conflict: of an object what the edits made of it, or what somebody else did."""
        self.free()
        merge, current = self.draft.merge, self.draft.current
        clashing = reports.objects(merge)
        objects = {each for each in clashing if section in (None, each[0]) and name in (None, each[1])}
        if not objects:
            about = " ".join(filter(None, (section, name)))
            raise Refused(f"no conflict {about and f'about {about}'}".rstrip(), word=name or "", code="E202")
        lines = [SessionAbort(), *settled(merge, current, self.draft.edits, objects, side == "mine")]
        base = current if len(objects) == len(clashing) else candidate.mixed(self.draft.base, current, objects)
        return self._moved(lines, base)

    def load(self, file: str, replace: bool) -> View:
        """Put the lines of a file into the candidate, all of them or none."""
        self.free()
        entries = script.read(read_file(file), file)
        before = self.candidate
        clear = [line for section in reversed(SECTIONS) for line in commands.section(section).clear(before)] if replace else []
        config, lines = fold(before, clear), []
        for entry in entries:
            lines.append(entry.do(lambda: filled(entry.command, self.secret, read_file)))  # noqa: B023 - called at once
            config = entry.do(lambda: _edited(lines[-1], config))  # noqa: B023 - called at once
        edits = candidate.leading(before, config) if replace else candidate.telling(before, lines)
        return Lines.of(f"{self.keep(edits)} edits", style="dim")

    def save(self, file: str) -> View:
        """Write the candidate as a file of lines."""
        lines = self.lines(self.candidate)
        LocalHost().replace(os.path.abspath(file), "".join(f"{line}\n" for line in lines), 0o600)
        return Lines.of(f"{len(lines)} lines", style="dim")

    def enter(self, section: str) -> View:
        """Enter a level, or leave it."""
        self.level = section
        return Lines()

    def quit(self) -> View:
        """Leave; the edits stay."""
        self.done = True
        return Lines()


def _edited(command: Any, config: Config) -> Config:
    if hasattr(command, "act"):
        raise Refused(f"{command} is not an edit: a file to load holds configuration only", code="E209")
    edited: Config = command.edit(config)
    return edited


def read_file(file: str) -> str:
    """The text of a file of the user's. Raises Refused."""
    try:
        return LocalHost().read(os.path.abspath(file))
    except OSError as error:
        raise Refused(f"{file}: {(error.strerror or str(error)).lower()}", word=file, code="E223") from None
