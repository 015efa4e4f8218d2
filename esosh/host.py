"""Host, the only door to a machine, and LocalHost, the machine that esosh runs on.

Nothing else in esosh opens a file of the machine or starts a program. Paths are absolute paths of the
machine; text is UTF-8, and bytes that are not come back and go out unchanged (surrogateescape).
"""

from __future__ import annotations

import contextlib
import errno
import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Optional, Protocol, TypeVar

from .lock import Companion, Lock

_ENVIRONMENT = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", "HOME": "/root"}
_T = TypeVar("_T")


@dataclass(frozen=True)
class Output:
    """What a program left: its exit status and what it printed."""

    status: int
    out: str = ""
    err: str = ""


@dataclass(frozen=True)
class Stat:
    """Mode bits, owner, and time of the last change of a file."""

    mode: int
    uid: int
    gid: int
    changed: float


class Host(Protocol):
    """A machine. Every method raises OSError with the machine's errno when it is refused."""

    name: str

    def read(self, path: str) -> str:
        """The content of a file or of a kernel attribute."""
    def write(self, path: str, text: str) -> None:
        """One write(2) of the text to a kernel attribute."""
    def replace(self, path: str, text: Optional[str], mode: Optional[int] = None) -> None:
        """Put a whole file in place atomically and durably; None takes it away.

        Mode and owner of the file that was there are kept, unless `mode` is given; a new file is 0644.
        Missing folders above it are made.
        """
    def sweep(self, path: str) -> None:
        """Take away what processes left beside a file that died while they replaced it; nobody else may be at it."""
    def append(self, path: str, line: str, sync: bool = False, make: bool = True) -> None:
        """Append one line; the file is made, 0600, when it is not there, unless `make` is False."""
    def remove(self, path: str) -> None:
        """Take away a file or an empty folder."""
    def mkdir(self, path: str) -> None:
        """Make a folder and those above it."""
    def list(self, path: str) -> tuple[str, ...]:
        """The sorted names in a folder; nothing when there is no such folder."""
    def exists(self, path: str) -> bool:
        """Whether something is there."""
    def stat(self, path: str) -> Stat:
        """Mode and owner."""
    def readlink(self, path: str) -> Optional[str]:
        """Where a symbolic link points; None when it is none."""
    def lock(self, path: str, wait: float, note: Optional[str] = None) -> AbstractContextManager[Lock]:
        """Hold an exclusive flock(2) on a file; TimeoutError names the holder's note after `wait` seconds.

        The note stands in the file as long as the lock is held; None leaves the file as it is.
        """
    def companion(self, work: Callable[[str], None], lock: Lock) -> Companion:
        """Start a process that outlives us and has the lock too: `work` gets one word of ours, or "" when we are gone."""
    def run(self, argv: Sequence[str], stdin: str = "", limit: Optional[float] = None) -> Output:
        """Run a program to its end; after `limit` seconds it is killed, and ends with 124 as timeout(1) does."""


class LocalHost:
    """The machine that esosh runs on, or a tree of files below `root`."""

    def __init__(self, root: str = "/") -> None:
        self._root = Path(root)
        self.name = os.uname().nodename.partition(".")[0]

    def path(self, path: str) -> Path:
        """Where a path of the machine lies on disk."""
        return self._root / path.lstrip("/")

    def _change(self, path: str, call: Callable[..., _T], *arguments: Any, **options: Any) -> _T:
        """Every system call that changes something, made here: a host of another kind may have it fail."""
        return call(*arguments, **options)

    def read(self, path: str) -> str:
        return self.path(path).read_bytes().decode("utf-8", "surrogateescape")

    def write(self, path: str, text: str) -> None:
        descriptor = os.open(self.path(path), os.O_WRONLY)
        try:
            self._change(path, os.write, descriptor, _encode(text))
        finally:
            os.close(descriptor)

    def replace(self, path: str, text: Optional[str], mode: Optional[int] = None) -> None:
        place = self.path(path)
        if text is None:
            self._change(path, place.unlink)
            return self._sync_folder(path)
        self._make_folder(path)
        there = place.stat() if place.exists() else None
        fresh = place.with_name(f".{place.name}.esosh-{os.getpid()}")
        try:
            with self._change(path, open, fresh, "wb") as file:
                kept = there.st_mode & 0o7777 if there else 0o644
                self._change(path, os.fchmod, file.fileno(), kept if mode is None else mode)
                if there and (there.st_uid, there.st_gid) != (os.geteuid(), os.getegid()):
                    self._change(path, os.fchown, file.fileno(), there.st_uid, there.st_gid)
                self._change(path, file.write, _encode(text))
                file.flush()
                self._change(path, os.fsync, file.fileno())
            self._change(path, os.rename, fresh, place)
        except BaseException:
            self._change(path, fresh.unlink, missing_ok=True)
            raise
        self._sync_folder(path)

    def sweep(self, path: str) -> None:
        place = self.path(path)
        for name in self.list(os.path.dirname(path)):
            if name.startswith(f".{place.name}.esosh-"):
                self._change(path, place.with_name(name).unlink, missing_ok=True)

    def append(self, path: str, line: str, sync: bool = False, make: bool = True) -> None:
        self._make_folder(path)
        descriptor = self._change(path, os.open, self.path(path), os.O_WRONLY | os.O_APPEND | os.O_CREAT * make, 0o600)
        try:
            self._append_whole(path, descriptor, _encode(line + "\n"))
            if sync:
                self._change(path, os.fsync, descriptor)
        finally:
            os.close(descriptor)

    def _append_whole(self, path: str, descriptor: int, raw: bytes) -> None:
        """All of it or nothing: a full disk takes a part of a write."""
        size = os.fstat(descriptor).st_size
        if self._change(path, os.write, descriptor, raw) < len(raw):
            self._change(path, os.ftruncate, descriptor, size)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def _make_folder(self, path: str) -> None:
        """The folder that a file is to lie in, and those above it."""
        folder = self.path(path).parent
        if not folder.is_dir():
            self._change(path, folder.mkdir, parents=True, exist_ok=True)

    def _sync_folder(self, path: str) -> None:
        descriptor = os.open(self.path(path).parent, os.O_RDONLY)
        try:
            self._change(path, os.fsync, descriptor)
        finally:
            os.close(descriptor)

    def remove(self, path: str) -> None:
        place = self.path(path)
        if place.is_dir() and not place.is_symlink():
            self._change(path, place.rmdir)
        else:
            self._change(path, place.unlink)

    def mkdir(self, path: str) -> None:
        self._change(path, self.path(path).mkdir, parents=True, exist_ok=True)

    def list(self, path: str) -> tuple[str, ...]:
        try:
            return tuple(sorted(os.listdir(self.path(path))))
        except (FileNotFoundError, NotADirectoryError):
            return ()

    def exists(self, path: str) -> bool:
        return os.path.lexists(self.path(path))

    def stat(self, path: str) -> Stat:
        found = self.path(path).stat()
        return Stat(found.st_mode & 0o7777, found.st_uid, found.st_gid, found.st_mtime)

    def readlink(self, path: str) -> Optional[str]:
        try:
            return os.readlink(self.path(path))
        except OSError as error:
            if error.errno in (errno.EINVAL, errno.ENOENT, errno.ENOTDIR):
                return None
            raise

    @contextlib.contextmanager
    def lock(self, path: str, wait: float, note: Optional[str] = None) -> Iterator[Lock]:
        self._make_folder(path)
        lock = Lock(self._change(path, os.open, self.path(path), os.O_RDWR | os.O_CREAT, 0o644))
        try:
            lock.take(wait)
            with contextlib.nullcontext() if note is None else self._noted(path, lock, note):
                yield lock
        finally:
            lock.release()

    @contextlib.contextmanager
    def _noted(self, path: str, lock: Lock, note: str) -> Iterator[None]:
        """The note in the locked file, as long as the lock is held, in the place of one that a dead holder left."""
        self._note(path, lock, note)
        try:
            yield
        finally:
            if not lock.handed:
                self._note(path, lock, "")

    def _note(self, path: str, lock: Lock, note: str) -> None:
        if not note and not os.fstat(lock.descriptor).st_size:
            return
        with contextlib.suppress(OSError):  # a note that cannot be written stops nothing
            self._change(path, os.ftruncate, lock.descriptor, 0)
            self._change(path, os.pwrite, lock.descriptor, _encode(note), 0)

    def companion(self, work: Callable[[str], None], lock: Lock) -> Companion:
        return Companion(work, lock)

    def run(self, argv: Sequence[str], stdin: str = "", limit: Optional[float] = None) -> Output:
        try:
            done: subprocess.CompletedProcess[bytes] = self._change(
                argv[0], subprocess.run, list(argv), input=_encode(stdin), capture_output=True, env=_ENVIRONMENT,
                cwd=self._root, check=False, timeout=limit,
            )
        except subprocess.TimeoutExpired:
            return Output(124, err=f"{argv[0]}: not done after {limit:g} s\n")
        return Output(done.returncode, _decode(done.stdout), _decode(done.stderr))


def _encode(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _decode(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")
