"""Services: the enable flags and options of /etc/rc.conf, under the exact rules of ESOS's etc/rc.d/common."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Optional

from ..config import Config, Service
from ..host import Host, Output
from ..step import Step

RC_CONF = "/etc/rc.conf"
RC_D = "/etc/rc.d"
FILES = (RC_CONF,)
SYNCING = ("sbd", "serial")  # their scripts call conf_sync.sh themselves
STATUS = {0: "running", 1: "stopped", 2: "unknown"}

_LINE = re.compile(r"rc\.([A-Za-z0-9_-]+)_enable\s*=")
_FALSE = ("no", "false", "off", "0")
_TRUE = ("yes", "true", "on", "1")


def read(host: Host) -> Mapping[str, Service]:
    """The services of rc.conf."""
    text = _text(host)
    return {name: Service(flag(text, name) == "enabled", opts(text, name)) for name in names(text)}


filed = read


def running(host: Host, said: Mapping[str, Service]) -> Mapping[str, Service]:
    """The services as if those that run, where that is known, were those that are enabled."""
    found = {name: status(host, name) for name in said}
    known = {name: replace(said[name], enabled=now == STATUS[0]) for name, now in found.items() if now in (STATUS[0], STATUS[1])}
    return {**said, **known}


def _text(host: Host) -> str:
    return host.read(RC_CONF) if host.exists(RC_CONF) else ""


def names(text: str) -> list[str]:
    """The services that a text of rc.conf speaks of, in its order."""
    found = (_LINE.match(line.lstrip("#")) for line in text.split("\n"))
    return list(dict.fromkeys(line[1] for line in found if line))


def flag(text: str, name: str) -> str:
    """What rc.d/common makes of a service's flag: "enabled", "disabled", or "bad" (treated as disabled).

    Source: check_enabled in etc/rc.d/common of ESOS: all lines that begin with the key count, the value is what
    stands between the first and the second "=", blanks deleted; quotes and comments make it bad.
    """
    lines = _lines(text, name, "enable")
    if not lines:
        return "disabled"
    value = _value(lines).replace(" ", "").lower() if len(lines) == 1 else ""
    return "enabled" if value in _TRUE else "disabled" if value in _FALSE else "bad"


def opts(text: str, name: str) -> Optional[str]:
    """The options that a service gets instead of its script's own; None when rc.conf gives none.

    Source: get_rc_opts in etc/rc.d/common: what stands between the first and the second "=", double quotes deleted.
    """
    lines = _lines(text, name, "opts")
    return _value([line.replace('"', "") for line in lines]) if lines else None


def _lines(text: str, name: str, what: str) -> list[str]:
    return [line for line in text.split("\n") if _says(line, name, what)]


def _value(lines: list[str]) -> str:
    """What the shell makes of the text between the first and the second "=": its words, with one blank between."""
    fields = " ".join(lines).split("=")
    return " ".join(filter(None, re.split("[ \t]+", fields[1]))) if len(fields) > 1 else ""


def _says(line: str, name: str, what: str) -> bool:
    # egrep "^rc.NAME_enable": a prefix, and the dot stands for any letter
    return line.startswith("rc") and line.startswith(f"{name}_{what}", 3)


def facts(host: Host) -> None:
    """Nothing: a commit never starts or stops a service."""


def steps(old: Config, new: Config, facts: None) -> Iterator[Step]:
    """No step of its own: rc.conf is all."""
    return iter(())


def amend(path: str, text: str, old: Config, new: Config) -> str:
    """rc.conf with exactly one line for each flag and option that changes; all other bytes stay."""
    for name, service in new.svc.items():
        before = old.svc.get(name, Service())
        if service.enabled != before.enabled:
            text = _set(text, name, "enable", "YES" if service.enabled else "NO")
        if service.opts != before.opts:
            text = _set(text, name, "opts", None if service.opts is None else f'"{service.opts}"')
    return text


def _set(text: str, name: str, what: str, value: Optional[str]) -> str:
    lines = text.split("\n")
    found = [at for at, line in enumerate(lines) if _says(line, name, what)]
    fresh = [] if value is None else [f"rc.{name}_{what}={value}"]
    if not found:
        at = _after(lines, name)
        return "\n".join([*lines[:at], *fresh, *lines[at:]])
    kept = [line for at, line in enumerate(lines) if at not in found[1:]]
    return "\n".join([*kept[: found[0]], *fresh, *kept[found[0] + 1 :]])


def _after(lines: list[str], name: str) -> int:
    """Where a new line goes: below what is said of the service, else at the end of the file."""
    said = [at for at, line in enumerate(lines) if re.match(rf"#?\s*rc\.{re.escape(name)}_", line)]
    end = len(lines) - 1 if lines and not lines[-1] else len(lines)
    return said[-1] + 1 if said else end


def notes(path: str, text: str, old: Config, new: Config) -> Iterator[str]:
    """What the change of the file means besides what the edits say."""
    return iter(())


def follow(old: Config, new: Config, host: Host) -> Iterator[tuple[str, str]]:
    """What is left to do after a commit: it starts and stops nothing."""
    for name, service in new.svc.items():
        if service != old.svc.get(name, Service()):
            found = status(host, name)
            if service.enabled and found == "stopped":
                yield f"svc start {name}", "enabled, not running"
            elif not service.enabled and found == "running":
                yield f"svc stop {name}", "disabled, still running"
            elif service.enabled and service.opts != old.svc.get(name, Service()).opts and found == "running":
                yield f"svc restart {name}", "runs with its old options"


def script(name: str) -> str:
    """The rc script of a service."""
    return f"{RC_D}/rc.{name}"


def status(host: Host, name: str) -> str:
    """Running, stopped or unknown, as the script says; "no script" when there is none."""
    if not host.exists(script(name)):
        return "no script"
    return STATUS.get(host.run((script(name), "status")).status, "unknown")


def control(host: Host, name: str, action: str) -> Output:
    """Start or stop a service now; the scripts know no restart."""
    return host.run((script(name), action))
