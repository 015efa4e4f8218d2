"""The program itself as the campaign runs it: on LocalHost below a folder, or on a sandbox that records its calls.

    python tests/support/scratch.py scratch|sandbox --sandbox DIR WORDS...

`scratch`: DIR is the root of a LocalHost that starts no program and obeys DIR/faults; a commit there has 40 more steps.
The environment's TRACE names a file that gets one line for each system call that changes something.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Callable, Optional

from esosh import sandbox
from esosh.executors.step import Expect, Replace, Step
from esosh.host import Output
from esosh.host.local import LocalHost
from esosh.records import replace
from esosh.sandbox.faults import Faults
from esosh.shell import cli
from esosh.transaction import apply as transaction
from esosh.transaction.journal import Journal

EXTRA_STEPS = 40  # on top of those of the edits


class Scratch(LocalHost):
    """A folder as a machine: nothing of the real one is touched."""

    def __init__(self, directory: str, box: Optional[str] = None) -> None:
        super().__init__(directory)
        self._faults = Faults(Path(directory, "faults"))

    def _change(self, path: str, call: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        self._faults.trigger("syscall", f"{call.__name__} {path}")
        return super()._change(path, call, *arguments, **options)

    def run(self, argv: Sequence[str], stdin: str = "", limit: Optional[float] = None) -> Output:
        self._faults.trigger("syscall", f"exec {' '.join(argv)}")
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), argv[0])


def extra_steps(host: LocalHost) -> tuple[Step, ...]:
    """Steps that create, change and remove files."""
    return tuple(_extra_step(host, f"/etc/more/{number}") for number in range(EXTRA_STEPS))


def _extra_step(host: LocalHost, path: str) -> Step:
    old = host.read(path) if host.exists(path) else None
    new = None if path.endswith("7") else f"new {path}\n"
    before, after = (Expect(path, "absent") if text is None else Expect(path, "is", text) for text in (old, new))
    return Step(Replace(path, new), (Replace(path, old),), (before,), after, "save")


def _apply_with_extra_steps(host: LocalHost, journal: Journal, *others: Any) -> str:
    return apply(host, replace(journal, steps=journal.steps + extra_steps(host)), *others)


def _traced(faults: Faults, call: str, subject: str) -> Optional[int]:
    if call == "syscall":
        with open(os.environ["TRACE"], "a") as file:
            file.write(" ".join(subject.split()) + "\n")
    return trigger(faults, call, subject)


if __name__ == "__main__":
    apply, trigger = transaction.apply, Faults.trigger
    if "TRACE" in os.environ:
        Faults.trigger = _traced  # type: ignore[method-assign]
    if sys.argv[1] == "scratch":
        sandbox.Sandbox, transaction.apply = Scratch, _apply_with_extra_steps  # type: ignore
    sys.exit(cli.main(sys.argv[2:]))
