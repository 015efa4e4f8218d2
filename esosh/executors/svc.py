"""Services: the enable flags and options of /etc/rc.conf, under the exact rules of ESOS's etc/rc.d/common."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Optional

from ..config import Config
from ..config.svc import Service
from ..host import Host, Output
from ..records import replace
from ..views import Item, Items, Table, topic
from .step import Step

RC_CONF = "/etc/rc.conf"
RC_D = "/etc/rc.d"
FILES = (RC_CONF,)
SYNCING = ("sbd", "serial")  # their scripts call conf_sync.sh themselves
STATES = {0: "running", 1: "stopped", 2: "unknown"}

_KEYS = re.compile("_(enable|opts)")
_ENABLE_LINE = re.compile(r"rc\.([A-Za-z0-9_-]+)_enable\s*=")
_COMMENT = re.compile(r"=.*?\s(#.*)")
_FLAGS = {
    **dict.fromkeys(("yes", "true", "on", "1"), "enabled"),
    **dict.fromkeys(("no", "false", "off", "0"), "disabled"),
}


def read(host: Host) -> Mapping[str, Service]:
    """The services of rc.conf."""
    text = host.read(RC_CONF) if host.exists(RC_CONF) else ""
    return {name: Service(flag(text, name) == "enabled", opts(text, name)) for name in names(text)}


saved = read


def unread(host: Host) -> Iterator[tuple[str, int, str]]:
    """The lines of rc.conf whose flag ESOS does not understand, or the lack of any: file, number, and why."""
    text = host.read(RC_CONF) if host.exists(RC_CONF) else ""
    known = names(text)
    if not known:
        yield RC_CONF, 1, "no service is in it, so ESOS starts none"
    bad = {name for name in known if flag(text, name) == "bad"}
    for number, line in enumerate(text.split("\n"), 1):
        match = _ENABLE_LINE.match(line)
        if match and match[1] in bad:
            yield RC_CONF, number, f"{line}: expected one line for it, with YES or NO; it counts as NO"


def running(host: Host, saved: Mapping[str, Service]) -> Mapping[str, Service]:
    """The services as if those that run, where that is known, were those that are enabled."""
    services = dict(saved)
    for name, service in saved.items():
        state = service_state(host, name)
        if state in ("running", "stopped"):
            services[name] = replace(service, enabled=state == "running")
    return services


def names(text: str) -> list[str]:
    """The services that a text of rc.conf has, in its order; also those in comments."""
    matches = (_ENABLE_LINE.match(line.lstrip("#")) for line in text.split("\n"))
    return list(dict.fromkeys(match[1] for match in matches if match))


def flag(text: str, name: str) -> str:
    """What rc.d/common makes of a service's flag: "enabled", "disabled", or "bad" (treated as disabled).

    Source: check_enabled in etc/rc.d/common of ESOS: all lines that begin with the key count, the value is
    what is between the first and the second "=", blanks deleted; quotes and comments make it bad.
    """
    lines = _lines(text, name, "enable")
    if len(lines) != 1:
        return "bad" if lines else "disabled"
    value = _value(lines).replace(" ", "").lower()
    return _FLAGS.get(value, "bad")


def opts(text: str, name: str) -> Optional[str]:
    """The options that a service gets instead of its script's own; None when rc.conf gives none.

    Source: get_rc_opts in etc/rc.d/common: what is between the first and the second "=", double quotes
    deleted.
    """
    lines = _lines(text, name, "opts")
    return _value([line.replace('"', "") for line in lines]) if lines else None


def _lines(text: str, name: str, key: str) -> list[str]:
    return _lines_by_key(text).get((name, key), [])


@functools.lru_cache(maxsize=4)
def _lines_by_key(text: str) -> dict[tuple[str, str], list[str]]:
    """The lines for each service and key; a line is for all that its beginning names, as with _has_key."""
    by_key: dict[tuple[str, str], list[str]] = {}
    for line in text.split("\n"):
        for match in _KEYS.finditer(line) if line.startswith("rc") else ():
            by_key.setdefault((line[3 : match.start()], match[1]), []).append(line)
    return by_key


def _has_key(line: str, name: str, key: str) -> bool:
    # egrep "^rc.NAME_enable": a prefix, and the dot stands for any letter
    return line.startswith("rc") and line.startswith(f"{name}_{key}", 3)


def _value(lines: list[str]) -> str:
    """What the shell makes of the text between the first and the second "=": its words, one blank between."""
    fields = " ".join(lines).split("=")
    return " ".join(filter(None, re.split("[ \t]+", fields[1]))) if len(fields) > 1 else ""


def facts(host: Host) -> None:
    """Nothing: a commit never starts or stops a service."""


def steps(old: Config, new: Config, facts: None) -> Iterator[Step]:
    """No step of its own: rc.conf is all."""
    return iter(())


def amend(path: str, text: str, old: Config, new: Config) -> str:
    """rc.conf with exactly one line for each flag and option that changes; all other bytes stay."""
    for name, service in new.svc.items():
        before, after = _written(old.svc.get(name, Service())), _written(service)
        for key, value in after.items():
            if value != before[key]:
                text = _with(text, name, key, value)
    return text


def _written(service: Service) -> dict[str, Optional[str]]:
    """The values of a service's keys, None for a key that is left out."""
    options = None if service.opts is None else f'"{service.opts}"'
    return {"enable": "YES" if service.enabled else "NO", "opts": options}


def _with(text: str, name: str, key: str, value: Optional[str]) -> str:
    """The text with that value of a key, where its first line was; without the key for the value None.

    A comment behind a flag, which makes the flag bad, gets a line of its own above it.
    """
    lines = text.split("\n")
    places = [number for number, line in enumerate(lines) if _has_key(line, name, key)]
    place = places[0] if places else _place_for(lines, name)
    above = lines[:place]
    below = [line for line in lines[place:] if not _has_key(line, name, key)]
    comments = [match[1] for number in places for match in _COMMENT.finditer(lines[number])]
    new = [] if value is None else [f"rc.{name}_{key}={value}"]
    return "\n".join([*above, *(comments if key == "enable" else []), *new, *below])


def _place_for(lines: list[str], name: str) -> int:
    """Where a new line goes: below the other lines of the service, else at the end of the file."""
    line_of_service = re.compile(rf"#?\s*rc\.{re.escape(name)}_")
    for number in range(len(lines), 0, -1):
        if line_of_service.match(lines[number - 1]):
            return number
    ends_with_newline = lines[-1] == ""
    return len(lines) - ends_with_newline


def notes(path: str, text: str, old: Config, new: Config) -> Iterator[str]:
    """What the change of the file means besides what the edits say."""
    return iter(())


def follow_ups(old: Config, new: Config, host: Host) -> Iterator[tuple[str, str]]:
    """What is left to do after a commit, which starts and stops nothing."""
    for name, service in new.svc.items():
        before = old.svc.get(name, Service())
        if service != before:
            yield from _follow_up(name, before, service, service_state(host, name))


def _follow_up(name: str, old: Service, new: Service, state: str) -> Iterator[tuple[str, str]]:
    if new.enabled and state == "stopped":
        yield f"svc start {name}", "enabled, not running"
    if state != "running":
        return
    if not new.enabled:
        yield f"svc stop {name}", "disabled, still running"
    elif new.opts != old.opts:
        yield f"svc restart {name}", "runs with its old options"


def status(host: Host, config: Config, name: Optional[str]) -> Items:
    """The services: whether they start at boot, what they do now, and their options."""
    services = {service: config.svc[service] for service in config.svc if name in (None, service)}
    return Items([_item(host, service, settings) for service, settings in services.items()], _table)


def _item(host: Host, name: str, service: Service) -> Item:
    state = service_state(host, name)
    return Item("service", name, {"enabled": service.enabled, "state": state, "opts": service.opts})


def _table(services: Iterable[Item]) -> Table:
    return Table(("service", "at boot", "now", "options"), tuple(map(_row, services)))


def _row(service: Item) -> tuple[str, ...]:
    at_boot = "enabled" if service["enabled"] else "disabled"
    return service.name, at_boot, service["state"], service["opts"] or ""


def overview(host: Host, config: Config) -> Iterator[Item]:
    """The services that are enabled and do not run."""
    for name, service in config.svc.items():
        if service.enabled and service_state(host, name) == "stopped":
            yield topic("svc", "warn", f"{name} is enabled and does not run", f"svc start {name}")


def script(name: str) -> str:
    """The rc script of a service."""
    return f"{RC_D}/rc.{name}"


def service_state(host: Host, name: str) -> str:
    """Running, stopped or unknown, as the script says; "no script" when there is none."""
    if not host.exists(script(name)):
        return "no script"
    return STATES.get(host.run((script(name), "status")).status, "unknown")


def control(host: Host, name: str, action: str) -> Output:
    """Start or stop a service now; the scripts know no restart."""
    return host.run((script(name), action))
