"""The plain files below a sandbox's directory, with changes that land all together or not at all.

What a simulated kernel changes in answer to one write is staged first and then landed under a small journal:
a process that dies while it lands leaves the rest to the next one, as a real kernel finishes a command whose
writer died.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Callable, Optional, TypeVar

_LANDING = ".kernel/landing"
_T = TypeVar("_T")


class Tree:
    """Look at the files below `root`, stage changes, land them. Paths are the box's own, from "/"."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._staged: list[tuple[str, ...]] = []
        self._texts: dict[str, str] = {}

    def path(self, path: str) -> Path:
        """Where a path of the box lies on disk."""
        return self.root / path.lstrip("/")

    def read(self, path: str) -> str:
        """The content of a file."""
        return self.path(path).read_bytes().decode("utf-8", "surrogateescape")

    def exists(self, path: str) -> bool:
        """Whether something is there, a dangling link included."""
        return os.path.lexists(self.path(path))

    def isdir(self, path: str) -> bool:
        """Whether it is a folder, or a link to one."""
        return self.path(path).is_dir()

    def list(self, path: str) -> list[str]:
        """The sorted names in a folder; nothing when there is none."""
        place = self.path(path)
        return sorted(os.listdir(place)) if place.is_dir() else []

    def readlink(self, path: str) -> Optional[str]:
        """Where a symbolic link points, None when it is none."""
        place = self.path(path)
        return os.readlink(place) if place.is_symlink() else None

    def put(self, path: str, text: str, mode: int = 0o644) -> None:
        """Stage a file's whole content; folders above it are made."""
        self._staged.append(("put", path, text, f"{mode:o}"))
        self._texts[path] = text

    def staged(self, path: str) -> Optional[str]:
        """What is staged for a file, None when nothing is."""
        return self._texts.get(path)

    def mkdir(self, path: str) -> None:
        """Stage a folder."""
        self._staged.append(("mkdir", path))

    def link(self, path: str, to: str) -> None:
        """Stage a symbolic link."""
        self._staged.append(("link", path, to))

    def remove(self, path: str) -> None:
        """Stage the removal of a file, a link, or a folder with all that is in it."""
        self._staged.append(("remove", path))

    def forget(self) -> None:
        """Drop what is staged."""
        self._staged.clear()
        self._texts.clear()

    def land(self) -> None:
        """Make everything that is staged so."""
        staged, self._staged = self._staged, []
        self._texts.clear()
        if len(staged) > 1:
            self._write(_LANDING, json.dumps(staged), 0o600)
        for change in staged:
            self._change(*change)
        if len(staged) > 1:
            self.path(_LANDING).unlink()

    def settle(self) -> None:
        """Finish what a process that died had begun to land."""
        journal = self.path(_LANDING)
        if journal.exists():
            for change in json.loads(journal.read_text()):
                self._change(*change)
            journal.unlink()

    def _change(self, what: str, path: str, text: str = "", mode: str = "") -> None:
        place = self.path(path)
        if what == "put":
            self._write(path, text, int(mode, 8))
        elif what == "mkdir":
            place.mkdir(parents=True, exist_ok=True)
        elif what == "link":
            place.unlink(missing_ok=True)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.symlink_to(text)
        elif place.is_dir() and not place.is_symlink():
            shutil.rmtree(place)
        else:
            place.unlink(missing_ok=True)

    def _write(self, path: str, text: str, mode: int) -> None:
        place = str(self.path(path))
        if os.path.islink(place):
            place = os.path.realpath(place)
        fresh = f"{self.root}/.kernel/fresh-{os.getpid()}"
        descriptor = _in_a_folder(fresh, lambda: os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        with open(descriptor, "wb") as file:
            file.write(text.encode("utf-8", "surrogateescape"))
            os.fchmod(descriptor, mode)
        _in_a_folder(place, lambda: os.replace(fresh, place))


def _in_a_folder(place: str, call: Callable[[], _T]) -> _T:
    """A system call that needs the folder above a place; it is made where it is not there."""
    try:
        return call()
    except FileNotFoundError:
        os.makedirs(os.path.dirname(place), exist_ok=True)
        return call()
