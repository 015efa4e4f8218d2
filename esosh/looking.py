"""Views of the candidate and of the machine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Optional

from . import candidate, reports, state, usage
from .errors import ChecksRefuse, Refused
from .views import Lines, View
from .work import Work


@dataclass(frozen=True)
class Looking:
    """What is looked at changes nothing."""

    work: Work

    def show(self, section: Optional[str], name: Optional[str]) -> View:
        """Configuration as lines that can be typed."""
        if section == "scst":
            return state.exports(self.work.candidate, name)
        lines = self.work.lines(self.work.candidate, section, name)
        if name and not lines:
            raise Refused(f"no {section} {name}", word=name, code="E202")
        return Lines.of(*lines, style="command")

    def status(self, section: Optional[str], name: Optional[str]) -> View:
        """What lives on the machine."""
        work = self.work
        if section:
            return state.status(work.host, work.draft.current, section, name)
        return state.summary(work.host, work.draft.current, 0 if work.waiting else work.draft.count)

    def diff(self, section: Optional[str]) -> View:
        """What the edits change, as lines."""
        return self.work.changes(self.work.draft.current, self.work.candidate, section)

    def check(self, section: Optional[str]) -> View:
        """The findings. Raises ChecksRefuse where one of them would refuse a commit."""
        found = self.work.findings(section)
        lines = tuple(reports.about(found))
        if any(finding.error for finding in found):
            raise ChecksRefuse("the checks would refuse a commit", details=tuple(line.text for line in lines))
        return Lines(lines, [vars(finding) for finding in found]) if found else Lines.of("nothing found", style="ok")

    def plan(self, section: Optional[str]) -> View:
        """The steps that a commit would take; of one section, those of its edits alone."""
        work = self.work
        if section is None:
            steps, count = work.commit_plan(work.candidate), work.draft.count
        else:
            edits = [edit for edit in work.draft.edits if candidate.section(edit) == section]
            steps, count = work.plan(work.draft.current, candidate.fold(work.draft.current, edits)), len(edits)
        return reports.plan(steps, count, work.findings(section), work.carrier(steps))

    def explain(self, line: Any) -> View:
        """What a line would do, in the machine's own commands."""
        if not hasattr(line, "edit"):
            return Lines.of(*line.native(), style="command")
        steps = self.work.plan(self.work.candidate, line.edit(self.work.candidate)).steps
        return Lines(tuple(reports.steps(steps))) if steps else Lines.of("already so", style="dim")

    def help(self, words: tuple[str, ...]) -> View:
        """How to say it."""
        return usage.help(words)
