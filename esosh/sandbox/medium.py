"""git on /etc, and the sync to the boot medium at /mnt/conf: /etc by git, other lasting files as copies.

Source: scripts/conf_sync.sh and scripts/usb_sync.sh of ESOS.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from ..host import Output
from ..host.local import LocalHost
from .hardware import read_hardware
from .kernel import Kernel
from .landing import delete, is_folder
from .tree import Tree

_LOCK = "/var/lock/conf_sync"
_WAIT = 300.0  # seconds; a file /.kernel/conf_sync_wait gives another number
_BARE_REPOSITORY = "/mnt/conf/etckeeper.git"
_COPIES = "/mnt/conf/rsync_dirs"
_COPIED = ("/var/lib", "/opt", "/root/.ssh", "/root/.bash_history")
_GITIGNORE = "/rc.d/\n/esos-release\n/issue\n"
_ETC_GIT_CONFIG = """\
[user]
	name = ESOS Superuser
	email = root@esos
[remote "origin"]
	url = ../mnt/conf/etckeeper.git
	fetch = +refs/heads/*:refs/remotes/origin/*
"""
# A sandbox may belong to another user than the one who runs it, and git may start nothing in the background.
_GITCONFIG = """\
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


def boot_first(tree: Tree) -> None:
    """Do what the first boot does: /etc becomes a repository, and its first commit goes to the medium."""
    tree.path("/root/.gitconfig").write_text(_GITCONFIG)
    tree.path("/etc/.gitignore").write_text(_GITIGNORE)
    _require(_git(tree, "/etc", "init", "-q", "--template="))
    with open(tree.path("/etc/.git/config"), "a") as config:
        config.write(_ETC_GIT_CONFIG)
    _require(_git(tree, "/etc", "add", "-A"))
    _require(_git(tree, "/etc", "commit", "-q", "-m", "first commit"))
    _require(_push(tree))
    _require(_copy(tree))
    tree.path(_LOCK).touch()


def _require(output: Output) -> None:
    if output.status:
        raise OSError(output.err)


def _run_git(kernel: Kernel, argv: Sequence[str], stdin: str) -> Output:
    return _git(kernel.tree, "/", *_with_disk_paths(kernel.tree, argv[1:]), stdin=stdin)


def _with_disk_paths(tree: Tree, words: Sequence[str]) -> Iterator[str]:
    """The words of a git command, the folders after -C as they lie on disk."""
    rest = iter(words)
    for word in rest:
        yield word
        if word == "-C":
            yield from map(str, map(tree.path, islice(rest, 1)))
        elif word == "-c":
            yield from islice(rest, 1)
        elif not word.startswith("-"):
            yield from rest  # the subcommand and its own words


def _git(tree: Tree, folder: str, *words: str, stdin: str = "") -> Output:
    """Run the real git; it finds no repository and no settings outside the sandbox."""
    environment = {
        "PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "HOME": str(tree.path("/root")),
        "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0",
        "GIT_CEILING_DIRECTORIES": f"{tree.root}{os.pathsep}{tree.root.parent}",
    }
    process = subprocess.run(
        ["git", *words], cwd=tree.path(folder), env=environment,
        input=stdin.encode("utf-8", "surrogateescape"), capture_output=True, check=False,
    )
    out = process.stdout.decode("utf-8", "surrogateescape")
    err = process.stderr.decode("utf-8", "surrogateescape")
    return Output(process.returncode, out, err)


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
        output = step(tree)
        if output.status:
            return Output(1, output.out, output.err)
    return Output(0)


def _commit(tree: Tree) -> Output:
    added = _git(tree, "/etc", "add", "-A")
    if added.status or not _has_staged_changes(tree):
        return added
    return _git(tree, "/etc", "commit", "-q", "-m", "configuration sync via conf_sync.sh")


def _has_staged_changes(tree: Tree) -> bool:
    return _git(tree, "/etc", "diff-index", "--cached", "--quiet", "HEAD").status != 0


def _mount(tree: Tree) -> Output:
    if read_hardware(tree).usb is None:
        return Output(1, err="mount: /mnt/conf: can't find LABEL=esos_conf.\n")
    return Output(0)


def _push(tree: Tree) -> Output:
    if not tree.exists(_BARE_REPOSITORY):
        created = _git(tree, "/mnt/conf", "init", "-q", "--bare", "--template=", "etckeeper.git")
        if created.status:
            return created
    return _git(tree, "/etc", "push", "-q", "origin", "master")


def _copy(tree: Tree) -> Output:
    """Do what rsync --archive --relative --delete does; a file that vanishes meanwhile is no error."""
    for path in _COPIED:
        if not tree.exists(path):
            return Output(1, err=f'rsync: link_stat "{path}" failed: No such file or directory\n')
        copy = tree.path(_COPIES + path)
        copy.parent.mkdir(parents=True, exist_ok=True)
        _mirror(tree.path(path), copy)
    return Output(0)


def _mirror(source: Path, copy: Path) -> None:
    if is_folder(source):
        _mirror_folder(source, copy)
    else:
        _mirror_file(source, copy)


def _mirror_folder(source: Path, copy: Path) -> None:
    if not is_folder(copy):
        delete(copy)
        copy.mkdir()
    names = set(os.listdir(source))
    for name in set(os.listdir(copy)) - names:
        delete(copy / name)
    for name in names:
        _mirror(source / name, copy / name)
    shutil.copystat(source, copy)


def _mirror_file(source: Path, copy: Path) -> None:
    delete(copy)
    with contextlib.suppress(FileNotFoundError):
        shutil.copy2(source, copy, follow_symlinks=False)


CONF_SYNC = "/usr/local/sbin/conf_sync.sh"
PROGRAMS = {"git": _run_git, CONF_SYNC: _conf_sync}
