"""Kill commits, and shells with their terminals; guards must undo or keep the commit within 6 seconds.

    python tests/campaigns/guarded.py [--times N] [--seed S]
"""

from __future__ import annotations

import argparse
import contextlib
import os
import pty
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Callable

from boxes import Esosh, Files, changed, environment, state

from esosh.sandbox import Sandbox
from esosh.transaction import journal as store

LINES = (
    "net bond bond0 slaves eth1 eth2 mode=active-backup miimon=100", "alua dgrp add esos",
    *(f"alua tgrp add esos t{number} group_id={number}" for number in range(1, 9)), "svc enable opensm",
)
WITHIN = 6.0  # seconds, from a kill or from the start of a wait for confirm
LIMIT = 60.0  # seconds, after which a trial has failed


class Box:
    """A box with edits pending, and its files before the commit."""

    def __init__(self, folder: Path) -> None:
        self.sandbox = Sandbox(str(folder))
        self.esosh = Esosh(str(folder))
        self.before = self.files()

    def files(self) -> Files:
        """The files that undoing restores: all but esosh's own and the simulated kernel's."""
        own = ("var/lib/esosh/", ".kernel/")
        return {path: entry for path, entry in state(self.sandbox).items() if not path.startswith(own)}

    def differs(self) -> list[str]:
        """The paths that are not as before the commit."""
        return changed(self.before, self.files())

    def journal(self) -> str:
        """The marks in the journal; "" when there is no journal."""
        with contextlib.suppress(OSError):
            return self.sandbox.read(store.JOURNAL).partition("\n")[2]
        return ""

    def ended(self) -> bool:
        """Whether no commit is in progress."""
        return not self.sandbox.exists(store.JOURNAL)


def guard_processes(box: Sandbox) -> list[int]:
    """The guards of a box: the other processes that have its commit lock open."""
    lock = os.path.realpath(box.path(store.COMMIT_LOCK))
    others = {name for name in os.listdir("/proc") if name.isdigit()} - {str(os.getpid())}
    return [int(name) for name in others if lock in _open_files(name)]


def _open_files(process: str) -> Iterator[str]:
    """The files that a process has open; it may close one, or end, at any moment."""
    with contextlib.suppress(OSError):
        for number in os.listdir(f"/proc/{process}/fd"):
            with contextlib.suppress(OSError):
                yield os.readlink(f"/proc/{process}/fd/{number}")


def wait_until(condition: Callable[[], bool], event: str) -> float:
    """Wait for an event; give how long it took. Raises AssertionError after the limit."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < LIMIT, f"{event} did not happen within {LIMIT:g} s"
        time.sleep(0.01)
    return time.monotonic() - began


@contextlib.contextmanager
def box_with_edits(booted: Path) -> Iterator[Box]:
    """A copy of a booted box, with edits pending."""
    folder = Path(tempfile.mkdtemp(prefix="guarded-"))
    try:
        box = Box(Path(shutil.copytree(booted, folder / "box", symlinks=True)))
        edits = folder / "edits.esh"
        edits.write_text("".join(f"{line}\n" for line in LINES))
        assert box.esosh("load", str(edits)).status == 0
        yield box
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def kill_commit(box: Box, moment: float) -> float:
    """Kill a commit after this fraction of it; give how long until the guard has undone it.

    On a busy machine the commit may be complete before the kill; then it stays.
    """
    null = subprocess.DEVNULL
    process = subprocess.Popen(box.esosh.argv("commit"), env=environment(), stdout=null, stderr=null)
    step = 1 + int(moment * 20)
    wait_until(lambda: f"begun {step}\n" in box.journal() or process.poll() is not None, f"step {step}")
    process.kill()
    process.wait()
    took = wait_until(box.ended, "the undoing")
    if "everything was undone and checked" in box.esosh("recover").out:
        assert not box.differs(), box.differs()
    else:
        assert (box.differs() != [], box.esosh("diff").out) == (True, "no differences\n")
    return took


def shell(box: Box, *lines: str) -> int:
    """Start a shell on a terminal of its own and type lines; give its process, which leads the session and runs on."""
    child, terminal = pty.fork()
    if child == 0:
        argv = box.esosh.argv()
        os.execve(argv[0], argv, {**environment(), "TERM": "dumb"})
    for line in lines:
        os.write(terminal, f"{line}\n".encode())
    box.terminal = terminal  # type: ignore[attr-defined]
    return child


def kill_session(box: Box, leader: int) -> None:
    """Kill the shell and all processes on its terminal, and close the terminal."""
    for name in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            if os.getsid(int(name)) == leader:
                os.kill(int(name), signal.SIGKILL)
    os.close(box.terminal)  # type: ignore[attr-defined]
    os.waitpid(leader, 0)


def abandon_commit(box: Box, seconds: int = 5) -> float:
    """Kill a shell whose commit awaits a confirm, with its terminal; give how long the commit stayed."""
    leader = shell(box, f"commit confirmed {seconds}s")
    wait_until(lambda: "until" in box.journal(), "the commit")
    began = time.monotonic()
    kill_session(box, leader)
    assert box.differs()
    wait_until(box.ended, "the undoing")
    assert not box.differs(), box.differs()
    assert box.esosh("diff").out.count("alua tgrp add") == 8, "the edits are not pending again"
    return time.monotonic() - began


def confirm_in_time(box: Box, seconds: int = 5) -> float:
    """Kill a shell whose commit awaits a confirm, with its terminal; another one confirms in time."""
    leader = shell(box, f"commit confirmed {seconds}s")
    wait_until(lambda: "until" in box.journal(), "the commit")
    began = time.monotonic()
    kill_session(box, leader)
    result = box.esosh("confirm")
    assert result.status == 0, result.err
    took = time.monotonic() - began
    wait_until(lambda: not guard_processes(box.sandbox), "the end of the guards")
    assert box.ended()
    assert "alua dgrp add esos" in box.esosh("show", "alua").out
    assert box.esosh("diff").out == "no differences\n"
    return took


def trials(name: str, trial: Callable[[Box], float], booted: Path, times: int) -> bool:
    """Run a trial so many times, two at a time; print how many were right."""
    def run_one(number: int) -> tuple[float, str]:
        try:
            with box_with_edits(booted) as box:
                return trial(box), ""
        except AssertionError as error:
            return LIMIT, str(error)

    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(run_one, range(times)))
    right = [took for took, failure in results if not failure and took <= WITHIN]
    print(f"{name}: {len(right)}/{times}, {min(right, default=0):.1f} to {max(right, default=0):.1f} s", flush=True)
    for took, failure in results:
        if failure or took > WITHIN:
            print(f"  {took:.1f} s {failure}")
    return len(right) == times


def main() -> int:
    """Read the command line, and run."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    rng, times = random.Random(options.seed), options.times
    with tempfile.TemporaryDirectory(prefix="guarded-") as folder:
        booted = Path(folder, "booted")
        Sandbox(str(booted), "esos1")
        right = [
            trials("killed at any moment: undone", lambda box: kill_commit(box, rng.random()), booted, times),
            trials("confirmed 5s, killed with its terminal: undone", abandon_commit, booted, times),
            trials("confirmed 5s, killed with its terminal, confirm in time: kept", confirm_in_time, booted, times),
        ]
    return 0 if all(right) else 1


if __name__ == "__main__":
    sys.exit(main())
