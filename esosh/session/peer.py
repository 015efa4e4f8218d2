"""The other host of a pair: its configuration, from a file or through ssh(1), compared with this host's."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator
from typing import Any

from .. import checks, executors
from ..checks import Finding
from ..commands import Edit, field
from ..commands.parse import parse
from ..config import Config
from ..errors import LineError, Refused
from ..host import Host
from ..host.local import LocalHost
from ..language.source import sections
from ..language.words import logical_lines
from ..views.secrets import MASK
from . import script
from .secrets import read_file

_HOST = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@:-]*")
_SSH = ("ssh", "-o", "BatchMode=yes", "-o", "ConnectTimeout=10")


def findings(host: Host, config: Config, name: str) -> Iterator[Finding]:
    """What does not fit together on this host and the other one, of which `name` is the host or a file.

    Raises Refused.
    """
    for section, peer in checks.peers():
        theirs = read(host, name, section, peer)
        yield from peer.findings(getattr(config, field(section)), theirs)


def read(host: Host, name: str, section: str, peer: Any) -> Any:
    """A section of the other host: as it runs where that host has esosh, else as saved. Raises Refused."""
    text, has_esosh = _text(host, name, peer.FILE)
    entries = tuple(_entries(text, name, peer.SECTIONS)) if has_esosh or _is_in_language(text) else ()
    mine = executors.executor(field(section)).read(host)
    return peer.theirs(mine, text, entries, name)


def _text(host: Host, name: str, file: str) -> tuple[str, bool]:
    """The text, and whether esosh on that host gave it. Raises Refused."""
    if "/" in name or LocalHost().exists(os.path.abspath(name)):
        return read_file(name), False
    if not _HOST.fullmatch(name):
        raise Refused(f"{name} is neither a file nor the name of a host", word=name, code="E206")
    running = host.run((*_SSH, name, "esosh", "show"))
    if not running.status:
        return running.out, True
    return _saved_text(host, name, file), False


def _saved_text(host: Host, name: str, file: str) -> str:
    saved = host.run((*_SSH, name, "cat", file))
    if saved.status:
        reason = saved.err.strip() or f"ssh ended with status {saved.status}"
        raise Refused(f"{name} cannot be asked: {reason}", word=name, code="E223")
    return saved.out


def _levels() -> tuple[str, ...]:
    return (*sections(), "cib")


def _is_in_language(text: str) -> bool:
    """Whether the first line that is not empty or a comment is in our language, or begins like one."""
    for _, line in logical_lines(text):
        if line.partition(" ")[0] in _levels():
            return True
        try:
            if parse(line) is not None:
                return True
        except LineError:
            return False
    return False


def _entries(text: str, name: str, section_names: Collection[str]) -> Iterator[Any]:
    """The edits of some sections; a secret, which show hides, makes no difference here."""
    with_secrets = text.replace(f" {MASK}", f" {MASK * 3}")
    lines = "\n".join(_section_lines(with_secrets, section_names))
    return (entry for entry in script.read(lines, name) if isinstance(entry.command, Edit))


def _section_lines(text: str, section_names: Collection[str]) -> Iterator[str]:
    """The lines of some sections; empty lines replace the others, which may be of another version."""
    level = ""
    for _, line in logical_lines(text):
        words = line.partition("#")[0].split()
        section = words[0] if words and words[0] in _levels() else level
        if len(words) == 1:
            level = section
        yield line if section in section_names else "\n" * line.count("\n")
