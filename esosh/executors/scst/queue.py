"""Writes that SCST accepted and still works on: it answers EAGAIN when they take longer than 15 seconds.

last_sysfs_mgmt_res cannot be read (EAGAIN) as long as work is pending; then it is the result of the last work
done, whoever asked for it. So it tells only that the queue is empty; what became of a write is looked at.

Source: SCST's scst_sysfs.c; observed 2026-11.
"""

from __future__ import annotations

import time

from ...host import Host
from .. import Waiting
from ..step import Action, Write

ROOT = "/sys/kernel/scst_tgt"
PATIENCE = 600.0  # seconds; a thousand devices take less
_RESULT = f"{ROOT}/last_sysfs_mgmt_res"
_PAUSE = 0.2


def is_for_scst(action: Action) -> bool:
    """Whether an action is a write to SCST."""
    return isinstance(action, Write) and action.path.startswith(f"{ROOT}/")


def perform(host: Host, action: Action, waiting: Waiting) -> str:
    """Do it, and wait where SCST only queued it; then report the result of the last work that SCST did.

    Raises OSError; TimeoutError where SCST does not end.
    """
    try:
        action.perform(host)
    except BlockingIOError:
        if not is_for_scst(action):
            raise
        return f"SCST queued it, and then its last result was {_wait(host, waiting)}"
    return ""


def settle(host: Host, action: Action, waiting: Waiting) -> None:
    """Wait until SCST has nothing queued: only then can be seen what became of a write. Raises OSError."""
    if is_for_scst(action):
        _wait(host, waiting)


def read(host: Host, path: str) -> str:
    """Read an attribute; SCST may look up its value only when the queued work is done. Raises OSError."""
    try:
        return host.read(path)
    except BlockingIOError:
        _wait(host, lambda seconds: None)
        return host.read(path)


def _wait(host: Host, waiting: Waiting) -> str:
    """Wait until nothing is queued; give the result of the last work. Raises TimeoutError."""
    start = time.monotonic()
    while True:
        try:
            return host.read(_RESULT).strip()
        except FileNotFoundError:  # SCST is not loaded
            return ""
        except BlockingIOError:
            seconds = time.monotonic() - start
            if seconds > PATIENCE:
                message = f"SCST still works on it after {PATIENCE:.0f} s; {_RESULT} tells when it is done"
                raise TimeoutError(message) from None
            waiting(seconds)
            time.sleep(_PAUSE)
