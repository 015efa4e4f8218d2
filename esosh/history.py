"""Commits in git: /etc is a work tree on ESOS, and its history is what conf_sync.sh carries to the boot medium.

Source: scripts/usb_sync.sh and scripts/conf_sync.sh of ESOS.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import Optional, cast

from .errors import Refused
from .host import Host, Output

RECORD = "esosh/config.esh"  # below /etc: the configuration as lines, at each commit of ours
UNSAID = "configuration by esosh"
FOUND = "changes found before a commit by esosh"
_ALL = 10_000  # commits that are looked at
_SHORTEST_HASH = 7
_HASH = 12  # letters of a hash that are shown
_MEDIUM = "origin/master"
_TRIES, _PAUSE = 20, 0.1  # seconds, while another git is at work
_TRAILER = "%(trailers:key={},valueonly,separator=%x2c)"
_DATES = "--date=format:%Y-%m-%d %H:%M:%S"
_FIELDS = "%x1f".join(("%H", "%cd", _TRAILER.format("Esosh-Commit"), _TRAILER.format("Esosh-User"), "%an", "%s"))


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


def _git(host: Host, *words: str, stdin: str = "") -> Output:
    return host.run(("git", "-C", "/etc", *words), stdin)


def _done(host: Host, *words: str, stdin: str = "") -> str:
    for _ in range(_TRIES):
        output = _git(host, *words, stdin=stdin)
        if not output.status:
            return output.out
        if "index.lock" not in output.err:  # another git is at work
            break
        time.sleep(_PAUSE)
    raise Refused(f"git {words[0]}: {(output.err or output.out).strip()}", code="E221")


def dirty(host: Host) -> bool:
    """Whether /etc has changes that no commit holds."""
    return kept(host) and bool(_done(host, "status", "--porcelain").strip())


def save(host: Host, number: int, user: str, comment: str) -> None:
    """Commit all changes of /etc as a commit of ours, once; also where the kernel alone changed. Raises Refused."""
    if not kept(host) or last(host) == number:
        return
    _done(host, "add", "-A")
    trailers = f"Esosh-Commit: {number}\nEsosh-User: {user}"
    _done(host, "commit", "-q", "--allow-empty", "-m", f"{comment or UNSAID}\n\n{trailers}")


def found(host: Host, text: str) -> None:
    """Commit what others changed, before a commit of ours. Raises Refused when git fails.

    `text` is what config.esh would say of it now: it goes into the commit and not into the work tree, so that each
    line is blamed on those who changed it.
    """
    if not kept(host):
        return
    if not dirty(host) and _git(host, "show", f"HEAD:{RECORD}").out == text:
        return
    _done(host, "add", "-A")
    blob = _done(host, "hash-object", "-w", "--stdin", stdin=text).strip()
    _done(host, "update-index", "--add", "--cacheinfo", f"100644,{blob},{RECORD}")
    _done(host, "commit", "-q", "--allow-empty", "-m", FOUND)


def log(host: Host, count: int) -> list[Commit]:
    """The newest commits, the newest first."""
    if not kept(host):
        return []
    return _log(host, f"-{count}")


def _log(host: Host, *words: str) -> list[Commit]:
    output = _git(host, "log", "-z", _DATES, f"--format={_FIELDS}", *words)
    return [_commit(entry) for entry in output.out.split("\0") if entry] if not output.status else []


def _commit(entry: str) -> Commit:
    whole, when, numbers, users, author, subject = entry.split("\x1f", 5)  # a subject may hold anything
    number, user = numbers.split(",")[-1], users.split(",")[-1]
    return Commit(whole[:_HASH], when, user or author, subject, int(number) if number.isdigit() else None)


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


def commits(host: Host) -> list[Commit]:
    """The commits that esosh made, the newest first."""
    return [one for one in log(host, _ALL) if one.number is not None]


def commit(host: Host, name: str) -> Commit:
    """The commit that counts back from the newest of esosh's, or that has the hash. Raises Refused."""
    every = log(host, _ALL)
    ours = [one for one in every if one.number is not None]
    if len(name) < _SHORTEST_HASH:
        found = ours[int(name) : int(name) + 1]
    else:
        found = [one for one in every if one.hash.startswith(name[:_HASH])]
    if not found:
        raise Refused(f"no commit {name}; esosh made {len(ours)}", word=name, code="E202")
    return found[0]


def past(host: Host, commit: str) -> Host:
    """The files that a commit holds."""
    return cast(Host, Past(host, commit))


def behind(host: Host, commit: Commit) -> list[Commit]:
    """The commits of esosh's that came after it."""
    every = log(host, _ALL)
    return [one for one in every[: [one.hash for one in every].index(commit.hash)] if one.number is not None]


def medium(host: Host) -> Optional[str]:
    """The newest commit that the boot medium has; None where there is none."""
    if not kept(host):
        return None
    found = _git(host, "rev-parse", "-q", "--verify", _MEDIUM)
    return found.out.strip() or None


def blame(host: Host) -> list[tuple[Commit, str]]:
    """Each line of the configuration, and the commit that it is from."""
    if not kept(host) or _git(host, "cat-file", "-e", f"HEAD:{RECORD}").status:
        return []
    known = {one.hash: one for one in log(host, _ALL)}
    text = _done(host, "blame", "-s", f"--abbrev={_HASH - 1}", "HEAD", "--", RECORD)
    found = (re.fullmatch(r"\^?([0-9a-f]+) +(?:\S+ +)?\d+\) (.*)", line) for line in text.splitlines())
    return [(known.get(line[1][:_HASH], Commit(line[1][:_HASH], "", "", "")), line[2]) for line in found if line]


def whose(host: Host, since: int, section: str, name: str) -> str:
    """Who changed an object since a commit of ours, and when, as far as git knows."""
    pattern = rf"^{re.escape(section)} .*{re.escape(name)}"
    found = _log(host, "-1", f"-G{pattern}", "--", RECORD) if kept(host) else []
    if found and (found[0].number or 0) > since:
        return f"commit {found[0].number} by {found[0].who}, {found[0].when}"
    return ""


def last(host: Host) -> int:
    """The number of the newest commit that esosh made; 0 for none."""
    if not kept(host):
        return 0
    found = _log(host, "-1", "--grep=^Esosh-Commit: ")
    return (found[0].number or 0) if found else 0


def unsaved(host: Host) -> int:
    """How many commits the boot medium does not have; what was found before ours counts where there is nothing else."""
    lacking = lacks(host)
    ours = [one for one in log(host, len(lacking)) if one.subject != FOUND] if lacking else []
    return len(ours) or len(lacking)


def lacks(host: Host) -> set[str]:
    """The commits that the boot medium does not have; none where it never had any."""
    output = _git(host, "rev-list", f"{_MEDIUM}..HEAD") if kept(host) else Output(1)
    return set() if output.status else {line[:_HASH] for line in output.out.split()}
