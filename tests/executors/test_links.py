"""Interfaces, VLANs, bridges and routes of the running system: from any to any other, and back from every step."""

from __future__ import annotations

import pytest
from boxes import Files, changed, root_of, snapshot

from esosh import executors
from esosh.config.net import Bond, Bridge, General, Iface, Net, Vlan
from esosh.executors import net as executor
from esosh.executors.step import Replace, Step
from esosh.records import replace
from esosh.sandbox import Sandbox
from esosh.transaction.plan import look, plan
from esosh.transaction.undo import undo

NUMBERS = ("/ifindex", "/iflink", "vlan/config")  # the list of VLANs is in the order in which they were made
A, B, C = "10.1.2.3/24", "10.9.9.9/16", "192.168.50.1/24"
BONDED = {"bond0": Bond(("eth1", "eth2"), {"mode": "active-backup", "miimon": "100"}, A)}


def network(box: Sandbox) -> Files:
    """All that the kernel and `ip` have of the network, but for the numbers that it gives a link that is made."""
    shown = {f"{part}/{path}": entry for part in ("sys/class/net", "proc/net")
             for path, entry in snapshot(f"{root_of(box)}/{part}").items()}
    shown = {path: entry for path, entry in shown.items() if not path.endswith(NUMBERS) and "/remembered/" not in path}
    addresses = sorted(line.partition(": ")[2] for line in box.run(("ip", "-4", "-o", "addr", "show")).out.splitlines())
    routes = sorted(box.run(("ip", "-4", "route", "show")).out.splitlines())
    return {**shown, "addresses": addresses, "routes": routes}


def steps(box: Sandbox, old: Net, new: Net) -> list[Step]:
    """The steps in the running system that lead from one network to another."""
    config = executors.read(box)
    found = plan(config.having(net=old), config.having(net=new), look(box)).steps
    return [step for step in found if not isinstance(step.do, Replace)]


def take(box: Sandbox, todo: list[Step]) -> None:
    """Take steps as a commit does."""
    for step in todo:
        assert step.failed_precondition(box) is None, step
        step.do.perform(box)
        assert step.after is None or step.after.holds(box), step


def from_every_step(box: Sandbox, old: Net, new: Net) -> list[Step]:
    """Make `old`, then `new`, undone from every step of it on the way; nothing is left to do."""
    take(box, steps(box, Net(), old))
    before = network(box)
    todo = steps(box, old, new)
    for number in range(1, len(todo) + 1):
        take(box, todo[:number])
        assert undo(box, todo[:number]) == []
        assert changed(before, network(box)) == [], [str(step.do) for step in todo[:number]]
    take(box, todo)
    assert executor.running(box, new) == new
    assert steps(box, new, new) == []
    return todo


@pytest.mark.parametrize(("old", "new"), [
    (Net(), Net(ifaces={"eth1": Iface(A, 9000)})),
    (Net(ifaces={"eth1": Iface(A)}), Net(ifaces={"eth1": Iface(B, 4000)})),
    (Net(ifaces={"eth1": Iface(A)}), Net()),
    (Net(ifaces={"eth1": Iface(A)}), Net(ifaces={"eth1": Iface(A, ethtool=("autoneg", "off", "speed", "100", "duplex", "full"))})),
    (Net(), Net(vlans={"eth1.7": Vlan((), A)})),
    (Net(), Net(vlans={"eth1.7": Vlan(("0:1", "5:5"))})),
    (Net(vlans={"eth1.7": Vlan(("0:1", "5:5"), A)}), Net(vlans={"eth1.7": Vlan(("0:3",), B)})),
    (Net(vlans={"eth1.7": Vlan(("5:5",), A), "eth1.8": Vlan((), B)}), Net(vlans={"eth1.8": Vlan((), B)})),
    (Net(ifaces={"eth1": Iface(mtu=9000)}, vlans={"eth1.7": Vlan((), A, 9000)}), Net(ifaces={"eth1": Iface()}, vlans={"eth1.7": Vlan((), A)})),
    (Net(ifaces={"eth1": Iface()}, vlans={"eth1.7": Vlan((), A)}), Net(ifaces={"eth1": Iface(mtu=9000)}, vlans={"eth1.7": Vlan((), A, 9000)})),
    (Net(), Net(bridges={"br0": Bridge(("eth1", "eth2"), A)})),
    (Net(bridges={"br0": Bridge(("eth1", "eth2"), A)}), Net()),
    (Net(bridges={"br0": Bridge(("eth1", "eth2"), A)}), Net(bridges={"br0": Bridge(("eth3",), B)})),
    (Net(bridges={"br0": Bridge(("eth1",)), "br1": Bridge(("eth2",))}), Net(bridges={"br0": Bridge(("eth2",)), "br1": Bridge(("eth1",))})),
    (Net(), Net(bonds=BONDED, vlans={"bond0.7": Vlan((), B)}, bridges={"br0": Bridge(("bond0.7", "eth3"), C)})),
    (Net(bonds=BONDED, vlans={"bond0.7": Vlan((), B)}, bridges={"br0": Bridge(("bond0",), C)}), Net()),
    (Net(bonds=BONDED, vlans={"bond0.7": Vlan((), B)}),
     Net(bonds={"bond0": replace(BONDED["bond0"], options={"mode": "802.3ad", "miimon": "100"})}, vlans={"bond0.7": Vlan((), B)})),
    (Net(bonds=BONDED), Net(bridges={"br0": Bridge(("eth1",), A)})),
    (Net(bridges={"br0": Bridge(("eth1", "eth2"), A)}), Net(bonds=BONDED)),
    (Net(bridges={"br0": Bridge(("eth1",))}, vlans={"br0.9": Vlan((), A)}), Net(vlans={"eth1.9": Vlan((), A)})),
    (Net(bonds=BONDED), Net(bonds={"bond1": BONDED["bond0"]})),
])
def test_from_one_network_to_another_and_back_from_every_step(new_box, old: Net, new: Net) -> None:
    box = new_box()
    for nic in ("eth1", "eth2", "eth3"):
        box.run(("ip", "link", "set", nic, "up"))
    from_every_step(box, old, new)


# routes


def with_routes(new_box, old: Net, *routes: str) -> Sandbox:
    """A box that runs a network, with routes that somebody added."""
    box = new_box()
    take(box, steps(box, Net(), old))
    for route in routes:
        output = box.run(("ip", "route", "add", *route.split()))
        assert output.status == 0, output.err
    return box


def routes_of(box: Sandbox) -> list[str]:
    """The routes that no address brings."""
    return [line.strip() for line in box.run(("ip", "-4", "route", "show")).out.splitlines() if "proto kernel" not in line]


GATEWAY = General(gateway="10.1.2.1")
TLB = {"bond0": replace(BONDED["bond0"], options={"mode": "balance-tlb", "miimon": "100"})}
MOVED = {"bond0": replace(BONDED["bond0"], address="10.5.0.1/24")}


@pytest.mark.parametrize(("old", "new", "routes", "left"), [
    (Net(bonds=BONDED), Net(bonds=TLB), ["default via 10.1.2.1", "10.7.0.0/16 via 10.1.2.9"],
     ["default via 10.1.2.1 dev bond0", "10.7.0.0/16 via 10.1.2.9 dev bond0"]),
    (Net(bonds=BONDED), Net(bonds=MOVED), ["default via 10.1.2.1", "10.7.0.0/16 via 10.1.2.9"], []),
    (Net(bonds=BONDED), Net(bonds={"bond0": replace(BONDED["bond0"], address="10.1.2.4/24")}), ["default via 10.1.2.1"],
     ["default via 10.1.2.1 dev bond0"]),
    (Net(bonds=BONDED), Net(), ["default via 10.1.2.1"], []),
    (Net(bonds=BONDED, ifaces={"eth3": Iface(C)}), Net(bonds=TLB, ifaces={"eth3": Iface(C)}), ["10.7.0.0/16 via 192.168.50.9"],
     ["10.7.0.0/16 via 192.168.50.9 dev eth3"]),
    (Net(bonds=BONDED), Net(General(gateway="10.1.2.1"), bonds=BONDED), [], ["default via 10.1.2.1 dev bond0"]),
    (Net(GATEWAY, bonds=BONDED), Net(General(gateway="10.1.2.9"), bonds=BONDED), [], ["default via 10.1.2.9 dev bond0"]),
    (Net(GATEWAY, bonds=BONDED), Net(bonds=BONDED), [], []),
    (Net(GATEWAY, bonds=BONDED), Net(General(gateway="10.5.0.9"), bonds=MOVED), [], ["default via 10.5.0.9 dev bond0"]),
    (Net(GATEWAY, bonds=BONDED), Net(GATEWAY, bonds=TLB), [], ["default via 10.1.2.1 dev bond0"]),
    (Net(GATEWAY), Net(GATEWAY, ifaces={"eth3": Iface(A)}), [], ["default via 10.1.2.1 dev eth3"]),
])
def test_routes_are_kept_where_they_may_be_and_undone_from_every_step(new_box, old: Net, new: Net, routes: list[str], left: list[str]) -> None:
    box = with_routes(new_box, old, *routes)
    before = network(box)
    todo = steps(box, old, new)
    for number in range(1, len(todo) + 1):
        take(box, todo[:number])
        assert undo(box, todo[:number]) == []
        assert changed(before, network(box)) == [], [str(step.do) for step in todo[:number]]
    take(box, todo)
    assert routes_of(box) == left


def test_an_unchanged_interface_is_in_no_step(new_box) -> None:
    same = {"eth3": Iface(C)}
    box = with_routes(new_box, Net(bonds=BONDED, ifaces=same), "10.7.0.0/16 via 192.168.50.9")
    todo = steps(box, Net(bonds=BONDED, ifaces=same), Net(ifaces=same, bridges={"br0": Bridge(("eth1",), A)}))
    assert not [step for step in todo if "eth3" in str(step.do)]
