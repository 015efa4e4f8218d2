"""Does the simulated SCST answer as the real one was recorded to answer?

    python -m esosh.sandbox.conformance FILE          replays a recording in a sandbox of its own
    python -m esosh.sandbox.conformance FILE --live   on the SCST of this box, with objects of its own only

A run of a recording is a sequence, and so is its replay: SCST is loaded afresh, the run's setup is written, then case by
case. A case passes if the answer is the recorded one (OK or the errno), last_sysfs_mgmt_res says the same afterwards, and the
same paths came, went and changed, with the same mode and content.

So that one difference does not make all that follow differ, the simulated tree is put right behind the simulated kernel's
back: at the start of a run, where something other than a write changed the recorded tree, and after every case that
differs, path by path, only those that differ. Numbers that only go up go on behind those that were put there. Where the
recording could not look at a folder nothing is put right: the simulated kernel goes on with its own state.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import os
import re
import shutil
import signal
import sys
import tempfile
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Callable

from ..errors import Refused
from ..host import LocalHost
from . import live, scst
from .kernel import Kernel
from .recording import LAST, Case, Change, Entry, Run, State, Walk, load
from .scst_names import NOTES, ROOT, counted
from .verdicts import Verdict, differing, line, report, with_changes

DISKS = ("2:0:0:0", "2:0:1:0")
_FILES = {"vd/f0.img": 16 << 20, "vd/f1.img": 16 << 20, "vd/f2.img": 16 << 20, "vd/empty.img": 0, "vd/odd.img": 1000,
          "dev/loop0": 16 << 20, "dev/sda": 1 << 30}
_NUMBERED = re.compile("(targets/copy_manager/copy_manager_tgt/luns|devices/[^/]+/exported)/(?:export)?([0-9]+)")


def replay(runs: Iterable[Run]) -> Generator[Verdict, None, None]:
    """Replay runs in a sandbox of their own each."""
    for run in runs:
        folder = Path(tempfile.mkdtemp(prefix="conformance-"))
        try:
            yield from _Replay(folder).run(run)
        finally:
            shutil.rmtree(folder)


def box(root: Path) -> Kernel:
    """The box that was recorded: two SCSI disks, a few files and a block device, and SCST with all its drivers."""
    kernel = Kernel(root, {f"{ROOT}/": scst.write}, {scst.LAST: scst.read})
    for name, size in _FILES.items():
        place = root / name
        place.parent.mkdir(exist_ok=True)
        place.touch()
        os.truncate(place, size)
    scst.load(kernel, (), local=True, disks=DISKS)
    return kernel


class _Replay:
    def __init__(self, root: Path) -> None:
        self._kernel = box(root)
        self._base = self._kernel.tree.path(ROOT)
        self._walk = Walk(self._base, cached=True)
        self._state: State = {}

    def run(self, run: Run) -> Iterator[Verdict]:
        for file, text in run.setup:
            self._kernel.write(f"{ROOT}/{file}", text)
        start = Case(-1, "start", "", "", "OK", "", run.start)
        yield Verdict(run.name, start, self._differences(run.start))
        for case in run.cases:
            yield Verdict(run.name, case, self._case(case))

    def _case(self, case: Case) -> tuple[str, ...]:
        for change in case.meanwhile:
            _plant(self._base, change)
            if change == Change(change.path):
                shutil.rmtree(self._kernel.tree.path(f"{NOTES}{ROOT}/{change.path}"), ignore_errors=True)
        self._state = self._walk.look() if case.meanwhile else self._state
        answer = _answer(self._kernel, case)
        found = [] if answer == case.errno else [f"answer {answer}, recorded {case.errno}"]
        last = _last(self._kernel)
        if last != case.last:
            found.append(f"{LAST} {last}, recorded {case.last}")
            if case.last != "EAGAIN":
                (self._base / LAST).write_text(f"{case.last}\n")
        return (*found, *self._differences(case.changes))

    def _differences(self, recorded: Sequence[Change]) -> tuple[str, ...]:
        """In what the tree, as it is now, is not the one before with the recorded changes; it is made so."""
        wanted, now = with_changes(self._state, recorded), self._walk.look()
        paths = tuple(differing(wanted, now))
        if not any(change.now and change.now.kind == "unreadable" for change in recorded):
            for path in paths:
                _plant(self._base, Change(path, wanted.get(path)))
            self._count(wanted.keys() & {*paths})
        self._state = self._walk.look() if paths else now
        return tuple(line(path, wanted, now) for path in paths)

    def _count(self, planted: Iterable[str]) -> None:
        """Numbers that only go up go on behind those that were planted."""
        with self._kernel.command() as tree:
            for path in planted:
                match = _NUMBERED.fullmatch(path)
                if match:
                    counted(tree, f"{ROOT}/{match[1]}", int(match[2]))
                    tree.land()


def _answer(kernel: Kernel, case: Case) -> str:
    try:
        kernel.write(f"{ROOT}/{case.file}", case.text)
    except OSError as error:
        return errno.errorcode.get(error.errno or 0, str(error))
    return "OK"


def _last(kernel: Kernel) -> str:
    try:
        return kernel.read(f"{ROOT}/{LAST}").strip()
    except OSError as error:
        return errno.errorcode.get(error.errno or 0, str(error))


def _plant(base: Path, change: Change) -> None:
    """Make a change behind the kernel's back."""
    place = base / change.path
    if change.content is not None:
        return _replace(place, change.content, f"{place.stat().st_mode & 0o777:o}")
    if place.is_dir() and not place.is_symlink():
        if change.now is None or change.now.kind != "folder":
            shutil.rmtree(place)
    else:
        place.unlink(missing_ok=True)
    if change.now is not None:
        _PLANTED[change.now.kind](place, change.now)


def _replace(place: Path, content: str, mode: str) -> None:
    place.unlink(missing_ok=True)
    place.write_bytes(content.encode("utf-8", "surrogateescape"))
    place.chmod(int(mode, 8))


_PLANTED: Mapping[str, Callable[[Path, Entry], None]] = {
    "folder": lambda place, entry: place.mkdir(parents=True, exist_ok=True),
    "file": lambda place, entry: _replace(place, entry.content, entry.mode),
    "link": lambda place, entry: place.symlink_to(entry.content),
    "unreadable": lambda place, entry: None,
}


def main(arguments: Sequence[str]) -> int:
    """Print each difference and the score; 1 if there is any."""
    parser = argparse.ArgumentParser(prog="python -m esosh.sandbox.conformance")
    parser.add_argument("file", type=Path, help="a recording")
    parser.add_argument("--live", action="store_true", help="on the SCST of this box")
    options = parser.parse_args(arguments)
    try:
        runs = load(options.file)
        with contextlib.closing(_on_this_box(runs) if options.live else replay(runs)) as verdicts:
            return int(not report(list(verdicts)))
    except Refused as refusal:
        print(refusal, file=sys.stderr)
        return 2


def _on_this_box(runs: Iterable[Run]) -> Generator[Verdict, None, None]:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # so that what was made is taken away
    yield from live.run(LocalHost(), runs)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
