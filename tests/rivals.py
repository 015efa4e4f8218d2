"""Two processes that commit at the same time, as often and as fast as they can.

    python tests/rivals.py [--times N]

On objects of their own all their commits are there; on the same object every loser is told, and the last winner's
value is what the box has.
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

from esosh import history
from esosh.errors import Conflict
from esosh.executors import svc
from esosh.sandbox import Sandbox
from esosh.session import Session
from esosh.store import Who


@dataclass(frozen=True)
class Rival:
    """What one of the two did: the values that it committed, in order, and how often it was told that it had lost."""

    won: list[str]
    lost: int


def compete(directory: str, user: str, service: str, times: int) -> Rival:
    """Change a service's options and commit, so many times; what is lost is dropped."""
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
    """Both at once, in processes of their own."""
    running = [subprocess.Popen([sys.executable, __file__, "--compete", directory, user, service, str(times)],
                                stdout=subprocess.PIPE, text=True, env=environment())
               for user, service in zip(("anna", "bert"), services)]
    outs = [process.communicate()[0] for process in running]
    assert [process.returncode for process in running] == [0, 0]
    return [Rival(**json.loads(out)) for out in outs]


def apart(box: Sandbox, directory: str, times: int) -> str:
    """On objects of their own. Raises AssertionError unless all is there."""
    anna, bert = race(directory, ("opensm", "sbd"), times)
    commits = history.commits(box)
    assert (len(anna.won), len(bert.won), anna.lost, bert.lost) == (times, times, 0, 0)
    assert sorted(commit.number or 0 for commit in commits) == list(range(1, 2 * times + 1))
    for rival, user in ((anna, "anna"), (bert, "bert")):
        assert [commit.subject for commit in reversed(commits) if commit.who == user] == rival.won
    assert (svc.read(box)["opensm"].opts, svc.read(box)["sbd"].opts) == (anna.won[-1], bert.won[-1])
    return f"{len(commits)}/{2 * times} commits there"


def against(box: Sandbox, directory: str, times: int) -> str:
    """On the same object. Raises AssertionError unless every commit is there or was told to be lost."""
    before = len(history.commits(box))
    anna, bert = race(directory, ("opensm", "opensm"), times)
    commits = history.commits(box)
    made = commits[: len(commits) - before]
    assert len(made) == len(anna.won) + len(bert.won)
    assert len(made) + anna.lost + bert.lost == 2 * times
    assert sorted(commit.subject for commit in made) == sorted(anna.won + bert.won)
    assert svc.read(box)["opensm"].opts == made[0].subject
    return f"{len(made)} won, {anna.lost + bert.lost} were told that they lost, the last winner's value is there"


def main() -> int:
    """The command line."""
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
        for name, play in (("objects of their own", apart), ("the same object", against)):
            began = time.monotonic()
            print(f"{name}: {play(box, directory, options.times)}, {time.monotonic() - began:.0f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
