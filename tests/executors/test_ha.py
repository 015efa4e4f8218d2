"""Patches of the CIB: taken by the sandbox's CIB manager and by Pacemaker's own cibadmin alike."""

from __future__ import annotations

import itertools
import os
import subprocess
import xml.etree.ElementTree as ET

import pytest
from boxes import required_program
from clusters import CIBS, config_of, start

from esosh.config import Config
from esosh.config.ha import Ha
from esosh.executors import xml
from esosh.executors.ha import amend, cib, patch, tree, working
from esosh.executors.ha.changing import Facts, Version, _with_version, steps
from esosh.executors.step import Expect

FROM_ONE_BASE = [file for file in CIBS if file.stem != "base"]
BASE = next(file for file in CIBS if file.stem == "base")
DIFFERENT = [file for file in CIBS if file.stem in ("n3", "n4", "drbd", "group", "clonedgroup", "rules", "odd", "fencing", "base", "acls")]


def patch_text(old: Ha, new: Ha, text: str) -> str:
    """The patch, as cibadmin is given it."""
    root = tree.parse(text)
    changes = patch.changes(old, new, tree.sections_of(root))
    return _with_version(tree.parse(changes), Version((int(root.get("admin_epoch")), int(root.get("epoch")))))


@pytest.mark.parametrize("old, new", [*itertools.product([BASE], FROM_ONE_BASE), *itertools.permutations(DIFFERENT, 2)],
                         ids=lambda file: file.stem)
def test_a_patch_leads_from_any_cib_to_any_other_in_the_sandbox(box, old, new):
    start(box)
    box.replace(cib.FILE, old.read_text())
    before, after = config_of(old).ha, config_of(new).ha
    done = box.run(("cibadmin", "--patch", "--xml-pipe"), patch_text(before, after, old.read_text()))
    assert done.status == 0, done.err
    assert tree.read(tree.parse(box.run(("cibadmin", "--query")).out)) == after


def test_a_patch_leads_from_any_cib_to_any_other_with_pacemakers_own_cibadmin(tmp_path):
    required_program("cibadmin")
    file = tmp_path / "cib.xml"
    for old, new in [*((BASE, file) for file in FROM_ONE_BASE), *itertools.permutations(DIFFERENT[:5], 2)]:
        file.write_text(old.read_text())
        before, after = config_of(old).ha, config_of(new).ha
        environment = {**os.environ, "CIB_file": str(file)}
        done = subprocess.run(["cibadmin", "--patch", "--xml-pipe"], input=patch_text(before, after, old.read_text()),
                              env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, (old.stem, new.stem, done.stderr)
        assert tree.read(tree.parse(file.read_text())) == after, (old.stem, new.stem)


def test_a_value_that_changes_is_one_change_of_one_attribute():
    old = config_of(next(file for file in CIBS if file.stem == "n4")).ha
    new = tree.read(tree.parse(tree.text_of(_cib(old)).replace('value="active"', 'value="standby"')))
    (change,) = ET.fromstring(patch.changes(old, new, tree.NEVER_EMPTY))
    assert (change.get("operation"), change.find("change-list/change-attr").get("value")) == ("modify", "standby")
    assert change.get("path").endswith("/nvpair[@id='p_scst-instance_attributes-m_alua_state']")


def _cib(ha: Ha) -> ET.Element:
    root = ET.Element("cib")
    root.append(tree.document(ha))
    return root


def test_the_order_of_a_group_is_told_and_that_of_attributes_is_not():
    group = config_of(next(file for file in CIBS if file.stem == "group")).ha
    text = tree.text_of(_cib(group))
    other = tree.read(tree.parse(text))
    assert patch.changes(group, other, tree.NEVER_EMPTY) == '<diff format="2" />'


def patched(box, tmp_path, real, text, diff):
    """The status of a patch of a CIB, by Pacemaker's own program or the sandbox's, what it leaves, and what it says."""
    words = ("cibadmin", "--patch", "--xml-pipe")
    if real:
        required_program("cibadmin")
        file = tmp_path / "cib.xml"
        file.write_text(text)
        done = subprocess.run(words, input=diff, env={**os.environ, "CIB_file": str(file)}, capture_output=True, text=True, check=False)
        return done.returncode, file.read_text(), done.stderr
    start(box)
    box.replace(cib.FILE, text)
    answer = box.run(words, diff)
    return answer.status, box.read(cib.FILE), answer.err


@pytest.mark.parametrize("source, status", [
    ("", 0), ('epoch="{now}"', 0), ('epoch="{old}"', 103), ('epoch="{next}"', 1), ('admin_epoch="0" epoch="{now}"', 0), ('admin_epoch="1"', 1),
])
@pytest.mark.parametrize("real", [False, True], ids=["sandbox", "real"])
def test_a_patch_of_another_version_is_refused(box, tmp_path, source, status, real):
    text = BASE.read_text().replace('epoch="1"', 'epoch="5"', 1)
    given = f"<source {source.format(now=5, old=4, next=6)}/>"
    diff = f'<diff format="2"><version>{given}<target admin_epoch="0" epoch="6" num_updates="0"/></version></diff>'
    found, _, said = patched(box, tmp_path, real, text, diff)
    assert found == status, said


@pytest.mark.parametrize("changes, status", [
    ('<change operation="create" path="/cib/configuration/resources" position="0"><primitive id="x"/></change>', 78),
    ('<change operation="create" path="/cib/configuration/constraints" position="0"><rsc_location id="x" rsc="nowhere" node="n" score="1"/></change>', 78),
    ('<change operation="create" path="/cib/configuration/resources" position="0"><primitive id="x" class="ocf" provider="a" type="b"/></change>' * 2, 78),
    ('<change operation="create" path="/cib/configuration/nothing" position="0"><node id="7" uname="x"/></change>', 1),
    ("<change operation=\"delete\" path=\"/cib/configuration/resources/primitive[@id='x']\"/>", 0),
    ("<change operation=\"modify\" path=\"/cib/configuration/resources/primitive[@id='x']\"><change-result><primitive id=\"x\"/></change-result></change>", 1),
])
@pytest.mark.parametrize("real", [False, True], ids=["sandbox", "real"])
def test_what_the_schema_does_not_know_is_refused_whole(box, tmp_path, changes, status, real):
    text = BASE.read_text()
    diff = f'<diff format="2"><version><source/><target admin_epoch="0" epoch="2" num_updates="0"/></version>{changes}</diff>'
    found, left, _ = patched(box, tmp_path, real, text, diff)
    assert found == status
    assert status == 0 or left == text


# what is expected


@pytest.mark.parametrize("text, expected, holds", [
    ('<a><b id="1" x="2"/></a>', '<e><b id="1" x="2"/></e>', True), ('<a><b id="1" x="3"/></a>', '<e><b id="1" x="2"/></e>', False),
    ('<a><b id="1"><c/><d/></b></a>', '<e><b id="1"><d/><c/></b></e>', True), ('<a><b id="1"><c/></b></a>', '<e><b id="1"/></e>', False),
    ("<a/>", '<e><absent kind="b" id="1"/></e>', True), ('<a><b id="1"/></a>', '<e><absent kind="b" id="1"/></e>', False),
    ('<a><c id="1"/></a>', '<e><absent kind="b" id="1"/></e>', True), ("no xml", "<e/>", False), ("<a/>", '<e><b id="1"/></e>', False),
])
def test_elements_are_as_expected_whatever_stands_around_them(text, expected, holds):
    assert xml.has(text, expected) == holds


def test_the_state_before_a_patch_and_the_one_after_it_tell_each_other_apart(box):
    start(box)
    for old, new in itertools.permutations(DIFFERENT, 2):
        before, after = config_of(old), config_of(new)
        found = cib.Cib(old.read_text(), live=True)
        *_, step = steps(before, after, Facts(found))
        for file, is_old in ((old, True), (new, False)):
            box.replace(cib.FILE, file.read_text())
            assert step.before[0].holds(box) == is_old
            assert step.after.holds(box) != is_old


def test_an_expectation_of_a_program_that_fails_does_not_hold(box):
    assert not Expect(("cibadmin", "--query"), "elements", "<elements/>").holds(box)


# what the cluster says


def test_the_copy_in_etc_is_written_only_where_the_cluster_differs():
    config = config_of(DIFFERENT[0])
    assert amend("x", "text", config, config) == "text"
    assert tree.read(tree.parse(amend("x", "", Config(), config))) == config.ha


@pytest.mark.parametrize("moves, found", [
    (("start A (san1)",), "none"), (("start A (san1)", "stop B (san1)"), "failover"), (("restart A (san1)",), "failover"), ((), "none"),
    (("promote A (san1)",), "none"), (("demote A (san1)",), "failover"), (("move A (san1 -> san2)",), "failover"),
])
def test_what_takes_a_resource_away_is_a_failover(moves, found):
    assert working.disruption(moves) == found


def test_a_reason_that_crm_mon_escapes_twice_is_read():
    assert working.unescaped("The &apos;m_alua_state&apos; parameter") == "The 'm_alua_state' parameter"
