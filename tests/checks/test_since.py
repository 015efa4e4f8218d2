"""What is found since a configuration: whatever it does not have, and nothing that is not there."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from scst_configs import scsts

from esosh import checks, executors
from esosh.config.paths import diff, with_facts
from esosh.config.scst import Scst
from esosh.sandbox import Sandbox
from esosh.transaction.plan import look


@pytest.fixture(scope="module")
def box(tmp_path_factory):
    return Sandbox(str(tmp_path_factory.mktemp("box")))


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(scsts(), scsts())
def test_what_is_found_since_a_configuration_is_all_that_it_does_not_have(box, old: Scst, new: Scst):
    before = executors.read(box).having(scst=old)
    changes = diff(before, before.having(scst=new))
    after = with_facts(before, {path: value for path, (_, value) in changes.items()})
    machine = look(box)
    earlier, found = {*checks.findings(before, machine)}, {*checks.findings(after, machine)}
    since = {*checks.findings(after, machine, before)}
    assert found - earlier <= since <= found
    before_that = {*checks.findings(before, machine, after)}
    assert earlier - found <= before_that <= earlier
    assert since & earlier <= before_that  # what is found again is known to have been there


def test_of_what_two_configurations_share_nothing_is_looked_at(box):
    config = executors.read(box)
    machine = look(box)
    assert [*checks.findings(config, machine, config), *checks.changes(config, config, machine)] == []
