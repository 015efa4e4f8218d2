"""The status of the network: what runs, as a tree, beside what network.conf says; and its lines of the overview."""

from __future__ import annotations

import textwrap

import pytest
from boxes import do, session_on
from counting import Counting

from esosh.commands.parse import parse
from esosh.errors import EsoshError
from esosh.sandbox import Sandbox
from esosh.session import Session
from esosh.views import Items

NET, FILE = "/sys/class/net", "/etc/network.conf"
LINES = (
    "net bond bond0 slaves eth1 eth2 mode=802.3ad miimon=100 address=10.1.2.3/24 mtu=9000", "net vlan bond0.7 mtu=9000",
    "net vlan bond0.8 address=10.8.0.1/24 mtu=9000", "net bridge br0 members bond0.7 eth3 address=10.7.0.1/24",
    "net iface eth4 address=dhcp", "net general gateway=10.1.2.1", "commit",
)
TREE = """\
net
  bond0  up  2000 Mb/s full  mtu 9000  10.1.2.3/24
    802.3ad
    aggregator 1, LACP partner 02:00:5e:00:00:01
    default via 10.1.2.1
    10.9.0.0/16 via 10.1.2.9
    eth1  up  1000 Mb/s full  mtu 9000
    eth2  up  1000 Mb/s full  mtu 9000
    bond0.8  up  2000 Mb/s full  mtu 9000  10.8.0.1/24
  br0  up  2000 Mb/s  mtu 1500  10.7.0.1/24
    bond0.7  up  2000 Mb/s full  mtu 9000
    eth3  up  1000 Mb/s full  mtu 1500
  eth0  up  1000 Mb/s full  mtu 1500
  eth4  up  1000 Mb/s full  mtu 1500  192.168.77.6/24
  eth5  up  1000 Mb/s full  mtu 1500
"""


@pytest.fixture
def wired(session: Session, box: Sandbox) -> Session:
    """A session on a box that has links of all kinds, and a static route."""
    do(session, *LINES)
    assert box.run(("ip", "route", "add", "10.9.0.0/16", "via", "10.1.2.9")).status == 0
    return session


def written(path: str, text: str) -> tuple[str, ...]:
    """What writes a text into an attribute of the kernel's."""
    return ("file", f"{NET}/{path}", text)


def by_hand(box: Sandbox, *commands: tuple[str, ...]) -> None:
    """What somebody, or the world, does to the box."""
    for program, *words in commands:
        if program == "file":
            box.path(words[0]).write_text(words[1] + "\n")
        elif program == "said":
            box.replace(FILE, box.read(FILE).replace(*words))
        else:
            assert box.run((program, *words)).status == 0


def test_links_are_shown_as_a_tree_with_state_speed_addresses_and_routes(wired: Session) -> None:
    assert do(wired, "status net") == TREE
    assert max(map(len, TREE.splitlines())) < 80


@pytest.mark.parametrize("name, first, last", [("bond0", 1, 9), ("br0", 9, 12), ("bond0.8", 8, 9), ("eth0", 12, 13)])
def test_one_link_is_shown_with_what_is_below_it(wired: Session, name: str, first: int, last: int) -> None:
    assert do(wired, f"status net {name}") == textwrap.dedent("\n".join(TREE.splitlines()[first:last]) + "\n")


OTHERWISE = [  # what happens, the link, and what its status says then
    ([("ip", "link", "set", "eth3", "down")], "eth3", "eth3  down  mtu 1500"),
    ([written("eth5/operstate", "down")], "eth5", "eth5  no link"),
    ([written("eth1/statistics/rx_errors", "12"), written("eth1/statistics/tx_dropped", "3")], "eth1", "rx_errors 12  tx_dropped 3"),
    ([written("eth2/bonding_slave/ad_aggregator_id", "2")], "eth2", "in aggregator 2, and 1 is the active one"),
    ([written("bond0/bonding/ad_partner_mac", "00:00:00:00:00:00")], "bond0", "no LACP partner answers"),
    ([("ip", "link", "set", "br0", "mtu", "1400")], "br0", "mtu is 1400, in network.conf 1500: adopt net or reapply net"),
    ([("ip", "addr", "flush", "dev", "bond0.8")], "bond0.8", "address is none, in network.conf 10.8.0.1/24: adopt net or reapply net"),
    ([("ip", "addr", "del", "10.7.0.1/24", "dev", "br0"), ("ip", "addr", "add", "10.7.0.1/24", "broadcast", "10.7.0.9", "dev", "br0")], "br0",
     "broadcast is 10.7.0.9, in network.conf none: adopt net or reapply net"),
    ([("ip", "link", "set", "eth3", "nomaster")], "br0", "members is bond0.7, in network.conf bond0.7 eth3: adopt net or reapply net"),
    ([("ip", "link", "set", "eth3", "nomaster"), ("ip", "link", "set", "bond0.7", "nomaster")], "br0", "no members"),
    ([("said", "miimon=100", "miimon=200")], "bond0", "miimon is 100, in network.conf 200: adopt net or reapply net"),
    ([("ip", "link", "del", "br0")], "br0", "in network.conf and not running: reapply net"),
    ([("ip", "link", "add", "br1", "type", "bridge")], "br1", "runs and is not in network.conf: adopt net or reapply net"),
    ([("ip", "addr", "add", "10.5.0.1/24", "dev", "eth5")], "eth5", "runs and is not in network.conf: adopt net or reapply net"),
    ([("said", "[eth4]", "[eth9]")], "eth9", "in network.conf and not running: reapply net"),
    ([("ip", "addr", "flush", "dev", "eth4")], "eth4", "no lease"),
]


@pytest.mark.parametrize("events, name, said", OTHERWISE)
def test_what_runs_is_read_from_the_kernel_and_what_is_otherwise_is_said(
    wired: Session, box: Sandbox, events: list[tuple[str, ...]], name: str, said: str
) -> None:
    assert said not in do(wired, f"status net {name}") if name in TREE else True
    by_hand(box, *events)
    shown = do(session_on(box), f"status net {name}")
    assert said in shown
    assert max(map(len, shown.splitlines())) < 80


@pytest.mark.parametrize("mode, shown", [("active-backup", "active-backup, active slave eth1"), ("balance-rr", "balance-rr")])
def test_a_bond_is_shown_with_its_mode_and_its_active_slave(session: Session, mode: str, shown: str) -> None:
    do(session, f"net bond bond0 slaves eth1 eth2 mode={mode} miimon=100", "commit")
    assert do(session, "status net bond0").splitlines()[1].strip() == shown


def test_a_client_that_waits_for_a_lease_is_no_drift(session: Session, box: Sandbox) -> None:
    box.run(("ip", "link", "set", "eth4", "down"))
    assert box.run(("udhcpc", "-i", "eth4", "-b", "-q", "-S", "-F", "x")).status == 0
    do(session, "net iface eth5 mtu=9000", "commit")
    box.replace(FILE, box.read(FILE) + "\n[eth4]\nbootproto = dhcp\nmtu = 1500\n")
    shown = do(session_on(box), "status net eth4")
    assert "no lease" in shown
    assert "network.conf" not in shown


def test_negotiation_that_somebody_turned_on_again_is_drift(session: Session, box: Sandbox) -> None:
    do(session, "net iface eth4 ethtool autoneg off speed 100 duplex full", "commit")
    assert "network.conf" not in do(session, "status net eth4")
    assert box.run(("ethtool", "-s", "eth4", "autoneg", "on")).status == 0
    assert "ethtool is autoneg on speed 100 duplex full, in network.conf autoneg off" in do(session, "status net eth4")


def test_programs_get_the_same_as_data(wired: Session, box: Sandbox) -> None:
    by_hand(box, written("eth1/statistics/rx_errors", "12"), ("ip", "link", "set", "eth3", "mtu", "1400"))
    view = wired.run(parse("status net"))
    assert isinstance(view, Items)
    links = {link.name: link for link in view.data}
    bond, slave = links["bond0"], links["eth1"]
    assert (bond["speed"], bond["duplex"], bond["mode"], bond["slaves"]) == (2000, "full", "802.3ad", ["eth1", "eth2"])
    assert bond["lacp"] == {"aggregator": "1", "ports": 2, "partner": "02:00:5e:00:00:01"}
    assert bond["routes"] == ["default via 10.1.2.1", "10.9.0.0/16 via 10.1.2.9"]
    assert (slave["master"], slave["aggregator"], slave["errors"]) == ("bond0", "1", {"rx_errors": 12})
    assert (links["bond0.7"]["parent"], links["bond0.7"]["master"], links["br0"]["members"]) == ("bond0", "br0", ["bond0.7", "eth3"])


def test_a_link_that_is_not_there_has_no_status(session: Session) -> None:
    with pytest.raises(EsoshError, match="no net eth9"):
        do(session, "status net eth9")


@pytest.mark.parametrize("events, lines", [
    ([], []),
    ([("ip", "link", "set", "eth3", "down"), written("eth2/operstate", "down")], ["! net down: eth3 status net", "! net no link: eth2 status net"]),
    ([("ip", "link", "del", "br0")], ["! net not there: br0 status net"]),
])
def test_the_overview_has_a_line_for_each_kind_of_link_and_says_what_does_not_work(
    wired: Session, box: Sandbox, events: list[tuple[str, ...]], lines: list[str]
) -> None:
    by_hand(box, *events)
    shown = [" ".join(line.split()) for line in do(session_on(box), "status").splitlines()]
    eth2 = "no link" if len(lines) == 2 else "up"
    kinds = [f"ok net bond0 10.1.2.3/24 802.3ad: eth1 up, eth2 {eth2}", "ok net br0 10.7.0.1/24: bond0.7 eth3", "ok net bond0.7, bond0.8 10.8.0.1/24"]
    assert [line for line in shown if line.split()[1] == "net"] == [*lines, *kinds]


def test_the_overview_reads_the_state_of_what_is_configured_alone(wired: Session, box: Sandbox) -> None:
    counted = Counting(box)
    do(session_on(counted), "status")  # type: ignore[arg-type]
    read = counted.reads_below(NET)
    states = sorted(path.split("/")[4] for path in read if path.endswith("/operstate"))
    assert states == sorted(["bond0", "bond0.7", "bond0.8", "br0", "eth1", "eth2", "eth3", "eth4"])
    assert not [path for path in read if path.endswith(("/speed", "/duplex")) or "/statistics/" in path]
    assert [program for program in counted.programs if program[0] == "ip"] == [("ip", "-4", "-o", "addr", "show")]


def test_the_overview_says_what_runs_and_is_in_no_file(wired: Session, box: Sandbox) -> None:
    box.replace(FILE, "")
    assert "runs and is not in network.conf: bond0 br0 bond0.7 bond0.8" in do(session_on(box), "status")
