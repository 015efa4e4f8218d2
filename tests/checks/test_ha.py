"""Checks of the cluster: each with a configuration that brings it and one that does not."""

from __future__ import annotations

import pytest
from boxes import do, session_on
from clusters import start

from esosh.checks import ha
from esosh.commands.parse import parse
from esosh.config import Config
from esosh.executors.ha.changing import Facts
from esosh.executors.ha.cib import Cib
from esosh.session.edits import fold
from esosh.transaction.plan import Machine

PARAMS = "params alua=true device_group=g local_tgt_grp=l remote_tgt_grp=r m_alua_state=active s_alua_state=nonoptimized remote_inact_state=offline"
SCST = f"ha primitive p ocf:esos:scst {PARAMS} op stop interval=0 timeout=90"
MS = "ha ms m p meta master-max=1 clone-max=2 notify=true"
NOWHERE = Machine({"ha": Facts(Cib(), has_agent=lambda agent: not agent.endswith(":Nothing"))}, {})


def found(*lines: str, since: Config | None = None) -> dict[str, str]:
    """The findings on what lines make, by code, each with its mend."""
    config = fold(since or Config(), map(parse, lines))
    return {finding.code: finding.hint for finding in ha.findings(config, NOWHERE, since)}


@pytest.mark.parametrize("lines, code, mend", [
    ([SCST, MS], "", ""),
    (["ha primitive p ocf:esos:scst"], "", ""),
    (["ha primitive p ocf:esos:scst params alua=false"], "", ""),
    (["ha primitive p ocf:a:Nothing"], "E411", ""),
    ([SCST.replace(" m_alua_state=active", "")], "E412", "ha set p params m_alua_state=active"),
    ([SCST.replace(" remote_inact_state=offline", "")], "E412", "ha set p params remote_inact_state=offline"),
    ([SCST.replace("device_group=g ", "")], "E412", "ha set p params device_group=DEVICE_GROUP"),
    ([SCST.replace("=nonoptimized", "=optimized")], "E412", "ha set p params s_alua_state=nonoptimized"),
    ([SCST.replace("esos:scst", "esos:alua").replace("alua=true ", "").replace(" remote_inact_state=offline", "")], "E412",
     "ha set p params remote_inact_state=offline"),
    ([SCST, MS.replace("master-max=1", "master-max=2")], "E413", "ha set m meta master-max=1"),
    ([SCST, MS.replace("clone-max=2", "clone-node-max=2")], "E413", "ha set m meta clone-node-max=1"),
    ([SCST.replace("timeout=90", "timeout=89s")], "W414", "ha set p op stop timeout=90"),
    ([SCST.replace("timeout=90", "timeout=2min")], "", ""),
    ([SCST.replace("timeout=90", "timeout=60000ms")], "W414", "ha set p op stop timeout=90"),
    (["ha primitive p ocf:a:b params x='\u201dy\u201d'"], "W415", "ha set p params x=y"),
])
def test_a_resource_that_its_agent_would_refuse_is_found_with_its_mend(lines, code, mend):
    assert found(*lines) == ({code: mend} if code else {})


def test_the_mend_of_a_finding_ends_it():
    for part in (" m_alua_state=active", " remote_inact_state=offline", " device_group=g"):
        (mend,) = found(SCST.replace(part, "")).values()
        assert found(SCST.replace(part, ""), mend) == {}


def test_what_was_so_before_is_not_found_again():
    before = fold(Config(), [parse(SCST.replace(" m_alua_state=active", ""))])
    assert found("ha primitive q ocf:a:b", since=before) == {}
    assert found(MS, since=before) == {"E412": "ha set p params m_alua_state=active"}


def test_fencing_without_a_device_is_found_with_the_line_that_switches_it_off(box):
    session = session_on(start(box))
    shown = do(session, "ha primitive A ocf:pacemaker:Dummy")
    assert "E410" in shown and "ha property stonith-enabled=false" in shown
    assert "E410" not in do(session, "ha property stonith-enabled=false", "check ha")
