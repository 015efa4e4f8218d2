"""Faults on order: lines in the sandbox's file `faults` make calls fail, for tests and demonstrations.

    write|replace|append|remove|mkdir|run|syscall GLOB ERRNO-or-EXIT [after N]
    write GLOB EAGAIN for N [after N]

The call after the first N matching ones fails, once per process: with that errno (`run` with that exit status),
or with `crash` the process is killed there. GLOB is matched against the path, or against the words of a program's
call joined by blanks; of a `syscall`, a system call that changes something, against its name and these:

    syscall fsync /var/lib/esosh/* EIO
    syscall exec git * ENOSPC
    syscall * crash after 17

`for N`: SCST queues the write; last_sysfs_mgmt_res answers EAGAIN to N reads, and then it is done and has its result.
"""

from __future__ import annotations

import errno
import fnmatch
import os
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from ..errors import Refused

_CALLS = ("write", "replace", "append", "remove", "mkdir", "run", "syscall")


@dataclass
class _Fault:
    call: str
    glob: str
    what: str
    left: int
    reads: Optional[int] = None
    struck: bool = False


class Faults:
    """The faults of one process, read when it starts."""

    def __init__(self, file: Path) -> None:
        lines = file.read_text().splitlines() if file.exists() else []
        self._faults = [_fault(line) for line in lines if line.strip() and not line.startswith("#")]

    def strike(self, call: str, subject: str) -> Optional[int]:
        """Raise OSError or die if a fault is due.

        Give the exit status that a program is to end with, how often the result of a write is still to come, or None.
        """
        for fault in self._faults:
            if fault.struck or fault.call != call or not fnmatch.fnmatchcase(subject, fault.glob):
                continue
            if fault.left:
                fault.left -= 1
                continue
            fault.struck = True
            return _strike(fault.what, subject) if fault.reads is None else fault.reads
        return None


def _strike(what: str, subject: str) -> int:
    if what == "crash":
        os.kill(os.getpid(), signal.SIGKILL)
    if what.isdigit():
        return int(what)
    number = getattr(errno, what)
    raise OSError(number, os.strerror(number), subject)


def _fits(call: str, what: str) -> bool:
    return what == "crash" or hasattr(errno, what) or (call == "run" and what.isdigit())


def _fault(line: str) -> _Fault:
    words, after = _counted(line.split(), "after")
    words, reads = _counted(words, "for")
    if words[-1] == "after":
        words.pop()
    fits = len(words) > 2 and words[0] in _CALLS and _fits(words[0], words[-1])
    if not fits or (reads is not None and (words[0], words[-1]) != ("write", "EAGAIN")):
        raise Refused(f"faults: not a fault: {line}", mend="write|replace|append|run|syscall GLOB ERRNO-or-EXIT [after N]")
    return _Fault(words[0], " ".join(words[1:-1]), words[-1], after or 0, reads)


def _counted(words: list[str], word: str) -> tuple[list[str], Optional[int]]:
    """The words without a `word N` at their end, and N."""
    if len(words) > 4 and words[-2] == word and words[-1].isdigit():
        return words[:-2], int(words[-1])
    return words, None
