"""One fault of a sandbox: its line read, and how it happens."""

from __future__ import annotations

import errno
import fnmatch
import os
import re
import signal
from dataclasses import dataclass
from typing import Optional

from ..errors import Refused

_LINE = re.compile(
    r"(?P<call>write|replace|append|remove|mkdir|run|syscall) (?P<glob>.+?) (?P<outcome>\S+)"
    r"((?: for (?P<reads>\d+))?(?: after (?P<after>\d+))?| since (?P<since>\d+)| after)"
)
_SYNTAX = "write|replace|append|run|syscall GLOB ERRNO-or-EXIT [after N | since N]"


@dataclass
class Fault:
    """A call that fails, and how many calls like it were made.

    `lasts`: all that follow fail too, as long as the line stands in the file.
    """

    line: str
    call: str
    glob: str
    outcome: str
    after: int
    reads: Optional[int] = None
    lasts: bool = False
    matches: int = 0

    def comes_due(self, call: str, subject: str) -> bool:
        """Count a matching call, and say whether it is the one that fails."""
        if self.call != call or not fnmatch.fnmatchcase(subject, self.glob):
            return False
        self.matches += 1
        return self.matches == self.after + 1 or (self.lasts and self.matches > self.after)

    def happen(self, subject: str) -> int:
        """Raise OSError or die, or give the exit status, or the number of reads."""
        if self.reads is not None:
            return self.reads
        if self.outcome == "crash":
            os.kill(os.getpid(), signal.SIGKILL)
        if self.outcome.isdigit():
            return int(self.outcome)
        number = getattr(errno, self.outcome)
        raise OSError(number, os.strerror(number), subject)


def parse(line: str) -> Fault:
    """The fault of a line.

    Raises Refused when the line is none.
    """
    match = _LINE.fullmatch(" ".join(line.split()))
    if match is None or not _is_possible(match["call"], match["outcome"], match["reads"]):
        raise Refused(f"faults: not a fault: {line}", hint=_SYNTAX, code="E201")
    reads = None if match["reads"] is None else int(match["reads"])
    after, lasts = int(match["after"] or match["since"] or 0), match["since"] is not None
    return Fault(line, match["call"], match["glob"], match["outcome"], after, reads, lasts)


def _is_possible(call: str, outcome: str, reads: Optional[str]) -> bool:
    if reads is not None:
        return (call, outcome) == ("write", "EAGAIN")
    return outcome == "crash" or hasattr(errno, outcome) or (call == "run" and outcome.isdigit())
