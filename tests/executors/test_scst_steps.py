"""SCST from any configuration to any other, with undo at every step, on the sandbox's kernel."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scst_configs import FILES, scsts

from esosh import executors
from esosh.config import Config
from esosh.config.paths import diff
from esosh.config.scst import Scst
from esosh.sandbox import Sandbox
from esosh.transaction import plan
from esosh.transaction.undo import undo


def prepared(box: Sandbox) -> Sandbox:
    """The box, with the files and disks that random devices have, and with scst_local."""
    for file in (file for files in FILES.values() for file in files):
        box.replace(file, "")
    box.replace("/hardware", box.read("/hardware") + "module scst_local\n")
    box.run(("/etc/rc.d/rc.scst", "stop"))
    box.run(("/etc/rc.d/rc.scst", "start"))
    return box


def having(box: Sandbox, scst: Scst) -> Config:
    """What the box has, with another SCST."""
    return replace(executors.read(box), scst=scst)


def steps(box: Sandbox, new: Config) -> plan.Plan:
    return plan.plan(executors.read(box), new, plan.look(box))


def performed(box: Sandbox, new: Config) -> None:
    """Take all steps, each of which finds what it expects and leaves what it says."""
    for step in steps(box, new).steps:
        assert step.failed_precondition(box) is None, step
        step.do.perform(box)
        assert step.after is None or step.after.holds(box), step


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(scsts(), scsts(), st.randoms(use_true_random=False))
def test_from_any_scst_to_any_other_and_back_from_every_step(new_box, old, new, chance):
    box = prepared(new_box())
    before = having(box, old)
    performed(box, before)
    assert diff(before.scst, executors.read(box).scst) == {}
    text = box.read("/etc/scst.conf")

    wanted = having(box, new)
    planned = steps(box, wanted).steps
    for count in sorted(chance.sample(range(len(planned) + 1), min(3, len(planned) + 1))):
        for step in planned[:count]:
            step.do.perform(box)
        assert undo(box, planned[:count]) == []
        assert diff(before.scst, executors.read(box).scst) == {}
        assert box.read("/etc/scst.conf") == text

    performed(box, wanted)
    assert diff(wanted.scst, executors.read(box).scst) == {}
    filed = executors.saved(box, wanted).scst  # which says nothing of drivers that are as by default
    assert diff(wanted.scst, replace(filed, drivers={**wanted.scst.drivers, **filed.drivers})) == {}
