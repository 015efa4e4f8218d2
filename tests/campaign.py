"""Kill real processes anywhere in a commit of 40 steps and more; recovery must bring exactly "before" or "after".

    python tests/campaign.py [--kills N] [--seed S] [--only CASE]

Without --kills every system call of a commit that changes something is a place to die, on a sandbox and on LocalHost
below a folder; processes are killed from outside at random moments, and killed again while they recover. A CASE is
KIND:PLACE[:PLACE]: the second place is where the process dies that recovers. A PLACE is the number of a system call,
or with a dot in it a part of the time that an undisturbed commit takes.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Optional

from boxes import Files, changed, environment, everything

from esosh import store
from esosh.host import LocalHost
from esosh.sandbox import Sandbox

SCRATCH = str(Path(__file__).with_name("scratch.py"))
ESOSH = (sys.executable, "-m", "esosh")
PROGRAMS = {"sandbox": ESOSH, "calm": ESOSH, "scratch": (sys.executable, SCRATCH, "scratch")}
GROUPS = (
    "alua dgrp add esos", *(f"alua tgrp add esos t{number} group_id={number}" for number in range(1, 19)),
    "alua target add esos t1 21:00:00:e0:8b:9d:74:49", "alua target add esos t2 21:00:00:1b:32:01:6b:11",
    "alua device add esos disk01", "svc enable opensm",
)
EDITS = {
    "sandbox": (*GROUPS, "net bond bond0 slaves eth1 eth2 mode=active-backup miimon=100"),
    "calm": GROUPS,  # no link goes down, so no guard recovers it at once: it is left to `recover`
    "scratch": ("net general hostname=san1", "svc enable opensm", "svc disable sshd"),
}
MARK = f"write {store.JOURNAL}"
COMMIT = ("commit", "allow", "reboot")
WORKERS = 2
MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # what is made and thrown away by the hundred
PARTS = 5
RANDOM = 100  # kills of each part that is random, unless --kills says how many in all
EDITED = "var/lib/esosh/candidates/default@root/edits.esh"
# not the configuration: history, log, locks, candidate and journal (looked at on their own), the simulation's own
ASIDE = (".git/", "var/log/esosh.log", "var/lock/", "var/lib/esosh/", "faults", ".kernel/")
Tamper = Callable[[Path], None]


@dataclass(frozen=True)
class Look:
    """A box as it is found."""

    files: Files
    shown: str
    edits: Optional[bytes]


@dataclass(frozen=True)
class Course:
    """What one kind of box looks like before and after the commit, and how an undisturbed one goes."""

    kind: str
    box: Path
    before: Look
    after: Look
    calls: tuple[str, ...]
    seconds: float

    @property
    def steps(self) -> int:
        """How many the commit has: all marks of the journal but the first line and the last."""
        return self.calls.count(MARK) - 2

    @property
    def stands(self) -> int:
        """The place from which on recovery goes forward."""
        return max(place for place, call in enumerate(self.calls) if call == MARK) + 1


def run(kind: str, box: Path, *words: str) -> subprocess.Popen[str]:
    """The program, begun on a box."""
    argv = [*PROGRAMS[kind], "--sandbox", str(box), *words]
    return subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment())


def done(kind: str, box: Path, *words: str) -> str:
    """What it prints, run to its end."""
    process = run(kind, box, *words)
    out, err = process.communicate(timeout=120)
    if process.returncode:
        raise AssertionError(f"{' '.join(words)}: status {process.returncode}: {err.strip()}")
    return out


def look(kind: str, box: Path) -> Look:
    """Everything that counts, the machine's configuration without the edits included."""
    files = everything(str(box), ASIDE)
    files.pop("etc/esosh/", None)  # the folder of config.esh, which git does not see while it is empty
    edits = box / EDITED
    return Look(files, done(kind, box, "--candidate", "nobody", "show"), edits.read_bytes() if edits.exists() else None)


@contextlib.contextmanager
def copied(box: Path) -> Iterator[Path]:
    """A box of one's own."""
    folder = Path(tempfile.mkdtemp(prefix="campaign-", dir=MEMORY))
    try:
        yield Path(shutil.copytree(box, folder / "box", symlinks=True))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def fresh(kind: str, folder: Path) -> Path:
    """A new box with the edits pending."""
    box = folder / kind
    Sandbox(str(folder / "booted"), "esos1")
    if kind != "scratch":
        shutil.copytree(folder / "booted", box, symlinks=True)
    else:
        for inner in ("etc/more", "var/log", "var/lock"):
            (box / inner).mkdir(parents=True)
        for name in ("network.conf", "rc.conf"):
            shutil.copy(folder / "booted/etc" / name, box / "etc")
        (box / "var/lock/conf_sync").touch()
        for number in range(1, 40, 2):
            (box / f"etc/more/{number}").write_text("old\n")
    edits = folder / "edits.esh"
    edits.write_text("".join(f"{line}\n" for line in EDITS[kind]))
    done(kind, box, "load", str(edits))
    return box


def course(kind: str, folder: Path) -> Course:
    """Commit undisturbed and see."""
    box = fresh(kind, folder)
    with copied(box) as other, copied(box) as beside:
        began = time.monotonic()
        running = run(kind, beside, *COMMIT)  # as many at a time as there will be
        done(kind, other, *COMMIT)
        running.communicate()
        seconds, after = time.monotonic() - began, look(kind, other)
    return Course(kind, box, look(kind, box), after, traced(kind, box, *COMMIT), seconds)


def traced(kind: str, box: Path, *words: str) -> tuple[str, ...]:
    """The system calls of an undisturbed run that change something."""
    with copied(box) as other:
        trace = other.with_name("trace")
        subprocess.run([sys.executable, SCRATCH, kind, "--sandbox", str(other), *words], check=True, stdout=subprocess.DEVNULL,
                       env={**environment(), "TRACE": str(trace)})
        return tuple(trace.read_text().splitlines())


def die(kind: str, box: Path, place: str, words: Sequence[str], seconds: float) -> bool:
    """Run the program and let it die at a place; whether it did: one that ends before may live."""
    faults = box / "faults"
    if "." not in place:
        faults.write_text(f"syscall * crash after {place}\n")
    process = run(kind, box, *words)
    try:
        process.communicate(timeout=float(place) * seconds if "." in place else 120)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
    faults.unlink(missing_ok=True)
    wait(box)
    return process.returncode == -signal.SIGKILL


def wait(box: Path) -> None:
    """Until nobody is at work on the box any more: what a dead process started may outlive it, and hold its lock."""
    with LocalHost(str(box)).lock(store.COMMIT_LOCK, 30):
        pass


def fate(course: Course, case: str, tamper: Optional[Tamper] = None) -> str:
    """Play a case: "before" or "after". Raises AssertionError where it is neither."""
    first, _, second = case.partition(":")
    with copied(course.box) as box:
        assert die(course.kind, box, first, COMMIT, course.seconds) or "." in first, "it did not die"
        if tamper:
            tamper(box)
        if second:
            assert die(course.kind, box, second, ("recover",), course.seconds), "it did not die while it recovered"
        done(course.kind, box, "recover")
        return judged(course, box)


def judged(course: Course, box: Path) -> str:
    """What a recovered box is, exactly."""
    found = look(course.kind, box)
    assert not (box / "var/lib/esosh/journal").exists(), "the journal is there"
    if found == course.after:
        assert not (box / "etc/.git").exists() or not git(box, "status", "--porcelain"), "after, and /etc is not what git has"
        assert not (box / "etc/.git").exists() or git(box, "log", "--format=%s").count("configuration by esosh") == 1, "not once in git"
        return "after"
    assert found == course.before, "neither: " + "; ".join(
        f"not as {name}: files {' '.join(changed(wanted.files, found.files)[:9])}, edits {wanted.edits != found.edits}, shown {wanted.shown != found.shown}"
        for name, wanted in (("before", course.before), ("after", course.after)))
    return "before"


def git(box: Path, *words: str) -> str:
    """What git says of the box's /etc."""
    return subprocess.run(["git", "-c", "safe.directory=*", "-C", str(box / "etc"), *words], capture_output=True, text=True,
                          check=True).stdout


def places(course: Course, kills: Optional[int], chance: random.Random) -> Iterator[tuple[str, list[str]]]:
    """The parts of a campaign: a name, and where the processes die."""
    calls, stands = len(course.calls), course.stands
    some = RANDOM if kills is None else kills // PARTS
    if course.kind != "calm":
        spread = range(calls) if kills is None else sorted(chance.sample(range(calls), min(calls, some)))
        yield "killed before a system call", [str(place) for place in spread]
        yield "killed at any moment", [f"{chance.uniform(0.1, 1.3):.4f}" for _ in range(some)]
    if course.kind != "sandbox":
        twice = [f"{chance.randrange(stands // 2, stands)}:{chance.randrange(course.steps // 2)}" for _ in range(some)]
        yield "killed, and again while it recovers", twice


def part(course: Course, name: str, cases: Sequence[str], tamper: Optional[Tamper] = None) -> list[str]:
    """Play the cases and print how many were right; give what failed."""
    def play(case: str) -> str:
        try:
            return fate(course, case, tamper)
        except (AssertionError, OSError, subprocess.SubprocessError) as error:
            return f"{course.kind}:{case} {error}"

    with ThreadPoolExecutor(WORKERS) as pool:
        fates = list(pool.map(play, cases))
    failed = [fate for fate in fates if fate not in ("before", "after")]
    print(f"{course.kind}, {name}: {len(fates) - len(failed)}/{len(fates)}"
          f" ({fates.count('before')} before, {fates.count('after')} after)", flush=True)
    return failed


def campaign(kills: Optional[int], seed: int) -> int:
    """All parts; the exit status."""
    chance, failed = random.Random(seed), []
    with tempfile.TemporaryDirectory(prefix="campaign-") as folder:
        for kind in PROGRAMS:
            known = course(kind, Path(folder))
            for name, cases in places(known, kills, chance):
                failed += part(known, name, cases)
    for what in failed[:1]:
        print(f"the first that failed: {what}\n  python {sys.argv[0]} --only {what.split()[0]}")
    if failed[1:]:
        print("others:", *(what.split()[0] for what in failed[1:]))
    return 1 if failed else 0


def only(case: str) -> int:
    """Play one case."""
    kind, _, where = case.partition(":")
    with tempfile.TemporaryDirectory(prefix="campaign-") as folder:
        known = course(kind, Path(folder))
        if "." not in where:
            print("dies before:", known.calls[int(where.partition(":")[0])])
        return 1 if any(map(print, part(known, where, [where]))) else 0


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, help=f"how many in all (default: every system call, and {4 * RANDOM} more)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", metavar="CASE")
    options = parser.parse_args()
    began = time.monotonic()
    status = only(options.only) if options.only else campaign(options.kills, options.seed)
    print(f"{time.monotonic() - began:.0f} seconds")
    return status


if __name__ == "__main__":
    sys.exit(main())
