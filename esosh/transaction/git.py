"""Commits in git: /etc is a work tree on ESOS; conf_sync.sh carries its history to the boot medium.

Source: scripts/usb_sync.sh and scripts/conf_sync.sh of ESOS.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Optional

from ..errors import Refused
from ..host import Host
from ..language.numbers import decimal
from ..records import Record
from ..views import clean
from . import messages
from .repository import is_work_tree, problem, require_history
from .repository import output as _git_output
from .repository import run as _run_git
from .snapshot import text_of

RECORD = "esosh/config.esh"  # below /etc: the configuration as lines, at each commit of ours
_RECORD_FOLDER = "esosh/"  # as git names it where nothing else is in it, and git has nothing of it
FOREIGN = "changes found before a commit by esosh"
ALL = 10_000  # commits that are read
_NO_PARTS = ("",) * 3  # for what an entry lacks
_SHORTEST_HASH = 7  # letters; a shorter number counts back
_SHORT_HASH = 12  # letters of a hash that are shown
_MEDIUM = "origin/master"
_DATES = "--date=format:%Y-%m-%d %H:%M:%S"
_FIELDS = "%H%x1f%cd%x1f%an%x1f%B"
Texts = Mapping[str, Optional[str]]  # of files, by path; None for one that is absent
_BLAMED = re.compile(r"\^?([0-9a-f]+) +(?:\S+ +)?\d+\) (.*)")  # hash, file where git gives it, number, line


class Commit(Record):
    """One commit of /etc; `number` is esosh's own, None for one that esosh did not make."""

    hash: str
    when: str
    who: str
    subject: str
    number: Optional[int] = None


def dirty(host: Host) -> bool:
    """Whether /etc has changes that no commit holds."""
    return bool(changed_files(host))


def changed_files(host: Host) -> list[str]:
    """The files below /etc whose changes no commit holds, by their paths there. Raises Refused.

    config.esh does not count: the next commit writes it, whatever a commit that failed has left of it.
    """
    if not is_work_tree(host):
        return []
    words = ("--no-optional-locks", "status", "--porcelain", "--no-renames", "-z")  # it writes no index
    entries = _git_output(host, *words).split("\0")
    paths = (entry[len("XY ") :] for entry in entries if entry)
    return sorted(path for path in paths if path not in (RECORD, _RECORD_FOLDER))


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
    """Whether a file is as a commit has it; of a link git knows no more than where it leads."""
    if host.readlink(path) is not None:
        return True
    then = text_of(host, f"{commit}:{path[len('/etc/') :]}")
    return then == (host.read(path) if host.exists(path) else None)


def recorded(host: Host) -> str:
    """config.esh as the newest commit of esosh's has it. Raises Refused where it has none."""
    return _git_output(host, "show", f"{_recording(host)}:{RECORD}")


def save(host: Host, number: int, user: str, comment: str, files: Optional[Texts] = None) -> None:
    """Commit all changes of /etc as a commit of ours, once; also where only the kernel changed.

    `files`: only these, as they were then. Raises Refused when git fails.
    """
    if last(host) >= number:
        return
    if files is None:
        _git_output(host, "add", "-A")
    for path, text in (files or {}).items():
        _stage(host, path, text)
    text = messages.message(number, clean(user), clean(comment))
    _git_output(host, "commit", "-q", "--allow-empty", "--cleanup=whitespace", "-m", text)


def _stage(host: Host, path: str, text: Optional[str]) -> None:
    """Put a file of /etc into the next commit with that content; None removes it."""
    name = path[len("/etc/") :]
    if text is None:
        _git_output(host, "update-index", "--force-remove", "--", name)
    elif path.startswith("/etc/") and host.readlink(path) is None:  # git has links themselves
        blob = _git_output(host, "hash-object", "-w", "--stdin", stdin=text).strip()
        _git_output(host, "update-index", "--add", "--cacheinfo", f"100644,{blob},{name}")


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
    _stage(host, f"/etc/{RECORD}", text)
    _git_output(host, "commit", "-q", "--allow-empty", "-m", FOREIGN)


def log(host: Host, count: int) -> list[Commit]:
    """The newest commits, the newest first. Raises Refused when git fails."""
    return _log(host, f"-{count}") if is_work_tree(host) else []


def _log(host: Host, *words: str) -> list[Commit]:
    output = _run_git(host, "log", "-z", _DATES, f"--format={_FIELDS}", *words)
    if output.status and (problem(host) or _run_git(host, "rev-parse", "-q", "--verify", "HEAD").out):
        raise Refused(f"git log: {output.err.strip()}", code="E221")
    return [_commit(entry) for entry in filter(None, output.out.split("\0"))]


def _commit(entry: str) -> Commit:
    parts = [*entry.split("\x1f", 3), *_NO_PARTS][:4]  # a message may hold anything
    full_hash, when, author, text = parts
    said = messages.parse(text)
    return Commit(full_hash[:_SHORT_HASH], when, said.user or author, said.subject, said.number)


def commits(host: Host) -> list[Commit]:
    """The commits that esosh made, the newest first."""
    return _by_esosh(log(host, ALL))


def reached(history: Sequence[Commit]) -> list[Commit]:
    """The commits that esosh made, and what was there before the first: N of them back is where `N` leads."""
    first = max((place for place, commit in enumerate(history) if commit.number is not None), default=-1)
    return [*_by_esosh(history), *history[first + 1 : first + 2]] if first >= 0 else []


def _by_esosh(history: Sequence[Commit]) -> list[Commit]:
    return [commit for commit in history if commit.number is not None]


def newest(host: Host) -> Optional[Commit]:
    """The newest commit that esosh made; None where there is none, or where git fails."""
    try:
        return next(iter(commits(host)), None)
    except Refused:
        return None


def commit(host: Host, name: str) -> Commit:
    """The commit that counts back from the newest of esosh's, or that has the hash. Raises Refused."""
    require_history(host)
    history = log(host, ALL)
    if len(name) < _SHORTEST_HASH:
        number, ours = decimal(name), reached(history)
        matches = [] if number is None else ours[number : number + 1]
    else:
        matches = [commit for commit in history if commit.hash.startswith(name[:_SHORT_HASH])]
    if not matches:
        made = f"no commit {name}; esosh made {len(_by_esosh(history))}"
        raise Refused(f"{made}, and others go by their hash", word=name, hint="history", code="E202")
    return matches[0]


def commits_after(host: Host, commit: Commit) -> list[Commit]:
    """The commits that esosh made after this one."""
    history = log(host, ALL)
    position = [other.hash for other in history].index(commit.hash)
    return _by_esosh(history[:position])


def medium_commit(host: Host) -> Optional[str]:
    """The hash of the newest commit that the boot medium has; None where there is none."""
    if not is_work_tree(host):
        return None
    return _run_git(host, "rev-parse", "-q", "--verify", _MEDIUM).out.strip() or None


def blame(host: Host) -> list[tuple[Commit, str]]:
    """Each line of the configuration, and the commit that it is from. Raises Refused."""
    require_history(host)
    if _run_git(host, "cat-file", "-e", f"HEAD:{RECORD}").status:
        return []
    history = {commit.hash: commit for commit in log(host, ALL)}
    blamed = _blamed_lines(host)
    return [(history.get(short_hash) or Commit(short_hash, "", "", ""), line) for short_hash, line in blamed]


def _blamed_lines(host: Host) -> Iterator[tuple[str, str]]:
    """Each line of the configuration with the hash of the commit that it is from."""
    text = _git_output(host, "blame", "-s", f"--abbrev={_SHORT_HASH - 1}", "HEAD", "--", RECORD)
    for match in map(_BLAMED.fullmatch, text.split("\n")):
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
    """The number of the newest commit that esosh made; 0 for none, or where git fails."""
    if not is_work_tree(host):
        return 0
    try:
        found = _log(host, "-1", f"--grep={messages.NUMBERED}")
        return _number(found) or (_number(commits(host)) if found else 0)  # others may quote us
    except Refused:
        return 0


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
    """The commits that the boot medium does not have, as far as git knows."""
    if not is_work_tree(host) or _is_saved(host):
        return set()
    beyond = (f"^{_MEDIUM}",) if medium_commit(host) else ()
    output = _run_git(host, "rev-list", "HEAD", *beyond)
    return set() if output.status else {line[:_SHORT_HASH] for line in output.out.split()}


def _is_saved(host: Host) -> bool:
    """Whether the boot medium has the newest commit, as git's files say; no prompt waits for git then."""
    try:
        newest = host.read("/etc/.git/HEAD").replace("ref: ", "").strip()
        return host.read(f"/etc/.git/{newest}") == host.read(f"/etc/.git/refs/remotes/{_MEDIUM}")
    except OSError:  # git keeps them elsewhere, or there are none
        return False
