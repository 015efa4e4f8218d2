"""Files of esosh's own state, which may be anything by the time they are read."""

from __future__ import annotations

import errno

from ..host import Host

LARGEST = 256 << 20  # bytes; a commit of 10,000 devices has a journal of some 20 megabytes


class Unusable(OSError):
    """What stands in the place of a file cannot be read as one."""


def read(host: Host, path: str, most: int = LARGEST) -> str:
    """A file of `most` bytes at most; nothing else is opened, so nobody waits for it.

    Raises FileNotFoundError, Unusable for what is no regular file or is too large, OSError.
    """
    require_usable(host, path, most)
    return host.read(path)


def require_usable(host: Host, path: str, most: int = LARGEST) -> None:
    """Raises FileNotFoundError, Unusable for what is no regular file or is too large, OSError."""
    status = host.stat(path)
    if not status.regular:
        raise Unusable(errno.EINVAL, "it is no regular file", path)
    if status.size > most:
        raise Unusable(errno.EFBIG, f"it is larger than {_size(most)}", path)


def _size(count: int) -> str:
    return f"{count >> 20} megabytes" if count >= 1 << 20 else f"{count} bytes"
