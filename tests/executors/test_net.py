"""Bonds of the running system: from any one to any other, and back byte for byte from every step."""

from __future__ import annotations

from typing import Optional

import pytest
from boxes import Files, changed, do, root_of, snapshot
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from networks import take

from esosh import checks, executors
from esosh.config import Config
from esosh.config.net import Bond
from esosh.executors.net import bonding, links
from esosh.executors.net.options import MODES, effective
from esosh.executors.step import Replace, Step
from esosh.records import replace
from esosh.sandbox import Sandbox
from esosh.session import Session
from esosh.transaction.plan import look, plan
from esosh.transaction.undo import undo

NICS = ("eth1", "eth2", "eth3")
BACKUP = {"mode": "active-backup", "miimon": "100", "primary": "eth1"}
LACP = {"mode": "802.3ad", "miimon": "100", "updelay": "200", "lacp_rate": "fast", "xmit_hash_policy": "layer3+4"}
ARP = {"mode": "balance-xor", "arp_interval": "100", "arp_ip_target": "10.0.0.1,10.0.0.10", "arp_validate": "all"}


def network(box: Sandbox) -> Files:
    """All that the kernel and `ip` have of the network."""
    return {f"{part}/{path}": entry for part in ("sys/class/net", "proc/net")
            for path, entry in snapshot(f"{root_of(box)}/{part}").items()}


def steps(box: Sandbox, old: Optional[Bond], new: Optional[Bond]) -> list[Step]:
    """The steps in the running system that lead from one bond0 to another."""
    config = executors.read(box)
    found = plan(_having(config, old), _having(config, new), look(box)).steps
    return [step for step in found if not isinstance(step.do, Replace)]


def _having(config: Config, bond: Optional[Bond]) -> Config:
    return config.having(net=replace(config.net, bonds={"bond0": bond} if bond else {}))


def runs(box: Sandbox, bond: Optional[Bond]) -> None:
    """Bond0 runs as it is configured, and nothing is left to do."""
    facts = links.facts(box)
    assert list(facts.bonds) == (["bond0"] if bond else [])
    if bond:
        running, link = facts.bonds["bond0"], facts.links["bond0"]
        assert sorted(running.slaves) == sorted(bond.slaves)
        assert running.options == effective(bond.options)
        assert (link.up, link.mtu) == (True, bond.mtu)
        assert [address for address, _ in link.addresses] == ([bond.address] if "/" in bond.address else [])
        assert steps(box, bond, bond) == [*bonding.released("bond0", bond, facts)] == []
        assert [*bonding.configured("bond0", bond, bond, facts, "h")] == []


@pytest.mark.parametrize(("old", "new"), [
    (None, Bond()),
    (None, Bond(("eth1", "eth2"), BACKUP, "10.1.2.3/24", 9000)),
    (None, Bond(("eth2", "eth1", "eth3"), LACP)),
    (None, Bond(("eth3",), ARP, "10.1.2.3/24", broadcast="10.1.2.200")),
    (Bond(("eth1", "eth2"), BACKUP, "10.1.2.3/24", 9000), None),
    (Bond(("eth3", "eth1"), LACP, "10.1.2.3/24", broadcast="10.1.2.200"), None),
    (Bond(("eth1",), ARP), None),
    (Bond(("eth1", "eth2"), BACKUP), Bond(("eth1", "eth2"), LACP)),
    (Bond(("eth1", "eth2"), LACP), Bond(("eth2", "eth1"), {"mode": "balance-rr", "packets_per_slave": "8"})),
    (Bond(("eth1", "eth2"), ARP), Bond(("eth1", "eth2"), {"mode": "balance-alb", "primary": "eth2"})),
    (Bond(("eth1", "eth2", "eth3"), BACKUP), Bond(("eth3",), {"mode": "active-backup", "miimon": "50"})),
    (Bond(("eth1", "eth2"), BACKUP), Bond(("eth1", "eth2"), {**BACKUP, "primary": "eth2", "fail_over_mac": "active"})),
    (Bond(("eth1",), {"mode": "balance-tlb", "tlb_dynamic_lb": "0"}), Bond(("eth1",), {"mode": "balance-alb", "tlb_dynamic_lb": "0"})),
    (Bond(("eth1",), {"mode": "802.3ad", "miimon": "0"}), Bond(("eth1",), {"mode": "balance-rr"})),
    (Bond(("eth1",), LACP), Bond(("eth1",), {**LACP, "miimon": "50", "updelay": "50"})),
    (Bond(("eth1",), {"miimon": "100"}), Bond(("eth1",), {"arp_interval": "100", "arp_ip_target": "10.0.0.1"})),
    (Bond(("eth1",), ARP), Bond(("eth1",), {**ARP, "arp_ip_target": "10.0.0.2,10.0.0.10"})),
    (Bond(("eth1",), {"num_grat_arp": "5"}), Bond(("eth1",), {"num_unsol_na": "3"})),
    (Bond(("eth1",), {}, "10.1.2.3/24"), Bond(("eth1",), {}, "10.1.2.3/24", broadcast="10.1.2.200")),
    (Bond(("eth1",), {}, "10.1.2.3/24"), Bond(("eth1",), {}, "none", 9000)),
    (Bond(("eth1",), {}, "dhcp"), Bond((), {}, "10.1.2.3/24")),
])
def test_from_one_bond_to_another_and_back_from_every_step(new_box, old: Optional[Bond], new: Optional[Bond]) -> None:
    box = new_box()
    for nic in NICS[1:]:
        assert box.run(("ip", "link", "set", nic, "up")).status == 0
    box.run(("ip", "addr", "add", "10.5.5.5/24", "broadcast", "10.5.5.255", "dev", "eth2"))
    box.run(("ip", "link", "set", "eth3", "mtu", "4000"))
    take(box, steps(box, None, old))
    before = network(box)
    todo = steps(box, old, new)
    for number in range(1, len(todo) + 1):
        take(box, todo[:number])
        assert undo(box, todo[:number]) == []
        assert changed(before, network(box)) == [], todo[number - 1].do
    take(box, todo)
    runs(box, new)


@st.composite
def bonds(draw: st.DrawFn) -> Optional[Bond]:
    """A bond that the checks pass, or none."""
    mode, watch = draw(st.sampled_from(MODES)), draw(st.sampled_from(["", "50", "100", "arp"]))
    slaves = tuple(draw(st.lists(st.sampled_from(NICS), unique=True)))
    options = {"mode": mode, **draw(st.fixed_dictionaries({}, optional={
        "fail_over_mac": st.sampled_from(["none", "active", "follow"]), "num_grat_arp": st.sampled_from(["1", "5"]),
        "xmit_hash_policy": st.sampled_from(["layer2", "layer3+4"]), "use_carrier": st.sampled_from("01"),
        "all_slaves_active": st.sampled_from("01"), "min_links": st.sampled_from("01")}))}
    if watch == "arp" and mode in MODES[:4]:
        targets = draw(st.lists(st.sampled_from(["10.0.0.1", "10.0.0.10", "10.0.0.3"]), min_size=1, unique=True))
        options.update(arp_interval="100", arp_ip_target=",".join(targets), arp_validate=draw(st.sampled_from(["none", "all"])))
    elif watch.isdigit():
        options.update(miimon=watch, updelay=str(int(watch) * draw(st.integers(0, 2))))
    own = {"802.3ad": ("lacp_rate", ["slow", "fast"]), "balance-rr": ("packets_per_slave", ["1", "8"]),
           "balance-tlb": ("tlb_dynamic_lb", ["0", "1"]), "balance-alb": ("tlb_dynamic_lb", ["0", "1"])}
    if mode in own:
        options[own[mode][0]] = draw(st.sampled_from(own[mode][1]))
    if mode in ("active-backup", "balance-tlb", "balance-alb") and slaves and draw(st.booleans()):
        options["primary"] = draw(st.sampled_from(slaves))
    address = draw(st.sampled_from(["none", "10.1.2.3/24", "10.9.9.9/16"]))
    bond = Bond(slaves, options, address, draw(st.sampled_from([1500, 9000])))
    return draw(st.sampled_from([bond, bond, bond, None]))


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(bonds(), bonds())
def test_from_any_bond_to_any_other_and_back(new_box, old: Optional[Bond], new: Optional[Bond]) -> None:
    box = new_box()
    box.run(("ip", "link", "set", "eth2", "up"))
    take(box, steps(box, None, old))
    runs(box, old)
    before = network(box)
    todo = steps(box, old, new)
    assert not [finding for finding in checks.findings(_having(executors.read(box), new), look(box)) if finding.error]
    for number in {len(todo) // 2, len(todo)}:
        take(box, todo[:number])
        assert undo(box, todo[:number]) == []
        assert changed(before, network(box)) == []
    take(box, todo)
    runs(box, new)


@pytest.mark.parametrize(("lines", "slaves"), [
    (["net bond bond0 slaves eth1 eth2", "commit", "net bond del bond0", "net bond bond0 slaves eth2 mode=1"], {"bond0": ("eth2",)}),
    (["net bond bond0 slaves eth1 eth2", "commit", "net bond bond0 slaves -eth1", "net bond bond1 slaves eth1 eth3"],
     {"bond0": ("eth2",), "bond1": ("eth1", "eth3")}),
    (["net bond bond0 slaves eth1", "net bond bond1 slaves eth2", "commit", "net bond del bond0", "net bond bond1 slaves +eth1"],
     {"bond1": ("eth2", "eth1")}),
    (["net bond bond0 slaves eth1 mode=4 mtu=9000", "commit", "net bond unset bond0 mode mtu slaves"], {"bond0": ()}),
])
def test_a_commit_moves_slaves_and_makes_bonds_anew(session: Session, box: Sandbox, lines: list[str], slaves: dict[str, tuple[str, ...]]) -> None:
    do(session, *lines, "commit")
    assert {name: bond.slaves for name, bond in links.facts(box).bonds.items()} == slaves
    assert do(session, "commit") == "nothing to do\n"


def test_a_lease_is_kept_while_the_bond_changes(session: Session, box: Sandbox) -> None:
    do(session, "net bond bond0 slaves eth1 address=dhcp", "commit")
    assert "192.168.77." in do(session, "status net bond0")
    assert "addr flush" not in do(session, "net bond bond0 mtu=9000", "plan")
    do(session, "commit")
    assert "192.168.77." in do(session, "status net bond0")


def test_without_the_driver_only_the_file_changes(session: Session, box: Sandbox) -> None:
    box.remove("/sys/class/net/bonding_masters")
    do(session, "net bond bond0 slaves eth1", "commit")
    assert "[bond0]" in box.read("/etc/network.conf")
    assert not box.exists("/sys/class/net/bond0")
