"""How staged changes land: all of them or none, and every file and every new folder whole.

A small journal comes first. When a process dies while it lands changes, the next one lands the rest, as a
real kernel finishes a command whose writer died. Where the journal has no end, nothing was changed yet.

What exists is replaced by a rename. A new folder is built beside the box's files and moved to its place when
the next change lies elsewhere.
"""

from __future__ import annotations

import errno
import os
from itertools import chain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path
    from typing import Union

    Place = Union[str, Path]

Change = tuple[str, str, str, int]
"""What is done ("put", "link", "mkdir" or "remove"), the path, the text or the link's target, the mode."""

_FOLDER_MODE = 0o755


class Landing:
    """Makes changes below `root`. One process at a time may land them."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._journal, self._fresh, self._draft = (
            f"{root}/.kernel/{name}" for name in ("landing", "fresh", "draft")
        )
        self._drafted = ""  # the folder that the draft will be
        self._folder = self._place = ""  # where the last change lay, as a path of the box, and now on disk

    def land(self, changes: Sequence[Change]) -> None:
        """Make the changes in their order; more than one are journaled first."""
        if len(changes) < 2:
            return self._make_all(changes)
        _make_file(self._journal, _journal(changes), 0o600)
        self._make_all(changes)
        os.unlink(self._journal)

    def is_under_way(self) -> bool:
        """Whether changes are landing now, or a process died while it landed them."""
        return os.path.exists(self._journal)

    def finish(self) -> None:
        """Land what a process that died had begun to land."""
        with open(self._journal, "rb") as journal:
            changes = _journaled(journal.read())
        self._make_all(changes)
        os.unlink(self._journal)

    def _make_all(self, changes: Iterable[Change]) -> None:
        actions = {"put": self._put, "link": self._link, "mkdir": self._mkdir, "remove": self._remove}
        umask = os.umask(0)  # the modes are the kernel's
        try:
            for action, path, text, mode in changes:
                actions[action](path, text, mode)
            self._move_draft()
        finally:
            os.umask(umask)
            self._folder = self._drafted = ""

    def _put(self, path: str, text: str, mode: int) -> None:
        place = self._find(path)
        raw = text.encode("utf-8", "surrogateescape")
        if not self._drafted or not _create(place, raw, mode):
            self._replace(place, raw, mode)

    def _link(self, path: str, to: str, _mode: int) -> None:
        place = self._find(path)
        try:
            os.symlink(to, place)
        except FileExistsError:
            os.unlink(place)
            os.symlink(to, place)

    def _mkdir(self, path: str, _text: str, _mode: int) -> None:
        self._enter(path)

    def _remove(self, path: str, _text: str, _mode: int) -> None:
        self._move_draft()
        delete(self._root + path)

    def _find(self, path: str) -> str:
        """Where a path lies now on disk, in a folder that is there, or made in the draft."""
        folder, _, name = path.rpartition("/")
        if folder != self._folder:
            self._enter(folder)
        return f"{self._place}/{name}"

    def _enter(self, folder: str) -> None:
        if not f"{folder}/".startswith(f"{self._drafted}/"):
            self._move_draft()
        self._folder, self._place = folder, self._find_folder(folder)

    def _find_folder(self, folder: str) -> str:
        if not self._drafted:
            place = self._root + folder
            if os.path.isdir(place):
                return place
            self._start_draft(folder)
        place = self._draft + folder[len(self._drafted) :]
        _make_folder(place)
        return place

    def _start_draft(self, folder: str) -> None:
        """Begin the draft of the topmost folder that is missing; what a process that died left goes."""
        if os.path.exists(self._draft):
            delete(self._draft)
        above = os.path.dirname(folder)
        while not os.path.isdir(self._root + above):
            folder, above = above, os.path.dirname(above)
        self._drafted = folder

    def _move_draft(self) -> None:
        if self._drafted:
            os.rename(self._draft, self._root + self._drafted)
        self._folder = self._drafted = ""

    def _replace(self, place: str, raw: bytes, mode: int) -> None:
        """Replace a file, or the one that a link leads to."""
        if os.path.islink(place):
            place = os.path.realpath(place)
        _make_file(self._fresh, raw, mode)
        os.rename(self._fresh, place)


def is_folder(place: Place) -> bool:
    """Whether a folder lies there, and not a link to one."""
    return os.path.isdir(place) and not os.path.islink(place)


def delete(place: Place) -> None:
    """Delete a file, a link, or a folder with all that is in it; nothing need lie there."""
    try:
        os.unlink(place)
    except FileNotFoundError:
        return
    except IsADirectoryError:
        for name in os.listdir(place):
            delete(f"{place}/{name}")
        os.rmdir(place)


def _make_folder(place: str) -> None:
    """Make a folder and those above it, unless they are there."""
    try:
        os.mkdir(place, _FOLDER_MODE)
    except FileExistsError:
        return
    except FileNotFoundError:
        _make_folder(os.path.dirname(place))
        os.mkdir(place, _FOLDER_MODE)


def _make_file(place: str, raw: bytes, mode: int) -> None:
    """Make a file anew; a process that died may have left one there."""
    try:
        made = _create(place, raw, mode)
    except FileNotFoundError:
        _make_folder(os.path.dirname(place))
        made = _create(place, raw, mode)
    if not made:
        os.unlink(place)
        _create(place, raw, mode)


def _create(place: str, raw: bytes, mode: int) -> bool:
    """Make a file where there is none; whether there was none."""
    try:
        descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except FileExistsError:
        return False
    try:
        if raw and os.write(descriptor, raw) < len(raw):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), place)
    finally:
        os.close(descriptor)
    return True


def _journal(changes: Sequence[Change]) -> bytes:
    """The text of a journal: its size, and the parts of all changes, with NULs between them."""
    raw = "\0".join(map(str, chain.from_iterable(changes))).encode("utf-8", "surrogateescape")
    return b"%d\0%b" % (len(raw), raw)


def _journaled(journal: bytes) -> list[Change]:
    """The changes in a journal; none when it was not written to its end."""
    size, _, raw = journal.partition(b"\0")
    if size != b"%d" % len(raw):
        return []
    parts = iter(raw.decode("utf-8", "surrogateescape").split("\0"))
    return [(action, path, text, int(mode)) for action, path, text, mode in zip(parts, parts, parts, parts)]
