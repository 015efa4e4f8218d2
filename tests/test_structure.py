"""The house itself: imports run one way, names replace registries, rooms stay small."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from places import MAN

import esosh
from esosh.commands import Word, field
from esosh.commands.parse import command_class
from esosh.config import FIELDS
from esosh.language import usage
from esosh.language.grammar import grammar
from esosh.language.source import help_texts, sections
from esosh.session import Session, handler

ROOT = Path(esosh.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))
TWINS = ("config", "executors", "commands", "completions", "checks")
GROWING = (*TWINS, "sandbox")
TOP = 17  # names
ONLY_IN = {
    "esosh": (), "lark": ("language",), "prompt_toolkit": ("shell",), "rich": ("shell",),
    "subprocess": ("host", "sandbox"),
}


def order() -> list[str]:
    """The rooms in the order that the package's docstring gives."""
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
                yield (*above, *(node.module or "").split("."), alias.name) if node.module else (*above, alias.name)


def module_of(imported: tuple[str, ...]) -> tuple[str, ...]:
    """The module that an import enters: the name behind it may be a function."""
    path = ROOT.joinpath(*imported)
    return imported if path.is_dir() or path.with_suffix(".py").exists() else imported[:-1]


each_file = pytest.mark.parametrize("file", FILES, ids=lambda file: ".".join(stem(file)) or "esosh")


@each_file
def test_imports_run_one_way_only(file):
    place = {name: number for number, name in enumerate(order())}
    here = stem(file)
    for imported in imports(file):
        if imported[0] == ".":
            allowed = ONLY_IN.get(imported[1])
            assert allowed is None or here[0] in allowed, f"{'.'.join(here)} imports {imported[1]}"
        elif here and here[0] == "sandbox":
            assert imported[0] in ("records", "errors", "host", "sandbox")
        elif here and imported[0] in place and imported[0] != here[0]:
            assert imported[0] != "sandbox" or here == ("shell", "start")
            assert imported[0] == "sandbox" or place[imported[0]] < place[here[0]], f"{here} imports {imported}"


def test_a_library_is_imported_in_one_module():
    importers = {library: {".".join(stem(file)) for file in FILES if (".", library) in imports(file)} for library in ONLY_IN}
    assert importers["prompt_toolkit"] == {"shell.editor"}
    assert importers["rich"] == {"shell.display"}
    assert importers["lark"] == {"language.compiler"}


@pytest.mark.parametrize("package", TWINS)
def test_siblings_do_not_import_each_other(package):
    for file in (file for file in FILES if stem(file)[:1] == (package,) and stem(file)[1:2] and stem(file)[1] in sections()):
        for imported in imports(file):
            other = imported[1] if imported[:1] == (package,) and len(imported) > 1 else stem(file)[1]
            assert other == stem(file)[1] or other not in sections(), f"{file} imports {imported}"


def test_no_module_imports_another_that_imports_it():
    graph = {stem(file): {module_of(imported) for imported in imports(file) if imported[0] != "."} - {stem(file)}
             for file in FILES}
    done: set[tuple[str, ...]] = set()

    def visit(here: tuple[str, ...], path: tuple[tuple[str, ...], ...]) -> None:
        assert here not in path, " -> ".join(".".join(part) for part in (*path, here))
        if here not in done:
            for imported in graph.get(here, ()):
                visit(imported, (*path, here))
            done.add(here)

    for here in graph:
        visit(here, ())


def test_every_room_stands_in_the_docstring_and_there_are_few():
    assert {stem(file)[0] for file in FILES if stem(file)} == set(order())
    assert len([path for path in ROOT.iterdir() if not path.name.startswith("__pycache__") and path.suffix != ".tables"]) <= TOP


@each_file
def test_a_file_holds_300_lines_of_110_columns_and_a_function_40(file):
    text = file.read_text()
    assert text.count("\n") <= 300
    assert [line for line in text.split("\n") if len(line) > 110] == []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            assert node.end_lineno - node.lineno < 40, node.name


# names instead of registries


def test_a_command_s_rule_begins_with_the_words_of_its_name():
    for rule, form in usage.forms().items():
        words = rule.removeprefix("session_").split("_")
        assert rule == "session_level" or form.replace("_", " ").split()[: len(words)] == words


def test_every_command_has_its_class_and_every_rule_that_begins_like_a_section_s_is_a_command_or_a_helper():
    assert all(command_class(rule) for rule in usage.command_rules())
    prefixes = tuple(f"{name}_" for name in ("session", "cib", *sections()))
    helpers = ("_list", "_key", "_pair", "_state")
    others = [rule for rule in usage.rules() if rule.startswith(prefixes) and rule not in usage.command_rules()]
    assert [rule for rule in others if not rule.endswith(helpers)] == []


def test_every_command_and_every_word_of_the_user_s_has_its_meaning():
    assert [name for name in [*usage.forms(), *grammar().patterns] if not help_texts().get(name)] == []


@pytest.mark.parametrize("rule", [rule for rule in usage.command_rules() if issubclass(command_class(rule), Word)])
def test_a_word_of_the_session_is_run_by_the_function_of_its_name(rule):
    word = command_class(rule)
    parameters = list(inspect.signature(handler(word)).parameters.values())
    assert handler(word).__name__ == rule == word.rule()
    assert [parameter.annotation for parameter in parameters] == ["Session", word.__name__]
    assert not any(hasattr(word, name) for name in ("act", "native"))


def test_the_session_has_what_an_action_may_ask_of_it():
    assert all(hasattr(Session, name) for name in ("config", "run"))


def test_an_executor_and_the_commands_of_a_section_have_what_their_folders_ask():
    for name in FIELDS:
        executor = importlib.import_module(f"esosh.executors.{name}")
        contract = "read running saved facts steps FILES amend notes follow_ups status overview"
        assert [part for part in contract.split() if not hasattr(executor, part)] == []
    for section in sections():
        commands = importlib.import_module(f"esosh.commands.{section}")
        assert [part for part in ("owns", "names", "lines", "clear") if not hasattr(commands, part)] == []


@pytest.mark.parametrize("section", sections())
def test_a_section_has_its_stem_everywhere(section):
    own = (*TWINS[2:], *(("config", "executors") if field(section) == section else ()))
    for package in own:
        assert (ROOT / package / section).is_dir() or (ROOT / package / f"{section}.py").exists(), package
    assert (MAN / f"esosh-{section}.7").exists()
    assert any(rule.startswith(f"{section}_") for rule in usage.forms())


def own_sections(file: Path) -> set[str]:
    """The sections that a file is of: that of its stem, and those that are applied together with it."""
    parts = stem(file)
    fields = {field(part) for part in parts if part in sections()} if parts[:1] and parts[0] in GROWING else set()
    return {section for section in sections() if field(section) in fields}


def named_sections(file: Path) -> Iterator[str]:
    """The names of sections in a file: as a text, as an attribute, in an import."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Constant) and node.value in sections():
            yield node.value
        elif isinstance(node, ast.Attribute) and node.attr in sections():
            yield node.attr
        elif isinstance(node, ast.ImportFrom):
            yield from (part for alias in node.names for part in ((node.module or "").split(".") + [alias.name]) if part in sections())


def test_nothing_outside_the_files_of_a_section_knows_its_name():
    # config/__init__ has the fields of Config; sandbox/ simulates ESOS, whose programs and services have these names
    elsewhere = [file for file in FILES if stem(file)[:1] != ("sandbox",) and stem(file) != ("config",)]
    found = [f"{'.'.join(stem(file))}: {name}" for file in elsewhere for name in named_sections(file) if name not in own_sections(file)]
    print("\n".join(found))
    assert found == []
