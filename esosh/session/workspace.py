"""What a session works on: a host, a user, and the candidate in use."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Callable, Optional

from .. import checks, executors
from ..commands import Command, Edit
from ..commands.session.commit import SessionCommit
from ..config import Config
from ..errors import EsoshError, Refused
from ..host import Host
from ..transaction import apply, guard, journal, notices, recovery
from ..transaction.journal import Journal, Who
from ..transaction.plan import Plan, look, plan
from ..views import Line, Lines, View
from . import record, reports, store
from .again import Again
from .candidate import Candidate

Ask = Callable[[View, str], str]
OWN = "live"  # the name that each user has for the own candidate


class Workspace:
    """A host, a user, and the candidate in use.

    `on_disk`: its own candidate is on disk; that of a batch is not. `rehearsal`: no candidate goes to disk.
    `ask` shows what a commit disrupts, asks a question once, and gives the answer. `address`: the host's own
    one that the user's connection goes to.
    """

    def __init__(self, host: Host, who: Who, name: str = "", on_disk: bool = True, wait: float = 10,
                 ask: Optional[Ask] = None, address: str = "", rehearsal: bool = False) -> None:
        self.host = host
        self.who = who
        self.wait = wait
        self.ask = ask
        self.address = address
        self.level = ""
        self.done = False
        self.ask_secret: Optional[Callable[[str], str]] = None  # asks without showing the answer
        self.progress: apply.Progress = lambda *step: None
        self.notices: list[Line] = []
        self.own = f"default@{who.user}" if on_disk else ""
        self.rehearsal = rehearsal
        self.again: Optional[Again] = None  # the script that runs again
        self.unstored: dict[str, Candidate] = {}  # candidates not on disk: a batch's own, all of a rehearsal
        self._trash: dict[str, Candidate] = {}
        self._pretended: Optional[Config] = None
        self._held: Optional[contextlib.ExitStack] = None
        journal.require_private(host)
        self.candidate = self.open(self.own if name in ("", OWN) else name)

    # the candidate in use

    @property
    def config(self) -> Config:
        """The configuration that a commit would make."""
        return self.candidate.config

    @property
    def title(self) -> str:
        """The name of the candidate in use, as the prompt shows it."""
        return OWN if self.candidate.name == self.own else self.candidate.name

    def open(self, name: str) -> Candidate:
        """A candidate of that name."""
        if name and not self.rehearsal:
            return Candidate(self.host, self.who, name, on_disk=True)
        if name not in self.unstored:
            self.unstored[name] = Candidate(self.host, self.who, name, on_disk=False, read=self._read)
        return self.unstored[name]

    def exists(self, name: str) -> bool:
        """Whether there is a candidate of that name."""
        if name == self.own:
            return True
        if name == self.candidate.name and self.candidate.exists:
            return True
        if name in self.unstored:
            return self.unstored[name].exists
        return name in self.names()

    def names(self) -> tuple[str, ...]:
        """The candidates on disk."""
        return tuple(name for name in store.candidates(self.host) if name not in self._trash)

    def trash(self, name: str) -> None:
        """Put a candidate into the trash; a rehearsal touches no file."""
        if self.rehearsal:
            self._trash[name] = self.unstored.pop(name)
        else:
            store.trash(self.host, name)

    def restore(self, name: str) -> None:
        """Bring a candidate back from the trash. Raises Refused where another one has its name by now."""
        if self.rehearsal:
            self.unstored[name] = self._trash.pop(name)
        else:
            store.restore(self.host, name)

    def _read(self) -> Config:
        return self._pretended or executors.read(self.host)

    def pretend_committed(self) -> None:
        """Go on as if the edits were committed, without touching anything."""
        self.candidate.pretend_committed()
        self._pretended = self.candidate.config
        for candidate in self.unstored.values():
            candidate.refresh()

    @contextlib.contextmanager
    def hold(self) -> Iterator[None]:
        """Hold the candidate in use against others. Raises Locked."""
        self._held = contextlib.ExitStack()
        try:
            self._held.enter_context(self.candidate.hold(self.wait))
            yield
        finally:
            self._held.close()
            self._held = None

    def use(self, name: str) -> None:
        """Go on with another candidate, held against others where this one was. Raises Locked."""
        if name == self.candidate.name:
            return
        candidate = self.open(name)
        if self._held is not None:
            with contextlib.ExitStack() as held:
                held.enter_context(candidate.hold(self.wait))
                candidate.reload()
                self._held.close()
                self._held = held.pop_all()
        self.candidate = candidate

    def recover_if_needed(self) -> str:
        """Before any change, finish or undo what a crash cut short, or nobody confirmed; the notice of it."""
        if journal.cut_short(self.host):
            self.recover()
        return self.take_notice()

    def recover(self) -> None:
        """Finish or undo what was cut short; a guard goes on with what cannot be ended now.

        Raises Locked, UndoFailed, Refused.
        """
        with journal.commit_lock(self.host, self.wait) as lock:
            try:
                recovery.recover(self.host)
            finally:
                if self.host.exists(journal.JOURNAL):
                    guard.renew(self.host, lock)

    def renew_guard(self) -> None:
        """Start a guard for a commit that waits for its confirm where the one that it had has died."""
        with contextlib.suppress(EsoshError, OSError):  # status and the prompt tell that there is none
            if not journal.unguarded(self.host):
                return
            with journal.commit_lock(self.host, 0) as lock:
                waiting = journal.awaiting(self.host)
                if waiting:
                    guard.renew(self.host, lock)
                    text = f"the guard of commit {waiting.id} had died; another one has taken its place"
                    self.notices.append(Line(text, "warn"))

    def take_notice(self) -> str:
        """The notice of how a commit ended that this session did not end itself."""
        notice = notices.take_notice(self.host)
        if notice:
            self.notices.append(Line(notice, "warn"))
            self.candidate.reload()
        return notice

    @property
    def waiting(self) -> Optional[Journal]:
        """The commit that waits for its confirm, where its edits are those of the candidate in use."""
        waiting = None
        with contextlib.suppress(Refused):  # its journal cannot be read: what changes something is told so
            waiting = journal.awaiting(self.host) if self.candidate.name else None
        return waiting if waiting and waiting.candidate == self.candidate.name else None

    def require_unlocked(self) -> None:
        """Raises Refused where the edits are those of a commit that waits for its confirm."""
        if self.waiting:
            commit = f"commit {self.waiting.id} made these edits and waits"
            raise Refused(f"{commit}: confirm keeps it, revert takes it back", hint="confirm", code="E234")

    def keep(self, edits: Iterable[Edit]) -> int:
        """Put edits into the candidate as one move; give their number."""
        kept = list(edits)
        if kept:
            self.candidate.keep(kept)
        return len(kept)

    def move(self, lines: Sequence[Command], base: Optional[Config] = None) -> View:
        """Make a move, from another base where that is given; the view lists what goes and comes back."""
        old, new = self.candidate.moves, self.candidate.after(lines)
        if base is None and new.is_same_as(old):
            return Lines.of("no edits", style="dim")
        restored, trashed = old.deleted - new.deleted, new.deleted - old.deleted
        with contextlib.ExitStack() as way_back:  # where the move cannot be kept, nothing of it is
            for name in restored:
                self.restore(name)
                way_back.callback(self.trash, name)
            for name in trashed:
                self.trash(name)
                way_back.callback(self.restore, name)
            if base is None:
                self.candidate.keep(lines)
            else:
                self.candidate.keep_from(base, lines)
            way_back.pop_all()
        removed = (*new.missing(old), *map(_candidate_text, trashed))
        added = (*old.missing(new), *map(_candidate_text, restored))
        return Lines((*reports.removed_lines(removed), *reports.added_lines(added)))

    # what it shows

    def plan(self, old: Config, new: Config, saved: Optional[Config] = None) -> Plan:
        """The steps from one configuration to another; `saved`: that of the files, where it is not `old`."""
        machine = look(self.host)
        return plan(old, new, machine, lambda: record.after(self.host, saved or old, new), saved)

    def commit_plan(self, new: Config, *more: Command) -> Plan:
        """The steps that a commit takes; `more`: edits that are to come."""
        running, saved = self.candidate.running_and_saved(*more)
        return self.plan(running, new, saved)

    def findings(self, section: Optional[str] = None, all_of_it: bool = False) -> list[checks.Finding]:
        """What is wrong, or looks wrong, with a change and what it changes, or with all of the candidate."""
        running, _ = self.candidate.running_and_saved()
        since = None if all_of_it else running
        findings = checks.commit_findings(running, self.config, look(self.host), since)
        return [finding for finding in findings if section in (None, finding.topic)]

    def new_warnings(self, found: Iterable[checks.Finding]) -> tuple[checks.Finding, ...]:
        """The warnings among findings on the candidate that the machine did not have before its edits."""
        running, _ = self.candidate.running_and_saved()
        return tuple(checks.warnings(found, running, self.config, look(self.host)))

    def new_errors(self, before: Config, after: Config) -> tuple[Line, ...]:
        """The errors that an edit brings, and that refuse a commit until they are fixed."""
        machine, (running, _) = look(self.host), self.candidate.running_and_saved()
        found = [*checks.findings(after, machine, before), *checks.changes(running, after, machine)]
        if not any(finding.error for finding in found):
            return ()
        earlier = {*checks.findings(before, machine, after), *checks.changes(running, before, machine),
                   *checks.findings(running, machine, after)}
        errors = [finding for finding in found if finding.error and finding not in earlier]
        if not errors:
            return ()
        forced = self.forced(self.plan(running, after)) if reports.any_overridable(errors) else ""
        title = Line("the edit is kept, and as long as it is so a commit is refused:", "warn")
        return (title, *reports.finding_lines(errors, forced))

    def forced(self, steps: Plan, options: SessionCommit = SessionCommit()) -> str:  # noqa: B008 - frozen
        """The commit that passes findings; it allows what the steps disrupt where nobody is asked."""
        allowed = self.ask or not steps.exceeds(options.option("allow"))
        line = options if allowed else options.allowing(steps.disruption)
        return f'{line} force "REASON"'

    def connection(self, steps: Plan) -> Optional[reports.Connection]:
        """The interface that carries the user's connection, and the steps that disturb it."""
        links = look(self.host).carriers(self.address) if self.address else ()
        return reports.Connection(links[0], steps.touching(links)) if links else None


def _candidate_text(name: str) -> str:
    return f"candidate {name}"
