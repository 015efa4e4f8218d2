"""The network of the sandbox and of a real kernel answer alike."""

from __future__ import annotations

import json

import pytest
from net_cases import answer, read_cases, wrote
from places import DATA

from esosh.host import Host

NET = "/sys/class/net"
CASES = read_cases(DATA / "net-cases.txt")
RECORDED = json.loads((DATA / "net-bonding.json").read_text())


def test_bonding_answers_as_recorded(machine: Host) -> None:
    for case in RECORDED:
        if "run" in case:
            assert machine.run(tuple(case["run"].split())).status == 0, case
        elif "read" in case:
            assert machine.read(f"{NET}/{case['read']}") == _here(case["text"]), case
        else:
            assert (wrote(machine, case["write"], case["text"]) or "OK") == case["result"], case


def _here(text: str) -> str:
    """The text as the NICs here have it: theirs have other hardware addresses than those of the recording."""
    return text.replace("52:54:00:00:01:", "52:54:00:01:00:")


@pytest.mark.parametrize("title", CASES)
def test_a_box_answers_as_the_table_says(machine: Host, title: str) -> None:
    for number, question in enumerate(CASES[title], 1):
        assert answer(machine, question) == question.answer, f"{number}: {question.line}"
