"""The machine that esosh runs on."""

from __future__ import annotations

import contextlib
import errno
import os
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Callable, Optional, TypeVar

from . import Output, Stat
from .lock import Companion, Lock

_ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", "HOME": "/root",
}
_TIMED_OUT = 124  # the exit status of timeout(1)
_T = TypeVar("_T")


class LocalHost:
    """The machine that esosh runs on, or a tree of files below `root`."""

    def __init__(self, root: str = "/") -> None:
        self._root = Path(root)
        self.name = os.uname().nodename.partition(".")[0]

    def path(self, path: str) -> Path:
        """The path on disk of a path of the machine."""
        return self._root / path.lstrip("/")

    def _change(self, path: str, call: Callable[..., _T], *arguments: Any, **options: Any) -> _T:
        """Make a system call that changes something; a subclass can let it fail."""
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
        if text is None:
            self._change(path, self.path(path).unlink)
        else:
            self._make_folder(path)
            self._replace(path, text, mode)
        self._sync_folder(path)

    def _replace(self, path: str, text: str, mode: Optional[int]) -> None:
        old = self.path(path)
        new = old.with_name(f"{_temporary(old)}{os.getpid()}")
        try:
            with self._change(path, open, new, "wb") as file:
                self._set_owner(path, file.fileno(), mode)
                self._change(path, file.write, _encode(text))
                file.flush()
                self._change(path, os.fsync, file.fileno())
            self._change(path, os.rename, new, old)
        except BaseException:
            self._change(path, new.unlink, missing_ok=True)
            raise

    def _set_owner(self, path: str, descriptor: int, mode: Optional[int]) -> None:
        """Give the new file at a path the mode and the owner that the old one has, if there is an old one."""
        old = self.path(path).stat() if self.path(path).exists() else None
        kept = old.st_mode & 0o7777 if old else 0o644
        self._change(path, os.fchmod, descriptor, kept if mode is None else mode)
        if old and (old.st_uid, old.st_gid) != (os.geteuid(), os.getegid()):
            self._change(path, os.fchown, descriptor, old.st_uid, old.st_gid)

    def sweep(self, path: str) -> None:
        file = self.path(path)
        for name in self.list(os.path.dirname(path)):
            if name.startswith(_temporary(file)):
                self._change(path, file.with_name(name).unlink, missing_ok=True)

    def append(self, path: str, line: str, sync: bool = False, make: bool = True) -> None:
        self._make_folder(path)
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT * make
        descriptor = self._change(path, os.open, self.path(path), flags, 0o600)
        try:
            self._append_whole(path, descriptor, _encode(line + "\n"))
            if sync:
                self._change(path, os.fsync, descriptor)
        finally:
            os.close(descriptor)

    def _append_whole(self, path: str, descriptor: int, raw: bytes) -> None:
        """Append all of it or nothing: on a full disk, a write may write only a part."""
        size = os.fstat(descriptor).st_size
        if self._change(path, os.write, descriptor, raw) < len(raw):
            self._change(path, os.ftruncate, descriptor, size)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def _make_folder(self, path: str) -> None:
        """Make the folder of a file, and those above it."""
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
        target = self.path(path)
        is_folder = target.is_dir() and not target.is_symlink()
        self._change(path, target.rmdir if is_folder else target.unlink)

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
        result = self.path(path).stat()
        return Stat(result.st_mode & 0o7777, result.st_uid, result.st_gid, result.st_mtime)

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
        try:
            result: subprocess.CompletedProcess[bytes] = self._change(
                argv[0], subprocess.run, list(argv), input=_encode(stdin), capture_output=True,
                env=_ENVIRONMENT, cwd=self._root, check=False, timeout=limit,
            )
        except subprocess.TimeoutExpired:
            return Output(_TIMED_OUT, err=f"{argv[0]}: not done after {limit:g} s\n")
        return Output(result.returncode, _decode(result.stdout), _decode(result.stderr))


def _temporary(file: Path) -> str:
    """How the names begin of the temporary files that replace a file; the process id follows."""
    return f".{file.name}.esosh-"


def _encode(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _decode(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")
