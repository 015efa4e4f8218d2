"""What hand-made files hold and no line can say: it stays, it is told, and show and rollback leave it alone."""

from __future__ import annotations

import pytest
from boxes import do, session_on
from hypothesis import HealthCheck, given, settings
from strategies import configs

from esosh.commands.sayable import obstacle
from esosh.errors import Refused
from esosh.session import listing

OPTS = 'rc.opensm_opts="-g $(date) ; x"\n'
BELL = 'rc.nut_opts="a\x1b[2Jb"\n'
NET = (
    "\n[eth3]\nbootproto = static\nipaddr = 10.0.0.0\nnetmask = 255.255.255.0\nmtu = 20\n"
    "\n[bond9]\nslaves = eth1,e;th\nbondopts = mode=1 miimon=100 foo=bar\n\n[weird name]\nx = y\n"
)


def add(box, path, text):
    box.replace(path, box.read(path) + text)


@pytest.fixture
def hand_made(session, box):
    """A box with a commit, and after it hand-made files."""
    do(session, "adopt scst", "commit")
    add(box, "/etc/rc.conf", OPTS + BELL)
    add(box, "/etc/network.conf", NET)
    return box


def test_show_and_save_print_what_loads_and_the_rest_as_comments(hand_made, tmp_path):
    shown = do(session_on(hand_made), "show")
    comments = [line for line in shown.splitlines() if line.startswith("# stays")]
    assert [line.split(" (")[0] for line in comments] == [
        "# stays as it is: net bond bond9 slaves eth1 e;th mode=active-backup miimon=100",
        "# stays as it is: net iface eth3 address=10.0.0.0/24 mtu=20",
        '# stays as it is: svc set nut opts=a\\x1b[2Jb',
        '# stays as it is: svc set opensm opts="-g $(date) ; x"',
    ] or sorted(comments)
    file = tmp_path / "all.esh"
    do(session_on(hand_made), f"save {file}")
    assert all(comment in file.read_text() for comment in comments)
    assert do(session_on(hand_made), f"load {file}") == "no edits: all of it is so already\n"


def test_check_tells_of_each_and_no_commit_is_refused_for_it(hand_made):
    told = do(session_on(hand_made), "check net") + do(session_on(hand_made), "check svc")
    for subject in ("net bond9", "net eth3", "svc opensm", "svc nut"):
        assert f"W382 {subject}: no line can say this, so it stays as it is" in told
    before = hand_made.read("/etc/network.conf"), OPTS in hand_made.read("/etc/rc.conf")
    do(session_on(hand_made), "svc enable sbd", "commit force x")
    assert (hand_made.read("/etc/network.conf"), OPTS in hand_made.read("/etc/rc.conf")) == before


@pytest.fixture
def past(hand_made):
    """A box where a commit with hand-made files is one back, and they are as ESOS has them now."""
    add(hand_made, "/etc/rc.conf", "")
    do(session_on(hand_made), "scst device set disk01 threads_num=3", "commit force x")
    hand_made.replace("/etc/rc.conf", hand_made.read("/etc/rc.conf").replace(OPTS, "").replace(BELL, ""))
    hand_made.replace("/etc/network.conf", hand_made.read("/etc/network.conf").replace(NET, ""))
    do(session_on(hand_made), "svc enable sbd", "scst device set disk01 threads_num=4", "commit")
    return hand_made


def test_a_rollback_says_what_stands_in_the_way_and_offers_the_rest(past):
    with pytest.raises(Refused, match=r"net (bond9|eth3) stands in the way: no line can say") as refused:
        do(session_on(past), "rollback 1")
    assert (refused.value.code, len(refused.value.details)) == ("E240", 3)
    assert refused.value.hint.startswith("rollback 1 except net ")
    do(session_on(past), refused.value.hint)
    assert do(session_on(past), "diff").splitlines() == [
        "- scst device add vdisk_blockio disk01 filename=/dev/sdb threads_num=4",
        "+ scst device add vdisk_blockio disk01 filename=/dev/sdb threads_num=3", "- svc enable sbd", "+ svc disable sbd",
    ]


@pytest.mark.parametrize("line, changed", [
    ("rollback 1 only scst", {"scst"}), ("rollback 1 only svc sbd", {"svc"}), ("rollback 1 only scst disk01 svc sbd", {"scst", "svc"}),
    ("rollback 1 except net svc", {"scst"}), ("rollback 1 only net general", set()),
])
def test_a_rollback_takes_parts_of_a_commit(past, line, changed):
    do(session_on(past), line)
    assert {row.split()[1] for row in do(session_on(past), "diff").splitlines() if row[:2] in ("+ ", "- ")} == changed


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(configs())
def test_what_lines_can_say_has_no_obstacle(config):
    assert {str(command): obstacle(command, config) for command in listing.commands(config) if obstacle(command, config)} == {}
