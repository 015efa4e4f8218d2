"""svc: services, enabled at boot and started now."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar, Optional

from .. import store
from ..config import Config, Service
from ..desk import Session
from ..errors import Refused
from ..executors import scst
from ..executors import svc as executor
from ..flat import Path
from ..views import Line, Lines, View
from . import Change, Command, Pair, given, missing

# What may reach the root shell that rc.d/common hands the options to: words, redirections, a last "&".
_OPTS = re.compile(r"(?:(?:[\w./,:@%+~-]+|[0-2]?>>? ?(?:&[0-2]|[\w./-]+))(?: |$))*&?", re.ASCII)


def _service(config: Config, name: str, line: Command) -> Service:
    if name not in config.svc:
        raise missing("service", name, config.svc, line)
    return config.svc[name]


def _switch(config: Config, line: Command, names: tuple[str, ...], enabled: bool) -> Config:
    services = dict(config.svc)
    for name in names:
        services[name] = replace(_service(config, name, line), enabled=enabled)
    return replace(config, svc=services)


@dataclass(frozen=True)
class SvcEnable(Change):
    """Start services at boot."""

    services: tuple[str, ...]

    def edit(self, config: Config) -> Config:
        return _switch(config, self, self.services, enabled=True)


@dataclass(frozen=True)
class SvcDisable(Change):
    """Do not start services at boot."""

    services: tuple[str, ...]

    def edit(self, config: Config) -> Config:
        return _switch(config, self, self.services, enabled=False)


@dataclass(frozen=True)
class SvcSet(Change):
    """Give a service's daemon options of one's own."""

    service: str
    opts: Pair

    def edit(self, config: Config) -> Config:
        service = _service(config, self.service, self)
        opts = " ".join(str(given((self.opts,))["opts"]).split())
        _check(opts)
        return replace(config, svc={**config.svc, self.service: replace(service, opts=opts)})


def _check(opts: str) -> None:
    """Raises Refused for options that rc.d/common would cut, or whose text its root shell would run."""
    if "=" in opts:
        word = next(word for word in opts.split() if "=" in word)
        raise Refused(f'options are cut at "=" when the service starts: {word}', word=opts, code="E210",
                      details=(f"write {word.replace('=', ' ')}: most daemons take a blank in its place",))
    if not _OPTS.fullmatch(opts):
        raise Refused("options are read by a root shell: words, redirections and a last & only", word=opts, code="E211")


@dataclass(frozen=True)
class SvcUnset(Change):
    """The options of the service's own script again."""

    service: str
    keys: tuple[str, ...]

    def edit(self, config: Config) -> Config:
        service = _service(config, self.service, self)
        if service.opts is None:
            raise Refused(f"service {self.service} has no options of its own", code="E202")
        return replace(config, svc={**config.svc, self.service: replace(service, opts=None)})


@dataclass(frozen=True)
class _Control(Change):
    services: tuple[str, ...]

    actions: ClassVar[tuple[str, ...]] = ("start",)

    def act(self, session: Session) -> View:
        """Run the scripts; Raises Refused for a service that is not there or whose script fails."""
        for name in self.services:
            _service(session.candidate, name, self)
            if name in executor.SYNCING and store.awaiting(session.host):
                raise Refused(f"rc.{name} saves to the boot medium, and a commit waits for its confirm", code="E237")
            if not session.host.exists(executor.script(name)):
                raise Refused(f"service {name} has no script {executor.script(name)}", word=name, code="E202")
        lost = Lines.of(*self._losses(session), style="warn")
        if lost.lines and session.ask and not session.ask(lost):
            raise Refused("nothing was done", code="E239")
        shown = () if session.ask else lost.lines
        return Lines((*shown, *(Line(self._control(session, name), "ok") for name in self.services)))

    def _losses(self, session: Session) -> Iterator[str]:
        """What goes when they stop, and does not just come back."""
        if "stop" in self.actions and scst.SERVICE in self.services and executor.status(session.host, scst.SERVICE) == "running":
            yield from scst.losses(session.host)

    def native(self) -> Iterator[str]:
        """The machine's own commands for it."""
        return (f"{executor.script(name)} {action}" for name in self.services for action in self.actions)

    def _control(self, session: Session, name: str) -> str:
        for action in self.actions:
            output = executor.control(session.host, name, action)
            if output.status and not (action == "stop" and "start" in self.actions):
                said = tuple((output.out + output.err).splitlines())
                raise Refused(f"{executor.script(name)} {action} ended with status {output.status}", code="E220", details=said)
        runs = executor.status(session.host, name)
        if runs == "stopped" and "start" in self.actions:
            said = tuple((output.out + output.err).splitlines())
            raise Refused(f"{executor.script(name)} start has ended, and {name} does not run", code="E220", details=said)
        return f"{name}: {runs}"


@dataclass(frozen=True)
class SvcStart(_Control):
    """Start services now."""


@dataclass(frozen=True)
class SvcStop(_Control):
    """Stop services now."""

    actions = ("stop",)


@dataclass(frozen=True)
class SvcRestart(_Control):
    """Stop services and start them again; the scripts of ESOS know no restart."""

    actions = ("stop", "start")


def lines(config: Config, name: Optional[str] = None) -> Iterator[Command]:
    """One line for each service's flag, one for its options."""
    for service, about in config.svc.items():
        if name in (None, service):
            yield SvcEnable((service,)) if about.enabled else SvcDisable((service,))
            if about.opts is not None:
                yield SvcSet(service, Pair("opts=", about.opts))


def owns(path: Path, *configs: Config) -> Optional[str]:
    """A service."""
    return path[1] if path[0] == "svc" else None


def names(config: Config) -> tuple[str, ...]:
    """The services."""
    return tuple(config.svc)


def clear(config: Config, name: Optional[str] = None) -> Iterator[Command]:
    """Every service disabled, with its script's own options."""
    for service, about in config.svc.items():
        if about.enabled and name in (None, service):
            yield SvcDisable((service,))
        if about.opts is not None and name in (None, service):
            yield SvcUnset(service, ("opts",))
