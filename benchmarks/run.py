"""Measures esosh, as ratios within one run: absolute times on a shared machine say little."""

from __future__ import annotations

import functools
import pathlib
import resource
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence

from esosh.commands.parse import parse
from esosh.config import Config
from esosh.language.follow import follow
from esosh.session.edits import fold

ROUNDS = 7
PYTHON = [sys.executable]
ESOSH = [*PYTHON, "-m", "esosh"]


def cpu(argv: Sequence[str]) -> float:
    """Processor seconds of one process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(argv, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def ratio(what: str, one: Callable[[], float], other: Callable[[], float]) -> None:
    """Measure both in turn, and print the median of their ratios."""
    one(), other()
    pairs = [(one(), other()) for _ in range(ROUNDS)]
    times = [1000 * statistics.median(column) for column in zip(*pairs)]
    median = statistics.median(first / second for first, second in pairs)
    print(f"{what:62} {median:7.2f} x   ({times[0]:.1f} ms / {times[1]:.1f} ms)")


def timed(action: Callable[[], object]) -> Callable[[], float]:
    """The function that runs the action and returns its processor seconds."""

    def measured() -> float:
        start = time.process_time()
        action()
        return time.process_time() - start

    return measured


def main() -> None:
    """Print all figures."""
    box = str(pathlib.Path(tempfile.mkdtemp(prefix="esosh-benchmark-")) / "box")
    subprocess.run([*ESOSH, "--sandbox", box, "status"], check=True, capture_output=True)
    processes(box)
    parts()
    batches(box)


def processes(box: str) -> None:
    """Print what a process of esosh costs."""
    python = functools.partial(cpu, [*PYTHON, "-I", "-c", "pass"])
    ratio("esosh --version / an empty python", functools.partial(cpu, [*ESOSH, "--version"]), python)
    show = [*ESOSH, "--sandbox", box, "show", "alua"]
    ratio("esosh show alua / an empty python", functools.partial(cpu, show), python)


def parts() -> None:
    """Print what parsing, folding and completing cost."""
    lines = [f"alua dgrp add g{number}" for number in range(1000)]
    commands = [parse(line) for line in lines]
    parse_all = timed(lambda: list(map(parse, lines)))
    ratio("parse 1,000 lines / shlex.split of them", parse_all, timed(lambda: list(map(shlex.split, lines))))
    ratio("fold 1,000 edits / parse 1,000 lines", timed(lambda: fold(Config(), commands)), parse_all)
    bond = "net bond bond0 slaves eth1"
    complete = timed(lambda: repeat(follow, f"{bond} "))
    ratio("what may follow a line / parse it", complete, timed(lambda: repeat(parse, bond)))


def repeat(function: Callable[[str], object], line: str) -> None:
    """Call a function with a line a thousand times."""
    for _ in range(1000):
        function(line)


def batches(box: str) -> None:
    """Print what large batches and many candidates cost."""
    folder, number = pathlib.Path(box).parent, 10_000
    names = (f"21:00:00:00:00:{port >> 8:02x}:{port & 255:02x}:ff" for port in range(1, number - 2))
    ports = [f"alua target add big t {name} rel_tgt_id={port}" for port, name in enumerate(names, 1)]
    file = folder / "many.esh"
    file.write_text("\n".join(["alua dgrp add big", "alua tgrp add big t group_id=1", *ports, "commit"]))
    run = [*ESOSH, "--sandbox", box]
    figure(f"{number} alua lines rehearsed", [*run, "--check", "-f", str(file)], number)
    figure(f"{number} alua lines committed in one batch", [*run, "-f", str(file)], number)
    exports(str(folder / "exports"), folder / "exports.esh", 1000)
    candidates(str(folder / "candidates"), folder / "candidates.esh", 100)


def candidates(box: str, file: pathlib.Path, number: int) -> None:
    """Print what many candidates cost."""
    file.write_text("\n".join(f"cib new c{name}\nsvc enable sbd" for name in range(number)))
    figure(f"{number} candidates made, an edit in each", [*ESOSH, "--sandbox", box, "-f", str(file)], number)
    figure(f"{number} candidates listed", [*ESOSH, "--sandbox", box, "cib", "list"], number)


def exports(box: str, file: pathlib.Path, number: int) -> None:
    """Print what a commit of many devices and LUNs costs, and then one of a single attribute."""
    names, target = [f"d{device:04}" for device in range(number)], "iqn.2026-11.local.esos1:target1"
    devices = [f"scst device add vdisk_nullio {name} size=16777216" for name in names]
    luns = [f"scst lun add {target} {lun} {name}" for lun, name in enumerate(names)]
    group = ["alua dgrp add big", f"alua device add big {' '.join(names)}"]
    file.write_text("\n".join([*devices, *luns, *group, "commit"]))
    run = [*ESOSH, "--sandbox", box]
    figure(f"{number} devices, LUNs and members in one commit", [*run, "-f", str(file)], number)
    edit = ["scst", "device", "set", names[0], "threads_num=4"]
    subprocess.run([*run, *edit], check=True, capture_output=True)
    figure("  and then one attribute of one of them", [*run, "commit"], 1)


def figure(what: str, argv: Sequence[str], number: int) -> None:
    """Run a program once; print how many things it did each second, and the peak of memory so far."""
    start = time.monotonic()
    subprocess.run(argv, check=True, capture_output=True)
    seconds = time.monotonic() - start
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    print(f"{what:62} {number / seconds:7.0f} /s  ({seconds:.1f} s, {peak} MB)")


if __name__ == "__main__":
    main()
