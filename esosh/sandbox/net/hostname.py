"""The program `hostname` of BusyBox."""

from __future__ import annotations

from collections.abc import Sequence

from ...host import Output
from ..kernel import Kernel

_FILE = "/proc/sys/kernel/hostname"
_LONGEST = 64


def run(kernel: Kernel, argv: Sequence[str], stdin: str) -> Output:
    """Run `hostname [NAME]`."""
    with kernel.command() as tree:
        if not argv[1:]:
            return Output(0, tree.read(_FILE))
        if len(argv[1]) > _LONGEST:
            return Output(1, err="hostname: sethostname: Invalid argument\n")
        tree.put(_FILE, f"{argv[1]}\n")
        return Output(0)
