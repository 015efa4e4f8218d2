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

_UNREACHED, _NOT_FOUND = 255, 127


def ssh(kernel: Kernel, argv: Sequence[str], stdin: str) -> Output:
    """ssh [-o OPTION] HOST COMMAND..."""
    words = [word for at, word in enumerate(argv[1:], 1) if word != "-o" and argv[at - 1] != "-o"]
    name, *command = words
    if not kernel.tree.exists("/peers"):
        return _unreached(name)
    peers = dict(line.split(maxsplit=1) for line in kernel.tree.read("/peers").splitlines() if len(line.split()) > 1)
    if name not in peers or not Path(peers[name]).is_dir():
        return _unreached(name)
    if command[:1] != ["cat"]:
        return Output(_NOT_FOUND, err=f"sh: {command[0]}: not found\n")
    file = Path(peers[name]) / command[1].lstrip("/")
    return Output(0, file.read_text()) if file.exists() else Output(1, err=f"cat: {command[1]}: {os.strerror(errno.ENOENT)}\n")


def _unreached(name: str) -> Output:
    return Output(_UNREACHED, err=f"ssh: Could not resolve hostname {name}: Name or service not known\n")


PROGRAMS = {"ssh": ssh}
