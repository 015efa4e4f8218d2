"""Two processes that commit at the same time, as often and as fast as they can.

    python tests/campaigns/rivals.py [--times N]

On different objects all commits succeed; on the same object every other commit is refused as a conflict, and the box
has the value of the last commit that succeeded.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from boxes import do, environment

from esosh.errors import Conflict
from esosh.executors import svc
from esosh.sandbox import Sandbox
from esosh.session import Session
from esosh.transaction import git
from esosh.transaction.journal import Who


@dataclass(frozen=True)
class Rival:
    """The values that one process committed, in order, and how many of its commits were refused."""

    won: list[str]
    lost: int


def compete(directory: str, user: str, service: str, times: int) -> Rival:
    """Change a service's options and commit, so many times; edits that are refused are aborted."""
    session = Session(Sandbox(directory), Who(user, "tty1", 1, "2026-01-01 00:00:00"), wait=300)
    won, lost = [], 0
    with session.hold():
        for number in range(times):
            value = f"-{user} {number}"
            try:
                do(session, f'svc set {service} opts="{value}"', f'commit comment "{value}"')
                won.append(value)
            except Conflict:
                do(session, "abort")
                lost += 1
    return Rival(won, lost)


def race(directory: str, services: tuple[str, str], times: int) -> list[Rival]:
    """Let two users compete at the same time, each in a process."""
    processes = [start(directory, user, service, times) for user, service in zip(("anna", "bert"), services)]
    outs = [process.communicate()[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0]
    return [Rival(**json.loads(out)) for out in outs]


def start(directory: str, user: str, service: str, times: int) -> subprocess.Popen[str]:
    """Start a process that competes."""
    argv = [sys.executable, __file__, "--compete", directory, user, service, str(times)]
    return subprocess.Popen(argv, stdout=subprocess.PIPE, text=True, env=environment())


def commit_different_objects(box: Sandbox, directory: str, times: int) -> str:
    """Let both commit different objects. Raises AssertionError unless all commits are in the history."""
    anna, bert = race(directory, ("opensm", "sbd"), times)
    commits = git.commits(box)
    assert (len(anna.won), len(bert.won), anna.lost, bert.lost) == (times, times, 0, 0)
    assert sorted(commit.number or 0 for commit in commits) == list(range(1, 2 * times + 1))
    for rival, user in ((anna, "anna"), (bert, "bert")):
        assert [commit.subject for commit in reversed(commits) if commit.who == user] == rival.won
    assert (svc.read(box)["opensm"].opts, svc.read(box)["sbd"].opts) == (anna.won[-1], bert.won[-1])
    return f"{len(commits)}/{2 * times} commits in the history"


def commit_same_object(box: Sandbox, directory: str, times: int) -> str:
    """Let both commit the same object. Raises AssertionError unless every commit is in the history or was refused."""
    before = len(git.commits(box))
    anna, bert = race(directory, ("opensm", "opensm"), times)
    commits = git.commits(box)
    made = commits[: len(commits) - before]
    assert len(made) == len(anna.won) + len(bert.won)
    assert len(made) + anna.lost + bert.lost == 2 * times
    assert sorted(commit.subject for commit in made) == sorted(anna.won + bert.won)
    assert svc.read(box)["opensm"].opts == made[0].subject
    return f"{len(made)} won, {anna.lost + bert.lost} were refused, the box has the value of the last winner"


def main() -> int:
    """Read the command line, and run."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--times", type=int, default=1000)
    parser.add_argument("--compete", nargs=4)
    options = parser.parse_args()
    if options.compete:
        directory, user, service, times = options.compete
        print(json.dumps(vars(compete(directory, user, service, int(times)))))
        return 0
    with tempfile.TemporaryDirectory(prefix="rivals-") as folder:
        directory = str(Path(folder, "box"))
        box = Sandbox(directory, "esos1")
        for name, play in (("different objects", commit_different_objects), ("the same object", commit_same_object)):
            began = time.monotonic()
            print(f"{name}: {play(box, directory, options.times)}, {time.monotonic() - began:.0f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
