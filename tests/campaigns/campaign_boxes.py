"""The boxes of the campaign: fresh ones, copies, and one whose commit nothing disturbs."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from boxes import Files, environment, snapshot
from places import TESTS

from esosh.sandbox import Sandbox
from esosh.transaction import journal

SCRATCH = str(TESTS / "support" / "scratch.py")
ESOSH = (sys.executable, "-m", "esosh")
PROGRAMS = {"sandbox": ESOSH, "calm": ESOSH, "scratch": (sys.executable, SCRATCH, "scratch")}
GROUPS = (
    "alua dgrp add esos", *(f"alua tgrp add esos t{number} group_id={number}" for number in range(1, 19)),
    "alua target add esos t1 21:00:00:e0:8b:9d:74:49", "alua target add esos t2 21:00:00:1b:32:01:6b:11",
    "alua device add esos disk01", "svc enable opensm",
)
EDITS = {
    "sandbox": (*GROUPS, "net bond bond0 slaves eth1 eth2 mode=active-backup miimon=100"),
    "calm": GROUPS,  # no link goes down, so no guard recovers at once, and `recover` has to
    "scratch": ("net general hostname=san1", "svc enable opensm", "svc disable sshd"),
}
MARK = f"write {journal.JOURNAL}"
COMMIT = ("commit", "allow", "reboot")
MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # for boxes that are copied by the hundred
EDITS_FILE = "var/lib/esosh/candidates/default@root/edits.esh"
# not the configuration: history, log, locks, candidate and journal (checked separately), files of the simulation
IGNORED = (".git/", "var/log/esosh.log", "var/lock/", "var/lib/esosh/", "faults", ".kernel/")


@dataclass(frozen=True)
class Snapshot:
    """The state of a box."""

    files: Files
    shown: str
    edits: Optional[bytes]


@dataclass(frozen=True)
class Reference:
    """One kind of box before and after the commit, and the calls and the time of an undisturbed commit."""

    kind: str
    box: Path
    before: Snapshot
    after: Snapshot
    calls: tuple[str, ...]
    seconds: float

    @property
    def steps(self) -> int:
        """The number of steps in the commit: all marks of the journal but the first line and the last."""
        return self.calls.count(MARK) - 2

    @property
    def commit_point(self) -> int:
        """The place from which on recovery completes the commit."""
        return max(place for place, call in enumerate(self.calls) if call == MARK) + 1


def start(kind: str, box: Path, *words: str) -> subprocess.Popen[str]:
    """Start the program on a box."""
    argv = [*PROGRAMS[kind], "--sandbox", str(box), *words]
    pipe = subprocess.PIPE
    return subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, text=True, env=environment())


def output(kind: str, box: Path, *words: str) -> str:
    """Run the program to its end, and give what it prints."""
    process = start(kind, box, *words)
    out, err = process.communicate(timeout=120)
    if process.returncode:
        raise AssertionError(f"{' '.join(words)}: status {process.returncode}: {err.strip()}")
    return out


def look(kind: str, box: Path) -> Snapshot:
    """The files of a box, its configuration without the edits, and the edits."""
    files = snapshot(str(box), IGNORED)
    files.pop("etc/esosh/", None)  # the folder of config.esh, which git does not see while it is empty
    edits = box / EDITS_FILE
    shown = output(kind, box, "--candidate", "nobody", "show")
    return Snapshot(files, shown, edits.read_bytes() if edits.exists() else None)


@contextlib.contextmanager
def copied(box: Path) -> Iterator[Path]:
    """A copy of a box."""
    folder = Path(tempfile.mkdtemp(prefix="campaign-", dir=MEMORY))
    try:
        yield Path(shutil.copytree(box, folder / "box", symlinks=True))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def fresh(kind: str, folder: Path) -> Path:
    """A new box with the edits pending."""
    box, booted = folder / kind, folder / "booted"
    Sandbox(str(booted), "esos1")
    if kind == "scratch":
        make_scratch(box, booted)
    else:
        shutil.copytree(booted, box, symlinks=True)
    edits = folder / "edits.esh"
    edits.write_text("".join(f"{line}\n" for line in EDITS[kind]))
    output(kind, box, "load", str(edits))
    return box


def make_scratch(box: Path, booted: Path) -> None:
    """A folder for LocalHost, with the files that the edits change."""
    for inner in ("etc/more", "var/log", "var/lock"):
        (box / inner).mkdir(parents=True)
    for name in ("network.conf", "rc.conf"):
        shutil.copy(booted / "etc" / name, box / "etc")
    (box / "var/lock/conf_sync").touch()
    for number in range(1, 40, 2):
        (box / f"etc/more/{number}").write_text("old\n")


def reference_run(kind: str, folder: Path) -> Reference:
    """Commit undisturbed."""
    box = fresh(kind, folder)
    with copied(box) as copy, copied(box) as second_copy:
        began = time.monotonic()
        process = start(kind, second_copy, *COMMIT)  # as many at a time as in the campaign
        output(kind, copy, *COMMIT)
        process.communicate()
        seconds, after = time.monotonic() - began, look(kind, copy)
    return Reference(kind, box, look(kind, box), after, traced(kind, box, *COMMIT), seconds)


def traced(kind: str, box: Path, *words: str) -> tuple[str, ...]:
    """The system calls of an undisturbed run that change something."""
    with copied(box) as copy:
        trace = copy.with_name("trace")
        argv = [sys.executable, SCRATCH, kind, "--sandbox", str(copy), *words]
        subprocess.run(argv, check=True, stdout=subprocess.DEVNULL, env={**environment(), "TRACE": str(trace)})
        return tuple(trace.read_text().splitlines())
