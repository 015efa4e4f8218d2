"""A host kept in memory, so that only what esosh itself does is measured: no kernel, no disk."""

from __future__ import annotations

import contextlib
import errno
import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Callable, Optional

from benchmarks import scst
from esosh.host import Output, Stat
from esosh.host.lock import Companion, Lock

_SCST = "/sys/kernel/scst_tgt/"
_LINKS = 40  # in one path, as in the kernel


class Memory:
    """Files, folders and links in dicts. The part of SCST that a benchmark writes to answers.

    `kernel_cpu`: processor seconds of these answers.
    """

    name = "memory"

    def __init__(self) -> None:
        self.files: dict[str, str] = {}
        self._appended: dict[str, list[str]] = {}  # lines that are not in the files' texts yet
        self.links: dict[str, str] = {}
        self.folders: dict[str, dict[str, None]] = {"/": {}}
        self.kernel_cpu = 0.0

    # what Host asks for

    def read(self, path: str) -> str:
        return self._file(path)[1]

    def write(self, path: str, text: str) -> None:
        real, _ = self._file(path)
        if not real.startswith(_SCST):
            self.files[real] = text
        elif not self._answered(real, text):
            raise _error(errno.EINVAL, path)

    def _answered(self, path: str, text: str) -> bool:
        """Whether SCST answers a write; what that costs is the kernel's."""
        start = time.process_time()
        try:
            return scst.write(self, path, text)
        finally:
            self.kernel_cpu += time.process_time() - start

    def replace(self, path: str, text: Optional[str], mode: Optional[int] = None) -> None:
        if text is None:
            self.remove(path)
        else:
            self.put(path, text)

    def sweep(self, path: str) -> None:
        pass

    def append(self, path: str, line: str, sync: bool = False, make: bool = True) -> None:
        if path not in self.files:
            if not make:
                raise _error(errno.ENOENT, path)
            self.put(path, "")
        self._appended.setdefault(path, []).append(f"{line}\n")

    def remove(self, path: str) -> None:
        """Remove a file, a link, or a folder with all that is in it."""
        folder, name = os.path.split(path)
        if name not in self.folders.get(folder, ()):
            raise _error(errno.ENOENT, path)
        for inner in tuple(self.folders.get(path, ())):
            self.remove(f"{path}/{inner}")
        for kept in (self.folders, self.files, self.links, self._appended):
            kept.pop(path, None)
        del self.folders[folder][name]

    def mkdir(self, path: str) -> None:
        if path not in self.folders:
            self.folders[path] = {}
            self._name(path)

    def list(self, path: str) -> tuple[str, ...]:
        return tuple(sorted(self.folders.get(self.resolve(path), ())))

    def exists(self, path: str) -> bool:
        folder, name = os.path.split(path)
        return name in self.folders.get(self.resolve(folder), ())

    def stat(self, path: str) -> Stat:
        real = self.resolve(path)
        if real not in self.files and real not in self.folders:
            raise _error(errno.ENOENT, path)
        return Stat(0o755 if real in self.folders else 0o644, 0, 0, 0)

    def readlink(self, path: str) -> Optional[str]:
        folder, name = os.path.split(path)
        return self.links.get(f"{self.resolve(folder)}/{name}")

    @contextlib.contextmanager
    def lock(self, path: str, wait: float, note: Optional[str] = None) -> Iterator[Lock]:
        yield Lock(-1)

    def companion(self, work: Callable[[str], None], lock: Lock) -> Companion:
        raise _error(errno.ENOSYS, "companion")

    def run(self, argv: Sequence[str], stdin: str = "", limit: Optional[float] = None) -> Output:
        return Output(1, err=f"{argv[0]}: no programs in memory\n")

    # what SCST makes of a write

    def put(self, path: str, text: str) -> None:
        """Keep a file, and the folders above it."""
        if path not in self.files:
            self._name(path)
        self._appended.pop(path, None)
        self.files[path] = text

    def link(self, path: str, target: str) -> None:
        """Keep a link, relative as in sysfs, and the folders above it."""
        self._name(path)
        self.links[path] = os.path.relpath(target, os.path.dirname(path))

    def _name(self, path: str) -> None:
        """Note a name in its folder."""
        folder, name = os.path.split(path)
        self.mkdir(folder)
        self.folders[folder][name] = None

    def resolve(self, path: str) -> str:
        """A path without links; itself where it leads to nothing."""
        if path in self.files or path in self.folders:
            return path
        for _ in range(_LINKS):
            link = self._first_link(path)
            if not link:
                return path
            rest = path[len(link) :]
            path = os.path.normpath(os.path.join(os.path.dirname(link), self.links[link])) + rest
        raise _error(errno.ELOOP, path)

    def _first_link(self, path: str) -> str:
        """The first part of a path that is a link; "" for none."""
        end = path.find("/", 1)
        while end != -1 and path[:end] not in self.links:
            end = path.find("/", end + 1)
        start = path if end == -1 else path[:end]
        return start if start in self.links else ""

    def _file(self, path: str) -> tuple[str, str]:
        """The path of a file without links, and its text."""
        real = self.resolve(path)
        try:
            text = self.files[real] = self.files[real] + "".join(self._appended.pop(real, ()))
            return real, text
        except KeyError:
            raise _error(errno.EISDIR if real in self.folders else errno.ENOENT, path) from None


def filled(root: Path) -> Memory:
    """A host that has the files of a simulated box, but neither its git nor its kernel."""
    host = Memory()
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if name not in (".git", ".kernel")]
        inside = folder[len(str(root)) :]
        host.mkdir(inside or "/")
        for name in (*folders, *files):
            _keep(host, f"{inside}/{name}", f"{folder}/{name}")
    return host


def _keep(host: Memory, path: str, place: str) -> None:
    """Keep what lies at a place on disk."""
    if os.path.islink(place):
        host.link(path, os.path.normpath(os.path.join(os.path.dirname(path), os.readlink(place))))
    elif not os.path.isdir(place):
        host.put(path, Path(place).read_text(errors="surrogateescape"))


def _error(number: int, path: str) -> OSError:
    return OSError(number, os.strerror(number), path)
