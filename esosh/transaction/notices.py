"""Notices of how commits ended, for whoever comes next, and the log."""

from __future__ import annotations

import contextlib

from ..errors import system_reason
from ..host import Host
from ..views import clean
from . import aside, state

LOG = "/var/log/esosh.log"
NOTICE = "/var/lib/esosh/word"
_LONGEST = 10_000  # letters


def leave_notice(host: Host, text: str) -> None:
    """Leave notice of how a commit ended, for the next session."""
    log(host, text)
    with contextlib.suppress(OSError):
        aside.making_way(host, NOTICE, lambda: host.replace(NOTICE, text + "\n", 0o600))


def notice(host: Host) -> str:
    """The notice that was left, "" for none; of a file that was written by others, its beginning."""
    try:
        return state.read(host, NOTICE)[:_LONGEST].strip()
    except FileNotFoundError:  # the next session may take it at any moment
        return ""
    except OSError as error:
        return f"{NOTICE} cannot be read: {system_reason(error)}"


def take_notice(host: Host) -> str:
    """The notice that was left; it is given once."""
    text = notice(host)
    if text:
        with contextlib.suppress(OSError):  # it is told once more then
            aside.remove(host, NOTICE)
    return text


def log(host: Host, text: str) -> None:
    """Write a line into the log; a log that cannot be written stops nothing."""
    with contextlib.suppress(OSError):
        host.append(LOG, clean(text.replace("\n", " ")))
