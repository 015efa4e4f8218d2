"""The tables of the grammar: always the same bytes, never of another grammar, and nothing read that a line does not need."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import esosh
from esosh.language import tables

PACKAGE = Path(esosh.__file__).parent
MADE = tables.made()
LATE = {"lark", "dataclasses", "typing", "difflib", "textwrap", "pathlib", "hashlib", "importlib.resources"}
LANGUAGE = ("words", "grammar", "follow", "masking", "diagnostics", "sections", "source", "usage")


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A copy of esosh without its tables."""
    shutil.copytree(PACKAGE, tmp_path / "esosh", ignore=shutil.ignore_patterns("__pycache__", "sandbox", tables.FILE))
    return tmp_path / "esosh"


def run(folder: Path, code: str, *options: str, **environment: str) -> str:
    """What a program prints that imports esosh from a folder or an archive; the last line of its errors where it fails."""
    variables = {**os.environ, **environment, "PYTHONPATH": str(folder)}
    done = subprocess.run([sys.executable, "-B", *options, "-c", code], cwd=folder.parent, env=variables, capture_output=True,
                          text=True, check=False)
    return done.stdout.strip() or done.stderr.strip().splitlines()[-1]


def read(package: Path, line: str) -> str:
    """What the copy reads a line as."""
    return run(package.parent, f"from esosh.commands.parse import parse; print(repr(parse({line!r})))")


def imported(code: str) -> set[str]:
    """The modules that a program of this esosh imports; -S: without those of an installation."""
    return set(run(PACKAGE.parent, f"import sys; before = {{*sys.modules}}\n{code}\nprint(*{{*sys.modules}} - before)", "-S").split())


def test_tables_of_an_older_grammar_are_not_used(package: Path) -> None:
    (package / tables.FILE).write_bytes(MADE)
    assert read(package, "top") == "SessionTop()"
    text = (package / "grammar.lark").read_text()
    (package / "grammar.lark").write_text(text.replace('session_top: "top"', 'session_top: "topmost"'))
    assert read(package, "topmost") == "SessionTop()"


@pytest.mark.parametrize("old", [b"", b"1.3.1 0b1c\n\x80\x04.", MADE[2:]], ids=["none", "a pickle", "another format"])
def test_tables_of_an_older_esosh_are_not_used(package: Path, old: bytes) -> None:
    (package / tables.FILE).write_bytes(old)
    assert read(package, "top") == "SessionTop()"


def test_tables_of_this_grammar_are_used(package: Path) -> None:
    (package / tables.FILE).write_bytes(MADE)
    assert read(package, "top") == "SessionTop()"
    code = "import sys; from esosh.commands.parse import parse; parse('top'); print('lark' in sys.modules)"
    assert run(package.parent, code) == "False"


@pytest.mark.parametrize("damaged", [MADE[:100_000], MADE[:-1], MADE[:-300] + bytes(200) + MADE[-100:]], ids=["cut", "short", "zeros"])
def test_tables_that_are_not_whole_are_not_used(package: Path, damaged: bytes) -> None:
    (package / tables.FILE).write_bytes(damaged)
    assert read(package, "top") == "SessionTop()"


def test_an_installation_without_its_tables_and_without_lark_says_that_it_is_damaged(package: Path) -> None:
    shutil.copytree(PACKAGE / "sandbox", package / "sandbox")
    (package / tables.FILE).write_bytes(MADE[:-1])
    code = "import sys; sys.modules['lark'] = None\nfrom esosh.shell.cli import main; sys.exit(main(['top']))"
    said = run(package.parent, code)
    assert "Traceback" not in said and "install esosh again" in said


def test_esosh_without_its_tables_reads_lines_all_the_same(package: Path) -> None:
    assert read(package, "net bond bond0 mode=1") == "NetBond(bond='bond0', pairs=(Pair(key='mode=', value='1'),))"


def test_the_same_grammar_gives_the_same_tables_in_every_process() -> None:
    code = "import zlib; from esosh.language import tables; print(zlib.crc32(tables.made()))"
    assert len({run(PACKAGE.parent, code, PYTHONHASHSEED=seed) for seed in ("1", "2", "3")}) == 1


def test_the_language_is_read_out_of_an_archive(package: Path, tmp_path: Path) -> None:
    (package / tables.FILE).write_bytes(MADE)
    with zipfile.ZipFile(tmp_path / "esosh.zip", "w") as archive:
        for file in package.rglob("*"):
            archive.write(file, file.relative_to(tmp_path))
    shutil.rmtree(package)
    code = "import sys; from esosh.language.follow import follow; print(sorted(follow('alua dgrp').keywords), 'lark' in sys.modules)"
    assert run(tmp_path / "esosh.zip", code) == "['add', 'del'] False"


@pytest.mark.parametrize("name", LANGUAGE)
def test_the_language_imports_nothing_that_a_line_does_not_need(name: str) -> None:
    assert imported(f"import esosh.language.{name}") & LATE == set()


def test_a_line_that_is_read_needs_neither_lark_nor_what_explains_errors() -> None:
    code = "from esosh.language.words import split; from esosh.language.grammar import Reading; Reading(split('net bond bond0 mode=1')).accepts()"
    assert imported(code) & {*LATE, "esosh.language.masking", "esosh.language.diagnostics", "esosh.views"} == set()


SECTION_MODULES = {f"esosh.commands.{name}" for name in ("session", "cib", "alua", "net", "svc", "scst")}


@pytest.mark.parametrize("line, used", [
    ("svc enable sbd", {"svc"}), ("net bond bond0", {"net"}), ("status", {"session"}), ("explain svc start sbd", {"session", "svc"}),
])
def test_a_line_imports_the_commands_of_its_own_section_only(line: str, used: set[str]) -> None:
    found = imported(f"from esosh.commands.parse import parse; parse({line!r})")
    assert found & SECTION_MODULES == {f"esosh.commands.{name}" for name in used}


@pytest.mark.parametrize("line", ["foo bar", "net bond eth0", "alua dgrp addd x", "svc set x opts='a"])
def test_a_refused_line_imports_the_commands_of_no_section(line: str) -> None:
    found = imported(f"from esosh.commands.parse import parse\ntry: parse({line!r})\nexcept Exception: pass")
    assert found & SECTION_MODULES == set()
    assert "esosh.language.masking" in found


def test_nothing_but_the_rows_of_a_line_s_states_is_read_of_the_tables() -> None:
    code = ("import sys; from esosh.language.grammar import Reading; from esosh.language.words import split; seen = []; "
            "sys.addaudithook(lambda event, _: seen.append(event)); Reading(split('svc enable sbd')).accepts(); "
            "print(seen.count('marshal.loads'))")
    loaded, states = int(run(PACKAGE.parent, code)), len(tables.part("rows"))
    assert loaded < states / 20  # Python 3.9 does not tell of them
