"""Two faults at once: a commit and its undo fail, or it is killed and its recovery is killed or meets a full disk.

    python tests/campaigns/two_faults.py [--times N] [--seed S] [--only CASE]

The machine is mended then, and `recover` must give exactly "before" or "after". Nothing may be mixed or forgotten, no
process may raise what no error is for, and none may hang. A CASE is BOX | FAULTS OF THE COMMIT | FAULTS OF THE RECOVERY.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import os
import random
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from boxes import Files, changed, do, session_on, snapshot
from campaign import WORKERS, git, wait_until_unlocked
from campaign_boxes import EDITS_FILE, IGNORED, MEMORY, copied

from esosh.errors import EsoshError
from esosh.sandbox import Sandbox
from esosh.transaction import journal, notices, pending, space

CALM = ("alua dgrp add esos", "alua device add esos disk01", "net general hostname=san1", "svc enable opensm", "svc disable sshd")
LINES = {"calm": CALM, "guarded": ("net bond bond0 slaves eth1 eth2 mode=active-backup", *CALM)}
COMMIT, RECOVER = "commit allow reboot", "recover"
ERRORS = ("ENOSPC", "EIO", "EROFS", "EACCES")
FULL, READ_ONLY, BROKEN = "[wom]* /[ev]* ENOSPC", "[!e]* /[ev]* EROFS", "* EIO"  # glob and error of what lasts
LIMIT = 60.0  # seconds, after which a process hangs
BUG = 70
RECOVERY_CALLS = 40  # about as many as a recovery makes


@dataclass(frozen=True)
class Reference:
    """A kind of box before and after the commit, and the number of system calls that the commit makes."""

    kind: str
    box: Path
    before: Files
    after: Files
    edits: bytes
    calls: int


def reference_run(kind: str, folder: Path) -> Reference:
    """Commit undisturbed."""
    box = folder / kind
    do(session_on(Sandbox(str(box), "esos1")), *LINES[kind])
    with copied(box) as copy:
        (copy / "faults").write_text(f"syscall * EIO after {10 ** 9}\n")
        host = Sandbox(str(copy))
        do(session_on(host), COMMIT)
        [counter] = host._faults._faults
        wait_until_unlocked(copy)
        return Reference(kind, box, files(box), files(copy), (box / EDITS_FILE).read_bytes(), counter.matches)


def files(box: Path) -> Files:
    """What a commit may change."""
    found = snapshot(str(box), IGNORED)
    for name in ("etc/esosh/", "var/log/wall"):  # a folder that git does not see while it is empty; what terminals were told
        found.pop(name, None)
    return found


def run(box: Path, faults: str, line: str) -> int:
    """Run a line in a process of its own that meets these faults; give its status. Raises AssertionError."""
    (box / "faults").write_text("".join(f"syscall {fault.strip()}\n" for fault in faults.split(";") if fault.strip()))
    child = os.fork()
    if child == 0:
        _run_and_exit(box, line)
    began = time.monotonic()
    while True:
        number, status = os.waitpid(child, os.WNOHANG)
        if number:
            break
        if time.monotonic() - began > LIMIT:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            raise AssertionError(f"{line} hangs")
        time.sleep(0.002)
    ended = os.WEXITSTATUS(status) if os.WIFEXITED(status) else -os.WTERMSIG(status)
    assert ended != BUG, (box / "bug").read_text()
    return ended


def _run_and_exit(box: Path, line: str) -> None:
    status = BUG
    try:
        do(session_on(Sandbox(str(box)), wait=LIMIT / 2), line)
        status = 0
    except (EsoshError, OSError) as error:
        text = " ".join(map(str, (error, *getattr(error, "details", ()))))
        status = BUG if "bug: " in text else getattr(error, "status", 1)
        (box / "bug").write_text(text)
    except Exception:  # noqa: BLE001 - that is what is looked for
        (box / "bug").write_text(traceback.format_exc())
    finally:
        os._exit(status)


def play(reference: Reference, case: str) -> str:
    """Play a case; the outcome is "before" or "after". Raises AssertionError where it is neither."""
    _, first, second = (part.strip() for part in case.split("|"))
    with copied(reference.box) as box:
        run(box, first, COMMIT)
        if second:
            run(box, second, RECOVER)
        status = run(box, "", RECOVER)
        wait_until_unlocked(box)
        assert status == 0, f"recover ended with status {status}: {(box / 'bug').read_text()}"
        return outcome(reference, box)


def outcome(reference: Reference, box: Path) -> str:
    """Whether a recovered box is exactly as before or after the commit."""
    for name in ("faults", "bug"):
        (box / name).unlink(missing_ok=True)
    assert not (box / journal.JOURNAL[1:]).exists(), "forgotten: the journal is still there"
    assert not (box / space.HELD[1:]).exists(), "the space for the undo is still held"
    with contextlib.suppress(FileNotFoundError):
        log = (box / notices.LOG[1:]).read_text()
        assert "bug: " not in log, log
    actual, edits = files(box), box / EDITS_FILE
    if actual == reference.after:
        assert not edits.exists(), "after, and the edits are still pending"
        waits = (box / pending.PENDING[1:]).exists()
        assert waits or git(box, "log", "--format=%s").count("configuration by esosh") == 1, "forgotten by git"
        return "after"
    assert actual == reference.before, f"mixed: {changed(reference.before, actual)[:9]}, {changed(reference.after, actual)[:9]}"
    assert edits.exists() and edits.read_bytes() == reference.edits, "forgotten: before, and the edits are gone"
    return "before"


def cases(reference: Reference, times: int, rng: random.Random) -> Iterator[tuple[str, list[str]]]:
    """The parts of the campaign: a name, and its cases."""
    def first() -> int:
        return rng.randrange(reference.calls)

    def second() -> int:
        return rng.randrange(RECOVERY_CALLS)

    def error() -> str:
        return rng.choice(ERRORS)

    def lasting() -> str:
        return rng.choice((FULL, READ_ONLY, BROKEN))

    def pair() -> tuple[int, int]:
        place = first()
        return place, place + 1 + second()

    def part(name: str, make: functools.partial[str]) -> tuple[str, list[str]]:
        return name, [f"{reference.kind} | {make()}" for _ in range(times)]

    def fails_twice() -> str:
        one, two = pair()
        return f"* {error()} after {one}; * {error()} after {two} |"

    def fails_and_is_killed() -> str:
        one, two = pair()
        return f"* {error()} after {one}; * crash after {two} | * {error()} after {second()}"

    yield part("a fault in the commit, another in its undo", functools.partial(fails_twice))
    yield part("a fault in the commit, its undo killed, a fault in the recovery", functools.partial(fails_and_is_killed))
    yield part("the disk fails for good during the commit", functools.partial(lambda: f"{lasting()} since {first()} |"))
    yield part("the disk fails for good, and the recovery is killed",
               functools.partial(lambda: f"{lasting()} since {first()} | * crash after {second()}"))
    yield part("killed, and again in the recovery", functools.partial(lambda: f"* crash after {first()} | * crash after {second()}"))
    yield part("killed, and a fault in the recovery",
               functools.partial(lambda: f"* crash after {first()} | * {error()} after {second()}"))
    yield part("killed, and a full disk in the recovery", functools.partial(lambda: f"* crash after {first()} | {FULL} since {second()}"))
    yield part("killed, and a disk that fails in the recovery",
               functools.partial(lambda: f"* crash after {first()} | {lasting()} since {second()}"))


def outcome_or_failure(reference: Reference, case: str) -> str:
    """The outcome of a case, or what was wrong, with the case before it."""
    try:
        return play(reference, case)
    except (AssertionError, OSError, EsoshError) as error:
        return f"{case}\n    {error}"


def play_part(reference: Reference, name: str, part: list[str], pool: Optional[ProcessPoolExecutor] = None) -> list[str]:
    """Play the cases and print how many were right; give the failures."""
    outcomes = list((pool.map if pool else map)(functools.partial(outcome_or_failure, reference), part))
    failures = [result for result in outcomes if result not in ("before", "after")]
    print(f"{reference.kind}, {name}: {len(outcomes) - len(failures)}/{len(outcomes)}"
          f" ({outcomes.count('before')} before, {outcomes.count('after')} after)", flush=True)
    return failures


def main() -> int:
    """Read the command line, and run."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--times", type=int, default=50, help="of each part, on each of two boxes")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", metavar="CASE")
    options = parser.parse_args()
    began, rng, failures = time.monotonic(), random.Random(options.seed), []
    kinds = [options.only.split()[0]] if options.only else list(LINES)
    with tempfile.TemporaryDirectory(prefix="two-faults-", dir=MEMORY) as folder, ProcessPoolExecutor(WORKERS) as pool:
        for kind in kinds:
            reference = reference_run(kind, Path(folder))
            parts = [("one case", [options.only])] if options.only else cases(reference, options.times, rng)
            for name, part in parts:
                failures += play_part(reference, name, part, pool)
    for failure in failures:
        print(f"  {failure}")
    print(f"{time.monotonic() - began:.0f} seconds")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
