"""The lines of the cluster: those of crm, and XML for what they cannot say."""

from __future__ import annotations

import pytest
from boxes import do
from clusters import CIBS, config_of, plain

from esosh.commands import ha
from esosh.commands.parse import parse
from esosh.config import Config
from esosh.config.ha import blank
from esosh.errors import LineError, Refused
from esosh.executors.ha import tree
from esosh.language.masking import masked_line
from esosh.session.edits import edits_between, fold
from esosh.views.secrets import masked

A = "ha primitive A ocf:pacemaker:Dummy"
ABC = (A, "ha primitive B ocf:pacemaker:Dummy", "ha primitive C ocf:pacemaker:Dummy")
IN_WORDS = ("base", "n1", "n2", "n3", "n4", "n5", "v3", "group", "locations", "orders", "ms", "tag", "drbd", "checklevel", "defaults",
            "clonedgroup", "quoting", "template")  # those that lines of crm say whole

each_cib = pytest.mark.parametrize("file", CIBS, ids=lambda file: file.stem)


def made(*lines: str) -> Config:
    """What lines make out of nothing."""
    return fold(Config(), map(parse, lines))


def shown(config: Config) -> list[str]:
    return list(map(str, ha.lines(config)))


# what crmsh made


def test_there_are_cibs_of_all_kinds_that_crmsh_made():
    assert len(CIBS) >= 28


@each_cib
def test_the_lines_of_a_cib_make_it_again_element_by_element(file):
    config = config_of(file)
    again = fold(Config(ha=blank(config.ha)), map(parse, shown(config)))
    assert again.ha == config.ha
    assert plain(tree.text_of(tree.document(again.ha))) == plain(tree.text_of(tree.document(config.ha)))
    assert plain(tree.text_of(tree.document(config.ha, tree.sections_of(tree.parse(file.read_text()))))) == plain(file.read_text())


@each_cib
def test_what_the_lines_of_crm_can_say_is_shown_as_such_a_line(file):
    raw = [line for line in shown(config_of(file)) if line.startswith("ha xml")]
    assert not raw or file.stem not in IN_WORDS


@each_cib
def test_all_that_somebody_made_can_be_removed_and_made_again_by_edits(file):
    config = config_of(file)
    nothing = fold(config, ha.clear(config))
    assert nothing.ha == blank(config.ha)
    assert fold(nothing, edits_between(nothing, config)).ha == config.ha
    assert fold(config, edits_between(config, nothing)).ha == nothing.ha


@pytest.mark.parametrize("file", [file for file in CIBS if file.stem in ("rules", "acls", "alerts", "odd", "tickets", "paramrules")], ids=lambda file: file.stem)
def test_what_no_line_can_say_survives_an_edit_beside_it(file):
    config = config_of(file)
    edited = fold(config, [parse("ha primitive new ocf:pacemaker:Dummy"), parse("ha property maintenance-mode=true")])
    assert [line for line in shown(config) if line.startswith("ha xml")] == [line for line in shown(edited) if line.startswith("ha xml")]


# edits


@pytest.mark.parametrize("lines, last", [
    ([A, "ha set A params fake=x"], f"{A} params fake=x"),
    ([f"{A} params fake=x", "ha set A params fake=y"], f"{A} params fake=y"),
    ([f"{A} params fake=x meta is-managed=false", "ha unset A params fake"], f"{A} meta is-managed=false"),
    ([A, "ha set A op monitor interval=10s"], f"{A} op monitor interval=10s"),
    ([f"{A} op monitor interval=10s", "ha set A op monitor interval=10s timeout=30"], f"{A} op monitor interval=10s timeout=30"),
    ([f"{A} op monitor interval=10s", "ha set A op monitor timeout=30"], f"{A} op monitor interval=10s timeout=30"),
    ([f"{A} op monitor interval=10s", "ha set A op start timeout=60"], f"{A} op monitor interval=10s op start interval=0s timeout=60"),
    ([f"{A} op monitor interval=10s", "ha unset A op monitor"], A),
    ([f"{A} op monitor interval=10 role=Master op monitor interval=20 role=Slave", "ha unset A op monitor role=Slave"],
     f"{A} op monitor interval=10 role=Master"),
    ([A, "ha set A utilization memory=512"], f"{A} utilization memory=512"),
    ([A, A], A),
    (["ha node 1: san1", "ha set 1 attributes standby=on"], "ha node 1: san1 attributes standby=on"),
    (["ha property a=1 b=2", "ha property b=3"], "ha property cib-bootstrap-options: a=1 b=3"),
    (["ha property a=1 b=2", "ha unset cib-bootstrap-options options a"], "ha property cib-bootstrap-options: b=2"),
    (["ha rsc_defaults resource-stickiness=1"], "ha rsc_defaults rsc-options: resource-stickiness=1"),
    (["ha op_defaults mine: timeout=1"], "ha op_defaults mine: timeout=1"),
    ([*ABC, "ha group g A B", "ha order o inf: C g", "ha del o g"], ABC[2]),
    ([*ABC, "ha group g A B", "ha clone c g", "ha del c"], "ha group g A B"),
    ([*ABC, "ha location l A -inf: san2"], "ha location l A -inf: san2"),
    ([*ABC, "ha colocation c inf: A B:Master"], "ha colocation c inf: A B:Master"),
    ([*ABC, "ha order o Optional: A:stop B:start symmetrical=false"], "ha order o Optional: A:stop B:start symmetrical=false"),
    ([*ABC, "ha order o 100: A B"], "ha order o 100: A B"),
])
def test_an_edit_changes_what_it_names(lines, last):
    assert shown(made(*lines))[-1] == last


@pytest.mark.parametrize("lines, message", [
    ([A, f"{A} params fake=x"], "there is already a primitive A, with other settings"),
    ([A, "ha clone A A"], "there is already a primitive A, with other settings"),
    (["ha clone c A"], "no resource A"),
    (["ha primitive A @t"], "no template t"),
    ([*ABC, "ha group g A B", "ha clone c A"], "A is in g already"),
    ([A, "ha location l X 1: san1"], "no resource X"),
    ([A, "ha set B params a=1"], "no element B; there are: A"),
    ([A, "ha unset A params fake"], "fake is not set"),
    ([A, "ha unset A op monitor"], "there is no such operation monitor"),
    ([f"{A} op monitor interval=1 op monitor interval=2", "ha unset A op monitor"], "there are 2 operations monitor"),
    ([A, "ha set A op start stop"], "op has the name of one operation"),
    ([f"{A} params a=1 a=2"], "a= is given twice"),
    ([*ABC, "ha group g A B", "ha del A"], "g refers to A"),
    (["ha xml '<nothing id=\"x\"/>'"], "nothing is no element of a CIB's configuration"),
    (["ha xml '<primitive id=\"x\">'"], "it is no XML"),
    ([A, "ha xml '<primitive id=\"A\" class=\"ocf\" type=\"x\"/>'"], "A is there already, and differs"),
    (["ha xml '<!DOCTYPE x><primitive id=\"A\"/>'"], "an XML text with a document type is not read"),
])
def test_what_does_not_fit_is_refused(lines, message):
    with pytest.raises((Refused, LineError)) as caught:
        made(*lines)
    assert str(caught.value).startswith(message)


def test_a_removal_that_others_stand_against_names_the_line_that_takes_them_along():
    with pytest.raises(Refused) as caught:
        made(*ABC, "ha group g A B", "ha del A")
    assert caught.value.hint == "ha del g A"


def test_an_operation_that_is_there_twice_at_one_interval_has_an_id_of_its_own():
    config = made(f"{A} op monitor interval=10 role=Master op monitor interval=10 role=Slave")
    assert sorted(config.ha.resources["A"].children["#operations"].children) == ["A-monitor-10", "A-monitor-10-0"]


def test_a_change_of_what_others_hold_is_made_of_edits_that_take_all_of_it_anew():
    old = made(*ABC, "ha group g A B", "ha location l g 1: san1")
    new = fold(old, [parse("ha set A params fake=x")])
    edits = list(edits_between(old, new))
    assert str(edits[0]) == "ha del A g l"
    assert fold(old, edits).ha == new.ha


# passwords


FENCE = "ha primitive f stonith:fence_ipmilan params ip=10.0.0.9 login=admin"


@pytest.mark.parametrize("key", ["passwd", "password", "snmp_priv_passwd", "community"])
@pytest.mark.parametrize("value", ["hunter2", '"two words"'])
def test_the_password_of_an_agent_is_hidden_wherever_it_is_shown(session, key, value):
    do(session, f"{FENCE} {key}={value}")
    shown = [do(session, line) for line in ("show ha", "diff", "plan")]
    assert not any("hunter2" in text or "two words" in text for text in shown)
    assert f"{key}=****" in shown[0]
    assert masked_line(f"{FENCE} {key}={value}") == f"{FENCE} {key}=****"


def test_what_is_shown_in_place_of_a_password_is_none():
    with pytest.raises(Refused, match="is only shown in place of the passwd"):
        made(f"{FENCE} passwd=****")


def test_a_password_is_asked_for_or_read_from_a_file(session, tmp_path):
    (tmp_path / "secret").write_text("hunter2\n")
    do(session, f"{FENCE} passwd=@{tmp_path}/secret")
    session.ask_secret = lambda question: "hunter3"
    do(session, "ha set f params passwd=@ask")
    (element,) = session.config.ha.resources.values()
    assert "hunter3" in str(element) and "hunter2" not in str(element)


def test_a_password_in_xml_is_hidden():
    assert masked('<nvpair id="f-passwd" name="passwd" value="hunter2"/>') == '<nvpair id="f-passwd" name="passwd" value=****/>'


def test_files_that_hold_a_password_are_for_root_alone(session, box):
    do(session, "ha property stonith-enabled=true", f"{FENCE} passwd=hunter2", "commit")
    assert "hunter2" not in box.read("/etc/esosh/config.esh")
    assert box.stat("/etc/esosh/cib.xml").mode & 0o77 == 0


# templates


@pytest.mark.parametrize("template, names", [
    ("scst-single", ["p_scst"]), ("scst-clone", ["p_scst", "clone_scst"]), ("scst-ms device_group=esos", ["p_scst", "ms_scst"]),
    ("alua-ms device_group=esos", ["p_scst", "clone_scst", "p_alua_esos", "ms_alua_esos"]), ("mail-notify", ["p_notify", "clone_notify"]),
])
def test_a_template_makes_resources_that_no_check_finds_anything_with(session, template, names):
    do(session, "ha property stonith-enabled=false", f"ha template apply {template}")
    assert list(session.config.ha.resources) == names
    assert do(session, "check ha") == "nothing found\n"
    assert do(session, f"ha template apply {template}") == "already so\n"


def test_a_template_takes_its_keys_and_says_which_lines_it_is():
    command = parse("ha template apply scst-ms device_group=g2 m_alua_state=active s_alua_state=standby")
    assert "device_group=g2" in command.note(Config()) and "s_alua_state=standby" in command.note(Config())


@pytest.mark.parametrize("line, message, hint", [
    ("ha template apply scst-ms", "scst-ms needs device_group", "ha template apply scst-ms device_group=NAME"),
    ("ha template apply scst-single x=1", "scst-single has no x; it has no keys", ""),
    ("ha template apply mail-notify x=1", "mail-notify has no x; it has mail target-role", ""),
])
def test_a_key_that_a_template_needs_or_has_not_is_told(line, message, hint):
    with pytest.raises(Refused, match=message) as caught:
        made(line)
    assert caught.value.hint == hint
