"""Per section: what the machine says, and the steps that make it say something else.

The module of a section that is a field of Config has

    read(host)                     the section as the machine has it
    running(host, saved)           the section as it runs; `saved` is the section as its files have it
    saved(host)                    the section as its files have it
    facts(host)                    what `steps` must know besides, read only when a plan is made
    steps(old, new, facts)         pure: the steps from one Config to another
    FILES, amend(path, text, old, new)   pure: the text of one of its files, changed from `old` to `new`
    notes(path, text, old, new)    pure: what else a change of that file means
    follow_ups(old, new, host)     what is left to do after a commit: a line, and why
    status(host, config, name)     what lives on the machine, of all or of one object: Items
    overview(host, config)         its topics of the one-page status

and, where it needs them,

    perform(host, action, waiting) its own way to do what a step does; it reports what went on besides
    settle(host, action, waiting)  waits until what was begun has ended, so that undoing sees the result
    explain(action, error)         what the machine means by an error, in words; None where the error says it
    carriers(facts, address)       the interfaces that carry connections to an address of this host
    trace(host, config, name)      the path of an object from end to end
    SERVICE, users(host), losses(host)   the service that runs it, who works with it, and what is lost for
                                         good when it stops
    unread(host)                   the lines of its files that cannot be read: file, number, and why
    past(host)                     the section as a commit left it, where `read` is of no file in /etc
    PRIVATE                        those of its files that nobody but root may read
    is_driven(path)                whether something else than commits changes a fact while the machine runs
    recognize(text)                what kind of its files a text is ("" for none), and what to do with it

A section that is typed apart from the field it is part of has a module of its name in the folder of that
field, with its own `status` and `overview`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, Callable, Optional

from ..config import FIELDS, Config
from ..config.lazy import Lazy
from ..config.paths import Path
from ..host import Host
from ..language import sections
from .step import Action

Waiting = Callable[[float], None]  # is told, again and again, how many seconds something has been waited for


def executor(field: str) -> Any:
    """The module of a section."""
    return sections.module("executors", field)


def viewer(field: str, section: str) -> Any:
    """The module that has the status and the overview of a section of that field."""
    return executor(field) if section == field else sections.module(f"executors.{field}", section)


def offered(name: str) -> list[Any]:
    """The functions of that name, of the sections that have one."""
    functions = [optional(field, name) for field in FIELDS]
    return [function for function in functions if function]


def optional(field: str, name: str) -> Any:
    """What a section's module has of that name; None where it has nothing, or where the field is ""."""
    return sections.optional("executors", field, name) if field else None


def read(host: Host) -> Config:
    """The configuration that the machine has now; a section is read when somebody asks for it."""
    return Config(Lazy(FIELDS, lambda field: executor(field).read(host)))


def past(host: Host) -> Config:
    """The configuration that a commit left, by the files of /etc that it holds."""
    return Config(Lazy(FIELDS, lambda field: (optional(field, "past") or executor(field).read)(host)))


def saved(host: Host, config: Config, fields: Collection[str] = FIELDS) -> Config:
    """The configuration, some of its sections as their files have them."""
    return config.having(**{field: executor(field).saved(host) for field in fields})


def unread(host: Host, fields: Collection[str] = FIELDS) -> Iterator[str]:
    """The lines of files that cannot be read, in words: what they say does not count, and all else does."""
    for field in fields:
        unread_own = optional(field, "unread")
        for file, number, problem in unread_own(host) if unread_own else ():
            yield f"line {number} of {file} cannot be read: {problem}"


def is_driven(path: Path) -> bool:
    """Whether something else than commits may change a fact while the machine runs, such as a cluster."""
    is_driven_own = optional(path[0], "is_driven")
    return bool(is_driven_own and is_driven_own(path))


def running(host: Host, config: Config, fields: Collection[str] = FIELDS) -> Config:
    """The configuration, some of its sections as they run."""
    parts = {field: executor(field).running(host, executor(field).saved(host)) for field in fields}
    return config.having(**parts)


def users(host: Host, service: str) -> Iterator[str]:
    """Who works with a service, and is cut off when it stops."""
    for field in _run_by(service):
        yield from executor(field).users(host)


def losses(host: Host, service: str) -> Iterator[str]:
    """What is lost for good when a service stops."""
    for field in _run_by(service):
        yield from executor(field).losses(host)


def _run_by(service: str) -> list[str]:
    """The sections that a service runs."""
    return [field for field in FIELDS if optional(field, "SERVICE") == service]


def perform(host: Host, field: str, action: Action, waiting: Waiting) -> str:
    """Do what a step of a section does, and report what went on besides. Raises OSError."""
    perform_own = optional(field, "perform")
    if perform_own:
        report: str = perform_own(host, action, waiting)
        return report
    action.perform(host)
    return ""


def settle(host: Host, field: str, action: Action, waiting: Waiting) -> None:
    """Wait until what an action began has ended. Raises OSError; TimeoutError where it does not end."""
    settle_own = optional(field, "settle")
    if settle_own:
        settle_own(host, action, waiting)


def explain(field: str, action: Action, error: OSError) -> Optional[str]:
    """What the machine means by an error of an action, in words; None where the error says it itself."""
    explain_own = optional(field, "explain")
    explanation: Optional[str] = explain_own(action, error) if explain_own else None
    return explanation
