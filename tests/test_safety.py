"""The page of promises: each names tests that exist, and the page is set without a warning."""

from __future__ import annotations

import re
import subprocess

import pytest
from boxes import required_program
from places import MAN, PROJECT

PAGE = MAN / "esosh-safety.7"
PROMISES = re.findall(r"^\.TP\n\.B (.+?)\n(.*?)(?=^\.TP|^\.S)", PAGE.read_text().partition(".SH PROMISES")[2], re.S | re.M)


def named(text: str) -> list[str]:
    """The files that a paragraph names."""
    return re.findall(r"tests/[\w/]+\.py", text)


def test_the_page_has_promises_of_each_kind_and_says_what_it_does_not_promise():
    kinds = re.findall(r"^\.SS (.+)", PAGE.read_text(), re.M)
    assert kinds == ["Crashes", "Power cuts", "Full and broken disks", "Other writers", "Hostile names", "Secrets"]
    assert len(PROMISES) >= 3 * len(kinds)
    assert PAGE.read_text().partition(".SH NO PROMISES")[2].count(".IP ") > 5


@pytest.mark.parametrize("promise, text", PROMISES, ids=[promise for promise, _ in PROMISES])
def test_a_promise_ends_with_tests_that_exist(promise, text):
    last = text.rstrip("\n").split("\n")[-1]
    assert last.startswith(".I tests/") and named(last) == last.split()[1:], promise
    for file in named(last):
        assert "def test_" in (PROJECT / file).read_text() or file in (PROJECT / "Makefile").read_text(), file


def test_no_promise_is_left_out():
    promised = PAGE.read_text().partition(".SH PROMISES")[2].partition(".SH NO PROMISES")[0]
    assert promised.count(".TP\n") == len(PROMISES) == len(re.findall(r"^\.I tests/", promised, re.M))


def test_the_page_is_set_without_a_warning():
    done = subprocess.run([required_program("groff"), "-man", "-Tutf8", "-ww", str(PAGE)], capture_output=True, text=True, check=True)
    assert done.stderr == ""


def test_the_manual_and_the_readme_point_to_it():
    assert "esosh\\-safety (7)" in (MAN / "esosh.8").read_text().partition(".SH SEE ALSO")[2]
    assert "esosh-safety.7" in (PROJECT / "README.md").read_text()
