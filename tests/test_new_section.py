"""A new section: two edits, files of its stem, and everything else follows from them."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from places import DATA

import esosh
from esosh.language import tables

TOY = DATA / "toy"
FILES = sorted(path.relative_to(TOY) for path in TOY.glob("*/toy.py"))
IGNORED = shutil.ignore_patterns("__pycache__", tables.FILE)
EDITS = {  # what stands in the two files, and what follows it when the section is there
    "grammar.lark": (('!section: "scst"', ' | "toy"'), ("_edit: _scst", " | _toy"), ("topic: alua_topic_pair", " | toy_topic_pair")),
    "config/__init__.py": (("    from .svc import Service", "\n    from .toy import Toy"),
                           ("    svc: Mapping[str, Service]", "\n    toy: Toy")),
}


@pytest.fixture(scope="module")
def with_toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of esosh that has the section."""
    folder = tmp_path_factory.mktemp("toy")
    package = folder / "esosh"
    shutil.copytree(Path(esosh.__file__).parent, package, ignore=IGNORED)
    for name, additions in EDITS.items():
        text = (package / name).read_text()
        for place, addition in additions:
            assert text.count(place) == 1, place
            text = text.replace(place, place + addition)
        (package / name).write_text(text)
    with (package / "grammar.lark").open("a") as grammar:
        grammar.write((TOY / "grammar.lark").read_text())
    for file in FILES:
        shutil.copy(TOY / file, package / file)
    code = "from esosh.language import tables; open(f'esosh/{tables.FILE}', 'wb').write(tables.made())"
    subprocess.run([sys.executable, "-c", code], cwd=folder, check=True)
    return folder


def run(folder: Path, box: Path, *words: str, stdin: str = "") -> str:
    """What the copy prints, on a simulated box."""
    argv = [sys.executable, "-m", "esosh", "--sandbox", str(box), *words]
    done = subprocess.run(argv, cwd=folder, input=stdin, capture_output=True, text=True, check=False,
                          env={**os.environ, "PYTHONPATH": str(folder)})
    return done.stdout + done.stderr


@pytest.fixture
def toy(with_toy: Path, tmp_path: Path) -> Callable[..., str]:
    """Runs the copy on a box of its own."""
    return functools.partial(run, with_toy, tmp_path / "box")


def test_a_toy_section_is_edited_planned_committed_shown_and_rolled_back(toy, tmp_path):
    saved = tmp_path / "box/etc/toys.conf"
    toy("-f", "-", stdin="scst set poll_us=1\ncommit\n")  # what a fresh box runs is saved by that
    assert toy("toy", "ball", "add", "red", "size=3") == ""
    assert "W999 toy red: it is small enough to swallow" in toy("check", "toy")
    assert toy("diff", "toy") == "+ toy ball add red size=3\n"
    assert "replace /etc/toys.conf" in toy("plan")
    assert "committed: number 2" in toy("commit")
    assert saved.read_text() == "red 3\n"
    assert toy("show", "toy") == "toy ball add red size=3\n"
    assert toy("status", "toy").split() == ["ball", "size", "red", "3"]
    assert "ok  toy      1 balls" in toy("status")
    assert "toy ball add red size=3" in toy("blame", "toy")
    assert toy("toy", "ball", "set", "red", "size=30") == ""
    assert "committed: number 3" in toy("commit")
    assert "+ toy ball add red size=30" in toy("history", "0")
    assert "+ toy ball add red size=3" in toy("rollback", "1")
    assert "committed: number 4" in toy("commit")
    assert saved.read_text() == "red 3\n"


def test_a_toy_section_is_saved_and_loaded_its_level_entered_and_its_words_suggested(toy, tmp_path):
    file = tmp_path / "toys.esh"
    assert "committed" in toy("-f", "-", stdin="toy\nball add blue size=40\ncommit\n")
    assert "lines" in toy("save", str(file))
    assert "toy ball add blue size=40\n" in file.read_text()
    file.write_text("toy ball add blue size=40\n")
    assert "committed" in toy("-f", "-", stdin="toy ball del blue\ncommit\n")
    assert "1 edit\n" in toy("load", str(file))
    assert "+ toy ball add blue size=40" in toy("diff", "toy")
    assert "- toy ball add blue size=40" in toy("abort", "toy", "blue")
    assert "did you mean: toy ball add" in toy("toy", "ball", "ad", "green", "size=9")
    assert "no ball bleu" in toy("toy", "ball", "set", "bleu", "size=9")


def test_the_menu_has_the_words_and_the_names_of_a_toy_section(toy, with_toy, tmp_path):
    toy("toy", "ball", "add", "red", "size=9")
    code = (
        "from esosh.sandbox import Sandbox; from esosh.session import Session; from esosh.shell.menu import Menu\n"
        "from esosh.transaction.journal import Who\n"
        f"menu = Menu(Session(Sandbox({str(tmp_path / 'box')!r}), Who(__import__('getpass').getuser(), 'tty1', 1, 'now')))\n"
        "print([entry.text for text in ('toy ball ', 'toy ball set ', 'show toy ') for entry in menu.at(text)])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=with_toy, capture_output=True, text=True, check=True,
                          env={**os.environ, "PYTHONPATH": str(with_toy)})
    assert [word for word in ("'add'", "'set'", "'del'", "'red'") if word not in done.stdout] == []


@pytest.mark.parametrize("file", FILES, ids=str)
def test_a_file_that_is_missing_is_named(with_toy, tmp_path, file):
    shutil.copytree(with_toy / "esosh", tmp_path / "esosh", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "esosh" / file).unlink()
    printed = run(tmp_path, tmp_path / "box", "toy", "ball", "add", "red", "size=9") + menu_of(tmp_path)
    assert f"esosh/{file} is missing" in printed or f"No module named 'esosh.{file.parent}.toy'" in printed


def menu_of(folder: Path) -> str:
    """What a menu of the section shows, or why there is none."""
    code = ("from esosh.completions import Context, names\n"
            "names('BALL', Context(words=(('TOY', 'toy'), ('BALL_0', 'ball'))))\n")
    return subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False,
                          env={**os.environ, "PYTHONPATH": str(folder)}).stderr


def test_the_two_edits_name_nothing_but_the_section():
    assert sum(len(additions) for additions in EDITS.values()) == 5
    assert {file.parent.name for file in FILES} == {"config", "executors", "commands", "completions", "checks"}
