"""A sandbox under test: what is on it, the lines that change it, and the program that runs them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from esosh import language, views
from esosh.sandbox import Sandbox
from esosh.session import Session
from esosh.store import Who

WHO = Who("root", "tty1", 1, "2026-01-01 00:00:00")
OWN = (".git/", "var/log/", "var/lock/", "var/lib/esosh/word", "faults")  # what a commit that was undone may leave changed
Files = dict[str, tuple[int, bytes]]


def needed(program: str) -> str:
    """Where a program is; without it the test is skipped, in CI it fails."""
    found = shutil.which(program)
    if found is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"{program} is not on this machine")
    return found


def everything(directory: str, without: tuple[str, ...] = ()) -> Files:
    """Every file, folder and link below a directory, with its mode and its bytes."""
    found = {}
    for folder, folders, files in os.walk(directory):
        for name in (*folders, *files):
            path = os.path.join(folder, name)
            inner = os.path.relpath(path, directory) + ("/" if name in folders else "")
            if not any(inner.startswith(part) or f"/{part}" in inner for part in without):
                found[inner] = _entry(path)
    return found


def _entry(path: str) -> tuple[int, bytes]:
    mode = os.lstat(path).st_mode
    if os.path.islink(path):
        return mode, os.readlink(path).encode()
    return mode, b"" if os.path.isdir(path) else Path(path).read_bytes()


def changed(before: Files, after: Files) -> list[str]:
    """The names that differ between two looks at everything."""
    return sorted(path for path in {**before, **after} if before.get(path) != after.get(path))


def root_of(box: Sandbox) -> str:
    """The directory of a box."""
    return str(box.path("/"))


def state(box: Sandbox) -> Files:
    """What undoing gives back byte for byte."""
    found = everything(root_of(box), OWN)
    found.pop("etc/esosh/", None)  # the folder of config.esh, which git does not see while it is empty
    return found


def session_on(box: Sandbox, **options: object) -> Session:
    """A session of root's on the box, its candidate on disk."""
    return Session(box, WHO, **{"wait": 0, **options})  # type: ignore[arg-type]


def do(session: Session, *lines: str) -> str:
    """Run lines as if they were typed; give the text of the last one's view."""
    text = ""
    for line in lines:
        command = language.parse(line)
        assert command is not None
        try:
            text = views.text(session.run(command))
        except Exception as error:
            error.args = (*error.args, f"in: {line}")
            raise
    return text


@dataclass(frozen=True)
class Done:
    """What a process left."""

    status: int
    out: str
    err: str


@dataclass(frozen=True)
class Esosh:
    """The program itself, on a sandbox; `faults` are lines that count for one call."""

    directory: str

    def __call__(self, *words: str, stdin: str = "", faults: str = "", json: bool = False, python: tuple[str, ...] = ()) -> Done:
        file = Path(self.directory, "faults")
        if faults:
            file.write_text(faults)
        try:
            done = subprocess.run(self.argv(*words, json=json, python=python), input=stdin, capture_output=True, text=True,
                                  env=environment(), check=False)
        finally:
            file.unlink(missing_ok=True)
        return Done(done.returncode, done.stdout, done.stderr)

    def argv(self, *words: str, json: bool = False, python: tuple[str, ...] = ()) -> list[str]:
        """The words of the process."""
        options = ["--sandbox", self.directory, *(["--json"] if json else [])]
        return [sys.executable, *python, "-m", "esosh", *options, *words]


def environment() -> dict[str, str]:
    """An environment in which nothing of ours counts."""
    kept = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "SUDO_USER", "XDG_STATE_HOME")}
    return {**kept, "LOGNAME": "root"}
