"""What is in the place of a file of esosh's own and cannot be read as one: it is kept under another name.

That is a folder, a pipe, or a link that leads nowhere or in a circle. Nobody but esosh writes there, so
whatever it is may go; it is not thrown away, for somebody may look for it. Only a file that is too large is
not kept: the next sync would copy it to the boot medium.
"""

from __future__ import annotations

import errno
import itertools

from ..host import Host
from . import state

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable

_NO_FILE = (errno.EINVAL, errno.ELOOP)  # of state.require_usable
_IN_THE_WAY = (errno.EISDIR, errno.ENOTDIR, errno.EEXIST, errno.ENOTEMPTY)  # of rename(2)


def put_aside(host: Host, path: str, kept: str) -> str:
    """Give what is at a path another name: `kept`, or with a number behind it where a folder has that name.

    An older file of that name goes. Gives the name; "" for a file that is too large, which is removed.
    Raises OSError.
    """
    if _refusal(host, path) == errno.EFBIG:
        host.remove(path)
        return ""
    try:
        host.rename(path, kept)
    except OSError as error:
        if error.errno not in _IN_THE_WAY:
            raise
        kept = _free(host, kept)
        host.rename(path, kept)
    return kept


def _free(host: Host, path: str) -> str:
    """The path with the first number behind it that nothing has."""
    folder, _, name = path.rpartition("/")
    taken = host.list(folder)
    return next(f"{path}-{number}" for number in itertools.count(2) if f"{name}-{number}" not in taken)


def make_way(host: Host, path: str) -> str:
    """Put aside what is in the place of a file and is none; the name that it has then, "" for nothing."""
    return put_aside(host, path, f"{path}.damaged") if is_no_file(host, path) else ""


def is_no_file(host: Host, path: str) -> bool:
    """Whether what is in the place of a file is none. Raises OSError."""
    refusal = _refusal(host, path)
    return host.readlink(path) is not None if refusal == errno.ENOENT else refusal in _NO_FILE


def is_unusable(host: Host, path: str) -> bool:
    """Whether what is in the place of a file cannot be used as one: it is none, or too large."""
    return is_no_file(host, path) or _refusal(host, path) == errno.EFBIG


def _refusal(host: Host, path: str) -> int:
    """The errno that says what is wrong with a file; 0 for one that may be read."""
    try:
        state.require_usable(host, path)
    except OSError as error:
        return error.errno or errno.EIO
    return 0


def making_way(host: Host, path: str, write: Callable[[], None]) -> None:
    """Write a file; where that fails for what is in its place, put that aside, and write. Raises OSError."""
    try:
        write()
    except OSError:
        if not make_way(host, path):
            raise
        write()


def remove(host: Host, path: str) -> None:
    """Remove a file; a folder that is not empty is put aside. Raises OSError."""
    try:
        host.remove(path)
    except OSError:
        if not make_way(host, path):
            raise
