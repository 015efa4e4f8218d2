"""A commit that would cut the user's own connection: through bonds, bridges and VLANs, asked for or refused."""

from __future__ import annotations

import pytest
from boxes import do, session_on

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
