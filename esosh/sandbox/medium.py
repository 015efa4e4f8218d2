"""git on /etc, and the sync of /etc and of what else lasts to the boot medium at /mnt/conf.

Source: scripts/conf_sync.sh and scripts/usb_sync.sh of ESOS.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from ..host import LocalHost, Output
from .hardware import hardware
from .kernel import Kernel
from .tree import Tree

_LOCK = "/var/lock/conf_sync"
_WAIT = 300.0  # seconds; a file /.kernel/conf_sync_wait gives another number
_BARE = "/mnt/conf/etckeeper.git"
_COPIES = "/mnt/conf/rsync_dirs"
_LASTS = ("/var/lib", "/opt", "/root/.ssh", "/root/.bash_history")
_IGNORED = "/rc.d/\n/esos-release\n/issue\n"
_REPOSITORY = """\
[user]
	name = ESOS Superuser
	email = root@esos
[remote "origin"]
	url = ../mnt/conf/etckeeper.git
	fetch = +refs/heads/*:refs/remotes/origin/*
"""
# A sandbox may belong to another user than the one who runs it, and nothing may go on behind its back.
_GIT = """\
[init]
	defaultBranch = master
[safe]
	directory = *
[core]
	fsync = none
[gc]
	auto = 0
[maintenance]
	auto = false
"""


def initial(tree: Tree) -> None:
    """What the first boot does: /etc becomes a repository, and its first commit goes to the medium."""
    tree.path("/root/.gitconfig").write_text(_GIT)
    tree.path("/etc/.gitignore").write_text(_IGNORED)
    _must(_git(tree, "/etc", "init", "-q", "--template="))
    with open(tree.path("/etc/.git/config"), "a") as config:
        config.write(_REPOSITORY)
    _must(_git(tree, "/etc", "add", "-A"))
    _must(_git(tree, "/etc", "commit", "-q", "-m", "first commit"))
    _must(_push(tree))
    _must(_copy(tree))
    tree.path(_LOCK).touch()


def _must(output: Output) -> None:
    if output.status:
        raise OSError(output.err)


def _run_git(kernel: Kernel, argv: Sequence[str], stdin: str) -> Output:
    words = list(argv[1:])
    at = 0
    while at < len(words) and words[at].startswith("-"):
        if words[at] == "-C":
            words[at + 1 : at + 2] = [str(kernel.tree.path(path)) for path in words[at + 1 : at + 2]]
        at += 2 if words[at] in ("-C", "-c") else 1
    return _git(kernel.tree, "/", *words, stdin=stdin)


def _git(tree: Tree, folder: str, *words: str, stdin: str = "") -> Output:
    """The real git; it finds no repository outside the sandbox, and no settings either."""
    environment = {
        "PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "HOME": str(tree.path("/root")),
        "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0",
        "GIT_CEILING_DIRECTORIES": f"{tree.root}{os.pathsep}{tree.root.parent}",
    }
    done = subprocess.run(
        ["git", *words], cwd=tree.path(folder), env=environment,
        input=stdin.encode("utf-8", "surrogateescape"), capture_output=True, check=False,
    )
    out, err = (text.decode("utf-8", "surrogateescape") for text in (done.stdout, done.stderr))
    return Output(done.returncode, out, err)


def _conf_sync(kernel: Kernel, argv: Sequence[str], stdin: str) -> Output:
    wait = _WAIT
    with contextlib.suppress(FileNotFoundError):
        wait = float(kernel.tree.read("/.kernel/conf_sync_wait"))
    kernel.tree.path(_LOCK).write_text("")  # the shell opens it with ">"
    try:
        with LocalHost(str(kernel.tree.root)).lock(_LOCK, wait):
            return _sync(kernel.tree)
    except TimeoutError:
        return Output(200, err=f"{argv[0]}: {_LOCK} is still held after {wait:g} s\n")


def _sync(tree: Tree) -> Output:
    for step in (_commit, _mount, _push, _copy):
        done = step(tree)
        if done.status:
            return Output(1, done.out, done.err)
    return Output(0)


def _commit(tree: Tree) -> Output:
    added = _git(tree, "/etc", "add", "-A")
    if added.status or not _git(tree, "/etc", "diff-index", "--cached", "--quiet", "HEAD").status:
        return added
    return _git(tree, "/etc", "commit", "-q", "-m", "configuration sync via conf_sync.sh")


def _mount(tree: Tree) -> Output:
    if hardware(tree).usb is None:
        return Output(1, err="mount: /mnt/conf: can't find LABEL=esos_conf.\n")
    return Output(0)


def _push(tree: Tree) -> Output:
    if not tree.exists(_BARE):
        made = _git(tree, "/mnt/conf", "init", "-q", "--bare", "--template=", "etckeeper.git")
        if made.status:
            return made
    return _git(tree, "/etc", "push", "-q", "origin", "master")


def _copy(tree: Tree) -> Output:
    """What rsync --archive --relative --delete does; a file that vanishes meanwhile is no error."""
    for path in _LASTS:
        if not tree.exists(path):
            return Output(1, err=f'rsync: link_stat "{path}" failed: No such file or directory\n')
        copy = tree.path(_COPIES + path)
        copy.parent.mkdir(parents=True, exist_ok=True)
        _mirror(tree.path(path), copy)
    return Output(0)


def _mirror(source: Path, copy: Path) -> None:
    if source.is_dir() and not source.is_symlink():
        if not copy.is_dir() or copy.is_symlink():
            _delete(copy)
            copy.mkdir()
        there = set(os.listdir(source))
        for name in set(os.listdir(copy)) - there:
            _delete(copy / name)
        for name in there:
            _mirror(source / name, copy / name)
        shutil.copystat(source, copy)
    else:
        _delete(copy)
        with contextlib.suppress(FileNotFoundError):
            shutil.copy2(source, copy, follow_symlinks=False)


def _delete(place: Path) -> None:
    if place.is_dir() and not place.is_symlink():
        shutil.rmtree(place)
    else:
        place.unlink(missing_ok=True)


CONF_SYNC = "/usr/local/sbin/conf_sync.sh"
PROGRAMS = {"git": _run_git, CONF_SYNC: _conf_sync}
