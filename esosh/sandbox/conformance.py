"""Does the simulated SCST answer as the real one was recorded to answer?

    python -m esosh.sandbox.conformance FILE          replays a recording in a sandbox of its own
    python -m esosh.sandbox.conformance FILE --live   on the SCST of this box, with objects of its own only

A run of a recording is a sequence, and so is its replay: SCST is loaded afresh, the run's setup is written,
then its cases, one by one. A case passes if the answer is the recorded one (OK or the errno),
last_sysfs_mgmt_res reads the same afterwards, and the same paths were added, removed and changed, with the
same mode and content.

So that one difference does not make all that follow differ, the simulated tree is corrected without the
simulated kernel: at the start of a run, where something else than a write changed the recorded tree, and
after every case that differs, path by path, only those that differ. Numbers that only go up continue after
those that are in the corrected tree. Where the recording could not read a folder nothing is corrected: the
simulated kernel continues with its own state.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import shutil
import signal
import sys
import tempfile
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Callable, Optional

from ..errors import Refused
from ..host.local import LocalHost
from . import live, scst
from .kernel import Kernel
from .landing import delete, is_folder
from .recording import LAST, Case, Change, Entry, Run, State, Walk, errno_name, load
from .scst.names import NOTES, ROOT, mark_number_used
from .verdicts import Verdict, answer_difference, differing_paths, report, tree_difference, with_changes

DISKS = ("2:0:0:0", "2:0:1:0")
_FILES = {
    "vd/f0.img": 16 << 20, "vd/f1.img": 16 << 20, "vd/f2.img": 16 << 20,
    "vd/empty.img": 0, "vd/odd.img": 1000,
    "dev/loop0": 16 << 20, "dev/sda": 1 << 30,
}
_NUMBERED = re.compile(
    "(targets/copy_manager/copy_manager_tgt/luns|devices/[^/]+/exported)/(?:export)?([0-9]+)"
)


def replay(runs: Iterable[Run]) -> Generator[Verdict, None, None]:
    """Replay each run in a sandbox of its own."""
    for run in runs:
        folder = Path(tempfile.mkdtemp(prefix="conformance-"))
        try:
            yield from _Replay(folder).run(run)
        finally:
            shutil.rmtree(folder)


def recorded_box(root: Path) -> Kernel:
    """Build the recorded box: SCSI disks, some files, a block device, and SCST with all its drivers."""
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
        self._kernel = recorded_box(root)
        self._base = self._kernel.tree.path(ROOT)
        self._walk = Walk(self._base, cached=True)
        self._state: State = {}

    def run(self, run: Run) -> Iterator[Verdict]:
        for file, text in run.setup:
            self._kernel.write(f"{ROOT}/{file}", text)
        start = Case(-1, "start", "", "", "OK", "", run.start)
        yield Verdict(run.name, start, self._compare_tree(run.start))
        for case in run.cases:
            yield Verdict(run.name, case, self._case(case))

    def _case(self, case: Case) -> tuple[str, ...]:
        if case.outside_changes:
            self._make_outside_changes(case.outside_changes)
        answer = _answer(self._kernel, case)
        last_difference = self._compare_last(case)
        return (*answer_difference(answer, case), *last_difference, *self._compare_tree(case.changes))

    def _make_outside_changes(self, changes: Iterable[Change]) -> None:
        for change in changes:
            _apply(self._base, change)
            if change.is_removal:
                shutil.rmtree(self._kernel.tree.path(f"{NOTES}{ROOT}/{change.path}"), ignore_errors=True)
        self._state = self._walk.look()

    def _compare_last(self, case: Case) -> tuple[str, ...]:
        last = _last(self._kernel)
        if last == case.last:
            return ()
        if case.last != "EAGAIN":
            (self._base / LAST).write_text(f"{case.last}\n")
        return (f"{LAST} {last}, recorded {case.last}",)

    def _compare_tree(self, changes: Sequence[Change]) -> tuple[str, ...]:
        """How the tree differs from the one before with the recorded changes; it is corrected."""
        recorded, actual = with_changes(self._state, changes), self._walk.look()
        paths = differing_paths(recorded, actual)
        if not any(map(_is_unreadable, changes)):
            self._correct(paths, recorded)
        self._state = self._walk.look() if paths else actual
        return tuple(tree_difference(path, recorded, actual) for path in paths)

    def _correct(self, paths: tuple[str, ...], recorded: State) -> None:
        for path in paths:
            _apply(self._base, Change(path, recorded.get(path)))
        self._count(recorded.keys() & paths)

    def _count(self, paths: Iterable[str]) -> None:
        """Numbers that only go up continue after those in these paths."""
        with self._kernel.command() as tree:
            for match in filter(None, map(_NUMBERED.fullmatch, paths)):
                mark_number_used(tree, f"{ROOT}/{match[1]}", int(match[2]))
                tree.land()


def _answer(kernel: Kernel, case: Case) -> str:
    try:
        kernel.write(f"{ROOT}/{case.file}", case.text)
    except OSError as error:
        return errno_name(error)
    return "OK"


def _last(kernel: Kernel) -> str:
    try:
        return kernel.read(f"{ROOT}/{LAST}").strip()
    except OSError as error:
        return errno_name(error)


def _is_unreadable(change: Change) -> bool:
    return change.entry is not None and change.entry.kind == "unreadable"


def _apply(base: Path, change: Change) -> None:
    """Make a change without the simulated kernel."""
    place = base / change.path
    if change.content is None:
        _put(place, change.entry)
    else:
        _replace(place, change.content, f"{place.stat().st_mode & 0o777:o}")


def _put(place: Path, entry: Optional[Entry]) -> None:
    if entry is None:
        return delete(place)
    if entry.kind != "folder" or not is_folder(place):
        delete(place)
    _MAKERS[entry.kind](place, entry)


def _replace(place: Path, content: str, mode: str) -> None:
    place.unlink(missing_ok=True)
    place.write_bytes(content.encode("utf-8", "surrogateescape"))
    place.chmod(int(mode, 8))


_MAKERS: Mapping[str, Callable[[Path, Entry], None]] = {
    "folder": lambda place, entry: place.mkdir(parents=True, exist_ok=True),
    "file": lambda place, entry: _replace(place, entry.content, entry.mode),
    "link": lambda place, entry: place.symlink_to(entry.content),
    "unreadable": lambda place, entry: None,
}


def main(arguments: Sequence[str]) -> int:
    """Print each difference and the score; give 1 if there is a difference."""
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
    # a killed trial deletes the objects that it made
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    yield from live.run(LocalHost(), runs)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
