"""Runs esosh on a box that is kept in memory, and prints the processor seconds that the kernel did not take.

    kept_in_memory BOX ARGUMENT... [-- ARGUMENT...]

"--" stands between two runs on the same box.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from benchmarks.memory import filled
from esosh.shell import cli, start


def main(box: str, words: list[str]) -> int:
    """Do the runs up to the first that fails; give the exit status of the last."""
    host = filled(Path(box))
    start.host = lambda options: host  # the seam where the command line gets its machine
    begin, status = time.process_time(), 0
    for run in " ".join(words).split(" -- "):
        status = status or cli.main(run.split())
    print(f"{time.process_time() - begin - host.kernel_cpu:.6f}", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
