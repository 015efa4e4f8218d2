"""Writes that SCST took and goes on with: it answers EAGAIN when its work takes longer than 15 seconds.

last_sysfs_mgmt_res cannot be read (EAGAIN) as long as work is pending, then it is the result of the last work done, whoever
asked for it: so it only says that the queue is empty, and what has become of a write is looked at. Source: SCST's
scst_sysfs.c; observed 2026-11.
"""

from __future__ import annotations

import time
from typing import Callable

from ...host import Host
from .sysfs import ROOT

PATIENCE = 600.0  # seconds; a thousand devices take less
_RESULT = f"{ROOT}/last_sysfs_mgmt_res"
_PAUSE = 0.2


def settle(host: Host, waited: Callable[[float], None], patience: float = PATIENCE) -> str:
    """Wait until nothing is queued any more; give the result of the work that was last. Raises TimeoutError."""
    start = time.monotonic()
    while True:
        try:
            return host.read(_RESULT).strip()
        except BlockingIOError:
            seconds = time.monotonic() - start
            if seconds > patience:
                raise TimeoutError(f"SCST still works on it after {patience:.0f} s; {_RESULT} tells when it is done") from None
            waited(seconds)
            time.sleep(_PAUSE)
