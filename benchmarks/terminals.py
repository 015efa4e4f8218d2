"""Programs on a terminal: the processor time until they ask for a line, and after each key."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from collections.abc import Iterator, Mapping

_PATIENCE = 60  # seconds
_REST = 0.15  # seconds without any work: nothing is to come
_PROCESSOR_CLOCK = 2  # CPUCLOCK_SCHED
_SIZE = struct.pack("HHHH", 40, 120, 0, 0)  # lines and columns
_WHERE, _HERE = b"\x1b[6n", b"\x1b[1;1R"  # where is the cursor, and the answer of a terminal


class Terminal:
    """A terminal with a program on it."""

    def __init__(self, argv: list[str], environment: Mapping[str, str]) -> None:
        self.process, self._master = pty.fork()
        if self.process == 0:
            os.chdir("/")
            fcntl.ioctl(0, termios.TIOCSWINSZ, _SIZE)
            os.execve(argv[0], argv, environment)

    def wait_for(self, text: bytes) -> None:
        """Read until the program shows a text. Raises TimeoutError."""
        shown = b""
        while text not in shown:
            painted = self._read(_PATIENCE)
            if not painted:
                raise TimeoutError(f"{text!r} is not in {shown!r}")
            shown += painted

    def press(self, keys: bytes) -> bytes:
        """Press keys; give what the program paints until it rests."""
        os.write(self._master, keys)
        shown, before = self._read(_PATIENCE), 0.0
        while self.cpu != before:
            before = self.cpu
            shown += self._read(_REST)
        return shown

    def _read(self, patience: float) -> bytes:
        """What the program shows next; nothing where it shows nothing."""
        if not select.select([self._master], [], [], patience)[0]:
            return b""
        painted = os.read(self._master, 65536)
        if _WHERE in painted:
            os.write(self._master, _HERE)
        return painted

    @property
    def cpu(self) -> float:
        """Processor seconds of the program up to now, with those of threads that have ended.

        Source: clock_getcpuclockid(3); the clock of a process in Linux's include/linux/posix-timers.h.
        """
        return time.clock_gettime(~self.process << 3 | _PROCESSOR_CLOCK)

    def kill(self) -> float:
        """End the program; give its processor seconds."""
        os.kill(self.process, signal.SIGKILL)
        _, _, used = os.wait4(self.process, 0)
        os.close(self._master)
        return used.ru_utime + used.ru_stime


@contextlib.contextmanager
def on_terminal(argv: list[str], environment: Mapping[str, str]) -> Iterator[Terminal]:
    """A program on a terminal, as long as the block runs."""
    terminal = Terminal(argv, environment)
    try:
        yield terminal
    finally:
        terminal.kill()
