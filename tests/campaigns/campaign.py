"""Kill real processes anywhere in a commit of 40 steps and more; recovery must give exactly "before" or "after".

    python tests/campaigns/campaign.py [--kills N] [--seed S] [--only CASE]

Without --kills a process is killed at every system call of a commit that changes something, on a sandbox and on
LocalHost below a folder. Processes are also killed from outside at random moments, and killed again while they recover.
A CASE is KIND:PLACE[:PLACE]; at the second place the process that recovers is killed. A PLACE is the number of a system
call or, with a dot in it, a fraction of the time that an undisturbed commit takes.
"""

from __future__ import annotations

import argparse
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Callable, Optional

from boxes import changed
from campaign_boxes import COMMIT, PROGRAMS, Reference, Snapshot, copied, look, output, reference_run, start

from esosh.host.local import LocalHost
from esosh.transaction import journal

WORKERS = 2
PARTS = 5
RANDOM_KILLS = 100  # of each random part, unless --kills gives the number of all
Tamper = Callable[[Path], None]


def run_and_kill(kind: str, box: Path, place: str, words: Sequence[str], seconds: float) -> bool:
    """Run the program and kill it at a place; give whether it was killed, and did not end before."""
    faults = box / "faults"
    if "." not in place:
        faults.write_text(f"syscall * crash after {place}\n")
    process = start(kind, box, *words)
    try:
        process.communicate(timeout=float(place) * seconds if "." in place else 120)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
    faults.unlink(missing_ok=True)
    wait_until_unlocked(box)
    return process.returncode == -signal.SIGKILL


def wait_until_unlocked(box: Path) -> None:
    """Wait until no process holds the commit lock: a child of a killed process may outlive it and hold the lock."""
    with LocalHost(str(box)).lock(journal.COMMIT_LOCK, 30):
        pass


def play(reference: Reference, case: str, tamper: Optional[Tamper] = None) -> str:
    """Play a case; the outcome is "before" or "after". Raises AssertionError where it is neither."""
    kind, seconds = reference.kind, reference.seconds
    first, _, second = case.partition(":")
    with copied(reference.box) as box:
        assert run_and_kill(kind, box, first, COMMIT, seconds) or "." in first, "the commit was not killed"
        if tamper:
            tamper(box)
        if second:
            assert run_and_kill(kind, box, second, ("recover",), seconds), "the recovery was not killed"
        output(kind, box, "recover")
        return outcome(reference, box)


def outcome(reference: Reference, box: Path) -> str:
    """Whether a recovered box is exactly as before or after the commit."""
    actual = look(reference.kind, box)
    assert not (box / "var/lib/esosh/journal").exists(), "the journal still exists"
    if actual == reference.after:
        check_git(box)
        return "after"
    before, after = difference(actual, reference.before), difference(actual, reference.after)
    assert actual == reference.before, f"neither: not as before: {before}; not as after: {after}"
    return "before"


def difference(actual: Snapshot, expected: Snapshot) -> str:
    """How two states of a box differ."""
    paths = " ".join(changed(expected.files, actual.files)[:9])
    return f"files {paths}, edits {expected.edits != actual.edits}, shown {expected.shown != actual.shown}"


def check_git(box: Path) -> None:
    """After a commit git has /etc as it is, and the commit once."""
    if (box / "etc/.git").exists():
        assert not git(box, "status", "--porcelain"), "after, and /etc is not as in git"
        assert git(box, "log", "--format=%s").count("configuration by esosh") == 1, "not once in git"


def git(box: Path, *words: str) -> str:
    """What git prints about /etc of the box."""
    argv = ["git", "-c", "safe.directory=*", "-C", str(box / "etc"), *words]
    return subprocess.run(argv, capture_output=True, text=True, check=True).stdout


def parts(reference: Reference, kills: Optional[int], rng: random.Random) -> Iterator[tuple[str, list[str]]]:
    """The parts of a campaign: a name, and the places where processes are killed."""
    calls, commit_point = len(reference.calls), reference.commit_point
    count = RANDOM_KILLS if kills is None else kills // PARTS
    if reference.kind != "calm":
        spread = range(calls) if kills is None else sorted(rng.sample(range(calls), min(calls, count)))
        yield "killed before a system call", [str(place) for place in spread]
        yield "killed at any moment", [f"{rng.uniform(0.1, 1.3):.4f}" for _ in range(count)]
    if reference.kind != "sandbox":
        firsts, seconds = range(commit_point // 2, commit_point), range(reference.steps // 2)
        twice = [f"{rng.choice(firsts)}:{rng.choice(seconds)}" for _ in range(count)]
        yield "killed, and again while it recovers", twice


def play_part(reference: Reference, name: str, cases: Sequence[str], tamper: Optional[Tamper] = None) -> list[str]:
    """Play the cases and print how many were right; give the failures."""
    def outcome_or_failure(case: str) -> str:
        try:
            return play(reference, case, tamper)
        except (AssertionError, OSError, subprocess.SubprocessError) as error:
            return f"{reference.kind}:{case} {error}"

    with ThreadPoolExecutor(WORKERS) as pool:
        outcomes = list(pool.map(outcome_or_failure, cases))
    failures = [result for result in outcomes if result not in ("before", "after")]
    print(f"{reference.kind}, {name}: {len(outcomes) - len(failures)}/{len(outcomes)}"
          f" ({outcomes.count('before')} before, {outcomes.count('after')} after)", flush=True)
    return failures


def campaign(kills: Optional[int], seed: int) -> int:
    """Play all parts; give the exit status."""
    rng, failures = random.Random(seed), []
    with tempfile.TemporaryDirectory(prefix="campaign-") as folder:
        for kind in PROGRAMS:
            reference = reference_run(kind, Path(folder))
            for name, cases in parts(reference, kills, rng):
                failures += play_part(reference, name, cases)
    for failure in failures[:1]:
        print(f"the first that failed: {failure}\n  python {sys.argv[0]} --only {failure.split()[0]}")
    if failures[1:]:
        print("others:", *(failure.split()[0] for failure in failures[1:]))
    return 1 if failures else 0


def play_one(case: str) -> int:
    """Play one case."""
    kind, _, places = case.partition(":")
    with tempfile.TemporaryDirectory(prefix="campaign-") as folder:
        reference = reference_run(kind, Path(folder))
        if "." not in places:
            print("killed before:", reference.calls[int(places.partition(":")[0])])
        failures = play_part(reference, places, [places])
    for failure in failures:
        print(failure)
    return 1 if failures else 0


def main() -> int:
    """Read the command line, and run."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, help=f"of all (default: every system call, and {4 * RANDOM_KILLS} more)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", metavar="CASE")
    options = parser.parse_args()
    began = time.monotonic()
    status = play_one(options.only) if options.only else campaign(options.kills, options.seed)
    print(f"{time.monotonic() - began:.0f} seconds")
    return status


if __name__ == "__main__":
    sys.exit(main())
