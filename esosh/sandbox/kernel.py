"""The simulated kernel: one command at a time, each landed whole."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Callable, Optional

from ..host.local import LocalHost
from .tree import Tree

Answer = Callable[[Tree, str, str], None]
Reader = Callable[[Tree, str], str]

_LOCK_SECONDS = 60


class Kernel:
    """Answers writes below some prefixes, and reads of some files; programs use it as any process would."""

    def __init__(
        self, root: Path, answers: Mapping[str, Answer], readers: Optional[Mapping[str, Reader]] = None
    ) -> None:
        self.tree = Tree(root)
        self._files = LocalHost(str(root))
        self._answers = answers
        self._readers = readers or {}
        if self.tree.is_landing():
            with self.command():
                pass

    @contextlib.contextmanager
    def command(self) -> Iterator[Tree]:
        """Stage changes on the tree; they land when the block ends without an error."""
        with self._files.lock("/.kernel/lock", _LOCK_SECONDS):
            with _interrupts_held():
                self.tree.settle()
            try:
                yield self.tree
                with _interrupts_held():
                    self.tree.land()
            finally:
                self.tree.forget()

    def read(self, path: str) -> str:
        """Read a file or an attribute."""
        self._check_mode(path, stat.S_IRUSR)
        reader = self._readers.get(path)
        if reader is None:
            return self.tree.read(path)
        with self.command() as tree:
            return reader(tree, path)

    def write(self, path: str, text: str, override: Optional[Answer] = None) -> None:
        """Perform one write(2) to an attribute; `override` answers it in place of the usual answer."""
        self._check_mode(path, stat.S_IWUSR)
        answer = self._answer(path)
        if answer is None:
            return self._files.write(path, text)
        with self.command() as tree:
            (override or answer)(tree, path, text)

    def _answer(self, path: str) -> Optional[Answer]:
        return next((answer for prefix, answer in self._answers.items() if path.startswith(prefix)), None)

    def _check_mode(self, path: str, bit: int) -> None:
        """As in sysfs, mode bits count for root too."""
        if path.startswith("/sys/") and not _permits(self.tree.path(path), bit):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)


def _permits(place: Path, bit: int) -> bool:
    """Whether the mode of a file has the bit; what is no file is not decided by its mode."""
    try:
        mode = os.stat(place).st_mode
    except (FileNotFoundError, NotADirectoryError):
        return True
    return bool(mode & bit) or not stat.S_ISREG(mode)


@contextlib.contextmanager
def _interrupts_held() -> Iterator[None]:
    """Hold a Ctrl-C back until the block ends: a real kernel does not leave a command half done."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
