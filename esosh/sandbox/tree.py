"""The plain files below a sandbox's directory, with changes that land all together or not at all.

What a simulated kernel changes in answer to one write is staged first and then landed under a small journal.
When a process dies while it lands changes, the next one lands the rest, as a real kernel finishes a command
whose writer died.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Callable, Optional, TypeVar

_JOURNAL = ".kernel/landing"
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
        """Whether the path exists; a dangling link does."""
        return os.path.lexists(self.path(path))

    def isdir(self, path: str) -> bool:
        """Whether it is a folder, or a link to one."""
        return self.path(path).is_dir()

    def list(self, path: str) -> list[str]:
        """The sorted names in a folder; none when there is no such folder."""
        place = self.path(path)
        return sorted(os.listdir(place)) if place.is_dir() else []

    def readlink(self, path: str) -> Optional[str]:
        """Where a symbolic link points; None when it is none."""
        place = self.path(path)
        return os.readlink(place) if place.is_symlink() else None

    def put(self, path: str, text: str, mode: int = 0o644) -> None:
        """Stage the content of a file; folders above it are made."""
        self._staged.append(("put", path, text, f"{mode:o}"))
        self._texts[path] = text

    def staged(self, path: str) -> Optional[str]:
        """The content that is staged for a file; None when none is."""
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
        """Make all staged changes; more than one are journaled first."""
        staged, self._staged = self._staged, []
        self._texts.clear()
        if len(staged) < 2:
            return self._change_all(staged)
        self._write(_JOURNAL, json.dumps(staged), 0o600)
        self._change_all(staged)
        self.path(_JOURNAL).unlink()

    def is_landing(self) -> bool:
        """Whether changes are landing now, or a process died while it landed them."""
        return self.path(_JOURNAL).exists()

    def settle(self) -> None:
        """Finish what a process that died had begun to land."""
        if self.is_landing():
            journal = self.path(_JOURNAL)
            self._change_all(json.loads(journal.read_text()))
            journal.unlink()

    def _change_all(self, changes: Iterable[Sequence[str]]) -> None:
        actions: Mapping[str, Callable[..., None]] = {
            "put": self._put, "mkdir": self._mkdir, "link": self._link, "remove": self._remove,
        }
        for action, *details in changes:
            actions[action](*details)

    def _put(self, path: str, text: str, mode: str) -> None:
        self._write(path, text, int(mode, 8))

    def _mkdir(self, path: str) -> None:
        self.path(path).mkdir(parents=True, exist_ok=True)

    def _link(self, path: str, to: str) -> None:
        place = self.path(path)
        place.unlink(missing_ok=True)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(to)

    def _remove(self, path: str) -> None:
        delete(self.path(path))

    def _write(self, path: str, text: str, mode: int) -> None:
        place = str(self.path(path))
        if os.path.islink(place):
            place = os.path.realpath(place)
        draft = f"{self.root}/.kernel/fresh-{os.getpid()}"
        descriptor = _in_folder(draft, lambda: os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        with open(descriptor, "wb") as file:
            file.write(text.encode("utf-8", "surrogateescape"))
            os.fchmod(descriptor, mode)
        _in_folder(place, lambda: os.replace(draft, place))


def is_folder(place: Path) -> bool:
    """Whether a folder lies there, and not a link to one."""
    return place.is_dir() and not place.is_symlink()


def delete(place: Path) -> None:
    """Delete a file, a link, or a folder with all that is in it; nothing need lie there."""
    if is_folder(place):
        shutil.rmtree(place)
    else:
        place.unlink(missing_ok=True)


def _in_folder(place: str, call: Callable[[], _T]) -> _T:
    """Make a system call that needs the folder above a place; when that is missing it is made."""
    try:
        return call()
    except FileNotFoundError:
        os.makedirs(os.path.dirname(place), exist_ok=True)
        return call()
