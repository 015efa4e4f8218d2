"""Interfaces, VLANs, bridges and routes of the running system: from any to any other, and back from every step."""

from __future__ import annotations

from typing import Any

import pytest
from boxes import root_of, snapshot
from networks import BONDED, CHANGES, A, C, back_from_every_step, steps, take

from esosh.config.net import Bridge, Iface, Net
from esosh.executors import net as executor
from esosh.sandbox import Sandbox

NUMBERS = ("/ifindex", "/iflink", "vlan/config")  # the list of VLANs is in the order in which they were made


def network(box: Sandbox) -> dict[str, Any]:
    """All that the kernel and `ip` have of the network, but for the numbers that it gives a link that is made."""
    shown = {f"{part}/{path}": entry for part in ("sys/class/net", "proc/net")
             for path, entry in snapshot(f"{root_of(box)}/{part}").items()}
    shown = {path: entry for path, entry in shown.items() if not path.endswith(NUMBERS) and "/remembered/" not in path}
    addresses = sorted(line.partition(": ")[2] for line in box.run(("ip", "-4", "-o", "addr", "show")).out.splitlines())
    routes = sorted(box.run(("ip", "-4", "route", "show")).out.splitlines())
    return {**shown, "addresses": addresses, "routes": routes}


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
