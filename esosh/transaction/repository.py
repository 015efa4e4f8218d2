"""git in /etc: whether it has a repository, git's commands and their failures, how a repository is made."""

from __future__ import annotations

import re
import time

from ..errors import Refused
from ..host import Host, Output
from ..views import counted

REPOSITORY = "/etc/.git"
_TRIES, _PAUSE = 20, 0.1  # seconds, while another git is at work
_ABANDONED = 60  # seconds; a git that holds its lock for longer is not waited for
_LOCK = re.compile(r"/etc/\.git/\S+\.lock")  # what git cannot create while another git is at work
_NOT_FOUND = 127  # the exit status of a program that is not there, as a shell gives it
_UNITS = (("day", 86400), ("hour", 3600), ("minute", 60))
_IGNORED = "/rc.d/\n/esos-release\n/issue\n"  # what the image brings with it
_SETTINGS = (
    ("user.name", "ESOS Superuser"), ("user.email", "root@esos"),
    ("remote.origin.url", "../mnt/conf/etckeeper.git"),
    ("remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*"),
)


def is_work_tree(host: Host) -> bool:
    """Whether /etc is a git work tree."""
    return host.exists(REPOSITORY)


def problem(host: Host) -> str:
    """Why commits have no history; "" where they have one."""
    if not is_work_tree(host):
        return "/etc is no git repository"
    result = run(host, "rev-list", "-n1", "--all")  # it succeeds before the first commit, too
    return _reason(result) if result.status else ""


def require_history(host: Host) -> None:
    """Raises Refused where commits have no history."""
    reason = problem(host)
    if reason:
        hint = "" if is_work_tree(host) else "history init"
        raise Refused(f"there is no history: {reason}", hint=hint, code="E252")


def run(host: Host, *words: str, stdin: str = "") -> Output:
    """Run git in /etc."""
    try:
        return host.run(("git", "-C", "/etc", *words), stdin)
    except FileNotFoundError:
        return Output(_NOT_FOUND, err="git is not installed")


def output(host: Host, *words: str, stdin: str = "") -> str:
    """What a git command prints. Raises Refused when it fails."""
    held = ""
    for _ in range(_TRIES):
        result = run(host, *words, stdin=stdin)
        if not result.status:
            return result.out
        lock = _LOCK.search(result.err)
        age = _age(host, lock[0]) if lock else 0.0
        held = _held(lock[0], age) if lock else ""
        if not lock or age > _ABANDONED:
            break
        time.sleep(_PAUSE)
    name = next(word for word in words if not word.startswith("-"))
    raise Refused(f"git {name}: {held or _reason(result)}", code="E221")


def held_lock(host: Host) -> str:
    """What a lock of git says that has been there for longer than a git needs; "" for none."""
    lock = f"{REPOSITORY}/index.lock"
    age = _age(host, lock)
    return _held(lock, age) if age > _TRIES * _PAUSE else ""


def _reason(result: Output) -> str:
    return (result.err or result.out).strip()


def _age(host: Host, path: str) -> float:
    """How many seconds ago a file was made; 0 for one that has just gone."""
    try:
        return time.time() - host.stat(path).changed
    except FileNotFoundError:
        return 0.0


def _held(lock: str, age: float) -> str:
    return f"{lock} was made {_duration(age)} ago by a git that still runs, or died; if none runs: rm {lock}"


def _duration(seconds: float) -> str:
    """A time in words, in the largest unit that fits."""
    unit, size = next(((name, size) for name, size in _UNITS if seconds >= 2 * size), ("second", 1))
    return counted(max(0, int(seconds / size)), unit)


def require_none(host: Host) -> None:
    """Raises Refused where /etc has a history."""
    if is_work_tree(host) and run(host, "rev-parse", "-q", "--verify", "HEAD").out:
        raise Refused("/etc is a git repository already", hint="history", code="E252")


def start(host: Host) -> bool:
    """Make /etc a repository as ESOS does at its first boot, without a commit of what it has now.

    Give whether the history goes on from that of the boot medium, where that is mounted. Source:
    scripts/usb_sync.sh of ESOS. Only root may look into the repository: it has every file of /etc. Raises
    Refused where there is one.
    """
    require_none(host)
    host.mkdir(REPOSITORY)
    output(host, "init", "-q")
    output(host, "symbolic-ref", "HEAD", "refs/heads/master")
    for key, value in _SETTINGS:
        if not run(host, "config", key).out:
            output(host, "config", key, value)
    if not host.exists("/etc/.gitignore"):
        host.replace("/etc/.gitignore", _IGNORED)
    goes_on = not run(host, "fetch", "-q", "origin").status
    goes_on = goes_on and not run(host, "update-ref", "HEAD", "refs/remotes/origin/master").status
    output(host, *(("read-tree", "HEAD") if goes_on else ("add", "-A")))
    return goes_on


def save_beginning(host: Host) -> None:
    """Commit what /etc has now, where its history begins."""
    output(host, "add", "-A")
    output(host, "commit", "-q", "--allow-empty", "-m", "the history begins here")
