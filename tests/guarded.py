"""Kill committers and shells with their terminals; guards must have the box as it was, or kept, within 6 seconds.

    python tests/guarded.py [--times N] [--seed S]
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

from esosh import store
from esosh.sandbox import Sandbox

LINES = (
    "net bond bond0 slaves eth1 eth2 mode=active-backup miimon=100", "alua dgrp add esos",
    *(f"alua tgrp add esos t{number} group_id={number}" for number in range(1, 9)), "svc enable opensm",
)
WITHIN = 6.0  # seconds, from a death or from the start of a wait for confirm
PATIENCE = 60.0


class Box:
    """A box with a commit pending, and how it is before it."""

    def __init__(self, folder: Path) -> None:
        self.sandbox = Sandbox(str(folder))
        self.esosh = Esosh(str(folder))
        self.before = self.files()

    def files(self) -> Files:
        """What undoing gives back: all but esosh's own and the simulated kernel's."""
        return {path: entry for path, entry in state(self.sandbox).items() if not path.startswith(("var/lib/esosh/", ".kernel/"))}

    def differs(self) -> list[str]:
        """What is not as before."""
        return changed(self.before, self.files())

    def journal(self) -> str:
        """The journal's marks, "" where there is none."""
        with contextlib.suppress(OSError):
            return self.sandbox.read(store.JOURNAL).partition("\n")[2]
        return ""

    def ended(self) -> bool:
        """Whether no commit is open."""
        return not self.sandbox.exists(store.JOURNAL)


def guards(box: Sandbox) -> list[int]:
    """The guards of a box: who has its commit lock open, but for us."""
    lock = os.path.realpath(box.path(store.COMMIT_LOCK))
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            links = [os.readlink(f"/proc/{name}/fd/{number}") for number in os.listdir(f"/proc/{name}/fd")]
        except OSError:
            continue
        found += [int(name)] if lock in links and int(name) != os.getpid() else []
    return found


def until(true: Callable[[], bool], what: str) -> float:
    """Wait for something; give how long it took. Raises AssertionError."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < PATIENCE, f"{what} did not happen within {PATIENCE:g} s"
        time.sleep(0.01)
    return time.monotonic() - began


@contextlib.contextmanager
def pending(booted: Path) -> Iterator[Box]:
    """A fresh box with edits."""
    folder = Path(tempfile.mkdtemp(prefix="guarded-"))
    try:
        box = Box(Path(shutil.copytree(booted, folder / "box", symlinks=True)))
        edits = folder / "edits.esh"
        edits.write_text("".join(f"{line}\n" for line in LINES))
        assert box.esosh("load", str(edits)).status == 0
        yield box
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def killed(box: Box, moment: float) -> float:
    """A committer is killed when so much of the commit is done; nobody else comes. How long until it is undone.

    On a busy machine the commit may be whole before the kill comes; then it stands.
    """
    process = subprocess.Popen(box.esosh.argv("commit"), env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    step = 1 + int(moment * 20)
    until(lambda: f"begun {step}\n" in box.journal() or process.poll() is not None, f"step {step}")
    process.kill()
    process.wait()
    took = until(box.ended, "the undoing")
    if "everything was undone and checked" in box.esosh("recover").out:
        assert not box.differs(), box.differs()
    else:
        assert (box.differs() != [], box.esosh("diff").out) == (True, "no differences\n")
    return took


def shell(box: Box, *lines: str) -> int:
    """A shell on a terminal of its own, where lines were typed; its process, which leads the session. It is left running."""
    child, terminal = pty.fork()
    if child == 0:
        argv = box.esosh.argv()
        os.execve(argv[0], argv, {**environment(), "TERM": "dumb"})
    for line in lines:
        os.write(terminal, f"{line}\n".encode())
    box.terminal = terminal  # type: ignore[attr-defined]
    return child


def kill_session(box: Box, leader: int) -> None:
    """The shell, all that runs on its terminal, and the terminal."""
    for name in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            if os.getsid(int(name)) == leader:
                os.kill(int(name), signal.SIGKILL)
    os.close(box.terminal)  # type: ignore[attr-defined]
    os.waitpid(leader, 0)


def abandoned(box: Box, seconds: int = 5) -> float:
    """A shell commits, to be confirmed, and dies with its terminal. How long the commit stood."""
    leader = shell(box, f"commit confirmed {seconds}s")
    until(lambda: "until" in box.journal(), "the commit")
    began = time.monotonic()
    kill_session(box, leader)
    assert box.differs()
    until(box.ended, "the undoing")
    assert not box.differs(), box.differs()
    assert box.esosh("diff").out.count("alua tgrp add") == 8, "the edits are not pending again"
    return time.monotonic() - began


def confirmed(box: Box, seconds: int = 5) -> float:
    """A shell commits, to be confirmed, and dies with its terminal; another one confirms in time."""
    leader = shell(box, f"commit confirmed {seconds}s")
    until(lambda: "until" in box.journal(), "the commit")
    began = time.monotonic()
    kill_session(box, leader)
    done = box.esosh("confirm")
    assert done.status == 0, done.err
    took = time.monotonic() - began
    until(lambda: not guards(box.sandbox), "the end of who could undo it")
    assert box.ended()
    assert "alua dgrp add esos" in box.esosh("show", "alua").out
    assert box.esosh("diff").out == "no differences\n"
    return took


def trials(name: str, trial: Callable[[Box], float], booted: Path, times: int) -> bool:
    """Try so often, two at a time; print how many were right."""
    def one(number: int) -> tuple[float, str]:
        try:
            with pending(booted) as box:
                return trial(box), ""
        except AssertionError as error:
            return PATIENCE, str(error)

    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(one, range(times)))
    right = [took for took, wrong in found if not wrong and took <= WITHIN]
    print(f"{name}: {len(right)}/{times}, {min(right, default=0):.1f} to {max(right, default=0):.1f} s", flush=True)
    for took, wrong in found:
        if wrong or took > WITHIN:
            print(f"  {took:.1f} s {wrong}")
    return len(right) == times


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    with tempfile.TemporaryDirectory(prefix="guarded-") as folder:
        booted = Path(folder, "booted")
        Sandbox(str(booted), "esos1")
        right = [
            trials("killed at any moment, nobody comes: as before", lambda box: killed(box, chance.random()), booted, options.times),
            trials("confirmed 5s, killed with its terminal: as before", abandoned, booted, options.times),
            trials("confirmed 5s, killed with its terminal, confirm in time: kept", confirmed, booted, options.times),
        ]
    return 0 if all(right) else 1


if __name__ == "__main__":
    sys.exit(main())
