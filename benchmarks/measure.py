"""What a process costs, and how figures are taken and shown: as ratios, side by side, in one run."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log10
from typing import Callable, Optional

ROUNDS = 9
_COLUMN = 64

Measure = Callable[[], float]


@dataclass(frozen=True)
class Usage:
    """Seconds of the processor and of the clock, and most memory in MiB; waited children are in it."""

    cpu: float
    wall: float
    peak: float


def run(argv: Sequence[str], environment: Optional[Mapping[str, str]] = None, status: int = 0) -> Usage:
    """Run a program to its end, where no folder of its own comes before the installed one.

    Raises RuntimeError where its exit status is another.
    """
    start = time.monotonic()
    process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE, env=environment, cwd="/")
    assert process.stderr is not None
    with process.stderr:
        said = process.stderr.read().decode(errors="replace")
    _, ended, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(ended)
    if process.returncode != status:
        raise RuntimeError(f"{' '.join(argv)}: status {process.returncode}, not {status}\n{said}")
    return Usage(used.ru_utime + used.ru_stime, time.monotonic() - start, used.ru_maxrss / 1024)


def cpu(argv: Sequence[str], environment: Optional[Mapping[str, str]] = None, status: int = 0) -> Measure:
    """The measure of a program's processor seconds."""
    return lambda: run(argv, environment, status).cpu


def told_seconds(argv: Sequence[str], environment: Mapping[str, str]) -> Measure:
    """The measure of the seconds that a program tells by itself, as its last word on standard error."""

    def measured() -> float:
        process = subprocess.run(argv, env=environment, cwd="/", check=True, capture_output=True, text=True)
        return float(process.stderr.split()[-1])

    return measured


def ratio(what: str, one: Measure, other: Measure, goal: Optional[float] = None,
          rounds: int = ROUNDS) -> None:
    """Take two measures in turn, round after round, and show the median of their ratios."""
    one(), other()
    pairs = [(one(), other()) for _ in range(rounds)]
    median = statistics.median(first / second for first, second in pairs)
    times = " / ".join(duration(statistics.median(column)) for column in zip(*pairs))
    row(what, f"{median:.2f} x", f"{goal:g} x" if goal else "", times)


def seconds(what: str, measure: Measure, goal: float, rounds: int = ROUNDS) -> None:
    """Take a measure round after round, and show the median of its seconds."""
    median = statistics.median(measure() for _ in range(rounds))
    row(what, duration(median), duration(goal))


def growth(what: str, small: Usage, large: Usage, factor: int) -> None:
    """Show the exponent by which a cost grew with its box, and what it is on the larger box."""
    exponent = log10(large.cpu / small.cpu) / log10(factor)
    remark = f"{duration(large.cpu)} cpu, {duration(large.wall)} by the clock, {large.peak:.0f} MiB at most"
    row(what, f"{exponent:.2f}", "1.15", remark)


def row(what: str, figure: str, goal: str = "", remark: str = "") -> None:
    """Print a row: what it is, its figure, the figure to reach, and what it is made of."""
    print(f"{what:{_COLUMN}} {figure:>8} {goal:>8}  {remark}".rstrip(), flush=True)


def title(text: str, figure: str = "figure") -> None:
    """Print the title of some rows, and how busy the machine is."""
    print()
    row(text, figure, "to reach", f"load {os.getloadavg()[0]:.1f}")


def duration(value: float) -> str:
    """Seconds as a text; milliseconds where they are few."""
    return f"{value:.2f} s" if value >= 1 else f"{1000 * value:.1f} ms"
