"""An exclusive lock on a file, and a companion process that holds the lock too and outlives this process.

flock(2) belongs to the open file, not to the process: a child that inherits the open file holds the lock too,
and an explicit unlock here ends it for both.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable

_POLL = 0.02  # seconds between two tries
_WORD = 64  # most bytes of the word that is sent to a companion
_NOTE = 4096  # most bytes of a holder's note


class Lock:
    """A lock on an open file. `handed_over`: a companion keeps it, so `release` does not end it."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self.handed_over = False

    def take(self, wait: float) -> None:
        """Take the lock.

        Raises TimeoutError with the note of the holder after `wait` seconds.
        """
        deadline = time.monotonic() + wait
        while not self._try():
            if time.monotonic() >= deadline:
                note = os.pread(self.descriptor, _NOTE, 0)
                raise TimeoutError(note.decode("utf-8", "surrogateescape"))
            time.sleep(_POLL)

    def _try(self) -> bool:
        try:
            fcntl.flock(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def release(self) -> None:
        """Unlock and close the file; a lock that was handed over stays with the companion."""
        if not self.handed_over:
            fcntl.flock(self.descriptor, fcntl.LOCK_UN)
        os.close(self.descriptor)


class Companion:
    """A process in a session of its own. It waits for one word; it gets "" when this process ends before."""

    def __init__(self, work: Callable[[str], None], lock: Lock) -> None:
        receiver, self._sender = os.pipe()
        child = os.fork()
        if child == 0:
            _run(work, receiver, lock)
        os.close(receiver)
        os.waitpid(child, 0)

    def send(self, word: str) -> None:
        """Send the one word that it waits for."""
        os.write(self._sender, word.encode())
        self.close()

    def close(self) -> None:
        """End the wait without a word: it gets ""."""
        os.close(self._sender)


def _run(work: Callable[[str], None], receiver: int, lock: Lock) -> None:
    """Detach from the terminal, the signals and the open files of the parent, then do the work and exit."""
    import signal  # slow to import, and few processes need a companion

    try:
        os.setsid()
        if os.fork():
            os._exit(0)
        for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        _close_files(keep={receiver, lock.descriptor})
        work(os.read(receiver, _WORD).decode())
    finally:
        os._exit(0)


def _close_files(keep: set[int]) -> None:
    """Close every open file that is not kept; the standard streams become the null device."""
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    descriptors = set(map(int, os.listdir("/proc/self/fd")))
    for descriptor in descriptors - {0, 1, 2} - keep:
        with contextlib.suppress(OSError):
            os.close(descriptor)
