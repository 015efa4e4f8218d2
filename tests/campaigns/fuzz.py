"""Give esosh hostile lines, files, answers and values: whatever they are, it answers, soon, and never with a bug of its own.

    python tests/campaigns/fuzz.py [--share SHARE] [--seed S] [--parts NAME,...] [--only PART:NUMBER]

Each case is made of the seed, its part and its number alone, so that --only plays it again. It fails where anything but
an EsoshError or an OSError is raised, where it takes more than a second of the processor, where what is shown has a
control character, or where a line that was read is not read again as the same command.
"""

from __future__ import annotations

import argparse
import itertools
import os
import random
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, nullcontext
from typing import NamedTuple

from fuzz_parts import PARTS, Case

PROCESSES = 2
SECONDS = 1.0  # of the processor, for one case
_CHUNK = 250  # cases that a process plays at once


class Hang(BaseException):
    """A case took too long; no handler of esosh's takes it for an error of its own."""


class Failure(NamedTuple):
    """A case that failed: its name, what went wrong, and its input."""

    case: str
    problem: str
    given: str

    def __str__(self) -> str:
        shown = self.given if len(self.given) < 400 else f"{self.given[:300]}... ({len(self.given)} letters)"
        return f"{self.case} {self.problem}\n  given: {shown}"


@contextmanager
def limited(seconds: float = SECONDS) -> Iterator[None]:
    """Raises Hang where what is done takes so many seconds of the processor."""
    def stop(number: int, frame: object) -> None:
        raise Hang(f"more than {seconds:g} s of the processor")

    former = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, former)


def case_of(part: str, number: int, seed: int) -> Case:
    """The case of that number."""
    return PARTS[part].make(random.Random(f"{seed}:{part}:{number}"), number)


def play(part: str, number: int, seed: int) -> list[Failure]:
    """Play one case; give how it failed, if it did."""
    case = case_of(part, number, seed)
    try:
        with limited():
            case.run()
    except (Exception, Hang) as error:  # noqa: BLE001 - it is what the campaign looks for
        frames = traceback.extract_tb(error.__traceback__)
        frame = next((frame for frame in reversed(frames) if "/esosh/" in frame.filename), frames[-1])
        where = f"{os.path.basename(frame.filename)}:{frame.lineno}"
        return [Failure(f"{part}:{number}", f"(seed {seed}) {type(error).__name__}: {str(error)[:200]} ({where})", repr(case.given))]
    return []


def play_some(part: str, numbers: Sequence[int], seed: int) -> list[Failure]:
    """Play some cases, one after the other."""
    return list(itertools.chain.from_iterable(play(part, number, seed) for number in numbers))


def play_part(part: str, share: float, seed: int, processes: int = 1) -> list[Failure]:
    """Play a share of a part, print its failures and how many were right, and give the failures."""
    numbers = range(max(1, round(PARTS[part].count() * share)))
    chunks = [numbers[start : start + _CHUNK] for start in range(0, len(numbers), _CHUNK)]
    failures: list[Failure] = []
    with ProcessPoolExecutor(processes) if processes > 1 else nullcontext() as pool:
        found = (pool.map if pool else map)(play_some, itertools.repeat(part), chunks, itertools.repeat(seed))
        for failure in itertools.chain.from_iterable(found):
            print(f"{failure}\n  again: --seed {seed} --only {failure.case}", flush=True)
            failures.append(failure)
    print(f"{part}: {len(numbers) - len(failures)}/{len(numbers)}", flush=True)
    return failures


def campaign(parts: Sequence[str], share: float, seed: int) -> int:
    """Play the parts; give the exit status."""
    failures = [failure for part in parts for failure in play_part(part, share, seed, PROCESSES)]
    return 1 if failures else 0


def play_one(case: str, seed: int) -> int:
    """Play one case, and let its error be seen."""
    part, _, number = case.partition(":")
    one = case_of(part, int(number), seed)
    print("given:", ascii(one.given))
    with limited():
        one.run()
    print("right")
    return 0


def main() -> int:
    """Read the command line, and run."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--share", type=float, default=1.0, help="of all cases (default: 1)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--parts", default=",".join(PARTS))
    parser.add_argument("--only", metavar="PART:NUMBER")
    options = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="fuzz-") as tempfile.tempdir:
        status = play_one(options.only, options.seed) if options.only else campaign(
            options.parts.split(","), options.share, options.seed)
    print(f"{time.monotonic() - began:.0f} seconds")
    return status


if __name__ == "__main__":
    sys.exit(main())
