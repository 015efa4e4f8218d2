"""Texts that a user gives: files and standard input, which may be anything and as long as they like."""

from __future__ import annotations

import errno
import os
import stat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO

LARGEST = 32 << 20  # bytes, or letters of standard input; lines for 10,000 devices are 2 MiB
_TOO_LARGE = f"it is larger than {LARGEST >> 20} megabytes"
_NOT_REGULAR = "it is no regular file (lines from a pipe: esosh -f -)"


def read_file(path: str) -> str:
    """The text of a file. Raises OSError for one that is too large or no regular file; it never waits."""
    if "\0" in path:
        raise OSError(errno.EINVAL, "no file has such a name", path)
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    with open(descriptor, "rb") as file:
        kind = os.fstat(descriptor)
        if stat.S_ISDIR(kind.st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
        if not stat.S_ISREG(kind.st_mode):
            raise OSError(errno.EINVAL, _NOT_REGULAR, path)
        raw = file.read(LARGEST + 1)
    if len(raw) > LARGEST:
        raise OSError(errno.EFBIG, _TOO_LARGE, path)
    return raw.decode("utf-8", "surrogateescape")


def read_stream(stream: TextIO) -> str:
    """What a stream holds to its end. Raises OSError where that is too much."""
    text = stream.read(LARGEST + 1)
    if len(text) > LARGEST:
        raise OSError(errno.EFBIG, _TOO_LARGE)
    return text
