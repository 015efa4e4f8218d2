"""Writes that SCST took and goes on with: it answers EAGAIN when its work takes longer than 15 seconds.

last_sysfs_mgmt_res cannot be read (EAGAIN) as long as work is pending, then it is the result of the last work done, whoever
asked for it: so it only says that the queue is empty, and what has become of a write is looked at. Source: SCST's
scst_sysfs.c; observed 2026-11.
"""

from __future__ import annotations

import time
from typing import Callable

from ...host import Host
from ...step import Action, Write

ROOT = "/sys/kernel/scst_tgt"
PATIENCE = 600.0  # seconds; a thousand devices take less
_RESULT = f"{ROOT}/last_sysfs_mgmt_res"
_PAUSE = 0.2


Waited = Callable[[float], None]  # is told, again and again, for how many seconds something is waited for


def concerns(action: Action) -> bool:
    """Whether an action is SCST's to do."""
    return isinstance(action, Write) and action.path.startswith(f"{ROOT}/")


def perform(host: Host, action: Action, waited: Waited) -> str:
    """Do it, and wait where SCST only queued it; then give what SCST says of the last work that it did, whoever's it was.

    Raises OSError; TimeoutError where SCST comes to no end.
    """
    try:
        action.perform(host)
    except BlockingIOError:
        if not concerns(action):
            raise
        return f"SCST queued it, and then its last result was {settle(host, waited)}"
    return ""


def read(host: Host, path: str) -> str:
    """Read an attribute, of which SCST may look up the value only when its queued work is done. Raises OSError."""
    try:
        return host.read(path)
    except BlockingIOError:
        settle(host)
        return host.read(path)


def settle(host: Host, waited: Waited = lambda seconds: None) -> str:
    """Wait until nothing is queued any more; give the result of the work that was last. Raises TimeoutError."""
    start = time.monotonic()
    while True:
        try:
            return host.read(_RESULT).strip()
        except FileNotFoundError:  # SCST is not loaded
            return ""
        except BlockingIOError:
            seconds = time.monotonic() - start
            if seconds > PATIENCE:
                raise TimeoutError(f"SCST still works on it after {PATIENCE:.0f} s; {_RESULT} tells when it is done") from None
            waited(seconds)
            time.sleep(_PAUSE)
