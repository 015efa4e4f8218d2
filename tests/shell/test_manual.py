"""The man pages say what the grammar says, and their examples are in the language."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from boxes import required_program
from places import MAN

from esosh import checks
from esosh.commands.parse import parse
from esosh.errors import EsoshError
from esosh.language import usage
from esosh.session import script

PAGES = {
    "session": "esosh.8", "scst": "esosh-scst.7", "alua": "esosh-alua.7", "net": "esosh-net.7", "svc": "esosh-svc.7",
    "cib": "esosh-cib.7", "ha": "esosh-ha.7",
}


def plain(page: str) -> str:
    """The text of a page without roff's escapes and requests."""
    text = (MAN / page).read_text()
    for escape, letter in (("\\-", "-"), ("\\(aq", "'"), ("\\e", "\\"), ("\\&", ""), ('""', '"')):
        text = text.replace(escape, letter)
    return text


def examples(page: str) -> list[str]:
    """The lines of the page's example blocks."""
    return [block.strip("\n") for block in re.findall(r"^\.EX\n(.*?)^\.EE", plain(page), re.S | re.M)]


@pytest.mark.parametrize("rule", usage.forms())
def test_the_form_of_every_command_stands_in_its_page(rule):
    headings = [line[3:].strip().strip('"') for line in plain(PAGES[rule.partition("_")[0]]).splitlines() if line.startswith(".B ")]
    assert usage.form(rule) in headings


@pytest.mark.parametrize("page", PAGES.values())
def test_the_examples_of_a_page_are_in_the_language(page):
    blocks = examples(page)
    assert blocks
    for block in blocks:
        script.read(block, page)


@pytest.mark.parametrize("section", ["scst", "alua", "net", "svc", "cib", "ha"])
def test_every_command_of_a_section_has_an_example(section):
    lines = [line for block in examples(PAGES[section]) for line in block.splitlines()]
    used = set()
    for line in lines:
        for level in ("", section):
            try:
                used.add(type(parse(line, level)).__name__)
            except EsoshError:
                continue
    wanted = {"".join(map(str.capitalize, rule.split("_"))) for rule in usage.forms() if rule.startswith(f"{section}_")}
    assert wanted - used == set()


@pytest.mark.parametrize("page", PAGES.values())
def test_a_page_is_set_without_a_warning(page):
    done = subprocess.run([required_program("groff"), "-man", "-Tutf8", "-ww", str(MAN / page)], capture_output=True, text=True, check=True)
    assert done.stderr == ""


def test_the_exit_statuses_of_all_errors_stand_in_the_manual():
    text = plain("esosh.8")
    statuses = {error.status for error in EsoshError.__subclasses__()} | {0, 70}
    assert all(re.search(rf"^\.B {status}$", text, re.M) for status in statuses)


@pytest.mark.parametrize("topic", checks.sections())
def test_every_finding_stands_in_the_page_of_its_section(topic):
    folder = Path(checks.__file__).parent
    files = [folder / f"{topic}.py", *(folder / topic).glob("*.py")]
    source = "".join(file.read_text() for file in files if file.exists())
    codes = set(re.findall(r'Finding\("([EW]\d+)"', source))
    assert codes - set(re.findall(r"[EW]\d{3}", plain(PAGES[topic]) + plain("esosh.8"))) == set()
