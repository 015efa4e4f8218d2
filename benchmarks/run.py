"""Measures esosh: ratios taken side by side in one run, for absolute times on a shared machine say little.

    python -m benchmarks.run           every figure, on up to 10,000 devices: ten minutes
    python -m benchmarks.run --short   a minute
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks import batches, networks, peers, processes, prompt, sizes
from benchmarks.boxes import Box, boot, fill
from benchmarks.installation import install
from benchmarks.measure import title

_MEMORY = Path("/dev/shm")  # its files cost no disk


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory(prefix="esosh-", dir=_MEMORY if _MEMORY.is_dir() else None) as folder:
        box = boot(install(Path(folder) / "installed"), Path(folder) / "box")
        thousand, patterned = _filled(box, 1_000), batches.patterned(box)
        _short(box, thousand, patterned)
        if "--short" not in sys.argv:
            _long(box, thousand, patterned)
            _large(_filled(box, 10_000), thousand, _filled(box, 10))
            title("the network")
            networks.networks(box.installation, Path(folder))


def _filled(like: Box, number: int) -> Box:
    """A box of so many devices."""
    box = boot(like.installation, like.folder.with_name(f"box{number}"))
    fill(box, number)
    return box


def _short(box: Box, thousand: Box, patterned: Box) -> None:
    title("one process / python -I -c pass")
    processes.one_shot(box)
    title("one process, on 1,000 devices / on 3")
    processes.on_large_box(thousand, box)
    title("the shell, and batches")
    prompt.start(box)
    batches.check(box)
    batches.in_memory(patterned, thousand)


def _long(box: Box, thousand: Box, patterned: Box) -> None:
    title("a batch with its commit, and other tools")
    batches.commit(box)
    peers.starts(box)
    peers.crm(thousand)
    peers.bare_writes(batches.own_commit(patterned), box)


def _large(box: Box, thousand: Box, ten: Box) -> None:
    title("10,000 devices")
    sizes.one_commit(box, thousand)
    prompt.keys(box, ten)
    title("from 1,000 to 10,000 devices", "exponent")
    sizes.grown(box, thousand)


if __name__ == "__main__":
    main()
