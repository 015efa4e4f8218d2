"""The steps of esosh on the sandbox and on a real kernel: to any network, and back from every step."""

from __future__ import annotations

import pytest
from networks import CHANGES, ROUTED, back_from_every_step, routes_of, shown, steps, take

from esosh.config.net import Net
from esosh.executors import net as executor
from esosh.host import Host


@pytest.mark.parametrize(("old", "new"), CHANGES)
def test_a_network_becomes_another_and_comes_back_from_every_step(machine: Host, old: Net, new: Net) -> None:
    take(machine, steps(machine, Net(), old))
    back_from_every_step(machine, old, new, shown)
    assert executor.running(machine, new) == new
    assert steps(machine, new, new) == []


@pytest.mark.parametrize(("old", "new", "routes", "left"), ROUTED)
def test_routes_are_kept_where_they_may_be_and_undone_from_every_step(
    machine: Host, old: Net, new: Net, routes: list[str], left: list[str]
) -> None:
    take(machine, steps(machine, Net(), old))
    for route in routes:
        assert machine.run(("ip", "route", "add", *route.split())).status == 0, route
    back_from_every_step(machine, old, new, shown)
    assert routes_of(machine) == left
