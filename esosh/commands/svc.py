"""svc: services, enabled at boot and started now."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar, Optional

from .. import executors
from ..config import Config
from ..config.lazy import having
from ..config.paths import Path
from ..config.svc import Service
from ..errors import ChecksRefuse, Declined, Refused
from ..executors import svc as executor
from ..executors.step import DISRUPTIONS
from ..records import replace
from ..transaction import journal
from ..views import Line, Lines, View
from . import QUESTION, YES, Action, Command, Edit, Keyword, Pair, Removal, Session, selected
from .names import look_up

# What may reach the root shell of rc.d/common, which reads the options: words, redirections, a last "&".
_OPTS = re.compile(r"(?:(?:[\w./,:@%+~-]+|[0-2]?>>? ?(?:&[0-2]|[\w./-]+))(?: |$))*&?", re.ASCII)


def _service(config: Config, name: str, line: Command) -> Service:
    return look_up("service", name, config.svc, line)


def _put(config: Config, name: str, service: Service) -> Config:
    return config.having(svc=having(config.svc, {name: service}))


def _switch(config: Config, line: Command, names: tuple[str, ...], enabled: bool) -> Config:
    for name in names:
        config = _put(config, name, replace(_service(config, name, line), enabled=enabled))
    return config


class SvcEnable(Edit):
    """Start services at boot."""

    services: tuple[str, ...]

    def edit(self, config: Config) -> Config:
        return _switch(config, self, self.services, enabled=True)


class SvcDisable(Removal):
    """Do not start services at boot."""

    services: tuple[str, ...]

    def edit(self, config: Config) -> Config:
        return _switch(config, self, self.services, enabled=False)


class SvcSet(Edit):
    """Set a service's daemon options."""

    service: str
    opts: Pair

    def edit(self, config: Config) -> Config:
        service = _service(config, self.service, self)
        opts = " ".join(str(self.opts.value).split())
        _check(opts)
        return _put(config, self.service, replace(service, opts=opts))


def _check(opts: str) -> None:
    """Raises Refused for options that rc.d/common would cut, or whose text its root shell would run."""
    cut = next((word for word in opts.split() if "=" in word), "")
    if cut:
        fix = f"write {cut.replace('=', ' ')}: most daemons take a blank in its place"
        message = f'options are cut at "=" when the service starts: {cut}'
        raise Refused(message, word=opts, code="E210", details=(fix,))
    if not _OPTS.fullmatch(opts):
        message = "options are read by a root shell: words, redirections and a last & only"
        raise Refused(message, word=opts, code="E211")


class SvcUnset(Removal):
    """Use the options of the service's own script again."""

    service: str
    keys: tuple[Keyword, ...]

    def edit(self, config: Config) -> Config:
        service = _service(config, self.service, self)
        if service.opts is None:
            raise Refused(f"service {self.service} has no options of its own", code="E202")
        return _put(config, self.service, replace(service, opts=None))


class _Control(Action):
    """Run the scripts of services."""

    services: tuple[str, ...]

    actions: ClassVar[tuple[str, ...]]

    def prepare(self, session: Session) -> tuple[Line, ...]:
        for name in self.services:
            self._check(session, name)
        return ()

    def act(self, session: Session) -> View:
        """Run the scripts. Raises Refused for a service that does not exist or whose script fails."""
        warnings = self.prepare(session)
        results = [Line(self._control(session, name), "ok") for name in self.services]
        return Lines((*warnings, *results))

    def native(self) -> Iterator[str]:
        """The machine's own commands for it."""
        return (f"{executor.script(name)} {action}" for name in self.services for action in self.actions)

    def _check(self, session: Session, name: str) -> None:
        _service(session.config, name, self)
        if name in executor.SYNCING and journal.awaiting(session.host):
            message = f"rc.{name} saves to the boot medium, and a commit waits for its confirm"
            raise Refused(message, code="E237")
        if not session.host.exists(executor.script(name)):
            raise Refused(f"service {name} has no script {executor.script(name)}", word=name, code="E202")

    def _control(self, session: Session, name: str) -> str:
        """Run a service's script; a restart goes on when stopping fails, for the service may not have run."""
        *earlier, last = self.actions
        for action in earlier:
            executor.control(session.host, name, action)
        output = executor.control(session.host, name, last)
        command = f"{executor.script(name)} {last}"
        details = tuple((output.out + output.err).splitlines())
        if output.status:
            raise Refused(f"{command} ended with status {output.status}", code="E220", details=details)
        state = executor.service_state(session.host, name)
        if state == "stopped" and last == "start":
            raise Refused(f"{command} has ended, and {name} does not run", code="E220", details=details)
        return f"{name}: {state}"


class SvcStart(_Control):
    """Start services now."""

    actions = ("start",)


class _Stop(_Control):
    """Run scripts that stop services, which may cut somebody off."""

    allow: Optional[Pair] = None

    removes = True

    def prepare(self, session: Session) -> tuple[Line, ...]:
        """What ends with the services, unless the user was asked about it.

        Raises Declined where the user says no; ChecksRefuse where somebody would be cut off, nobody can be
        asked, and it is not allowed.
        """
        super().prepare(session)
        stopping = [name for name in self.services if executor.service_state(session.host, name) == "running"]
        users = [user for name in stopping for user in executors.users(session.host, name)]
        losses = [loss for name in stopping for loss in executors.losses(session.host, name)]
        report = Lines.of(*users, *losses, style="warn")
        if session.ask and report.lines and not self._allows_io():
            if session.ask(report, QUESTION) != YES:
                raise Declined("nothing was done")
            return ()
        if users and not self._allows_io():
            hint = replace(self, allow=Pair("allow", "io"))
            details = (*users, *losses)
            raise ChecksRefuse("it disrupts io, which was not allowed", hint=str(hint), details=details)
        return report.lines

    def _allows_io(self) -> bool:
        return self.allow is not None and DISRUPTIONS.index(str(self.allow.value)) >= DISRUPTIONS.index("io")


class SvcStop(_Stop):
    """Stop services now."""

    actions = ("stop",)


class SvcRestart(_Stop):
    """Stop services and start them again; the scripts of ESOS have no restart."""

    actions = ("stop", "start")


def lines(config: Config, name: Optional[str] = None) -> Iterator[Command]:
    """A line for each service's flag, and one for its options."""
    for service, settings in selected(config.svc, name).items():
        yield SvcEnable((service,)) if settings.enabled else SvcDisable((service,))
        if settings.opts is not None:
            yield SvcSet(service, Pair("opts=", settings.opts))


def clear(config: Config, name: Optional[str] = None) -> Iterator[Command]:
    """Every service disabled, with its script's own options."""
    for service, settings in selected(config.svc, name).items():
        if settings.enabled:
            yield SvcDisable((service,))
        if settings.opts is not None:
            yield SvcUnset(service, ("opts",))


def owns(path: Path, *configs: Config) -> Optional[str]:
    """A service."""
    return path[1] if path[0] == "svc" else None


def names(config: Config) -> tuple[str, ...]:
    """The services."""
    return tuple(config.svc)
