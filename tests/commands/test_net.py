"""The network: network.conf read as rc.network reads it, amended line by line; what lines make of it; its checks."""

from __future__ import annotations

import pytest
from boxes import do, session_on

from esosh import checks
from esosh.config.net import Bond, Bridge, General, Iface, Net, Vlan
from esosh.errors import ChecksRefuse, Refused
from esosh.executors.net import conf, conf_edit
from esosh.executors.net.changes import changes
from esosh.executors.net.options import canonical, effective
from esosh.records import replace
from esosh.sandbox import Sandbox
from esosh.session import Session
from esosh.transaction.plan import look


def whole(net: Net) -> Net:
    """The network as if no section lacked a key."""
    kinds = ("bonds", "vlans", "bridges", "ifaces")
    return replace(net, **{kind: {name: replace(link, lacking=()) for name, link in getattr(net, kind).items()} for kind in kinds})


STATIC = "bootproto = static\nipaddr = 10.1.2.3\nnetmask = 255.255.255.0\nbroadcast = 10.1.2.255\nmtu = 1500\n"


@pytest.mark.parametrize(("text", "net"), [
    ("", Net()),
    ("[general]\nhostname = san1\n", Net(General("san1"))),
    ("[general]\nhostname =\n", Net()),
    ("[general]\nnameserver1 =\nnameserver3 = 10.0.0.3\n", Net(General(nameservers=("10.0.0.3",)))),
    ("[general]\nhostname = a\nhostname = b\n", Net(General("b"))),
    ("[general]\nHostname = a\n", Net(General(other={"Hostname": "a"}))),
    (f"[eth0]\n{STATIC}", Net(ifaces={"eth0": Iface("10.1.2.3/24")})),
    (f"[eth0]\n{STATIC}broadcast=10.1.2.200\n", Net(ifaces={"eth0": Iface("10.1.2.3/24", broadcast="10.1.2.200")})),
    ("  [eth0] # text behind\r\nbootproto=DHCP\r\nmtu=9000\r\n", Net(ifaces={"eth0": Iface("dhcp", 9000)})),
    ("[eth0]\nbootproto=none\nmtu=1500\n", Net(ifaces={"eth0": Iface()})),
    ("[eth0]\nbootproto=static\nipaddr=10.1.2.3\n", Net(ifaces={"eth0": Iface()})),
    ("[eth0]\nmtu=1500\nethtoolopts = autoneg  off\n", Net(ifaces={"eth0": Iface(ethtool=("autoneg", "off"))})),
    ("[eth0]\n#mtu = 9000\nxtra = a = b\n", Net(ifaces={"eth0": Iface(other={"xtra": "a = b"})})),
    ("[eth0]\nmtu=1\n[eth1]\nmtu=2\n[eth0]\nmtu=3\n", Net(ifaces={"eth0": Iface(mtu=3), "eth1": Iface(mtu=2)})),
    ("[bond0]\nslaves=eth1, eth2\nbondopts=mode=1 miimon=100\n",
     Net(bonds={"bond0": Bond(("eth1", "eth2"), {"mode": "active-backup", "miimon": "100"})})),
    ("[bond0]\nslaves=\nbondopts=\n", Net(bonds={"bond0": Bond()})),
    ("[bond0]\nbondopts=mode=4 lacp_rate=1 xmit_hash_policy=1 peer_notif_delay=100 miimon=off\n",
     Net(bonds={"bond0": Bond((), {"mode": "802.3ad", "lacp_rate": "fast", "xmit_hash_policy": "layer3+4"},
                              other={"bondopts": "peer_notif_delay=100 miimon=off"})})),
    ("[bond0]\nbondopts=arp_interval=100 arp_ip_target=+10.0.0.1 arp_ip_target=+10.0.0.2\n",
     Net(bonds={"bond0": Bond((), {"arp_interval": "100", "arp_ip_target": "10.0.0.1,10.0.0.2"})})),
    ("[br0]\nbrmembers=eth3\n[eth0.5]\nmtu=1500\n[bond0.7]\nslaves=\n[p1p1]\nmtu=1\n",
     Net(bridges={"br0": Bridge(("eth3",))}, vlans={"eth0.5": Vlan(), "bond0.7": Vlan()}, other={"p1p1": {"mtu": "1"}})),
    ("[eth0.5]\nbootproto=dhcp\nmtu=9000\nvlanegressmap=0:1,5:5\n[eth0.4095]\nmtu=1\n",
     Net(vlans={"eth0.5": Vlan(("0:1", "5:5"), "dhcp", 9000)}, other={"eth0.4095": {"mtu": "1"}})),
])
def test_network_conf_is_read_as_rc_network_reads_it(text: str, net: Net) -> None:
    assert whole(conf.read(text)) == net


@pytest.mark.parametrize(("text", "lacking"), [
    (f"[eth0]\n{STATIC}", ""), ("[eth0]\nbootproto=DHCP\nmtu=9000\n", ""), ("[eth0]\nbootproto=none\n", "mtu"),
    ("[eth0]\nbootproto=none\nmtu=many\n", "mtu"), ("[eth0]\nmtu=1500\n", "bootproto ipaddr netmask broadcast"),
    ('[eth0]\nbootproto="none"\nmtu=1500\n', "bootproto ipaddr netmask broadcast"),
    (f"[eth0]\n{STATIC}".replace("255.255.255.0", "255.0.255.0"), "bootproto ipaddr netmask broadcast"),
    (f"[eth0]\n{STATIC}broadcast=\n", "broadcast"),
    ("[bond0]\nbootproto=none\nmtu=1500\n", "slaves bondopts"), ("[bond0]\nbootproto=none\nmtu=1500\nslaves=\nbondopts=\n", ""),
    ("[bond0]\nbootproto=none\nmtu=1500\nslaves=\nbondopts=mode=1  miimon=100\n", "bondopts"),
    ("[bond0]\nbootproto=none\nmtu=1500\nslaves=\nbondopts=mode=1\tmiimon=100\n", "bondopts"),
    ("[br0]\nbootproto=none\nmtu=1500\n", "brmembers"), ("[eth0.7]\nbootproto=none\nmtu=1500\n", ""),
    ("[bond0.7]\nbootproto=none\nmtu=1500\n", "slaves"), ("[br0.7]\nbootproto=none\nmtu=1500\n", "brmembers"),
])
def test_what_rc_network_needs_and_does_not_find_is_lacking(text: str, lacking: str) -> None:
    (link,) = conf.read(text).links.values()
    assert " ".join(link.lacking) == lacking


OTHERS = "# mine\n[br0]\nbrmembers=bond0\n; odd line\n\n[bond0.7]\nslaves =\n"


@pytest.mark.parametrize(("text", "edit", "amended"), [
    ("[general]\nhostname =\n", Net(General("san1")), "[general]\nhostname = san1\n"),
    ("[general]\nhostname=localhost\n", Net(General("san1")), "[general]\nhostname=san1\n"),
    ("[general]\nhostname                      = a   \nxtra=1\n# end\n", Net(General("b", other={"xtra": "1"})),
     "[general]\nhostname                      = b\nxtra=1\n# end\n"),
    ("[general]\ndomainname = a\ndefaultgw = 10.0.0.1\n", Net(), "[general]\ndomainname =\ndefaultgw =\nhostname = localhost\n"),
    ("[general]\nhostname = a\nhostname = b\n", Net(General("c")), "[general]\nhostname = c\n"),
    ("[general]\nhostname=\n", Net(General(nameservers=("10.0.0.1", "10.0.0.2"))),
     "[general]\nhostname=\nnameserver1 = 10.0.0.1\nnameserver2 = 10.0.0.2\n"),
    ("", Net(ifaces={"eth0": Iface("dhcp")}), "[eth0]\nbootproto = dhcp\nmtu = 1500\n"),
    (f"{OTHERS}\n\n", Net(bonds={"bond0": Bond()}),
     f"{OTHERS}\n[bond0]\nbootproto = none\nmtu = 1500\nslaves =\nbondopts =\n"),
    (f"{OTHERS}[bond0]\nslaves=\nbondopts =\n# tail", Net(bonds={"bond0": Bond(("eth1",), {"mode": "802.3ad", "miimon": "100"})}),
     f"{OTHERS}[bond0]\nslaves=eth1\nbondopts = mode=802.3ad miimon=100\nbootproto = none\nmtu = 1500\n# tail"),
    (f"[eth0]\n{STATIC}# note\nxtra=1\n\n{OTHERS}", Net(ifaces={"eth0": Iface("dhcp", 9000, other={"xtra": "1"})}),
     f"[eth0]\nbootproto = dhcp\nmtu = 9000\n# note\nxtra=1\n\n{OTHERS}"),
    (f"[eth0]\n{STATIC}xtra=1\n", Net(ifaces={"eth0": Iface("10.1.2.3/24", 9000)}),
     f"[eth0]\n{STATIC}".replace("1500", "9000")),
    (f"# a\n[eth0]\n{STATIC}\n# of br0\n{OTHERS}", Net(), f"# a\n\n# of br0\n{OTHERS}"),
    (f"# a\n\n[eth0]\n{STATIC}\n{OTHERS}", Net(), f"# a\n\n{OTHERS}"),
    (f"{OTHERS}\n[eth0]\n{STATIC}", Net(), OTHERS),
    (f"[eth0]\nmtu=1\n{OTHERS}[eth0]\nmtu=2\n", Net(), OTHERS),
    ("[eth0]\nmtu=1\nbootproto=none\n[eth1]\nbootproto=none\nmtu=7\n[eth0]\nmtu = 2\n", Net(ifaces={"eth0": Iface(mtu=3), "eth1": Iface(mtu=7)}),
     "[eth0]\nbootproto=none\n[eth1]\nbootproto=none\nmtu=7\n[eth0]\nmtu = 3\n"),
    ("[bond0]\nbondopts=mode=1 new=1\nslaves=\n", Net(bonds={"bond0": Bond((), {"mode": "802.3ad"}, other={"bondopts": "new=1"})}),
     "[bond0]\nbondopts=mode=802.3ad new=1\nslaves=\nbootproto = none\nmtu = 1500\n"),
])
def test_what_changes_is_amended_and_every_other_byte_stays(text: str, edit: Net, amended: str) -> None:
    old = conf.read(text)
    new = replace(edit, other=old.other, bridges=old.bridges, vlans=old.vlans)
    assert conf_edit.amend(text, old, new) == amended
    assert conf.read(amended) == new
    assert conf_edit.amend(text, old, old) == text
    assert conf_edit.amend(amended, new, new) == amended


BY_HAND = (
    "; the box\n[general]\nhostname = san1\nempty =\nhostname2=\n\n[eth0]\nbootproto = Static\nipaddr=10.1.2.3\nnetmask =  255.255.255.0\nbroadcast=10.1.2.255\n"
    "mtu = 01500\nethtoolopts = autoneg  off\nxtra =\nmtu2=\n[bond0]\nbondopts = miimon=0100 mode=1  lp_interval=2 odd odd2=\n  slaves = eth1, eth2\n"
    "bootproto=NONE\nmtu=1500\nunknown=\n"
)
HAND = conf.read(BY_HAND)


def on_eth0(**parts: object) -> Net:
    return replace(HAND, ifaces={"eth0": replace(HAND.ifaces["eth0"], **parts)})


def on_bond0(**parts: object) -> Net:
    return replace(HAND, bonds={"bond0": replace(HAND.bonds["bond0"], **parts)})


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize(("new", "was", "to_be"), [
    (on_eth0(mtu=9000), "mtu = 01500", "mtu = 9000"),
    (on_eth0(address="10.1.2.4/24"), "ipaddr=10.1.2.3", "ipaddr=10.1.2.4"),
    (on_eth0(ethtool=("speed", "1000")), "autoneg  off", "speed 1000"),
    (on_eth0(address="dhcp"), "bootproto = Static\nipaddr=10.1.2.3\nnetmask =  255.255.255.0\nbroadcast=10.1.2.255", "bootproto = dhcp"),
    (replace(HAND, general=replace(HAND.general, hostname="san2")), "hostname = san1", "hostname = san2"),
    (replace(HAND, general=replace(HAND.general, gateway="10.1.2.1")), "hostname2=", "hostname2=\ndefaultgw = 10.1.2.1"),
    (on_bond0(slaves=("eth1",)), "  slaves = eth1, eth2", "  slaves = eth1"),
    (on_bond0(mtu=9000), "bootproto=NONE\nmtu=1500", "bootproto=NONE\nmtu=9000"),
    (on_bond0(options={**HAND.bonds["bond0"].options, "miimon": "200"}), "miimon=0100 mode=1  lp_interval=2 odd odd2=", "mode=1 miimon=200 lp_interval=2 odd odd2="),
    (on_bond0(options={**HAND.bonds["bond0"].options, "mode": "802.3ad"}), "miimon=0100 mode=1  lp_interval=2 odd odd2=", "mode=802.3ad miimon=0100 lp_interval=2 odd odd2="),
    (on_bond0(options={"mode": "active-backup", "miimon": "100", "use_carrier": "0"}), "miimon=0100 mode=1  lp_interval=2 odd odd2=", "mode=1 miimon=0100 odd odd2= use_carrier=0"),
    (replace(HAND, ifaces={**HAND.ifaces, "eth9": Iface("dhcp")}), "unknown=\n", "unknown=\n\n[eth9]\nbootproto = dhcp\nmtu = 1500\n"),
])
def test_what_an_edit_is_not_about_stays_as_somebody_wrote_it(new: Net, was: str, to_be: str, ending: str) -> None:
    text = BY_HAND.replace("\n", ending)
    assert was in BY_HAND
    amended = conf_edit.amend(text, conf.read(text), new)
    assert amended == BY_HAND.replace(was, to_be).replace("\n", ending)
    assert whole(conf.read(amended)) == whole(new)


def test_an_address_without_a_bootproto_stays_as_it_is_until_an_edit_is_about_it() -> None:
    text = "[bond0]\nslaves = eth2\nbondopts = mode=4 miimon=100\nipaddr = 10.1.2.3\nnetmask = 255.255.255.0\nbroadcast = 10.1.2.255\nmtu = 9000\n"
    old = conf.read(text)
    bond = old.bonds["bond0"]
    other = replace(old, bonds={"bond0": replace(bond, options={**bond.options, "miimon": "50"})})
    assert conf_edit.amend(text, old, other) == text.replace("miimon=100", "miimon=50")
    static = replace(old, bonds={"bond0": replace(bond, address="10.1.2.3/24")})
    assert conf_edit.amend(text, old, static) == f"{text}bootproto = static\n"


def found(session: Session) -> list[tuple[str, str, str]]:
    """The codes, subjects and hints of what is found on the network."""
    return [(finding.code, finding.subject, finding.hint) for finding in session.findings("net") if finding.code in ("W328", "W329")]


def test_a_section_that_rc_network_passes_over_is_named_with_the_line_that_completes_it(session: Session, box: Sandbox) -> None:
    text = "[eth4]\nipaddr = 10.1.2.3\nnetmask = 255.255.255.0\nbroadcast = 10.1.2.255\nmtu = 9000\n"
    box.replace("/etc/network.conf", f"{box.read('/etc/network.conf')}\n{text}")
    do(session, "net iface eth5 mtu=9000")
    assert found(session) == [("W328", "net eth4", "net iface eth4 address=10.1.2.3/24")]
    do(session, "net iface eth4 address=10.1.2.3/24")
    assert found(session) == []


def test_what_is_on_a_bond_that_goes_is_named(session: Session, box: Sandbox) -> None:
    own = "bootproto = none\nmtu = 1500\n"
    below = f"[bond0]\n{own}slaves =\nbondopts =\n[bond0.7]\n{own}slaves=\n[br0]\n{own}brmembers = eth3, bond0.8\n[br1]\n{own}brmembers=eth2\n"
    box.replace("/etc/network.conf", f"{box.read('/etc/network.conf')}\n{below}")
    do(session, "net iface eth5 mtu=9000")
    assert found(session) == []
    assert do(session, "net bond del bond0") == "bond0.7 goes with it: address none\nbridge br0 loses bond0.8\n"
    assert found(session) == []
    assert do(session, "show net").splitlines() == ["net bridge br0 members eth3", "net bridge br1 members eth2", "net iface eth5 mtu=9000"]


def test_a_bond_that_is_made_and_taken_away_leaves_the_file_as_it_was(box: Sandbox) -> None:
    text = box.read("/etc/network.conf")
    old = conf.read(text)
    new = replace(old, bonds={"bond0": Bond(("eth1",))})
    assert conf_edit.amend(conf_edit.amend(text, old, new), new, old) == text


@pytest.mark.parametrize(("key", "value", "shown"), [
    ("mode", "4", "802.3ad"), ("mode", "balance-rr", "balance-rr"), ("mode", "7", None), ("mode", "lacp", None),
    ("lacp_rate", "1", "fast"), ("miimon", "0100", "100"), ("miimon", "off", None), ("packets_per_slave", "65536", None),
    ("ad_actor_sys_prio", "0", None), ("arp_ip_target", "10.0.0.1,+10.0.0.1,10.0.0.2", "10.0.0.1,10.0.0.2"),
    ("arp_ip_target", "10.0.0.1,", None), ("ad_actor_system", "02:00:00:00:00:0A", "02:00:00:00:00:0a"),
    ("ad_actor_system", "03:00:00:00:00:0a", None), ("primary", "eth1", "eth1"), ("queue_id", "eth1:1", None),
])
def test_a_bonding_option_is_kept_as_the_kernel_shows_it(key: str, value: str, shown: str | None) -> None:
    assert canonical(key, value) == shown


@pytest.mark.parametrize(("running", "options", "ways"), [
    ({}, {}, ""),
    ({}, {"mode": "802.3ad"}, "mode=802.3ad"),
    ({}, {"mode": "802.3ad", "miimon": "0"}, "mode=802.3ad miimon=0"),
    ({"miimon": "100"}, {"mode": "balance-tlb"}, "mode=balance-tlb"),
    ({"miimon": "100"}, {"miimon": "200"}, "miimon=200"),
    ({"miimon": "100", "updelay": "200"}, {"miimon": "50", "updelay": "200"}, "updelay=0 miimon=50 updelay=200"),
    ({"miimon": "100", "downdelay": "200"}, {}, "downdelay=0 miimon=0"),
    ({"miimon": "100"}, {"arp_interval": "50", "arp_ip_target": "10.0.0.1"}, "miimon=0 arp_interval=50 arp_ip_target=10.0.0.1"),
    ({"arp_interval": "50", "arp_validate": "all"}, {"miimon": "100"}, "arp_validate=none arp_interval=0 miimon=100"),
    ({"arp_interval": "50", "arp_validate": "all"}, {"mode": "active-backup", "arp_interval": "50", "arp_validate": "all"},
     "arp_validate=none mode=active-backup arp_validate=all"),
    ({"mode": "802.3ad", "miimon": "100", "lacp_rate": "fast"}, {"miimon": "100"}, "lacp_rate=slow mode=balance-rr"),
    ({"packets_per_slave": "8"}, {"mode": "balance-xor"}, "packets_per_slave=1 mode=balance-xor"),
    ({"mode": "balance-tlb", "miimon": "100", "tlb_dynamic_lb": "0"}, {"mode": "balance-alb", "tlb_dynamic_lb": "0"},
     "mode=balance-alb tlb_dynamic_lb=0"),
    ({}, {"num_grat_arp": "5"}, "num_grat_arp=5"),
    ({"num_grat_arp": "5", "num_unsol_na": "5"}, {"num_unsol_na": "5"}, ""),
])
def test_options_change_in_the_order_that_the_kernel_takes(running: dict[str, str], options: dict[str, str], ways: str) -> None:
    found = changes({**effective({}), **running}, options)
    assert " ".join(f"{change.key}={change.new}" for change in found) == ways or (sorted(ways.split()) == sorted(
        f"{change.key}={change.new}" for change in found) and not ways.startswith("num"))


@pytest.mark.parametrize("name", ["bond12345678901", "br1234567890123", "enp129s0f0np0ab", "enp129s0f0np0.7"])
def test_a_section_whose_name_is_longer_than_that_of_any_interface_is_none_of_ours(name: str) -> None:
    assert conf.read(f"[{name}]\n").other == {}
    assert list(conf.read(f"[{name}0]\n").other) == [f"{name}0"]


@pytest.mark.parametrize(("lines", "said", "hint"), [
    (["net bond bond0 slaves em1"], "not an interface that rc.network handles", ""),
    (["net iface enp129s0f0np0abc"], "has 16 letters: the name of an interface has 15 at the most", ""),
    (["net bond bond0 slaves enp129s0f0np0abc"], "has 16 letters", ""),
    (["net vlan enp129s0f0np0.40"], "enp129s0f0np0.40 has 16 letters", ""),
    (["net iface eth1 ethtool speed bogus"], "speed is megabits a second, not bogus", ""),
    (["net iface eth1 ethtool autoneg off speed"], "speed is megabits a second", ""),
    (["net iface eth1 ethtool sped 100"], "sped is no word of ethtool -s; there are: speed duplex", ""),
    (["net bond bond0 slaves eth1", "net bond bond1 slaves eth1"], "eth1 is a slave of bond0", "net bond bond0 slaves -eth1"),
    (["net vlan eth1.7", "net bond bond0 slaves eth1"], "eth1 has the VLAN eth1.7: a VLAN goes on the bond", "net vlan del eth1.7"),
    (["net bond bond0 slaves eth1", "net vlan eth1.7"], "eth1 is a slave of bond0: a VLAN goes on the bond", "net vlan bond0.7"),
    (["net bond bond0 slaves eth1", "net iface eth1 mtu=9000"], "eth1 is a slave of bond0", "net bond bond0 slaves -eth1"),
    (["net bond bond0 slaves eth1", "net bond bond0 slaves -eth2"], "no slave of bond0: eth2", "net bond bond0 slaves -eth1"),
    (["net bond bond0 mtu=67"], "67 is not a valid mtu", ""),
    (["net bond bond0 mtu=70000"], "70000 is not a valid mtu", ""),
    (["net bond bond0 address=10.1.2.0/24"], "the whole network", ""),
    (["net bond bond0 address=10.1.2.255/24"], "the whole network", ""),
    (["net bond bond0 address=10.1.2.3/33"], "not an IPv4 address with a prefix", ""),
    (["net bond bond0 broadcast=10.1.2.255"], "needs address=IP/PREFIX", ""),
    (["net bond bond0 address=dhcp broadcast=10.1.2.255"], "needs address=IP/PREFIX", ""),
    (["net bond bond0 packets_per_slave=65536"], "the kernel does not accept packets_per_slave=65536", ""),
    (["net bond bond0 arp_ip_target=10.0.0.1,10.0.0.256"], "the kernel does not accept arp_ip_target=", ""),
    (["net bond bond0 miimon=1 miimon=2"], "given twice", ""),
    (["net bond del bond0"], "no bond bond0", ""),
    (["net bond bond0", "net bond del bond1"], "no bond bond1", ""),
    (["net bond bond0", "net bond unset bond0 miimon"], "no miimon of its own", ""),
    (["net iface del eth1"], "no settings of interface eth1", ""),
    (["net general gateway=10.0.0.300"], "not an IPv4 address", ""),
    (["net general nameservers 10.0.0.1 10.0.0.2 10.0.0.3 10.0.0.4"], "three name servers", ""),
    (["net general unset gateway"], "general has no gateway of its own", ""),
])
def test_a_line_that_does_not_fit_is_refused(session: Session, lines: list[str], said: str, hint: str) -> None:
    do(session, *lines[:-1])
    with pytest.raises(Refused) as refused:
        do(session, lines[-1])
    assert said in refused.value.message
    assert refused.value.hint == hint


@pytest.mark.parametrize(("lines", "shown"), [
    (["net bond bond0"], "net bond bond0"),
    (["net bond bond0 miimon=100 mode=4 slaves eth2 eth1"], "net bond bond0 slaves eth2 eth1 mode=802.3ad miimon=100"),
    (["net bond bond0 updelay=200 miimon=100"], "net bond bond0 miimon=100 updelay=200"),
    (["net bond bond0 slaves eth1 eth2", "net bond bond0 slaves +eth3 -eth1"], "net bond bond0 slaves eth2 eth3"),
    (["net bond bond0 slaves eth1 eth2", "net bond bond0 slaves eth3"], "net bond bond0 slaves eth3"),
    (["net bond bond0 slaves eth1 mode=1", "net bond unset bond0 mode slaves"], "net bond bond0"),
    (["net bond bond0 address=10.1.2.3/24 broadcast=10.1.2.200", "net bond bond0 address=10.1.3.3/24"], "net bond bond0 address=10.1.3.3/24"),
    (["net bond bond0 address=10.1.2.3/24 broadcast=10.1.2.200", "net bond bond0 address=dhcp"], "net bond bond0 address=dhcp"),
    (["net bond bond0 address=10.1.2.3/24 broadcast=10.1.2.255"], "net bond bond0 address=10.1.2.3/24"),
    (["net bond bond0 address=10.1.2.3/24 broadcast=10.1.2.9", "net bond unset bond0 broadcast"], "net bond bond0 address=10.1.2.3/24"),
    (["net iface ib0 address=none"], "net iface ib0"),
    (["net iface eth4 mtu=9000 ethtool autoneg off speed 100"], "net iface eth4 mtu=9000 ethtool autoneg off speed 100"),
    (["net general hostname=san1 gateway=10.0.0.1 nameservers 10.0.0.2"], "net general hostname=san1 gateway=10.0.0.1 nameservers 10.0.0.2"),
    (["net general hostname=san1 domainname=lab", "net general unset domainname"], "net general hostname=san1"),
    (["net iface eth1 mtu=9000", "net bond bond0 slaves eth1"], "net bond bond0 slaves eth1"),
])
def test_lines_make_a_network_that_is_shown_as_lines(session: Session, lines: list[str], shown: str) -> None:
    do(session, *lines)
    assert do(session, "show net").splitlines() == [shown]
    do(session, "commit")
    assert do(session, "show net").splitlines() == [shown]


def test_a_slave_loses_its_settings_and_the_edit_and_the_plan_say_so(session: Session, box: Sandbox) -> None:
    do(session, "net iface eth1 address=10.9.9.9/24", "commit")
    lost = "eth1 loses its own settings: address 10.9.9.9/24, mtu 1500"
    assert do(session, "net bond bond0 slaves eth1 eth2") == f"{lost}\n"
    assert lost in do(session, "plan")
    do(session, "commit")
    assert "[eth1]" not in box.read("/etc/network.conf")


def test_an_interface_that_is_set_up_anew_forgets_what_was_not_known(session: Session, box: Sandbox) -> None:
    box.replace("/etc/network.conf", box.read("/etc/network.conf") + "\n[eth1]\nbootproto=none\nmtu=1500\nxtra=1\n")
    do(session, "net iface eth1 mtu=9000", "commit")
    assert "xtra=1" in box.read("/etc/network.conf")
    do(session, "net iface del eth1", "net iface eth1 mtu=8000", "commit")
    assert box.read("/etc/network.conf").endswith("[eth1]\nbootproto=none\nmtu=8000\n")


@pytest.mark.parametrize(("line", "code"), [
    ("net bond bond0 slaves eth9", "E320"),
    ("net bond bond0 slaves eth1 lacp_rate=fast", "E322"),
    ("net bond bond0 slaves eth1 mode=802.3ad arp_interval=100 miimon=0", "E322"),
    ("net bond bond0 slaves eth1 miimon=100 updelay=150", "E323"),
    ("net bond bond0 slaves eth1 updelay=100", "E323"),
    ("net bond bond0 slaves eth1 mode=1 primary=eth2", "E326"),
    ("net bond bond0 slaves eth1 miimon=100 arp_interval=100", "E327"),
    ("net bond bond0 slaves eth1", "W321"),
    ("net bond bond0 miimon=100", "W325"),
    ("net iface eth9 address=dhcp", "W324"),
    ("net bond bond0 slaves eth1 miimon=100", ""),
    ("net bond bond0 slaves eth1 mode=802.3ad updelay=200", ""),
    ("net bond bond0 slaves eth1 arp_interval=100 arp_ip_target=10.0.0.1", ""),
])
def test_checks_find_what_the_driver_refuses_or_takes_to_harm(session: Session, box: Sandbox, line: str, code: str) -> None:
    do(session, line)
    found = [finding.code for finding in checks.findings(session.config, look(box))]
    assert [one for one in found if code == "W321" or one != "W321"] == [code][: len(code)]
    if code.startswith("E"):
        with pytest.raises(ChecksRefuse):
            do(session, "commit")


def test_every_line_that_a_check_offers_is_one_that_fits(session: Session, box: Sandbox) -> None:
    do(session, "net bond bond0 slaves eth1 eth9 mode=1 primary=eth2 miimon=100 updelay=150 lacp_rate=fast", "net bond bond1")
    for _ in range(9):
        hints = [finding.hint for finding in checks.findings(session.config, look(box)) if finding.error]
        for hint in hints[:1]:
            do(session, hint)
    do(session, "commit")


def test_what_a_bond_option_of_the_file_that_is_not_known_keeps_no_commit_from_being_made(session: Session, box: Sandbox) -> None:
    text = "\n[bond0]\nbootproto=none\nmtu=1500\nslaves=eth1\nbondopts=mode=1 miimon=on peer_notif_delay=200\n"
    box.replace("/etc/network.conf", box.read("/etc/network.conf") + text)
    do(session, "svc enable opensm", "commit")
    do(session, "net bond bond0 miimon=100", "commit")
    assert "bondopts=mode=1 miimon=on miimon=100 peer_notif_delay=200\n" in box.read("/etc/network.conf")


@pytest.mark.parametrize(("line", "follow"), [
    ("net iface eth9 mtu=9000", "eth9: saved"), ("net iface eth1 mtu=9000", ""), ("net general hostname=san1", ""), ("net bond bond0 slaves eth1", ""),
])
def test_what_the_running_system_takes_over_later_is_said(session: Session, line: str, follow: str) -> None:
    assert ("reboot" in do(session, line, "commit")) == bool(follow)


@pytest.mark.parametrize("name", ["enp3s0f0", "ens1f0np0", "eth0", "ib1", "m1p2", "eno49np0"])
def test_names_are_taken_as_rc_network_takes_them(session: Session, box: Sandbox, name: str) -> None:
    do(session, f"net iface {name} mtu=9000", "commit")
    assert do(session, f"show net {name}") == f"net iface {name} mtu=9000\n"
    box.replace("/etc/network.conf", box.read("/etc/network.conf").replace("9000", "1400"))
    assert do(session, f"show net {name}") == f"net iface {name} mtu=1400\n"


def test_a_host_name_may_have_dots_and_underscores(session: Session) -> None:
    assert do(session, "net general hostname=san_1.example.org", "show net general") == "net general hostname=san_1.example.org\n"


def test_words_of_ethtool_with_their_values_are_taken(session: Session) -> None:
    words = "autoneg off speed 100 duplex full wol g mdix auto"
    assert do(session, f"net iface eth1 ethtool {words}", "show net eth1") == f"net iface eth1 ethtool {words}\n"


def test_a_line_that_cannot_be_read_is_told_with_its_number(session: Session, box: Sandbox) -> None:
    box.replace("/etc/network.conf", box.read("/etc/network.conf") + "[eth3\n")
    do(session, "net iface eth5 mtu=9000")
    assert [(finding.code, finding.subject) for finding in session.findings("net") if finding.code == "W387"] == [("W387", "net")]


BONDOPTS = "mode=1 miimon=on peer_notif_delay=200 odd  \"x=1 miimon=100"


@pytest.mark.parametrize(("line", "bondopts"), [
    ("net bond unset bond0 peer_notif_delay", 'mode=1 miimon=on miimon=100 odd "x=1'), ("net bond unset bond0 odd", 'mode=1 miimon=on miimon=100 peer_notif_delay=200 "x=1'),
    ('net bond unset bond0 "\\"x"', "mode=1 miimon=on miimon=100 peer_notif_delay=200 odd"), ("net bond unset bond0 miimon", 'mode=1 peer_notif_delay=200 odd "x=1'),
    ("net bond unset bond0 peer_notif_delay=200 odd", 'mode=1 miimon=on miimon=100 "x=1'),
])
def test_a_word_that_is_no_option_of_the_driver_can_be_taken_away(session: Session, box: Sandbox, line: str, bondopts: str) -> None:
    text = f"\n[bond0]\nbootproto=none\nmtu=1500\nslaves=eth1\nbondopts={BONDOPTS}\n"
    box.replace("/etc/network.conf", box.read("/etc/network.conf") + text)
    do(session, line)
    assert [str(edit) for edit in session.candidate.edits] == [line]
    do(session, "commit")
    assert f"bondopts={bondopts}\n" in box.read("/etc/network.conf")


def test_a_word_that_the_bond_has_not_is_refused_with_what_was_meant(session: Session, box: Sandbox) -> None:
    do(session, "net bond bond0 slaves eth1 miimon=100")
    with pytest.raises(Refused, match="bond bond0 has no miimn of its own") as refused:
        do(session, "net bond unset bond0 miimn")
    assert refused.value.hint == "net bond unset bond0 miimon"


SECTION = "bootproto=none\nmtu=1500\n"


@pytest.mark.parametrize(("text", "hint"), [
    (f"[bond0]\n{SECTION}slaves=\nbondopts={BONDOPTS}\n", "net bond unset bond0 miimon peer_notif_delay odd \"\\\"x\""),
    (f"[bond0]\n{SECTION}slaves=\nbondopts=mode=802.3 miimon=100\n", "net bond unset bond0 mode"), ("[eth1]\nbootproto=none\nmtu=45\n", "net iface eth1 mtu=1500"),
    ("[ib0]\nbootproto=none\nmtu=70000\n", "net iface ib0 mtu=65520"), ("[eth1.7]\nbootproto=none\nmtu=70000\n", "net vlan eth1.7 mtu=1500"),
])
def test_a_line_that_cannot_be_read_is_named_with_what_mends_it(session: Session, box: Sandbox, text: str, hint: str) -> None:
    box.replace("/etc/network.conf", f"{box.read('/etc/network.conf')}\n{text}")
    do(session, "net iface eth5 mtu=9000")
    assert [finding.hint for finding in session.findings("net") if finding.code == "W387"] == [hint]
    do(session, hint, "commit")
    assert [finding.code for finding in session_on(box).findings("net", all_of_it=True) if finding.code in ("W387", "W328")] == []
