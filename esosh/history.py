"""Commits in git: /etc is a work tree on ESOS, and its history is what conf_sync.sh carries to the boot medium.

Source: scripts/usb_sync.sh and scripts/conf_sync.sh of ESOS.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Optional, cast

from .errors import Refused
from .host import Host, Output

_ALL = 10_000  # commits that are looked at
_SHORTEST_HASH = 7
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


@dataclass(frozen=True)
class Past:
    """The files that a commit of /etc holds, as a host that can only be read: no kernel, no programs."""

    host: Host
    hash: str

    def exists(self, path: str) -> bool:
        """Whether the commit has the file."""
        return path.startswith("/etc/") and not _git(self.host, "cat-file", "-e", self._object(path)).status

    def read(self, path: str) -> str:
        """The file as it was."""
        return _done(self.host, "show", self._object(path))

    def _object(self, path: str) -> str:
        return f"{self.hash}:{path[len('/etc/') :]}"


def past(host: Host, commit: str) -> tuple[Host, list[Commit]]:
    """What a commit saved, and the commits of esosh's that came after it.

    `commit` counts back from the newest of esosh's, or is a hash. Raises Refused when there is none.
    """
    commits = log(host, _ALL)
    ours = [one for one in commits if one.number is not None]
    back = int(commit) if len(commit) < _SHORTEST_HASH else None
    found = ours[back : back + 1] if back is not None else [one for one in commits if commit.startswith(one.hash)]
    if not found:
        raise Refused(f"no commit {commit}; esosh made {len(ours)}", word=commit, mend="history", code="E202")
    return cast(Host, Past(host, found[0].hash)), [one for one in commits[: commits.index(found[0])] if one.number is not None]


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
