"""scst.conf beside SCST: what it says twice or not as it seems, what it cannot hold, what stands in it only."""

from __future__ import annotations

import pytest
from boxes import do, session_on
from scst_compare import changed_lines
from scst_edits import MID, SAMPLES, with_target
from stopped import SCST_CONF, K, T, stopped_box

from esosh.checks import Finding
from esosh.checks.scst import saved, syntax
from esosh.config.scst import Device, DeviceGroup, InitiatorGroup, Lun, Port, Scst, Target
from esosh.executors.scst import conf, save
from esosh.executors.scst.facts import Facts
from esosh.records import replace
from esosh.sandbox import Sandbox

LOCAL = SCST_CONF.replace(f"\t\tTARGET {T}\n", f"\t\tTARGET {T} {{ # mine\n\t\t\trel_tgt_id 7\n\t\t}}\n")
SAYS = conf.read(SCST_CONF)


def edited(text: str, new: Scst) -> list[str]:
    """The lines that differ; the file says then what is new."""
    amended = save.amend(text, conf.read(text), new)
    assert conf.read(amended) == new
    assert save.amend(amended, new, new) == amended
    return changed_lines(text, amended)


def findings(scst: Scst, facts: Facts, text: str) -> list[Finding]:
    """What is wrong with a configuration beside its file."""
    in_file = saved.undefined_in_file(scst, facts, text) if facts.loaded else ()
    return [*syntax.findings(text), *saved.findings(scst, scst, Scst(), facts), *in_file]


def codes(text: str, scst: Scst | None = None, facts: Facts = Facts()) -> list[tuple[str, str]]:  # noqa: B008 - frozen
    return [(finding.code, finding.subject) for finding in findings(scst or conf.read(text), facts, text)]


# the id of a target of this host in a target group

def test_the_id_of_a_target_in_a_target_group_is_the_target_s_and_counts():
    assert conf.read(LOCAL) == replace(SAYS, targets={T: replace(SAYS.targets[T], rel_tgt_id=7)})


TGRPS = SAYS.groups["g"].target_groups
GONE = {"here": replace(TGRPS["here"], targets={}), "there": TGRPS["there"]}
MOVED = {"here": GONE["here"], "there": replace(TGRPS["there"], targets={T: Port(), "far": Port(9)})}
IN_GROUP = [f"- \t\tTARGET {T} {{ # mine", "- \t\t\trel_tgt_id 7", "- \t\t}"]


@pytest.mark.parametrize("change, differing", [
    (lambda scst: scst, []),
    (lambda scst: replace(scst, attributes={"poll_us": "7"}), ["+ poll_us 7"]),
    (lambda scst: with_target(scst, T, rel_tgt_id=5), ["- \t\trel_tgt_id 3", "+ \t\trel_tgt_id 5", "- \t\t\trel_tgt_id 7"]),
    (lambda scst: with_target(scst, T, rel_tgt_id=3), ["- \t\t\trel_tgt_id 7"]),
    (lambda scst: with_target(scst, T, rel_tgt_id=0), ["- \t\trel_tgt_id 3", "- \t\t\trel_tgt_id 7"]),
    (lambda scst: replace(scst, groups={"g": DeviceGroup(frozenset("d"), GONE)}),
     ["- \t\trel_tgt_id 3", "+ \t\trel_tgt_id 7", *IN_GROUP]),
    (lambda scst: replace(scst, groups={"g": DeviceGroup(frozenset("d"), MOVED)}),
     ["- \t\trel_tgt_id 3", "+ \t\trel_tgt_id 7", *IN_GROUP, f"+ \t\tTARGET {T}"]),
])
def test_it_is_amended_wherever_it_stands(change, differing):
    assert [line for line in edited(LOCAL, change(conf.read(LOCAL))) if line != "+ "] == differing


def test_what_becomes_a_target_of_the_other_host_loses_the_id_that_it_had_here():
    said = conf.read(LOCAL)
    assert "\t\t\trel_tgt_id 7" not in edited(LOCAL, replace(said, targets={}))
    far = replace(TGRPS["here"], targets={T: Port(8)})
    assert "+ \t\t\trel_tgt_id 8" in edited(LOCAL, replace(said, targets={}, groups={"g": DeviceGroup(frozenset("d"), {**TGRPS, "here": far})}))


def test_an_id_that_is_changed_is_the_one_after_scst_starts(tmp_path):
    box = stopped_box(tmp_path, LOCAL)
    do(session_on(box), f"alua target set g here {T} rel_tgt_id=5", "commit")
    box.run(("/etc/rc.d/rc.scst", "start"))
    assert box.read(f"{K}/targets/iscsi/{T}/rel_tgt_id").split()[0] == "5"


# a brace that closes nothing

BEHIND = "}\nDEVICE_GROUP lost {\n\tDEVICE d\n}\n# mine"


def test_what_stands_behind_a_brace_that_closes_nothing_says_nothing_and_stays_there():
    text = SCST_CONF + BEHIND
    assert conf.read(text) == SAYS
    amended = save.amend(text, SAYS, replace(SAYS, groups={**SAYS.groups, "z": DeviceGroup()}))
    assert amended == SCST_CONF + "\nDEVICE_GROUP z {\n}\n\n" + BEHIND
    assert codes(text) == [("E370", "scst")]


# what stands twice

TWICE = {
    "a device of two handlers": (SCST_CONF + "HANDLER vdisk_blockio {\n\tDEVICE d { # mine\n\t\tfilename /dev/sdb\n\t}\n}\n", "scst d"),
    "a device of two groups": (SCST_CONF + "DEVICE_GROUP z {\n\tDEVICE d\n}\n", "alua z"),
    "a target of two drivers": (SCST_CONF + f"TARGET_DRIVER scst_local {{\n\tTARGET {T} {{\n\t\tLUN 0 e\n\t}}\n}}\n", f"scst {T}"),
    "a port of two target groups": (SCST_CONF.replace("\t\tTARGET far", f"\t\tTARGET {T}\n\t\tTARGET far"), "alua g"),
    "a handler twice": ("HANDLER vdisk_nullio {\n\tDEVICE z\n}\n" + SCST_CONF, "scst"),
    "a target twice": (SCST_CONF.replace(f"\tTARGET {T} {{\n\t\tenabled", f"\tTARGET {T} {{\n\t\tcomment old\n\t}}\n\tTARGET {T} {{\n\t\tenabled"), "scst iscsi"),
}


@pytest.mark.parametrize("text, subject", TWICE.values(), ids=TWICE)
def test_what_stands_twice_is_told_and_stays_through_other_edits(text, subject):
    assert codes(text) == [("E371", subject)]
    assert edited(text, replace(conf.read(text), attributes={"poll_us": "7"})) == ["+ poll_us 7", "+ "]


def test_what_moves_leaves_all_other_places():
    text = TWICE["a device of two groups"][0]
    said = conf.read(text)
    edited(text, replace(said, groups={"g": replace(said.groups["g"], devices=frozenset()), "z": DeviceGroup(), "y": DeviceGroup(frozenset("d"))}))
    text = TWICE["a device of two handlers"][0]
    edited(text, replace(conf.read(text), devices={**SAYS.devices, "d": Device("vcdrom")}))


def test_what_moves_to_where_a_left_over_block_stands_takes_nothing_over():
    text = TWICE["a target of two drivers"][0]
    said = conf.read(text)
    assert said.targets[T].driver == "scst_local"
    amended = save.amend(text, said, replace(said, targets={T: Target("iscsi")}))
    assert conf.read(amended).targets == {T: Target("iscsi")}


def test_what_is_gone_is_gone_everywhere():
    for text, _ in TWICE.values():
        said = conf.read(text)
        new = Scst({"e": SAYS.devices["e"]}, {}, {"g": DeviceGroup(target_groups={"there": TGRPS["there"]})}, said.drivers)
        assert f"TARGET {T}" not in save.amend(text, said, new)
        assert "DEVICE d" not in save.amend(text, said, new)


# what the file cannot hold

ODD = {
    "a device": (replace(SAYS, devices={**SAYS.devices, 'it"s': Device("vdisk_nullio", {"read_only": "1"})}), 'scst it"s'),
    "a comment": (with_target(SAYS, T, attributes={"comment": 'say "hi" {x}'}), f"scst {T}"),
    "a secret": (with_target(SAYS, T, users={"joe": 'secret"secret12'}), f"scst {T}"),
    "an initiator": (with_target(SAYS, T, groups={"h": InitiatorGroup(initiators=frozenset({"a{b"}))}), f"scst {T}"),
    "a device group": (replace(SAYS, groups={**SAYS.groups, "a}": DeviceGroup()}), "alua a}"),
    "a LUN's device": (with_target(SAYS, T, luns={"0": Lun('it"s')}), f"scst {T}"),
    "the core": (replace(SAYS, attributes={"cluster_name": "a\nb"}), "scst"),
}


@pytest.mark.parametrize("odd, subject", ODD.values(), ids=ODD)
def test_what_the_file_cannot_hold_is_told_and_left_out(odd, subject):
    assert codes(SCST_CONF, odd)[0] == ("E372", subject)
    assert not [finding for finding in findings(odd, Facts(), SCST_CONF) if "secret12" in finding.text]
    new = replace(odd, attributes={**odd.attributes, "poll_us": "7"})
    assert "poll_us 7" in save.amend(SCST_CONF, odd, new)
    assert 'it"s' not in save.amend(SCST_CONF, odd, new)
    assert conf.read(save.amend(SCST_CONF, odd, new)).targets[T].luns == SAYS.targets[T].luns


def test_what_the_file_says_where_it_cannot_hold_what_runs_stays():
    text = SCST_CONF.replace("\t\tLUN 0 d\n", "\t\tcomment old\n\t\tLUN 0 d\n")
    odd = ODD["a comment"][0]
    assert changed_lines(text, save.amend(text, odd, replace(odd, attributes={"poll_us": "7"}))) == ["+ poll_us 7", "+ "]


def test_a_device_that_the_file_cannot_hold_hinders_no_commit(tmp_path):
    box = Sandbox(tmp_path / "box")
    box.write(f"{K}/handlers/vdisk_nullio/mgmt", 'add_device it"s')
    session = session_on(box)
    assert 'does not save what scst.conf cannot hold: HANDLER vdisk_nullio DEVICE it"s' in do(session, "scst set poll_us=7", "plan")
    do(session, "commit")
    assert "E372" in do(session, "check")
    assert "HANDLER vdisk_nullio" not in box.read("/etc/scst.conf")


# what scstadmin makes less of than it says

@pytest.mark.parametrize("text, found", [
    (SCST_CONF, []),
    (MID, []),
    (SCST_CONF.replace("LUN 0 d", "IncomingUser joe secretsecret12"), [("E373", f"scst {T}")]),
    (SCST_CONF.replace("LUN 0 d", 'comment "two words"\n\t\tcomment'), []),
    ("ODD 1 {\n\ty 1\n}\n" + SCST_CONF, [("E373", "scst")]),
    (SCST_CONF.replace("LUN 0 d", "LUN 0 d\n\t\tLUN 00 e"), [("E374", f"scst {T}")]),
    (SCST_CONF.replace("LUN 0 d", "LUN 0 d\n\t\tLUN 0 d\n\t\tLUN 3"), [("W384", f"scst {T}")]),
    (SCST_CONF + "setup_id 0x5", [("W375", "scst")]),
    (SCST_CONF[:-1], []),
    (SCST_CONF + "# mine", []),
])
def test_what_scstadmin_does_not_take_as_it_stands_is_told(text, found):
    assert codes(text) == found
    assert all("secretsecret12" not in finding.text + finding.hint for finding in findings(conf.read(text), Facts(), text))


def test_a_finding_names_the_line():
    text = "# SCST\n\nHANDLER vdisk_nullio { # mine\n\tDEVICE d {\n\t\tcomment two words\n\t}\n}\n"
    assert [finding.text[:22] for finding in findings(conf.read(text), Facts(), text)] == ["line 5 of scst.conf: S"]


def iscsi(inner: str) -> str:
    return f"HANDLER vdisk_nullio {{\n\tDEVICE d\n}}\nTARGET_DRIVER iscsi {{\n\tTARGET t {{\n{inner}\n\t}}\n}}\n"


@pytest.mark.parametrize("text, found", [
    (iscsi("LUN 0"), ["W384 line 6 of scst.conf: scstadmin drops LUN 0: it has no device"]),
    (iscsi("LUN"), ["W384 line 6 of scst.conf: scstadmin drops LUN: it has no name"]),
    (iscsi("GROUP g {\nINITIATOR\n}"), ["W384 line 7 of scst.conf: scstadmin drops INITIATOR: it has no name"]),
    (iscsi("GROUP {\nLUN 0 d\n}"), ["W384 line 6 of scst.conf: scstadmin drops GROUP and what is in it: it has no name"]),
    (iscsi("INITIATOR i"), ["W384 line 6 of scst.conf: scstadmin drops INITIATOR here: it belongs into another block"]),
    (iscsi("GROUP g\n{\nLUN 0 d\n}"), ["W384 line 7 of scst.conf: scstadmin drops a block without a name and what is in it"]),
    (iscsi("LUN 0 d e # e"), ["W384 line 6 of scst.conf: scstadmin drops e, behind LUN 0 d"]),
    (iscsi("GROUP g {\nLUN 0 d }"), ["W384 line 7 of scst.conf: scstadmin drops LUN 0 d: a line ends before the brace"]),
    (iscsi("GROUP g { LUN 0 d }"), ["W384 line 6 of scst.conf: scstadmin drops LUN 0 d: a line ends before the brace"]),
    (iscsi("LUN 16384 d"), ["E385 line 6 of scst.conf: SCST will not start: 16384 is no number of a LUN, which is 0 to 16383"]),
    (iscsi("LUN one d"), ["E385 line 6 of scst.conf: SCST will not start: one is no number of a LUN, which is 0 to 16383"]),
    (iscsi("LUN 0 d\nLUN 016383 d {\nread_only 1\n}\nGROUP g"), []),
    (iscsi('IncomingUser "joe secretsecret12" }'), ["W384 line 6 of scst.conf: scstadmin drops IncomingUser: a line ends before the brace",
                                                    "E370 line 8 of scst.conf: this brace closes nothing, and scstadmin reads no further"]),
])
def test_a_line_that_scstadmin_drops_is_told_with_its_number(text, found):
    told = [f"{finding.code} {finding.text}" for finding in syntax.findings(text)]
    assert told == found


@pytest.mark.parametrize("number", ["16384", "one", "16383"])
def test_scst_does_not_start_with_a_number_of_a_lun_that_it_refuses(tmp_path, number):
    box = stopped_box(tmp_path, iscsi(f"LUN {number} d"))
    box.run(("/etc/rc.d/rc.scst", "start"))
    assert box.exists(K) == (number == "16383")


@pytest.mark.parametrize("name", SAMPLES)
def test_what_scstadmin_wrote_itself_is_not_told(name):
    assert [finding.text for finding in syntax.findings(SAMPLES[name]) if "drops DEVICE: " not in finding.text] == []  # a device of that name


# devices that are none

GHOSTS = SCST_CONF.replace("LUN 0 d", "LUN 0 d\n\t\tLUN 1 ghost").replace("\tDEVICE d\n\n", "\tDEVICE d\n\tDEVICE ghost\n\n")


@pytest.mark.parametrize("scst, facts, found", [
    (conf.read(GHOSTS), Facts(), [("E376", f"scst {T}"), ("E376", "alua g")]),
    (conf.read(GHOSTS), Facts(loaded=True, devices=frozenset({"d", "ghost"}), targets={T: "iscsi"}), []),
    (SAYS, Facts(loaded=True, devices=frozenset("de"), targets={T: "iscsi"}), [("E376", "alua g"), ("E376", f"scst {T}")]),
])
def test_a_lun_or_a_member_that_is_no_device_is_told(scst, facts, found):
    assert codes(GHOSTS, scst, facts) == found


@pytest.mark.parametrize("lun, differing", [
    ("LUN 0 d # mine", ["- \t\tLUN 0 d # mine", "+ \t\tLUN 0 e # mine"]),
    ("LUN 00 d { # mine\n\t\t\t# why\n\t\t\tread_only 1\n\t\t}", ["- \t\tLUN 00 d { # mine", "+ \t\tLUN 0 e { # mine", "- \t\t\tread_only 1"]),
    ("LUN 0 d{\n\t\t\tODD\n\t\t}", ["- \t\tLUN 0 d{", "+ \t\tLUN 0 e{"]),
])
def test_a_lun_of_another_device_keeps_its_remarks(lun, differing):
    text = SCST_CONF.replace("LUN 0 d", lun)
    assert edited(text, with_target(conf.read(text), T, luns={"0": Lun("e")})) == differing
