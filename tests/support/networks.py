"""Networks to go from and to, for the sandbox and for a real kernel, and steps on the way taken and undone."""

from __future__ import annotations

import time
from functools import partial
from typing import Any, Callable

from esosh import executors
from esosh.config.net import Bond, Bridge, General, Iface, Net, Vlan
from esosh.executors.net import links
from esosh.executors.net.route import MAIN
from esosh.executors.step import Replace, Step
from esosh.host import Host
from esosh.records import replace
from esosh.transaction.plan import look, plan
from esosh.transaction.undo import undo

WAIT = 10.0  # seconds
A, B, C = "10.1.2.3/24", "10.9.9.9/16", "192.168.50.1/24"
BONDED = {"bond0": Bond(("eth1", "eth2"), {"mode": "active-backup", "miimon": "100"}, A)}
GATEWAY = General(gateway="10.1.2.1")
TLB = {"bond0": replace(BONDED["bond0"], options={"mode": "balance-tlb", "miimon": "100"})}
MOVED = {"bond0": replace(BONDED["bond0"], address="10.5.0.1/24")}

CHANGES = [
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
    (Net(ifaces={"eth1": Iface(A), "eth2": Iface(B)}), Net(ifaces={"eth1": Iface(B), "eth2": Iface(A)})),
    (Net(ifaces={"eth1": Iface(mtu=4000)}), Net(ifaces={"eth1": Iface(mtu=4000)}, vlans={"eth1.7": Vlan((), A)})),
    (Net(ifaces={"eth1": Iface()}, bridges={"br0": Bridge(("eth1",))}), Net(ifaces={"eth1": Iface(mtu=4000)}, bridges={"br0": Bridge(("eth1",))})),
    (Net(ifaces={"eth1": Iface(mtu=4000)}), Net(ifaces={"eth1": Iface(mtu=4000)}, bridges={"br0": Bridge(("eth1", "eth2"), A, 4000)})),
    (Net(bonds={"bond0": replace(BONDED["bond0"], mtu=4000)}), Net(ifaces={"eth1": Iface(A, 4000), "eth2": Iface(B)})),
    (Net(bonds=BONDED), Net(vlans={"eth1.7": Vlan((), A), "eth1.8": Vlan((), B)}, bridges={"br0": Bridge(("eth2",), C)})),
]

ROUTED = [
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
]


def shown(machine: Host) -> dict[str, Any]:
    """The running network as esosh reads it."""
    facts = links.facts(machine)
    return {part: getattr(facts, part) for part in ("links", "bonds", "bridges", "vlans")} | {"routes": sorted(map(str, facts.routes[MAIN]))}


def steps(machine: Host, old: Net, new: Net) -> list[Step]:
    """The steps in the running system that lead from one network to another."""
    config = executors.read(machine)
    found = plan(config.having(net=old), config.having(net=new), look(machine)).steps
    return [step for step in found if not isinstance(step.do, Replace)]


def take(machine: Host, todo: list[Step]) -> None:
    """Take steps as a commit does."""
    for step in todo:
        assert step.failed_precondition(machine) is None, step
        step.do.perform(machine)
        assert step.after is None or step.after.holds(machine), step


def back_from_every_step(machine: Host, old: Net, new: Net, state: Callable[[Host], dict[str, Any]]) -> None:
    """Go to `new`, back from every step on the way, and then to its end; the machine runs `old`."""
    before = state(machine)
    todo = steps(machine, old, new)
    for number in range(1, len(todo) + 1):
        take(machine, todo[:number])
        assert undo(machine, todo[:number]) == []
        assert _settled(partial(state, machine), before) == before, [str(step.do) for step in todo[:number]]
    take(machine, todo)


def _settled(look: Callable[[], dict[str, Any]], wanted: dict[str, Any]) -> dict[str, Any]:
    """What is seen: a kernel may need a moment until a link is up again."""
    seen = look()
    end = time.monotonic() + WAIT
    while seen != wanted and time.monotonic() < end:
        time.sleep(0.2)
        seen = look()
    return seen


def routes_of(machine: Host) -> list[str]:
    """The routes that no address brings."""
    lines = machine.run(("ip", "-4", "route", "show")).out.splitlines()
    return [line.strip().replace(" linkdown", "") for line in lines if "proto kernel" not in line]
