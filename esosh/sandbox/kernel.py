"""The simulated kernel: one command at a time, each landed whole."""

from __future__ import annotations

import contextlib
import errno
import os
import stat

from ..host.local import LocalHost
from .tree import Tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Callable, Optional, Union

    Answer = Callable[[Tree, str, str], None]
    Reader = Callable[[Tree, str], str]

_LOCK_SECONDS = 60


class Kernel:
    """Answers writes below some prefixes, and reads of some files; programs use it as any process would."""

    def __init__(
        self,
        root: Union[str, os.PathLike[str]],
        answers: Mapping[str, Answer],
        readers: Optional[Mapping[str, Reader]] = None,
    ) -> None:
        self.tree = Tree(root)
        self._files = LocalHost(os.fspath(root))
        self._answers = answers
        self._readers = readers or {}
        self.settle()

    def settle(self) -> None:
        """End what a process that died had begun: a real kernel ends a command whose writer died."""
        if self.tree.is_landing():
            with self.command():
                pass

    @contextlib.contextmanager
    def command(self) -> Iterator[Tree]:
        """Stage changes on the tree; they land when the block ends without an error."""
        with self._files.lock("/.kernel/lock", _LOCK_SECONDS):
            if self.tree.is_landing():
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
        text = self.tree.read(path, lambda descriptor: _require(os.fstat(descriptor), stat.S_IRUSR, path))
        reader = self._readers.get(path)
        if reader is None:
            return text
        with self.command() as tree:
            return reader(tree, path)

    def write(self, path: str, text: str, override: Optional[Answer] = None) -> None:
        """Perform one write(2) to an attribute; `override` answers it in place of the usual answer."""
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            _require(os.stat(self.tree.place(path)), stat.S_IWUSR, path)
        answer = self._answer(path)
        if answer is None:
            return self._files.write(path, text)
        with self.command() as tree:
            (override or answer)(tree, path, text)

    def _answer(self, path: str) -> Optional[Answer]:
        return next((answer for prefix, answer in self._answers.items() if path.startswith(prefix)), None)


def _require(status: os.stat_result, bit: int, path: str) -> None:
    """As in sysfs, the mode bits of a file count for root too."""
    if path.startswith("/sys/") and stat.S_ISREG(status.st_mode) and not status.st_mode & bit:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)


@contextlib.contextmanager
def _interrupts_held() -> Iterator[None]:
    """Hold a Ctrl-C back until the block ends: a real kernel does not leave a command half done."""
    import signal  # slow to import, and whoever only looks does not need it

    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
