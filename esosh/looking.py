"""Views of the candidate and of the machine."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Optional

from . import candidate, commands, peer, peers, reports, state, trace, usage
from .checks import Finding
from .commands import Pair, missing
from .commands.session import SessionShow
from .errors import ChecksRefuse
from .executors import scst
from .host import LocalHost
from .secrets import filled
from .step import Replace
from .views import MASK, Line, Lines, View
from .work import Work


@dataclass(frozen=True)
class Looking:
    """What is looked at changes nothing."""

    work: Work

    def show(self, section: Optional[str], name: Optional[str]) -> View:
        """Configuration as lines that can be typed."""
        config = self.work.candidate
        if section and name and name not in commands.section(section).names(config):
            raise missing(section, name, commands.section(section).names(config), SessionShow(Pair(section, name)))
        return Lines.of(*self.work.lines(config, section, name), style="command")

    def status(self, section: Optional[str], name: Optional[str]) -> View:
        """What lives on the machine."""
        work = self.work
        if section:
            return state.status(work.host, work.draft.current, section, name)
        return state.summary(work.host, work.draft.current, 0 if work.waiting else work.draft.count)

    def diff(self, section: Optional[str]) -> View:
        """What a commit changes, as lines: of what runs, or of the files where they are to say what runs."""
        (running, filed), new = self.work.draft.both(), self.work.candidate
        return self.work.changes(filed if running == new else running, new, section)

    def check(self, section: Optional[str]) -> View:
        """The findings. Raises ChecksRefuse where one of them would refuse a commit."""
        found = self.work.findings(section)
        passing = any(finding.error and finding.overridable for finding in found)
        forced = self.work.forced(self.work.commit_plan(self.work.candidate)) if passing else ""
        return self._found(found, "the checks would refuse a commit", forced)

    def _found(self, found: Sequence[Finding], wrong: str, forced: str = "") -> View:
        lines = tuple(reports.about(found, forced))
        if any(finding.error for finding in found):
            raise ChecksRefuse(wrong, details=tuple(line.text for line in lines))
        return Lines(lines, [vars(finding) for finding in found]) if found else Lines.of("nothing found", style="ok")

    def check_peer(self, name: str) -> View:
        """What does not fit together on the two hosts of a pair. Raises ChecksRefuse where something is wrong."""
        theirs = peers.read(self.work.host, name)
        return self._found(list(peer.findings(self.work.candidate.scst, theirs)), f"this host and {name} do not fit together")

    def trace(self, name: str) -> View:
        """The way of an initiator, a device or a target, from end to end."""
        return trace.trace(self.work.draft.current, scst.facts(self.work.host), name)

    def plan(self, section: Optional[str]) -> View:
        """The steps that a commit would take; of one section, those of its edits alone."""
        work = self.work
        if section is None:
            steps, count = work.commit_plan(work.candidate), work.draft.count
        else:
            edits = [edit for edit in work.draft.edits if candidate.section(edit) == section]
            steps, count = work.plan(work.draft.current, candidate.fold(work.draft.current, edits)), len(edits)
        return reports.plan(steps, count, work.findings(section), work.forced(steps), work.carrier(steps))

    def explain(self, line: Any) -> View:
        """What a line would do, in the machine's own commands; nobody is asked for a secret."""
        if not hasattr(line, "edit"):
            return Lines.of(*line.native(), style="command")
        line = filled(line, lambda question: MASK * 3, lambda file: LocalHost().read(os.path.abspath(file)))
        pending, current = self.work.candidate, self.work.draft.current
        before, after = (self.work.plan(current, config).steps for config in (pending, line.edit(pending)))
        steps = tuple(step for step in after if step.do not in {step.do for step in before})
        taken = [step.do for step in before if step.do not in {step.do for step in after} and not isinstance(step.do, Replace)]
        shown = (*reports.steps(steps), *(Line(f"no more: {action}", "dim") for action in taken))
        return Lines(shown) if shown else Lines.of("already so", style="dim")

    def help(self, words: tuple[str, ...]) -> View:
        """How to say it."""
        return usage.help(words)
