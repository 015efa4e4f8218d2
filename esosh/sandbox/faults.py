"""Faults on order: lines in the sandbox's file `faults` make calls fail, for tests and demonstrations.

    write|replace|append|remove|mkdir|run|syscall GLOB ERRNO-or-EXIT [after N]

The call after the first N matching ones fails, once per process: with that errno (`run` with that exit status),
or with `crash` the process is killed there. GLOB is matched against the path, or against the words of a program's
call joined by blanks; of a `syscall`, a system call that changes something, against its name and these:

    syscall fsync /var/lib/esosh/* EIO
    syscall exec git * ENOSPC
    syscall * crash after 17
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
    struck: bool = False


class Faults:
    """The faults of one process, read when it starts."""

    def __init__(self, file: Path) -> None:
        lines = file.read_text().splitlines() if file.exists() else []
        self._faults = [_fault(line) for line in lines if line.strip() and not line.startswith("#")]

    def strike(self, call: str, subject: str) -> Optional[int]:
        """Raise OSError or die if a fault is due; give the exit status that a program is to end with, or None."""
        for fault in self._faults:
            if fault.struck or fault.call != call or not fnmatch.fnmatchcase(subject, fault.glob):
                continue
            if fault.left:
                fault.left -= 1
                continue
            fault.struck = True
            return _strike(fault.what, subject)
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
    words = line.split()
    after = int(words.pop()) if len(words) > 4 and words[-2] == "after" and words[-1].isdigit() else 0
    if words[-1] == "after":
        words.pop()
    if len(words) < 3 or words[0] not in _CALLS or not _fits(words[0], words[-1]):
        raise Refused(f"faults: not a fault: {line}", mend="write|replace|append|run|syscall GLOB ERRNO-or-EXIT [after N]")
    return _Fault(words[0], " ".join(words[1:-1]), words[-1], after)
