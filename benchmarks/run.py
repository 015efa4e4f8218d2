"""Figures of whole processes and of parts, as ratios in one run: times on a shared machine say little alone."""

from __future__ import annotations

import pathlib
import resource
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence

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
    """Measure both in turn, and print the median of the ratios."""
    one(), other()
    pairs = [(one(), other()) for _ in range(ROUNDS)]
    times = [1000 * statistics.median(column) for column in zip(*pairs)]
    median = statistics.median(mine / theirs for mine, theirs in pairs)
    print(f"{what:62} {median:7.2f} x   ({times[0]:.1f} ms / {times[1]:.1f} ms)")


def timed(action: Callable[[], object]) -> Callable[[], float]:
    """The action as something that gives its processor seconds."""

    def measured() -> float:
        start = time.process_time()
        action()
        return time.process_time() - start

    return measured


def main() -> None:
    """Print all figures."""
    from esosh import language
    from esosh.candidate import fold
    from esosh.config import Config

    box = str(pathlib.Path(tempfile.mkdtemp(prefix="esosh-benchmark-")) / "box")
    subprocess.run([*ESOSH, "--sandbox", box, "status"], check=True, capture_output=True)
    empty = [*PYTHON, "-I", "-c", "pass"]
    ratio("esosh --version / an empty python", lambda: cpu([*ESOSH, "--version"]), lambda: cpu(empty))
    ratio("esosh show alua / an empty python", lambda: cpu([*ESOSH, "--sandbox", box, "show", "alua"]), lambda: cpu(empty))
    lines = [f"alua dgrp add g{number}" for number in range(1000)]
    ratio("parse 1,000 lines / shlex.split of them", timed(lambda: [language.parse(line) for line in lines]),
          timed(lambda: [shlex.split(line) for line in lines]))
    commands = [language.parse(line) for line in lines]
    ratio("fold 1,000 edits / parse 1,000 lines", timed(lambda: fold(Config(), commands)),
          timed(lambda: [language.parse(line) for line in lines]))
    ratio("what may follow a line / parse it", timed(lambda: [language.follow("net bond bond0 slaves eth1 ") for _ in lines]),
          timed(lambda: [language.parse("net bond bond0 slaves eth1") for _ in lines]))
    many(box)


def many(box: str) -> None:
    """Print what large batches and many candidates cost."""
    folder, number = pathlib.Path(box).parent, 10_000
    names = (f"21:00:00:00:00:{at >> 8:02x}:{at & 255:02x}:ff" for at in range(1, number - 2))
    ports = [f"alua target add big t {name} rel_tgt_id={at}" for at, name in enumerate(names, 1)]
    file = folder / "many.esh"
    file.write_text("\n".join(["alua dgrp add big", "alua tgrp add big t group_id=1", *ports, "commit"]))
    figure(f"{number} alua lines rehearsed", [*ESOSH, "--sandbox", box, "--check", "-f", str(file)], number)
    figure(f"{number} alua lines committed in one batch", [*ESOSH, "--sandbox", box, "-f", str(file)], number)
    exported(str(folder / "exports"), folder / "exports.esh", 1000)
    box = str(folder / "candidates")
    lines = (line for at in range(100) for line in (f"cib new c{at}", "svc enable sbd"))
    file.write_text("\n".join(lines))
    figure("100 candidates made, an edit in each", [*ESOSH, "--sandbox", box, "-f", str(file)], 100)
    figure("100 candidates listed", [*ESOSH, "--sandbox", box, "cib", "list"], 100)


def exported(box: str, file: pathlib.Path, number: int) -> None:
    """Print what devices with LUNs in a device group cost in one commit, and one attribute beside them all."""
    names, target = [f"d{at:04}" for at in range(number)], "iqn.2026-11.local.esos1:target1"
    file.write_text("\n".join([
        *(f"scst device add vdisk_nullio {name} size=16777216" for name in names),
        *(f"scst lun add {target} {at} {name}" for at, name in enumerate(names)),
        "alua dgrp add big", f"alua device add big {' '.join(names)}", "commit",
    ]))
    figure(f"{number} devices, LUNs and members in one commit", [*ESOSH, "--sandbox", box, "-f", str(file)], number)
    edit = ["scst", "device", "set", names[0], "threads_num=4"]
    subprocess.run([*ESOSH, "--sandbox", box, *edit], check=True, capture_output=True)
    figure("  and then one attribute of one of them", [*ESOSH, "--sandbox", box, "commit"], 1)


def figure(what: str, argv: Sequence[str], number: int) -> None:
    """Run it once; print how many a second, and the peak of memory so far."""
    start = time.monotonic()
    subprocess.run(argv, check=True, capture_output=True)
    seconds = time.monotonic() - start
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    print(f"{what:62} {number / seconds:7.0f} /s  ({seconds:.1f} s, {peak} MB)")


if __name__ == "__main__":
    main()
