"""The house itself: imports run one way, names replace registries, rooms stay small."""

from __future__ import annotations

import ast
import dataclasses
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import esosh
from esosh import grammar, language, usage
from esosh.config import Config
from esosh.session import SECTIONS

ROOT = Path(esosh.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))
TWINS = ("executors", "commands", "completions", "checks")
ONLY_IN = {"esosh": (), "lark": ("grammar", "executors"), "prompt_toolkit": ("editor",), "rich": ("display",), "subprocess": ("host", "sandbox")}


def order() -> list[str]:
    """The modules in the order that the package's docstring gives."""
    return re.findall(r"^ {4}(\w+) {2,}\S", esosh.__doc__ or "", re.M)


def stem(file: Path) -> tuple[str, ...]:
    """The module of a file, from the package in: ("executors", "net", "conf")."""
    parts = file.relative_to(ROOT).with_suffix("").parts
    return parts[:-1] if parts[-1] == "__init__" else parts


def imports(file: Path) -> Iterator[tuple[str, ...]]:
    """What a file imports: of esosh from the package in, of others by their first name behind a dot."""
    package = stem(file) if file.name == "__init__.py" else stem(file)[:-1]
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from ((".", alias.name.partition(".")[0]) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield ".", (node.module or "").partition(".")[0]
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1]
            for alias in node.names:
                whole = (*above, *(node.module or "").split("."), alias.name) if node.module else (*above, alias.name)
                yield whole


@pytest.mark.parametrize("file", FILES, ids=lambda file: ".".join(stem(file)) or "esosh")
def test_imports_run_one_way_only(file):
    place = {name: number for number, name in enumerate(order())}
    here = stem(file)
    for there in imports(file):
        if there[0] == ".":
            allowed = ONLY_IN.get(there[1])
            assert allowed is None or here[0] in allowed, f"{'.'.join(here)} imports {there[1]}"
        elif here and here[0] == "sandbox":
            assert there[0] in ("errors", "host", "sandbox")
        elif here and there[0] in place and there[0] != here[0]:
            assert there[0] != "sandbox" or here[0] == "cli"
            assert place[there[0]] < place[here[0]], f"{here} imports {there}"


@pytest.mark.parametrize("package", TWINS)
def test_siblings_do_not_import_each_other(package):
    for file in (file for file in FILES if stem(file)[:1] == (package,) and len(stem(file)) > 1):
        for there in imports(file):
            assert there[:1] != (package,) or len(there) < 2 or there[1] == stem(file)[1] or not (
                (ROOT / package / f"{there[1]}.py").exists() or (ROOT / package / there[1]).is_dir()), f"{file} imports {there}"


def test_every_module_stands_in_the_docstring():
    there = {stem(file)[0] for file in FILES if stem(file)}
    assert there == set(order())


@pytest.mark.parametrize("file", FILES, ids=lambda file: ".".join(stem(file)) or "esosh")
def test_a_file_holds_300_lines_and_a_function_40(file):
    text = file.read_text()
    assert text.count("\n") <= 300
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            assert node.end_lineno - node.lineno < 40, node.name


def test_a_command_s_rule_begins_with_the_words_of_its_name():
    for rule, form in usage.forms().items():
        words = rule.split("_")[1:] if rule.startswith("session_") else rule.split("_")
        assert rule == "session_level" or form.split()[: len(words)] == words


def test_every_rule_that_begins_like_a_section_s_has_its_class():
    commands = [rule for rule in usage.rules() if rule.startswith(("session_", "alua_", "net_", "svc_")) and not rule.endswith("_pair")]
    helpers = ("_list", "_key", "_state")
    assert [rule for rule in commands if not rule.endswith(helpers) and not language.command_class(rule)] == []


def test_every_command_and_every_word_of_the_user_s_has_its_meaning():
    terminals = grammar.grammar().patterns
    assert [name for name in [*usage.forms(), *terminals] if not grammar.grammar().help.get(name)] == []


def test_a_section_has_an_executor_and_its_commands_have_lines_and_clear():
    for part in dataclasses.fields(Config):
        executor = importlib.import_module(f"esosh.executors.{part.name}")
        assert all(hasattr(executor, name) for name in ("read", "facts", "steps", "FILES", "amend", "notes", "follow"))
    for section in SECTIONS:
        commands = importlib.import_module(f"esosh.commands.{section}")
        assert all(hasattr(commands, name) for name in ("lines", "clear"))


@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_has_its_stem_everywhere(section):
    for package in TWINS[1:]:
        assert (ROOT / package / section).is_dir() or (ROOT / package / f"{section}.py").exists(), package
    assert (ROOT.parent / "man" / f"esosh-{section}.7").exists()
    assert any(rule.startswith(f"{section}_") for rule in usage.forms())
