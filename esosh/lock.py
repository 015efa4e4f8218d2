"""An exclusive lock on a file, and a companion: a process of its own that goes on when we are gone, and has the lock too.

flock(2) belongs to the open file, not to the process: what a child inherits of it holds the lock as we do, and an
explicit unlock of ours ends it for both.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import time
from typing import Callable

_POLL = 0.02  # seconds between two tries
_WORD = 64  # bytes, of the word that a companion is told


class Lock:
    """A lock on an open file. `handed`: a companion has it, so it is not ended when we let go."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self.handed = False

    def take(self, wait: float) -> None:
        """Have it, or raise TimeoutError with its holder's note after `wait` seconds."""
        deadline = time.monotonic() + wait
        while True:
            try:
                return fcntl.flock(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    raise TimeoutError(os.pread(self.descriptor, 4096, 0).decode("utf-8", "surrogateescape")) from None
                time.sleep(_POLL)

    def release(self) -> None:
        """Let go."""
        if not self.handed:
            fcntl.flock(self.descriptor, fcntl.LOCK_UN)
        os.close(self.descriptor)


class Companion:
    """A process in a session of its own. It waits for one word of ours, and gets "" when we are gone without it."""

    def __init__(self, work: Callable[[str], None], lock: Lock) -> None:
        here, self._pipe = os.pipe()
        child = os.fork()
        if child == 0:
            _live_on(work, here, lock)
        os.close(here)
        os.waitpid(child, 0)

    def say(self, word: str) -> None:
        """Tell it how it is to go on."""
        os.write(self._pipe, word.encode())
        self.leave()

    def leave(self) -> None:
        """Be gone, for it."""
        os.close(self._pipe)


def _live_on(work: Callable[[str], None], pipe: int, lock: Lock) -> None:
    """The companion's life: away from our terminal, our signals and our open files."""
    try:
        os.setsid()
        if os.fork():
            os._exit(0)
        for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        null = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(null, descriptor)
        for name in os.listdir("/proc/self/fd"):
            if int(name) > 2 and int(name) not in (pipe, lock.descriptor):
                with contextlib.suppress(OSError):
                    os.close(int(name))
        work(os.read(pipe, _WORD).decode())
    finally:
        os._exit(0)
