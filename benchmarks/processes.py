"""What one process of esosh costs, in empty pythons."""

from __future__ import annotations

from functools import partial

from benchmarks.boxes import Box
from benchmarks.measure import cpu, ratio

_EDITS = (
    ("svc enable sbd", 5),
    ("net bond bond0 slaves eth1 eth2", 5),
    ("scst device set disk01 threads_num=4", 5),
)
_LOOKS = (("show alua", 6), ("status", 6), ("plan", 6))


def one_shot(box: Box) -> None:
    """Show what one line costs on a small box: edits that are rehearsed, then looks at one that was made."""
    esosh = box.installation
    empty_python = esosh.empty_python
    ratio("--version", cpu(esosh.argv("--version"), esosh.environment), empty_python, 1.5)
    ratio("a line that is refused", partial(box.cpu, "svc", "enalbe", "sbd", status=2), empty_python, 3)
    for line, goal in _EDITS:
        ratio(f"--check {line}", partial(box.cpu, "--check", *line.split()), empty_python, goal)
    box.edit()
    for line, goal in _LOOKS:
        ratio(line, partial(box.cpu, *line.split()), empty_python, goal)


def on_large_box(large: Box, small: Box) -> None:
    """Show what one line costs on a box of 1,000 devices beside a box of 3."""
    ratio("show svc", partial(large.cpu, "show", "svc"), partial(small.cpu, "show", "svc"), 1.2)
    ratio("one edit", lambda: large.edit().cpu, lambda: small.edit().cpu, 1.2)
