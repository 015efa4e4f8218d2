"""What a session works on: a host, a person, and the candidate in use."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterable, Iterator
from typing import Any, Callable, Optional

from . import checks, commands, executors, guard, reports, shelf, store, transaction
from .commands import SECTIONS, Pair
from .commands.session import SessionCommit
from .config import Config
from .draft import Draft
from .errors import Refused
from .executors.net.links import carrier
from .host import Host
from .plan import Plan, look, plan
from .store import Journal, Who
from .views import Line, Lines, View, masked

Ask = Callable[[View], bool]
OWN = "live"  # the name under which everybody finds the candidate of their own


class Work:
    """A candidate on a host.

    `kept`: a batch has none of its own on disk; `rehearsed`: nothing goes to disk, named candidates neither.
    `ask` shows what a commit disrupts and asks once; `address`: the host's own one that the person's connection goes to.
    """

    def __init__(self, host: Host, who: Who, name: str = "", kept: bool = True, wait: float = 10,
                 ask: Optional[Ask] = None, address: str = "", rehearsed: bool = False) -> None:
        self.host = host
        self.who = who
        self.wait = wait
        self.ask = ask
        self.address = address
        self.secret: Optional[Callable[[str], str]] = None  # asks for one without showing it, where there is somebody to ask
        self.progress: transaction.Progress = lambda *about: None
        self.notices: list[Line] = []
        self.own = f"default@{who.user}" if kept else ""
        self.rehearsed = rehearsed
        self.others: dict[str, Draft] = {}  # those that are nowhere on disk: a batch's own, and all of a rehearsal
        self._buried: dict[str, Draft] = {}
        self._assumed: Optional[Config] = None
        self._held: Optional[contextlib.ExitStack] = None
        self.draft = self.open(self.own if name in ("", OWN) else name)

    # the candidate in use

    @property
    def candidate(self) -> Config:
        """The configuration that a commit would make."""
        return self.draft.config

    @property
    def title(self) -> str:
        """The name of the candidate in use, as the prompt shows it."""
        return OWN if self.draft.name == self.own else self.draft.name

    def open(self, name: str) -> Draft:
        """A candidate of that name."""
        if name and not self.rehearsed:
            return Draft(self.host, self.who, name, kept=True)
        if name not in self.others:
            self.others[name] = Draft(self.host, self.who, name, kept=False, read=self._read)
        return self.others[name]

    def there(self, name: str) -> bool:
        """Whether there is a candidate of that name."""
        if name == self.own or (name == self.draft.name and self.draft.there):
            return True
        return self.others[name].there if name in self.others else name in self.names()

    def names(self) -> tuple[str, ...]:
        """The candidates on disk."""
        return tuple(name for name in shelf.candidates(self.host) if name not in self._buried)

    def bury(self, name: str) -> None:
        """Put a candidate away; a rehearsal does as if."""
        if self.rehearsed:
            self._buried[name] = self.others.pop(name)
        else:
            shelf.bury(self.host, name)

    def dig(self, name: str) -> None:
        """Bring a candidate back. Raises Refused where there is another one of its name by now."""
        if self.rehearsed:
            self.others[name] = self._buried.pop(name)
        else:
            shelf.dig(self.host, name)

    def _read(self) -> Config:
        return self._assumed or executors.read(self.host)

    def assume(self) -> None:
        """Go on as if the edits were committed, without touching anything."""
        self.draft.assume()
        self._assumed = self.draft.config
        for draft in self.others.values():
            draft.refresh()

    @contextlib.contextmanager
    def hold(self) -> Iterator[None]:
        """Hold the candidate in use against others. Raises Locked."""
        self._held = contextlib.ExitStack()
        try:
            self._held.enter_context(self.draft.hold(self.wait))
            yield
        finally:
            self._held.close()
            self._held = None

    def use(self, name: str) -> None:
        """Go on with another candidate, held against others where this one was. Raises Locked."""
        if name == self.draft.name:
            return
        draft = self.open(name)
        if self._held is not None:
            with contextlib.ExitStack() as held:
                held.enter_context(draft.hold(self.wait))
                draft.reload()
                self._held.close()
                self._held = held.pop_all()
        self.draft = draft

    def catch_up(self) -> str:
        """What a crash cut short, or nobody confirmed, comes before any change; word of it."""
        if store.cut_short(self.host):
            with store.commit_lock(self.host, self.wait) as lock:
                transaction.recover(self.host)
                if store.awaiting(self.host):
                    guard.renew(self.host, lock)
        return self.hear()

    def hear(self) -> str:
        """How a commit ended that this session did not end itself."""
        told = store.told(self.host)
        if told:
            self.notices.append(Line(told, "warn"))
            self.draft.reload()
        return told

    @property
    def waiting(self) -> Optional[Journal]:
        """The commit that waits for its confirm, where its edits are those of the candidate in use."""
        found = store.awaiting(self.host)
        return found if found and self.draft.name and found.candidate == self.draft.name else None

    def free(self) -> None:
        """Raises Refused where the edits are those of a commit that waits for its confirm."""
        if self.waiting:
            raise Refused(f"commit {self.waiting.id} made these edits and waits: confirm keeps it, revert takes it back",
                          mend="confirm", code="E234")

    def keep(self, edits: Iterable[Any]) -> int:
        """Put edits into the candidate as one move; give their number."""
        known = list(edits)
        if known:
            self.draft.keep(known)
        return len(known)

    # what it says

    def lines(self, config: Config, section: Optional[str] = None, name: Optional[str] = None) -> list[str]:
        """A configuration as lines that can be typed, each with one name of those that a command may list."""
        listed = (line for each in ([section] if section else SECTIONS) for line in commands.section(each).lines(config, name))
        return [str(line) for several in listed for line in _one_by_one(several)]

    def text(self, config: Config) -> str:
        """A configuration as a file of lines, without its secrets."""
        return "".join(f"{masked(line)}\n" for line in self.lines(config))

    def changes(self, old: Config, new: Config, section: Optional[str] = None) -> Lines:
        """What differs, as lines."""
        found = tuple(reports.changes(self.lines(old, section), self.lines(new, section)))
        return Lines(found) if found else Lines.of("no differences", style="dim")

    def plan(self, old: Config, new: Config) -> Plan:
        """The steps from one configuration to another."""
        return plan(old, new, look(self.host), self.text(new))

    def commit_plan(self, new: Config, *more: commands.Command) -> Plan:
        """The steps that a commit takes: from what runs, and from what the files say, where the edits, or `more`, ask for it."""
        running, filed = self.draft.both(*more)
        return plan(running, new, look(self.host), self.text(new), filed)

    def findings(self, section: Optional[str] = None) -> list[checks.Finding]:
        """What is wrong, or looks wrong, with the candidate and with the way to it."""
        running, _ = self.draft.both()
        found = checks.since(running, self.candidate, look(self.host))
        return [finding for finding in found if section in (None, finding.topic)]

    def refusing(self, before: Config, after: Config) -> tuple[Line, ...]:
        """What an edit brings that refuses a commit as long as it is so."""
        machine, (current, _) = look(self.host), self.draft.both()
        known = {*checks.since(current, before, machine)}
        found = [each for each in checks.since(current, after, machine) if each.error and each not in known]
        head = [Line("the edit is kept, and as long as it is so a commit is refused:", "warn")] if found else []
        forced = self.forced(self.plan(current, after)) if any(each.overridable for each in found) else ""
        return (*head, *reports.about(found, forced))

    def forced(self, steps: Plan, options: SessionCommit = SessionCommit()) -> str:  # noqa: B008 - frozen
        """The commit that passes findings, with leave for what the steps disrupt where nobody asks."""
        line = options if self.ask or not steps.exceeds(options.option("allow")) else leave(options, steps.disruption)
        return f'{line} force "REASON"'

    def carrier(self, steps: Plan) -> Optional[reports.Own]:
        """The interfaces that carry the person's connection, and the steps that disturb them."""
        links = carrier(look(self.host).facts["net"], self.address) if self.address else ()
        return reports.Own(links[0], steps.touching(links)) if links else None


def _one_by_one(command: Any) -> Iterator[Any]:
    """The command for each of the names that it lists: then a difference is of one, and so is the commit that brought it."""
    for part in dataclasses.fields(command):
        names = getattr(command, part.name)
        if type(names) is tuple and len(names) > 1 and isinstance(names[0], str):
            yield from (dataclasses.replace(command, **{part.name: (name,)}) for name in names)
            return
    yield command


def leave(options: SessionCommit, disruption: str) -> SessionCommit:
    """The commit with leave to disrupt."""
    return SessionCommit((*(pair for pair in options.pairs if pair.key != "allow"), Pair("allow", disruption)))
