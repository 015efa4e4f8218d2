"""Faults on order: lines in the sandbox's file `faults` make calls fail, for tests and demonstrations.

    write|replace|append|remove|mkdir|run|syscall GLOB ERRNO-or-EXIT [after N]
    write GLOB EAGAIN for N [after N]

The call after the first N matching ones fails, once per process: with that errno (`run` with that exit
status), or with `crash` the process is killed there. GLOB is matched against the path, or against the words
of a program's call joined by blanks. For a `syscall`, a system call that changes something, it is matched
against the call's name and these:

    syscall fsync /var/lib/esosh/* EIO
    syscall exec git * ENOSPC
    syscall * crash after 17

`for N`: SCST queues the write; last_sysfs_mgmt_res answers EAGAIN to N reads, and then the write is done and
has its result.
"""

from __future__ import annotations

import errno
import fnmatch
import os
import re
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from ..errors import Refused

_LINE = re.compile(
    r"(?P<call>write|replace|append|remove|mkdir|run|syscall) (?P<glob>.+?) (?P<outcome>\S+)"
    r"((?: for (?P<reads>\d+))?(?: after (?P<after>\d+))?| after)"
)
_SYNTAX = "write|replace|append|run|syscall GLOB ERRNO-or-EXIT [after N]"


@dataclass
class _Fault:
    call: str
    glob: str
    outcome: str
    after: int
    reads: Optional[int] = None
    matches: int = 0

    def comes_due(self, call: str, subject: str) -> bool:
        """Count a matching call, and say whether it is the one that fails."""
        if self.call != call or not fnmatch.fnmatchcase(subject, self.glob):
            return False
        self.matches += 1
        return self.matches == self.after + 1

    def happen(self, subject: str) -> int:
        if self.reads is not None:
            return self.reads
        if self.outcome == "crash":
            os.kill(os.getpid(), signal.SIGKILL)
        if self.outcome.isdigit():
            return int(self.outcome)
        number = getattr(errno, self.outcome)
        raise OSError(number, os.strerror(number), subject)


class Faults:
    """The faults of one process, read when it starts."""

    def __init__(self, file: Path) -> None:
        self._faults = list(map(_parse, _lines(file)))

    def trigger(self, call: str, subject: str) -> Optional[int]:
        """Raise OSError or die if a fault is due.

        Give the exit status that a program is to end with, or after how many reads a write has its result.
        """
        for fault in self._faults:
            if fault.comes_due(call, subject):
                return fault.happen(subject)
        return None


def _lines(file: Path) -> list[str]:
    if not file.exists():
        return []
    return [line for line in file.read_text().splitlines() if line.strip() and not line.startswith("#")]


def _parse(line: str) -> _Fault:
    match = _LINE.fullmatch(" ".join(line.split()))
    if match is None or not _is_possible(match["call"], match["outcome"], match["reads"]):
        raise Refused(f"faults: not a fault: {line}", hint=_SYNTAX, code="E201")
    reads = None if match["reads"] is None else int(match["reads"])
    return _Fault(match["call"], match["glob"], match["outcome"], int(match["after"] or 0), reads)


def _is_possible(call: str, outcome: str, reads: Optional[str]) -> bool:
    if reads is not None:
        return (call, outcome) == ("write", "EAGAIN")
    return outcome == "crash" or hasattr(errno, outcome) or (call == "run" and outcome.isdigit())
