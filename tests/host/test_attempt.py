"""A program of which only its end counts."""

from __future__ import annotations

import os
import time

import pytest

from esosh.host.local import LocalHost


@pytest.fixture
def host(tmp_path):
    return LocalHost(str(tmp_path))


def children_of(word: str) -> list[str]:
    """The processes that have a word in their command line."""
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/cmdline", "rb") as file:
                if word.encode() in file.read():
                    found.append(name)
        except OSError:
            continue
    return found


def gone(word: str) -> bool:
    """Whether no process has the word any more, at once or soon."""
    deadline = time.monotonic() + 10
    while children_of(word) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not children_of(word)


@pytest.mark.parametrize("program, well", [("true", True), ("false", False)])
def test_its_status_says_how_it_ended(host, program, well):
    assert host.ends_well((program,), 30) is well


def test_what_it_prints_is_kept_nowhere(host):
    with open("/proc/self/statm") as before:
        pages = int(before.read().split()[1])
    assert host.ends_well(("yes",), 0.5) is False
    with open("/proc/self/statm") as after:
        assert int(after.read().split()[1]) - pages < 2000
    assert gone("\0yes\0") and os.listdir(host.path("/")) == []


@pytest.mark.parametrize("script, well", [("sleep {0} & exit 0", True), ("sleep {0} & sleep {0}", False), ("trap '' TERM; sleep {0}", False)])
def test_what_it_has_started_ends_with_it_and_nobody_waits_for_its_pipes(host, script, well):
    seconds = f"98765.{os.getpid()}{len(script)}"
    assert host.ends_well(("sh", "-c", script.format(seconds)), 5 if well else 0.3) is well
    assert gone(seconds)


def test_it_reads_nothing(host):
    assert host.ends_well(("cat",), 30) is True


@pytest.mark.parametrize("program, found", [("sh", True), ("/bin/sh", True), ("no-such-program", False), ("/etc", False), ("/etc/passwd", False), ("", False)])
def test_a_program_is_found_where_it_may_be_run(host, program, found):
    assert host.finds(program) is found


def test_a_sandbox_finds_the_programs_that_it_has(box):
    assert box.finds("ip") and box.finds("/etc/rc.d/rc.scst") and not box.finds("ping")
    assert box.ends_well(("ip", "link", "show", "eth1"), 1) and not box.ends_well(("ip", "link", "show", "eth9"), 1)
