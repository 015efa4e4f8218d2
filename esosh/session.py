"""One person's way through the house: the words that work on the candidate and on the machine."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from typing import Any, Callable, Optional

from . import candidate, checks, commands, executors, history, reports, script, state, store, transaction, usage
from .commands import SECTIONS, Command
from .config import Config
from .draft import Draft
from .errors import ChecksRefuse, Refused
from .executors import sync
from .executors.net.bonding import carrier
from .flat import diff
from .host import Host, LocalHost
from .plan import Plan, look, plan
from .step import DISRUPTIONS
from .store import Journal, Who
from .views import Line, Lines, View

Ask = Callable[[View], bool]


class Session:
    """A candidate on a host.

    `kept`: it lies on disk; `ask` shows what a commit disrupts and asks once; `address`: the host's own one that the
    person's connection goes to.
    """

    def __init__(self, host: Host, who: Who, name: str = "", kept: bool = True, wait: float = 10,
                 ask: Optional[Ask] = None, address: str = "") -> None:
        self.host = host
        self.who = who
        self.wait = wait
        self.ask = ask
        self.address = address
        self.level = ""
        self.done = False
        self.notices: list[Line] = []
        self.draft = Draft(host, who, name or f"default@{who.user}", kept)

    @property
    def candidate(self) -> Config:
        """The configuration that a commit would make."""
        return self.draft.config

    def hold(self) -> contextlib.AbstractContextManager[None]:
        """Hold the candidate against others. Raises Locked."""
        return self.draft.hold(self.wait)

    def run(self, command: Any) -> View:
        """Do what a command says. Raises EsoshError."""
        self.draft.refresh()
        if command.changes:
            self._recover()
        view: View = self.edit(command) if hasattr(command, "edit") else command.act(self)
        return view

    def _recover(self) -> None:
        """What a crash cut short comes before any change."""
        if store.cut_short(self.host):
            with store.commit_lock(self.host, self.wait):
                told = transaction.recover(self.host)
            self.draft.load()
            self.notices += [Line(told, "warn")] if told else []

    # the candidate

    def edit(self, command: Any) -> View:
        """Put an edit into the candidate, all of it or nothing."""
        before = self.candidate
        if command.edit(before) == before:
            return Lines.of("already so", style="dim")
        note = command.note(before) if hasattr(command, "note") else ""
        self.draft.keep(command)
        return Lines.of(*filter(None, note.split("; ")), style="dim")

    def move(self, line: Command) -> View:
        """Take edits back, make them again, or drop them."""
        before, after = self.draft.edits, self.draft.after(line)
        if before == after:
            return Lines.of("no edits", style="dim")
        self.draft.keep(line)
        gone = Lines.of(*(f"- {edit}" for edit in before if edit not in after), style="del")
        back = Lines.of(*(f"+ {edit}" for edit in after if edit not in before), style="add")
        return Lines(gone.lines + back.lines)

    def load(self, file: str, replace: bool) -> View:
        """Put the lines of a file into the candidate, all of them or none."""
        entries = script.read(read_file(file), file)
        before = self.candidate
        clear = [line for section in SECTIONS for line in commands.section(section).clear(before)] if replace else []
        config = candidate.fold(before, clear)
        for entry in entries:
            config = entry.do(lambda: _edited(entry.command, config))  # noqa: B023 - called at once
        edits = candidate.leading(before, config) if replace else candidate.telling(before, [entry.command for entry in entries])
        return Lines.of(f"{self._keep(edits)} edits", style="dim")

    def _keep(self, edits: Iterable[Any]) -> int:
        """Put edits into the candidate, all of them or none; give their number."""
        known = list(edits)
        for edit in known:
            self.draft.keep(edit)
        return len(known)

    def rollback(self, commit: str) -> View:
        """Put what a past commit saved into the candidate; the machine changes with the next commit."""
        host, undone = history.past(self.host, commit)
        self._keep(candidate.leading(self.candidate, executors.read(host)))
        return Lines((reports.undone(undone), *self._changes(None)))

    def save(self, file: str) -> View:
        """Write the candidate as a file of lines."""
        lines = self._lines(self.candidate)
        LocalHost().replace(os.path.abspath(file), "".join(f"{line}\n" for line in lines), 0o600)
        return Lines.of(f"{len(lines)} lines", style="dim")

    # looking

    def show(self, section: Optional[str], name: Optional[str]) -> View:
        """Configuration as lines that can be typed."""
        if section == "scst":
            return state.exports(self.candidate, name)
        lines = self._lines(self.candidate, section, name)
        if name and not lines:
            raise Refused(f"no {section} {name}", word=name, code="E202")
        return Lines.of(*lines, style="command")

    def _lines(self, config: Config, section: Optional[str] = None, name: Optional[str] = None) -> list[str]:
        return [str(line) for each in ([section] if section else SECTIONS) for line in commands.section(each).lines(config, name)]

    def status(self, section: Optional[str], name: Optional[str]) -> View:
        """What lives on the machine."""
        if section:
            return state.status(self.host, self.draft.current, section, name)
        return state.summary(self.host, self.draft.current, len(self.draft.edits))

    def diff(self, section: Optional[str]) -> View:
        """What the edits change, as lines."""
        found = self._changes(section)
        return Lines(found) if found else Lines.of("no differences", style="dim")

    def _changes(self, section: Optional[str]) -> tuple[Line, ...]:
        return tuple(reports.changes(self._lines(self.draft.current, section), self._lines(self.candidate, section)))

    def findings(self, section: Optional[str] = None) -> list[checks.Finding]:
        """What is wrong, or looks wrong, with the candidate."""
        found = checks.findings(self.candidate, look(self.host))
        return [finding for finding in found if section in (None, finding.topic)]

    def check(self, section: Optional[str]) -> View:
        """The findings. Raises ChecksRefuse where one of them would refuse a commit."""
        found = self.findings(section)
        lines = tuple(reports.about(found))
        if any(finding.error for finding in found):
            raise ChecksRefuse("the checks would refuse a commit", details=tuple(line.text for line in lines))
        return Lines(lines, [vars(finding) for finding in found]) if found else Lines.of("nothing found", style="ok")

    def plan(self, section: Optional[str]) -> View:
        """The steps that a commit would take; of one section, those of its edits alone."""
        edits = [edit for edit in self.draft.edits if section in (None, candidate.section(edit))]
        new = candidate.fold(self.draft.current, edits)
        steps = self._plan(self.draft.current, new)
        return reports.plan(steps, len(edits), self.findings(section), self._own(steps))

    def _plan(self, old: Config, new: Config) -> Plan:
        return plan(old, new, look(self.host), "".join(f"{line}\n" for line in self._lines(new)))

    def _own(self, steps: Plan) -> Optional[reports.Own]:
        """The interfaces that carry the person's connection, and the steps that disturb them."""
        links = carrier(look(self.host).facts["net"], self.address) if self.address else ()
        return reports.Own(links[0], steps.touching(links)) if links else None

    def explain(self, line: Any) -> View:
        """What a line would do, in the machine's own commands."""
        if not hasattr(line, "edit"):
            return Lines.of(*line.native(), style="command")
        steps = self._plan(self.candidate, line.edit(self.candidate)).steps
        return Lines(tuple(reports.steps(steps))) if steps else Lines.of("already so", style="dim")

    def history(self, count: int) -> View:
        """Past commits, the newest first."""
        return reports.history(history.log(self.host, count), history.unsaved(self.host))

    def help(self, words: tuple[str, ...]) -> View:
        """How to say it."""
        return usage.help(words)

    # acting

    def commit(self, comment: str, allow: str, force: str) -> View:
        """Apply all edits, or none of them."""
        with store.commit_lock(self.host, self.wait):
            self.draft.refresh()
            old, new = self.draft.current, self.draft.merged()
            steps = self._plan(old, new)
            if not steps.steps:
                self.draft.end()
                return Lines.of("nothing to do", style="ok")
            self._permitted(steps, allow, force)
            history.save(self.host, "changes found before a commit by esosh")
            about = comment + (f" (forced: {force})" if force else "")
            number = history.last(self.host) + 1
            journal = Journal(number, self.who, transaction.boot(self.host), about, self.draft.name, steps.steps)
            warning = transaction.apply(self.host, journal, lambda: self._wrong(old, new))
        self.draft.end()
        return self._told(journal, warning, old, new)

    def _permitted(self, steps: Plan, allow: str, force: str) -> None:
        """Raises ChecksRefuse for an error that the checks find, and for a disruption that is not allowed."""
        errors = [finding for finding in self.findings() if finding.error and not (force and finding.overridable)]
        if errors:
            raise ChecksRefuse("the checks refuse the commit", details=tuple(line.text for line in reports.about(errors)))
        worst, own = steps.disruption, self._own(steps) if self.ask and not allow else None
        if DISRUPTIONS.index(worst) <= DISRUPTIONS.index(allow or "link") and not (own and own.steps):
            return
        shown = reports.disruption([step for step in steps.steps if step.disruption == worst], own)
        if not self.ask or not self.ask(shown):
            details = () if self.ask else tuple(line.text for line in shown.lines)
            raise ChecksRefuse(f"the commit disrupts {worst}, which was not allowed", mend=f"commit allow {worst}",
                               details=details)

    def _wrong(self, old: Config, new: Config) -> list[str]:
        """What the machine does not have as it should, of what the commit changes."""
        wanted, found = diff(old, new), diff(new, executors.read(self.host))
        return [" ".join(path) for path in wanted if path in found]

    def _told(self, journal: Journal, warning: str, old: Config, new: Config) -> View:
        follow = [line for section in executors.SECTIONS
                  for line in executors.executor(section).follow(old, new, self.host)]
        unsaved = history.unsaved(self.host)
        if unsaved:
            follow.append(("sync", f"{unsaved} commit{'s' if unsaved > 1 else ''} not on the boot medium"))
        warnings = [Line(warning, "warn")] if warning else []
        done = Line(f"committed: number {journal.id}, {len(journal.steps)} steps", "ok")
        return Lines((done, *warnings, *reports.follow(follow)),
                     {"number": journal.id, "steps": len(journal.steps), "warning": warning, "follow": follow})

    def sync(self) -> View:
        """Save /etc to the boot medium. Raises Refused with the step that failed."""
        status, failed = sync.sync(self.host)
        if status:
            raise Refused(f"conf_sync.sh ended with status {status}: {failed}", code="E222")
        return Lines.of("saved to the boot medium", style="ok")

    def recover(self) -> View:
        """What `run` has just recovered, as it does before any change."""
        told, self.notices = self.notices, []
        return Lines(tuple(told)) if told else Lines.of("nothing to recover", style="ok")

    # the shell

    def enter(self, section: str) -> View:
        """Enter a level, or leave it."""
        self.level = section
        return Lines()

    def quit(self) -> View:
        """Leave; the edits stay."""
        self.done = True
        return Lines()


def _edited(command: Any, config: Config) -> Config:
    if not hasattr(command, "edit"):
        raise Refused(f"{command} is not an edit: a file to load holds configuration only", code="E209")
    edited: Config = command.edit(config)
    return edited


def read_file(file: str) -> str:
    """The text of a file of the user's. Raises Refused."""
    try:
        return LocalHost().read(os.path.abspath(file))
    except OSError as error:
        raise Refused(f"{file}: {(error.strerror or str(error)).lower()}", word=file, code="E223") from None
