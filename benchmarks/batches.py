"""What a batch of 10,000 lines costs, and what esosh itself does in a commit of 1,000 devices."""

from __future__ import annotations

import itertools
import tempfile
from functools import partial
from pathlib import Path

from benchmarks.boxes import Box, boot, device_names, export_lines, port_lines, write_lines
from benchmarks.measure import Measure, cpu, ratio, seconds, told_seconds

_LINES, _DEVICES = 10_000, 1_000
_PATTERN = "scst device add vdisk_nullio pattern size=16777216"  # benchmarks/scst makes new ones like it


def check(box: Box) -> None:
    """Show what rehearsing many lines costs."""
    file = write_lines(box.folder.with_suffix(".esh"), port_lines(_LINES))
    ratio(f"{_LINES:,} lines rehearsed / shlex and a dict", partial(box.cpu, "--check", "-f", str(file)),
          _yardstick(box, file), 5, 3)


def commit(box: Box) -> None:
    """Show what committing many lines costs, each time on a copy of the box."""
    file = write_lines(box.folder.with_suffix(".esh"), port_lines(_LINES))

    def committed() -> float:
        with tempfile.TemporaryDirectory(dir=box.folder.parent) as folder:
            return box.copy(Path(folder) / "box").cpu("-f", str(file))

    ratio(f"{_LINES:,} lines committed / shlex and a dict", committed, _yardstick(box, file), 60, 3)


def _yardstick(box: Box, file: Path) -> Measure:
    """Each line cut into words by shlex, and kept in a dict."""
    return cpu(box.installation.program("shlex_dict", str(file)), box.installation.environment)


def patterned(like: Box) -> Box:
    """A box that has a device like which the kernel in memory makes others."""
    box = boot(like.installation, like.folder.with_name("patterned"))
    box.run("--commit", "-f", str(write_lines(box.folder.with_suffix(".esh"), iter((_PATTERN,)))))
    return box


def in_memory(box: Box, large: Box) -> None:
    """Show what esosh itself does in a commit, on copies of boxes that are kept in memory."""
    seconds(f"{_DEVICES:,} devices, LUNs and members, one commit, our own", own_commit(box), 0.8, 3)
    edit = f"scst device set {device_names(1)[0]} threads_num=4"
    own_edit = _own(large, *edit.split(), "--", "commit")
    seconds(f"one attribute and its commit on {_DEVICES:,} devices, our own", own_edit, 0.1)


def own_commit(box: Box) -> Measure:
    """The measure of what esosh itself does to commit 1,000 devices, LUNs and members on a patterned box."""
    lines = itertools.chain(export_lines(_DEVICES), ("commit",))
    return _own(box, "-f", str(write_lines(box.folder.with_name("exports.esh"), lines)))


def _own(box: Box, *words: str) -> Measure:
    """The measure of the processor seconds that esosh itself takes; "--" stands between two runs."""
    argv = box.installation.program("kept_in_memory", str(box.folder), *words)
    return told_seconds(argv, box.installation.environment)
