"""The cluster: read from the CIB and changed by one patch of it, the last step of a commit.

/etc/esosh/cib.xml has the configuration as the last commit left it: the CIB itself is not in /etc, and so in
no history.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...config import Config
from ...config.ha import EMPTY, OWNED, Ha
from ...config.paths import Path
from ...errors import Refused
from ...host import Host
from . import cib, tree
from .changing import facts, perform, steps
from .state import overview, status

COPY = "/etc/esosh/cib.xml"
FILES = (COPY,)
PRIVATE = (COPY,)

__all__ = (
    "FILES", "PRIVATE", "amend", "facts", "follow_ups", "is_driven", "notes", "overview", "past",
    "perform", "read", "running", "saved", "status", "steps",
)


def read(host: Host) -> Ha:
    """The configuration of the cluster that runs, or of its file. Raises Refused where it cannot be read."""
    return _read(cib.look(host).text, cib.FILE)


saved = read


def past(host: Host) -> Ha:
    """The configuration as a commit left it."""
    return _read(host.read(COPY) if host.exists(COPY) else "", COPY)


def _read(text: str, file: str) -> Ha:
    if not text:
        return EMPTY
    try:
        return tree.read(tree.parse(text))
    except ValueError as error:
        raise Refused(f"{file}: {error}", code="E243") from None


def running(host: Host, saved: Ha) -> Ha:
    """The cluster runs what it has saved."""
    return saved


def amend(path: str, text: str, old: Config, new: Config) -> str:
    """The copy of the configuration."""
    return text if old.ha == new.ha else f"<cib>{tree.text_of(tree.document(new.ha))}</cib>\n"


def notes(path: str, text: str, old: Config, new: Config) -> Iterator[str]:
    """Nothing."""
    return iter(())


def follow_ups(old: Config, new: Config, host: Host) -> Iterator[tuple[str, str]]:
    """Nothing: the cluster acts at once."""
    return iter(())


def is_driven(path: Path) -> bool:
    """Whether the cluster itself writes a fact: its own options, its nodes."""
    if path[1] == "nodes":
        return len(path) < 5
    return path[1] == "crm_config" and len(path) > 4 and any(path[4].endswith(f"-{name}") for name in OWNED)
