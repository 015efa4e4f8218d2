"""Space on the disk for the undo of a commit, held from before its first step.

So a disk that is full by then does not stand in its way. It is a file beside the journal, for ESOS has /etc,
/var/lib and /var/log on one file system. It goes when the undo begins, or when the commit stands.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence

from ..executors.step import Replace, Step
from ..host import Host
from . import aside

HELD = "/var/lib/esosh/space"
_MARKS = 65536  # bytes: marks in the journal, the notice, lines of the log
_BLOCK = 4096  # bytes: what the end of a file may waste


def hold(host: Host, steps: Sequence[Step]) -> None:
    """Hold what the undo of the steps writes. Raises OSError where there is not so much."""
    release(host)
    host.append(HELD, " " * (_MARKS + sum(_needs(steps))))


def _needs(steps: Sequence[Step]) -> Iterator[int]:
    """The bytes of each file that undoing writes."""
    for step in steps:
        for action in step.undo or ():
            if isinstance(action, Replace) and action.text is not None:
                yield len(action.text.encode("utf-8", "surrogateescape")) + _BLOCK


def release(host: Host) -> None:
    """Give it back; where it cannot be given back, there may be room all the same."""
    with contextlib.suppress(OSError):
        aside.remove(host, HELD)
