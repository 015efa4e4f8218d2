"""Interfaces, VLANs, bridges and routes of the running system: from any to any other, and back from every step."""

from __future__ import annotations

import re
from typing import Any

import pytest
from boxes import root_of, snapshot
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from networks import BONDED, CHANGES, A, C, back_from_every_step, steps, take

from esosh.config.net import Bond, Bridge, Iface, Net, Vlan
from esosh.executors import net as executor
from esosh.sandbox import Sandbox
from esosh.transaction.undo import undo

NUMBERS = ("/ifindex", "/iflink", "vlan/config")  # the list of VLANs is in the order in which they were made


def network(box: Sandbox) -> dict[str, Any]:
    """All that the kernel and `ip` have of the network, but for the numbers that it gives a link that is made."""
    shown = {f"{part}/{path}": without_nothing(entry) for part in ("sys/class/net", "proc/net")
             for path, entry in snapshot(f"{root_of(box)}/{part}").items()}
    shown = {path: entry for path, entry in shown.items() if not path.endswith(NUMBERS) and "/remembered/" not in path}
    addresses = sorted(line.partition(": ")[2] for line in box.run(("ip", "-4", "-o", "addr", "show")).out.splitlines())
    routes = sorted(box.run(("ip", "-4", "route", "show")).out.splitlines())
    return {**shown, "addresses": addresses, "routes": routes}


def without_nothing(entry: Any) -> Any:
    """The text of a VLAN without the priorities that become 0, as those that no list has do."""
    return re.sub(rb" [0-7]:0(?= )", b"", entry[1]) if b"EGRESS" in entry[1] else entry


@pytest.mark.parametrize(("old", "new"), CHANGES)
def test_from_one_network_to_another_and_back_from_every_step_byte_for_byte(new_box, old: Net, new: Net) -> None:
    box = new_box()
    for nic in ("eth1", "eth2", "eth3"):
        box.run(("ip", "link", "set", nic, "up"))
    take(box, steps(box, Net(), old))
    back_from_every_step(box, old, new, network)
    assert executor.running(box, new) == new
    assert steps(box, new, new) == []


def test_an_unchanged_interface_is_in_no_step(new_box) -> None:
    box, same = new_box(), {"eth3": Iface(C)}
    take(box, steps(box, Net(), Net(bonds=BONDED, ifaces=same)))
    assert box.run(("ip", "route", "add", "10.7.0.0/16", "via", "192.168.50.9")).status == 0
    todo = steps(box, Net(bonds=BONDED, ifaces=same), Net(ifaces=same, bridges={"br0": Bridge(("eth1",), A)}))
    assert not [step for step in todo if "eth3" in str(step.do)]


PLACES = ("10.1.0.1/24", "10.2.0.1/24", "10.3.0.1/24", "10.4.0.1/24", "10.5.0.1/24", "10.6.0.1/24", "10.7.0.1/24", *["none"] * 8)
OPTIONS = ({}, {"mode": "active-backup", "miimon": "100"}, {"mode": "802.3ad", "miimon": "50", "lacp_rate": "fast"},
           {"mode": "balance-xor", "xmit_hash_policy": "layer3+4"}, {"mode": "balance-alb", "miimon": "200", "updelay": "400"},
           {"mode": "active-backup", "arp_interval": "500", "arp_ip_target": "10.1.0.9,10.1.0.10"})


@st.composite
def networks(draw: st.DrawFn) -> Net:
    """Networks that the kernel takes: interfaces, bonds, bridges and VLANs of three NICs."""
    free, places = [*draw(st.permutations(("eth1", "eth2", "eth3")))], [*draw(st.permutations(PLACES))]
    mtu = st.sampled_from((1500, 4000))
    bonds = {}
    for name in draw(st.sampled_from(((), ("bond0",), ("bond0", "bond1")))):
        slaves = tuple(free.pop() for _ in range(draw(st.integers(0, len(free)))))
        bonds[name] = Bond(slaves, draw(st.sampled_from(OPTIONS)), places.pop(), draw(mtu))
    vlans = {f"{parent}.{number}": Vlan(draw(st.sampled_from(((), ("0:1", "5:2")))), places.pop())
             for parent in (*bonds, *free[:1]) for number in draw(st.sets(st.sampled_from((7, 8)), max_size=2))}
    ports = [*draw(st.permutations([*free[1:], *bonds, *vlans]))]
    bridges = {}
    for name in draw(st.sampled_from(((), ("br0",), ("br0", "br1")))):
        members = tuple(ports.pop() for _ in range(min(len(ports), draw(st.integers(1, 2)))))
        if members:  # a bridge that lost its last member has no carrier, and no address of its own, for good
            bridges[name] = Bridge(members, places.pop())
    taken = {member for bridge in bridges.values() for member in bridge.members}
    ifaces = {name: Iface(places.pop(), draw(mtu)) for name in free if name not in taken and draw(st.booleans())}
    return Net(bonds=bonds, vlans=vlans, bridges=bridges, ifaces=ifaces)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(networks(), networks(), st.data())
def test_from_any_network_to_any_other_and_back_from_some_step(new_box, old: Net, new: Net, data: st.DataObject) -> None:
    box = new_box()
    take(box, steps(box, Net(), old))
    assert executor.running(box, old) == old
    before = network(box)
    todo = steps(box, old, new)
    done = todo[: data.draw(st.integers(0, len(todo)))]
    take(box, done)
    assert undo(box, done) == []
    assert network(box) == before
    take(box, todo)
    assert executor.running(box, new) == new
    assert steps(box, new, new) == []
