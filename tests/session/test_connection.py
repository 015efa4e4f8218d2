"""A commit that would cut the user's own connection: through bonds, bridges and VLANs, asked for or refused."""

from __future__ import annotations

import pytest
from boxes import do, environment, session_on
from terminal import run_shell

from esosh.errors import ChecksRefuse
from esosh.sandbox import Sandbox

ADDRESS = "10.7.0.1"


@pytest.fixture
def reached(box: Sandbox) -> Sandbox:
    """A box that is reached by an address of a bridge, on a VLAN, on a bond."""
    do(session_on(box), "net bond bond0 slaves eth1 eth2 mode=active-backup miimon=100", "net vlan bond0.7",
       f"net bridge br0 members bond0.7 address={ADDRESS}/24", "commit allow reboot")
    return box


CUTTING = [
    "net bond bond0 mode=802.3ad", "net vlan del bond0.7", "net bridge del br0", "net bridge br0 address=10.7.0.2/24",
    "net bridge br0 members -bond0.7", "net bond bond0 slaves -eth1", "net bond del bond0",
]


@pytest.mark.parametrize("line", CUTTING)
def test_a_one_shot_commit_that_cuts_the_own_connection_is_refused(reached: Sandbox, line: str) -> None:
    session = session_on(reached, address=ADDRESS)
    do(session, line)
    with pytest.raises(ChecksRefuse, match="cuts your connection, which is on br0") as refused:
        do(session, "commit")
    assert refused.value.hint == "commit confirmed 5"
    assert session_on(reached).candidate.count == 1


@pytest.mark.parametrize("commit", ["commit allow link", "commit allow reboot"])
def test_it_runs_where_the_options_allow_it(reached: Sandbox, commit: str) -> None:
    assert "committed" in do(session_on(reached, address=ADDRESS), "net bond bond0 slaves -eth1", commit)


@pytest.mark.parametrize("line", ["net iface eth3 mtu=9000", "net vlan eth3.9 address=10.9.0.1/24", "net general hostname=san1"])
def test_what_does_not_touch_the_connection_needs_no_permission(reached: Sandbox, line: str) -> None:
    session = session_on(reached, address=ADDRESS)
    assert "Your connection is on br0 and is not touched." in do(session, line, "plan")
    assert "committed" in do(session, "commit")


def test_without_a_connection_nobody_is_asked(reached: Sandbox) -> None:
    assert "committed" in do(session_on(reached), "net bond bond0 slaves -eth1", "commit")


BACK = "net bond bond0 slaves -eth1"
QUESTION = """\
Your connection is on br0 and is cut: echo -eth1 > /sys/class/net/bond0/bonding/slaves
  1 link     echo -eth1 > /sys/class/net/bond0/bonding/slaves
Enter  commit confirmed 5: it undoes itself in 5 minutes unless you confirm
yes    commit, with nobody to undo it where the connection does not come back
no     leave; the edits are kept
"""


@pytest.mark.parametrize("answer, told, waits, kept", [
    ("", "applied, not confirmed: number 2", True, 1), ("yes", "committed: number 2", False, 0), ("y", "committed: number 2", False, 0),
    ("no", "not committed, 1 edit is kept", False, 1), ("confirmed", "not committed, 1 edit is kept", False, 1),
])
@pytest.mark.parametrize("commit", ["commit", "commit sync", 'commit comment "one slave"'])
def test_on_a_terminal_enter_takes_confirmed(reached: Sandbox, commit: str, answer: str, told: str, waits: bool, kept: int) -> None:
    asked: list[str] = []
    session = session_on(reached, address=ADDRESS)
    _, screen = run_shell(session, BACK, commit, ask=lambda text: asked.append(text) or answer)
    assert asked == ["Enter, yes or no: "]
    assert QUESTION in screen.text
    assert told in screen.text
    assert (session.waiting is not None, session.candidate.count) == (waits, kept)
    if waits:
        do(session, "revert")  # its guard ends with it
        assert reached.read("/sys/class/net/bond0/bonding/slaves").split() == ["eth1", "eth2"]


@pytest.mark.parametrize("commit", ["commit confirmed 5", "commit allow link"])
def test_nobody_is_asked_where_the_line_has_the_answer(reached: Sandbox, commit: str) -> None:
    session = session_on(reached, address=ADDRESS)
    _, screen = run_shell(session, BACK, commit, ask=lambda text: pytest.fail(text))
    assert "number 2" in screen.text
    if session.waiting:
        do(session, "revert")


@pytest.fixture
def ssh(esosh, monkeypatch: pytest.MonkeyPatch):
    """The program, started over a connection to an address of the box's bridge."""
    do(session_on(Sandbox(esosh.directory)), "net bond bond0 slaves eth1 eth2 mode=active-backup miimon=100", "net vlan bond0.7",
       f"net bridge br0 members bond0.7 address={ADDRESS}/24", "commit allow reboot")
    monkeypatch.setenv("SSH_CONNECTION", f"10.7.0.9 40000 {ADDRESS} 22")
    assert "SSH_CONNECTION" in environment()
    return esosh


@pytest.mark.parametrize("words, lines, status", [
    (["-f", "-"], [BACK, "commit"], 3), (["-f", "-", "--commit"], [BACK], 3), (["--check", "-f", "-"], [BACK, "commit"], 3),
    (["--check", "-f", "-", "--commit"], [BACK], 3), (["--check", "-f", "-"], [BACK, "commit allow link"], 0),
    (["--check", "-f", "-"], [BACK, "commit confirmed 5"], 0), (["--check", "-f", "-"], ["net iface eth4 mtu=9000", "commit"], 0),
    (["--check", "-f", "-"], ["cib new plan", BACK, "cib commit plan"], 3),
])
def test_a_batch_that_cuts_the_connection_is_refused_and_its_rehearsal_too(ssh, words: list[str], lines: list[str], status: int) -> None:
    done = ssh(*words, stdin="\n".join(lines) + "\n")
    assert (done.status, "cuts your connection, which is on br0" in done.err) == (status, status == 3), done.err
    assert Sandbox(ssh.directory).read("/sys/class/net/bond0/bonding/slaves").split() == ["eth1", "eth2"]


@pytest.mark.parametrize("words", [["commit"], ["cib", "commit"]])
def test_the_rehearsal_of_one_line_asks_for_what_the_commit_asks_for(ssh, words: list[str]) -> None:
    ssh(*BACK.split())
    for line in (["--check", *words], words):
        done = ssh(*line)
        assert (done.status, "cuts your connection" in done.err, "hint: commit confirmed 5" in done.err) == (3, True, True)


def test_a_rehearsal_says_that_the_commit_would_disrupt_more_than_it_allows(esosh) -> None:
    esosh("-f", "-", stdin="alua dgrp add esos\nalua device add esos disk01\ncommit\n")
    lines = "alua device del esos disk01\n"
    refused, allowed = (esosh("--check", "-f", "-", stdin=f"{lines}{commit}\n") for commit in ("commit", "commit allow io"))
    assert (refused.status, "disrupts io, which was not allowed" in refused.err) == (3, True), refused.err
    assert allowed.status == 0


def test_the_line_about_the_connection_names_the_first_step_and_counts_the_others(reached: Sandbox) -> None:
    session = session_on(reached, address=ADDRESS)
    told = do(session, "net bond bond0 mode=802.3ad", "plan").splitlines()[1]
    assert told == "Your connection is on br0 and is cut: echo -eth2 > /sys/class/net/bond0/bonding/slaves, and 5 more"
