"""Host, the only door to a machine, and LocalHost, the machine that esosh runs on.

Nothing else in esosh opens a file of the machine or starts a program. Paths are absolute paths of the
machine; text is UTF-8, and bytes that are not come back and go out unchanged (surrogateescape).
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Optional, Protocol

_ENVIRONMENT = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", "HOME": "/root"}
_POLL = 0.02  # seconds between two tries to get a lock


@dataclass(frozen=True)
class Output:
    """What a program left: its exit status and what it printed."""

    status: int
    out: str = ""
    err: str = ""


@dataclass(frozen=True)
class Stat:
    """Mode bits and owner of a file."""

    mode: int
    uid: int
    gid: int


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
    def append(self, path: str, line: str, sync: bool = False) -> None:
        """Append one line; the file is made, 0600, when it is not there."""
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
    def lock(self, path: str, wait: float, note: str = "") -> AbstractContextManager[None]:
        """Hold an exclusive flock(2) on a file; TimeoutError names the holder's note after `wait` seconds."""
    def run(self, argv: Sequence[str], stdin: str = "") -> Output:
        """Run a program to its end."""


class LocalHost:
    """The machine that esosh runs on, or a tree of files below `root`."""

    def __init__(self, root: str = "/") -> None:
        self._root = Path(root)
        self.name = os.uname().nodename.partition(".")[0]

    def path(self, path: str) -> Path:
        """Where a path of the machine lies on disk."""
        return self._root / path.lstrip("/")

    def read(self, path: str) -> str:
        return self.path(path).read_bytes().decode("utf-8", "surrogateescape")

    def write(self, path: str, text: str) -> None:
        descriptor = os.open(self.path(path), os.O_WRONLY)
        try:
            os.write(descriptor, _encode(text))
        finally:
            os.close(descriptor)

    def replace(self, path: str, text: Optional[str], mode: Optional[int] = None) -> None:
        place = self.path(path)
        if text is None:
            place.unlink()
            _sync_folder(place.parent)
            return
        place.parent.mkdir(parents=True, exist_ok=True)
        there = place.stat() if place.exists() else None
        fresh = place.with_name(f".{place.name}.esosh-{os.getpid()}")
        try:
            with open(fresh, "wb") as file:
                os.fchmod(file.fileno(), mode if mode is not None else there.st_mode & 0o7777 if there else 0o644)
                if there and (there.st_uid, there.st_gid) != (os.geteuid(), os.getegid()):
                    os.fchown(file.fileno(), there.st_uid, there.st_gid)
                file.write(_encode(text))
                file.flush()
                os.fsync(file.fileno())
            os.replace(fresh, place)
        except BaseException:
            fresh.unlink(missing_ok=True)
            raise
        _sync_folder(place.parent)

    def append(self, path: str, line: str, sync: bool = False) -> None:
        place = self.path(path)
        place.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(place, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            _append_whole(descriptor, _encode(line + "\n"))
            if sync:
                os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def remove(self, path: str) -> None:
        place = self.path(path)
        if place.is_dir() and not place.is_symlink():
            place.rmdir()
        else:
            place.unlink()

    def mkdir(self, path: str) -> None:
        self.path(path).mkdir(parents=True, exist_ok=True)

    def list(self, path: str) -> tuple[str, ...]:
        try:
            return tuple(sorted(os.listdir(self.path(path))))
        except (FileNotFoundError, NotADirectoryError):
            return ()

    def exists(self, path: str) -> bool:
        return os.path.lexists(self.path(path))

    def stat(self, path: str) -> Stat:
        found = self.path(path).stat()
        return Stat(found.st_mode & 0o7777, found.st_uid, found.st_gid)

    def readlink(self, path: str) -> Optional[str]:
        try:
            return os.readlink(self.path(path))
        except OSError as error:
            if error.errno in (errno.EINVAL, errno.ENOENT, errno.ENOTDIR):
                return None
            raise

    @contextlib.contextmanager
    def lock(self, path: str, wait: float, note: str = "") -> Iterator[None]:
        place = self.path(path)
        place.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(place, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            _wait(descriptor, time.monotonic() + wait)
            with _noted(descriptor, note) if note else contextlib.nullcontext():
                yield
        finally:
            os.close(descriptor)

    def run(self, argv: Sequence[str], stdin: str = "") -> Output:
        done = subprocess.run(
            list(argv), input=_encode(stdin), capture_output=True, env=_ENVIRONMENT, cwd=self._root, check=False
        )
        return Output(done.returncode, _decode(done.stdout), _decode(done.stderr))


@contextlib.contextmanager
def _noted(descriptor: int, note: str) -> Iterator[None]:
    """The note in the locked file, as long as the lock is held."""
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, _encode(note), 0)
    try:
        yield
    finally:
        os.ftruncate(descriptor, 0)


def _wait(descriptor: int, deadline: float) -> None:
    while True:
        try:
            return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise TimeoutError(_decode(os.pread(descriptor, 4096, 0))) from None
            time.sleep(_POLL)


def _append_whole(descriptor: int, raw: bytes) -> None:
    """All of it or nothing: a full disk takes a part of a write."""
    size = os.fstat(descriptor).st_size
    if os.write(descriptor, raw) < len(raw):
        os.ftruncate(descriptor, size)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _encode(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _decode(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
