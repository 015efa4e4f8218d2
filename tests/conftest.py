"""Fixtures of all tests: boxes that have just booted, copied from one that booted once."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from boxes import Esosh, root_of, session_on
from counting import Counting

from esosh import executors
from esosh.config import Config
from esosh.config.paths import diff
from esosh.sandbox import Sandbox
from esosh.session import Session, commit

NewBox = Callable[..., Sandbox]
GIT_OF_ESOS = str(Path(__file__).parent / "support" / "git-2.21")

if GIT_OF_ESOS not in os.environ["PATH"]:  # all tests have the git of ESOS 4
    os.environ["PATH"] = os.pathsep.join((GIT_OF_ESOS, os.environ["PATH"]))


@pytest.fixture(scope="session")
def booted(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The folder of a box that has just booted, for copying."""
    folder = tmp_path_factory.mktemp("booted")

    def place(name: str) -> Path:
        Sandbox(str(folder / name), name)
        return folder / name

    return place


@pytest.fixture
def new_box(booted: Callable[[str], Path], tmp_path: Path) -> NewBox:
    """Makes a fresh box: `new_box()`, `new_box("esos2")`, each below a folder of its own."""
    made = 0

    def make(name: str = "esos1") -> Sandbox:
        nonlocal made
        made += 1
        place = tmp_path / f"box{made}"
        shutil.copytree(booted(name), place, symlinks=True)
        return Sandbox(str(place))

    return make


@pytest.fixture
def box(new_box: NewBox) -> Sandbox:
    """A fresh box, esos1."""
    return new_box()


@pytest.fixture
def session(box: Sandbox) -> Session:
    """A session of root's on the box."""
    return session_on(box)


@pytest.fixture
def esosh(box: Sandbox) -> Esosh:
    """The program, run in a process of its own on the box."""
    return Esosh(root_of(box))


@pytest.fixture(autouse=True)
def nothing_else_changes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A commit reads back what it changes; here the whole machine is read back, and nothing else may differ."""
    own = commit._differences

    def differences(session: Session, old: Config, new: Config) -> list[str]:
        found = own(session, old, new)
        if isinstance(session.host, Counting) or request.node.get_closest_marker("more_changes"):
            return found
        wanted = diff(old, new)
        others = [path for path in diff(new, executors.read(session.host)) if path not in wanted]
        assert found or not others, others
        return found

    monkeypatch.setattr(commit, "_differences", differences)
