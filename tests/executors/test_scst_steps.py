"""SCST from any configuration to any other, with undo at every step, on the sandbox's kernel."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from boxes import do, session_on
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scst_configs import FILES, accepted_after, scsts

from esosh import executors
from esosh.config import Config
from esosh.config.paths import diff, with_facts
from esosh.config.scst import Scst
from esosh.records import replace
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


def anew(config: Config, scst: Scst) -> Config:
    """The configuration with another SCST, which shares no object with its own."""
    return config.having(scst=scst)


def sharing(config: Config, scst: Scst) -> Config:
    """The configuration with another SCST, which shares with its own whatever is the same, as after edits."""
    changes = diff(config, anew(config, scst))
    return with_facts(config, {path: value for path, (_, value) in changes.items()})


def performed(box: Sandbox, wanted: Callable[[Config], Config]) -> None:
    """Take all steps, each of which finds what it expects and leaves what it says."""
    config = executors.read(box)
    for step in plan.plan(config, wanted(config), plan.look(box)).steps:
        assert step.failed_precondition(box) is None, step
        step.do.perform(box)
        assert step.after is None or step.after.holds(box), step


@pytest.mark.parametrize("made", [anew, sharing])
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(scsts(), scsts(), st.randoms(use_true_random=False))
def test_from_any_scst_to_any_other_and_back_from_every_step(new_box, made, old, new, chance):
    box, new = prepared(new_box()), accepted_after(old, new)
    performed(box, lambda config: made(config, old))
    before = executors.read(box)
    assert diff(old, before.scst) == {}
    text = box.read("/etc/scst.conf")

    wanted = made(before, new)
    planned = plan.plan(before, wanted, plan.look(box)).steps
    for count in sorted(chance.sample(range(len(planned) + 1), min(3, len(planned) + 1))):
        for step in planned[:count]:
            step.do.perform(box)
        assert undo(box, planned[:count]) == []
        assert diff(before.scst, executors.read(box).scst) == {}
        assert box.read("/etc/scst.conf") == text

    performed(box, lambda config: made(config, new))
    assert diff(new, executors.read(box).scst) == {}
    filed = executors.saved(box, wanted).scst  # which says nothing of drivers that are as by default
    assert diff(new, replace(filed, drivers={**new.drivers, **filed.drivers})) == {}


def test_a_device_that_comes_with_a_setup_id_is_what_it_is_after_the_next_start(tmp_path):
    box = Sandbox(tmp_path)
    do(session_on(box), "scst device add vdisk_nullio fresh", "scst set setup_id=0x7", "commit")
    made = box.read("/sys/kernel/scst_tgt/devices/fresh/usn")
    assert made.startswith("7")

    do(session_on(box), "svc stop scst", "svc start scst")
    assert box.read("/sys/kernel/scst_tgt/devices/fresh/usn") == made
