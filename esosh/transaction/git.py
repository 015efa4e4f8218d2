"""Commits in git: /etc is a work tree on ESOS; conf_sync.sh carries its history to the boot medium.

Source: scripts/usb_sync.sh and scripts/conf_sync.sh of ESOS.
"""

from __future__ import annotations

import re
import time
from collections.abc import Collection, Iterator, Sequence
from typing import Optional, cast

from ..errors import Refused
from ..host import Host, Output
from ..records import Record

RECORD = "esosh/config.esh"  # below /etc: the configuration as lines, at each commit of ours
NO_COMMENT = "configuration by esosh"
FOREIGN = "changes found before a commit by esosh"
_ALL = 10_000  # commits that are read
_SHORTEST_HASH = 7  # letters; a shorter number counts back
_SHORT_HASH = 12  # letters of a hash that are shown
_MEDIUM = "origin/master"
_TRIES, _PAUSE = 20, 0.1  # seconds, while another git is at work
_TRAILER = "%(trailers:key={},valueonly,separator=%x2c)"
_DATES = "--date=format:%Y-%m-%d %H:%M:%S"
_TRAILERS = (_TRAILER.format("Esosh-Commit"), _TRAILER.format("Esosh-User"))
_FIELDS = "%x1f".join(("%H", "%cd", *_TRAILERS, "%an", "%s"))
_BLAMED = re.compile(r"\^?([0-9a-f]+) +(?:\S+ +)?\d+\) (.*)")  # hash, file where git gives it, number, line


class Commit(Record):
    """One commit of /etc; `number` is esosh's own, None for one that esosh did not make."""

    hash: str
    when: str
    who: str
    subject: str
    number: Optional[int] = None


def is_work_tree(host: Host) -> bool:
    """Whether /etc is a git work tree."""
    return host.exists("/etc/.git")


def _run_git(host: Host, *words: str, stdin: str = "") -> Output:
    return host.run(("git", "-C", "/etc", *words), stdin)


def _git_output(host: Host, *words: str, stdin: str = "") -> str:
    """What a git command prints. Raises Refused when it fails."""
    for _ in range(_TRIES):
        output = _run_git(host, *words, stdin=stdin)
        if not output.status:
            return output.out
        if "index.lock" not in output.err:  # another git is at work
            break
        time.sleep(_PAUSE)
    raise Refused(f"git {words[0]}: {(output.err or output.out).strip()}", code="E221")


def dirty(host: Host) -> bool:
    """Whether /etc has changes that no commit holds."""
    return is_work_tree(host) and bool(_git_output(host, "status", "--porcelain").strip())


def changed_since_record(host: Host, files: Collection[str]) -> set[str]:
    """Those of these files of /etc that are not as config.esh was written for.

    Raises Refused when git fails.
    """
    commit = _recording(host) if is_work_tree(host) else ""
    if not commit:
        return set()
    paths = sorted(file[len("/etc/") :] for file in files)
    touched = _git_output(host, "diff-index", "--name-only", "-z", commit, "--", *paths).split("\0")
    return {f"/etc/{path}" for path in touched if path and not is_same(host, commit, f"/etc/{path}")}


def _recording(host: Host) -> str:
    """The hash of the newest commit that esosh made, of its own or of foreign changes; "" for none."""
    made_by_esosh = ("--grep=^Esosh-Commit: ", f"--grep=^{FOREIGN}$")
    return _git_output(host, "log", "-1", "--format=%H", *made_by_esosh).strip()


def is_same(host: Host, commit: str, path: str) -> bool:
    """Whether a file is as a commit has it."""
    snapshot = Snapshot(host, commit)
    if not (snapshot.exists(path) and host.exists(path)):
        return snapshot.exists(path) == host.exists(path)
    return snapshot.read(path) == host.read(path)


def recorded(host: Host) -> str:
    """config.esh as the newest commit of esosh's has it. Raises Refused where it has none."""
    return _git_output(host, "show", f"{_recording(host)}:{RECORD}")


def save(host: Host, number: int, user: str, comment: str) -> None:
    """Commit all changes of /etc as a commit of ours, once; also where only the kernel changed.

    Raises Refused when git fails.
    """
    if not is_work_tree(host) or last(host) == number:
        return
    _git_output(host, "add", "-A")
    trailers = f"Esosh-Commit: {number}\nEsosh-User: {user}"
    _git_output(host, "commit", "-q", "--allow-empty", "-m", f"{comment or NO_COMMENT}\n\n{trailers}")


def save_foreign(host: Host, text: str) -> None:
    """Commit what others changed, before a commit of ours. Raises Refused when git fails.

    `text` is what config.esh would contain now: it goes into the commit and not into the work tree, so that
    each line is blamed on those who changed it.
    """
    if not is_work_tree(host):
        return
    if not dirty(host) and _run_git(host, "show", f"HEAD:{RECORD}").out == text:
        return
    _git_output(host, "add", "-A")
    blob = _git_output(host, "hash-object", "-w", "--stdin", stdin=text).strip()
    _git_output(host, "update-index", "--add", "--cacheinfo", f"100644,{blob},{RECORD}")
    _git_output(host, "commit", "-q", "--allow-empty", "-m", FOREIGN)


def log(host: Host, count: int) -> list[Commit]:
    """The newest commits, the newest first."""
    return _log(host, f"-{count}") if is_work_tree(host) else []


def _log(host: Host, *words: str) -> list[Commit]:
    output = _run_git(host, "log", "-z", _DATES, f"--format={_FIELDS}", *words)
    entries = [] if output.status else output.out.split("\0")
    return [_commit(entry) for entry in filter(None, entries)]


def _commit(entry: str) -> Commit:
    full_hash, when, numbers, users, author, subject = entry.split("\x1f", 5)  # a subject may hold anything
    number, user = numbers.split(",")[-1], users.split(",")[-1]
    own_number = int(number) if number.isdigit() else None
    return Commit(full_hash[:_SHORT_HASH], when, user or author, subject, own_number)


class Snapshot(Record):
    """The files that a commit of /etc holds, as a host that can only be read: no kernel, no programs."""

    host: Host
    hash: str

    def exists(self, path: str) -> bool:
        """Whether the commit has the file."""
        return path.startswith("/etc/") and _exists(self.host, self._object(path))

    def read(self, path: str) -> str:
        """The file as it was."""
        return _git_output(self.host, "show", self._object(path))

    def _object(self, path: str) -> str:
        return f"{self.hash}:{path[len('/etc/') :]}"


def _exists(host: Host, name: str) -> bool:
    """Whether git has an object of that name."""
    return not _run_git(host, "cat-file", "-e", name).status


def snapshot(host: Host, commit: str) -> Host:
    """The files that a commit holds, by its hash."""
    return cast(Host, Snapshot(host, commit))


def commits(host: Host) -> list[Commit]:
    """The commits that esosh made, the newest first."""
    return _by_esosh(log(host, _ALL))


def _by_esosh(history: Sequence[Commit]) -> list[Commit]:
    return [commit for commit in history if commit.number is not None]


def newest(host: Host) -> Optional[Commit]:
    """The newest commit that esosh made; None where there is none."""
    return next(iter(commits(host)), None)


def commit(host: Host, name: str) -> Commit:
    """The commit that counts back from the newest of esosh's, or that has the hash. Raises Refused."""
    history = log(host, _ALL)
    ours = _by_esosh(history)
    if len(name) < _SHORTEST_HASH:
        matches = ours[int(name) : int(name) + 1]
    else:
        matches = [commit for commit in history if commit.hash.startswith(name[:_SHORT_HASH])]
    if not matches:
        raise Refused(f"no commit {name}; esosh made {len(ours)}", word=name, code="E202")
    return matches[0]


def commits_after(host: Host, commit: Commit) -> list[Commit]:
    """The commits that esosh made after this one."""
    history = log(host, _ALL)
    position = [other.hash for other in history].index(commit.hash)
    return _by_esosh(history[:position])


def medium_commit(host: Host) -> Optional[str]:
    """The hash of the newest commit that the boot medium has; None where there is none."""
    if not is_work_tree(host):
        return None
    return _run_git(host, "rev-parse", "-q", "--verify", _MEDIUM).out.strip() or None


def blame(host: Host) -> list[tuple[Commit, str]]:
    """Each line of the configuration, and the commit that it is from."""
    if not is_work_tree(host) or not _exists(host, f"HEAD:{RECORD}"):
        return []
    history = {commit.hash: commit for commit in log(host, _ALL)}
    blamed = _blamed_lines(host)
    return [(history.get(short_hash) or Commit(short_hash, "", "", ""), line) for short_hash, line in blamed]


def _blamed_lines(host: Host) -> Iterator[tuple[str, str]]:
    """Each line of the configuration with the hash of the commit that it is from."""
    text = _git_output(host, "blame", "-s", f"--abbrev={_SHORT_HASH - 1}", "HEAD", "--", RECORD)
    for match in map(_BLAMED.fullmatch, text.splitlines()):
        if match:
            yield match[1][:_SHORT_HASH], match[2]


def last_change(host: Host, since: int, section: str, name: str) -> str:
    """Who changed an object since a commit of ours, and when, as far as git knows; "" where it does not."""
    pattern = rf"^{re.escape(section)} .*{re.escape(name)}"
    changes = _log(host, "-1", f"-G{pattern}", "--", RECORD) if is_work_tree(host) else []
    if _number(changes) <= since:
        return ""
    return f"commit {changes[0].number} by {changes[0].who}, {changes[0].when}"


def last(host: Host) -> int:
    """The number of the newest commit that esosh made; 0 for none."""
    return _number(_log(host, "-1", "--grep=^Esosh-Commit: ")) if is_work_tree(host) else 0


def _number(history: Sequence[Commit]) -> int:
    """The number of the first of these commits; 0 for none."""
    return (history[0].number or 0) if history else 0


def count_unsaved(host: Host) -> int:
    """How many commits the boot medium lacks; foreign changes count only where nothing else does."""
    unsaved = unsaved_hashes(host)
    if not unsaved:
        return 0
    ours = [commit for commit in log(host, len(unsaved)) if commit.subject != FOREIGN]
    return len(ours) or len(unsaved)


def unsaved_hashes(host: Host) -> set[str]:
    """The commits that the boot medium does not have; none where it never had any."""
    if not is_work_tree(host) or _is_saved(host):
        return set()
    output = _run_git(host, "rev-list", f"{_MEDIUM}..HEAD")
    return set() if output.status else {line[:_SHORT_HASH] for line in output.out.split()}


def _is_saved(host: Host) -> bool:
    """Whether the boot medium has the newest commit, as git's files say; no prompt waits for git then."""
    try:
        newest = host.read("/etc/.git/HEAD").replace("ref: ", "").strip()
        return host.read(f"/etc/.git/{newest}") == host.read(f"/etc/.git/refs/remotes/{_MEDIUM}")
    except OSError:  # git keeps them elsewhere, or there are none
        return False
