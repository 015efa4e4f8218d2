"""What changes the machine: commit, the confirm that it may wait for, sync, recovery."""

from __future__ import annotations

import contextlib
import shlex
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from . import executors, guard, history, reports, shelf, store, transaction
from .commands.session import SessionCommit
from .config import Config
from .errors import ChecksRefuse, Conflict, EsoshError, Locked, Refused
from .executors import sync
from .flat import Path, diff, flatten
from .history import Commit
from .host import Host
from .lock import Lock
from .merge import Clash
from .plan import Plan
from .step import DISRUPTIONS
from .store import Journal
from .views import Line, Lines, View, counted
from .work import Work, leave

_KERNEL = "it was changed in the kernel, by hand"
_PATIENCE = 30  # seconds that a guard may take to end a commit


@dataclass(frozen=True)
class Committing:
    """The way from a candidate to the machine."""

    work: Work

    def commit(self, options: SessionCommit) -> View:
        """Apply all edits, or none of them."""
        work, seconds = self.work, options.seconds
        if seconds and options.sync:
            raise Refused("what waits for its confirm is not saved before: sync follows confirm", word="sync", code="E237")
        if options.option("probe"):
            _probe(options.option("probe"), seconds)
        work.free()
        with store.commit_lock(work.host, work.wait, work.who) as lock:
            view = self._commit(options, seconds, lock)
        if work.draft.name != work.own and not work.waiting:
            work.use(work.own)
        return self._synced(view) if options.sync else view

    def _synced(self, view: Lines) -> View:
        """Save what was committed; where that fails, the commit is told all the same."""
        try:
            return Lines((*view.lines, *_lines(self.sync())), view.data)
        except EsoshError as error:
            error.details = (*(line.text for line in view.lines), *error.details)
            raise

    def _commit(self, options: SessionCommit, seconds: int, lock: Lock) -> Lines:
        work = self.work
        work.draft.refresh()
        old, new = work.draft.current, self._merged()
        steps = work.commit_plan(new)
        if options.option("plan") not in ("", steps.id):
            raise ChecksRefuse(f"the plan is {steps.id} now, not {options.option('plan')}", mend="plan", code="E302")
        if not steps.steps:
            work.draft.end()
            return Lines.of("nothing to do", style="ok")
        self._permitted(steps, options)
        warned = self._found(old)
        comment, force = options.option("comment"), options.option("force")
        journal = Journal(self._number(), work.who, transaction.boot(work.host),
                          comment + (f" (forced: {force})" if force else ""), work.draft.name, steps.steps,
                          seconds, options.option("probe"))
        with self._guarded(steps, seconds, lock):
            warning = transaction.apply(work.host, journal, lambda: self._wrong(old, new), work.progress)
        if not (seconds and work.draft.name):
            work.draft.end()
        return self._told(journal, "; ".join(filter(None, (warned, warning))), old, new, options.sync)

    def _found(self, old: Config) -> str:
        """Give git what it did not take of our last commit, then what others changed; a warning where it does not."""
        host = self.work.host
        try:
            owed = store.owed(host)
            if owed:
                history.save(host, *owed)
                store.pay(host)
            history.found(host, self.work.text(old))
        except EsoshError as error:
            return f"what others changed is not in the history: {error}"
        return ""

    def _number(self) -> int:
        owed = store.owed(self.work.host)
        return max(history.last(self.work.host), owed[0] if owed else 0) + 1

    @contextlib.contextmanager
    def _guarded(self, steps: Plan, seconds: int, lock: Lock) -> Iterator[None]:
        """With a guard, where the commit may take our own terminal away, or waits for its confirm."""
        if not seconds and steps.disruption == DISRUPTIONS[0]:
            yield
            return
        companion = guard.guard(self.work.host, lock)
        try:
            yield
        except EsoshError:
            companion.say(guard.DONE)
            raise
        except BaseException:
            companion.leave()  # whatever it was, the guard looks at what is left
            raise
        companion.say(guard.WAITS if seconds else guard.DONE)
        lock.handed = bool(seconds)

    def _merged(self) -> Config:
        """The machine's configuration with the edits. Raises Conflict where somebody else changed the same."""
        draft = self.work.draft
        merge = draft.merge
        if merge.clashes:
            whose = {each: self._whose(*each, clashes) for each, clashes in reports.objects(merge).items()}
            raise reports.conflict(merge, whose)
        if merge.result is None:
            raise Conflict(f"the machine changed, and an edit fits no more: {merge.refused}", mend="abort")
        return merge.result

    def _whose(self, section: str, name: str, clashes: Mapping[Path, Clash]) -> str:
        """Who changed an object since the edits began, as far as what runs, git and the files tell."""
        host, draft, parts = self.work.host, self.work.draft, executors.parts(section)
        filed = flatten(executors.filed(host, draft.current, parts))
        if any(filed.get(path) != clash.theirs for path, clash in clashes.items()):
            return _KERNEL
        known = history.whose(host, draft.commit, section, name)
        first, newest = draft.typed[0].when if draft.typed else "", history.commits(host)[:1]
        files = [file for part in parts for file in executors.executor(part).FILES if host.exists(file)]
        written = [(file, time.localtime(host.stat(file).changed)) for file in files if not _ours(host, file, newest)]
        later = [f"{file} was written {time.strftime('%H:%M:%S', at)}, your first edit is of {first[11:]}"
                 for file, at in written if first and time.strftime(shelf.TIME, at) >= first]
        before = [f"it was changed by hand, before commit {commit.number} by {commit.who}, {commit.when}"
                  for commit in newest if (commit.number or 0) > draft.commit]
        return known or ", ".join(later or before) or _KERNEL

    def _permitted(self, steps: Plan, options: SessionCommit) -> None:
        """Raises ChecksRefuse for an error that the checks find, and for a disruption that is not allowed."""
        work, allow, force = self.work, options.option("allow"), options.option("force")
        errors = [finding for finding in work.findings() if finding.error and not (force and finding.overridable)]
        if errors:
            told = reports.about(errors, work.forced(steps, options))
            raise ChecksRefuse("the checks refuse the commit", details=tuple(line.text for line in told))
        worst, own = steps.disruption, work.carrier(steps) if work.ask and not allow and not options.seconds else None
        if not (steps.exceeds(allow) or (own and own.steps)):
            return
        shown = reports.disruption([step for step in steps.steps if step.disruption == worst], own)
        if not work.ask or not work.ask(shown):
            details = () if work.ask else tuple(line.text for line in shown.lines)
            raise ChecksRefuse(f"the commit disrupts {worst}, which was not allowed", mend=str(leave(options, worst)),
                               details=details)

    def _wrong(self, old: Config, new: Config) -> list[str]:
        """What the machine does not have as it should, of what the commit changes."""
        wanted, found = diff(old, new), diff(new, executors.read(self.work.host))
        return [" ".join(path) for path in wanted if path in found]

    def _told(self, journal: Journal, warning: str, old: Config, new: Config, saved: bool) -> Lines:
        host, follow, unsaved = self.work.host, [], 0
        with contextlib.suppress(OSError, EsoshError):  # it is committed, whatever cannot be looked at any more
            follow = [line for section in executors.SECTIONS for line in executors.executor(section).follow(old, new, host)]
            unsaved = history.unsaved(host)
        if journal.seconds:
            end = time.strftime("%H:%M:%S", time.localtime(time.time() + journal.seconds))
            follow.insert(0, ("confirm", f"or everything is undone at {end}, with or without this session"))
        elif unsaved and not saved:
            follow.append(("sync", f"{counted(unsaved, 'commit')} not on the boot medium"))
        warnings = [Line(warning, "warn")] if warning else []
        how, style = ("applied, not confirmed", "warn") if journal.seconds else ("committed", "ok")
        done = Line(f"{how}: number {journal.id}, {counted(len(journal.steps), 'step')}", style)
        return Lines((done, *warnings, *reports.follow(follow)),
                     {"number": journal.id, "steps": len(journal.steps), "warning": warning, "follow": follow})

    def confirm(self) -> View:
        """Keep the commit that waits for it. Raises Refused where it was too late."""
        return self._verdict("confirm")

    def revert(self) -> View:
        """Undo the commit that waits for confirm, now."""
        return self._verdict("revert")

    def _verdict(self, word: str) -> View:
        host = self.work.host
        waiting = store.awaiting(host)
        if waiting is None:
            raise Refused(self.work.hear() or f"no commit waits: nothing to {word}", code="E235")
        if not transaction.late(host, waiting):
            with contextlib.suppress(FileNotFoundError):  # it has just ended, and word of it is there
                store.mark(host, word, sync=True)
        told = self._ended()
        self.work.draft.reload()
        if self.work.draft.name != self.work.own and not self.work.draft.count:
            self.work.use(self.work.own)
        if word == "confirm" and "is confirmed" not in told:
            raise Refused(told or f"commit {waiting.id} has ended, not by this confirm", code="E235")
        return Lines.of(told, style="ok")

    def _ended(self) -> str:
        """How the guard ended the commit, or how we did where there is no guard any more."""
        host, until = self.work.host, time.monotonic() + _PATIENCE
        while store.journal(host) is not None:
            with contextlib.suppress(Locked), store.commit_lock(host, 0):
                transaction.recover(host)
            if time.monotonic() > until:
                raise Locked("the guard of the commit does not answer; it holds the commit lock")
            time.sleep(0.05)
        return store.told(host)

    def sync(self) -> View:
        """Save /etc to the boot medium. Raises Refused with the step that failed."""
        if store.awaiting(self.work.host):
            raise Refused("a commit waits for its confirm, and is not saved before", mend="confirm", code="E237")
        status, failed = sync.sync(self.work.host)
        if status:
            raise Refused(f"conf_sync.sh ended with status {status}: {failed}", code="E222")
        return Lines.of("saved to the boot medium", style="ok")

    def recover(self) -> View:
        """What was recovered just now, as it is before any change."""
        told, self.work.notices = self.work.notices, []
        return Lines(tuple(told)) if told else Lines.of("nothing to recover", style="ok")


def _probe(text: str, seconds: int) -> None:
    """Raises Refused for a command that cannot be read, or that nothing waits for."""
    if not seconds:
        raise Refused("a probe confirms a commit: commit confirmed 5 probe ...", word="probe", code="E237")
    try:
        shlex.split(text)
    except ValueError as error:
        raise Refused(f"the probe is no command: {str(error).lower()}", word=text, code="E206") from None


def _ours(host: Host, file: str, newest: Sequence[Commit]) -> bool:
    """Whether a file is as our newest commit has it."""
    past = [history.past(host, commit.hash) for commit in newest]
    return any(each.exists(file) and each.read(file) == host.read(file) for each in past)


def _lines(view: View) -> tuple[Line, ...]:
    assert isinstance(view, Lines)
    return view.lines
