"""ssh(1) to the other host of a pair: another sandbox, which the file `peers` in this one's directory names.

    esos2 /tmp/box2

One host a line. It answers `cat FILE`; any other command is not found there.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence
from pathlib import Path

from ..host import Output
from .kernel import Kernel
from .tree import Tree

_UNREACHED, _NOT_FOUND = 255, 127


def ssh(kernel: Kernel, argv: Sequence[str], stdin: str) -> Output:
    """Run `ssh [-o OPTION] HOST COMMAND...`."""
    name, *command = _without_options(argv[1:])
    root = _peers(kernel.tree).get(name)
    if root is None or not root.is_dir():
        return Output(_UNREACHED, err=f"ssh: Could not resolve hostname {name}: Name or service not known\n")
    if command[:1] != ["cat"]:
        return Output(_NOT_FOUND, err=f"sh: {command[0]}: not found\n")
    return _cat(Tree(root).path(command[1]), command[1])


def _without_options(words: Sequence[str]) -> list[str]:
    rest = list(words)
    while "-o" in rest:
        option = rest.index("-o")
        del rest[option : option + 2]
    return rest


def _peers(tree: Tree) -> dict[str, Path]:
    if not tree.exists("/peers"):
        return {}
    lines = (line.split(maxsplit=1) for line in tree.read("/peers").splitlines())
    return {words[0]: Path(words[1]) for words in lines if len(words) > 1}


def _cat(file: Path, name: str) -> Output:
    if not file.exists():
        return Output(1, err=f"cat: {name}: {os.strerror(errno.ENOENT)}\n")
    return Output(0, file.read_text())


PROGRAMS = {"ssh": ssh}
