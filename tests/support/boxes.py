"""A sandbox under test: its files, lines run in a session on it, and the program itself."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from esosh import views
from esosh.commands.parse import parse
from esosh.sandbox import Sandbox
from esosh.session import Session
from esosh.transaction.journal import Who

WHO = Who("root", "tty1", 1, "2026-01-01 00:00:00")
# what may differ after a commit that was undone
VOLATILE = (".git/", "var/log/", "var/lock/", "var/lib/esosh/word", "faults")
Files = dict[str, tuple[int, bytes]]


def required_program(name: str) -> str:
    """The path of a program; without it the test is skipped, in CI it fails."""
    path = shutil.which(name)
    if path is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"{name} is not on this machine")
    return path


def snapshot(directory: str, without: tuple[str, ...] = ()) -> Files:
    """Every file, folder and link below a directory, with its mode and its bytes."""
    entries = {}
    for folder, folders, files in os.walk(directory):
        for name in (*folders, *files):
            path = os.path.join(folder, name)
            inner = os.path.relpath(path, directory) + ("/" if name in folders else "")
            if not any(inner.startswith(part) or f"/{part}" in inner for part in without):
                entries[inner] = _entry(path)
    return entries


def _entry(path: str) -> tuple[int, bytes]:
    mode = os.lstat(path).st_mode
    if os.path.islink(path):
        return mode, os.readlink(path).encode()
    return mode, b"" if os.path.isdir(path) else Path(path).read_bytes()


def changed(before: Files, after: Files) -> list[str]:
    """The paths that differ between two snapshots."""
    return sorted(path for path in {**before, **after} if before.get(path) != after.get(path))


def root_of(box: Sandbox) -> str:
    """The directory of a box."""
    return str(box.path("/"))


def state(box: Sandbox) -> Files:
    """The files that an undone commit leaves byte for byte as they were."""
    files = snapshot(root_of(box), VOLATILE)
    files.pop("etc/esosh/", None)  # the folder of config.esh, which git does not see while it is empty
    return files


def session_on(box: Sandbox, **options: object) -> Session:
    """A session of root on the box, with its candidate on disk."""
    return Session(box, WHO, **{"wait": 0, **options})  # type: ignore[arg-type]


def do(session: Session, *lines: str) -> str:
    """Run lines as if they were typed; give the text of the last line's view."""
    text = ""
    for line in lines:
        command = parse(line)
        assert command is not None
        try:
            text = views.text(session.run(command))
        except Exception as error:
            error.args = (*error.args, f"in: {line}")
            raise
    return text


@dataclass(frozen=True)
class Result:
    """The exit status of a process, and what it printed."""

    status: int
    out: str
    err: str


@dataclass(frozen=True)
class Esosh:
    """The program itself, on a sandbox; `faults` are lines for one call."""

    directory: str

    def __call__(
        self, *words: str, stdin: str = "", faults: str = "", json: bool = False, python: tuple[str, ...] = ()
    ) -> Result:
        file = Path(self.directory, "faults")
        if faults:
            file.write_text(faults)
        try:
            argv = self.argv(*words, json=json, python=python)
            process = subprocess.run(argv, input=stdin, capture_output=True, text=True, env=environment(), check=False)
        finally:
            file.unlink(missing_ok=True)
        return Result(process.returncode, process.stdout, process.stderr)

    def argv(self, *words: str, json: bool = False, python: tuple[str, ...] = ()) -> list[str]:
        """The words of the process."""
        options = ["--sandbox", self.directory, *(["--json"] if json else [])]
        return [sys.executable, *python, "-m", "esosh", *options, *words]


def environment() -> dict[str, str]:
    """An environment without the settings of whoever runs the tests, in which processes find the shared modules."""
    personal = ("NO_COLOR", "SUDO_USER", "XDG_STATE_HOME")
    inherited = {name: value for name, value in os.environ.items() if name not in personal}
    return {**inherited, "LOGNAME": "root", "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
