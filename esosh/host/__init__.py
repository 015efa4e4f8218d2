"""Host, the interface to a machine, and LocalHost, the machine that esosh runs on.

Nothing else in esosh opens a file of the machine or starts a program. Paths are absolute paths of the
machine; text is UTF-8, and other bytes are read and written unchanged (surrogateescape).
"""

from __future__ import annotations

from ..records import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager
    from typing import Callable, Optional, Protocol

    from .lock import Companion, Lock
else:
    Protocol = object  # typing is slow to import, and only mypy needs the protocol


class Output(Record):
    """The exit status of a program, and what it printed."""

    status: int
    out: str = ""
    err: str = ""


class Stat(Record):
    """Mode bits, owner, time of the last change, and size in bytes of a file; whether it is a regular one."""

    mode: int
    uid: int
    gid: int
    changed: float
    size: int = 0
    regular: bool = True


class Host(Protocol):
    """A machine. Every method raises OSError with the machine's errno when the machine refuses."""

    name: str

    def read(self, path: str) -> str:
        """The content of a file or of a kernel attribute.

        Raises BlockingIOError when the kernel answers EAGAIN: there is nothing to read yet.
        """
    def write(self, path: str, text: str) -> None:
        """One write(2) of the text to a kernel attribute."""
    def replace(self, path: str, text: Optional[str], mode: Optional[int] = None) -> None:
        """Replace a whole file atomically and durably; None removes it.

        An existing file keeps its owner, and its mode unless `mode` is given; a new file is 0644.
        A symbolic link stays one: the file that it leads to is replaced, or removed. What is no regular file
        is refused. Missing folders above it are made, as by `mkdir`.
        """
    def sweep(self, path: str) -> None:
        """Remove what processes left beside a file when they died while replacing it.

        No other process may be replacing the file now.
        """
    def append(self, path: str, line: str, sync: bool = False, make: bool = True) -> None:
        """Append one line; a missing file is made with mode 0600, unless `make` is False.

        Where the machine refuses, nothing is appended, unless it refuses to take that back, too.
        """
    def remove(self, path: str) -> None:
        """Remove a file or an empty folder."""
    def rename(self, path: str, new: str) -> None:
        """Give a file, a folder or a link another path in its folder, durably; a file that has it goes."""
    def mkdir(self, path: str) -> None:
        """Make a folder and those above it, for their owner alone."""
    def list(self, path: str) -> tuple[str, ...]:
        """The sorted names in a folder; nothing when there is no such folder."""
    def exists(self, path: str) -> bool:
        """Whether a file or a folder has this path; a link that leads nowhere is neither."""
    def stat(self, path: str) -> Stat:
        """Mode, owner, time of the last change, size and kind."""
    def readlink(self, path: str) -> Optional[str]:
        """The target of a symbolic link; None when the path is no link."""
    def lock(self, path: str, wait: float, note: Optional[str] = None) -> AbstractContextManager[Lock]:
        """Hold an exclusive flock(2) on a file.

        The file contains the note as long as the lock is held; None leaves the file as it is. A symbolic
        link is not followed, and what is no file of its own is refused.
        Raises TimeoutError with the note of the holder after `wait` seconds.
        """
    def companion(self, work: Callable[[str], None], lock: Lock) -> Companion:
        """Start a process that holds the lock too and outlives this one.

        It calls `work` with the word that is sent to it, or with "" when this process is gone.
        """
    def run(self, argv: Sequence[str], stdin: str = "", limit: Optional[float] = None) -> Output:
        """Run a program to its end.

        After `limit` seconds it is killed, and its status is 124, as with timeout(1).
        """
    def finds(self, program: str) -> bool:
        """Whether there is a program of that name or path which may be run."""
    def ends_well(self, argv: Sequence[str], limit: float) -> bool:
        """Whether a program ends with status 0 within `limit` seconds.

        Nobody reads what it prints, and what it has started ends with it.
        """
