"""The program itself as the campaign runs it: on LocalHost below a folder, or on a sandbox with a record of its calls.

    python tests/scratch.py scratch|sandbox --sandbox DIR WORDS...

`scratch`: DIR is the root of a LocalHost that starts no program and obeys DIR/faults; a commit there has 40 steps more.
The environment's TRACE names a file that gets one line for each system call that changes something.
"""

from __future__ import annotations

import dataclasses
import errno
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Callable, Optional

from esosh import cli, sandbox, transaction
from esosh.host import LocalHost, Output
from esosh.sandbox.faults import Faults
from esosh.step import Replace, See, Step
from esosh.store import Journal

MORE = 40  # steps on top of those of the edits


class Scratch(LocalHost):
    """A folder as a machine: nothing of the real one is touched."""

    def __init__(self, directory: str, box: Optional[str] = None) -> None:
        super().__init__(directory)
        self._faults = Faults(Path(directory, "faults"))

    def _change(self, path: str, call: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        self._faults.strike("syscall", f"{call.__name__} {path}")
        return super()._change(path, call, *arguments, **options)

    def run(self, argv: Sequence[str], stdin: str = "", limit: Optional[float] = None) -> Output:
        self._faults.strike("syscall", f"exec {' '.join(argv)}")
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), argv[0])


def more(host: LocalHost) -> tuple[Step, ...]:
    """Files that come, change and go."""
    return tuple(_more(host, f"/etc/more/{number}") for number in range(MORE))


def _more(host: LocalHost, path: str) -> Step:
    old = host.read(path) if host.exists(path) else None
    new = None if path.endswith("7") else f"new {path}\n"
    before, after = (See(path, "gone") if text is None else See(path, "is", text) for text in (old, new))
    return Step(Replace(path, new), (Replace(path, old),), (before,), after, "save")


def _with_more(host: LocalHost, journal: Journal, *others: Any) -> str:
    return apply(host, dataclasses.replace(journal, steps=journal.steps + more(host)), *others)


def _traced(faults: Faults, call: str, subject: str) -> Optional[int]:
    if call == "syscall":
        with open(os.environ["TRACE"], "a") as file:
            file.write(" ".join(subject.split()) + "\n")
    return strike(faults, call, subject)


if __name__ == "__main__":
    apply, strike = transaction.apply, Faults.strike
    if "TRACE" in os.environ:
        Faults.strike = _traced  # type: ignore[method-assign]
    if sys.argv[1] == "scratch":
        sandbox.Sandbox, transaction.apply = Scratch, _with_more  # type: ignore
    sys.exit(cli.main(sys.argv[2:]))
