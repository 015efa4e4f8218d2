"""What the start of the network would make of its files: each trap of rc.network is told, with the line that mends it."""

from __future__ import annotations

import pytest
from boxes import do, session_on

from esosh.sandbox import Sandbox
from esosh.session import Session

FILE = "/etc/network.conf"
NONE, STATIC = "bootproto = none\nmtu = 1500\n", "bootproto = static\nipaddr = 10.1.2.3\nnetmask = 255.255.255.0\nbroadcast = 10.1.2.255\nmtu = 1500\n"
BOND = f"[bond0]\n{NONE}slaves = eth1\nbondopts = mode=1 miimon=100\n"


def found(session: Session) -> list[tuple[str, str]]:
    """The codes and hints of all that is found on the network."""
    return [(finding.code, finding.hint) for finding in session.findings("net", all_of_it=True)]


READ = [  # what the file has, and what is found: codes with the line that mends each
    (BOND.replace("miimon=100", "miimon=100 odd"), [("W387", "net bond unset bond0 odd")]),
    (BOND.replace("mode=1 ", "mode=1  "), [("W328", "net bond bond0 mode=active-backup")]),
    (BOND.replace("mode=1 ", "mode=1\t"), [("W328", "net bond bond0 mode=active-backup")]),
    ("[eth1]\nbootproto = none\n", [("W328", "net iface eth1 mtu=1500")]),
    (f"[eth1]\n{STATIC}".replace("broadcast = 10.1.2.255\n", ""), [("W328", "net iface eth1 address=10.1.2.3/24")]),
    (f"[eth1]\n{NONE}".replace("none", "nine"), [("W328", "net iface eth1 address=none")]),
    (f"[eth1]\n{NONE}".replace("none", '"none"'), [("W328", "net iface eth1 address=none")]),
    (f"[eth1]\n{STATIC}".replace("static", "statik"), [("W328", "net iface eth1 address=10.1.2.3/24")]),
    (f"[eth1]\n{STATIC}".replace("bootproto = static\n", ""), [("W328", "net iface eth1 address=10.1.2.3/24")]),
    (f"[eth9]\n{NONE}", [("W324", "net iface del eth9")]),
    (f"[bond0]\n{NONE}bondopts = mode=1 miimon=100\n[eth1]\n{NONE}", [("W325", "net bond bond0 slaves "), ("W328", "net bond unset bond0 slaves")]),
    (f"[br0]\n{NONE}", [("W328", "net bridge unset br0 members")]),
    ("  [eth1]\n  bootproto = none\n\tmtu = 1500\n# a = b\n", []),
    (f"[eth1]\n{STATIC}".replace("\n", "\r\n"), []),
    (BOND.replace("\n", "\r\n"), []),
    (f"[eth1]\n{NONE}".replace("1500", "1500 # jumbo"), [("W387", ""), ("W328", "net iface eth1 mtu=1500")]),
]


@pytest.mark.parametrize("text, findings", READ)
def test_what_rc_network_would_not_take_is_told_with_the_line_that_mends_it(session: Session, box: Sandbox, text: str, findings: list[tuple[str, str]]) -> None:
    box.replace(FILE, f"{box.read(FILE)}\n{text}")
    assert found(session) == findings
    for _, hint in findings:
        if hint and not hint.endswith(" "):
            do(session, hint)
    do(session, "commit")
    assert [finding for finding in found(session_on(box)) if finding[0] != "W325"] == []


@pytest.mark.parametrize("general, findings", [
    ("domainname = lan\n", [("W400", "net general hostname=san1")]), ("hostname = a\ndomainname = lan\n", []), ("", []), ("hostname =\ndomainname = lan\n", []),
])
def test_a_domain_without_a_host_name_is_told(session: Session, box: Sandbox, general: str, findings: list[tuple[str, str]]) -> None:
    box.replace(FILE, f"[general]\n{general}")
    assert [code for code, _ in found(session)] == [code for code, _ in findings]
    for _, line in findings:
        do(session, line, "commit")
        assert found(session_on(box)) == []
        assert "hostname = san1" in box.read(FILE)


@pytest.mark.parametrize("section, codes", [("[bond0]\nslaves = eth1\nbondopts = mode=1\n", ["W401"]), ("[br0]\nbrmembers = eth1\n", ["W401"]), ("[eth1]\n", [])])
def test_settings_that_go_to_the_parts_of_a_link_are_told(session: Session, box: Sandbox, section: str, codes: list[str]) -> None:
    box.replace(FILE, f"{section}{NONE}ethtoolopts = wol g\n")
    assert [code for code, _ in found(session) if code == "W401"] == codes


def test_a_vlan_on_a_bond_without_its_slaves_is_told(session: Session, box: Sandbox) -> None:
    box.replace(FILE, f"{box.read(FILE)}\n{BOND}[bond0.7]\n{STATIC}")
    assert found(session) == [("W328", "net vlan bond0.7 mtu=1500")]
    do(session, "reapply net", "commit", "net vlan bond0.7 mtu=1500", "commit")
    assert "slaves =\n" in box.read(FILE)
    assert found(session_on(box)) == []


def test_an_address_whose_netmask_is_none_is_told_and_can_be_given_anew(session: Session, box: Sandbox) -> None:
    box.replace(FILE, box.read(FILE) + f"\n[eth1]\n{STATIC}".replace("255.255.255.0", "255.0.255.0"))
    assert found(session) == [("W387", ""), ("W328", "net iface eth1 address=10.1.2.3/")]
    do(session, "net iface eth1 address=10.1.2.3/24", "commit")
    assert found(session_on(box)) == []


HAZARDS = [  # lines, and what is found of them: code, subject, hint
    (["net vlan eth1.7"], [("W397", "net eth1.7", "")]), (["net vlan eth1.7 address=10.1.2.3/24"], []),
    (["net bond bond0 slaves eth1 arp_interval=100 arp_ip_target=10.0.0.10,10.0.0.1"],
     [("W398", "net bond0", "net bond bond0 arp_ip_target=10.0.0.1,10.0.0.10")]),
    (["net bond bond0 slaves eth1 arp_interval=100 arp_ip_target=10.0.0.1,10.0.0.10"], []),
    (["net bridge br0 members eth3 mtu=9000"], [("W394", "net br0", "net iface eth3 mtu=9000")]),
    (["net iface eth3 mtu=9000", "net bridge br0 members eth3"], []),  # the section of eth3 comes later, and has the last word
    (["net bond bond0 slaves eth1 miimon=100 mtu=9000", "net bridge br0 members bond0"], [("W394", "net br0", "net bridge br0 mtu=9000")]),
    (["net bond bond0 slaves eth1 miimon=100", "net bridge br0 members bond0 mtu=9000"], [("W394", "net br0", "net bond bond0 mtu=9000")]),
    (["net iface eth1 mtu=9000", "net vlan eth1.7 address=10.1.2.3/24"], [("W394", "net eth1.7", "net vlan eth1.7 mtu=9000")]),
]


@pytest.mark.parametrize("lines, findings", HAZARDS)
def test_what_the_next_start_makes_of_it_is_named_in_the_plan(session: Session, lines: list[str], findings: list[tuple[str, str, str]]) -> None:
    do(session, *lines)
    assert [(finding.code, finding.subject, finding.hint) for finding in session.findings("net")] == findings
    plan = do(session, "plan")
    assert [code for code, *_ in findings if f"\n{code} " not in plan] == []
    for *_, hint in findings:
        if hint:
            do(session, hint)
            assert session.findings("net") == []


def test_a_word_at_which_rc_network_ends_is_told_as_such(session: Session, box: Sandbox) -> None:
    for words, ends in (("peer_notif_delay=100", True), ("miimon=on", False)):
        box.replace(FILE, f"[general]\nhostname = a\n{BOND}".replace("miimon=100", words))
        assert ("rc.network ends there" in do(session_on(box), "check")) == ends


def test_an_address_that_comes_only_while_no_link_is_configured_is_told_with_the_first_one(session: Session, box: Sandbox) -> None:
    assert box.run(("ip", "addr", "add", "192.168.77.5/24", "dev", "eth0")).status == 0
    do(session, "net bond bond0 slaves eth1 eth2 miimon=100")
    assert [(finding.code, finding.subject, finding.hint) for finding in session.findings("net")] == [("W399", "net eth0", "net iface eth0 address=dhcp")]
    assert "W399 net eth0: it has 192.168.77.5/24" in do(session, "plan")
    do(session, "commit", "net bond bond1 slaves eth3 miimon=100")
    assert session.findings("net") == []


def test_a_vlan_that_is_taken_away_goes_at_once_and_not_at_the_next_start_alone(session: Session, box: Sandbox) -> None:
    do(session, "net vlan eth1.7 address=10.1.2.3/24", "commit", "net vlan del eth1.7", "commit")
    assert not box.exists("/sys/class/net/eth1.7")


def test_the_network_is_never_started_anew(session: Session, box: Sandbox) -> None:
    do(session, "net bridge br0 members eth3", "commit", "net bridge br0 members eth3 eth4 address=10.1.2.3/24")
    assert "rc.network" not in do(session, "plan")


def test_the_plan_says_that_a_lease_is_not_renewed(session: Session) -> None:
    assert "nobody renews the lease" in do(session, "net iface eth4 address=dhcp", "plan")


def test_the_plan_says_of_a_route_that_no_file_can_hold_it(session: Session, box: Sandbox) -> None:
    do(session, "net bond bond0 slaves eth1 mode=1 miimon=100 address=10.1.2.3/24", "net general gateway=10.1.2.1", "commit")
    assert box.run(("ip", "route", "add", "10.9.0.0/16", "via", "10.1.2.9")).status == 0
    lines = do(session, "net bond bond0 mode=0", "plan").splitlines()
    noted = [line.split()[2:6] for line, note in zip(lines, lines[1:]) if "gone at the next start" in note]
    assert noted == [["ip", "route", "replace", "10.9.0.0/16"]]
