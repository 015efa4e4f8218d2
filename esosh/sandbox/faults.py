"""Faults on order: lines in the sandbox's file `faults` make calls fail, for tests and demonstrations.

    write|replace|append|remove|mkdir|run|syscall GLOB ERRNO-or-EXIT [after N | since N]
    write GLOB EAGAIN for N [after N]

The call after the first N matching ones fails, once per process: with that errno (`run` with that exit
status), or with `crash` the process is killed there. With `since`, all calls after the first N fail, until
the line is taken out of the file: so a disk is full until somebody makes room. GLOB is matched against the
path, or against the words of a program's call joined by blanks. For a `syscall`, a system call that changes
something, it is matched against the call's name and these:

    syscall fsync /var/lib/esosh/* EIO
    syscall exec git * ENOSPC
    syscall * crash after 17

`for N`: SCST queues the write; last_sysfs_mgmt_res answers EAGAIN to N reads, and then the write is done and
has its result.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Optional, Union

    from .fault import Fault


class Faults:
    """The faults of one process, read when it starts."""

    def __init__(self, file: Union[str, os.PathLike[str]]) -> None:
        self._file = file
        lines = _lines(file)
        self._faults = _read(lines) if lines else ()

    def trigger(self, call: str, subject: str) -> Optional[int]:
        """Raise OSError or die if a fault is due.

        Give the exit status that a program is to end with, or after how many reads a write has its result.
        """
        for fault in self._faults:
            if fault.comes_due(call, subject) and (not fault.lasts or fault.line in _lines(self._file)):
                return fault.happen(subject)
        return None


def _lines(file: Union[str, os.PathLike[str]]) -> list[str]:
    try:
        with open(file) as faults:
            return [line.rstrip("\n") for line in faults if line.strip() and not line.startswith("#")]
    except FileNotFoundError:
        return []


def _read(lines: Sequence[str]) -> Sequence[Fault]:
    from .fault import parse  # slow to import, and most sandboxes have no faults

    return [parse(line) for line in lines]
