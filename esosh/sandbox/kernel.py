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

from ..host import LocalHost
from .tree import Tree

Answer = Callable[[Tree, str, str], None]
Reader = Callable[[Tree, str], str]


class Kernel:
    """Answers writes below the given prefixes, and reads of some files; programs use it as any process would."""

    def __init__(self, root: Path, answers: Mapping[str, Answer], readers: Optional[Mapping[str, Reader]] = None) -> None:
        self.tree = Tree(root)
        self._files = LocalHost(str(root))
        self._answers = answers
        self._readers = readers or {}
        if (root / ".kernel/landing").exists():
            with self.command():
                pass

    @contextlib.contextmanager
    def command(self) -> Iterator[Tree]:
        """Stage changes on the tree; they land when the block ends without an error."""
        with self._files.lock("/.kernel/lock", 60):
            with _undisturbed():
                self.tree.settle()
            try:
                yield self.tree
                with _undisturbed():
                    self.tree.land()
            finally:
                self.tree.forget()

    def read(self, path: str) -> str:
        """Read a file or an attribute."""
        self._permit(path, stat.S_IRUSR)
        reader = self._readers.get(path)
        if reader is None:
            return self.tree.read(path)
        with self.command() as tree:
            return reader(tree, path)

    def write(self, path: str, text: str, otherwise: Optional[Answer] = None) -> None:
        """One write(2) to an attribute; `otherwise` is an answer in place of the usual one."""
        self._permit(path, stat.S_IWUSR)
        answer = next((answer for prefix, answer in self._answers.items() if path.startswith(prefix)), None)
        if answer is None:
            return self._files.write(path, text)
        with self.command() as tree:
            (otherwise or answer)(tree, path, text)

    def _permit(self, path: str, bit: int) -> None:
        """As in sysfs, mode bits count for root too."""
        if path.startswith("/sys/"):
            with contextlib.suppress(FileNotFoundError, NotADirectoryError):
                found = os.stat(self.tree.path(path)).st_mode
                if stat.S_ISREG(found) and not found & bit:
                    raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """A Ctrl-C waits: a real kernel does not leave a command half done."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
