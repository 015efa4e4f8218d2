"""The plain files below a sandbox's directory, with changes that land all together or not at all.

What a simulated kernel changes in answer to one write is staged first and then landed.
"""

from __future__ import annotations

import errno
import os
import stat

from ..host import files
from ..host.local import read_text
from .landing import Change, Landing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path
    from typing import Callable, Optional, Union


class Tree:
    """Look at the files below `root`, stage changes, land them. Paths are the box's own, from "/"."""

    def __init__(self, root: Union[str, os.PathLike[str]]) -> None:
        self._root = os.fspath(root)
        self._real_root = ""
        self._landing = Landing(self._root)
        self._staged: list[Change] = []
        self._texts: dict[str, str] = {}

    @property
    def root(self) -> Path:
        """The sandbox's directory."""
        return self.path("/")

    def path(self, path: str) -> Path:
        """Where a path of the box lies on disk."""
        from pathlib import Path  # slow to import, and only programs and tests ask

        return Path(self.place(path))

    def place(self, path: str) -> str:
        """Where a path of the box lies on disk, as a text."""
        return f"{self._root}/{path.lstrip('/')}"

    def read(self, path: str, check: Optional[Callable[[int], None]] = None) -> str:
        """The content of a file; `check` may look at the open file first, and refuse it."""
        return read_text(files.target(self._root, path), check)

    def resolve(self, path: str) -> tuple[str, bool]:
        """The path without links and ".." that a path leads to, and whether a folder lies there.

        The path is empty when it leads out of the box. Raises OSError when it leads to nothing.
        """
        place, is_folder = _resolve(self.place(path))
        self._real_root = self._real_root or os.path.realpath(self._root)
        inside = place.startswith(f"{self._real_root}/")
        return place[len(self._real_root) :] if inside else "", is_folder

    def exists(self, path: str) -> bool:
        """Whether the path exists; a dangling link does."""
        return os.path.lexists(self.place(path))

    def isdir(self, path: str) -> bool:
        """Whether it is a folder, or a link to one."""
        return os.path.isdir(self.place(path))

    def is_folder_or_link(self, path: str) -> bool:
        """Whether it is a folder or a link, wherever that leads."""
        try:
            mode = os.lstat(self.place(path)).st_mode
        except (FileNotFoundError, NotADirectoryError):
            return False
        return stat.S_ISDIR(mode) or stat.S_ISLNK(mode)

    def list(self, path: str) -> list[str]:
        """The sorted names in a folder; none when there is no such folder."""
        try:
            return sorted(os.listdir(self.place(path)))
        except (FileNotFoundError, NotADirectoryError):
            return []

    def readlink(self, path: str) -> Optional[str]:
        """Where a symbolic link points; None when it is none."""
        try:
            return os.readlink(self.place(path))
        except OSError as error:
            if error.errno in (errno.EINVAL, errno.ENOENT, errno.ENOTDIR):
                return None
            raise

    def put(self, path: str, text: str, mode: int = 0o644) -> None:
        """Stage the content of a file; folders above it are made."""
        self._staged.append(("put", path, text, mode))
        self._texts[path] = text

    def staged(self, path: str) -> Optional[str]:
        """The content that is staged for a file; None when none is."""
        return self._texts.get(path)

    def mkdir(self, path: str) -> None:
        """Stage a folder."""
        self._staged.append(("mkdir", path, "", 0))

    def link(self, path: str, to: str) -> None:
        """Stage a symbolic link."""
        self._staged.append(("link", path, to, 0))

    def remove(self, path: str) -> None:
        """Stage the removal of a file, a link, or a folder with all that is in it."""
        self._staged.append(("remove", path, "", 0))

    def forget(self) -> None:
        """Drop what is staged."""
        self._staged.clear()
        self._texts.clear()

    def land(self) -> None:
        """Make all staged changes."""
        staged, self._staged = self._staged, []
        self._texts.clear()
        self._landing.land(staged)

    def is_landing(self) -> bool:
        """Whether changes are landing now, or a process died while it landed them."""
        return self._landing.is_under_way()

    def settle(self) -> None:
        """Finish what a process that died had begun to land."""
        if self.is_landing():
            self._landing.finish()


def _resolve(place: str) -> tuple[str, bool]:
    """Where a path on disk leads to, and whether a folder lies there; one look, however deep the path is."""
    descriptor = os.open(place, os.O_PATH)
    try:
        is_folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        return os.readlink(f"/proc/self/fd/{descriptor}"), is_folder
    finally:
        os.close(descriptor)
