"""Blocks of crm as a manual prints them: with printed quotation marks, a missing backslash, a missing `configure`.

NAME.crm is what is pasted; NAME.file is what `esosh -f` answers, NAME.typed what the shell does.
`PYTHONPATH=tests/support python tests/shell/test_ha.py` records the answers anew; read the difference before it is committed.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import pytest
from boxes import Esosh, do, session_on
from clusters import start
from places import DATA
from terminal import typed

from esosh.sandbox import Sandbox

BLOCKS = DATA / "ha" / "blocks"
NAMES = ("one", "both", "one-master", "two-masters", "mail")
MENDS = {"one-master": "ha set r_store params m_alua_state=active s_alua_state=nonoptimized remote_inact_state=offline",
         "two-masters": "ha set r_store params remote_inact_state=offline\nha set two_store meta master-max=1"}


def cluster(folder: str) -> Sandbox:
    """A box whose cluster runs, without fencing."""
    box = start(Sandbox(folder))
    do(session_on(box), "ha property stonith-enabled=false", "commit")
    return box


def pasted(folder: str, name: str) -> str:
    """What the shell answers to a block that is pasted whole behind `crm`, and to what is typed then."""
    texts = ["crm", (BLOCKS / f"{name}.crm").read_text(), *MENDS.get(name, "").split("\n"), "cib commit store", "ha", "show", "quit"]
    return typed(session_on(cluster(folder)), texts if name in MENDS else texts[:2])


def run(folder: str, name: str) -> str:
    """What `esosh -f` answers to a block."""
    done = Esosh(str(cluster(folder).path("/")))("-f", "-", stdin=(BLOCKS / f"{name}.crm").read_text())
    return f"{done.out}{done.err}exit status {done.status}\n"


@pytest.mark.parametrize("name", NAMES)
def test_a_block_that_is_run_as_a_file_is_answered_as_recorded(tmp_path, name):
    assert run(str(tmp_path / "box"), name) == (BLOCKS / f"{name}.file").read_text()


@pytest.mark.parametrize("name", NAMES)
def test_a_block_that_is_pasted_is_answered_as_recorded(tmp_path, name):
    assert pasted(str(tmp_path / "box"), name) == (BLOCKS / f"{name}.typed").read_text()


@pytest.mark.parametrize("name", NAMES)
def test_a_block_does_the_same_line_by_line_without_crm_in_front(tmp_path, name):
    block = (BLOCKS / f"{name}.crm").read_text()
    box = cluster(str(tmp_path / "box"))
    lines = block.replace("\\\n", " ").split("\n")
    screen = typed(session_on(box), lines[:-2])
    assert "does not fit" not in screen
    assert ("E412" in screen) == (name in MENDS)


@pytest.mark.parametrize("name", MENDS)
def test_a_block_that_the_agent_refuses_is_committed_with_the_lines_that_are_offered(tmp_path, name):
    box = cluster(str(tmp_path / "box"))
    block = (BLOCKS / f"{name}.crm").read_text().replace("configure show", MENDS[name])
    done = Esosh(str(box.path("/")))("-f", "-", stdin=block)
    assert (done.status, "committed" in done.out) == (0, True), done
    assert ["resource", "r_store", "Master", "localhost"] in [row.split() for row in do(session_on(box), "status ha").splitlines()]


@pytest.mark.parametrize("name", NAMES)
def test_a_block_may_run_twice(tmp_path, name):
    box = cluster(str(tmp_path / "box"))
    program, block = Esosh(str(box.path("/"))), (BLOCKS / f"{name}.crm").read_text()
    if name in MENDS:
        block = block.replace("configure show", MENDS[name])
    assert program("-f", "-", stdin=block).status == 0
    again = program("-f", "-", stdin=block)
    assert (again.status == 0) == (name not in MENDS), again


if __name__ == "__main__":
    for name in NAMES:
        for kind, answer in (("file", run), ("typed", pasted)):
            with tempfile.TemporaryDirectory() as folder:
                Path(BLOCKS / f"{name}.{kind}").write_text(answer(f"{folder}/box", name))
    sys.exit()


