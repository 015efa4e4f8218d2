"""Commits of the cluster: one patch at their end, undone whole, and never over somebody else's change."""

from __future__ import annotations

import pytest
from boxes import Esosh, do, session_on, state
from clusters import patched, start

from esosh.commands import ha
from esosh.config import Config
from esosh.errors import ChecksRefuse, Conflict, Refused, StepFailed, UndoFailed
from esosh.executors.ha import cib, read
from esosh.sandbox import Sandbox
from esosh.session import Session

A = "ha primitive A ocf:pacemaker:Dummy"
NO_STONITH = "ha property stonith-enabled=false"
BAD = "ha primitive p_scst ocf:esos:scst params alua=true device_group=esos"


@pytest.fixture
def cluster(box: Sandbox) -> Sandbox:
    """A box whose cluster runs, without fencing."""
    do(session_on(start(box)), NO_STONITH, "commit")
    return box


def lines(box: Sandbox) -> list[str]:
    """The cluster's configuration as lines, without its nodes and its own options."""
    found = map(str, ha.lines(Config(ha=read(box))))
    return [line for line in found if not line.startswith(("ha node", "ha property"))]


def again(box: Sandbox, *faults: str) -> Sandbox:
    """The box as a process that starts now sees it."""
    box.path("/faults").write_text("".join(f"{fault}\n" for fault in faults))
    return Sandbox(str(box.path("/")))


def test_a_commit_patches_the_cib_last_and_shows_what_the_cluster_does(cluster):
    session = session_on(cluster)
    do(session, A, "alua dgrp add esos")
    steps = do(session, "plan").splitlines()
    assert "cibadmin --patch" in steps[-2] and "start A (localhost)" in steps[-1]
    assert "committed" in do(session, "commit")
    assert lines(cluster) == [A]
    assert ["resource", "A", "Started", "localhost"] in [row.split() for row in do(session, "status ha").splitlines()]


def test_show_prints_lines_that_make_the_same_cluster(cluster):
    session = session_on(cluster)
    do(session, A, "ha clone c A meta interleave=true", "ha location l c 10: localhost", "commit")
    assert do(session, "show ha").splitlines()[1:-1] == lines(cluster)
    assert do(session, "show ha c") == "ha clone c A meta interleave=true\n"


def test_rollback_brings_the_cluster_back_and_leaves_what_it_wrote_itself(cluster):
    session = session_on(cluster)
    do(session, A, "commit", "ha del A", "ha rsc_defaults resource-stickiness=1", "commit allow failover")
    do(session, "rollback 1 only ha", "commit")
    assert lines(cluster) == [A]
    assert "dc-version=1.1.20" in do(session, "show ha cib-bootstrap-options")


def test_without_a_cluster_the_file_is_patched_and_its_digest_does_not_stay(box):
    session = session_on(box)
    do(session, NO_STONITH, A, "commit")
    box.replace(f"{cib.FILE}.sig", "of another text")
    do(session, "ha set A params fake=x", "commit")
    assert lines(box) == [f"{A} params fake=x"]
    assert not box.exists(f"{cib.FILE}.sig")
    assert box.stat(cib.FILE).mode & 0o777 == 0o600
    assert box.stat("/etc/esosh/cib.xml").mode & 0o777 == 0o600


@pytest.mark.parametrize("fault", ["run *cibadmin --patch* 1", "run *cibadmin --patch* 78", "replace /etc/esosh/cib.xml ENOSPC",
                                   "replace /etc/esosh/config.esh EIO", "run crm_resource --wait* 1 since 0"])
def test_a_step_that_fails_leaves_cluster_and_box_as_they_were(cluster, fault, monkeypatch):
    monkeypatch.setattr("esosh.executors.ha.working.SECONDS", -1)
    do(session_on(cluster), A, "alua dgrp add esos")
    before = state(cluster)
    faulty = again(cluster, fault)
    with pytest.raises(StepFailed):
        do(session_on(faulty), "commit")
    box = again(cluster)
    assert lines(box) == []
    after = {path: entry for path, entry in state(box).items() if not path.startswith("var/lib/pacemaker")}
    assert after == {path: entry for path, entry in before.items() if not path.startswith("var/lib/pacemaker")}


def test_a_resource_that_its_agent_refuses_undoes_the_whole_commit(cluster):
    session = session_on(cluster)
    do(session, BAD, "alua dgrp add esos")
    with pytest.raises(StepFailed) as caught:
        do(session, "commit force \"see what happens\"")
    assert "The 'local_tgt_grp' parameter is not set!" in str(caught.value.details)
    assert lines(cluster) == []
    assert not cluster.exists("/sys/kernel/scst_tgt/device_groups/esos")


def test_a_cluster_that_would_start_nothing_is_refused(box):
    session = session_on(start(box))
    with pytest.raises(ChecksRefuse) as caught:
        do(session, A, "commit")
    assert "no STONITH resources have been defined" in str(caught.value.details)


class Meddled(Sandbox):
    """A box on which somebody else changes the cluster in the moment before a patch comes."""

    changes: tuple[str, ...] = ()

    def run(self, argv, stdin="", limit=None):
        if "--patch" in argv and self.changes:
            changes, self.changes = self.changes[0], self.changes[1:]
            assert patched(Sandbox(str(self.path("/"))), changes) == 0
        return super().run(argv, stdin, limit)


def option(name: str, value: str) -> str:
    """The change that sets an option of the cluster."""
    pair = f'<nvpair id="cib-bootstrap-options-{name}" name="{name}" value="{value}"/>'
    path = "/cib/configuration/crm_config/cluster_property_set[@id='cib-bootstrap-options']"
    return f'<change operation="create" path="{path}" position="9">{pair}</change>'


def meddled(box: Sandbox, *changes: str) -> Session:
    host = Meddled(str(box.path("/")))
    host.changes = changes
    return session_on(host)


@pytest.mark.more_changes
def test_somebody_else_s_change_of_something_else_in_the_moment_of_the_patch_stays_beside_it(cluster):
    session = meddled(cluster, option("one", "1"), option("two", "2"))
    do(session, A, "ha property mine=3")
    assert "committed" in do(session, "commit")
    assert lines(cluster) == [A]
    assert "mine=3 one=1 two=2" in do(session, "show ha cib-bootstrap-options")


@pytest.mark.more_changes
def test_somebody_else_s_change_of_the_same_in_the_moment_of_the_patch_is_a_conflict_and_stays(cluster):
    session = meddled(cluster, option("mine", "theirs"))
    do(session, A, "ha property mine=1", "alua dgrp add esos")
    with pytest.raises(Conflict) as caught:
        do(session, "commit")
    assert "root@localhost with cibadmin" in str(caught.value)
    assert lines(cluster) == []
    assert "mine=theirs" in do(session, "abort", "show ha")
    assert not cluster.exists("/sys/kernel/scst_tgt/device_groups/esos")
    assert not cluster.exists("/var/lib/esosh/journal")


@pytest.mark.more_changes
def test_a_cluster_that_is_changed_again_and_again_is_left_alone(cluster):
    session = meddled(cluster, *(option(f"their{number}", "1") for number in range(12)))
    do(session, A)
    with pytest.raises(Conflict, match="is changed again and again, at last by root@localhost with cibadmin"):
        do(session, "commit")
    assert lines(cluster) == []


def test_what_somebody_else_changed_since_is_not_undone(cluster):
    do(session_on(cluster), A, "commit")
    session = session_on(cluster)
    do(session, "ha set A params fake=x", "commit confirmed 60s allow failover")
    path = "/cib/configuration/resources/primitive[@id='A']/instance_attributes[@id='A-instance_attributes']"
    pair = '<nvpair id="A-instance_attributes-state" name="state" value="theirs"/>'
    assert patched(cluster, f'<change operation="create" path="{path}" position="9">{pair}</change>') == 0
    with pytest.raises(UndoFailed) as caught:
        do(session, "revert")
    assert "cibadmin --patch" in str(caught.value)
    assert "state=theirs" in lines(cluster)[0]


def test_a_change_beside_it_does_not_stand_in_the_way_of_undoing(cluster):
    session = session_on(cluster)
    do(session, A, "commit confirmed 60s")
    assert patched(cluster, option("theirs", "1")) == 0
    do(session, "revert")
    assert lines(cluster) == []
    assert "theirs=1" in do(session, "show ha")


@pytest.mark.parametrize("point", range(0, 60, 4))
def test_a_crash_is_recovered_to_before_or_after_and_never_between(cluster, point):
    directory = str(cluster.path("/"))
    do(session_on(cluster), A, "alua dgrp add esos")
    Esosh(directory)("commit", faults=f"syscall * crash after {point}\n")
    session = session_on(again(cluster))
    do(session, "recover")
    has_resource = lines(cluster) == [A]
    assert has_resource == cluster.exists("/sys/kernel/scst_tgt/device_groups/esos")
    assert has_resource or lines(cluster) == []


def test_the_file_of_a_cluster_that_is_starting_is_left_alone(box):
    (box.path("/proc") / "99").mkdir(parents=True)
    (box.path("/proc") / "99" / "comm").write_text("pacemakerd\n")
    session = session_on(box)
    with pytest.raises(Refused, match="Pacemaker runs, and does not answer yet"):
        do(session, NO_STONITH, "plan")
    assert not box.exists(cib.FILE)
