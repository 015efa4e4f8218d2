"""Named candidates: made, used, listed, dropped."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import Optional

from .candidate import leading
from .commands import missing
from .commands.cib import CibDel, CibUse
from .commands.session import SessionAbort, SessionCommit
from .committing import Committing
from .config import blank
from .draft import Draft
from .errors import Refused
from .views import Line, Lines, Table, View, counted
from .work import OWN, Work


@dataclass(frozen=True)
class Cib:
    """The candidates of a box; `live` is the one of one's own."""

    work: Work
    committing: Committing

    def new(self, name: str, empty: bool) -> View:
        """Make a candidate, and use it."""
        work = self.work
        if name == OWN or work.there(name):
            raise Refused(f"there is a candidate {name}", word=name, mend=f"cib use {name}", code="E236")
        work.use(name)
        work.draft.make()
        count = work.keep(leading(work.candidate, blank(work.candidate))) if empty else 0
        emptied = f", and empty: {count} edits take everything away" if empty else ""
        return Lines.of(f"{name} is in use{emptied}", style="dim")

    def use(self, name: str) -> View:
        """Go on with another candidate; the edits of each stay with it."""
        self.work.use(self._name(name))
        return Lines.of(f"{self.work.title} is in use: {_edits(self.work.draft)}", style="dim")

    def list(self) -> View:
        """The candidates: how many edits, whose, since when, and what they start from."""
        names = dict.fromkeys((self.work.own, *self.work.names(), self.work.draft.name))
        rows = tuple(self._row(name) for name in names if name)
        return Table(("", "candidate", "edits", "last edit", "by", "from commit"), rows)

    def _row(self, name: str) -> tuple[str, ...]:
        draft = self.work.draft if name == self.work.draft.name else self.work.open(name)
        last = draft.last()
        when, who = (last.when, f"{last.user} on {last.terminal}") if last and last.when else ("", "")
        shown = OWN if name == self.work.own else name
        return ("*" if name == self.work.draft.name else "", shown, str(draft.count), when, who, str(draft.commit or ""))

    def diff(self, name: Optional[str]) -> View:
        """What a candidate changes."""
        draft = self.work.open(self._name(name)) if name else self.work.draft
        return self.work.changes(draft.current, draft.config)

    def commit(self, name: Optional[str]) -> View:
        """Use it, commit it, and go on with one's own."""
        if name:
            self.work.use(self._name(name))
        return self.committing.commit(SessionCommit())

    def reset(self, name: str) -> View:
        """Drop a candidate's edits; undo, in that candidate, brings them back."""
        work = self.work
        draft = work.draft if self._name(name) == work.draft.name else self.work.open(self._name(name))
        with contextlib.nullcontext() if draft is work.draft else draft.hold(work.wait):
            if draft is not work.draft:
                draft.reload()
            dropped = draft.edits
            if not dropped:
                return Lines.of("no edits", style="dim")
            draft.keep([SessionAbort()])
        return Lines.of(*(f"- {edit}" for edit in dropped), style="del")

    def delete(self, line: CibDel) -> View:
        """Drop a candidate; undo brings it back."""
        work, name = self.work, self._name(line.name)
        if name in (work.draft.name, work.own):
            mend = "abort" if name == work.own else "cib use live"
            raise Refused(f"candidate {line.name} is in use", word=line.name, mend=mend, code="E236")
        draft = self.work.open(name)
        with draft.hold(work.wait):
            draft.reload()
            work.bury(name)
        work.draft.keep([line])
        dropped = [Line(f"- {edit}", "del") for edit in draft.edits]
        back = "; undo brings it back" if work.draft.name else ""
        return Lines((*dropped, Line(f"{line.name} is gone{back}", "dim")))

    def _name(self, name: str) -> str:
        """The name of a candidate that there is, as it lies on disk. Raises Refused."""
        if name == OWN:
            return self.work.own
        if not self.work.there(name):
            raise missing("candidate", name, (OWN, *(each for each in self.work.names() if each != self.work.own)), CibUse(name))
        return name


def _edits(draft: Draft) -> str:
    return counted(draft.count, "edit") if draft.count else "no edits"
