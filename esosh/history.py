"""Commits in git: /etc is a work tree on ESOS, and its history is what conf_sync.sh carries to the boot medium.

Source: scripts/usb_sync.sh and scripts/conf_sync.sh of ESOS.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Optional

from .errors import Refused
from .host import Host, Output

_TRAILER = "%(trailers:key={},valueonly,separator=%x2c)"
_FIELDS = "%x1f".join(("%h", "%cI", "%an", "%s", _TRAILER.format("Esosh-Commit"), _TRAILER.format("Esosh-User")))


@dataclass(frozen=True)
class Commit:
    """One commit of /etc; `number` is esosh's own, None for one that esosh did not make."""

    hash: str
    when: str
    who: str
    subject: str
    number: Optional[int] = None


def kept(host: Host) -> bool:
    """Whether /etc is a git work tree."""
    return host.exists("/etc/.git")


def _git(host: Host, *words: str) -> Output:
    return host.run(("git", "-C", "/etc", *words))


def _done(host: Host, *words: str) -> str:
    output = _git(host, *words)
    if output.status:
        raise Refused(f"git {words[0]}: {(output.err or output.out).strip()}", code="E221")
    return output.out


def dirty(host: Host) -> bool:
    """Whether /etc has changes that no commit holds."""
    return kept(host) and bool(_done(host, "status", "--porcelain").strip())


def save(host: Host, subject: str, trailers: Sequence[str] = ()) -> None:
    """Commit all changes of /etc, if there are any. Raises Refused when git fails."""
    if not kept(host) or not dirty(host):
        return
    _done(host, "add", "-A")
    message = subject + ("\n\n" + "\n".join(trailers) if trailers else "")
    _done(host, "commit", "-q", "-m", message)


def log(host: Host, count: int) -> list[Commit]:
    """The newest commits, the newest first."""
    if not kept(host):
        return []
    output = _git(host, "log", f"-{count}", f"--format={_FIELDS}")
    return [_commit(line) for line in output.out.splitlines()] if not output.status else []


def _commit(line: str) -> Commit:
    short, when, author, subject, number, user = line.split("\x1f")
    return Commit(short, when, user or author, subject, int(number) if number.isdigit() else None)


def last(host: Host) -> int:
    """The number of the newest commit that esosh made; 0 for none."""
    if not kept(host):
        return 0
    output = _git(host, "log", "-1", "--grep=^Esosh-Commit: ", f"--format={_FIELDS}")
    found = [_commit(line).number for line in output.out.splitlines()]
    return (found[0] or 0) if found else 0


def unsaved(host: Host) -> int:
    """How many commits the boot medium does not have."""
    if not kept(host):
        return 0
    output = _git(host, "rev-list", "--count", "origin/master..HEAD")
    return int(output.out) if re.fullmatch(r"\d+\s*", output.out) else 0
