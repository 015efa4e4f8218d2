"""Files on disk: replaced whole or not at all, through links, and locked only where they are what they seem.

A new file has no name until all of it is on disk (open(2), O_TMPFILE), so a process that dies leaves nothing
behind; only where it takes the place of another file it has a name of its own for a moment.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Optional

    Change = Callable[..., Any]  # makes a system call that changes something

_LINKS = 40  # links that lead from one to the next, as many as Linux follows
_NAMELESS = os.O_WRONLY | os.O_TMPFILE
_NAMED = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
_NO_NAMELESS = (errno.EOPNOTSUPP, errno.EISDIR, errno.EINVAL)  # of a file system that has no O_TMPFILE
_PRIVATE = 0o700


def target(root: str, path: str) -> str:
    """The path on disk that a path of the machine below `root` leads to; its last part may be a link.

    Raises OSError for links that lead in a circle, and for a name with a NUL, which no file has.
    """
    place = f"{root}/{path.lstrip('/')}"
    if "\0" in place:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), place)
    for _ in range(_LINKS):
        try:
            link = os.readlink(place)
        except OSError:  # no link
            return place
        place = f"{root}{link}" if link.startswith("/") else f"{os.path.dirname(place)}/{link}"
    raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), f"{root}/{path.lstrip('/')}")


def mkdir(place: str) -> None:
    """Make a folder and those above it, for their owner alone."""
    above = os.path.dirname(place.rstrip("/"))
    if above and not os.path.isdir(above):
        mkdir(above)
    with contextlib.suppress(FileExistsError):
        os.mkdir(place, _PRIVATE)


def replace(change: Change, place: str, raw: bytes, mode: Optional[int]) -> None:
    """Replace a regular file, or make one. Raises OSError, and then nothing has changed."""
    old = _status(place)
    name, descriptor = _open_new(change, place)
    try:
        _set_owner(change, descriptor, old, mode)
        _write_whole(change, descriptor, raw)
        change(os.fsync, descriptor)
        _put(change, descriptor, name, place)
    except BaseException:
        discard(change, name)
        raise
    finally:
        os.close(descriptor)


def _status(place: str) -> Optional[os.stat_result]:
    """The status of the file to replace; None where there is none. Raises OSError for what is no file."""
    try:
        status = os.stat(place)
    except FileNotFoundError:
        return None
    _require_regular(status, place)
    return status


def _require_regular(status: os.stat_result, place: str) -> None:
    if not stat.S_ISREG(status.st_mode):
        number = errno.EISDIR if stat.S_ISDIR(status.st_mode) else errno.EINVAL
        raise OSError(number, "it is no regular file, and stays as it is", place)


def require_readable(status: os.stat_result) -> None:
    """Raises OSError for what may never end, or never begin: a pipe or a device."""
    if not stat.S_ISREG(status.st_mode) and not stat.S_ISDIR(status.st_mode):
        raise OSError(errno.EINVAL, "it is no regular file")


def _open_new(change: Change, place: str) -> tuple[str, int]:
    """An open file that is to be at a place, and the name that it has, or may get, on its way there."""
    name = f"{temporary(place)}{os.urandom(6).hex()}"
    if os.path.isdir("/proc/self/fd"):
        try:
            return name, change(os.open, os.path.dirname(place), _NAMELESS, 0o600)
        except OSError as error:
            if error.errno not in _NO_NAMELESS:
                raise
    return name, change(os.open, name, _NAMED, 0o600)


def _set_owner(change: Change, descriptor: int, old: Optional[os.stat_result], mode: Optional[int]) -> None:
    """Give a new file the mode and the owner of the old one, if there is an old one."""
    kept = stat.S_IMODE(old.st_mode) if old else 0o644
    change(os.fchmod, descriptor, kept if mode is None else mode)
    if old and (old.st_uid, old.st_gid) != (os.geteuid(), os.getegid()):
        change(os.fchown, descriptor, old.st_uid, old.st_gid)


def _write_whole(change: Change, descriptor: int, raw: bytes) -> None:
    """Write all of it: on a nearly full disk, a write may write only a part."""
    written = change(os.write, descriptor, raw)
    while written < len(raw):
        written += os.write(descriptor, raw[written:])


def _put(change: Change, descriptor: int, name: str, place: str) -> None:
    """Put a new file in its place."""
    if not os.path.lexists(name):
        if not os.path.lexists(place):
            with contextlib.suppress(FileExistsError):  # somebody made it just now
                return _link(change, descriptor, place)
        _link(change, descriptor, name)
    change(os.rename, name, place)


def _link(change: Change, descriptor: int, place: str) -> None:
    """Give a file without a name one. Raises FileExistsError."""
    # a folder's descriptor, which the full path does not need, makes link(2) follow the link in /proc
    change(os.link, f"/proc/self/fd/{descriptor}", place, src_dir_fd=descriptor)


def discard(change: Change, place: str) -> None:
    """Remove a file, where it exists."""
    with contextlib.suppress(FileNotFoundError):
        change(os.unlink, place)


def temporary(place: str) -> str:
    """How the names begin of the files that are to replace a file."""
    folder, name = os.path.split(place)
    return f"{folder}/.{name}.esosh-"


def open_lock(change: Change, place: str) -> int:
    """Open a file for locking; one that is missing is made.

    Raises OSError for what is no file of its own: what is written into it would land elsewhere.
    """
    try:
        descriptor: int = change(os.open, place, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o644)
    except OSError as error:
        if error.errno == errno.ELOOP:
            error.strerror = "this lock is a symbolic link, and is not followed; remove it"
        if error.errno == errno.EISDIR:
            error.strerror = "this lock is a folder; remove it"
        raise
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode) or status.st_nlink > 1:
        os.close(descriptor)
        raise OSError(errno.EINVAL, "this lock is no file of its own; remove it", place)
    return descriptor
