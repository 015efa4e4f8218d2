"""The files of /etc as a commit holds them."""

from __future__ import annotations

import errno
import os
from typing import Optional, cast

from ..errors import Refused
from ..host import Host
from ..records import Record
from .repository import output

_LINKS = 9  # links that lead from one to the next


class Snapshot(Record):
    """The files that a commit of /etc holds, as a host that can only be read: no kernel, no programs."""

    host: Host
    hash: str

    def exists(self, path: str) -> bool:
        """Whether the commit has the file."""
        return path.startswith("/etc/") and self._text(path) is not None

    def read(self, path: str) -> str:
        """The file as it was. Raises FileNotFoundError; Refused for a link to what no commit has."""
        text = self._text(path)
        if text is None:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
        return text

    def _text(self, path: str) -> Optional[str]:
        return text_of(self.host, f"{self.hash}:{path[len('/etc/') :]}")


def text_of(host: Host, name: str) -> Optional[str]:
    """What a file of a commit held, through links within /etc; None where there was none. Raises Refused."""
    for _ in range(_LINKS):
        answer = output(host, "cat-file", "--batch", "--follow-symlinks", stdin=f"{name}\n")
        head, _, text = answer.partition("\n")
        if " blob " in head:
            return text[:-1]
        if not head.startswith("symlink "):
            return None
        link = text.rstrip("\n")
        commit, _, path = name.partition(":")
        if not link.startswith("/etc/"):
            message = f"commit {commit} has /etc/{path} as a link to {link}: what that held is in no history"
            raise Refused(message, word=commit, code="E202")
        name = f"{commit}:{link[len('/etc/') :]}"
    return None


def snapshot(host: Host, commit: str) -> Host:
    """The files that a commit holds, by its hash."""
    return cast(Host, Snapshot(host, commit))
