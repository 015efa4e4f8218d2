"""A program of which only the end counts: its output is not kept, and its children end with it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def ends_well(argv: Sequence[str], environment: Mapping[str, str], folder: str, limit: float) -> bool:
    """Whether a program ends with status 0 within so many seconds. Raises OSError where it cannot be started.

    It leads a process group of its own, which is killed at its end or at the limit.
    """
    null = subprocess.DEVNULL
    process = subprocess.Popen(
        list(argv), stdin=null, stdout=null, stderr=null, env=dict(environment), cwd=folder,
        start_new_session=True,
    )
    try:
        return process.wait(limit) == 0
    except subprocess.TimeoutExpired:
        return False
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
