"""The machine that esosh runs on."""

from __future__ import annotations

import contextlib
import errno
import functools
import os
import stat

from . import Output, Stat, files
from .lock import Companion, Lock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from typing import Any, Callable, Optional, TypeVar

    _T = TypeVar("_T")

_ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", "HOME": "/root",
}
_TIMED_OUT = 124  # the exit status of timeout(1)
_CHUNK = 65536  # bytes


class LocalHost:
    """The machine that esosh runs on, or a tree of files below `root`."""

    def __init__(self, root: str = "/") -> None:
        self._root = root.rstrip("/")
        self.name = os.uname().nodename.partition(".")[0]

    def path(self, path: str) -> Path:
        """The path on disk of a path of the machine."""
        from pathlib import Path  # slow to import, and esosh itself never asks

        return Path(self._place(path) or "/")

    def _place(self, path: str) -> str:
        """The path on disk as a text."""
        return f"{self._root}/{path.lstrip('/')}"

    def _followed(self, path: str) -> str:
        """The path on disk that a path leads to; below a root, links with a full path stay below it."""
        return files.target(self._root, path) if self._root else self._place(path)

    def _change(self, path: str, call: Callable[..., _T], *arguments: Any, **options: Any) -> _T:
        """Make a system call that changes something; a subclass can let it fail."""
        return call(*arguments, **options)

    def read(self, path: str) -> str:
        return read_text(self._followed(path))

    def write(self, path: str, text: str) -> None:
        place = self._place(path)
        descriptor = os.open(place, os.O_WRONLY)
        try:
            self._change(path, os.write, descriptor, _encode(text))
        except OSError as error:
            error.filename = error.filename or path
            raise
        finally:
            os.close(descriptor)

    def replace(self, path: str, text: Optional[str], mode: Optional[int] = None) -> None:
        place, change = files.target(self._root, path), functools.partial(self._change, path)
        if text is None:
            change(os.unlink, place)
        else:
            self._make_folder(path, place)
            files.replace(change, place, _encode(text), mode)
        self._sync_folder(path, place)

    def sweep(self, path: str) -> None:
        place = files.target(self._root, path)
        folder, prefix = os.path.dirname(place), files.temporary(place)
        for name in _names(folder):
            if f"{folder}/{name}".startswith(prefix):
                files.discard(functools.partial(self._change, path), f"{folder}/{name}")

    def append(self, path: str, line: str, sync: bool = False, make: bool = True) -> None:
        place = self._followed(path)
        self._make_folder(path, place)
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT * make
        descriptor = self._change(path, os.open, place, flags, 0o600)
        size, raw = os.fstat(descriptor).st_size, _encode(line + "\n")
        try:
            self._append_whole(path, descriptor, raw)
            if sync:
                self._change(path, os.fsync, descriptor)
        except BaseException:
            self._take_back(path, descriptor, size, size + len(raw))
            raise
        finally:
            os.close(descriptor)

    def _append_whole(self, path: str, descriptor: int, raw: bytes) -> None:
        """Append all of it: on a full disk, a write may write only a part. Raises OSError."""
        if self._change(path, os.write, descriptor, raw) < len(raw):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def _take_back(self, path: str, descriptor: int, size: int, grown: int) -> None:
        """Cut a file to the size that it had, unless somebody else has appended to it meanwhile."""
        with contextlib.suppress(OSError):  # what failed before is the error to tell
            if size < os.fstat(descriptor).st_size <= grown:
                self._change(path, os.ftruncate, descriptor, size)

    def _make_folder(self, path: str, place: str) -> None:
        """Make the folder of a file, and those above it."""
        folder = os.path.dirname(place)
        if not os.path.isdir(folder):
            self._change(path, files.mkdir, folder)

    def _sync_folder(self, path: str, place: str) -> None:
        descriptor = os.open(os.path.dirname(place), os.O_RDONLY)
        try:
            self._change(path, os.fsync, descriptor)
        finally:
            os.close(descriptor)

    def remove(self, path: str) -> None:
        place = self._place(path)
        is_folder = os.path.isdir(place) and not os.path.islink(place)
        self._change(path, os.rmdir if is_folder else os.unlink, place)

    def rename(self, path: str, new: str) -> None:
        place = self._place(path)
        self._change(path, os.rename, place, self._place(new))
        self._sync_folder(path, place)

    def mkdir(self, path: str) -> None:
        self._change(path, files.mkdir, self._place(path))

    def list(self, path: str) -> tuple[str, ...]:
        return tuple(sorted(_names(self._place(path))))

    def exists(self, path: str) -> bool:
        try:
            return os.path.exists(self._followed(path))
        except OSError:  # links that lead in a circle
            return False

    def stat(self, path: str) -> Stat:
        result = os.stat(self._followed(path))
        mode, regular = stat.S_IMODE(result.st_mode), stat.S_ISREG(result.st_mode)
        return Stat(mode, result.st_uid, result.st_gid, result.st_mtime, result.st_size, regular)

    def readlink(self, path: str) -> Optional[str]:
        try:
            return os.readlink(self._place(path))
        except OSError as error:
            if error.errno in (errno.EINVAL, errno.ENOENT, errno.ENOTDIR):
                return None
            raise

    @contextlib.contextmanager
    def lock(self, path: str, wait: float, note: Optional[str] = None) -> Iterator[Lock]:
        place = self._place(path)
        self._make_folder(path, place)
        lock = Lock(files.open_lock(functools.partial(self._change, path), place))
        try:
            lock.take(wait)
            with contextlib.nullcontext() if note is None else self._noted(path, lock, note):
                yield lock
        finally:
            lock.release()

    @contextlib.contextmanager
    def _noted(self, path: str, lock: Lock, note: str) -> Iterator[None]:
        """Keep the note in the locked file as long as the lock is held; it replaces that of a dead holder."""
        self._note(path, lock, note)
        try:
            yield
        finally:
            if not lock.handed_over:
                self._note(path, lock, "")

    def _note(self, path: str, lock: Lock, note: str) -> None:
        if not note and not os.fstat(lock.descriptor).st_size:
            return
        with contextlib.suppress(OSError):  # the note only informs: a full disk must not stop the work
            self._change(path, os.ftruncate, lock.descriptor, 0)
            self._change(path, os.pwrite, lock.descriptor, _encode(note), 0)

    def companion(self, work: Callable[[str], None], lock: Lock) -> Companion:
        return Companion(work, lock)

    def run(self, argv: Sequence[str], stdin: str = "", limit: Optional[float] = None) -> Output:
        import subprocess  # slow to import, and not needed to look at files

        try:
            result: subprocess.CompletedProcess[bytes] = self._change(
                argv[0], subprocess.run, list(argv), input=_encode(stdin), capture_output=True,
                env=_ENVIRONMENT, cwd=self._root or "/", check=False, timeout=limit,
            )
        except subprocess.TimeoutExpired:
            return Output(_TIMED_OUT, err=f"{argv[0]}: not done after {limit:g} s\n")
        return Output(result.returncode, _decode(result.stdout), _decode(result.stderr))

    def finds(self, program: str) -> bool:
        import shutil  # few lines name a program

        return shutil.which(program, path=_ENVIRONMENT["PATH"]) is not None

    def ends_well(self, argv: Sequence[str], limit: float) -> bool:
        from .attempt import ends_well  # as slow to import as run

        return self._change(argv[0], ends_well, argv, _ENVIRONMENT, self._root or "/", limit)


def read_text(place: str, check: Optional[Callable[[int], None]] = None) -> str:
    """The content of a file on disk, to its end; `check` may look at the open file first, and refuse it.

    Raises OSError for what may never end: a pipe or a device.
    """
    descriptor = os.open(place, os.O_RDONLY | os.O_NONBLOCK)
    try:
        files.require_readable(os.fstat(descriptor))
        if check:
            check(descriptor)
        return _decode(read_open(descriptor))
    except OSError as error:
        error.filename = error.filename or place
        raise
    finally:
        os.close(descriptor)


def read_open(descriptor: int) -> bytes:
    """What an open file holds from here to its end; a kernel attribute may give it in pieces."""
    pieces = [os.read(descriptor, _CHUNK)]
    while pieces[-1]:
        pieces.append(os.read(descriptor, _CHUNK))
    return b"".join(pieces)


def _names(folder: str) -> list[str]:
    """The names in a folder on disk; none when there is no such folder."""
    try:
        return os.listdir(folder)
    except (FileNotFoundError, NotADirectoryError):
        return []


def _encode(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _decode(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")
